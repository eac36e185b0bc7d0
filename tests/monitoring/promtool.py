"""Debian's promtool: whether Prometheus takes rules, and what they say of series that are made up."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.addons.prometheus import PROMETHEUS
from sandbox.layout import layout

FIRING = 'count by (objective, severity) (ALERTS{alertstate="firing"})'


@dataclass(frozen=True, slots=True)
class Said:
    """What an expression gives at a time: a value by labels."""

    minute: int
    expression: str
    values: Mapping[str, float]


def takes(folder: Path, rules: Mapping[str, Any]) -> str:
    """Return what `promtool check rules` says of the spec of a PrometheusRule; it must be content."""
    return _run("check", "rules", "--lint=all", "--lint-fatal", str(_written(folder, rules)))


def finds(folder: Path, rules: Mapping[str, Any], series: Mapping[str, str], said: Sequence[Said]) -> None:
    """Hold rules to what they must say of series, given a sample a minute in promtool's notation."""
    _written(folder, rules)
    asked = [
        {
            "expr": one.expression,
            "eval_time": f"{one.minute}m",
            "exp_samples": [{"labels": labels, "value": value} for labels, value in one.values.items()],
        }
        for one in said
    ]
    given = [{"series": name, "values": values} for name, values in series.items()]
    test = {"interval": "1m", "input_series": given, "promql_expr_test": asked}
    file = folder / "tests.json"
    file.write_text(json.dumps({"rule_files": ["rules.json"], "evaluation_interval": "1m", "tests": [test]}))
    _run("test", "rules", str(file))


def _written(folder: Path, rules: Mapping[str, Any]) -> Path:
    file = folder / "rules.json"
    file.write_text(json.dumps(rules))
    return file


def _run(*arguments: str) -> str:
    program = PROMETHEUS.programs(layout())["promtool"]
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout
