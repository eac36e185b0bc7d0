"""`istioctl analyze` finds nothing to say of what comes out, and says something of what is wrong."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.manifests.offline import offline_objects
from schemas.project import read
from schemas.resolve import resolve
from tests.conftest import ROOT, platform_of

pytestmark = pytest.mark.sandbox

CASES = sorted(
    path.parent.name for path in (ROOT / "tests" / "cases").glob("*/expected.yaml") if "istio.io" in path.read_text()
)
EXAMPLES = sorted(path.parent.name for path in (ROOT / "examples").glob("*/application.yaml"))


def analyzed(programs: dict[str, Path], file: Path, objects: list[dict[str, Any]]) -> str:
    """Return what istioctl says of objects, or nothing when it finds nothing.

    It is asked of all namespaces: else it is silent of every one but `default`. A Telemetry that names its target by
    `targetRefs` is left out, because the analysis looks at `selector` alone and takes it for one of the namespace.
    """
    read_by_it = [one for one in objects if one["kind"] != "Telemetry" or "targetRefs" not in one["spec"]]
    file.write_text(yaml.safe_dump_all(read_by_it))
    command = [str(programs["istioctl"]), "analyze", "--use-kube=false", "--all-namespaces", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    silent = f"✔ No validation issues found when analyzing {file}." in done.stdout + done.stderr
    return "" if silent and done.returncode == 0 else done.stdout + done.stderr


def case_objects(case: str) -> list[dict[str, Any]]:
    text = (ROOT / "tests" / "cases" / case / "expected.yaml").read_text()
    return list(yaml.load_all(text, yaml.CSafeLoader))


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_said_of_a_case(programs: dict[str, Path], tmp_path: Path, case: str) -> None:
    assert analyzed(programs, tmp_path / "objects.yaml", case_objects(case)) == ""


@pytest.mark.parametrize("mesh", ["istio-sidecar", "istio-ambient"])
@pytest.mark.parametrize("example", EXAMPLES)
def test_nothing_is_said_of_an_example(programs: dict[str, Path], tmp_path: Path, example: str, mesh: str) -> None:
    application = ROOT / "examples" / example / "application.yaml"
    platform: dict[str, Any] = yaml.safe_load(platform_of(application).read_text())
    for environment in platform["spec"]["environments"].values():
        # What this mesh cannot express is left out, and not what is asked about.
        environment |= {"mesh": {"kind": mesh}, "whenMissing": "omit"}
    (tmp_path / "platform.yaml").write_text(yaml.safe_dump(platform))
    project = read(application, tmp_path / "platform.yaml")
    for environment in project.environments:
        objects = offline_objects(resolve(project, environment))
        assert analyzed(programs, tmp_path / f"{environment}.yaml", objects) == ""


def test_something_is_said_of_a_route_to_nowhere(programs: dict[str, Path], tmp_path: Path) -> None:
    objects = case_objects("traffic_sidecar")
    route = next(one for one in objects if one["kind"] == "VirtualService")
    route["spec"]["http"][0]["route"][0]["destination"]["subset"] = "nowhere"
    assert "IST0101" in analyzed(programs, tmp_path / "wrong.yaml", objects)
