"""In which order the engine brings and removes the parts of a version."""

from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks

from components import MicroserviceStack
from components.microservice_stack import ResolvedStack
from schemas.spec import Spec
from tests.components.conftest import Recorder, run
from tests.conftest import Files


def waits(spec: Spec) -> dict[str, set[str]]:
    """Return by resource what it waits for when it comes, and what waits for it when it goes."""
    found: dict[str, set[str]] = {}

    class Monitor(mocks.MockMonitor):
        def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the engine's word
            kind = request.type.rpartition(":")[2]
            found[f"{kind} {request.name}"] = {called(urn) for urn in request.dependencies}
            return super().RegisterResource(request)

    mocks.set_mocks(Recorder(), project="shop", stack="dev", monitor=Monitor(Recorder()))
    pulumi.runtime.set_all_config({"stackwright:offline": "true"})
    run(lambda: MicroserviceStack("shop", ResolvedStack(spec=spec)))  # type: ignore[arg-type]
    return found


def called(urn: str) -> str:
    """Return the kind and the name of a resource."""
    chain, _, name = urn.rpartition("::")
    return f"{chain.rpartition(':')[2]} {name}"


def split(files: Files, **shares: int) -> Spec:
    files.services["web"] |= {
        "versions": {"next": {"image": "example.test/web:2"}},
        "traffic": {"split": shares},
    }
    return files.resolve()


def test_requests_are_sent_to_a_version_after_its_pods_are_there_and_end_before_they_go(files: Files) -> None:
    files.platform["environments"]["dev"]["mesh"] = {"kind": "istio-sidecar"}
    found = waits(split(files, main=90, next=10))
    deployment, address = "Deployment shop-web-web-next", "Service shop-web-web-next"
    assert {deployment, address, "Deployment shop-web-web"} <= found["VirtualService shop-web-web"]
    assert address in found[deployment]
    assert deployment not in found["Service shop-web-web"]


def test_a_service_turns_to_a_version_after_its_pods_are_there(files: Files) -> None:
    found = waits(split(files, main=0, next=100))
    assert "Deployment shop-web-web-next" in found["Service shop-web-web"]


def test_an_image_that_the_program_brings_may_be_a_versions(recorder: Recorder, files: Files, tmp_path: Path) -> None:
    split(files, main=100, next=0)
    args = {name: str(tmp_path / f"{name}.yaml") for name in ("application", "platform")}
    run(
        lambda: MicroserviceStack(
            "shop",
            {**args, "environment": "dev", "images": {"web-next": "example.test/given:3"}},  # type: ignore[typeddict-item]
        )
    )
    workloads = recorder.of_kind("Deployment")
    images = {name: one["spec"]["template"]["spec"]["containers"][0]["image"] for name, one in workloads.items()}
    assert images == {"shop-web-web": "example.test/web:1", "shop-web-web-next": "example.test/given:3"}


def test_the_way_in_shares_calls_out_after_the_pods_are_there(files: Files) -> None:
    files.platform["environments"]["dev"] |= {
        "mesh": {"kind": "istio-sidecar"},
        "ingress": {"kind": "gateway", "class": "istio"},
    }
    files.spec["ingress"] = {"hosts": {"shop": {"subdomain": "shop"}}, "routes": {"/": {"service": "web"}}}
    found = waits(split(files, main=90, next=10))
    assert "Deployment shop-web-web-next" in found["MeshIngress shop-ingress"]
