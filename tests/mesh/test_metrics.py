"""What sidecars count of requests is in Prometheus, under Istio's names, and rules follow it."""

import json
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from sandbox import lifecycle
from sandbox.addons.prometheus import ADDRESS
from sandbox.layout import layout
from tests.mesh.cluster import apply, fresh_name
from tests.mesh.pods import deployed, image, server, waiting
from tests.mesh.spec import rendered

pytestmark = pytest.mark.sandbox


def asked(query: str) -> float:
    """Return the one value of a query, or 0 when there is none yet."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://{ADDRESS}/api/v1/query?{urllib.parse.urlencode({'query': query})}", timeout=5) as answer:
        found = json.load(answer)["data"]["result"]
    return float(found[0]["value"][1]) if found else 0


def wait_for(query: str, value: float) -> None:
    """Wait until a query has a value."""
    deadline = time.monotonic() + 40
    while (found := asked(query)) != value:
        assert time.monotonic() < deadline, f"{query} is {found}"
        time.sleep(0.5)


def test_requests_are_counted_by_code_and_recorded_by_a_rule(tmp_path: Path) -> None:
    lifecycle.up(addons=["istio", "prometheus"])
    of, name = image(layout()), fresh_name("test_metrics")
    called = {"web": {"methods": ["GET"]}}
    services = {"web": server(of), "caller": waiting(of, connections=called)}
    with deployed(rendered(tmp_path / name, name, {"services": services})) as pods:
        rule = {"record": "test:requests", "expr": f"sum(istio_requests_total{{{chosen(pods.namespace)}}})"}
        head = {"name": "test", "namespace": pods.namespace}
        groups = [{"name": name, "rules": [rule]}]
        kind = {"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule"}
        apply({**kind, "metadata": head, "spec": {"groups": groups}})
        assert {status for status, _ in pods.call("caller", "web", count=30)} == {200}
        assert {status for status, _ in pods.call("caller", "web", method="POST", count=5)} == {403}
        by_code = "istio_requests_total{{{}, response_code='{}'}}"
        wait_for(f"sum({by_code.format(chosen(pods.namespace), 200)})", 30)
        wait_for(f"sum({by_code.format(chosen(pods.namespace), 403)})", 5)
        wait_for("test:requests", 35)
        wait_for(f"sum(istio_request_duration_milliseconds_count{{{chosen(pods.namespace)}}})", 35)


def chosen(namespace: str) -> str:
    return f'reporter="destination", destination_service_name="web", destination_service_namespace="{namespace}"'
