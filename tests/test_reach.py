"""Asking a cluster whether it is there."""

import os
import socket
from pathlib import Path

import pytest
import yaml

from schemas.problems import DeployError
from stacks import reach


def kubeconfig(folder: Path, server: str, name: str = "here", **more: str) -> Path:
    file = folder / f"{name}.yaml"
    told = {
        "current-context": name,
        "contexts": [{"name": name, "context": {"cluster": name}}],
        "clusters": [{"name": name, "cluster": {"server": server, **more}}],
    }
    file.write_text(yaml.safe_dump(told))
    return file


@pytest.fixture
def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_cluster_that_is_gone_is_named(tmp_path: Path, free_port: int, scheme: str) -> None:
    server = f"{scheme}://127.0.0.1:{free_port}"
    with pytest.raises(DeployError) as caught:
        reach.must_answer(kubeconfig(tmp_path, server), None)
    assert str(caught.value) == (
        f"the cluster at {server} can't be reached: Connection refused. Nothing was changed. To preview without a "
        "cluster: pulumi config set stackwright:offline true"
    )


def test_a_silent_cluster_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(DeployError, match=r"\(context `here`\) did not answer within 0.2 s"):
            reach.must_answer(kubeconfig(tmp_path, server), "here")


def test_contexts_are_found_in_any_ambient_file(
    tmp_path: Path, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = kubeconfig(tmp_path, "http://127.0.0.1:1", "first")
    second = kubeconfig(tmp_path, f"http://127.0.0.1:{free_port}", "second")
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join([str(first), str(second)]))
    with pytest.raises(DeployError, match=f":{free_port} "):
        reach.must_answer(None, "second")


def test_what_cannot_be_told_is_left_to_the_provider(tmp_path: Path, free_port: int) -> None:
    reach.must_answer(tmp_path / "nowhere.yaml", None)
    reach.must_answer(kubeconfig(tmp_path, f"http://127.0.0.1:{free_port}"), "another")
    reach.must_answer(kubeconfig(tmp_path, f"http://127.0.0.1:{free_port}", **{"proxy-url": "http://p.test"}), None)
