"""`stackwright sandbox`: the embedded engine and cluster."""

import typer

app = typer.Typer(help="A pinned Pulumi engine and a one-node cluster on this machine.", no_args_is_help=True)
