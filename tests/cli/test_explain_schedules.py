"""The week that an autoscaler's schedules make, where a person asks for them."""

import json
from pathlib import Path

import msgspec
import pytest
import yaml
from typer.testing import CliRunner

from cli.main import app
from cli.verbs.explain.schedules import Schedules
from schemas.model.scaling import ScalingSchedule
from schemas.values.schedules import week
from tests.conftest import ROOT

PLATFORM = str(ROOT / "tests" / "cases" / "scaling" / "platform.yaml")
APPLICATION = """\
apiVersion: stackwright.dev/v1
kind: Application
metadata: {name: shop, owner: storefront}
spec:
  services:
    web:
      image: ghcr.io/acme/web:1.4
      port: 8080
      resources: {requests: {cpu: 500m, memory: 256Mi}}
      traffic: {split: {main: 90, next: 10}}
      scaling:
        min: 2
        max: 40
        targets: {cpuPercent: 60}
        schedules:
          evenings: {days: [fri, sat], from: "16:00", to: "02:30", timeZone: Europe/Berlin, min: 6}
          sale: {days: [fri], from: "20:00", to: "22:00", timeZone: Europe/Berlin, min: 20}
      versions:
        next:
          image: ghcr.io/acme/web:2.0
          scaling: {min: 1, max: 9, targets: {cpuPercent: 60}, schedules: {evenings: null, sale: null, nights: {days: [sun], from: "23:00", to: "01:00", timeZone: UTC, min: 3}}}
"""
LUNCH = '          lunch: {days: [sun], from: "23:00", to: "01:00", timeZone: America/New_York, min: 4}\n'
VALUES = """\
spec.services.web.scaling.schedules.evenings.days[0]   fri            application  application.yaml:16
spec.services.web.scaling.schedules.evenings.days[1]   sat            application  application.yaml:16
spec.services.web.scaling.schedules.evenings.from      16:00          application  application.yaml:16
spec.services.web.scaling.schedules.evenings.to        02:30          application  application.yaml:16
spec.services.web.scaling.schedules.evenings.timeZone  Europe/Berlin  application  application.yaml:16
spec.services.web.scaling.schedules.evenings.min       6              application  application.yaml:16
spec.services.web.scaling.schedules.sale.days[0]       fri            application  application.yaml:17
spec.services.web.scaling.schedules.sale.from          20:00          application  application.yaml:17
spec.services.web.scaling.schedules.sale.to            22:00          application  application.yaml:17
spec.services.web.scaling.schedules.sale.timeZone      Europe/Berlin  application  application.yaml:17
spec.services.web.scaling.schedules.sale.min           20             application  application.yaml:17
"""
IN_BERLIN = """
The week by the clocks of Europe/Berlin, pods at least:
  mon 00:00 to fri 16:00   2
  fri 16:00 to fri 20:00   6  evenings
  fri 20:00 to fri 22:00  20  evenings, sale
  fri 22:00 to sat 02:30   6  evenings
  sat 02:30 to sat 16:00   2
  sat 16:00 to sun 02:30   6  evenings
  sun 02:30 to mon 00:00   2
"""
IN_NEW_YORK = """
The week by the clocks of America/New_York, pods at least:
  mon 00:00 to mon 01:00  4  lunch
  mon 01:00 to sun 23:00  2
  sun 23:00 to mon 00:00  4  lunch
"""
TOGETHER = "\nWhere windows of `America/New_York` and `Europe/Berlin` are open at once, the most pods count.\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "application.yaml").write_text(APPLICATION)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def explained(path: str, *more: str) -> str:
    named = ["explain", "application.yaml", path, "-p", PLATFORM, "--env", "sidecar"]
    done = CliRunner().invoke(app, [*named, *more])
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


def values(text: str) -> str:
    """Return the lines of the values alone."""
    return text.partition("\n\n")[0] + "\n"


def test_the_week_stands_under_the_values_of_the_schedules(folder: Path) -> None:  # noqa: ARG001
    told = explained("services.web.scaling.schedules")
    assert told == VALUES + IN_BERLIN
    whole = explained("services.web.scaling")
    assert whole == values(whole) + IN_BERLIN


def test_windows_of_two_time_zones_have_a_table_each(folder: Path) -> None:
    (folder / "application.yaml").write_text(APPLICATION.replace("      versions:\n", f"{LUNCH}      versions:\n"))
    told = explained("services.web.scaling.schedules")
    assert told == values(told) + IN_NEW_YORK + IN_BERLIN + TOGETHER


def test_a_version_has_a_week_of_its_own_and_what_has_no_schedules_has_none(folder: Path) -> None:  # noqa: ARG001
    told = explained("services.web.versions.next.scaling")
    assert (
        told
        == values(told)
        + """
The week by the clocks of UTC, pods at least:
  mon 00:00 to mon 01:00  3  nights
  mon 01:00 to sun 23:00  1
  sun 23:00 to mon 00:00  3  nights
"""
    )
    for path in ("services.web.scaling.targets", "services.web", "services.web.scaling.schedules.sale"):
        assert "The week" not in explained(path), path


def test_a_program_gets_the_week_behind_the_values(folder: Path) -> None:  # noqa: ARG001
    *leaves, whole = json.loads(explained("services.web.versions.next.scaling", "--format", "json"))
    assert [set(one) for one in leaves] == [set(whole) - {"week"}] * len(leaves)
    assert (whole["path"], whole["value"]["nights"]["min"]) == ("spec.services.web.versions.next.scaling.schedules", 3)
    assert whole["week"] == [
        {
            "timeZone": "UTC",
            "spans": [
                {"from": "mon 00:00", "to": "mon 01:00", "pods": 3, "windows": ["nights"]},
                {"from": "mon 01:00", "to": "sun 23:00", "pods": 1, "windows": []},
                {"from": "sun 23:00", "to": "mon 00:00", "pods": 3, "windows": ["nights"]},
            ],
        }
    ]


def test_the_guide_shows_the_week_of_its_own_windows() -> None:
    blocks = (ROOT / "docs" / "scaling.md").read_text().split("```")[1::2]
    scaling = yaml.safe_load(blocks[0].removeprefix("yaml"))["scaling"]
    spans = week(msgspec.convert(scaling["schedules"], dict[str, ScalingSchedule]), scaling["min"])
    lines = Schedules((), {"Europe/Berlin": spans}).lines
    assert "".join(f"{line}\n" for line in lines) == blocks[1]
