"""Secrets and configs: what is used is declared, and what is declared is used."""

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schemas.model import EnvSource, FormatPart
from schemas.problems import Path, Problem, nearest, nearest_or_all
from schemas.spec import Spec

UNDECLARED, NO_KEY, UNUSED = "SW4201", "SW4202", "SW4203"
"""Codes of a secret or config that is not declared, of a key that it has not, and of one that nothing uses."""

_LONGEST_KEY = 253

_WORDS = re.compile(r"[a-z]{2,20}(-[a-z]{2,20}){0,3}")
"""A name that may be told though nothing is called so: somebody may have written the secret itself in its place."""


@dataclass(frozen=True, slots=True)
class Use:
    """One place that refers to a secret or a config."""

    kind: str
    """`secret` or `config`."""
    name: str
    key: str | None
    path: Path


def check(spec: Spec) -> Iterator[Problem]:
    """Yield references to what is not declared, and declarations that nothing refers to."""
    uses = list(uses_of(spec))
    yield from _undeclared(spec, uses)
    yield from _unused(spec, uses)
    yield from _formats(spec)
    yield from _keys(spec)


def uses_of(spec: Spec) -> Iterator[Use]:
    """Yield every use of a secret or a config."""
    app = spec.application
    for variables, at in _environments(spec):
        yield from _env_uses(variables, at)
    for path, service in spec.running():
        for file_path, file in service.files.items():
            at = (*path, "files", file_path)
            for kind, target in (("secret", file.secret), ("config", file.config)):
                if target:
                    yield Use(kind, target, file.key, (*at, "key" if file.key else kind))
    for name, job in app.jobs.items():
        yield from _env_uses(job.env, ("jobs", name, "env"))


def _environments(spec: Spec) -> Iterator[tuple[Mapping[str, EnvSource], Path]]:
    for path, service in spec.running():
        yield service.env, (*path, "env")
    for name, service in spec.application.services.items():
        for kind, containers in (("initContainers", service.init_containers), ("sidecars", service.sidecars)):
            for key, container in containers.items():
                yield container.env, ("services", name, kind, key, "env")


def _env_uses(variables: Mapping[str, EnvSource], path: Path) -> Iterator[Use]:
    for variable, source in variables.items():
        at = (*path, variable)
        parts: list[tuple[EnvSource | FormatPart, Path]] = [(source, at)]
        parts += [(part, (*at, "from", key)) for key, part in (source.from_ or {}).items()]
        for part, where in parts:
            for kind, target in (("secret", part.secret), ("config", part.config)):
                if target:
                    yield Use(kind, target, part.key, where)


def _undeclared(spec: Spec, uses: list[Use]) -> Iterator[Problem]:
    app = spec.application
    declared = {
        "secret": {name: list(secret.keys) for name, secret in app.secrets.items()},
        "config": {name: list(config.data) for name, config in app.configs.items()},
    }
    for use in uses:
        names = declared[use.kind]
        if use.name not in names:
            other = "config" if use.kind == "secret" else "secret"
            if use.name in declared[other]:
                message = f"`{use.name}` is a {other}, and not a {use.kind}."
                yield spec.problem(use.path, UNDECLARED, message, f"Write `{other}: {use.name}`.")
                continue
            near = nearest(use.name, names)
            named = f"the {use.kind} `{use.name}`" if near or _WORDS.fullmatch(use.name) else f"this {use.kind}"
            hint = near or f" Declare it under `spec.{use.kind}s`."
            yield spec.problem(use.path, UNDECLARED, f"{named} is not declared.{hint}")
        elif use.key is not None and use.key not in names[use.name]:
            known = nearest_or_all(use.key, names[use.name])
            named = f"key `{use.key}`" if nearest(use.key, names[use.name]) else "such key"
            yield spec.problem(use.path, NO_KEY, f"the {use.kind} `{use.name}` has no {named}.{known}")


def _unused(spec: Spec, uses: list[Use]) -> Iterator[Problem]:
    used = {(use.kind, use.name) for use in uses}
    for kind, names in (("secret", spec.application.secrets), ("config", spec.application.configs)):
        unknown = [use.name for use in uses if use.kind == kind and use.name not in names]
        # Whoever misspells a name uses what was meant.
        meant = "".join(nearest(name, names) for name in unknown)
        for name in names:
            if (kind, name) not in used and f"`{name}`" not in meant:
                message = f"nothing uses the {kind} `{name}`."
                yield spec.problem((f"{kind}s", name), UNUSED, message, "Remove it.", warning=True, at_key=True)


def _formats(spec: Spec) -> Iterator[Problem]:
    """Yield formats whose parts and `from` do not agree."""
    for variables, path in _environments(spec):
        for variable, source in variables.items():
            if source.format is not None:
                yield from _format(spec, source, (*path, variable))


def _format(spec: Spec, source: EnvSource, path: Path) -> Iterator[Problem]:
    given = set(source.from_ or {})
    try:
        wanted = {field for _, field, _, _ in string.Formatter().parse(source.format or "") if field is not None}
    except ValueError:
        yield spec.problem((*path, "format"), "SW4204", "a brace is not closed.", "Write `{{` or `}}` for a brace.")
        return
    for part in sorted(wanted - given):
        message = f"`from` does not give the part `{part}`.{nearest(part, given)}"
        yield spec.problem((*path, "format"), "SW4204", message)
    for part in sorted(given - wanted):
        yield spec.problem((*path, "from", part), "SW4205", f"the format does not use `{part}`.", at_key=True)


def _keys(spec: Spec) -> Iterator[Problem]:
    """Yield keys that Kubernetes refuses: each is also a file's name.

    Source: https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object
    """
    app = spec.application
    places: list[tuple[str, Path]] = [
        (key, ("secrets", name, "keys", index))
        for name, one in app.secrets.items()
        for index, key in enumerate(one.keys)
    ]
    places += [(key, ("configs", name, "data", key)) for name, one in app.configs.items() for key in one.data]
    for key, path in places:
        if key == "." or key.startswith("..") or len(key) > _LONGEST_KEY:
            message = "a key is at most 253 characters, and neither `.` nor begins with `..`."
            yield spec.problem(path, "SW4212", message, "Choose another key.", at_key=True)
