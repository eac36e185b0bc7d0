"""What a verb does not need, it does not load."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from cli.main import VERBS, app
from tests.conftest import ROOT

LOADED = """
import sys
from cli.main import app
try:
    app({arguments!r})
except SystemExit as done:
    assert done.code == 0, done.code
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


def loaded(*arguments: str) -> set[str]:
    """Return the top-level modules that a verb leaves loaded."""
    code = LOADED.format(arguments=list(arguments))
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_validating_a_good_file_loads_no_more_than_it_needs() -> None:
    found = loaded("validate", "examples/shop/application.yaml")
    assert {"yaml", "msgspec", "jsonschema_rs"} <= found
    heavy = {"jsonschema", "referencing", "rich", "pulumi", "kubernetes_validate", "jinja2", "sandbox", "lightkube"}
    assert found & heavy == set()


@pytest.mark.parametrize("verb", ["forecast", "simulate"])
def test_a_help_does_not_wait_for_what_foresees_and_draws(verb: str) -> None:
    heavy = {"forecast", "simulator", "numpy", "pandas", "statsforecast", "matplotlib", "pulumi"}
    assert loaded(verb, "--help") & heavy == set()


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_help(verb: str) -> None:
    done = CliRunner().invoke(app, [verb, "--help"])
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"Usage: stackwright {verb}" in done.stdout


def test_an_unknown_verb_is_told_with_the_nearest() -> None:
    done = CliRunner().invoke(app, ["valdate"])
    assert done.exit_code == 2
    assert "Did you mean 'validate'?" in done.stderr
