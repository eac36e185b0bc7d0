"""Changing a running application: what is previewed is what is done, and nothing more."""

import json
import subprocess
from collections.abc import Callable

import pytest

from tests.cluster.conftest import Trial
from tests.cluster.waiting import eventually

pytestmark = pytest.mark.sandbox


def test_one_field_changes_one_resource(trial: Trial, kubectl: Callable[..., str]) -> None:
    trial.up()
    assert trial.operations() == {}
    trial.services["catalogue"]["env"] = {"LEVEL": "debug"}
    trial.write()
    assert trial.operations() == {f"{trial.name}-catalogue-catalogue": "update"}
    trial.up()
    shown = kubectl(
        "get",
        "deployment",
        "-n",
        trial.namespace,
        "catalogue",
        "-o",
        "jsonpath={.spec.template.spec.containers[0].env}",
    )
    assert json.loads(shown) == [{"name": "LEVEL", "value": "debug"}]
    trial.must("destroy", "--yes")
    assert trial.resources() == []
    assert kubectl("get", "namespaces", "--field-selector", f"metadata.name={trial.namespace}", "-o", "name") == ""


def test_changed_file_content_rolls_the_pods(trial: Trial, kubectl: Callable[..., str]) -> None:
    trial.services["catalogue"]["files"] = {"/etc/x/level": {"content": "one"}}
    trial.write()
    trial.up()
    trial.services["catalogue"]["files"]["/etc/x/level"]["content"] = "two"
    trial.write()
    assert trial.operations() == {
        f"{trial.name}-catalogue-catalogue": "update",
        f"{trial.name}-catalogue-catalogue-files": "replace",
    }
    trial.up()
    own = "app.kubernetes.io/managed-by=stackwright"
    maps = json.loads(kubectl("get", "configmaps", "-n", trial.namespace, "-l", own, "-o", "json"))["items"]
    texts = [text for one in maps for text in one["data"].values()]
    assert texts == ["two"]


def test_an_autoscaled_deployment_keeps_its_pods(trial: Trial, kubectl: Callable[..., str]) -> None:
    trial.services["catalogue"].pop("replicas")
    trial.services["catalogue"]["scaling"] = {"min": 1, "max": 3, "targets": {"cpuPercent": 500}}
    trial.write()
    trial.up()
    kubectl("scale", "-n", trial.namespace, "deployment/catalogue", "--replicas=3")
    assert trial.operations() == {}, "what the autoscaler did is no change"
    trial.services["catalogue"]["env"] = {"A": "b"}
    trial.write()
    trial.up()
    assert kubectl("get", "deployment", "-n", trial.namespace, "catalogue", "-o", "jsonpath={.spec.replicas}") == "3"


def test_a_renamed_service_is_there_throughout(trial: Trial, kubectl: Callable[..., str]) -> None:
    trial.up()
    trial.services["shelf"] = {**trial.services.pop("catalogue"), "renamedFrom": "catalogue"}
    trial.write()
    trial.up()
    names = kubectl("get", "deployments,services", "-n", trial.namespace, "-o", "name").split()
    assert names == ["deployment.apps/shelf", "service/shelf"]
    assert trial.operations() == {}


def test_objects_of_another_stack_are_not_taken_over(trial: Trial, kubectl: Callable[..., str]) -> None:
    trial.up()
    before = kubectl(
        "get", "deployment", "-n", trial.namespace, "catalogue", "-o", "jsonpath={.metadata.resourceVersion}"
    )
    second = Trial(trial.folder, f"{trial.name}-second")
    second.must("stack", "init")
    second.must("config", "set", "application", "application.yaml")
    second.must("config", "set", "environment", "dev")
    done = second.run("up", "--yes", "--skip-preview")
    assert done.returncode != 0
    assert ".metadata.annotations.stackwright.dev/stack" in done.stdout
    after = kubectl(
        "get", "deployment", "-n", trial.namespace, "catalogue", "-o", "jsonpath={.metadata.resourceVersion}"
    )
    assert after == before
    second.must("destroy", "--yes", "--skip-preview")


def test_a_job_runs_before_the_service_it_stands_before(trial: Trial, kubectl: Callable[..., str]) -> None:
    trial.services["catalogue"]["build"] = {"context": "examples/shop/mailer"}
    trial.services["catalogue"] |= {"type": "worker", "command": ["python3", "-c", "import time; time.sleep(900)"]}
    for key in ("port", "probes", "shutdown"):
        trial.services["catalogue"].pop(key)
    job = {
        "service": "catalogue",
        "command": ["python3", "-c", "print('migrated')"],
        "trigger": {"before": ["catalogue"]},
    }
    trial.application["spec"]["jobs"] = {"migrate": job}
    trial.write()
    trial.up()
    times = {
        kind: kubectl("get", kind, "-n", trial.namespace, "-o", f"jsonpath={{.items[0].{field}}}")
        for kind, field in (("jobs", "status.completionTime"), ("deployments", "metadata.creationTimestamp"))
    }
    assert times["jobs"] <= times["deployments"]
    assert trial.operations() == {}


def test_a_rotated_secret_rolls_the_pods(trial: Trial, kubectl: Callable[..., str]) -> None:
    trial.application["spec"]["secrets"] = {"api": {"keys": ["token"]}}
    trial.services["catalogue"]["env"] = {"TOKEN": {"secret": "api", "key": "token"}}
    trial.write()
    trial.must("config", "set", "--secret", f"{trial.name}:api.token", "first-value")
    trial.up()
    shown = ("get", "pods", "-n", trial.namespace, "-l", "app=catalogue", "-o", "name")
    first = kubectl(*shown)
    trial.must("config", "set", "--secret", f"{trial.name}:api.token", "second-value")
    assert trial.operations() == {f"{trial.name}-api": "update", f"{trial.name}-catalogue-catalogue": "update"}
    preview = trial.must("preview", "--diff")
    assert "first-value" not in preview
    assert "second-value" not in preview
    trial.up()
    eventually(lambda: kubectl(*shown), lambda seen: seen != first and len(seen.split()) == 1, 60)
    rendered = subprocess.run(
        ["grep", "-rl", "second-value", str(trial.folder / "state")], capture_output=True, text=True, check=False
    )
    assert rendered.stdout == ""


def test_a_claim_that_leaves_the_spec_keeps_its_data(trial: Trial, kubectl: Callable[..., str]) -> None:
    claims = {
        name: {"mountPath": f"/{name}", "claim": {"storage": "1Mi", "onRemoval": name}} for name in ("retain", "delete")
    }
    trial.services["catalogue"] |= {"volumes": claims, "rollout": {"strategy": "recreate", "minReadySeconds": 1}}
    trial.write()
    trial.up()
    trial.services["catalogue"].pop("volumes")
    trial.write()
    trial.up()
    assert kubectl("get", "pvc", "-n", trial.namespace, "-o", "name").split() == [
        "persistentvolumeclaim/catalogue-retain"
    ]


def test_a_dockerfile_is_rendered_from_the_language(trial: Trial, kubectl: Callable[..., str]) -> None:
    trial.services["catalogue"]["build"]["language"] = "go"
    trial.services["front"] = {
        **trial.services["catalogue"],
        "build": {"context": "examples/shop/storefront", "language": "python"},
        "files": {"/etc/shop/shop.json": {"source": "examples/shop/config/shop.json"}},
        "probes": {"readiness": "/ready"},
    }
    trial.write()
    trial.up()
    ready = kubectl("get", "deployments", "-n", trial.namespace, "-o", "jsonpath={.items[*].status.readyReplicas}")
    assert ready == "1 1"
