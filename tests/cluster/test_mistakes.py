"""A user's mistakes: one clear sentence, a non-zero exit, and nothing half done."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster.conftest import Trial

pytestmark = pytest.mark.sandbox


def unknown_key(trial: Trial) -> None:
    trial.services["catalogue"]["prot"] = 8080


def wrong_type(trial: Trial) -> None:
    trial.services["catalogue"]["replicas"] = "two"


def two_services_on_one_port(trial: Trial) -> None:
    trial.services["catalogue"].pop("port")
    trial.services["catalogue"]["ports"] = {"a": {"port": 80, "targetPort": 8080}, "b": {"port": 80, "targetPort": 81}}


def missing_file(trial: Trial) -> None:
    trial.services["catalogue"]["files"] = {"/etc/x": {"source": "nowhere.txt"}}


def secret_without_value(trial: Trial) -> None:
    trial.application["spec"]["secrets"] = {"api": {"keys": ["token"]}}
    trial.services["catalogue"]["env"] = {"TOKEN": {"secret": "api", "key": "token"}}


MISTAKES: list[tuple[Callable[[Trial], None], str]] = [
    (
        unknown_key,
        "application.yaml:21:7: spec.services.catalogue.prot: `prot` is not a key here. Did you mean `port`? [SW2001]",
    ),
    (wrong_type, "application.yaml:16:17: spec.services.catalogue.replicas: `two` must be a whole number. [SW2002]"),
    (
        two_services_on_one_port,
        "application.yaml:25:17: spec.services.catalogue.ports.b.port: port 80 is also that of `a` (line 21). Each port has a number of its own. [SW4101]",
    ),
    (
        missing_file,
        'application.yaml:23:19: spec.services.catalogue.files["/etc/x"].source: the file `nowhere.txt` does not exist. [SW5001]',
    ),
    (
        secret_without_value,
        "the secret `api` has no value for `token` in the stack `{stack}`. Set it: pulumi config set --stack {stack} --secret {stack}:api.token [SW5101]",
    ),
]


@pytest.mark.parametrize(("mistake", "sentence"), MISTAKES, ids=[mistake.__name__ for mistake, _ in MISTAKES])
def test_a_mistake_is_told_in_a_sentence(
    trial: Trial, kubectl: Callable[..., str], mistake: Callable[[Trial], None], sentence: str
) -> None:
    mistake(trial)
    trial.write()
    for verb in (("preview",), ("up", "--yes", "--skip-preview")):
        done = trial.run(*verb)
        assert done.returncode != 0
        assert sentence.format(stack=trial.stack) in done.stdout
        assert "Traceback" not in done.stdout + done.stderr
    assert nothing_of(trial, kubectl)


def test_an_unreachable_cluster_is_named(trial: Trial, kubectl: Callable[..., str]) -> None:
    config = yaml.safe_load(Path(trial.environment["KUBECONFIG"]).read_text())
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:6444"
    (trial.folder / "elsewhere.kubeconfig").write_text(yaml.safe_dump(config))
    trial.must("config", "set", "kubeconfig", str(trial.folder / "elsewhere.kubeconfig"))
    for verb in (("preview",), ("up", "--yes", "--skip-preview")):
        done = trial.run(*verb)
        assert done.returncode != 0
        assert "the cluster at https://127.0.0.1:6444 can't be reached: Connection refused. Nothing" in done.stdout
        assert "Traceback" not in done.stdout + done.stderr
    assert nothing_of(trial, kubectl)
    trial.must("config", "rm", "kubeconfig")


def test_a_registry_that_is_down_stops_before_the_cluster_is_touched(trial: Trial, kubectl: Callable[..., str]) -> None:
    platform: dict[str, Any] = yaml.safe_load((trial.folder / "stacks" / "platform.yaml").read_text())
    platform["spec"]["environments"]["dev"]["registry"]["address"] = "127.0.0.1:5999"
    (trial.folder / "stacks" / "platform.yaml").write_text(yaml.safe_dump(platform))
    done = trial.run("up", "--yes", "--skip-preview")
    assert done.returncode != 0
    assert f"failed to push 127.0.0.1:5999/{trial.name}/catalogue:dev" in done.stdout
    assert "connection refused" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert nothing_of(trial, kubectl)


def nothing_of(trial: Trial, kubectl: Callable[..., str]) -> bool:
    """Return whether the cluster has nothing of the trial."""
    return kubectl("get", "namespaces", "--field-selector", f"metadata.name={trial.namespace}", "-o", "name") == ""
