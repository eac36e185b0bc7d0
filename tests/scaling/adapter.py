"""What stands in for prometheus-adapter: it answers by the rules that `docs/scaling.md` gives to the real one.

The adapter is no part of the sandbox. What it does with a rule is little: it finds the series that there are, names them,
fills the matchers of a request into a query, and hands on what Prometheus answers.
Source: https://github.com/kubernetes-sigs/prometheus-adapter/blob/master/docs/config.md
"""

import json
import math
import re
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

import yaml

from tests.conftest import ROOT
from tests.hpa.metrics import moment

Rule = dict[str, Any]
_NO_NUMBER = -(2**63)
"""What Go makes of a number that is none, or has no end."""


def documented_rules() -> list[Rule]:
    """Return the rules that a platform is told to give its adapter."""
    (text,) = re.findall(r"```yaml\n(externalRules:.*?)```", (ROOT / "docs" / "scaling.md").read_text(), re.DOTALL)
    rules: list[Rule] = yaml.safe_load(text)["externalRules"]
    return rules


def query(rule: Rule, series: str, namespace: str, selector: str) -> str:
    """Return what an adapter asks Prometheus for a request of a namespace."""
    labels = [one.partition("=")[::2] for one in selector.split(",")]
    if rule["resources"].get("namespaced", True):
        labels += [(label, namespace) for label in rule["resources"]["overrides"]]
    matchers = ",".join(f'{label}="{value}"' for label, value in labels)
    text: str = rule["metricsQuery"]
    return text.replace("<<.Series>>", series).replace("<<.LabelMatchers>>", matchers)


@dataclass(slots=True)
class StandIn:
    """An adapter between Kubernetes' autoscaler and a Prometheus."""

    prometheus: str
    """Where it answers."""
    rules: list[Rule]
    asked: int = 0
    """How often it was asked for a metric."""

    def answer(self, namespace: str, name: str, selector: str) -> dict[str, Any]:
        """Answer a request for an external metric."""
        self.asked += 1
        found = [(rule, one) for rule in self.rules for one in self._series(rule) if _name(rule, one) == name]
        if not found:
            return {"kind": "Status", "status": "Failure", "code": 404, "reason": "NotFound"}
        rule, series = found[0]
        result = self._get("query", {"query": query(rule, series, namespace, selector)})["result"]
        return {
            "kind": "ExternalMetricValueList",
            "apiVersion": "external.metrics.k8s.io/v1beta1",
            "metadata": {},
            "items": [
                {
                    "metricName": name,
                    "metricLabels": sample["metric"],
                    "timestamp": moment(time.time()),
                    "value": f"{_thousandths(float(sample['value'][1]))}m",
                }
                for sample in result
            ],
        }

    def _series(self, rule: Rule) -> set[str]:
        return {one["__name__"] for one in self._get("series", {"match[]": rule["seriesQuery"]})}

    def _get(self, what: str, asked: dict[str, str]) -> Any:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.prometheus}/api/v1/{what}?{urllib.parse.urlencode(asked)}", timeout=10) as answer:
            return json.load(answer)["data"]


def _name(rule: Rule, series: str) -> str:
    name: str = rule.get("name", {}).get("as", series)
    return name


def _thousandths(number: float) -> int:
    return int(number * 1000) if math.isfinite(number) else _NO_NUMBER
