"""What the comparison after a kill sees, without an engine or a cluster."""

import copy
from typing import Any

from tests.edits.kills import unlike, unrecorded
from tests.edits.law import Key

WEB: Key = ("Deployment", "n", "web")
WANTED: dict[Key, dict[str, Any]] = {
    WEB: {"kind": "Deployment", "spec": {"replicas": 1, "paused": False}},
    ("Namespace", "", "n"): {"kind": "Namespace"},
}
STATE: dict[str, Any] = {
    "resources": [
        {"urn": "urn:stack", "type": "pulumi:pulumi:Stack"},
        {"urn": "urn:space", "type": "kubernetes:core/v1:Namespace", "id": "n", "inputs": {"kind": "Namespace"}},
        {"urn": "urn:web", "type": "kubernetes:apps/v1:Deployment", "id": "n/web", "inputs": WANTED[WEB]},
    ]
}


def test_nothing_differs() -> None:
    assert list(unrecorded(STATE, WANTED)) == []
    assert list(unlike(WANTED, {WEB: WANTED[WEB]})) == []


def test_what_the_state_lacks_or_has_too_much_is_seen() -> None:
    state = copy.deepcopy(STATE)
    space, web = state["resources"][1:]
    state["pending_operations"] = [{"type": "creating", "resource": {"urn": "urn:x"}}]
    state["resources"] += [{**space, "id": "other"}, web, {**web, "delete": True}]
    web["inputs"] = {"kind": "Deployment", "spec": {"replicas": 2, "paused": True}}
    assert list(unrecorded(state, WANTED)) == [
        "pending: creating urn:x",
        f"twice in the state: {WEB}",
        "to be deleted: urn:web",
        "in the state alone: ('Namespace', '', 'other')",
        f"in the state: {WEB}.spec.replicas: 2 instead of 1",
        f"in the state: {WEB}.spec.paused: True instead of False",
    ]
    assert list(unrecorded({}, {WEB: WANTED[WEB]})) == [f"not in the state: {WEB}"]


def test_what_the_cluster_lacks_or_has_too_much_is_seen() -> None:
    assert list(unlike(WANTED, {})) == [f"not in the cluster: {WEB}"]
    assert list(unlike({}, {WEB: WANTED[WEB]})) == [f"orphan: {WEB}"]
    assert list(unlike(WANTED, {WEB: {"kind": "Deployment", "spec": {"replicas": 1, "paused": True}}})) == [
        f"in the cluster: {WEB}.spec.paused: True instead of False"
    ]
