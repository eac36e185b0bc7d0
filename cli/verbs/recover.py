"""`stackwright recover`: what an interrupted run left, and the way on."""

import json
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import files, report, surroundings
from cli.verbs.render import objects
from components.manifests.objects import OWNER
from components.manifests.workloads.claim import ON_REMOVAL
from schemas.problems import DeployError, listed
from schemas.resolve import resolve
from schemas.spec import Spec
from stacks.interrupted import Lock, known, locks, pending, torn, without_pending

if TYPE_CHECKING:
    from live.access import Access
    from live.leftovers import Marked


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What an interrupted run left."""

    locks: Sequence[Lock] = ()
    pending: Sequence[str] = ()
    adopted: Sequence[str] = ()
    """Objects without a state that the spec wants."""
    unwanted: Sequence["Marked"] = field(default=())
    """Objects without a state that nothing wants."""


def recover(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The Pulumi stack whose run was interrupted.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do it without asking.")] = False,
) -> None:
    """Say what a run that was killed left behind, and clear the way for the next.

    Looks for its lock, for operations that it had begun and not recorded, and for objects in the cluster that carry
    the stack's mark and that the state does not know. Removes the lock, forgets the operations, and removes those of
    the objects that the spec does not want; the others are taken over by the next `pulumi up`. Run it in the folder
    of the Pulumi project.

    Example: stackwright recover --stack prod
    """
    backend = json.loads(_pulumi("whoami", "--json"))["url"]
    place = (backend, str(surroundings.pulumi_project()[1]["name"]), stack.rpartition("/")[2])
    standing = locks(*place)
    _stop_if_alive(standing or ())
    for file in torn(*place):
        file.unlink(missing_ok=True)
        typer.echo(f"half written and not needed: {file.name}: removed")
    state = json.loads(_pulumi("stack", "export", "--stack", stack))
    settings = _settings(stack)
    with report.told():
        spec = _spec(settings, stack)
    found = _Found(locks=standing or (), pending=pending(state), **_objects(spec, settings, stack, state))
    for line in list(_told(found)) or ["Nothing of an interrupted run was found."]:
        typer.echo(line)
    if standing is None:
        typer.echo(f"Locks of this backend can't be seen. If a run says that there is one: pulumi cancel {stack}")
    if (found.locks or found.pending or found.unwanted) and not yes:
        typer.confirm("Do it?", abort=True)
    _clear(found, stack, spec, settings)
    typer.echo(f"Next: pulumi up --stack {stack}")


def _stop_if_alive(standing: Sequence[Lock]) -> None:
    for lock in standing:
        if lock.alive_on(socket.gethostname()):
            typer.echo(f"A run is going on: process {lock.pid} on this machine, since {lock.since}.", err=True)
            raise typer.Exit(1)


def _told(found: _Found) -> Iterator[str]:
    """Yield what was found and what will be done."""
    for lock in found.locks:
        yield f"locked by {lock.user} on {lock.host} (process {lock.pid}) since {lock.since}: the lock is removed"
    for operation in found.pending:
        yield f"begun and not recorded: {operation}: the next up looks again"
    if found.adopted:
        yield f"in the cluster, wanted and not in the state: {listed(found.adopted, 'and')}: the next up takes over"
    for one in found.unwanted:
        yield f"in the cluster, not wanted and not in the state: {one.kind} {one.name}: removed"


def _clear(found: _Found, stack: str, spec: Spec, settings: Mapping[str, str]) -> None:
    if found.locks:
        _pulumi("cancel", stack, "--yes")
    if found.pending:
        # Read again: what is written back is to be as fresh as can be.
        state = without_pending(json.loads(_pulumi("stack", "export", "--stack", stack)))
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(state, file)
            file.flush()
            _pulumi("stack", "import", "--stack", stack, "--file", file.name)
    if found.unwanted:
        from live.access import cluster  # noqa: PLC0415 - a client of the cluster takes a while to load
        from live.leftovers import remove  # noqa: PLC0415

        with cluster(_access(spec, settings)) as client:
            for one in found.unwanted:
                remove(client, spec.application.namespace, one)


def _objects(spec: Spec, settings: Mapping[str, str], stack: str, state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the objects that carry the stack's mark and that the state does not know."""
    from live.access import cluster  # noqa: PLC0415 - a client of the cluster takes a while to load
    from live.leftovers import marked  # noqa: PLC0415

    namespace = spec.application.namespace
    ending = f"/{_project(state)}/{stack.rpartition('/')[2]}"
    try:
        with cluster(_access(spec, settings)) as client:
            there = marked(client, namespace, OWNER, ending, (ON_REMOVAL, "retain"))
    except DeployError as error:
        typer.echo(f"Objects without a state were not looked for: {error}", err=True)
        return {}
    in_state = known(state)
    wanted = {(one["kind"], one["metadata"]["name"]) for one in objects(spec)}
    lost = [one for one in there if (one.kind, namespace, one.name) not in in_state]
    return {
        "adopted": [f"{one.kind} {one.name}" for one in lost if (one.kind, one.name) in wanted],
        "unwanted": [one for one in lost if (one.kind, one.name) not in wanted and not one.retained],
    }


def _access(spec: Spec, settings: Mapping[str, str]) -> "Access":
    from live.access import Access  # noqa: PLC0415 - a client of the cluster takes a while to load

    kubeconfig = settings.get("kubeconfig")
    named = spec.environment.cluster
    context = settings.get("context") or (named.context if named else None)
    return Access(kubeconfig=Path(kubeconfig).expanduser() if kubeconfig else None, context=context)


def _project(state: Mapping[str, Any]) -> str:
    """Return the project's name: from the state's stack resource, or, while the state is empty, from the project."""
    for one in (state.get("deployment") or {}).get("resources") or ():
        return str(one["urn"].split("::")[1])
    return str(surroundings.pulumi_project()[1]["name"])


def _settings(stack: str) -> dict[str, str]:
    """Return what the stack's config says of Stackwright, with the project's defaults."""
    config: dict[str, dict[str, Any]] = json.loads(_pulumi("config", "--json", "--stack", stack))
    return {
        key.partition(":")[2]: str(one["value"])
        for key, one in config.items()
        if key.startswith("stackwright:") and "value" in one
    }


def _spec(settings: Mapping[str, str], stack: str) -> Spec:
    folder, _ = surroundings.pulumi_project()
    release = settings.get("release")
    project = files.project(
        folder / settings["application"], folder / settings["platform"], [folder / release] if release else []
    )
    return resolve(project, settings.get("environment") or stack.rpartition("/")[2], settings.get("location"))


def _pulumi(*arguments: str) -> str:
    """Run pulumi and return what it printed; a failure ends the verb with pulumi's own words."""
    command = ["pulumi", *arguments, "--non-interactive"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    except FileNotFoundError:
        typer.echo("`pulumi` is not on the PATH.", err=True)
        raise typer.Exit(2) from None
    if done.returncode:
        typer.echo(done.stderr.strip() or done.stdout.strip(), err=True)
        raise typer.Exit(2)
    return done.stdout
