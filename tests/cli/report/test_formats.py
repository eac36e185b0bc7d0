"""How problems look to a person, to a log, to code scanning and to a pull request."""

import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cli.report.machine import as_github, as_json
from cli.report.sarif import as_sarif
from cli.report.text import count
from schemas.codes import page
from schemas.problems import Origin, Problem
from tests.conftest import Files

STACKWRIGHT = Path(sys.executable).parent / "stackwright"


def problem(code: str = "SW4401", line: int = 3, file: str = "a b.yaml", **more: Any) -> Problem:
    origin = Origin(file=file, line=line, column=line and 5, path=("spec", "x") if line else (), layer="application")
    return Problem(origin=origin, code=code, message="9 is 100% more\nthan `max`.", **more)


PROBLEMS = [problem(hint="Lower it."), problem("SW4902", severity="warning"), problem("SW1001", 0, "/b.yaml")]


def test_what_is_wrong_is_counted() -> None:
    assert count(PROBLEMS) == "2 errors, 1 warning in 2 files"
    assert count(PROBLEMS[:1]) == "1 error in 1 file"


def test_json_is_an_array_of_objects() -> None:
    assert json.loads(as_json(PROBLEMS))[0] == {
        "file": "a b.yaml",
        "line": 3,
        "column": 5,
        "path": "spec.x",
        "code": "SW4401",
        "severity": "error",
        "message": "9 is 100% more\nthan `max`.",
        "hint": "Lower it.",
    }


def test_an_annotation_is_one_line_and_escaped() -> None:
    assert as_github(PROBLEMS).splitlines() == [
        "::error file=a b.yaml,line=3,col=5,title=SW4401::spec.x: 9 is 100%25 more%0Athan `max`. Lower it.",
        "::warning file=a b.yaml,line=3,col=5,title=SW4902::spec.x: 9 is 100%25 more%0Athan `max`.",
        "::error file=/b.yaml,title=SW1001::9 is 100%25 more%0Athan `max`.",
    ]


def closed(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties, "additionalProperties": False}


TEXT = closed("text", text={"type": "string", "minLength": 1}, markdown={"type": "string"})
POSITIVE = {"type": "integer", "minimum": 1}
URI = {"type": "string", "format": "uri-reference", "pattern": "^[^ ]+$"}
RESULT = closed(
    "ruleId ruleIndex level message locations",
    ruleId={"type": "string"},
    ruleIndex={"type": "integer", "minimum": 0},
    level={"enum": ["none", "note", "warning", "error"]},
    message=TEXT,
    locations={
        "type": "array",
        "items": closed(
            "physicalLocation",
            physicalLocation=closed(
                "artifactLocation",
                artifactLocation=closed("uri", uri=URI),
                region=closed("startLine startColumn", startLine=POSITIVE, startColumn=POSITIVE),
            ),
            logicalLocations={
                "type": "array",
                "items": closed("fullyQualifiedName", fullyQualifiedName={"type": "string"}),
            },
        ),
    },
)
RULE = closed("id", id={"type": "string"}, shortDescription=TEXT, fullDescription=TEXT, help=TEXT)
DRIVER = closed("name version rules", name={}, version={}, rules={"type": "array", "items": RULE, "uniqueItems": True})
RUN = closed(
    "tool columnKind results",
    tool=closed("driver", driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results={"type": "array", "items": RESULT},
)
LOG = closed(
    "$schema version runs",
    version={"const": "2.1.0"},
    runs={"type": "array", "items": RUN},
    **{
        "$schema": {
            "const": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
        }
    },
)
"""The part of SARIF's schema that is used here: names, types and bounds as in the standard's sections 3.13 to 3.49."""


def test_sarif_has_the_structure_of_the_standard() -> None:
    log = json.loads(as_sarif(PROBLEMS))
    jsonschema.validate(log, LOG, format_checker=jsonschema.FormatChecker())
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["SW1001", "SW4401", "SW4902"]
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"])
    assert rules[1]["help"]["markdown"] == page("SW4401").text
    places = [one["locations"][0]["physicalLocation"] for one in run["results"]]
    assert places[0] == {"artifactLocation": {"uri": "a%20b.yaml"}, "region": {"startLine": 3, "startColumn": 5}}
    assert places[2] == {"artifactLocation": {"uri": "file:///b.yaml"}}


def test_sarif_without_problems_is_a_run_without_results() -> None:
    log = json.loads(as_sarif([]))
    jsonschema.validate(log, LOG)
    assert log["runs"][0]["results"] == []


@pytest.fixture
def wrong(files: Files) -> Path:
    files.services["web"] |= {"prot": 1, "scaling": {"min": 3, "max": 2, "targets": {"cpuPercent": 60}}, "replicas": 1}
    files.services["web"]["env"] = {"TOKEN": {"secret": "x", "kye": "hunter2"}}
    files.write()
    return files.folder


def on_a_terminal(folder: Path, columns: int, **environment: str) -> str:
    """Run validate with a terminal as its error stream, and return what it shows."""
    ours, theirs = pty.openpty()
    more = {"COLUMNS": str(columns), "TERM": "xterm-256color", "PYTHONUTF8": "1", **environment}
    environ = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | more
    command = [STACKWRIGHT, "validate", "application.yaml"]
    running = subprocess.Popen(command, cwd=folder, stdout=theirs, stderr=theirs, env=environ, close_fds=True)
    os.close(theirs)
    shown = io.BytesIO()
    try:
        while part := os.read(ours, 65536):
            shown.write(part)
    except OSError:  # Linux says so when the other side is closed.
        pass
    os.close(ours)
    assert running.wait() == 1
    return shown.getvalue().decode().replace("\r\n", "\n")


def without_colour(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


SHOWN = """\
error[SW2001] `prot` is not a key here. Did you mean `port`?
   ╭─ application.yaml:11:7  spec.services.web.prot
10 │       port: 8080
11 │       prot: 1
   │       ━━━━

error[SW2006] `replicas` and `scaling` (line 12) exclude each other.
   ╭─ application.yaml:17:7  spec.services.web.replicas
12 │       scaling:
   ┆
16 │           cpuPercent: 60
17 │       replicas: 1
   │       ━━━━━━━━
   ╰─ Keep one of them.

error[SW2001] `kye` is not a key here. Did you mean `key`?
   ╭─ application.yaml:21:11  spec.services.web.env.TOKEN.kye
20 │           secret: …
21 │           kye: …
   │           ━━━

3 errors in 1 file
`stackwright explain SW2001` says more.
"""


def test_a_terminal_shows_the_lines_with_what_is_wrong_underlined(wrong: Path) -> None:
    shown = on_a_terminal(wrong, 80)
    assert "\x1b[" in shown
    assert without_colour(shown) == SHOWN


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_an_excerpt_is_as_narrow_as_the_terminal(wrong: Path, columns: int) -> None:
    shown = on_a_terminal(wrong, columns, NO_COLOR="")
    framed = [line for line in without_colour(shown).splitlines() if "│" in line]
    assert framed
    assert max(map(len, framed)) <= columns + 2


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_who_wants_no_colour_gets_a_line_a_problem(wrong: Path, environment: dict[str, str]) -> None:
    shown = on_a_terminal(wrong, 80, **environment).splitlines()
    assert len(shown) == 3
    assert all(line.startswith("application.yaml:") for line in shown)


def test_a_reader_that_has_gone_is_no_traceback(wrong: Path) -> None:
    command = f"{STACKWRIGHT} validate application.yaml --format json | true"
    done = subprocess.run(["sh", "-c", command], cwd=wrong, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
