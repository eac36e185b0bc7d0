"""`stackwright explain`: what a code means, and what a value is, where it comes from and why."""

import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli import files


class Format(StrEnum):
    """How it is told."""

    text = "text"
    json = "json"


_CODE = re.compile(r"^(SW)?\d{1,4}$", re.IGNORECASE)


def explain(
    what: Annotated[
        str, typer.Argument(help="An application file, or the code of a problem, such as `SW4401`.", show_default=False)
    ],
    path: Annotated[str, typer.Argument(help="A value or a part of the spec, such as `services.cart.rollout`.")] = "",
    env: files.SomeEnvironment = None,
    location: files.Location = None,
    platform: files.Platform = None,
    form: Annotated[Format, typer.Option("--format", help="For a person or a program.")] = Format.text,
) -> None:
    """Say what a code means, or what a value of the spec is, where it comes from and why.

    Examples:
      stackwright explain SW4401
      stackwright explain application.yaml spec.services.cart.scaling.min --env prod

    """
    as_json = form is Format.json
    if _CODE.match(what) and not Path(what).exists():
        from cli.verbs.explain.code import told  # noqa: PLC0415 - each half loads only what it needs

        told(what, as_json=as_json)
        return
    from cli.verbs.explain.value import told_value  # noqa: PLC0415

    if env is None:
        raise typer.BadParameter("name the environment, for example `--env dev`.", param_hint="--env")
    told_value(Path(what), path, env, location, platform, as_json=as_json)
