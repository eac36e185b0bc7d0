"""A scenario on the real controller: the test plays the Deployment's controller, the kubelets and the metrics."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from simulator.hpa.pods import Pod, PodMetric
from simulator.hpa.proposal import Observation, Reading
from tests.hpa.control_plane import Api
from tests.hpa.metrics import moment
from tests.hpa.scenarios import REQUEST, TARGET, Scenario

WINDOW_SECONDS = 6
_SETTLING_SECONDS = 0.7
"""After the last request for metrics the controller needs a moment to write the count."""
_FIRST = 4


@dataclass(slots=True)
class Look:
    """What the controller saw at one look, and the count after it."""

    seen: Observation
    after: int | None = None


@dataclass(slots=True)
class Stage:
    """A scenario that runs in a namespace of its own."""

    api: Api
    scenario: Scenario
    looks: list[Look] = field(default_factory=list)
    pods: dict[str, Pod] = field(default_factory=dict)
    ages: dict[str, int] = field(default_factory=dict)
    replicas: int = _FIRST
    asked: int = 0
    failure: BaseException | None = None
    over: bool = False
    next: threading.Timer | None = None
    done: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def namespace(self) -> str:
        return self.scenario.name

    @property
    def _deployment(self) -> str:
        return f"/apis/apps/v1/namespaces/{self.namespace}/deployments/web"

    def begin(self) -> None:
        """Make everything; the autoscaler last."""
        self.api.call("POST", "/api/v1/namespaces", {"metadata": {"name": self.namespace}})
        containers = [{"name": "app", "image": "a.test/app:1"}]
        template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": containers}}
        selector = {"matchLabels": {"app": "web"}}
        spec = {"replicas": _FIRST, "selector": selector, "template": template}
        collection, _, _ = self._deployment.rpartition("/")
        self.api.call("POST", collection, {"metadata": {"name": "web"}, "spec": spec})
        for number in range(_FIRST):
            self._make(f"p{number}", old=True)
        self._tell_count()
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
        body = {"metadata": {"name": "web"}, "spec": {"scaleTargetRef": target, **self.scenario.spec}}
        path = f"/apis/autoscaling/v2/namespaces/{self.namespace}/horizontalpodautoscalers"
        self.api.call("POST", path, body)

    def answer(self, rest: str) -> dict[str, Any]:
        """Answer one request for metrics; the last one of a look sets the next scene."""
        with self.lock:
            metrics = self.scenario.spec["metrics"]
            number, place = divmod(self.asked, len(metrics))
            self.asked += 1
            number = min(number, len(self.scenario.factors) - 1)
            if place == 0:
                self._open()
            reading = self._reading(number, place)
            look = self.looks[-1]
            look.seen = replace(look.seen, readings=[*look.seen.readings, reading])
            if place == len(metrics) - 1:
                self._plan_scene()
            return _told(metrics[place], rest, reading, look.seen.now)

    def _plan_scene(self) -> None:
        if not self.over:
            self.next = threading.Timer(_SETTLING_SECONDS, self._close)
            self.next.start()

    def stop(self) -> None:
        """Let what was begun end, and begin nothing more."""
        self.over = True
        if self.next is not None:
            self.next.join()

    def _open(self) -> None:
        running = [pod for pod in self.pods.values() if not pod.deleted]
        seen = Observation(
            now=time.time(),
            spec_replicas=self.replicas,
            status_replicas=len(running),
            pods=tuple(self.pods.values()),
            readings=(),
        )
        self.looks.append(Look(seen))

    def _close(self) -> None:
        try:
            with self.lock:
                self.replicas = self.api.call("GET", self._deployment)["spec"]["replicas"]
                self.looks[-1].after = self.replicas
                self._set_scene()
                if len(self.looks) >= len(self.scenario.factors):
                    self.done.set()
        except BaseException as error:
            self.failure = error
            self.done.set()
            raise

    def _set_scene(self) -> None:
        """Make and end pods as a ReplicaSet would, and let those that are there grow older."""
        living = [name for name, pod in self.pods.items() if not pod.deleted]
        for name in living[self.replicas :]:
            self._end(name)
        for number in range(len(living), self.replicas):
            self._make(f"p{number}-{len(self.looks)}", old=self.scenario.family != "unready")
        for name in list(self.pods):
            self._grow(name)
        self._tell_count()

    def _tell_count(self) -> None:
        count = sum(not pod.deleted for pod in self.pods.values())
        self.api.merge(f"{self._deployment}/status", {"status": {"replicas": count}})

    def _make(self, name: str, *, old: bool) -> None:
        container = {"name": "app", "image": "a.test/app:1", "resources": {"requests": {"cpu": f"{REQUEST}m"}}}
        meta: dict[str, Any] = {"name": name, "labels": {"app": "web"}}
        # A finalizer keeps some of the pods that are ended, as a slow shutdown does.
        if self.scenario.family == "unready" and self.scenario.chance("stays", name).random() < 0.5:
            meta["finalizers"] = ["stackwright.test/slow"]
        path = f"/api/v1/namespaces/{self.namespace}/pods"
        self.api.call("POST", path, {"metadata": meta, "spec": {"containers": [container]}})
        pod = Pod(name=name, phase="Pending", ready=None, started=None, requests={"app": {"cpu": REQUEST}})
        self.pods[name] = pod
        self.ages[name] = 0
        if old:
            long_ago = float(int(time.time()) - 1000)
            self._tell(replace(pod, phase="Running", ready=True, started=long_ago, ready_since=long_ago))

    def _grow(self, name: str) -> None:
        """Let a young pod start, and become ready, after as many looks as chance gave it."""
        pod = self.pods[name]
        if self.scenario.family != "unready" or pod.deleted:
            return
        self.ages[name] += 1
        chance = self.scenario.chance("start", name)
        pending, starting, fails = chance.choice([0, 1, 2]), chance.choice([0, 1, 2, 4]), chance.random() < 0.15
        now = float(int(time.time()))
        if pod.started is None and self.ages[name] > pending:
            phase = "Failed" if fails else "Running"
            self._tell(replace(pod, phase=phase, ready=False, started=now, ready_since=now))
        elif pod.phase == "Running" and not pod.ready and self.ages[name] > pending + starting:
            self._tell(replace(pod, ready=True, ready_since=now))
        elif pod.ready and self.scenario.chance("falters", name, self.ages[name]).random() < 0.1:
            self._tell(replace(pod, ready=False, ready_since=now))

    def _tell(self, pod: Pod) -> None:
        """Write a pod's status as a kubelet does."""
        condition = {
            "type": "Ready",
            "status": "True" if pod.ready else "False",
            "lastTransitionTime": moment(pod.ready_since),
        }
        status = {"phase": pod.phase, "conditions": [condition], "startTime": moment(pod.started or 0.0)}
        self.api.merge(f"/api/v1/namespaces/{self.namespace}/pods/{pod.name}/status", {"status": status})
        self.pods[pod.name] = pod

    def _end(self, name: str) -> None:
        path = f"/api/v1/namespaces/{self.namespace}/pods/{name}"
        answer = self.api.call("DELETE", path, {"gracePeriodSeconds": 0, "kind": "DeleteOptions", "apiVersion": "v1"})
        if answer.get("metadata", {}).get("finalizers"):
            self.pods[name] = replace(self.pods[name], deleted=True)
        else:
            del self.pods[name]

    def _reading(self, look: int, place: int) -> Reading:
        """Return what a metric says at a look, so that it asks for its factor times the present count."""
        factor = self.scenario.factors[look][place]
        metric = self.scenario.spec["metrics"][place]
        if factor is None:
            return None
        kind = metric["type"]
        if kind in ("External", "Object"):
            target = metric[kind.lower()]["target"]
            thousandths = int(TARGET * 1000 * factor * (self.replicas if target["type"] == "AverageValue" else 1))
            split = kind == "External" and self.scenario.chance("series", look).random() < 0.3
            return [thousandths // 3, thousandths - thousandths // 3] if split else [thousandths]
        unit = 1000 if kind == "Pods" else 1
        return self._by_pod(look, place, int(TARGET * unit * factor)) or None

    def _by_pod(self, look: int, place: int, usual: int) -> Mapping[str, PodMetric]:
        found = {}
        for pod in self.pods.values():
            chance = self.scenario.chance("usage", look, place, pod.name)
            spread = chance.uniform(0.97, 1.03)
            silent = self.scenario.family == "missing" and chance.random() < 0.25
            if pod.phase == "Running" and not silent:
                taken = float(int(self.looks[-1].seen.now) - 1)
                found[pod.name] = PodMetric(value=int(usual * spread), timestamp=taken, window=float(WINDOW_SECONDS))
        return found


def _told(metric: Mapping[str, Any], rest: str, reading: Reading, now: float) -> dict[str, Any]:
    """Return a reading as the API of its metric answers."""
    kind = metric["type"]
    if kind in ("Resource", "ContainerResource"):
        assert rest == "pods", rest
        samples = reading if isinstance(reading, Mapping) else {}
        items = [
            {
                "metadata": {"name": name},
                "timestamp": moment(sample.timestamp),
                "window": f"{sample.window:.0f}s",
                "containers": [{"name": "app", "usage": {"cpu": f"{sample.value}m", "memory": "1Mi"}}],
            }
            for name, sample in samples.items()
        ]
        return {"kind": "PodMetricsList", "apiVersion": "metrics.k8s.io/v1beta1", "metadata": {}, "items": items}
    if kind == "External":
        name = metric["external"]["metric"]["name"]
        assert rest == name, rest
        values = reading if isinstance(reading, list) else []
        items = [
            {"metricName": name, "metricLabels": {}, "timestamp": moment(now), "value": f"{value}m"} for value in values
        ]
        version = "external.metrics.k8s.io/v1beta1"
        return {"kind": "ExternalMetricValueList", "apiVersion": version, "metadata": {}, "items": items}
    return _custom(metric, rest, reading, now)


def _custom(metric: Mapping[str, Any], rest: str, reading: Reading, now: float) -> dict[str, Any]:
    if metric["type"] == "Pods":
        name = metric["pods"]["metric"]["name"]
        assert rest in (f"pods/*/{name}", f"pods/%2A/{name}"), rest
        samples = reading if isinstance(reading, Mapping) else {}
        values = [(("Pod", pod), sample.timestamp, sample.value) for pod, sample in samples.items()]
    else:
        name = metric["object"]["metric"]["name"]
        assert rest == f"services/web/{name}", rest
        values = [(("Service", "web"), now, value) for value in (reading if isinstance(reading, list) else [])]
    items = [
        {
            "describedObject": {"kind": kind, "name": of, "apiVersion": "v1"},
            "metric": {"name": name},
            "timestamp": moment(taken),
            "windowSeconds": WINDOW_SECONDS,
            "value": f"{value}m",
        }
        for (kind, of), taken, value in values
    ]
    version = "custom.metrics.k8s.io/v1beta2"
    return {"kind": "MetricValueList", "apiVersion": version, "metadata": {}, "items": items}
