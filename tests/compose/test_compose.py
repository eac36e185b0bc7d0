"""Compose files: everything that comes of a spec, what they keep on the way round, and their schema.

After a wanted change: `pytest tests/compose --write-expected`, and then read the difference.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from components.compose import compose_file
from importers.reading import imported
from importers.writing import spec_text
from schemas.project import read
from schemas.resolve import resolve
from schemas.text.yaml_text import yaml_text
from tests.conftest import ROOT
from tests.test_cases import CASES

HERE = Path(__file__).parent
EXPECTED = HERE / "expected"
DATA = ROOT / "tests" / "data"
NAMES = ("everything_about_env", "jobs", "short_forms", "stateful")


def composed(application: Path, folder: Path) -> tuple[dict[str, Any], str]:
    """Return the compose file of an application in `dev`, and its notes."""
    found = compose_file(resolve(read(application, CASES / "platform.yaml"), "dev"), folder)
    return found.content, "".join(f"# {note}\n" for note in found.notes).replace(f"{application.parent}/", "")


@pytest.mark.parametrize("name", NAMES)
def test_a_spec_becomes_exactly_this_compose_file(name: str, request: pytest.FixtureRequest) -> None:
    content, notes = composed(CASES / name / "application.yaml", CASES / name)
    text = notes + yaml_text(content)
    expected = EXPECTED / f"{name}.yaml"
    if request.config.getoption("--write-expected"):
        expected.write_text(text)
    assert text == expected.read_text()


def test_every_expected_file_has_its_case() -> None:
    assert {path.stem for path in EXPECTED.iterdir()} == set(NAMES)


def round_trip(source: Path, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the services of a compose file, and those of the one that its spec becomes."""
    file = folder / "application.yaml"
    file.write_text(spec_text(imported([source], "shop", "team"), [source.name]))
    content, _ = composed(file, folder)
    return yaml.safe_load(source.read_text())["services"], content["services"]


def variables(service: dict[str, Any]) -> dict[str, str]:
    """Return a service's variables; one that the shell brings has its name there and no value."""
    told = service.get("environment", {})
    pairs = told.items() if isinstance(told, dict) else (one.split("=", 1) for one in told)
    return {key: "from the shell" if value.startswith("${") else value for key, value in pairs}


def places(service: dict[str, Any]) -> set[str]:
    """Return the paths that a service can write, or finds files at; the machine's own files are not imported."""
    volumes = [one.split(":")[1] for one in service.get("volumes", ()) if not one.startswith(("/", "."))]
    return {*volumes, *(one.split(":")[0] for one in service.get("tmpfs", ()))}


def ports(service: dict[str, Any]) -> set[str]:
    return {":".join(str(one).split(":")[-2:]) for one in service.get("ports", ())}


def test_the_sock_shop_keeps_images_ports_variables_commands_and_volumes(tmp_path: Path) -> None:
    before, after = round_trip(DATA / "sock-shop.compose.yaml", tmp_path)
    assert set(before) == set(after)
    assert len(before) == 15
    for name, service in before.items():
        new = after[name]
        assert new["image"] == service["image"]
        assert ports(new) == ports(service)
        assert variables(new) == variables(service)
        assert new.get("command", []) == service.get("command", "").split()
        assert places(new) - places(service) <= {"/tmp"}, "a writable /tmp beside a read-only file system"
        assert places(service) <= places(new)
        assert new.get("read_only", False) == service.get("read_only", False)
        assert "${MYSQL_ROOT_PASSWORD" not in json.dumps(new)


def test_what_a_rendered_compose_file_says_comes_back(tmp_path: Path) -> None:
    """From a compose file of ours to a spec, and to a compose file again: the same but for the secrets' names."""
    first, _ = composed(CASES / "short_forms" / "application.yaml", tmp_path)
    source = tmp_path / "compose.yaml"
    source.write_text(yaml_text(first))
    before, after = round_trip(source, tmp_path)
    for name, service in before.items():
        for key in ("image", "command", "entrypoint", "ports", "user", "read_only", "cap_drop", "healthcheck"):
            if key != "healthcheck" or "test" not in service.get(key, {}):
                assert after[name].get(key) == service.get(key), (name, key)


def schema() -> dict[str, Any]:
    """Return the schema of the compose specification, from the Go module with which images are built here."""
    command = ["go", "list", "-m", "-f", "{{.Dir}}", "github.com/compose-spec/compose-go/v2"]
    pins = ROOT / "sandbox" / "pins" / "docker-build"
    done = subprocess.run(command, cwd=pins, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads((Path(done.stdout.strip()) / "schema" / "compose-spec.json").read_text())
    return found


@pytest.mark.sandbox
@pytest.mark.parametrize("name", [*NAMES, "sock-shop"])
def test_a_compose_file_fits_the_specifications_schema(name: str, tmp_path: Path) -> None:
    validator = Draft7Validator(schema())
    if name == "sock-shop":
        _, services = round_trip(DATA / "sock-shop.compose.yaml", tmp_path)
        content: dict[str, Any] = {"name": "sock-shop", "services": services}
    else:
        content = yaml.safe_load((EXPECTED / f"{name}.yaml").read_text())
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(content)] == []
    content["services"]["nobody"] = {"imgae": "x"}
    assert list(validator.iter_errors(content)), "the schema refuses what it does not know"
