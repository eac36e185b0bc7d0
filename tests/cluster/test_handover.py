"""Who says how many pods there are: the number's owner changes, and the number does not."""

import threading
import time
from collections.abc import Callable

import pytest

from tests.cluster.conftest import Trial

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
