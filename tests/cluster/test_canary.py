"""A canary in every place where a secret can stand is never seen again: not in output, logs, events, files or state."""

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from tests.cluster.test_kills import DESTROY, UP
from tests.edits.fleet import PLATFORM, Single
from tests.edits.generate import QUICK

pytestmark = pytest.mark.sandbox

CANARIES = {
    "canary:api.token": 'c4n4ry-"one"/+&<é>\\',
    "canary:api.key": "c4n4ry-two\nsecond-l1ne-of-two",
    "canary:registry.username": "c4n4ry-user",
    "canary:registry.password": "c4n4ry-pass/word",
}
SPEC = {
    "services": {
        "web": {
            "type": "worker",
            "image": "example.test/web:1",
            "env": {
                "TOKEN": {"secret": "api", "key": "token"},
                "URL": {"format": "http://u:{password}@db", "from": {"password": {"secret": "api", "key": "key"}}},
            },
            "files": {"/etc/web/key": {"secret": "api", "key": "key"}},
            "replicas": 1,
            **QUICK,
        },
    },
    "secrets": {"api": {"keys": ["token", "key"]}},
}


def forms(value: str) -> set[bytes]:
    """Return the ways in which a value can be written."""
    found = set()
    for part in {value, *value.splitlines()}:
        plain = {
            part,
            json.dumps(part)[1:-1],
            json.dumps(part, ensure_ascii=False)[1:-1],
            quote(part),
            quote(part, safe=""),
        }
        encoded = {base64.b64encode(one.encode()).decode().rstrip("=") for one in plain}
        found |= {one.encode() for one in plain | encoded}
    return found


def leaks(values: list[str], texts: dict[str, bytes]) -> list[str]:
    """Return where a value stands, in any form."""
    return [
        f"{place}: …{text[max(0, text.index(form) - 60) : text.index(form)].decode(errors='replace')}▮"
        for place, text in texts.items()
        for value in values
        for form in forms(value)
        if form in text
    ]


def test_a_secret_is_never_seen_again(tmp_path: Path, kubeconfig: Path) -> None:
    project = Single(tmp_path / "project", "canary", kubeconfig, fast=False)
    platform = yaml.safe_load(yaml.safe_dump(PLATFORM))
    platform["spec"]["environments"]["dev"]["registry"]["credentials"] = True
    (project.folder / "platform.yaml").write_text(yaml.safe_dump(platform))
    project.write({"canary": SPEC})
    texts: dict[str, bytes] = {}

    def told(name: str, *arguments: str) -> None:
        done = project.run(*arguments, "--event-log", str(project.folder / f"{name}.events"))
        texts[name] = (done.stdout + done.stderr).encode()
        assert done.returncode == 0, done.stdout + done.stderr

    def rotate(ending: str) -> None:
        for name, value in CANARIES.items():
            project.must("config", "set", "--secret", name, value + ending)

    rotate("")
    told("preview", "preview", "--diff", "--debug")
    told("preview as JSON", "preview", "--json", "--show-config")
    told("up", *UP, "--diff", "--debug")
    rotate("-rotated")
    told("preview of a rotation", "preview", "--diff", "--debug")
    told("rotation", *UP, "--diff", "--debug")
    texts["state"] = project.must("stack", "export").encode()
    texts["outputs"] = project.must("stack", "output", "--json").encode()
    told("destroy", *DESTROY, "--debug")
    texts |= {
        str(file.relative_to(project.folder)): file.read_bytes()
        for file in project.folder.rglob("*")
        if file.is_file() and ".venv" not in file.parts
    }
    assert len(texts) > 15
    assert leaks([*CANARIES.values(), *(f"{value}-rotated" for value in CANARIES.values())], texts) == []


def test_a_leak_would_be_seen() -> None:
    assert leaks(["c4n4ry"], {"a": b"x c4n4ry", "b": b"x YzRuNHJ5 y", "c": b"nothing"}) == ["a: …x ▮", "b: …x ▮"]
