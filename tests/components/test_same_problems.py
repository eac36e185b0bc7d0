"""One set of rules: what the command line says of a wrong spec, a Pulumi program says too, word for word."""

from typing import Any

import pulumi
import pytest
from typer.testing import CliRunner

from cli.main import app
from components import MicroserviceStack
from tests.components.conftest import Recorder, run
from tests.conftest import Files

WEB: dict[str, Any] = {"image": "example.test/web:1", "port": 8080}
PATCH: dict[str, Any] = {"target": {"kind": "Deployment", "name": "wep"}, "reason": "try", "strategicMerge": {"a": 1}}

WRONG: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("shape", {"web": {**WEB, "replicas": "two", "prot": 1}}, {}),
    ("missing", {"web": {"port": 8080}}, {}),
    ("rules", {"web": {**WEB, "connections": {"crat": {}}, "env": {"TOKEN": "hunter2"}}, "db": {**WEB, "port": 40000}}, {}),
    ("files", {"web": {**WEB, "files": {"/a": {"source": "nowhere"}}}}, {}),
    ("objects", {"web": WEB}, {"patches": {"one": PATCH}}),
]  # fmt: skip


def paths(files: Files) -> tuple[str, str]:
    return str(files.folder / "application.yaml"), str(files.folder / "platform.yaml")


def said_by_the_command_line(files: Files) -> tuple[int, list[str]]:
    application, platform = paths(files)
    done = CliRunner().invoke(app, ["validate", application, "--platform", platform])
    return done.exit_code, done.stderr.splitlines()


def component(files: Files) -> MicroserviceStack:
    application, platform = paths(files)
    return MicroserviceStack("shop", {"application": application, "platform": platform, "environment": "dev"})


@pytest.mark.parametrize(("services", "spec"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_component_refuses_what_the_command_line_refuses(
    files: Files, recorder: Recorder, services: dict[str, Any], spec: dict[str, Any]
) -> None:
    files.services, files.spec = services, spec
    files.write()
    code, lines = said_by_the_command_line(files)
    assert (code, len(lines) > 0) == (1, True)
    with pytest.raises(pulumi.RunError) as caught:
        run(lambda: component(files))
    assert str(caught.value).splitlines() == lines
    assert recorder.registered == []


def test_a_component_warns_of_what_the_command_line_warns_of(
    files: Files, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    warned: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, **_: warned.append(message))
    files.services = {"web": {**WEB, "env": {"TOKEN": "hunter2"}, "probes": {"liveness": "/live"}}}
    files.write()
    code, lines = said_by_the_command_line(files)
    assert (code, len(lines)) == (0, 2)
    run(lambda: component(files))
    assert warned == lines
    assert len(recorder.registered) > 5
