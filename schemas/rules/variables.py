"""Environment variables: each set once, none that breaks the container, and no secret in plain text."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from schemas.model import EnvSource, Service
from schemas.model.container import part_variable
from schemas.problems import Path, Problem
from schemas.spec import Spec

_OTHERS = {
    "PATH": "replaces the image's search path, without which programs are not found",
    "HOSTNAME": "replaces the pod's name, which the runtime sets",
    "KUBERNETES_SERVICE_HOST": "replaces the address of the Kubernetes API, which Kubernetes sets",
    "KUBERNETES_SERVICE_PORT": "replaces the address of the Kubernetes API, which Kubernetes sets",
}
"""Variables that others set, and what happens when a spec sets them."""

_SECRET_NAME = re.compile(
    r"(^|_)(PASSWORD|PASSWD|PASSPHRASE|PASS|TOKEN|SECRET|CREDENTIALS?|"
    r"(API|ACCESS|SECRET|PRIVATE|SIGNING|ENCRYPTION|SESSION|MASTER|ACCOUNT|STORAGE|LICENSE)_?KEY)$"
)
"""Names whose values are secrets. The last word says what a variable holds, so `TOKEN_FILE` and `KEY_PREFIX` differ."""

_LOGIN = re.compile(r"^[a-z][-+.a-z0-9]*://[^/\s:@]*:[^/\s:@]+@")
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_HARMLESS = re.compile(r"^(true|false|none|null|/.*|)$", re.IGNORECASE)
_EXPANSION = re.compile(r"\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)|\$\{([a-zA-Z_][a-zA-Z0-9_]*)\}")


def check(spec: Spec) -> Iterator[Problem]:
    """Yield variables that are set twice, that break the container, or that look like secrets."""
    app = spec.application
    for path, service in spec.running():
        yield from _connections(spec, service, path)
        known = {*service.env, *(variable for variable, _ in connection_variables(service))}
        yield from _env(spec, service.env, (*path, "env"), known)
        for variable, value in (service.build.args if service.build else {}).items():
            if _looks_secret(variable, value):
                message = "this looks like a secret, and everyone who has the image can read what it was built with."
                hint = "Let the build need none, and give secrets to the container."
                at = (*path, "build", "args", variable)
                yield spec.problem(at, "SW4309", message, hint, warning=True, at_key=True)
        for file, entry in service.files.items():
            if entry.content is not None and _PRIVATE_KEY.search(entry.content):
                yield _told(spec, (*path, "files", file), "a ConfigMap")
    for name, service in app.services.items():
        for kind, containers in (("initContainers", service.init_containers), ("sidecars", service.sidecars)):
            for key, container in containers.items():
                at = ("services", name, kind, key, "env")
                yield from _env(spec, container.env, at, set(container.env))
    for name, job in app.jobs.items():
        runner = app.services.get(job.service)
        yield from _env(spec, job.env, ("jobs", name, "env"), {*job.env, *(runner.env if runner else ())})
    for name, config in app.configs.items():
        for key, value in config.data.items():
            yield from _plain(spec, key, value, ("configs", name, "data", key), "a ConfigMap")


def connection_variables(service: Service) -> Iterator[tuple[str, str]]:
    """Yield the variables that connections set, each with its connection's name.

    Without `env` a connection sets one of two, which depends on what the called port speaks; both are taken.
    """
    for key, connection in service.connections.items():
        stem = key.upper().replace("-", "_")
        env = connection.env
        variables = [env.url, env.address, env.host, env.port] if env else [f"{stem}_URL", f"{stem}_ADDRESS"]
        yield from ((variable, key) for variable in variables if variable)


def _connections(spec: Spec, service: Service, path: Path) -> Iterator[Problem]:
    """Yield variables of connections that the service, or another connection, sets too."""
    taken: dict[str, Path] = {variable: (*path, "env", variable) for variable in service.env}
    for variable, key in connection_variables(service):
        at = (*path[:2], "connections", key)
        if variable in taken:
            other = spec.key(taken[variable])
            message = f"the connection sets `{variable}`, which line {other.line} sets too."
            yield spec.problem(at, "SW4305", message, "Name another variable under `env`.", at_key=True)
        taken.setdefault(variable, at)


def _env(spec: Spec, variables: Mapping[str, EnvSource], path: Path, known: set[str]) -> Iterator[Problem]:
    parts = {part_variable(name, part): name for name, source in variables.items() for part in source.from_ or ()}
    for name, source in variables.items():
        at = (*path, name)
        if name in parts:
            message = f"a part of `{parts[name]}` is given to the container under this name."
            yield spec.problem(at, "SW4306", message, "Choose another name.", at_key=True)
        if name in _OTHERS:
            yield spec.problem(at, "SW4307", f"`{name}` {_OTHERS[name]}.", "Remove it.", warning=True, at_key=True)
        if source.value is None:
            continue
        yield from _plain(spec, name, source.value, at, "the pod's description")
        for found in _EXPANSION.finditer(source.value) if "$" in source.value else ():
            named = found[1] or found[2]
            if named in known - {name}:
                message = f"`{found[0]}` stays as it is written: values are not looked into."
                hint = 'Compose them with `format` and `from`, as in `{format: "{part}", from: {part: …}}`.'
                yield spec.problem(at, "SW4308", message, hint, warning=True)


def _plain(spec: Spec, name: str, value: str, path: Path, where: str) -> Iterator[Problem]:
    """Yield a text that looks like a secret; the text itself is never shown."""
    if _looks_secret(name, value):
        yield _told(spec, path, where)


def _looks_secret(name: str, value: str) -> bool:
    """Return whether a text is a secret by its name or by its form."""
    if _names_a_secret(name) and not _HARMLESS.match(value) and not value.isdigit():
        return True
    return ("://" in value and bool(_LOGIN.match(value))) or ("-----" in value and bool(_PRIVATE_KEY.search(value)))


@lru_cache(maxsize=4096)
def _names_a_secret(name: str) -> bool:
    words = re.sub(r"[^A-Z0-9]+", "_", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).upper())
    return _SECRET_NAME.search(words) is not None


def _told(spec: Spec, path: Path, where: str) -> Problem:
    message = f"this looks like a secret, and would stand in plain text in this file and in {where}."
    hint = "Declare it under `spec.secrets`, and refer to it with `{secret: NAME, key: KEY}`."
    return spec.problem(path, "SW4309", message, hint, warning=True, at_key=True)
