"""Triggers of KEDA: what makes it ask for pods."""

from typing import Any

from schemas.model import Environment

Trigger = dict[str, Any]


def prometheus_trigger(environment: Environment, name: str, query: str, threshold: float) -> Trigger:
    """Return a trigger by a query.

    What Prometheus does not know is an error and not nothing, else a lost Prometheus would take the pods away.
    Source: https://keda.sh/docs/2.20/scalers/prometheus/
    """
    monitoring = environment.monitoring
    if monitoring is None or monitoring.address is None:
        raise ValueError("the platform's needs ask for it")
    return {
        "type": "prometheus",
        "name": name,
        "metricType": "AverageValue",
        "metadata": {
            "serverAddress": monitoring.address,
            "query": query,
            "threshold": f"{threshold:g}",
            "activationThreshold": "0",
            "ignoreNullValues": "false",
        },
    }


def cron_trigger(name: str, time_zone: str, start: str, end: str, replicas: int) -> Trigger:
    """Return a trigger by the clock: of those that hold at once, the autoscaler takes the highest.

    Source: https://keda.sh/docs/2.20/scalers/cron/
    """
    metadata = {"timezone": time_zone, "start": start, "end": end, "desiredReplicas": str(replicas)}
    return {"type": "cron", "name": name, "metadata": metadata}
