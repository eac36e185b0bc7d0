"""Strategic merge: the directives and the order of lists, as Kubernetes has them."""

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from components.manifests.escape.kinds import Place, kind_of
from components.manifests.escape.strategic_merge import merged
from sandbox import environment

VERSION = "1.36"
PODS = ("spec", "template", "spec")


def root() -> Place:
    found = kind_of("apps/v1", "Deployment", VERSION)
    assert found is not None
    return found


def deployment(**pod: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"template": {"spec": pod}},
    }


def patch(**pod: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": pod}}}


def pod_after(before: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = merged(before, change, root())["spec"]["template"]["spec"]
    return found


A, B, C = ({"name": name, "image": f"{name}:1"} for name in "abc")


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ([A, B], [{"name": "b", "image": "b:2"}], [A, {"name": "b", "image": "b:2"}]),
        ([A, B], [C], [C, A, B]),
        ([A, B], [{"name": "b", "tty": True}, {"name": "a", "tty": True}], [{**B, "tty": True}, {**A, "tty": True}]),
        ([A, B], [{"name": "a", "$patch": "delete"}], [B]),
        ([A, B], [C, {"$patch": "replace"}], [C]),
        ([{**A, "tty": True}], [{"name": "a", "tty": None}], [A]),
    ],
    ids=["merge", "new ones first", "order of the patch", "delete", "replace all", "null"],
)
def test_containers_merge_by_name(before: list[Any], change: list[Any], after: list[Any]) -> None:
    assert pod_after(deployment(containers=before), patch(containers=change)) == {"containers": after}


def test_ports_of_one_number_are_told_apart_by_protocol() -> None:
    tcp, udp = ({"containerPort": 53, "protocol": name} for name in ("TCP", "UDP"))
    before = deployment(containers=[{"name": "dns", "ports": [tcp, udp]}])
    change = patch(containers=[{"name": "dns", "ports": [{**udp, "name": "dns-udp"}]}])
    assert pod_after(before, change)["containers"][0]["ports"] == [tcp, {**udp, "name": "dns-udp"}]


def test_a_volume_of_another_kind_keeps_only_what_the_patch_retains() -> None:
    before = deployment(volumes=[{"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}}])
    other = {"name": "tmp", "$retainKeys": ["name", "configMap"], "configMap": {"name": "settings"}}
    after = {"volumes": [{"name": "tmp", "configMap": {"name": "settings"}}]}
    assert pod_after(before, patch(volumes=[other])) == after


def test_lists_that_have_no_key_are_replaced() -> None:
    before = deployment(tolerations=[{"key": "a"}], containers=[{**A, "args": ["x"]}])
    change = patch(tolerations=[{"key": "b"}], containers=[{"name": "a", "args": ["y", "z"]}])
    assert pod_after(before, change) == {"tolerations": [{"key": "b"}], "containers": [{**A, "args": ["y", "z"]}]}


def test_a_part_is_deleted_and_primitives_leave_a_list() -> None:
    before = {**deployment(), "metadata": {"name": "web", "finalizers": ["a", "b"], "labels": {"x": "y"}}}
    change = {"metadata": {"labels": {"$patch": "delete"}, "$deleteFromPrimitiveList/finalizers": ["a"]}}
    assert merged(before, change, root())["metadata"] == {"name": "web", "finalizers": ["b"], "labels": {}}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"spec": {"$patch": "remove"}}, "`$patch` must be `delete`, `replace` or `merge`."),
        ({"spec": {"$merge": {}}}, "`$merge` is not a directive that is known here."),
        (patch(containers=["web"]), "the items of this list are mappings with `name`."),
        (
            patch(containers=[{"name": "a", "$patch": "replace"}]),
            "`$patch: replace` stands in an item of its own, beside the list's new items.",
        ),
        (patch(containers=[{"image": "x"}]), "an item of this list needs `name`, by which it is found."),
    ],
)
def test_what_has_no_meaning_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        merged(deployment(containers=[A]), change, root())
    assert str(caught.value) == told


def test_the_object_and_the_patch_stay_as_they_were() -> None:
    before, change = deployment(containers=[A, B]), patch(containers=[{"name": "a", "env": [{"name": "X"}]}])
    kept = json.dumps([before, change])
    merged(before, change, root())
    assert json.dumps([before, change]) == kept


def test_a_custom_kind_has_no_keys_so_its_lists_are_replaced() -> None:
    assert merged({"spec": {"list": [{"name": "a"}]}}, {"spec": {"list": [{"name": "b"}]}}, Place(VERSION, {})) == {
        "spec": {"list": [{"name": "b"}]}
    }


class Chance:
    """Deployments and patches of them, with every kind of list and directive."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a test's choices

    def some(self, words: str) -> list[str]:
        return self.random.sample(words, self.random.randint(0, len(words)))

    def container(self, name: str, *, changing: bool) -> dict[str, Any]:
        if changing and self.random.random() < 0.15:
            return {"name": name, "$patch": "delete"}
        found: dict[str, Any] = {"name": name, "image": f"{name}:{self.random.randint(1, 2)}"}
        found["env"] = [self.env(key, changing=changing) for key in self.some("UVWX")]
        found["ports"] = [{"containerPort": 80 + number} for number in range(self.random.randint(0, 2))]
        found["args"] = self.some("pqr")
        if changing:
            found = {key: value for key, value in found.items() if key == "name" or self.random.random() < 0.6}
            if self.random.random() < 0.2:
                found["args"] = None
        return found

    def env(self, name: str, *, changing: bool) -> dict[str, Any]:
        if changing and self.random.random() < 0.2:
            return {"name": name, "$patch": "delete"}
        return {"name": name, "value": str(self.random.randint(0, 3))}

    def volume(self, name: str) -> dict[str, Any]:
        kinds = {"emptyDir": {"medium": "Memory"}, "configMap": {"name": self.random.choice("mn")}}
        kind = self.random.choice(list(kinds))
        return {"name": name, kind: kinds[kind]}

    def metadata(self, *, changing: bool) -> dict[str, Any]:
        labels: dict[str, Any] = {key: self.random.choice("123") for key in self.some("klm")}
        if changing:
            labels |= dict.fromkeys(self.some("klm")[:1])
            if self.random.random() < 0.1:
                labels["$patch"] = self.random.choice(["replace", "delete"])
        return {"labels": labels, "finalizers": [f"x.test/{one}" for one in self.some("fgh")]}

    def whole(self, *, changing: bool) -> dict[str, Any]:
        pod: dict[str, Any] = {
            "containers": [self.container(name, changing=changing) for name in self.some("abcd")],
            "volumes": [self.volume(name) for name in self.some("tu")] if not changing else [],
            "tolerations": [{"key": key, "operator": "Exists"} for key in self.some("yz")],
            "nodeSelector": dict.fromkeys(self.some("ij"), "v"),
            "imagePullSecrets": [{"name": name} for name in self.some("rs")],
        }
        if changing:
            pod = {key: value for key, value in pod.items() if self.random.random() < 0.7}
        return {"metadata": self.metadata(changing=changing), "spec": {"template": {"spec": pod}}}


@pytest.mark.sandbox
def test_kubectl_lays_patches_the_same(tmp_path: Path) -> None:
    """`kubectl patch --local` needs no cluster, but the program."""
    held, differences = tmp_path / "object.json", {}
    for seed in range(60):
        chance = Chance(seed)
        before = {**deployment(), **chance.whole(changing=False)}
        before["metadata"]["name"] = "web"
        change = chance.whole(changing=True)
        held.write_text(json.dumps(before))
        command = [
            "kubectl",
            "patch",
            "--local",
            "--type=strategic",
            "-f",
            str(held),
            "-p",
            json.dumps(change),
            "-o",
            "json",
        ]
        done = subprocess.run(command, env=environment.variables(), capture_output=True, text=True, check=True)
        ours = merged(before, change, root())
        theirs = json.loads(done.stdout)
        if cleaned(ours) != cleaned(theirs):
            differences[seed] = (before, change, cleaned(ours), cleaned(theirs))
    assert differences == {}


def cleaned(value: Any) -> Any:
    """Return a value without what is empty: kubectl writes some of it out, and leaves other parts away.

    It also leaves a `$patch: delete` standing in the lists of an item that is new; what that says is done all the same.
    """
    if isinstance(value, dict):
        kept = {key: cleaned(child) for key, child in value.items() if key != "status"}
        return {key: child for key, child in kept.items() if child not in ({}, [], None)}
    if isinstance(value, list):
        return [cleaned(one) for one in value if not (isinstance(one, dict) and one.get("$patch") == "delete")]
    return value
