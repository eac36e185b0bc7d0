"""What is said of a service in the cluster."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from live.access import Access, ClusterError, cluster
from live.leftovers import Marked, marked, remove
from live.report import Report, reports
from tests.conftest import Files
from tests.live.cluster import Canned, canned

NAMESPACE = "/api/v1/namespaces/shop-dev"
APPS = "/apis/apps/v1/namespaces/shop-dev"


def workload(revision: str = "2", *, uid: str = "d", **status: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "web", "uid": uid},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": {}},
        "status": {"replicas": 2, "updateRevision": revision, **status},
    }


def replica_set(number: str, digest: str) -> dict[str, Any]:
    owner = {"uid": "d", "kind": "Deployment", "name": "web", "apiVersion": "apps/v1"}
    return {
        "metadata": {
            "name": f"web-{digest}",
            "annotations": {"deployment.kubernetes.io/revision": number},
            "labels": {"pod-template-hash": digest},
            "ownerReferences": [owner],
        },
        "spec": {"selector": {}},
    }


def pod(name: str, digest: str, *, ready: bool, **status: Any) -> dict[str, Any]:
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {
        "metadata": {"name": name, "labels": {"app": "web", "pod-template-hash": digest}},
        "spec": {"nodeName": "n1", "containers": []},
        "status": {"conditions": conditions, **status},
    }


CRASHED = {
    "containerStatuses": [
        {
            "name": "web",
            "image": "i",
            "imageID": "",
            "ready": False,
            "restartCount": 1,
            "state": {"waiting": {"reason": "CrashLoopBackOff"}},
            "lastState": {"terminated": {"exitCode": 3}},
        }
    ]
}


@pytest.fixture
def api(tmp_path: Path) -> Iterator[tuple[Canned, Path]]:
    with canned(tmp_path) as (answers, kubeconfig):
        answers.listed(f"{APPS}/deployments", workload())
        answers.listed(f"{APPS}/statefulsets")
        answers.listed(f"{APPS}/replicasets", replica_set("1", "old"), replica_set("2", "new"))
        answers.listed(
            f"{NAMESPACE}/pods", pod("web-new", "new", ready=False, **CRASHED), pod("web-old", "old", ready=True)
        )
        warning = {"metadata": {}, "involvedObject": {}, "type": "Warning", "reason": "BackOff", "message": "again"}
        answers.listed(f"{NAMESPACE}/events", warning)
        answers.answers[f"{NAMESPACE}/pods/web-new/log"] = "starting\ntoken is hunter22\n"
        answers.answers[f"{NAMESPACE}/secrets/api"] = {
            "metadata": {"name": "api"},
            "data": {"token": base64.b64encode(b"hunter22").decode()},
        }
        yield answers, kubeconfig


def spec_files(files: Files) -> Files:
    files.services["web"] |= {"command": ["run"], "env": {"T": {"secret": "api", "key": "token"}}}
    files.spec["secrets"] = {"api": {"keys": ["token"]}}
    return files


def report(files: Files, kubeconfig: Path) -> Report:
    with cluster(Access(kubeconfig=kubeconfig)) as client:
        return next(reports(client, spec_files(files).resolve(), ["web"]))


def test_a_stuck_rollout_is_told_with_its_line_and_without_secrets(files: Files, api: tuple[Canned, Path]) -> None:
    found = report(files, api[1])
    assert (found.done, found.stuck) == (False, True)
    lines = found.text.splitlines()
    assert lines[0] == "web: 0 of 2 pods of this version serve; 1 of the previous version still do"
    assert lines[1] == (
        "  pod web-new on n1: container web: CrashLoopBackOff: the container ended with exit code 3, restarted 1 times"
    )
    assert lines[2].endswith(": spec.services.web.command")
    assert lines[3:] == ["    event  BackOff: again", "    log    starting", "    log    token is [secret]"]


def test_a_log_is_left_out_when_secrets_cannot_be_read(files: Files, api: tuple[Canned, Path]) -> None:
    api[0].answers[f"{NAMESPACE}/secrets/api"] = {"kind": "Status", "code": 403, "message": "forbidden"}
    assert "hunter22" not in report(files, api[1]).text
    assert "log    not shown" in report(files, api[1]).text


def test_a_rollout_that_is_done_is_done(files: Files, api: tuple[Canned, Path]) -> None:
    api[0].listed(f"{NAMESPACE}/pods", *(pod(f"web-{number}", "new", ready=True) for number in range(2)))
    assert report(files, api[1]) == Report(
        service="web", done=True, stuck=False, text="web: 2 of 2 pods of this version serve"
    )


@pytest.mark.parametrize(("seconds", "serve"), [(2, 0), (60, 1)])
def test_a_pod_that_has_just_come_back_from_a_crash_does_not_serve_yet(
    files: Files, api: tuple[Canned, Path], seconds: int, serve: int
) -> None:
    since = (datetime.now(UTC) - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
    running = {"ready": True, "restartCount": 3, "state": {"running": {}}, "started": True}
    killed = {"lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}
    statuses = [{"name": "web", "image": "i", "imageID": "", **running, **killed}]
    back = pod("web-1", "new", ready=True, containerStatuses=statuses)
    back["status"]["conditions"][0]["lastTransitionTime"] = since
    one = workload()
    one["spec"] |= {"replicas": 1, "minReadySeconds": 10}
    api[0].listed(f"{APPS}/deployments", one)
    api[0].listed(f"{NAMESPACE}/pods", back)
    found = report(files, api[1])
    assert found.done is bool(serve)
    assert found.text.startswith(f"web: {serve} of 1 pods of this version serve")
    assert ("the container was killed for memory, restarted 3 times" in found.text) is not bool(serve)


def test_pods_that_are_refused_are_told(files: Files, api: tuple[Canned, Path]) -> None:
    refusal = {"type": "ReplicaFailure", "status": "True", "message": "exceeded quota"}
    api[0].listed(f"{APPS}/deployments", workload(conditions=[refusal]))
    api[0].listed(f"{NAMESPACE}/pods")
    assert "Kubernetes makes no pod: exceeded quota" in report(files, api[1]).text


def test_what_is_not_there_is_told(files: Files, api: tuple[Canned, Path]) -> None:
    api[0].listed(f"{APPS}/deployments")
    assert report(files, api[1]).text == "web: not in the cluster"


def test_a_stateful_service_is_known_by_its_revision(files: Files, api: tuple[Canned, Path]) -> None:
    files.services["web"]["type"] = "stateful"
    api[0].listed(f"{APPS}/statefulsets", workload("r2"))
    one = pod("web-0", "", ready=True)
    one["metadata"]["labels"] = {"app": "web", "controller-revision-hash": "r2"}
    api[0].listed(f"{NAMESPACE}/pods", one)
    assert report(files, api[1]).text == "web: 1 of 2 pods of this version serve"


def test_status_prints_for_people_and_programs(files: Files, api: tuple[Canned, Path]) -> None:
    spec_files(files).project()
    told = ["status", str(files.folder / "application.yaml"), "--env", "dev", "--kubeconfig", str(api[1])]
    done = CliRunner().invoke(app, told)
    assert done.exit_code == 1
    assert done.stdout.startswith("✗ web: 0 of 2 pods")
    assert CliRunner().invoke(app, [*told, "--format", "json"]).stdout.startswith('[\n  {\n    "service": "web"')
    assert CliRunner().invoke(app, [*told, "--service", "wbe"]).exit_code == 2
    api[1].write_text(api[1].read_text().replace("127.0.0.1:", "127.0.0.1:1"))
    assert CliRunner().invoke(app, told).exit_code == 2


def test_a_cluster_that_refuses_is_a_sentence(api: tuple[Canned, Path], tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="there is no cluster to ask"), cluster(Access(kubeconfig=tmp_path / "none")):
        pass
    api[0].answers[f"{APPS}/deployments"] = {"kind": "Status", "code": 403, "message": "not you"}
    with pytest.raises(ClusterError, match="answered 403: not you"), cluster(Access(kubeconfig=api[1])) as client:
        marked(client, "shop-dev", "mark", "/p/dev", ("keep", "retain"))


def test_objects_without_a_state_are_found_and_removed(api: tuple[Canned, Path]) -> None:
    notes = {"mark": "org/p/dev"}
    api[0].listed(
        f"{NAMESPACE}/configmaps",
        {"metadata": {"name": "ours", "annotations": notes}},
        {"metadata": {"name": "kept", "annotations": {**notes, "keep": "retain"}}},
        {"metadata": {"name": "theirs", "annotations": {"mark": "org/p/prod"}}},
        {"metadata": {"name": "going", "annotations": notes, "deletionTimestamp": "2026-11-25T00:00:00Z"}},
    )
    with cluster(Access(kubeconfig=api[1])) as client:
        found = marked(client, "shop-dev", "mark", "/p/dev", ("keep", "retain"))
        for one in found:
            remove(client, "shop-dev", one)
    assert found == [
        Marked(kind="ConfigMap", name="ours", retained=False),
        Marked(kind="ConfigMap", name="kept", retained=True),
    ]
    assert api[0].deleted == [f"{NAMESPACE}/configmaps/ours", f"{NAMESPACE}/configmaps/kept"]
