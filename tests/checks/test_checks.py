"""Checks over Kubernetes objects: each finds its fault and nothing else, and what we render has none."""

import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import CHECKS, Check, Finding, findings
from components.manifests.objects import Manifest
from schemas.model import Application, Environment
from schemas.problems import written
from tests.checks.broken import BROKEN, Broken, another, container, literal, named, plain, pod, secured, sound, spec
from tests.conftest import ROOT
from tests.manifests.models import rendered
from tests.manifests.test_properties import PLACES, Leaf, applications

EXPECTED = Path(__file__).parent / "expected.txt"


def line(one: Finding) -> str:
    where = f"{one.kind} {one.namespace}/{one.name} {written(one.path)}"
    return f"{one.code} {one.severity} {where}: {one.message} {one.hint}"


def test_sound_objects_have_no_finding() -> None:
    assert findings(sound()) == []


@pytest.mark.parametrize("one", BROKEN, ids=[f"{one.code}-{number}" for number, one in enumerate(BROKEN)])
def test_a_fault_is_found_by_its_check_alone(one: Broken) -> None:
    assert {found.code for found in findings(one.objects())} == {one.code}


def test_every_check_has_a_fault_that_provokes_it_and_no_code_comes_twice() -> None:
    codes = [check.code for check in CHECKS]
    assert len(codes) == len(set(codes))
    assert sorted(set(codes)) == sorted({one.code for one in BROKEN})


@pytest.mark.parametrize("one", [one for one in BROKEN if one.kube_score or one.checkov], ids=lambda one: one.code)
def test_a_check_names_the_demands_that_are_compared_with_it(one: Broken) -> None:
    (check,) = [check for check in CHECKS if check.code == one.code]
    demands = {one.checkov, one.kube_score and f"kube-score/{one.kube_score}"} - {""}
    assert demands <= set(check.stands_for)


def test_faults_are_told_in_these_words(request: pytest.FixtureRequest) -> None:
    """After a wanted change: `pytest tests/checks --write-expected`, and then read the difference."""
    text = "".join(f"{line(found)}\n" for one in BROKEN for found in findings(one.objects()))
    if request.config.getoption("--write-expected"):
        EXPECTED.write_text(text)
    assert text == EXPECTED.read_text()


def test_what_others_call_a_check_has_the_form_of_their_names() -> None:
    form = re.compile(r"CKV2?_K8S_\d+|(kube-score|kube-linter|polaris|kubescape)/[A-Za-z0-9-]+")
    assert [name for check in CHECKS for name in check.stands_for if not form.fullmatch(name)] == []


@given(applications(), PLACES)
def test_what_we_render_has_no_finding(app: Application, place: Environment) -> None:
    assert [line(one) for one in findings(rendered(app, place))] == []


@given(applications(), PLACES)
def test_leaves_are_never_looked_at(app: Application, place: Environment) -> None:
    objects = rendered(app, place, image=Leaf(), secret=Leaf(), digests={"store": Leaf()})
    assert [line(one) for one in findings(objects)] == []


@given(st.randoms(use_true_random=False), st.sampled_from(BROKEN))
def test_the_order_of_the_objects_changes_the_order_of_the_findings_alone(chance: random.Random, one: Broken) -> None:
    # Of two objects with one name the second is told, so their order does count.
    if one.code == "SW6601":
        return
    objects = one.objects()
    before = sorted(map(line, findings(objects)))
    chance.shuffle(objects)
    assert sorted(map(line, findings(objects))) == before


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=2),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value in a value."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, child in children for found in places(child, (*path, key)))]


@given(st.data())
def test_objects_of_any_shape_are_looked_at(data: st.DataObject) -> None:
    objects: list[Any] = sound()
    for _ in range(data.draw(st.integers(1, 4))):
        *way, last = data.draw(st.sampled_from([path for path in places(objects) if path]))
        at = objects
        for key in way:
            at = at[key]
        at[last] = data.draw(JUNK)
    for one in findings(objects):
        assert one.message
        written(one.path)


def _optional(objects: list[Manifest]) -> None:
    container(objects)["envFrom"] = [{"secretRef": {"name": "lost", "optional": True}}]


def _made_in_the_cluster(objects: list[Manifest]) -> None:
    container(objects)["envFrom"] = [{"secretRef": {"name": "made"}}]
    objects.append(plain("ExternalSecret", "any", "external-secrets.io", spec={"target": {"name": "made"}}))


def _knative(objects: list[Manifest]) -> None:
    objects.append(plain("Service", "odd", "serving.knative.dev", spec={"selector": {"a": "b"}, "type": "NodePort"}))


def _no_selector(objects: list[Manifest]) -> None:
    objects.append(plain("Service", "far", spec={"type": "ExternalName", "externalName": "db.test"}))


def _by_number(objects: list[Manifest]) -> None:
    spec(objects, "Service")["ports"][0]["targetPort"] = 1234


def _expressions(objects: list[Manifest]) -> None:
    chosen = {"key": "app.kubernetes.io/name", "operator": "In", "values": ["api", "web"]}
    another(objects, "NetworkPolicy", "api", "both")["podSelector"] = {"matchExpressions": [chosen]}


def _elsewhere(objects: list[Manifest]) -> None:
    other = named(objects, "Deployment", "api")
    pair = [{**other, "metadata": {**other["metadata"], "namespace": "shop-prod"}}]
    assert [one.code for one in findings([*objects, *pair]) if one.code in ("SW6601", "SW6604")] == []


HARMLESS = (
    _optional,
    _made_in_the_cluster,
    _knative,
    _no_selector,
    _by_number,
    _expressions,
    _elsewhere,
    lambda o: container(o).update(env=[literal("TOKEN_URL", "https://id.test"), literal("PASSWORD_FILE", "/run/a")]),
    lambda o: container(o).update(env=[literal("A_TOKEN", "")]),
    lambda o: container(o).update(image="registry.test:5000/web@sha256:0"),
    lambda o: container(o)["readinessProbe"]["httpGet"].update(port="8080"),
    lambda o: container(o)["resources"]["requests"].update(cpu="1e-1"),
    lambda o: secured(o)["capabilities"].update(add=["NET_BIND_SERVICE"]),
    lambda o: secured(o).update(seLinuxOptions={"type": "container_t"}, appArmorProfile={"type": "RuntimeDefault"}),
    lambda o: spec(o, "NetworkPolicy", "default-deny").pop("policyTypes") and None,
    lambda o: spec(o, "Ingress", "shop").update(tls=[{"hosts": ["*.dev.test"]}]),
    lambda o: pod(o).pop("topologySpreadConstraints"),
    lambda o: pod(o).pop("affinity"),
)


@pytest.mark.parametrize("change", HARMLESS)
def test_what_only_looks_like_a_fault_is_none(change: Any) -> None:
    objects = sound()
    change(objects)
    assert [line(one) for one in findings(objects)] == []


EXEMPTIONS = [
    {"kube-score/ignore": "pod-probes, container-security-context-readonlyrootfilesystem"},
    {"checkov.io/skip7": "CKV_K8S_22=The program updates itself."},
    {"polaris.fairwinds.com/notReadOnlyRootFilesystem-exempt": "true"},
    {"ignore-check.kube-linter.io/no-read-only-root-fs": "The program updates itself."},
]


@pytest.mark.parametrize("annotations", EXEMPTIONS)
@pytest.mark.parametrize("place", ["object", "template"])
def test_any_checkers_annotation_exempts_an_object(annotations: dict[str, str], place: str) -> None:
    objects = sound()
    secured(objects)["readOnlyRootFilesystem"] = False
    one = named(objects, "Deployment", "api")
    head = one["metadata"] if place == "object" else one["spec"]["template"]["metadata"]
    assert [found.code for found in findings(objects)] == ["SW6206"]
    head["annotations"] = {**head.get("annotations", {}), **annotations}
    assert findings(objects) == []


NO_EXEMPTIONS = [
    {"polaris.fairwinds.com/notReadOnlyRootFilesystem-exempt": "false"},
    {"checkov.io/skip1": "CKV_K8S_2=Another."},
    {"kube-score/ignore": "pod-probes"},
]


@pytest.mark.parametrize("annotations", NO_EXEMPTIONS)
def test_an_exemption_from_something_else_exempts_from_nothing(annotations: dict[str, str]) -> None:
    objects = sound()
    secured(objects)["readOnlyRootFilesystem"] = False
    named(objects, "Deployment", "api")["metadata"]["annotations"] = annotations
    assert [found.code for found in findings(objects)] == ["SW6206"]


def test_a_secret_never_stands_in_a_finding() -> None:
    objects = sound()
    container(objects)["env"] = [literal("DB_PASSWORD", "hunter2"), literal("DB_PASSWORD", "hunter3")]
    assert "hunter" not in str(findings(objects))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_every_check_has_a_page_that_names_whose_demand_it_is(check: Check) -> None:
    page = (ROOT / "schemas" / "codes" / f"{check.code}.md").read_text()
    assert page.startswith(f"# {check.code}: ")
    assert [name for name in check.stands_for if f"`{name}`" not in page] == []
