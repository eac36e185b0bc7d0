"""A canary in every place where a secret can stand is never seen again: not in output, logs, events, files or state."""

from collections.abc import Callable

import pytest
import yaml

from tests.cluster.leaks import leaks, texts_in
from tests.cluster.test_kills import DESTROY, UP
from tests.edits.fleet import PLATFORM, Single
from tests.edits.generate import QUICK
from tests.edits.kills import kill_at, stackwright

pytestmark = pytest.mark.sandbox

CANARIES = {
    "canary:api.token": 'c4n4ry-"one"/+&<é>\\',
    "canary:api.key": "c4n4ry-two\nsecond-l1ne-of-two",
    "canary:registry.username": "c4n4ry-user",
    "canary:registry.password": "c4n4ry-pass/word",
}
TOKEN = {"secret": "api", "key": "token"}
SPEC = {
    "services": {
        "web": {
            "type": "worker",
            "image": "example.test/web:1",
            "env": {
                "TOKEN": TOKEN,
                "URL": {"format": "http://u:{password}@db", "from": {"password": {"secret": "api", "key": "key"}}},
            },
            "files": {"/etc/web/key": {"secret": "api", "key": "key"}, "/etc/web/all": {"secret": "api"}},
            "sidecars": {"beside": {"image": "example.test/beside:1", "env": {"TOKEN": TOKEN}}},
            "initContainers": {"before": {"image": "example.test/before:1", "env": {"TOKEN": TOKEN}}},
            "replicas": 1,
            **QUICK,
        },
    },
    "jobs": {
        "nightly": {"service": "web", "command": ["/n"], "env": {"OWN": TOKEN}, "trigger": {"cron": "0 6 * * *"}},
        "first": {"service": "web", "command": ["/f"], "env": {"OWN": TOKEN}, "trigger": {"before": ["web"]}},
    },
    "secrets": {"api": {"keys": ["token", "key"]}},
}


def test_a_secret_is_never_seen_again(single: Callable[..., Single]) -> None:
    project = single("canary", fast=False)
    platform = yaml.safe_load(yaml.safe_dump(PLATFORM))
    platform["spec"]["environments"]["dev"]["registry"]["credentials"] = True
    (project.folder / "platform.yaml").write_text(yaml.safe_dump(platform))
    project.config = {**project.config, "stackwright:debugLog": "true"}
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
    files = ("applications/canary.yaml", "--platform", "platform.yaml")
    for form in ("text", "json"):
        done = stackwright(project, "status", *files, "--env", "dev", "--format", form)
        assert done.returncode == 0, done.stdout + done.stderr
        texts[f"status as {form}"] = (done.stdout + done.stderr).encode()
    rotate("")
    assert not kill_at(project, 12, *UP).ended
    texts["recover"] = stackwright(project, "recover", "--stack", project.name, "--yes").stdout.encode()
    assert b"Next: pulumi up" in texts["recover"]
    told("after a kill", *UP, "--diff", "--debug")
    texts["state"] = project.must("stack", "export").encode()
    texts["outputs"] = project.must("stack", "output", "--json").encode()
    told("destroy", *DESTROY, "--debug")
    texts |= texts_in(project.folder)
    assert len(texts) > 25
    assert leaks([*CANARIES.values(), *(f"{value}-rotated" for value in CANARIES.values())], texts) == []
