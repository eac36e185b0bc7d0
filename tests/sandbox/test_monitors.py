"""What Prometheus is told to read, from a cluster's objects."""

from typing import Any

from sandbox.addons.monitors import Cluster, rules, targets


def pod(name: str, namespace: str, labels: dict[str, str], address: str, **annotations: str) -> dict[str, Any]:
    said = {f"prometheus.io/{key}": value for key, value in annotations.items()}
    sidecar = {"name": "istio-proxy", "ports": [{"name": "http-envoy-prom", "containerPort": 15090}]}
    container = {"name": "app", "ports": [{"name": "http", "containerPort": 8080}, {"name": "own", "containerPort": 9}]}
    return {
        "metadata": {"name": name, "namespace": namespace, "labels": labels, "annotations": said},
        "spec": {"containers": [container], "initContainers": [sidecar]},
        "status": {"phase": "Running", "podIP": address},
    }


def monitor(name: str, namespace: str, **spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": namespace}, "spec": spec}


def test_annotated_pods_are_read_where_nobody_writes_monitors() -> None:
    pods = [
        pod("said", "a", {"app": "web"}, "10.0.0.1", scrape="true", port="15020", path="/stats/prometheus"),
        pod("silent", "a", {}, "10.0.0.2", port="80"),
        pod("ended", "a", {}, "10.0.0.3", scrape="true", port="80") | {"status": {"phase": "Succeeded"}},
        pod("monitored", "b", {}, "10.0.0.4", scrape="true", port="80"),
    ]
    labels = {"namespace": "a", "pod": "said", "job": "web", "__metrics_path__": "/stats/prometheus"}
    found = targets(Cluster(pods=pods, pod_monitors=[monitor("none", "b", selector={"matchLabels": {"x": "y"}})]))
    assert found == [{"targets": ["10.0.0.1:15020"], "labels": labels}]


def test_a_pod_monitor_reads_a_named_port_of_the_pods_it_selects() -> None:
    pods = [
        pod("web", "a", {"app": "web"}, "10.0.0.1"),
        pod("other", "a", {"app": "other"}, "10.0.0.2"),
        pod("elsewhere", "b", {"app": "web"}, "10.0.0.3"),
    ]
    own = [{"port": "own", "path": "/m", "interval": "15s"}]
    proxies = [{"port": "http-envoy-prom", "path": "/stats/prometheus"}]
    monitors = [
        monitor("web", "a", jobLabel="app", selector={"matchLabels": {"app": "web"}}, podMetricsEndpoints=own),
        monitor("proxies", "b", selector={}, podMetricsEndpoints=proxies, namespaceSelector={"any": True}),
    ]
    found = targets(Cluster(pods=pods, pod_monitors=monitors))
    assert [(one["targets"], one["labels"]["job"]) for one in found] == [
        (["10.0.0.1:9"], "web"),
        (["10.0.0.1:15090"], "b/proxies"),
        (["10.0.0.2:15090"], "b/proxies"),
        (["10.0.0.3:15090"], "b/proxies"),
    ]
    assert found[0]["labels"] == {
        "namespace": "a",
        "pod": "web",
        "job": "web",
        "endpoint": "own",
        "__metrics_path__": "/m",
        "__scrape_interval__": "15s",
    }


def test_a_service_monitor_reads_the_pods_behind_the_services_it_selects() -> None:
    ports = [{"name": "http", "port": 80, "targetPort": "http"}, {"name": "metrics", "port": 9090, "targetPort": 9}]
    service = {
        "metadata": {"name": "web", "namespace": "a", "labels": {"part": "shop"}},
        "spec": {"selector": {"app": "web"}, "ports": ports},
    }
    pods = [pod("web", "a", {"app": "web"}, "10.0.0.1"), pod("elsewhere", "b", {"app": "web"}, "10.0.0.3")]
    wanted = monitor("shop", "a", selector={"matchLabels": {"part": "shop"}}, endpoints=[{"port": "metrics"}])
    labels = {"namespace": "a", "pod": "web", "job": "web", "service": "web", "endpoint": "metrics"}
    found = targets(Cluster(pods=pods, services=[service], service_monitors=[wanted]))
    assert found == [{"targets": ["10.0.0.1:9"], "labels": labels}]


def test_rules_are_files_that_no_two_objects_share() -> None:
    groups = [{"name": "g", "rules": [{"record": "r", "expr": "1"}]}]
    objects = [monitor("web", "a", groups=groups), monitor("web", "b", groups=groups)]
    assert rules(objects) == {"a.web.yaml": {"groups": groups}, "b.web.yaml": {"groups": groups}}
