"""The law itself: what it catches."""

import copy
from typing import Any

import pytest

from tests.edits.generate import EDITS, Chance, application, edited, first
from tests.edits.law import Operation, broken, called, differences, immutable_change
from tests.edits.recorded import plan


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
