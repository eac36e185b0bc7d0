import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from tests.conftest import Files


@pytest.fixture
def layered(files: Files, monkeypatch: pytest.MonkeyPatch) -> Files:
    """Write a value that every layer sets, in an environment with a location, and go to its folder."""
    place = {"locations": {"eu": {"services": {"shutdown": {"drainSeconds": 3}}}, "us": {}}}
    files.platform["baselines"] = {"new": {"services": {"shutdown": {"drainSeconds": 1}}}}
    files.platform["environments"]["dev"] |= {"services": {"shutdown": {"drainSeconds": 2}}, **place}
    files.metadata["platform"] = {"name": "acme", "baseline": "new"}
    files.services["web"] |= {"shutdown": {"drainSeconds": 4}, "replicas": 3}
    files.spec["secrets"] = {"s": {"keys": ["k"]}}
    files.services["web"]["env"] = {"A": {"secret": "s", "key": "k"}, "B": "b"}
    local = {"services": {"web": {"shutdown": {"drainSeconds": 6}}}}
    files.spec["environments"] = {
        "dev": {
            "services": {
                "web": {
                    "shutdown": {"drainSeconds": 5, "graceSeconds": None},
                    "resources": {"requests": {"cpu": "100m"}},
                    "scaling": {"min": 2, "max": 4, "targets": {"cpuPercent": 60}},
                }
            },
            "locations": {"eu": local},
        }
    }
    files.write()
    monkeypatch.chdir(files.folder)
    return files


def explain(path: str, *more: str) -> Result:
    return CliRunner().invoke(app, ["explain", "application.yaml", path, "--env", "dev", *more])


def row(path: str, *more: str) -> Any:
    return json.loads(explain(path, "--format", "json", *more).stdout)


def lines(files: Files, *texts: str, file: str = "application.yaml") -> list[int]:
    written = (files.folder / file).read_text().splitlines()
    return [next(number for number, line in enumerate(written, start=1) if text in line) for text in texts]


def test_a_value_is_told_with_what_every_layer_says(layered: Files) -> None:
    application, environment, location = lines(layered, "drainSeconds: 4", "drainSeconds: 5", "drainSeconds: 6")
    texts = ("drainSeconds: 1", "drainSeconds: 2", "drainSeconds: 3")
    baseline, everywhere, here = lines(layered, *texts, file="platform.yaml")
    assert explain("spec.services.web.shutdown.drainSeconds").stdout.splitlines() == [
        "spec.services.web.shutdown.drainSeconds: 6  (in dev, eu)",
        "  The pause before the container is told to stop.",
        "",
        "  allowed  a whole number from 0 to 300",
        "  default  5. Callers learn of the end before the service stops listening.",
        "  layers   built-in default                               5",
        f"           baseline new              platform.yaml:{baseline}     1",
        f"           platform environment dev  platform.yaml:{everywhere}     2",
        f"           platform location eu      platform.yaml:{here}     3",
        f"           application               application.yaml:{application}  4",
        f"           environment dev           application.yaml:{environment}  5",
        f"           location eu               application.yaml:{location}  6  counts",
        "  reaches  Deployment web  spec.template.spec.containers.web.lifecycle.preStop.sleep.seconds",
    ]


def test_what_another_layer_dropped_or_removed_is_told(layered: Files) -> None:  # noqa: ARG001
    dropped = row("services.web.replicas")
    assert (dropped["set"], [(said["layer"], said["does"]) for said in dropped["layers"]]) == (
        False,
        [("application", "sets"), ("environment dev", "drops")],
    )
    removed = row("services.web.shutdown.graceSeconds")
    assert (removed["value"], removed["default"]) == (30, 30)
    assert [said["does"] for said in removed["layers"]] == ["removes"]
    assert explain("services.web.replicas").stdout.startswith("spec.services.web.replicas: not set  (in dev, eu)\n")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("services.web.scaling.min", ["HorizontalPodAutoscaler web spec.minReplicas"]),
        ("services.web.scaling.targets.cpuPercent", ["HorizontalPodAutoscaler web spec.metrics[0].containerResource.target.averageUtilization"]),
        ("services.web.env.B.value", ["Deployment web spec.template.spec.containers.web.env.B.value"]),
        ("services.web.rollout.minReadySeconds", ["Deployment web spec.minReadySeconds", "Deployment web spec.progressDeadlineSeconds"]),
    ],
)  # fmt: skip
def test_what_a_value_reaches_is_found_by_changing_it(layered: Files, path: str, expected: list[str]) -> None:  # noqa: ARG001
    reaches = [f"{one['kind']} {one['name']} {one['path']}" for one in row(path)["reaches"]]
    assert reaches == expected


def test_a_name_that_must_lead_somewhere_is_taken_away_instead(layered: Files) -> None:  # noqa: ARG001
    reaches = row("services.web.env.A.secret")["reaches"]
    assert {"kind": "Deployment", "name": "web"}.items() <= reaches[0].items()


def test_a_part_lists_its_values_with_their_layers(layered: Files) -> None:
    (line,) = lines(layered, "drainSeconds: 6")
    assert explain("services.web.shutdown").stdout.splitlines() == [
        f"spec.services.web.shutdown.drainSeconds  6   location eu       application.yaml:{line}",
        "spec.services.web.shutdown.graceSeconds  30  built-in default",
    ]
    assert [one["value"] for one in row("services.web.shutdown")] == [6, 30]


def test_without_a_path_the_application_is_told_in_short(layered: Files) -> None:  # noqa: ARG001
    assert explain("").stdout.splitlines()[:3] == [
        "shop in dev, eu, namespace shop-dev, answered for by team",
        "  service web: example.test/web:1, 2 to 4 pods",
        "    answers on http 80",
    ]


@pytest.mark.parametrize("prefix", ["", "spec."])
def test_what_is_not_there_is_told_with_the_nearest(layered: Files, prefix: str) -> None:  # noqa: ARG001
    done = explain(f"{prefix}services.web.replcas")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        f"`{prefix}services.web.replcas` is not in this spec, and no field could be there."
        f" Did you mean `{prefix}services.web.replicas`?\n"
    )


def test_a_path_that_begins_like_spec_is_no_path_of_the_spec(layered: Files) -> None:  # noqa: ARG001
    assert explain("spec.services.web.port").stdout == explain("services.web.port").stdout
    for path in ("specservices.web.port", "spec..services.web.port"):
        assert explain(path).exit_code == 2, path
