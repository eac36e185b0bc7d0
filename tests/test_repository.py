"""The repository agrees with itself."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from schemas.codes import codes
from schemas.project import read
from schemas.resolve import check
from tests.conftest import ROOT, platform_of

PACKAGES = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["packages"]
MODULES = sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py") if "venv" not in path.parts)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_small_and_says_what_lives_there(module: Path) -> None:
    text = module.read_text()
    tree = ast.parse(text)
    assert ast.get_docstring(tree)
    assert text.count("\n") <= 300
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno <= 45, node.name


def test_every_application_in_the_repository_is_valid() -> None:
    found = sorted((ROOT / "examples").glob("*/application.yaml"))
    assert found
    for application in found:
        assert check(read(application, platform_of(application))) == ()


def test_every_code_means_one_thing() -> None:
    """A code stands in one module and has a page."""
    homes: dict[str, set[str]] = {}
    for module in MODULES:
        for code in re.findall(r'"(SW\d{4})"', module.read_text()):
            homes.setdefault(code, set()).add(module.name)
    assert {code: names for code, names in homes.items() if len(names) > 1 and code not in ("SW3001",)} == {}
    assert set(codes()) == set(homes)


def test_nothing_in_the_repository_is_a_machines_own() -> None:
    done = subprocess.run(
        ["git", "grep", "-lE", r"/(root|home|work)/[a-z]"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert [name for name in done.stdout.split() if name != "tests/test_repository.py"] == []


def test_the_readme_begins_with_up_and_test() -> None:
    commands = re.findall(r"^    (make \w+)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert commands[:2] == ["make up", "make test"]


def test_every_verb_of_make_is_told_in_the_readme() -> None:
    verbs = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    readme = (ROOT / "README.md").read_text()
    assert [verb for verb in verbs if f"make {verb}" not in readme] == []
