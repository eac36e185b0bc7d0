"""Every stack's program runs, and the plugin's components have the schema that other languages see."""

import runpy

import pulumi
import pytest
from pulumi.provider.experimental.analyzer import Analyzer

from components import AutoscaledService, MeshIngress, MicroserviceStack, ServiceImage
from tests.components.conftest import Recorder, recorder, run  # noqa: F401 - a fixture
from tests.conftest import ROOT


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_program_runs_for_every_environment(recorder: Recorder, environment: str) -> None:  # noqa: F811
    config = {**pulumi.runtime.config.CONFIG.get(), "stackwright:environment": environment}
    pulumi.runtime.set_all_config(config)
    run(lambda: runpy.run_path(str(ROOT / "__main__.py")) and None)
    stacks = [one for one in recorder.registered if one.typ == "stackwright:index:MicroserviceStack"]
    assert [one.name for one in stacks] == ["shop"]
    provider = next(one for one in recorder.registered if one.typ == "pulumi:providers:kubernetes")
    assert provider.inputs["clusterIdentifier"] == "sandbox"
    namespaces = [one.inputs["metadata"]["name"] for one in recorder.registered if one.typ.endswith(":Namespace")]
    assert namespaces == [f"shop-{environment}"]


def test_the_components_have_a_schema_for_every_language() -> None:
    found = Analyzer("stackwright").analyze([AutoscaledService, MeshIngress, MicroserviceStack, ServiceImage])
    inputs = {name: sorted(one.inputs) for name, one in found["component_definitions"].items()}
    outputs = {name: sorted(one.outputs) for name, one in found["component_definitions"].items()}
    assert inputs == {
        "AutoscaledService": ["application", "environment", "image", "owner", "service"],
        "MeshIngress": ["application", "domain", "environment", "ingress", "owner", "platform", "services"],
        "MicroserviceStack": ["application", "environment", "images", "location", "platform", "release"],
        "ServiceImage": [
            "buildArgs",
            "builder",
            "context",
            "dockerfile",
            "dockerfileInline",
            "platforms",
            "tag",
            "target",
        ],
    }
    assert outputs == {
        "AutoscaledService": ["namespace", "serviceName"],
        "MeshIngress": ["addresses"],
        "MicroserviceStack": ["addresses", "images", "namespace"],
        "ServiceImage": ["ref"],
    }
