"""What holds for everything that is rendered: valid for Kubernetes, never late with a problem, and the same each time."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.verbs.render import objects
from components.manifests.objects import Manifest
from schemas.project import Project
from schemas.resolve import resolve
from schemas.text.yaml_text import yaml_documents
from tests.conftest import ROOT
from tests.everything import EVERYTHING
from tests.generated import project_of, specs, start
from tests.kubernetes import Taken

KEPT_ORDER = {"ports"}
"""The first port is the one that is asked when a probe says none."""
KEPT_WHOLE = {"extraObjects", "patches"}
"""What is written in Kubernetes' own words stays as it is written."""

Settings = Callable[[Any], Any]
FEW: Settings = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
MANY: Settings = settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))


def rendered(project: Project) -> list[Manifest]:
    """Return the objects of every place of a project, in the order of the places' names."""
    return [one for place in sorted(project.places, key=str) for one in objects(resolve(project, *place))]


@pytest.fixture(scope="module")
def taken() -> Taken:
    return Taken()


def never_late(whole: dict[str, Any], folder: Path, taken: Taken) -> None:
    """Check files; when nothing is wrong with them everything is rendered, and Kubernetes takes it."""
    project = project_of(whole, folder)
    if project is not None:
        found = rendered(project)
        assert found
        taken.look(found)


def test_the_files_that_specs_are_generated_from_are_right(tmp_path: Path) -> None:
    assert project_of(start(), tmp_path) is not None


@FEW
@given(whole=specs())
def test_a_valid_spec_never_fails_later(whole: dict[str, Any], taken: Taken, tmp_path: Path) -> None:
    never_late(whole, tmp_path, taken)


@pytest.mark.prove
@pytest.mark.timeout(0)
@MANY
@given(whole=specs())
def test_many_valid_specs_never_fail_later(whole: dict[str, Any], taken: Taken, tmp_path: Path) -> None:
    never_late(whole, tmp_path, taken)


def reordered(value: Any, reverse: Iterator[bool], key: str = "") -> Any:
    """Return a value whose mappings have their keys in another order, where order means nothing."""
    if key in KEPT_WHOLE:
        return value
    if isinstance(value, dict):
        entries = [(name, reordered(child, reverse, name)) for name, child in value.items()]
        return dict(entries[::-1] if next(reverse) and key not in KEPT_ORDER else entries)
    return [reordered(child, reverse) for child in value] if isinstance(value, list) else value


def text_of(whole: dict[str, Any], folder: Path) -> str:
    project = project_of(whole, folder)
    assert project is not None
    return yaml_documents(rendered(project))


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.randoms(use_true_random=False))
def test_the_order_of_keys_means_nothing(order: Any, tmp_path: Path) -> None:
    whole = start()

    def coins() -> Iterator[bool]:
        while True:
            yield order.random() < 0.5

    changed = {kind: reordered(document, coins()) for kind, document in whole.items()}
    assert text_of(changed, tmp_path / "b") == text_of(whole, tmp_path / "a")


def test_hash_seed_locale_and_time_zone_mean_nothing(tmp_path: Path) -> None:
    shutil.copytree(EVERYTHING, tmp_path, dirs_exist_ok=True)
    today = datetime.now(UTC).date()
    plan = tmp_path / "plans" / "cart.dev.yaml"
    text = plan.read_text().replace("2026-12-07", f"{today + timedelta(days=9)}").replace("2026-11-23", f"{today}")
    plan.write_text(text)
    surroundings = [
        {"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"},
        {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "Pacific/Kiritimati"},
        {"PYTHONHASHSEED": "4242", "LC_ALL": "POSIX", "TZ": "America/Los_Angeles", "PYTHONUTF8": "1"},
    ]
    command = [str(Path(sys.executable).parent / "stackwright"), "render", str(tmp_path / "application.yaml")]
    texts = {
        subprocess.run(command, cwd=ROOT, env={**os.environ, **around}, capture_output=True, check=True).stdout
        for around in surroundings
    }
    assert len(texts) == 1
    assert texts.pop().count(b"\nkind: ") > 100
