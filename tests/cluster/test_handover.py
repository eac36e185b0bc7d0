"""Who says how many pods there are: the number's owner changes, and the number does not."""

import threading
import time
from collections.abc import Callable

import pytest
import yaml

from sandbox import lifecycle
from tests.cluster.conftest import Trial
from tests.cluster.waiting import eventually

pytestmark = pytest.mark.sandbox


class Watched:
    """The wanted pods of a Deployment, looked at all the time."""

    def __init__(self, kubectl: Callable[..., str], namespace: str, name: str) -> None:
        self.kubectl = kubectl
        self.what = ("-n", namespace, f"deployment/{name}", "-o", "jsonpath={.spec.replicas}")
        self.seen: list[int] = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def watch(self) -> None:
        while not self.ended.is_set():
            self.seen.append(int(self.kubectl("get", *self.what)))
            time.sleep(0.1)

    def __enter__(self) -> "Watched":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()


def test_the_number_of_pods_changes_hands_and_stays(trial: Trial, kubectl: Callable[..., str]) -> None:
    service = trial.services["catalogue"]
    service["replicas"] = 3
    trial.write()
    trial.up()
    del service["replicas"]
    service["scaling"] = {"min": 2, "max": 5, "targets": {"cpuPercent": 60}}
    trial.write()
    with Watched(kubectl, trial.namespace, "catalogue") as watched:
        trial.must("preview")
        trial.up()
    assert set(watched.seen) == {3}, "an autoscaler takes over what there is"

    # As the autoscaler would: through the subresource.
    kubectl("scale", "-n", trial.namespace, "deployment/catalogue", "--replicas=4")
    service["env"] = {"LEVEL": "debug"}
    trial.write()
    with Watched(kubectl, trial.namespace, "catalogue") as watched:
        trial.up()
    assert set(watched.seen) == {4}, "another change leaves the autoscaler its number"

    del service["scaling"]
    service["replicas"] = 3
    trial.write()
    with Watched(kubectl, trial.namespace, "catalogue") as watched:
        trial.must("preview")
        trial.up()
    assert watched.seen[-1] == 3, "a spec that names a number has it, also the one that it had before"
    assert set(watched.seen) == {3, 4}


def test_one_autoscaler_follows_the_other_and_the_pods_stay(trial: Trial, kubectl: Callable[..., str]) -> None:
    """Kubernetes' own autoscaler, then KEDA's, which makes one of its own, and back."""
    lifecycle.up(addons=["keda"])
    platform = trial.folder / "stacks" / "platform.yaml"
    said = yaml.safe_load(platform.read_text())
    for environment in said["spec"]["environments"].values():
        environment["installed"] = {"metrics-server": True, "keda": True}
    platform.write_text(yaml.safe_dump(said))
    service = trial.services["catalogue"]
    del service["replicas"]
    service["scaling"] = {"min": 2, "max": 5, "targets": {"cpuPercent": 500}}
    trial.write()
    trial.up()
    kubectl("scale", "-n", trial.namespace, "deployment/catalogue", "--replicas=4")
    window = {"days": ["mon"], "from": "13:00", "to": "13:01", "timeZone": "UTC", "min": 3}
    service["scaling"]["schedules"] = {"backup": window}
    trial.write()
    with Watched(kubectl, trial.namespace, "catalogue") as watched:
        trial.up()
        found = ("get", "hpa", "-n", trial.namespace, "-o", "name")
        own, keda = (
            "horizontalpodautoscaler.autoscaling/catalogue",
            "horizontalpodautoscaler.autoscaling/keda-hpa-catalogue",
        )
        eventually(lambda: kubectl(*found).split(), lambda names: names == [keda], 60)
        time.sleep(20)  # A look of the autoscaler, and another.
        del service["scaling"]["schedules"]
        trial.write()
        trial.up()
        eventually(lambda: kubectl(*found).split(), lambda names: names == [own], 60)
        time.sleep(20)
    assert set(watched.seen) == {4}
