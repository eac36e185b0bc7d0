from pathlib import Path
from typing import Any

import pulumi
import pytest

from components import AutoscaledService, MeshIngress, MicroserviceStack
from components.manifests import application_objects
from components.manifests.objects import OWNER, logical_name
from schemas.project import read
from schemas.resolve import resolve
from tests.components.conftest import Recorder, is_secret, run

APPLICATION = Path("examples/shop/application.yaml")
PLATFORM = Path("stacks/platform.yaml")


def stack(environment: str = "dev") -> MicroserviceStack:
    return MicroserviceStack(
        "shop", {"application": str(APPLICATION), "platform": str(PLATFORM), "environment": environment}
    )


def test_a_stacks_children_are_exactly_the_applications_objects(recorder: Recorder) -> None:
    run(stack)
    spec = resolve(read(APPLICATION, PLATFORM), "dev")
    registry = spec.environment.registry.address
    images = {name: f"{registry}/shop/{name}:dev@sha256:{'d' * 64}" for name in spec.application.services}
    data = {name: dict.fromkeys(secret.keys) for name, secret in spec.application.secrets.items()}
    expected = application_objects(spec.application, spec.environment, images, data, {})
    registered = {
        (one.inputs["kind"], one.inputs["metadata"]["name"]): one.inputs
        for one in recorder.registered
        if one.typ.startswith("kubernetes:")
    }
    assert sorted(registered) == sorted((one["kind"], one["metadata"]["name"]) for one in expected)
    for one in expected:
        found = registered[one["kind"], one["metadata"]["name"]]
        assert found["metadata"]["annotations"][OWNER] == "organization/stackwright/dev"
        if one["kind"] in ("Deployment", "StatefulSet", "CronJob", "Secret"):
            continue
        found["metadata"].pop("annotations")
        one["metadata"].pop("annotations", None)
        assert found == one


def test_a_childs_name_says_whose_it_is_and_nothing_of_its_content(recorder: Recorder) -> None:
    run(stack)
    names = {one.name for one in recorder.registered if one.typ.endswith(":ConfigMap")}
    assert names == {"shop-storefront-storefront-files"}
    assert len({(one.typ, one.name) for one in recorder.registered}) == len(recorder.registered)


def test_secret_values_leave_the_program_marked_secret(recorder: Recorder) -> None:
    run(stack)
    secrets = recorder.of_kind("Secret")
    assert sorted(secrets) == ["shop-orders", "shop-store", "shop-storefront"]
    for inputs in secrets.values():
        assert is_secret(inputs["data"])
        assert "stringData" not in inputs


def test_no_secret_stands_in_a_workload(recorder: Recorder) -> None:
    run(stack)
    workloads = {**recorder.of_kind("Deployment"), **recorder.of_kind("StatefulSet")}
    assert len(workloads) == 6
    for inputs in workloads.values():
        assert not is_secret(inputs["spec"])
        for value in ("pw", "cHc=", "sign"):
            assert f"'{value}'" not in str(inputs)
    marks = workloads["shop-orders-orders"]["spec"]["template"]["metadata"]["annotations"]
    assert sorted(marks) == ["stackwright.dev/secret.orders", "stackwright.dev/secret.store"]
    assert all(len(mark) == 8 for mark in marks.values())


def test_images_are_used_by_digest_and_never_built_in_a_preview(recorder: Recorder) -> None:
    run(stack)
    images = recorder.of_kind("Image")
    assert len(images) == 6
    for inputs in images.values():
        assert (inputs["push"], inputs["buildOnPreview"]) == (True, False)
    pod = recorder.of_kind("Deployment")["shop-cart-cart"]["spec"]["template"]["spec"]
    assert pod["containers"][0]["image"] == f"127.0.0.1:5000/shop/cart:dev@sha256:{'d' * 64}"


def test_no_replicas_under_an_autoscaler(recorder: Recorder) -> None:
    run(lambda: stack("prod"))
    deployments = recorder.of_kind("Deployment")
    assert list(recorder.of_kind("HorizontalPodAutoscaler")) == ["shop-storefront-storefront"]
    assert "replicas" not in deployments["shop-storefront-storefront"]["spec"]
    assert deployments["shop-cart-cart"]["spec"]["replicas"] == 2


def test_a_missing_secret_stops_the_program_before_anything_is_registered(recorder: Recorder) -> None:
    pulumi.runtime.set_all_config({})
    with pytest.raises(pulumi.RunError, match=r"the secret `store` has no value for `password` in the stack `dev`"):
        run(stack)
    assert recorder.registered == []


def test_images_that_the_program_brings_are_not_built(recorder: Recorder) -> None:
    def program() -> Any:
        given = {"cart": "example.test/cart:1", "mailer": pulumi.Output.from_input("example.test/mailer:2")}
        args: Any = {"application": str(APPLICATION), "platform": str(PLATFORM), "environment": "dev", "images": given}
        return MicroserviceStack("shop", args)

    run(program)
    assert "shop-cart-image" not in recorder.of_kind("Image")
    pods = {name: one["spec"]["template"]["spec"] for name, one in recorder.of_kind("Deployment").items()}
    assert pods["shop-cart-cart"]["containers"][0]["image"] == "example.test/cart:1"
    assert pods["shop-mailer-mailer"]["containers"][0]["image"] == "example.test/mailer:2"


def test_a_service_alone_takes_numbers_as_pulumi_brings_them(recorder: Recorder) -> None:
    service = {"port": 8080.0, "scaling": {"min": 2.0, "max": 4.0, "targets": {"cpuPercent": 70.0}}}
    args: Any = {
        "application": "shop",
        "owner": "team",
        "environment": "dev",
        "service": service,
        "image": "a.test/b:1",
    }
    run(lambda: AutoscaledService("cart", args))
    assert recorder.of_kind("HorizontalPodAutoscaler")["cart-cart"]["spec"]["maxReplicas"] == 4
    assert recorder.of_kind("Deployment")["cart-cart"]["metadata"]["namespace"] == "shop-dev"


def test_a_service_alone_is_checked_like_a_file(recorder: Recorder) -> None:
    args: Any = {"application": "shop", "owner": "team", "environment": "dev", "service": {"prot": 1, "replicas": "x"}}
    with pytest.raises(pulumi.RunError) as caught:
        run(lambda: AutoscaledService("cart", args))
    assert str(caught.value).splitlines() == [
        "AutoscaledService cart: spec.services.cart.prot: `prot` is not a key here. Did you mean `port`? [SW2001]",
        "AutoscaledService cart: spec.services.cart.replicas: `x` must be a whole number. [SW2002]",
    ]
    assert recorder.registered == []


def test_an_ingress_alone_leads_to_services_by_their_ports(recorder: Recorder) -> None:
    args: Any = {
        "application": "shop",
        "owner": "team",
        "environment": "dev",
        "domain": "acme.test",
        "ingress": {"hosts": {"web": {"subdomain": "www"}}, "routes": {"/": {"service": "front"}}},
        "services": {"front": {"http": {"port": 80.0}}},
        "platform": {"class": "nginx"},
    }
    seen: list[Any] = []
    run(lambda: MeshIngress("in", args).addresses.apply(seen.append))
    assert seen == [{"web": "http://www.acme.test/"}]
    rule = recorder.of_kind("Ingress")["in-shop"]["spec"]["rules"][0]
    assert (rule["host"], rule["http"]["paths"][0]["backend"]["service"]["name"]) == ("www.acme.test", "front")


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        ({"class": "traefik", "tls": {"issuer": "a"}}, {"Certificate in-shop-tls", "Ingress in-shop"}),
        ({"kind": "gateway", "class": "eg"}, {"Gateway in-shop", "HTTPRoute in-shop-web"}),
        (
            {"kind": "gateway", "class": "eg", "tls": {"secret": "wildcard"}},
            {"Gateway in-shop", "HTTPRoute in-shop-web", "HTTPRoute in-shop.to-https"},
        ),
        (
            {"kind": "istio", "selector": {"istio": "ingressgateway"}},
            {"Gateway in-shop", "VirtualService in-shop-web"},
        ),
    ],
)
def test_an_ingress_alone_takes_every_way_in(recorder: Recorder, platform: dict[str, Any], expected: set[str]) -> None:
    moved = {"moved": {"match": {"pathPrefix": "/old"}, "redirect": {"path": "/new"}}} if "kind" in platform else {}
    args: Any = {
        "application": "shop",
        "owner": "team",
        "environment": "dev",
        "domain": "acme.test",
        "ingress": {"hosts": {"web": {"subdomain": "www"}}, "routes": {"/": {"service": "front"}, **moved}},
        "services": {"front": {"http": {"port": 80.0}}},
        "platform": platform,
    }
    run(lambda: MeshIngress("in", args))
    found = {f"{one.typ.rpartition(':')[2]} {one.name}" for one in recorder.registered}
    assert found - {"MeshIngress in"} == expected


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("ConfigMap", "web-files-0123456789", "web-files"),
        ("Job", "migrate-abcdef0123", "migrate"),
        ("Deployment", "web-0123456789", "web-0123456789"),
    ],
)
def test_a_logical_name_forgets_the_contents_hash(kind: str, name: str, expected: str) -> None:
    assert logical_name({"kind": kind, "metadata": {"name": name}}) == expected


BEYOND = """\
apiVersion: stackwright.dev/v1
kind: Application
metadata: {name: shop, owner: team}
spec:
  services:
    web: {build: {context: web}, port: 8080}
  patches:
    beside:
      target: {kind: Deployment, name: web}
      reason: A debugger.
      strategicMerge: {spec: {template: {spec: {containers: [{name: web, tty: true}]}}}}
    marked:
      target: {kind: Namespace, name: shop-dev}
      reason: The mesh looks for it.
      jsonPatch: [{op: add, path: /metadata/labels/mesh, value: "yes"}]
  extraObjects:
    small: {apiVersion: v1, kind: LimitRange, spec: {limits: [{type: Pod, max: {cpu: "4"}}]}}
    token: {apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token}
"""


def test_patches_and_extra_objects_reach_the_engine(recorder: Recorder, tmp_path: Path) -> None:
    """The image is known only at deployment: the patch is placed around it."""
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "Dockerfile").write_text("FROM scratch")
    file = tmp_path / "application.yaml"
    file.write_text(BEYOND)
    platform = str(Path("tests/cases/platform.yaml").resolve())
    run(lambda: MicroserviceStack("shop", {"application": str(file), "platform": platform, "environment": "dev"}))
    (box,) = recorder.of_kind("Deployment")["shop-web-web"]["spec"]["template"]["spec"]["containers"]
    assert box["tty"] is True
    assert box["image"].endswith(f"@sha256:{'d' * 64}")
    assert recorder.of_kind("Namespace")["shop-shop-dev"]["metadata"]["labels"]["mesh"] == "yes"
    small = recorder.of_kind("LimitRange")["shop-extra-small"]
    assert small["spec"] == {"limits": [{"type": "Pod", "max": {"cpu": "4"}}]}
    assert small["metadata"]["annotations"][OWNER] == "organization/stackwright/dev"
    assert recorder.of_kind("Secret")["shop-extra-token"]["type"] == "kubernetes.io/service-account-token"


def test_a_patch_that_matches_nothing_stops_a_program_before_it_registers(recorder: Recorder, tmp_path: Path) -> None:
    file = tmp_path / "application.yaml"
    text = BEYOND.replace("build: {context: web}", 'image: "example.test/web:1"').replace(
        "name: shop-dev", "name: other"
    )
    file.write_text(text)
    platform = str(Path("tests/cases/platform.yaml").resolve())
    with pytest.raises(pulumi.RunError, match=r"no `Namespace` named `other` is rendered here.*\[SW6001\]"):
        run(lambda: MicroserviceStack("shop", {"application": str(file), "platform": platform, "environment": "dev"}))
    assert recorder.registered == []
