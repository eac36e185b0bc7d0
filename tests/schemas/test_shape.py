"""What is said about a document that has not the shape of its schema."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from schemas.plan.text import written
from schemas.plan.week import WEEK
from schemas.problems import in_order
from schemas.shape import validator
from schemas.shape.conformance import layer_problems
from schemas.shape.grammar import KINDS, Grammar, grammar, schema
from schemas.text.document import Node, plain
from schemas.text.load import parse, read_text
from tests.conftest import ROOT
from tests.schemas.plan.plans import plan

HEAD = "apiVersion: stackwright.dev/v1\nkind: Application\nmetadata: {name: shop, owner: team}\nspec:\n  services:\n    web:\n"


def told(service: str) -> list[str]:
    """Return what is wrong with a service, without the position and the service's path."""
    text = HEAD + "".join(f"      {line}\n" for line in service.splitlines())
    reading = read_text(text, "a.yaml", "application")
    assert reading.root is not None
    problems = [*reading.problems, *layer_problems(reading.root, "application", reading.unsure)]
    return [str(problem).split(": ", 1)[1].replace("spec.services.web.", "") for problem in problems]


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("environment: {A: b}", "environment: `environment` is not a key here. Write `env`. [SW2001]"),
        ("livenessProbe: {}", "livenessProbe: `livenessProbe` is not a key here. Write `probes.liveness`. [SW2001]"),
        ("liveness_probe: {}", "liveness_probe: `liveness_probe` is not a key here. Write `probes.liveness`. [SW2001]"),
        ("depends-on: [a]", '["depends-on"]'.replace('["depends-on"]', "depends-on") + ": `depends-on` is not a key here. Write `connections`. [SW2001]"),
        ("minReplicas: 2", "minReplicas: `minReplicas` is not a key here. Write `scaling.min`. [SW2001]"),
        ("cronExpression: x", "cronExpression: `cronExpression` is not a key here. [SW2001]"),
        ("prot: 8080", "prot: `prot` is not a key here. Did you mean `port`? [SW2001]"),
        ("spread: {hosts: require}", "spread: `spread` is not a key here. It belongs under `placement`. [SW2001]"),
        ("probes: {replicas: 2}", "probes.replicas: `replicas` is not a key here. It belongs beside `probes`. [SW2001]"),
        ("probes: {readiness: {path: /x}}", "probes.readiness.path: `path` is not a key here. Write `httpGet.path`. [SW2001]"),
        ("volumes: {a: {path: /x, claim: {storage: 1Gi}}}", "volumes.a.path: `path` is not a key here. Write `mountPath`. [SW2001]"),
        ("resources: {cpu: 50m}", "resources.cpu: `cpu` is not a key here. Write `requests.cpu`. [SW2001]"),
        ("env: {TOKEN:hunter2}", "env.TOKEN: a space is missing behind `TOKEN:`. Write `TOKEN: …`. [SW1011]"),
        ("name: web", "name: `name` is not a key here. The service's own key is its name. [SW2001]"),
        ("replicas: {min: 1, max: 2}", "replicas: a mapping must be a whole number. Write `scaling: {min: …, max: …, targets: {cpuPercent: …}}`. [SW2002]"),
        ('replicas: "3"', "replicas: `3` must be a whole number. Write it without quotes. [SW2002]"),
        ('deploy: "true"', "deploy: `true` must be true or false. Write it without quotes. [SW2002]"),
        ("ports: [9000]", "ports: a list must be a mapping. For one port write `port: 9000`. [SW2002]"),
        ("ports: [9000, 9001]", "ports: a list must be a mapping. Write `http: {port: 9000}` instead of the entry for 9000. [SW2002]"),
        ("ports: {db: 5432}", "ports.db: `5432` must be a mapping. Write the number behind `port`: `{port: 5432}`. [SW2002]"),
        ("stateful: true", "stateful: `stateful` is not a key here. Write `type: stateful`. [SW2001]"),
        ('ports: ["80:8080"]', 'ports: a list must be a mapping. Write `http: {port: 80, targetPort: 8080}` instead of `- "80:8080"`. [SW2002]'),
        ("env: [{name: A, value: b}]", "env: a list must be a mapping. Write `NAME: value` instead of `- name: NAME` or `- NAME=value`. [SW2002]"),
        ("resources: {requests: {cpu: 0.50}}", 'resources.requests.cpu: `0.50` must be a Kubernetes quantity as text, for example "250m" or "128Mi". Quote it: "0.50". [SW2002]'),
        ("labels: {version: 1.10}", 'labels.version: `1.10` must be text. Quote it: "1.10". [SW2002]'),
        ("env: {TOKEN: 1.10}", "env.TOKEN: this number must be text, a whole number, true or false, or one of `{secret, key}`, `{config, key}`, `{field}`, `{format, from}`. Put it in quotes. [SW2002]"),
        ("env: {TOKEN: [hunter2]}", "env.TOKEN: a list must be text, a whole number, true or false, or one of `{secret, key}`, `{config, key}`, `{field}`, `{format, from}`. [SW2002]"),
        ("command: npm start", "command: this text must be a list. Write a list, a word an entry: nothing splits it. [SW2002]"),
        ("probes: text", "probes: this text must be a mapping. [SW2002]"),
        ("port:8080", "spec.services.web: this text must be a mapping. Write a space behind the colon. [SW2002]"),
        ("rollout: {progressDeadline: 30}", 'rollout.progressDeadline: `30` must be a duration such as "30s", "5m" or "1h". Write its unit behind it: "30s". [SW2002]'),
        ("type: StatefulSet", "type: `StatefulSet` must be `service`, `worker` or `stateful`. Write `stateful`. [SW2003]"),
        ("type: CronJob", "type: `CronJob` must be `service`, `worker` or `stateful`. Jobs stand under `spec.jobs`. [SW2003]"),
        ("type: statefull", "type: `statefull` must be `service`, `worker` or `stateful`. Did you mean `stateful`? [SW2003]"),
        ('image: "nginx:1\\n"', "image: `nginx:1\n` must be an image reference, or a mapping with `repository`. [SW2002]"),
    ],
)  # fmt: skip
def test_one_mistake_is_told_once_and_with_what_was_meant(service: str, expected: str) -> None:
    assert told(service) == [expected]


def test_what_is_misspelt_is_not_missing_too() -> None:
    text = "apiVersion: stackwright.dev/v1\nkind: Application\nmetadata: {nmae: shop, owner: team}\nservices: {}\n"
    problems = layer_problems(parse(text, "a.yaml", "application"), "application")
    assert [str(problem) for problem in in_order(problems)] == [
        "a.yaml:3:12: metadata.nmae: `nmae` is not a key here. Did you mean `name`? [SW2001]",
        "a.yaml:4:1: services: `services` is not a key here. It belongs under `spec`. [SW2001]",
    ]


def test_nothing_is_missing_where_something_could_not_be_read() -> None:
    text = "apiVersion: stackwright.dev/v1\nkind: Application\nmetadata: {name: no, owner: team}\nspec: {services: {web: {port: '1"
    reading = read_text(text, "a.yaml", "application")
    assert reading.root is not None
    assert layer_problems(reading.root, "application", reading.unsure) == []
    assert [problem.code for problem in layer_problems(reading.root, "application")] == ["SW2004", "SW2004"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_suggestion_leads_to_a_key(kind: Any) -> None:
    """A word of another tool is no key itself, and the path that is suggested exists."""
    for definition, content in schema(kind).get("$defs", {}).items():
        place = grammar(kind, definition)
        for word, said in content.get("x-suggest", {}).items():
            assert word not in place.properties, (definition, word)
            if "enum" in content:
                assert " " in said or said in content["enum"], (definition, word, said)
                continue
            at: Grammar | None = place
            for part in said.split(".") if " " not in said else ():
                at = at and at.child(part)
            assert at is not None, (definition, word, said)


GOOD = {
    "application": plain(parse((ROOT / "examples/shop/application.yaml").read_text(), "a", "application")),
    "platform": plain(parse((ROOT / "tests/cases/platform.yaml").read_text(), "p", "platform")),
    "release": {
        "apiVersion": "stackwright.dev/v1",
        "kind": "Release",
        "metadata": {"application": "shop", "environment": "prod"},
        "spec": {"images": {"web": f"a.test/web@sha256:{'0' * 64}"}},
    },
    "plan": plain(parse(written(plan([2] * WEEK)), "w.yaml", "plan")),
}
VALUES = [
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x",
    "X",
    "a\n",
    "1",
    [],
    ["a"],
    {},
    {"a": 1},
    "a" * 50,
    70000,
    {"min": 1},
    {"x-a": 1},
]


def spots(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from spots(child, (*path, key))


@given(st.data())
def test_the_fast_validator_and_the_one_that_explains_agree(data: st.DataObject) -> None:
    """What the fast one admits has no error; `null` aside, what it refuses has one."""
    kind: Any = data.draw(st.sampled_from(KINDS))
    document = copy.deepcopy(GOOD[kind])
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(spots(document))[1:] or [("kind",)]))
        holder = document
        for part in path[:-1]:
            holder = holder[part]
        change = data.draw(st.sampled_from(["set", "drop", "add"]))
        if change == "set" or not isinstance(holder, dict):
            holder[path[-1]] = copy.deepcopy(data.draw(st.sampled_from(VALUES)))
        elif change == "drop":
            del holder[path[-1]]
        else:
            holder[data.draw(st.sampled_from(["services", "port", "x-a", "secret", "image", "zz"]))] = "x"
    errors = [str(error.message) for error in validator.errors(kind, None, document)]
    later = validator.LAYERED[kind] and "missing" in "".join(errors)
    if validator.fits(kind, None, document):
        assert layer_problems(tree(document), kind) == []
    elif "null" not in json.dumps(document) and not later:
        assert errors


def tree(value: Any) -> Node:
    return parse(json.dumps(value), "a.yaml", "application")


def test_the_examples_are_seen_to_fit_at_once() -> None:
    for kind in KINDS:
        assert validator.fits(kind, None, GOOD[kind])
    assert yaml.safe_load((ROOT / "examples/shop/application.yaml").read_text())["kind"] == "Application"
