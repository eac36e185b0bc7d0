"""Generated specs and the API server: what our own validation lets pass, it takes."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from cli.verbs.render import objects
from components.manifests.escape.kinds import kind_schema
from components.manifests.objects import Manifest
from schemas.resolve import resolve
from tests.cluster.server import applied
from tests.generated import project_of, specs, start
from tests.kubernetes import VERSIONS

SPACE = "generated"
ENFORCED = {"pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/warn": "restricted"}


@pytest.fixture(scope="module")
def space(kubectl: Callable[..., str]) -> Iterator[None]:
    """A namespace that enforces the Pod Security standard of ours."""
    head = {"name": SPACE, "labels": ENFORCED}
    assert applied([{"apiVersion": "v1", "kind": "Namespace", "metadata": head}]).returncode == 0
    yield
    kubectl("delete", "namespace", SPACE, "--wait=false", "--ignore-not-found")


def refused(found: list[Manifest]) -> str:
    """Return what the API server has against objects, its warnings too, or nothing when it would take them all."""
    done = applied(found, "--dry-run=server", "--validate=strict")
    return done.stderr if done.returncode or done.stderr else ""


def askable(found: list[Manifest]) -> Iterator[Manifest]:
    """Yield the objects of Kubernetes' own kinds, as they can be asked for without a deployment."""
    for one in found:
        if one["kind"] == "Namespace" or kind_schema(one["apiVersion"], one["kind"], VERSIONS[0]) is None:
            continue
        asked = {**one, "metadata": {**one["metadata"], "namespace": SPACE}}
        if one["kind"] == "Secret":
            login = one.get("type") == "kubernetes.io/dockerconfigjson"
            asked["data"] = {".dockerconfigjson": "e30="} if login else dict.fromkeys(one["data"], "eA==")
        yield asked


@pytest.mark.sandbox
@pytest.mark.usefixtures("space")
def test_the_api_server_takes_what_generated_specs_render(tmp_path: Path) -> None:
    known: set[str] = set()
    taken = 0

    @settings(max_examples=100, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(whole=specs())
    def asked(whole: dict[str, Any]) -> None:
        nonlocal taken
        project = project_of(whole, tmp_path)
        if project is None:
            return
        new = {json.dumps(one, sort_keys=True): one for one in askable(objects(resolve(project, "dev")))}
        new = {text: one for text, one in new.items() if text not in known}
        known.update(new)
        assert not new or refused(list(new.values())) == ""
        taken += 1

    asked()
    assert taken > 30
    assert len(known) > 80


@pytest.mark.sandbox
@pytest.mark.usefixtures("space")
@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda pod: pod.update(restartPolicyy="Always"), ".restartPolicyy: field not declared in schema"),
        (lambda pod: pod.update(hostNetwork=True), "host namespaces (hostNetwork=true)"),
        (lambda pod: pod["containers"][0].update(name="Not A Name"), "a lowercase RFC 1123 label"),
    ],
    ids=["a field", "a right", "a name"],
)
def test_what_it_does_not_take_is_told(tmp_path: Path, spoil: Callable[[Any], None], said: str) -> None:
    """Otherwise the test above could not fail."""
    project = project_of(start(), tmp_path)
    assert project is not None
    one = next(one for one in askable(objects(resolve(project, "dev"))) if one["kind"] == "Deployment")
    assert refused([one]) == ""
    spoil(one["spec"]["template"]["spec"])
    assert said in refused([one])
