"""What many tests need: small specs, and reading them."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from schemas.problems import SpecError
from schemas.project import Project, read
from schemas.resolve import check, resolve
from schemas.spec import Spec
from schemas.text.yaml_text import yaml_text

ROOT = Path(__file__).resolve().parent.parent

# A busy machine is slow, and no property is about time. The gate tries the same few examples every time, so that it is
# quick and judges a change and not its luck; `make prove` searches on with `--hypothesis-profile searching`.
_PATIENT: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
}
settings.register_profile("repeatable", max_examples=40, derandomize=True, **_PATIENT)
settings.register_profile("searching", max_examples=300, print_blob=True, **_PATIENT)
settings.load_profile("repeatable")


def platform_of(application: Path) -> Path:
    """Return the platform of an example: its own, or the sandbox's."""
    own = application.parent / "platform.yaml"
    return own if own.exists() else ROOT / "stacks" / "platform.yaml"


class Files:
    """A folder with an application and a platform, which a test fills with plain values."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.services: dict[str, Any] = {"web": {"image": "example.test/web:1", "port": 8080}}
        self.spec: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {"name": "shop", "owner": "team"}
        self.platform: dict[str, Any] = {
            "environments": {
                "dev": {
                    "domain": "dev.localhost",
                    "registry": {"address": "127.0.0.1:5000"},
                    "ingress": {"class": "nginx"},
                }
            }
        }
        self.release: dict[str, str] | None = None
        self.today = date(2026, 11, 25)

    def project(self) -> Project:
        """Write the files and read them."""
        releases = self.write()
        return read(self.folder / "application.yaml", self.folder / "platform.yaml", releases, today=self.today)

    def write(self) -> tuple[Path, ...]:
        """Write the files, and return the releases to name."""
        spec = {"services": self.services, **self.spec}
        application = {
            "apiVersion": "stackwright.dev/v1",
            "kind": "Application",
            "metadata": self.metadata,
            "spec": spec,
        }
        platform = {
            "apiVersion": "stackwright.dev/v1",
            "kind": "Platform",
            "metadata": {"name": "acme"},
            "spec": self.platform,
        }
        self._write("application.yaml", application)
        self._write("platform.yaml", platform)
        releases: tuple[Path, ...] = ()
        if self.release is not None:
            head = {"application": self.metadata["name"], "environment": "dev"}
            self._write(
                "release.yaml",
                {
                    "apiVersion": "stackwright.dev/v1",
                    "kind": "Release",
                    "metadata": head,
                    "spec": {"images": self.release},
                },
            )
            releases = (self.folder / "release.yaml",)
        return releases

    def resolve(self, environment: str = "dev") -> Spec:
        return resolve(self.project(), environment)

    def problems(self, environment: str = "dev") -> list[str]:
        """Return the codes and paths of the errors and warnings."""
        try:
            found = self.resolve(environment).warnings
        except SpecError as error:
            found = error.problems
        return [f"{problem.code} {'.'.join(map(str, problem.origin.path))}" for problem in found]

    def checked(self) -> list[str]:
        """Return the codes and paths of the errors and warnings of every environment."""
        try:
            found = check(self.project())
        except SpecError as error:
            found = error.problems
        return [f"{problem.code} {'.'.join(map(str, problem.origin.path))}" for problem in found]

    def _write(self, name: str, value: Any) -> None:
        (self.folder / name).write_text(yaml_text(value))


def places(place: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping of a schema, from the outside in."""
    if isinstance(place, dict):
        yield place
        for child in place.values():
            yield from places(child)
    elif isinstance(place, list):
        for child in place:
            yield from places(child)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz-minutes", default="30", help="How long `prove` tries mutated files.")
    parser.addoption("--write-expected", action="store_true", help="Write what cases give as what they must give.")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure no coverage of properties: they run again and again what tests of one behaviour run once, at twice the time.

    It comes last, because Hypothesis marks its tests in the same hook.
    """
    for item in items:
        if item.get_closest_marker("hypothesis"):
            item.add_marker("no_cover")
