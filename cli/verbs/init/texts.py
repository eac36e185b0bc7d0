"""The files of a new application."""

import json
from pathlib import Path

from cli import surroundings
from cli.verbs.init.answers import New
from cli.verbs.schema import Format, written
from schemas.problems import SpecError

SCHEMAS = ".stackwright"
"""The folder with the schemas, for editors."""


def texts(new: New, folder: Path) -> dict[str, str]:
    """Return the files by name, in the order in which they are written."""
    found = {
        "application.yaml": _application(new),
        f"{SCHEMAS}/application.schema.json": written("application", Format.json),
    }
    if not _platform_is_near(folder):
        found["platform.yaml"] = _platform(new)
        found[f"{SCHEMAS}/platform.schema.json"] = written("platform", Format.json)
    if new.pulumi:
        found["Pulumi.yaml"] = _pulumi(new, folder)
        found["__main__.py"] = _program(new)
    return found


def _application(new: New) -> str:
    what = f"image: {_text(new.image)}" if new.image else f"build: {_build(new)}"
    port = f"port: {new.port}" if new.port else "type: worker"
    first, *more = new.environments
    less = f"    {first}: {{services: {{{new.service}: {{replicas: 1}}}}}}\n" if more else ""
    return (
        f"{_header('application')}"
        "apiVersion: stackwright.dev/v1\n"
        "kind: Application\n"
        f"metadata: {{name: {_text(new.name)}, owner: {_text(new.owner)}}}\n"
        "spec:\n"
        "  services:\n"
        f"    {new.service}:\n"
        f"      {what}\n"
        f"      {port}\n" + (f"  environments:\n{less}" if less else "")
    )


def _build(new: New) -> str:
    language = f", language: {new.language}" if new.language else ""
    return f"{{context: {_text(new.build)}{language}}}"


def _platform(new: New) -> str:
    lines = [
        _header("platform").rstrip(),
        "# Where applications run. Put your clusters, registry and domain in.",
        "apiVersion: stackwright.dev/v1",
        "kind: Platform",
        "metadata: {name: platform}",
        "spec:",
        "  environments:",
    ]
    for name in new.environments:
        lines += [f"    {name}:", f"      domain: {name}.localhost", '      registry: {address: "localhost:5000"}']
    return "\n".join(lines) + "\n"


def _platform_is_near(folder: Path) -> bool:
    try:
        surroundings.nearest_platform(folder / "application.yaml")
    except SpecError:
        return False
    return True


def _pulumi(new: New, folder: Path) -> str:
    near = "platform.yaml"
    if _platform_is_near(folder):
        near = _from(folder, surroundings.nearest_platform(folder / "application.yaml"))
    return (
        f"name: {_text(new.name)}\n"
        "description: Deploys the application to the environment that the stack is named for.\n"
        "runtime: python                        # in an environment that has stackwright installed\n"
        "config:\n"
        "  application: {default: application.yaml}\n"
        f"  platform: {{default: {_text(near)}}}\n"
    )


def _from(folder: Path, file: Path) -> str:
    target, base = file.resolve(), folder.resolve()
    up = next(index for index, place in enumerate((base, *base.parents)) if target.is_relative_to(place))
    return "/".join([".."] * up + [*target.relative_to((base, *base.parents)[up]).parts])


def _program(new: New) -> str:
    return f'''"""Deploys {new.name} to the environment that the stack is named for."""

import pulumi

from components import MicroserviceStack

config = pulumi.Config()
stack = MicroserviceStack(
    {json.dumps(new.name)},
    {{
        "application": config.require("application"),
        "platform": config.require("platform"),
        "environment": config.get("environment") or pulumi.get_stack(),
    }},
)

pulumi.export("namespace", stack.namespace)
pulumi.export("addresses", stack.addresses)
pulumi.export("images", stack.images)
'''


def _header(kind: str) -> str:
    return f"# yaml-language-server: $schema={SCHEMAS}/{kind}.schema.json\n"


def _text(value: str | None) -> str:
    """Return a text as YAML reads it back: bare where that is plain, else quoted."""
    text = value or ""
    bare = (
        text
        and text[0].isalpha()
        and text[-1] != ":"
        and all(letter.isalnum() or letter in "-_/.:@" for letter in text)
    )
    return (
        text
        if bare and text.lower() not in ("yes", "no", "on", "off", "y", "n", "true", "false", "null")
        else json.dumps(text)
    )
