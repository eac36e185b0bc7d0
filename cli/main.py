"""The `stackwright` command: its verbs, joined. Each is imported when it is called, so none waits for the others."""

import inspect
from importlib import import_module

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

VERBS = (
    "init", "validate", "show", "explain", "render", "import", "schema", "upgrade", "release", "forecast", "simulate",
    "status", "recover", "sandbox",
)  # fmt: skip
"""Names of modules of this package; each has a function of its name, or an `app` with verbs of its own."""


class Verbs(TyperGroup):
    """Verbs by name, each loaded when it is first asked for."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # noqa: ARG002 - typer's call
        """Return the names of the verbs, in the order of the help."""
        return list(VERBS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> TyperCommand | TyperGroup | None:  # type: ignore[override]  # noqa: ARG002
        """Return a verb; an unknown name loads them all, so that typer can name the nearest."""
        for name in (cmd_name,) if cmd_name in VERBS else VERBS:
            self.commands.setdefault(name, _verb(name))
        return self.commands.get(cmd_name)  # type: ignore[return-value]

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Run a verb; what is wrong with its options is told without the name of the error that found it.

        A file that cannot be written, on a full disk or where it may not be, is told and is no fault of the program.
        """
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            error.message = error.message.removeprefix("Value error, ")
            raise
        except OSError as error:
            if error.filename is None:
                raise
            typer.echo(f"{error.filename}: {error.strerror}.", err=True)
            raise typer.Exit(2) from None


def _verb(name: str) -> TyperCommand | TyperGroup:
    # A module may not be called `import`.
    module = import_module("cli.verbs.import_" if name == "import" else f"cli.verbs.{name}")
    verb = getattr(module, "run" if name == "import" else name, None)
    if verb is not None:
        one = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        one.command(name, help=_with_examples(verb.__doc__ or ""))(verb)
    else:
        one = module.app
        one.info.name = name
        one.rich_markup_mode = None
    return get_command(one)  # type: ignore[return-value]


def _with_examples(text: str) -> str:
    """Return a docstring as help whose examples keep their lines."""
    parts = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(f"\b\n{part}" if part.startswith("Example") else part for part in parts)


app = typer.Typer(
    name="stackwright",
    cls=Verbs,
    help="""One validated file about an application becomes image builds and Kubernetes resources, run by Pulumi.

\b
Start here:
  stackwright init                        a first application, from a few questions
  stackwright validate application.yaml   everything that is wrong, at once
  stackwright explain SW4401              what a code means and how to mend it

Exits with 0 when all is well, 1 when problems were found, and 2 when the command could not be understood or carried
out.""",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # Plain help and errors read the same on a terminal, in a pipe and to a screen reader.
)


@app.callback()
def _verbs() -> None:
    """Nothing comes before a verb; this makes typer take the command for a group."""


def main() -> None:
    """Run the command line."""
    app()
