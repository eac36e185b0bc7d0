"""An application of many services, deployed by the real engine onto simulated nodes."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox import lifecycle
from tests.cluster.conftest import Trial, copied, kubectl  # noqa: F401 - a fixture

pytestmark = pytest.mark.prove

SERVICES = 30


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Trial]:
    lifecycle.up(simulated_nodes=3)
    one = Trial(copied(tmp_path), "many")
    for file in (one.folder / "stacks").glob("Pulumi.*.yaml"):
        file.unlink()
    one.must("stack", "init")
    one.must("config", "set", "application", "application.yaml")
    one.must("config", "set", "environment", "dev")
    yield one
    one.run("destroy", "--yes", "--skip-preview")


def test_many_services_come_stay_and_go(many: Trial, kubectl: Callable[..., str]) -> None:  # noqa: F811
    taint: dict[str, Any] = {"key": "kwok.x-k8s.io/node", "operator": "Exists"}
    many.application["spec"]["services"] = {
        f"s{number}": {
            "image": "example.test/s:1",
            "port": 8080,
            "placement": {"nodeSelector": {"type": "kwok"}, "tolerations": [taint]},
            "connections": {f"s{number - 1}": {}} if number else {},
        }
        for number in range(SERVICES)
    }
    (many.folder / "application.yaml").write_text(yaml.safe_dump(many.application, sort_keys=False))
    times = {}
    for name, act in (("up", many.up), ("preview", lambda: many.must("preview", "--expect-no-changes"))):
        begun = time.monotonic()
        act()
        times[name] = time.monotonic() - begun
    running = kubectl("get", "pods", "-n", many.namespace, "--field-selector", "status.phase=Running", "-o", "name")
    assert len(running.split()) == 2 * SERVICES
    begun = time.monotonic()
    many.must("destroy", "--yes", "--skip-preview")
    times["destroy"] = time.monotonic() - begun
    assert many.resources() == []
    print(f"\n{SERVICES} services: " + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in times.items()))
