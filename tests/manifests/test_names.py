"""The longest names that the language admits still give objects that Kubernetes takes."""

from typing import Any

import pytest

from components.manifests.offline import offline_objects
from schemas.problems import SpecError
from tests.conftest import Files

LONG = "n" * 39
LIMITS = {"CronJob": 52}
"""A CronJob's Jobs get eleven characters more.

Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#writing-a-cronjob-spec
"""


def spelled(files: Files, application: str, environment: str) -> None:
    claim: dict[str, Any] = {"mountPath": "/data", "claim": {"storage": "1Gi"}}
    files.metadata["name"] = application
    files.services = {
        f"a{LONG}": {
            "image": "a/b:1",
            "port": 8080,
            "replicas": 1,
            "rollout": {"strategy": "recreate"},
            "volumes": {f"v{LONG}": claim},
            "files": {"/etc/a": {"content": "a"}, "/etc/c": {"config": f"c{LONG}"}},
            "sidecars": {f"k{LONG}": {"image": "a/b:1"}},
        },
        f"s{LONG}": {"type": "stateful", "image": "a/b:1", "port": 8080, "volumes": {f"v{LONG}": claim}},
    }
    job = {"service": f"a{LONG}", "command": ["a"]}
    files.spec = {
        "configs": {f"c{LONG}": {"data": {"a": "b"}}},
        "jobs": {
            f"j{LONG}": {**job, "trigger": {"cron": "0 3 * * *"}},
            f"b{LONG}": {**job, "trigger": {"before": [f"a{LONG}"]}},
        },
        "ingress": {"hosts": {f"h{LONG}": {"subdomain": f"h{LONG}"}}, "routes": {"/": {"service": f"a{LONG}"}}},
    }
    files.platform["environments"] = {environment: files.platform["environments"]["dev"]}


@pytest.mark.parametrize("kind", ["ingress", "gateway"])
def test_no_name_is_longer_than_kubernetes_takes(files: Files, kind: str) -> None:
    files.platform["environments"]["dev"]["ingress"]["kind"] = kind
    spelled(files, f"a{LONG}", "e" * 22)
    objects = offline_objects(files.resolve("e" * 22))
    assert {one["kind"] for one in objects} >= {"CronJob", "Job", "PersistentVolumeClaim", "StatefulSet", "ConfigMap"}
    for one in objects:
        assert len(one["metadata"]["name"]) <= LIMITS.get(one["kind"], 63), one["kind"]
        assert all(len(value) <= 63 for value in one["metadata"]["labels"].values())


def test_a_namespace_that_would_be_too_long_is_told(files: Files) -> None:
    spelled(files, f"a{LONG}", "e" * 23)
    with pytest.raises(SpecError, match="longer than 63 characters"):
        files.resolve("e" * 23)
