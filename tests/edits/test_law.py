"""The law itself: what it catches."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.edits import shrink
from tests.edits.generate import EDITS, Chance, application, edited, first, moved
from tests.edits.law import Operation, broken, called, differences, immutable_change, remade
from tests.edits.recorded import plan
from tests.edits.shrink import shrunk


def deployment(**spec: Any) -> dict[str, Any]:
    told = {"selector": {"a": "b"}, "template": {}, **spec}
    return {"kind": "Deployment", "metadata": {"name": "web", "namespace": "n"}, "spec": told}


WEB = ("Deployment", "n", "web")
REPLACED = [Operation("urn:pulumi:s::p::t$kubernetes:apps/v1:Deployment::app-web-web", "replace")]


def test_a_wanted_object_may_not_be_deleted() -> None:
    assert broken([WEB], [deployment()], [deployment(replicas=2)], REPLACED) == [
        "Deployment/n/web is still wanted and was deleted"
    ]


def test_an_immutable_field_excuses_what_the_preview_said() -> None:
    after = deployment(selector={"a": "c"})
    assert broken([WEB], [deployment()], [after], REPLACED) == []
    assert broken([WEB], [deployment()], [after], []) == [
        "Deployment/n/web was replaced and the preview did not say so"
    ]


def test_what_is_not_wanted_may_go() -> None:
    assert broken([WEB], [deployment()], [], []) == []


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/apis/apps/v1/namespaces/n/deployments/web", WEB),
        ("/api/v1/namespaces/n", ("Namespace", "", "n")),
        ("/api/v1/namespaces/n/pods/web-1", None),
        ("/apis/apps/v1/namespaces/n/deployments", None),
    ],
)
def test_a_call_names_its_object(path: str, key: tuple[str, str, str] | None) -> None:
    assert called(path) == key


def test_fields_that_kubernetes_fixes_are_known() -> None:
    claim = {"kind": "PersistentVolumeClaim", "metadata": {"name": "d"}, "spec": {"storageClassName": "a"}}
    other = copy.deepcopy(claim) | {"spec": {"storageClassName": "b"}}
    assert immutable_change(claim, other)
    assert not immutable_change(deployment(), deployment(replicas=3))


def test_what_the_cluster_adds_is_no_difference() -> None:
    assert differences({"a": [{"b": 1}], "c": "from Pulumi config"}, {"a": [{"b": 1, "x": 2}], "c": "z"}) == []
    assert differences({"a": [{"b": 1}]}, {"a": [{"b": 2}]}) == [".a[0].b: 2 instead of 1"]
    assert differences({"a": ["b"]}, {}) == [".a: None instead of ['b']"]


def registered(name: str, **told: Any) -> dict[str, Any]:
    return {"object": deployment() | told, "retainOnDelete": False, "replaceOnChanges": []} | {"urn": name}


def test_a_plan_replaces_what_is_called_otherwise() -> None:
    renamed = registered("u", metadata={"name": "new", "namespace": "n"})
    operations, deleted = plan({"u": registered("u")}, {"u": renamed})
    assert [one.op for one in operations] == ["create-replacement", "delete-replaced", "replace"]
    assert deleted == [WEB]


def test_a_plan_deletes_nothing_that_goes_with_its_namespace() -> None:
    space = {
        "object": {"kind": "Namespace", "metadata": {"name": "n"}},
        "retainOnDelete": False,
        "replaceOnChanges": [],
    }
    _, deleted = plan({"u": registered("u"), "n": space}, {})
    assert deleted == [("Namespace", "", "n")]


def test_every_edit_is_tried_and_the_same_seed_gives_the_same_edits() -> None:
    def chain(seed: int) -> list[tuple[str, dict[str, Any]]]:
        chance = Chance(seed)
        steps = [("", first(chance))]
        for _ in range(12):
            steps.append(edited(steps[-1][1], chance))
        return steps

    assert chain(3) == chain(3)
    assert {name for seed in range(60) for name, _ in chain(seed)} >= {edit.__name__ for edit in EDITS}
    assert application("a", chain(3)[0][1])["metadata"]["name"] == "a"


def test_a_moved_service_is_in_one_application_alone() -> None:
    whole = {"type": "service", "image": "a.test/a:1", "port": 80, "env": {"TOKEN": {"secret": "api", "key": "token"}}}
    giver = {
        "services": {"a": {**whole, "connections": {"b": {}}}, "b": whole},
        "secrets": {"api": {"keys": ["token"]}},
    }
    taker = {"services": {"a": whole}}
    both = moved(giver, taker, Chance(1))
    assert both is not None
    left, right = both
    assert left["services"] == {"a": {**whole, "connections": {}}}
    assert right == {"services": {"a": whole, "b": whole}, "secrets": {"api": {"keys": ["token"]}}}
    assert moved({"services": {"a": whole}}, taker, Chance(1)) is None


def test_what_was_made_anew_is_seen() -> None:
    changes = {WEB: (deployment(), deployment(replicas=2))}
    assert remade({WEB: "1"}, {WEB: "2"}, changes) == ["Deployment/n/web is wanted and is another than before"]
    assert remade({WEB: "1"}, {WEB: "1"}, changes) == []
    assert remade({WEB: "1"}, {WEB: "2"}, {WEB: (deployment(), deployment(selector={"a": "c"}))}) == []


def test_a_value_that_says_no_is_a_value() -> None:
    assert differences({"a": False, "b": 0, "c": ""}, {}) == []
    assert differences({"a": False, "b": 0}, {"a": True, "b": 1}) == [
        ".a: True instead of False",
        ".b: 1 instead of 0",
    ]


def test_a_pair_shrinks_to_what_breaks_the_law() -> None:
    """Here a law that forbids to change a port of a service that has an environment."""

    def breaks(pair: tuple[dict[str, Any], dict[str, Any]]) -> bool:
        before, after = (one.get("services", {}).get("b", {}) for one in pair)
        return before.get("port") != after.get("port") and "env" in before and "env" in after

    def service(port: int) -> dict[str, Any]:
        return {"image": "a.test/a:1", "type": "service", "port": port, "env": {"A": "b"}, "replicas": 2}

    before = {"services": {"a": service(1), "b": service(1), "c": service(1)}, "jobs": {"j": {}}}
    after = {"services": {"a": service(2), "b": service(2)}, "jobs": {}}
    smallest = shrunk((before, after), breaks)
    assert smallest == (
        {"services": {"b": {"image": "a.test/a:1", "type": "service", "port": 1, "env": {"A": "b"}}}},
        {"services": {"b": {"image": "a.test/a:1", "type": "service", "port": 2, "env": {"A": "b"}}}},
    )


def test_a_pair_is_kept_where_the_tests_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(shrink.KEPT.glob("*.yaml"))
    monkeypatch.setattr(shrink, "KEPT", tmp_path)
    text = shrink.keep("found", ({"services": {}}, {"services": {"a": {}}}))
    assert yaml.safe_load(text) == {"before": {"services": {}}, "after": {"services": {"a": {}}}, "operations": []}
    assert (tmp_path / "found.yaml").read_text() == text
