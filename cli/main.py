"""The `stackwright` command: its verbs, joined."""

import typer

from cli import sandbox

app = typer.Typer(
    name="stackwright",
    help="One validated file about an application becomes image builds and Kubernetes resources, run by Pulumi.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(sandbox.app, name="sandbox")


@app.callback()
def stackwright() -> None:
    """Keep the verbs as sub-commands, also while there is only one."""


def main() -> None:
    """Run the command line."""
    app()
