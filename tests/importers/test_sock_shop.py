"""The Sock Shop's own manifests: imported, validated, rendered, and compared with what they were."""

from pathlib import Path

import pytest
import yaml

from components.manifests.checked import check, checked
from components.manifests.objects import Manifest
from components.manifests.offline import offline_objects
from importers.comparison.compare import differences, unexplained
from importers.reading import imported
from importers.writing import spec_text
from schemas.project import Project, read
from schemas.resolve import resolve
from tests.conftest import ROOT
from tests.kubernetes import Taken
from tests.test_cases import CASES

SOURCE = ROOT / "tests" / "data" / "sock-shop.yaml"


def project(folder: Path) -> Project:
    found = imported([SOURCE], None, "weaveworks")
    file = folder / "application.yaml"
    file.write_text(spec_text(found, [SOURCE.name]))
    return read(file, CASES / "platform.yaml")


def original() -> list[Manifest]:
    return [one for one in yaml.safe_load_all(SOURCE.read_text()) if one]


@pytest.fixture
def rendered(tmp_path: Path) -> list[Manifest]:
    return offline_objects(checked(resolve(project(tmp_path), "dev")))


def test_it_is_valid_in_every_environment(tmp_path: Path) -> None:
    """What is left are warnings about what the source has: images that nothing pins, a password in the open, a port of
    every node, a file system that can be written, and liveness that asks the same as readiness."""
    found = check(project(tmp_path))
    assert {one.severity for one in found} == {"warning"}
    assert {one.code for one in found} == {"SW4106", "SW4309", "SW4902", "SW6206", "SW6411"}


def test_nothing_is_lost_and_nothing_is_added_but_documented_defaults(rendered: list[Manifest]) -> None:
    assert [str(one) for one in unexplained(original(), rendered)] == []


def test_the_comparison_is_about_something(rendered: list[Manifest]) -> None:
    """What is explained as lost are capabilities that Pod Security refuses, and mappings that say nothing."""
    lost = {one.fact[-1] for one in differences(original(), rendered) if one.way == "lost"}
    assert lost == {"CHOWN", "SETGID", "SETUID", "DAC_OVERRIDE", "securityContext", "sock-shop"}


def test_every_note_stands_at_a_line_of_the_source() -> None:
    notes = imported([SOURCE], None, "weaveworks").notes
    lines = SOURCE.read_text().splitlines()
    refused = [one for one in notes if one.code == "SW7024"]
    assert len(refused) == 5
    assert {lines[one.origin.line - 1].strip() for one in refused} == {"capabilities:"}
    assert {one.severity for one in notes} == {"warning"}


def test_every_object_is_valid_for_kubernetes(rendered: list[Manifest]) -> None:
    Taken().look(rendered)


def test_importing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    project(tmp_path / "a")
    project(tmp_path / "b")
    assert (tmp_path / "a" / "application.yaml").read_bytes() == (tmp_path / "b" / "application.yaml").read_bytes()
