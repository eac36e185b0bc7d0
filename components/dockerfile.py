"""Dockerfiles for sources that bring none: rendered from the language they are written in."""

from functools import cache
from typing import Literal

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

Language = Literal["go", "node", "python"]


def dockerfile(language: Language, *, user: int, group: int) -> str:
    """Return the Dockerfile for sources of one language; base images are build arguments with public defaults."""
    return _environment().get_template(f"{language}.Dockerfile.j2").render(user=user, group=group)


@cache
def _environment() -> jinja2.Environment:
    loader = jinja2.PackageLoader("components", "dockerfiles")
    # Text for a program, not for a browser: escaping would break it.
    return ImmutableSandboxedEnvironment(
        loader=loader, undefined=jinja2.StrictUndefined, keep_trailing_newline=True, trim_blocks=True
    )
