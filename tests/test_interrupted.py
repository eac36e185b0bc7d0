"""What a killed run left in a stack's backend."""

import json
import os
from pathlib import Path

from stacks.interrupted import known, locks, pending, torn, without_pending

OPERATION = {
    "type": "creating",
    "resource": {"urn": "urn:pulumi:dev::p::stackwright:index:A$kubernetes:apps/v1:Deployment::shop-cart-cart"},
}
STATE = {
    "version": 3,
    "deployment": {
        "resources": [
            {"type": "kubernetes:apps/v1:Deployment", "urn": "u", "id": "shop-dev/cart"},
            {"type": "kubernetes:core/v1:Namespace", "urn": "u", "id": "shop-dev"},
            {"type": "docker-build:index:Image", "urn": "u", "id": "sha256:0"},
        ],
        "pending_operations": [OPERATION],
    },
}


def test_operations_without_an_outcome_are_told_and_forgotten() -> None:
    assert pending(STATE) == ["creating Deployment shop-cart-cart"]
    assert pending(without_pending(STATE)) == []
    assert pending({"deployment": None}) == []
    assert without_pending(STATE)["deployment"]["resources"] == STATE["deployment"]["resources"]  # type: ignore[index]


def test_objects_of_the_state_are_known_by_kind_and_place() -> None:
    assert known(STATE) == {("Deployment", "shop-dev", "cart"), ("Namespace", "", "shop-dev")}


def test_what_was_being_written_is_found_and_nothing_else(tmp_path: Path) -> None:
    place = tmp_path / ".pulumi"
    whole = {
        "stacks/p/dev.json": "",
        "stacks/p/dev.json.bak.attrs": "{}",
        "stacks/p/other.json.attrs": "",
        "history/p/dev/dev-1.history.json": "",
    }
    half = {
        "backups/p/dev/dev.1.json.attrs": '{"user.cache',
        "history/p/dev/dev-1.history.json.attrs": "",
        "locks/organization/p/dev/one.json.attrs": "",
        "stacks/p/dev.json.18eb4e26ced39a9f.tmp": "{}",
        "stacks/p/dev.json.attrs": "",
    }
    for name, text in {**whole, **half}.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    assert [str(file.relative_to(place)) for file in torn(f"file://{tmp_path}", "p", "dev")] == list(half)
    assert torn("s3://bucket", "p", "dev") == []


def test_a_lock_says_who_holds_it(tmp_path: Path) -> None:
    folder = tmp_path / ".pulumi" / "locks" / "organization" / "shop" / "dev"
    folder.mkdir(parents=True)
    told = {"pid": os.getpid(), "username": "root", "hostname": "here", "timestamp": "2026-11-25T00:00:00Z"}
    (folder / "a.json").write_text(json.dumps(told))
    (lock,) = locks(f"file://{tmp_path}", "shop", "dev") or ()
    assert (lock.pid, lock.user, lock.host) == (os.getpid(), "root", "here")
    assert lock.alive_on("here")
    assert not lock.alive_on("elsewhere")
    assert locks(f"file://{tmp_path}", "shop", "prod") == []
    assert locks("s3://bucket", "shop", "dev") is None
