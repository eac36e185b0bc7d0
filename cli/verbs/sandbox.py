"""`stackwright sandbox`: the embedded engine and cluster."""

import json
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from sandbox import environment, lifecycle
from sandbox.addons.catalogue import ON_DEMAND
from sandbox.errors import SandboxError, UnknownAddonError
from sandbox.layout import layout
from sandbox.status import log_command
from sandbox.status import status as components_of

app = typer.Typer(
    help="A pinned Pulumi engine and a one-node cluster on this machine.\n\nExample: stackwright sandbox up",
    no_args_is_help=True,
    add_completion=False,
)


_THERE_ARE = ", ".join(f"`{addon.name}` ({addon.purpose})" for addon in ON_DEMAND)


class NodeKind(StrEnum):
    """What the cluster's pods run on."""

    real = "real"
    simulated = "simulated"


class Format(StrEnum):
    """How a result is printed."""

    text = "text"
    json = "json"


@app.command()
def up(
    nodes: Annotated[NodeKind, typer.Option(help="`real` runs pods; `simulated` only claims to.")] = NodeKind.real,
    simulated_nodes: Annotated[int, typer.Option(min=0, max=1000, help="Simulated nodes to add.")] = 0,
    addons: Annotated[str, typer.Option("--with", metavar="NAMES", help=f"Add-ons, with commas: {_THERE_ARE}.")] = "",
) -> None:
    """Build what is missing and start what does not run. May be repeated at any time. Add-ons stay until `--purge`."""
    asked = [name.strip() for name in addons.split(",") if name.strip()]
    with _told():
        lifecycle.up(nodes=nodes.value, simulated_nodes=simulated_nodes, addons=asked)
    typer.echo('The sandbox is up. For this shell: eval "$(.venv/bin/stackwright sandbox env)"')


@app.command()
def down(
    purge: Annotated[bool, typer.Option("--purge", help="Delete cluster, registry and Pulumi state too.")] = False,
) -> None:
    """Stop everything and leave nothing on the machine. Data stays for the next `up`, unless purged."""
    with _told():
        lifecycle.down(purge=purge)


@app.command()
def status(format: Annotated[Format, typer.Option(help="`text` or `json`.")] = Format.text) -> None:  # noqa: A002 - the flag's name
    """Show what runs. Exits with 1 unless all of it does."""
    components = components_of()
    if format is Format.json:
        rows = [
            {
                "component": c.name,
                "up": c.up,
                "pid": c.process.pid if c.process else None,
                "seconds": round(c.process.seconds) if c.process else None,
                "address": c.address,
            }
            for c in components
        ]
        typer.echo(json.dumps(rows, indent=2))
    else:
        table = Table("component", "state", "pid or namespace", "since", "address", box=None, pad_edge=False)
        for c in components:
            state = "[green]up[/]" if c.up else "[red]down[/]"
            pid, since = (str(c.process.pid), f"{c.process.seconds:.0f} s") if c.process else (c.namespace, "")
            table.add_row(c.name, state, pid, since, c.address)
        Console().print(table)
    raise typer.Exit(0 if all(c.up for c in components) else 1)


@app.command()
def logs(
    component: Annotated[str | None, typer.Argument(help="One of the components that `status` lists.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on as lines come.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", help="How many of the last lines.")] = 40,
) -> None:
    """Show the last lines of a component's log, or of every process."""
    here = layout()
    known = [path.stem for path in sorted(here.logs.glob("*.log"))]
    if component is None:
        files = [str(here.logs / f"{name}.log") for name in known]
        command = ["tail", f"-n{lines}", *(["-f"] if follow else []), *files] if files else None
    else:
        command = log_command(here, component, lines, follow=follow)
        if command is None:
            pods = [one.name for one in components_of(here) if one.namespace]
            there_are = ", ".join([*known, *pods]) or "none"
            typer.echo(f"There is no log of `{component}`; there are: {there_are}.", err=True)
            raise typer.Exit(1)
    if command is not None:
        subprocess.run(command, check=False)


@app.command()
def env() -> None:
    """Print the shell commands that make Pulumi and kubectl use the sandbox."""
    for name, value in environment.variables().items():
        typer.echo(f"export {name}={shlex.quote(value)}")


@contextmanager
def _told() -> Iterator[None]:
    """Turn a failure of the sandbox into its sentence and its exit code."""
    try:
        yield
    except SandboxError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2 if isinstance(error, UnknownAddonError) else 1) from None
