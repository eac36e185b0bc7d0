"""DestinationRules: how Istio's proxies spread calls over a service's pods, and which pods they leave alone.

Source: https://istio.io/latest/docs/reference/config/networking/destination-rule/
"""

from typing import Any

from components.manifests.network.addresses import service_host
from components.manifests.objects import Manifest, manifest
from schemas.model import Application, CircuitBreaker, ConsistentHash, Ejection, LoadBalancing, Service, Traffic

_SIMPLE = {"leastRequest": "LEAST_REQUEST", "roundRobin": "ROUND_ROBIN", "random": "RANDOM"}

_TABLE_SIZE = 65537
"""Envoy's own size of a Maglev table, which Istio wants said.

When a pod leaves, hardly any but its own callers move. Istio's default, a ring of 1024 places, gives each
pod that stays more of them, and moves nearly twice as many callers.
"""


def destination_rules(app: Application, service: Service) -> list[Manifest]:
    """Return the DestinationRule of each of a service's hosts, or none when there is nothing to say.

    Each version has a host of its own. Subsets of one host would do as well, but who takes one away takes it from
    routes that still name it: the engine changes an object before it changes what waits for that.
    """
    policy = traffic_policy(service.traffic)
    return [_rule(app, one, policy) for one in (service, *service.others.values())] if policy else []


def _rule(app: Application, service: Service, policy: dict[str, Any]) -> Manifest:
    spec = {"host": service_host(app, service.name), "trafficPolicy": policy}
    return {**manifest("networking.istio.io/v1", "DestinationRule", service.name, app, service), "spec": spec}


def traffic_policy(traffic: Traffic) -> dict[str, Any]:
    """Return the policy of a host, or of a subset: without what the spec does not say."""
    breaker = traffic.circuit_breaker
    budget = traffic.retries.budget_percent if traffic.retries and traffic.retries.attempts else None
    parts = {
        "loadBalancer": _load_balancer(traffic),
        "connectionPool": _connection_pool(breaker) if breaker else None,
        "outlierDetection": _outlier_detection(breaker.ejection) if breaker and breaker.ejection else None,
        "retryBudget": {"percent": budget} if budget is not None else None,
    }
    return {key: part for key, part in parts.items() if part}


def _load_balancer(traffic: Traffic) -> dict[str, Any]:
    balancing = traffic.load_balancing or LoadBalancing()
    failover = traffic.locality.failover if traffic.locality else None
    chosen: dict[str, Any] = {}
    if balancing.consistent_hash is not None:
        chosen = {
            "consistentHash": {**_consistent_hash(balancing.consistent_hash), "maglev": {"tableSize": _TABLE_SIZE}}
        }
    elif balancing.algorithm is not None:
        chosen = {"simple": _SIMPLE[balancing.algorithm]}
    return {
        **chosen,
        **({"warmup": {"duration": balancing.warmup}} if balancing.warmup else {}),
        **({"localityLbSetting": {"enabled": True, "failoverPriority": failover}} if failover else {}),
    }


def _consistent_hash(alike: ConsistentHash) -> dict[str, Any]:
    if alike.cookie is not None:
        # Without a lifetime Istio sets no cookie; with none it would last until the browser is closed.
        return {"httpCookie": {"name": alike.cookie.name, "ttl": alike.cookie.ttl or "0s"}}
    if alike.header is not None:
        return {"httpHeaderName": alike.header}
    if alike.query_parameter is not None:
        return {"httpQueryParameterName": alike.query_parameter}
    return {"useSourceIp": True}


def _connection_pool(breaker: CircuitBreaker) -> dict[str, Any]:
    http = {"http1MaxPendingRequests": breaker.max_pending_requests, "http2MaxRequests": breaker.max_requests}
    said = {key: value for key, value in http.items() if value is not None}
    return {
        **({"tcp": {"maxConnections": breaker.max_connections}} if breaker.max_connections is not None else {}),
        **({"http": said} if said else {}),
    }


def _outlier_detection(ejection: Ejection) -> dict[str, Any]:
    return {
        "consecutive5xxErrors": ejection.consecutive_5xx_errors,
        "interval": ejection.interval,
        "baseEjectionTime": ejection.base_ejection_time,
        "maxEjectionPercent": ejection.max_ejection_percent,
        **(
            {"outlierDetectionHttpErrorCodes": [int(code) for code in ejection.error_codes]}
            if ejection.error_codes
            else {}
        ),
    }
