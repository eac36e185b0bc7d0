"""`forecast` and `simulate`: what a person sees, and what a machine gets."""

import json
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse
from xml.etree import ElementTree

import matplotlib as mpl
import msgspec
import pytest
from typer.testing import CliRunner, Result

from cli.capacity import page, planned
from cli.capacity.holder import form
from cli.capacity.measuring import Capacity, capacities
from cli.capacity.options import Source
from cli.capacity.picture import drawn
from cli.capacity.prometheus import asked
from cli.capacity.service import Scaled, scaled, with_settings, without_plans
from cli.capacity.sparkline import sparkline
from cli.main import app
from cli.verbs import forecast
from forecast.backtest import Choice
from forecast.capacity import Measured
from forecast.making import refitted
from forecast.owner import Owner
from schemas.model.container import Requests
from schemas.plan.model import Plan
from schemas.plan.text import written
from schemas.plan.week import WEEK
from schemas.problems import SpecError
from schemas.project import read as project
from schemas.text.document import plain
from tests.conftest import ROOT
from tests.forecast.traces import MONDAY, Constant, Opening, Rate, history, wish

PLATFORM = str(ROOT / "tests" / "cases" / "platform.yaml")
APPLICATION = """\
apiVersion: stackwright.dev/v1
kind: Application
metadata: {name: shop, owner: storefront}
spec:
  services:
    web:
      image: ghcr.io/acme/web:1.4
      port: 8080
      resources: {requests: {cpu: 500m, memory: 256Mi}, limits: {memory: 256Mi}}
      scaling: {min: 2, max: 100, targets: {cpuPercent: 70}}
    fixed:
      image: ghcr.io/acme/fixed:1.4
      port: 8080
      replicas: 2
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "application.yaml").write_text(APPLICATION)
    (tmp_path / "constant.csv").write_text(made_up(2, Constant))
    (tmp_path / "short.csv").write_text(made_up(0.05, Opening))
    return tmp_path


@cache
def made_up(weeks: float, rate: type[Rate]) -> str:
    """Return the table of a made-up history, which many tests read."""
    return table(history(weeks, rate()))


def table(of: Any, header: str = "timestamp,requests", seconds: int = 60) -> str:
    rows = (f"{MONDAY + 60 * number:.0f},{rate * seconds:.0f}\n" for number, rate in enumerate(of.rates))
    return f"{header}\n{''.join(rows)}"


def with_cores(of: Any) -> str:
    """Return the table of a service whose requests take ten milliseconds of CPU each."""
    rows = (f"{MONDAY + 60 * at:.0f},{rate * 60:.3f},{rate * 0.01:.6f}\n" for at, rate in enumerate(of.rates))
    return "timestamp,requests,cpu\n" + "".join(rows)


def call(folder: Path, verb: str, *arguments: str, service: str = "web") -> Result:
    named = [verb, str(folder / "application.yaml"), "-p", PLATFORM, "--service", service, "--env", "prod"]
    return CliRunner().invoke(app, [*named, *arguments])


@pytest.fixture(scope="module")
def result() -> planned.Planned:
    """Return a plan whose model was chosen before."""
    shop, asked = history(2, Opening()), wish()
    verdict = refitted(shop, asked, Choice("last week", 0), 0.8)
    owner = Owner(application="shop", service="web", environment="prod", time_zone="UTC", today=date(2026, 1, 19))
    made = planned.told(shop, asked, owner, verdict)
    return replace(made, form="The floor rises 240 s early, and is held by 1 window of KEDA.")


@pytest.mark.parametrize("name", ["plan.txt", "plan.json"])
def test_a_plan_is_told_in_these_words(result: planned.Planned, name: str, request: pytest.FixtureRequest) -> None:
    """After a wanted change: `pytest tests/cli/test_forecast.py --write-expected`, and then read the difference."""
    forms = {
        "plan.txt": lambda: planned.as_text(result, 0.05),
        "plan.json": lambda: json.dumps(planned.as_json(result, None), indent=2) + "\n",
    }
    text, expected = forms[name](), Path(__file__).parent / "expected" / name
    if request.config.getoption("--write-expected"):
        expected.write_text(text)
    assert text == expected.read_text()


def test_the_week_of_a_plan_fits_a_terminal_of_80_columns(result: planned.Planned) -> None:
    week, demand, room = planned.as_text(result, None).splitlines()[-3:]
    assert max(len(line) for line in (week, demand, room)) <= 80
    # Each day's name stands over the first of its bars.
    assert [week.index(day) - 7 for day in ("Mon", "Tue", "Sun")] == [
        0,
        (len(demand) - 7) // 7,
        (len(demand) - 7) // 7 * 6,
    ]
    assert len(demand) == len(room)


def test_the_page_of_a_plan_has_its_picture(result: planned.Planned) -> None:
    html = page.as_html(result, 0.05)
    assert html[html.index("<svg ") : html.index("</svg>")].partition('" width')[2] in drawn(result, "svg").decode()


def test_a_plan_says_how_its_capacity_was_measured(result: planned.Planned) -> None:
    measured = replace(result, capacity=Capacity(50.0, Measured(cpu_seconds=0.01, busy=64, quarters=192)))
    before, after = (planned.as_text(one, None).splitlines() for one in (result, measured))
    sentence = (
        "Measured in the busiest 64 of 192 quarters of an hour: a request takes 10 ms of CPU, so 50 a second use what a "
        "replica requests."
    )
    assert after == [before[0], sentence, *before[1:]]
    assert sentence in page.as_html(measured, None)
    assert planned.as_json(measured, None)["capacity"] == {
        "requestsPerSecondPerReplica": 50.0,
        "cpuSecondsPerRequest": 0.01,
        "busyQuarters": 64,
        "quarters": 192,
    }


def heights(svg: bytes, name: str) -> list[float]:
    """Return how high a line of a picture stands in each quarter of an hour, in points."""
    (group,) = ElementTree.fromstring(svg).iterfind(f".//*[@id='{name}']")  # noqa: S314 - our own
    path = group.find("{http://www.w3.org/2000/svg}path")
    assert path is not None
    numbers = [float(one) for one in path.get("d", "").split() if one not in "ML"]
    # Two points for each quarter of an hour, and the first and the last one twice.
    assert len(numbers) == 2 * (2 * WEEK + 2)
    return [-y for y in numbers[3:-2:4]]


def test_a_picture_is_as_high_as_the_demand_and_the_plan(result: planned.Planned) -> None:
    svg = drawn(result, "svg")
    said, shown = [*result.latest, *result.room], [*heights(svg, "demand"), *heights(svg, "plan")]
    per_request = (max(shown) - min(shown)) / (max(said) - min(said))
    assert per_request > 0
    assert shown == pytest.approx([min(shown) + per_request * (one - min(said)) for one in said], abs=0.01)
    words = "".join(ElementTree.fromstring(svg).itertext())  # noqa: S314 - our own
    for word in (
        "web in prod",
        "Monday",
        "Sunday",
        "requests per second",
        "replicas",
        "time zone UTC",
        "demand",
        "room",
    ):
        assert word in words


def test_a_picture_is_the_same_for_the_same_plan_alone(result: planned.Planned) -> None:
    png = drawn(result, "png")
    width, height = struct.unpack(">II", png[16:24])
    assert (png[:8], width, height) == (b"\x89PNG\r\n\x1a\n", 1440, 540)
    assert png == drawn(result, "png")
    assert drawn(result, "svg") == drawn(result, "svg")
    floor = tuple(count + 1 for count in result.plan.floor)
    other = replace(result, plan=replace(result.plan, floor=floor))
    assert drawn(other, "png") != png
    with mpl.rc_context({"figure.facecolor": "black", "font.size": 30}):
        assert drawn(result, "png") == png


def test_a_picture_has_a_form_and_what_draws_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = ["--history", str(folder / "short.csv"), "--capacity", "50"]
    done = call(folder, "forecast", *options, "--picture", str(folder / "web.jpg"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "the name of a picture ends in `.png` or `.svg`." in done.stderr
    monkeypatch.setattr(forecast, "find_spec", {"statsforecast": True}.get)
    missing = "this needs `matplotlib`, which is not installed. Install `stackwright[forecast]`. [SW9109]"
    for more in (["--picture", str(folder / "web.png")], ["--format", "html"]):
        done = call(folder, "forecast", *options, *more)
        assert (done.exit_code, done.stdout, done.stderr) == (1, "", f"stackwright: {missing}\n")


@pytest.mark.prove
@pytest.mark.parametrize("capacity", [["--capacity", "50"], []], ids=["given", "measured"])
def test_a_plan_is_written_and_right(folder: Path, capacity: list[str]) -> None:
    plan = folder / "plans" / "web.yaml"
    picture = folder / "pictures" / "web.PNG"
    (folder / "cpu.csv").write_text(with_cores(history(2, Opening())))
    options = ["--history", str(folder / "cpu.csv"), *capacity, "--picture", str(picture)]
    done = call(folder, "forecast", *options, "-o", str(plan))
    named = f"Name it in the spec, from its folder: `environments.prod.services.web: {{scaling: {{plan: {plan}}}}}`."
    assert (done.exit_code, done.stderr) == (0, f"{plan} is written.\n{named}\n{picture} is written.\n")
    assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert "requestsPerSecondPerReplica: 50," in plan.read_text()
    assert ("a request takes 10 ms of CPU" in done.stdout) == (not capacity)
    checked = CliRunner().invoke(app, ["validate", str(plan), "-p", PLATFORM])
    assert (checked.exit_code, checked.stderr) == (0, f"{plan}: nothing is wrong, in any environment.\n")


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (made_up(2, Opening), []),
        (table(history(2, Opening()), "at,seen", 1), ["--columns", "at,seen", "--rates"]),
    ],
    ids=["counts", "rates"],
)
def test_the_plans_of_a_folder_are_renewed(
    folder: Path, result: planned.Planned, text: str, options: list[str]
) -> None:
    with_plan(folder, result.plan, "web.prod", days_ago=30)
    (folder / "histories").mkdir()
    (folder / "histories" / "web.csv").write_text("of another environment")
    (folder / "histories" / "web.prod.csv").write_text(text)
    for name, service in (("web.prod", "web"), ("cart", "cart")):
        of = replace(result.plan, service=service, chosen=datetime.now(UTC).date(), expires=date(2026, 1, 20))
        (folder / "plans" / f"{name}.yaml").write_text(written(of))
    spec = [str(folder / "application.yaml"), "-p", str(folder / "platform.yaml")]
    assert "[SW9201]" in CliRunner().invoke(app, ["validate", *spec]).stderr
    named = ["forecast", *spec, *options]
    done = CliRunner().invoke(app, [*named, "--history", str(folder / "histories"), "-o", str(folder / "plans")])
    assert done.exit_code == 1
    missing = f"no history of `cart` is in {folder / 'histories'}. Export one as `cart.csv`. [SW9304]"
    renewed = f"{old(folder, 'web.prod.csv')}{folder / 'plans' / 'web.prod.yaml'} is written.\n"
    assert done.stderr == f"{renewed}{folder / 'plans' / 'cart.yaml'}: {missing}\n"
    assert CliRunner().invoke(app, ["validate", *spec]).exit_code == 0
    assert CliRunner().invoke(app, named).exit_code == 2
    nowhere = CliRunner().invoke(app, [*named, "--history", str(folder / "histories"), "-o", "nowhere"])
    assert (nowhere.exit_code, "--output: nowhere is no folder." in nowhere.stderr) == (2, True)
    kept = CliRunner().invoke(
        app, [*named, "--capacity", "40", "--start-seconds", "60", "--env", "prod", "--picture", "web.png"]
    )
    assert (
        kept.exit_code,
        "leave out --picture, --env, --capacity, --start-seconds." in " ".join(kept.stderr.split()),
    ) == (2, True)


def test_a_project_without_plans_is_the_same_but_for_them(tmp_path: Path) -> None:
    plan = ", plan: plans/web.yaml"
    text = f"""\
apiVersion: stackwright.dev/v1
kind: Application
metadata: {{name: shop, owner: storefront}}
spec:
  services:
    web:
      image: ghcr.io/acme/web:1.4
      port: 8080
      scaling: {{min: 2, max: 100{plan}}}
      versions: {{next: {{image: ghcr.io/acme/web:2.0, scaling: {{max: 9{plan}}}}}}}
    scaling: {{image: ghcr.io/acme/scaling:1, port: 8080, scaling: {{min: 1, max: 3}}}}
  patches: {{gold: {{target: {{kind: Deployment, name: web}}, reason: gold, strategicMerge: {{scaling: {{plan: gold}}}}}}}}
  environments:
    prod:
      services: {{web: {{scaling: {{min: 3{plan}}}}}, scaling: {{scaling: null, replicas: 2}}}}
      locations: {{eu: {{services: {{web: {{scaling: {{max: 50{plan}}}}}}}}}}}
"""
    (tmp_path / "application.yaml").write_text(text)
    (tmp_path / "without.yaml").write_text(text.replace(plan, ""))
    found, wanted = (project(tmp_path / f"{one}.yaml", Path(PLATFORM)) for one in ("application", "without"))
    assert plain(without_plans(found).application) == plain(wanted.application)


def old(folder: Path, name: str = "web.csv") -> str:
    """Return what is said of the history that ends in January."""
    ended = date(2026, 1, 19)
    days = (datetime.now(UTC).date() - ended).days
    said = f"the history ends {days} days ago, on {ended}: what changed since is not in it."
    return f"{folder / 'histories' / name}: beware: {said}\n"


@pytest.mark.parametrize(("generated", "expected"), [
    (date(2026, 1, 18), []), (date(2026, 1, 26), []),
    (date(2026, 1, 27), ["the history ends 8 days ago, on 2026-01-19: what changed since is not in it."]),
    (date(2026, 1, 10), ["the history ends on 2026-01-19, 9 days from now: its times cannot be right."]),
])  # fmt: skip
def test_a_history_that_is_old_or_not_yet_is_told(
    result: planned.Planned, generated: date, expected: list[str]
) -> None:
    made = replace(result, plan=replace(result.plan, generated=generated))
    assert planned.as_json(made, None)["history"]["warnings"] == expected


def test_what_a_plan_would_have_done_is_replayed(folder: Path, result: planned.Planned) -> None:
    with_plan(folder, replace(result.plan, floor=(40,) * WEEK))
    options = ["--history", str(folder / "short.csv"), "--capacity", "50", "--set", "scaling.plan=null"]
    named = ["--service", "web", "-p", str(folder / "platform.yaml"), "--env", "prod", "--format", "json"]
    done = CliRunner().invoke(app, ["simulate", str(folder / "application.yaml"), *named, *options])
    assert done.stderr == ""
    rows = json.loads(done.stdout)["rows"]
    assert [(row["policy"], row["fewestReplicas"]) for row in rows] == [("as written", 40), ("scaling.plan=null", 3)]


def with_plan(folder: Path, plan: Plan, name: str = "web", days_ago: int = 0) -> None:
    """Have the service name a plan that was made some days ago, on a platform that can hold it."""
    (folder / "plans").mkdir()
    made = datetime.now(UTC).date() - timedelta(days=days_ago)
    dated = replace(plan, generated=made, chosen=made, expires=made + timedelta(days=14))
    (folder / "plans" / f"{name}.yaml").write_text(written(dated))
    (folder / "application.yaml").write_text(APPLICATION.replace("70}}", f"70}}, plan: plans/{name}.yaml}}"))
    (folder / "platform.yaml").write_text(
        "apiVersion: stackwright.dev/v1\nkind: Platform\nmetadata: {name: acme}\nspec:\n  environments:\n    prod:\n"
        "      domain: acme.test\n      registry: {address: registry.acme.test}\n"
        "      installed: {keda: true, prometheus-operator: true}\n"
        "      monitoring: {labels: {}, address: 'http://prometheus:9090'}\n"
    )


@pytest.mark.parametrize(
    ("file", "options", "service", "code", "expected"),
    [
        ("constant.csv", ["--capacity", "50"], "web", 1, "[SW9105]"),
        ("short.csv", ["--capacity", "50"], "web", 1, "[SW9102]"),
        ("short.csv", [], "web", 1, "application.yaml:10:16: spec.services.web.scaling: how many requests per second one replica serves well is not known."),
        ("short.csv", ["--capacity", "50"], "fixed", 1, "application.yaml:11:5: spec.services.fixed: `fixed` has no `scaling` in `prod`"),
        ("short.csv", ["--capacity", "50"], "wbe", 2, "there is no service `wbe`. Did you mean `web`? [SW8202]"),
        ("short.csv", ["--capacity", "50", "--time-zone", "Mars/Dome"], "web", 1, "--time-zone: there is no time zone `Mars/Dome`."),
        ("none.csv", ["--capacity", "50"], "web", 1, "the history cannot be read: No such file or directory. [SW9001]"),
    ],
)  # fmt: skip
def test_no_is_an_answer_with_a_reason(
    folder: Path, file: str, options: list[str], service: str, code: int, expected: str
) -> None:
    done = call(folder, "forecast", "--history", str(folder / file), *options, service=service)
    assert (done.exit_code, done.stdout) == (code, "")
    assert expected in done.stderr


def test_what_was_written_is_replayed_beside_what_could_be(folder: Path) -> None:
    options = ["--history", str(folder / "short.csv"), "--capacity", "50"]
    done = call(folder, "simulate", *options, "--set", "scaling.min=40", "--format", "json")
    written, changed = json.loads(done.stdout)["rows"]
    assert (written["policy"], written["fewestReplicas"]) == ("as written", 3)
    assert (changed["policy"], changed["fewestReplicas"]) == ("scaling.min=40", 40)
    assert changed["overloadedPercent"] < written["overloadedPercent"]
    assert changed["podHours"] > written["podHours"]


def test_what_coarse_steps_hide_is_said(folder: Path, result: planned.Planned) -> None:
    beware = "a line stands for 5 minutes: what peaks within is not seen, and more will find no room than is told."
    rates = result.history.rates[::5]
    coarse = replace(result, history=replace(result.history, step_seconds=300, rates=rates))
    assert f"  beware: {beware}\n" in planned.as_text(coarse, None)
    assert planned.as_json(coarse, None)["history"]["warnings"] == [beware]
    assert f"<li>{beware}</li>" in page.as_html(coarse, None)
    (folder / "coarse.csv").write_text("".join(f"{MONDAY + 300 * number:.0f},9000\n" for number in range(12)))
    done = call(folder, "simulate", "--history", str(folder / "coarse.csv"), "--capacity", "50")
    assert done.stdout.splitlines()[0] == f"{folder / 'coarse.csv'}: {beware}"
    assert "beware" not in planned.as_text(result, None)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("scaling.min=200", "--set scaling.min=200: 200 is more than max (100)"),
        ("scaling.mni=3", "--set scaling.mni=3: `mni` is not a key here. Did you mean `min`?"),
        ("scaling.min=many", "--set scaling.min=many: `many` must be"),
    ],
)  # fmt: skip
def test_a_setting_is_checked_as_if_it_stood_in_the_file(folder: Path, setting: str, expected: str) -> None:
    done = call(folder, "simulate", "--history", str(folder / "short.csv"), "--capacity", "50", "--set", setting)
    assert done.exit_code == 1
    assert done.stderr.startswith(expected)


def test_a_setting_is_told_of_where_the_file_says_something_too(folder: Path) -> None:
    said = "\n  environments: {prod: {services: {web: {scaling: {max: 90}}}}}\n"
    (folder / "application.yaml").write_text(APPLICATION.rstrip() + said)
    options = ["--history", str(folder / "short.csv"), "--capacity", "50", "--set"]
    done = call(folder, "simulate", *options, "scaling.mni=3")
    assert done.stderr.startswith("--set scaling.mni=3: `mni` is not a key here. Did you mean `min`?")
    done = call(folder, "simulate", *options, "scaling.min")
    assert (done.exit_code, "`scaling.min` sets nothing: write it as `scaling.min=3`." in done.stderr) == (2, True)


def test_a_setting_wins_over_every_layer(folder: Path) -> None:
    below, above = (f"services: {{web: {{scaling: {{min: {least}}}}}}}" for least in (4, 5))
    prod = f"{{{below}, locations: {{eu: {{{above}}}}}}}"
    (folder / "application.yaml").write_text(f"{APPLICATION}  environments: {{prod: {prod}}}\n")
    of = project(folder / "application.yaml", Path(PLATFORM))
    found = [
        scaled(one, "prod", "web").scaling.min for one in (of, with_settings(of, "prod", "web", ["scaling.min=7"]))
    ]
    assert found == [5, 7]


@pytest.mark.parametrize(
    ("installed", "expected"),
    [
        ("", "Nobody holds it yet: `prod` has neither KEDA nor prometheus-adapter."),
        ("keda: true", "A rule of Prometheus has to hold it, and `prod` has no `prometheus-operator` that would read it as a rule."),
        ("keda: true, prometheus-operator: true", "A rule of Prometheus has to hold it, and `prod` does not say which rules its Prometheus reads (`monitoring.labels`)."),
    ],
)  # fmt: skip
def test_what_the_platform_lacks_for_a_plan_is_said_beside_it(
    folder: Path, result: planned.Planned, installed: str, expected: str
) -> None:
    fine = replace(result.plan, floor=tuple(3 + slot % 7 for slot in range(WEEK)))
    found = service_on(folder, installed)
    assert (
        form(fine, found.scaling, found.spec.environment) == f"The floor rises {fine.lead_seconds} s early. {expected}"
    )


def test_who_holds_a_plan_is_said_beside_it(folder: Path, result: planned.Planned) -> None:
    busy = replace(result.plan, floor=tuple(9 if 40 <= slot < 60 else 1 for slot in range(WEEK)))
    found = service_on(folder, "keda: true")
    (early, held) = form(busy, found.scaling, found.spec.environment).split(", ")
    assert (early, held) == (f"The floor rises {result.plan.lead_seconds} s early", "and is held by 1 window of KEDA.")


def service_on(folder: Path, installed: str) -> Scaled:
    """Return the service on a platform on which something is installed."""
    (folder / "platform.yaml").write_text(
        "apiVersion: stackwright.dev/v1\nkind: Platform\nmetadata: {name: acme}\nspec:\n  environments:\n    prod:\n"
        f"      domain: acme.test\n      registry: {{address: registry.acme.test}}\n      installed: {{{installed}}}\n"
    )
    return scaled(project(folder / "application.yaml", folder / "platform.yaml"), "prod", "web")


def test_a_capacity_is_measured_where_the_history_tells_cores(folder: Path) -> None:
    (folder / "cpu.csv").write_text(with_cores(history(1 / 7, Opening(busy=300.0))))
    options = ["--history", str(folder / "cpu.csv"), "--set", 'resources.requests.cpu="1"']
    measured = call(folder, "simulate", *options).stdout.splitlines()
    shown = "Measured in the busiest 32 of 96 quarters of an hour: a request takes 10 ms of CPU, so {} a second use what a replica requests."
    assert measured[:2] == [shown.format(50), shown.format(100)]
    given = call(folder, "simulate", *options[:2], "--capacity", "50").stdout.splitlines()
    assert [line.split() for line in measured[2:4]] == [line.split() for line in given]

    told = json.loads(call(folder, "simulate", *options, "--format", "json").stdout)
    assert told["capacity"] == {
        "as written": {"requestsPerSecondPerReplica": 50.0, "cpuSecondsPerRequest": pytest.approx(0.01), "busyQuarters": 32, "quarters": 96},
        'resources.requests.cpu="1"': {"requestsPerSecondPerReplica": 100.0, "cpuSecondsPerRequest": pytest.approx(0.01), "busyQuarters": 32, "quarters": 96},
    }  # fmt: skip
    assert call(folder, "simulate", *options, "--columns", "timestamp,requests,cpu").stdout.splitlines() == measured


@pytest.mark.parametrize(
    ("options", "code", "expected"),
    [
        (["--columns", "timestamp,requests,cpus"], 1, "the history has no column `cpus`. It has `timestamp` and `requests`. [SW9006]"),
        (["--columns", "timestamp"], 2, "name them as `TIME,COUNT` or `TIME,COUNT,CPU`."),
        (["--columns", "timestamp,requests,cpu,pods"], 2, "name them as `TIME,COUNT` or `TIME,COUNT,CPU`."),
        (["--cpu-query", "x"], 2, "a file has a column of CPU cores; --cpu-query goes with --prometheus."),
        ([], 1, "is not known. Give it as --capacity, or beside the requests the CPU cores that all replicas use, to measure it. [SW9101]"),
    ],
)  # fmt: skip
def test_a_capacity_that_cannot_be_measured(folder: Path, options: list[str], code: int, expected: str) -> None:
    for verb in ("forecast", "simulate"):
        done = call(folder, verb, "--history", str(folder / "short.csv"), *options)
        assert (done.exit_code, done.stdout) == (code, "")
        assert expected in " ".join(done.stderr.split())


def test_a_capacity_is_measured_by_a_request_of_cpu(folder: Path) -> None:
    source = Source(folder / "cpu.csv", None, None, 1.0, "UTC", None, rates=False, cpu_query=None)
    shop = history(0.1, Opening())
    (folder / "cpu.csv").write_text("time,requests,cpu\n" + f"{MONDAY},1,1\n")
    of = scaled(project(folder / "application.yaml", Path(PLATFORM)), "prod", "web")
    for nothing in (Requests(memory="64Mi"), Requests(cpu="0", memory="64Mi")):
        resources = msgspec.structs.replace(of.service.resources, requests=nothing)
        without = replace(of, service=msgspec.structs.replace(of.service, resources=resources))
        with pytest.raises(SpecError, match=r"it requests none\. Write `resources\.requests\.cpu`.*SW9110"):
            capacities({"": without}, None, source, shop)


OTHERS = {"page": b"<html>Sign in</html>", "list": b"[]", "words": b'{"ok": true}'}
"""What others answer than Prometheus, by the query."""


class _Prometheus(BaseHTTPRequestHandler):
    """Answers range queries with a constant, or with hours of which one is busy and one is not."""

    def do_GET(self) -> None:
        query = {key: value[0] for key, value in parse_qs(urlparse(self.path).query).items()}
        first, last, step = (float(query[key]) for key in ("start", "end", "step"))
        times = [first + step * number for number in range(int((last - first) // step) + 1)]
        name = query["query"]
        hours = {"busy": (100.0, 400.0), "cpu": (1.0, 4.0)}.get(name, (400.0, 400.0))
        series = [{"metric": {}, "values": [[time, str(hours[int(time // 3600) % 2])] for time in times]}]
        answer: dict[str, Any] = {"status": "success", "data": {"resultType": "matrix", "result": series}}
        if query["query"] == "wrong":
            answer = {"status": "error", "error": "parse error"}
        body = OTHERS.get(name) or json.dumps(answer).encode()
        self.send_response(400 if query["query"] == "wrong" else 200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def prometheus() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Prometheus) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_history_comes_from_prometheus_page_by_page(folder: Path, prometheus: str) -> None:
    whole = asked(prometheus, "sum(rate(x[1m]))", 1.5)
    assert (len(whole.rates), set(whole.rates), whole.repairs) == (15_121, {400.0}, ())
    options = ["--prometheus", prometheus, "--capacity", "50", "--weeks", "0.1"]
    assert call(folder, "simulate", *options, "--query", "sum(rate(x[1m]))").stdout.count("as written") == 1
    failed = call(folder, "simulate", *options, "--query", "wrong")
    assert (failed.exit_code, failed.stderr) == (
        1,
        f"{prometheus}: Prometheus answered with an error: parse error. [SW9010]\n",
    )
    measured = call(folder, "simulate", *options[:2], "--weeks", "0.2", "--query", "busy", "--cpu-query", "cpu")
    assert "a request takes 10 ms of CPU, so 50 a second use what a replica requests." in measured.stdout
    nobody = call(folder, "simulate", "--prometheus", "http://127.0.0.1:9", "--query", "x", "--capacity", "50")
    assert "Prometheus does not answer" in nobody.stderr
    assert "urlopen" not in nobody.stderr


@pytest.mark.parametrize("query", OTHERS)
def test_who_is_not_prometheus_is_told(folder: Path, prometheus: str, query: str) -> None:
    done = call(folder, "simulate", "--prometheus", prometheus, "--query", query, "--capacity", "50")
    hint = "Check the address: Prometheus answers under it at `/api/v1/query_range`."
    said = f"{prometheus}: the address answers with 200, and not as Prometheus does. {hint} [SW9303]\n"
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", said)


def test_a_port_that_speaks_another_language_is_told(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            caller, _ = server.accept()
            with caller:
                caller.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

        threading.Thread(target=greet, daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        done = call(folder, "simulate", "--prometheus", address, "--query", "x", "--capacity", "50")
    assert done.exit_code == 1
    assert done.stderr.startswith(f"{address}: Prometheus does not answer: ")


def test_one_history_is_named() -> None:
    done = CliRunner().invoke(app, ["simulate", str(ROOT / "examples/shop/application.yaml"), "--service", "storefront",
                                    "--env", "prod", "--capacity", "5"])  # fmt: skip
    assert done.exit_code == 2
    assert "name a file with --history" in done.stderr


def test_two_histories_exclude_each_other(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["simulate", str(ROOT / "examples/shop/application.yaml"), "--service", "storefront",
                                    "--env", "prod", "--capacity", "5", "--history", str(tmp_path / "h.csv"),
                                    "--prometheus", "http://127.0.0.1:1", "--query", "x"])  # fmt: skip
    assert done.exit_code == 2
    assert "--history and --prometheus exclude each other" in done.stderr


def test_a_row_of_bars_shows_the_greatest_of_each_part() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 8], 4, 8.0) == "▂▄▆█"
    assert sparkline([0, 8], 5, 8.0, plain=True) == "_@"
    assert sparkline([0.0], 3, 0.0) == "▁"


def test_nothing_of_forecasting_is_loaded_by_a_deployment() -> None:
    modules = "cli.main, components, components.manifests.offline, stacks, schemas.plan.problems, schemas.plan.named"
    code = f"import sys, {modules}\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (
        set(done.stdout.split()) & {"forecast", "simulator", "matplotlib", "numpy", "pandas", "statsforecast", "scipy"}
        == set()
    )
