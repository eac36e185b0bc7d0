from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.layers.merge import BUILT_IN, overlay, with_defaults
from schemas.problems import Origin
from schemas.shape.grammar import grammar
from schemas.text.document import Node, descend, grafted, plain
from tests.conftest import Files

SERVICE = grammar("application", "Service")


def tree(value: Any, layer: str = "application") -> Node:
    return grafted(value, Origin(file="a.yaml", line=1, column=1, path=(), layer=layer))


def merged(*layers: Any) -> Any:
    result = tree(layers[0])
    for layer in layers[1:]:
        result = overlay(result, tree(layer), SERVICE)
    return plain(result)


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        ({"labels": {"a": "1", "b": "2"}}, {"labels": {"b": "3"}}, {"labels": {"a": "1", "b": "3"}}),
        ({"command": ["a", "b"]}, {"command": ["c"]}, {"command": ["c"]}),
        ({"labels": {"a": "1"}}, {"labels": None}, {}),
        ({"labels": {"a": "1", "b": "2"}}, {"labels": {"a": None}}, {"labels": {"b": "2"}}),
        ({"replicas": 3}, {"replicas": 0}, {"replicas": 0}),
        ({"deploy": True}, {"deploy": False}, {"deploy": False}),
        ({"replicas": 3}, {"scaling": {"min": 1}}, {"scaling": {"min": 1}}),
        ({"scaling": {"min": 1, "max": 2}}, {"replicas": 1}, {"replicas": 1}),
        ({"image": {"repository": "a"}}, {"build": {"context": "."}}, {"build": {"context": "."}}),
        (
            {"env": {"A": {"secret": "s", "key": "k"}}},
            {"env": {"A": {"value": "x"}}},
            {"env": {"A": {"value": "x"}}},
        ),
        (
            {"env": {"A": {"secret": "s", "key": "k"}}},
            {"env": {"A": {"config": "c", "key": "l"}}},
            {"env": {"A": {"key": "l", "config": "c"}}},
        ),
        ({"env": {"A": {"secret": "s", "key": "k"}}}, {"env": {"A": {"config": "c"}}}, {"env": {"A": {"config": "c"}}}),
        (
            {"env": {"A": {"secret": "s", "key": "k"}}},
            {"env": {"A": {"secret": "t"}}},
            {"env": {"A": {"secret": "t", "key": "k"}}},
        ),
        (
            {"volumes": {"d": {"mountPath": "/d", "claim": {"storage": "1Gi"}}}},
            {"volumes": {"d": {"emptyDir": {}}}},
            {"volumes": {"d": {"mountPath": "/d", "emptyDir": {}}}},
        ),
    ],
)
def test_an_upper_layer_changes_what_it_names_and_nothing_else(lower: Any, upper: Any, expected: Any) -> None:
    assert merged(lower, upper) == expected


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: st.dictionaries(st.sampled_from(["labels", "env", "x", "replicas", "scaling"]), inner, max_size=4),
    max_leaves=8,
)
LAYERS = st.dictionaries(
    st.sampled_from(["labels", "env", "image", "build", "replicas", "scaling"]), VALUES, max_size=4
)


@given(LAYERS, LAYERS)
def test_laying_a_layer_twice_is_laying_it_once(lower: Any, upper: Any) -> None:
    assert merged(lower, upper, upper) == merged(lower, upper)


@given(LAYERS, LAYERS)
def test_nothing_is_left_to_remove_after_merging(lower: Any, upper: Any) -> None:
    def nulls(value: Any) -> bool:
        return value is None or (isinstance(value, dict) and any(nulls(child) for child in value.values()))

    assert not nulls(merged({}, lower, upper))


@given(LAYERS)
def test_an_empty_layer_changes_nothing(layer: Any) -> None:
    assert merged({}, layer, {}) == merged({}, layer)


def test_a_value_remembers_the_layer_that_brought_it() -> None:
    result = overlay(tree({"labels": {"a": "1", "b": "2"}}), tree({"labels": {"b": "3"}}, "environment prod"), SERVICE)
    found = {key: descend(result, ("labels", key)) for key in "ab"}
    assert {key: node.origin.layer for key, node in found.items() if node} == {
        "a": "application",
        "b": "environment prod",
    }


def test_defaults_come_only_into_what_is_there() -> None:
    filled = with_defaults(tree({"probes": {"readiness": {"httpGet": {"path": "/"}}}}), SERVICE)
    value = plain(filled)
    assert value["probes"] == {
        "readiness": {"httpGet": {"path": "/"}, "periodSeconds": 10, "timeoutSeconds": 2, "failureThreshold": 3}
    }
    assert "volumes" not in value
    assert "scaling" not in value
    node = descend(filled, ("probes", "readiness", "periodSeconds"))
    assert node is not None
    assert node.origin == BUILT_IN


def test_a_platforms_default_stands_below_the_spec_and_above_the_built_in_one() -> None:
    platform = tree({"probes": {"readiness": {"periodSeconds": 5}, "liveness": {"periodSeconds": 7}}}, "baseline")
    spec = tree({"probes": {"readiness": {"httpGet": {"path": "/"}, "timeoutSeconds": 9}}})
    probes = plain(with_defaults(spec, SERVICE, platform))["probes"]
    assert probes == {
        "readiness": {"httpGet": {"path": "/"}, "timeoutSeconds": 9, "periodSeconds": 5, "failureThreshold": 3}
    }


def test_a_label_of_the_application_that_is_null_is_none(files: Files) -> None:
    files.metadata["labels"] = {"team": None, "tier": "web"}
    assert files.resolve().application.labels == {"tier": "web"}
