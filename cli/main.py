"""The `stackwright` command: its verbs, joined."""

import typer

from cli import sandbox
from cli.explain import explain
from cli.recover import recover
from cli.render import render
from cli.schema import schema
from cli.show import show
from cli.status import status
from cli.validate import validate

app = typer.Typer(
    name="stackwright",
    help="One validated file about an application becomes image builds and Kubernetes resources, run by Pulumi.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for verb in (validate, show, explain, render, schema, status, recover):
    app.command()(verb)
app.add_typer(sandbox.app, name="sandbox")


def main() -> None:
    """Run the command line."""
    app()
