"""What kube-score, kubeconform and checkov say: nothing of what we render, and of each fault what our check says."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.manifests.offline import offline_objects
from importers.reading import imported
from importers.writing import spec_text
from schemas.project import read
from schemas.resolve import resolve
from tests.checks.broken import BROKEN, sound
from tests.checks.tools import Manifest, checkov, kube_score, kubeconform, schema_folder
from tests.conftest import ROOT, platform_of
from tests.manifests.models import containers, template

pytestmark = pytest.mark.sandbox

VERSIONS = ("1.34", "1.35", "1.36", "1.37")
SOCK_SHOP = ROOT / "tests" / "data" / "sock-shop.yaml"
EXAMPLES = sorted((ROOT / "examples").glob("*/application.yaml"))
EXPECTED = ROOT / "tests" / "manifests" / "expected"
CASES = sorted(path.parent.name for path in (ROOT / "tests" / "cases").glob("*/expected.yaml"))


def imported_sock_shop(folder: Path) -> Path:
    """Return the application file that the Sock Shop's own manifests become."""
    file = folder / "application.yaml"
    file.write_text(spec_text(imported([SOCK_SHOP], None, "weaveworks"), [SOCK_SHOP.name]))
    return file


def rendered(application: Path) -> dict[str, list[Manifest]]:
    """Return an application's objects as they are deployed, by environment: images have their digests then."""
    project = read(application, platform_of(application))
    found = {}
    for name in project.environments:
        objects = copy.deepcopy(offline_objects(resolve(project, name)))
        for pod in filter(None, map(template, objects)):
            for one in containers(pod):
                if "@" not in one["image"]:
                    one["image"] += f"@sha256:{'0' * 64}"
        found[name] = objects
    return found


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Manifest]]:
    """Everything of ours that has to be without a finding."""
    paths = {path.parent.name: path for path in EXAMPLES}
    paths["sock-shop"] = imported_sock_shop(tmp_path_factory.mktemp("sock-shop"))
    found = {f"{key}-{name}": objects for key, path in paths.items() for name, objects in rendered(path).items()}
    assert len(found) >= 6
    return {**found, "sound": sound()}


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return schema_folder(tmp_path_factory.mktemp("schemas"), VERSIONS)


def test_kube_score_finds_nothing(sets: dict[str, list[Manifest]], tmp_path: Path) -> None:
    assert {name: kube_score(tmp_path / name, objects) for name, objects in sets.items()} == {name: [] for name in sets}


def test_checkov_finds_nothing(sets: dict[str, list[Manifest]], tmp_path: Path) -> None:
    assert checkov(tmp_path, sets) == {name: [] for name in sets}


@pytest.mark.parametrize("version", VERSIONS)
def test_kubeconform_finds_nothing(
    sets: dict[str, list[Manifest]], schemas: Path, tmp_path: Path, version: str
) -> None:
    gateway = list(yaml.safe_load_all((EXPECTED / "gateway.yaml").read_text()))
    assert {"Gateway", "HTTPRoute"} <= {one["kind"] for one in gateway}
    every = {**sets, "gateway": gateway}
    found = {name: kubeconform(tmp_path / name, objects, schemas, version) for name, objects in every.items()}
    assert found == {name: [] for name in every}


@pytest.mark.parametrize("name", CASES)
def test_kubeconform_finds_nothing_in_what_comes_of_a_case(name: str, schemas: Path, tmp_path: Path) -> None:
    objects = list(yaml.safe_load_all((ROOT / "tests" / "cases" / name / "expected.yaml").read_text()))
    assert kubeconform(tmp_path, objects, schemas, "1.36") == []


@pytest.mark.parametrize(
    ("case", "kind", "field"),
    [
        ("gateway", "Deployment", "replica"),
        ("gateway", "HTTPRoute", "rule"),
        ("observability", "PeerAuthentication", "mtlsMode"),
        ("observability", "Telemetry", "accessLog"),
        ("observability", "PodMonitor", "endpoints"),
        ("observability", "ServiceMonitor", "podMetricsEndpoints"),
        ("observability", "PrometheusRule", "rules"),
    ],
)
def test_kubeconform_does_find_what_no_schema_knows(
    schemas: Path, tmp_path: Path, case: str, kind: str, field: str
) -> None:
    objects: list[Any] = list(yaml.safe_load_all((ROOT / "tests" / "cases" / case / "expected.yaml").read_text()))
    next(one for one in objects if one["kind"] == kind)["spec"][field] = 1
    (found,) = kubeconform(tmp_path, objects, schemas, "1.36")
    assert field in found


KUBE_SCORE = [(number, one) for number, one in enumerate(BROKEN) if one.kube_score]
CHECKOV = {f"{number}-{one.code}": one for number, one in enumerate(BROKEN) if one.checkov}


def test_kube_score_finds_each_fault_that_our_check_finds(tmp_path: Path) -> None:
    found = {number: kube_score(tmp_path / str(number), one.objects()) for number, one in KUBE_SCORE}
    missed = [f"{one.code} {one.kube_score}" for number, one in KUBE_SCORE if not _names(found[number], one.kube_score)]
    assert missed == []


def test_checkov_finds_each_fault_that_our_check_finds(tmp_path: Path) -> None:
    found = checkov(tmp_path, {name: one.objects() for name, one in CHECKOV.items()})
    assert [f"{name} {one.checkov}" for name, one in CHECKOV.items() if not _names(found[name], one.checkov)] == []


def _names(found: list[str], demand: str) -> bool:
    return any(told.startswith(f"{demand} ") for told in found)
