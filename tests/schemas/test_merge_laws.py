"""The laws of layers, over layers that a person could write."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.layers.expand import expand_layer, expand_service
from schemas.layers.merge import overlay, with_defaults
from schemas.layers.stack import Layers
from schemas.problems import written
from schemas.project import Project
from schemas.shape.grammar import Grammar, grammar
from schemas.text.document import Node, descend, leaves, plain
from schemas.text.load import parse
from schemas.text.yaml_text import yaml_text

SERVICE = grammar("application", "Service")
NAMES = st.sampled_from(["a", "b", "c"])
TEXTS = st.sampled_from(["", "x", "y", "0", "no"])
NUMBERS = st.integers(0, 3)


def some(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return mappings that have some of the parts."""
    return st.fixed_dictionaries({}, optional=parts)


def removable(values: st.SearchStrategy[Any], removing: bool) -> st.SearchStrategy[Any]:
    return values | st.none() if removing else values


def one_of(**branches: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return mappings that have one branch of a choice, or none."""
    return st.one_of(
        st.just({}), *(branch.map(lambda value, key=key: {key: value}) for key, branch in branches.items())
    )


def services(*, removing: bool = True, branch: int | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Return what one layer says of a service: with nulls or without, with any branches of its choices or always one."""

    def choice(**branches: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
        kept = branches if branch is None else dict([list(branches.items())[branch % len(branches)]])
        return one_of(**{key: removable(value, removing) for key, value in kept.items()})

    def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return removable(values, removing)

    def joined(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
        return st.tuples(*parts).map(lambda found: {key: value for part in found for key, value in part.items()})

    variable = st.sampled_from(
        ["text", 7, True, {"secret": "s", "key": "k"}, {"config": "c", "key": "l"}, {"field": "metadata.name"}]
    )
    volume = joined(
        some(mountPath=TEXTS, readOnly=st.booleans()), choice(claim=some(storage=TEXTS), emptyDir=some(sizeLimit=TEXTS))
    )
    probe = st.sampled_from(["/", "/live"]) | joined(
        some(periodSeconds=NUMBERS), choice(httpGet=some(path=TEXTS), exec=some(command=st.lists(TEXTS, max_size=2)))
    )
    return joined(
        some(
            deploy=maybe(st.booleans()),
            command=maybe(st.lists(TEXTS, max_size=2)),
            labels=maybe(st.dictionaries(NAMES, maybe(TEXTS), max_size=3)),
            env=maybe(st.dictionaries(NAMES, maybe(variable if branch is None else TEXTS), max_size=3)),
            volumes=maybe(st.dictionaries(NAMES, maybe(volume), max_size=2)),
            probes=maybe(
                some(readiness=maybe(probe if branch is None else st.just("/")), liveness=maybe(st.just("/live")))
            ),
            shutdown=maybe(some(drainSeconds=maybe(NUMBERS), graceSeconds=maybe(NUMBERS))),
        ),
        choice(image=st.sampled_from(["r/a", "r/a:1", {"repository": "r/b"}]), build=some(context=TEXTS)),
        choice(replicas=NUMBERS, scaling=some(min=NUMBERS, max=NUMBERS, targets=some(cpuPercent=NUMBERS))),
        choice(port=NUMBERS, ports=st.dictionaries(NAMES, some(port=NUMBERS, expose=st.booleans()), max_size=2)),
    )


def node(value: Any, file: str = "a.yaml") -> Node:
    return parse(yaml_text(value), file, "application")


def long(value: Any) -> Node:
    return expand_service(node(value))


def merged(*layers: Any) -> Any:
    result = long({})
    for layer in layers:
        result = overlay(result, long(layer), SERVICE)
    return plain(result)


@given(services())
def test_an_empty_layer_changes_nothing_wherever_it_lies(layer: Any) -> None:
    assert merged({}, layer) == merged(layer, {}) == merged(layer)


@given(services(), services())
def test_a_layer_twice_is_a_layer_once(lower: Any, upper: Any) -> None:
    assert merged(lower, upper, upper) == merged(lower, upper)


@given(st.integers(0, 1).flatmap(lambda n: st.tuples(*[services(removing=False, branch=n)] * 3)))
def test_layers_may_be_joined_first_when_none_removes_or_chooses_otherwise(layers: tuple[Any, Any, Any]) -> None:
    one, two, three = (long(layer) for layer in layers)
    left = overlay(overlay(one, two, SERVICE), three, SERVICE)
    right = overlay(one, overlay(two, three, SERVICE), SERVICE)
    assert plain(left) == plain(right)


@pytest.mark.parametrize(
    "layers",
    [
        ({"labels": {"a": "1"}}, {"labels": None}, {"labels": {"b": "2"}}),
        ({"scaling": {"min": 1}}, {"replicas": 1}, {"scaling": {"max": 2}}),
    ],
)
def test_what_removes_or_chooses_otherwise_is_why_layers_are_laid_from_below(layers: tuple[Any, Any, Any]) -> None:
    one, two, three = (long(layer) for layer in layers)
    assert plain(overlay(one, overlay(two, three, SERVICE), SERVICE)) != merged(*layers)


@given(services(), services())
def test_null_gives_what_there_would_be_without_the_layers_below(lower: Any, upper: Any) -> None:
    for key in upper:
        removed = merged(lower, upper, {key: None})
        kept = {
            name: value for name, value in merged(lower, upper).items() if name != ("ports" if key == "port" else key)
        }
        assert removed == kept
        assert plain(with_defaults(node(removed), SERVICE)) == plain(with_defaults(node(kept), SERVICE))


@given(services(), st.sampled_from(["deploy", "command", "replicas"]), st.sampled_from([0, False, "", []]))
def test_nothing_that_is_said_is_taken_for_unsaid(lower: Any, key: str, value: Any) -> None:
    assert merged(lower, {key: value})[key] == value


@given(st.lists(services(), max_size=4))
def test_one_branch_of_a_choice_remains_and_nothing_of_another(layers: list[Any]) -> None:
    for place, value in mappings(merged(*layers), SERVICE):
        for choice in place.choices:
            branches = [key for key in choice.of if key in value]
            assert len(branches) <= 1
            mine = {key for branch in branches for key in choice.companions.get(branch, ())}
            others = {key for keys in choice.companions.values() for key in keys} - mine
            assert not branches or not others & set(value)


@given(st.lists(services(), max_size=3))
def test_a_short_form_is_its_long_form_in_every_layer(layers: list[Any]) -> None:
    assert merged(*layers) == merged(*(plain(long(layer)) for layer in layers))


@given(services(removing=False))
def test_defaults_bring_no_object_that_may_be_absent(layer: Any) -> None:
    complete = plain(with_defaults(long(layer), SERVICE))
    said = plain(long(layer))
    for path, place in added(said, complete, SERVICE):
        assert place.has_default, path


def mappings(value: Any, place: Grammar | None) -> Iterator[tuple[Grammar, Mapping[str, Any]]]:
    if isinstance(value, Mapping) and place is not None:
        yield place, value
        for key, child in value.items():
            yield from mappings(child, place.child(key))


def added(
    said: Any, complete: Any, place: Grammar, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Grammar]]:
    """Yield what defaults brought into what was said."""
    for key, value in complete.items() if isinstance(complete, Mapping) else ():
        child = place.child(key)
        assert child is not None
        if key not in said:
            yield (*path, key), child
        elif isinstance(value, Mapping):
            yield from added(said[key], value, child, (*path, key))


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """Return an application and a platform whose every layer may say something of two services."""

    def two() -> Any:
        return {"services": {name: draw(services()) for name in draw(st.sets(st.sampled_from(["web", "cart"])))}}

    application = {
        "metadata": {"name": "shop", "platform": {"name": "acme", "baseline": "new"}},
        "spec": {**two(), "environments": {"prod": {**two(), "locations": {"eu": two()}}}},
    }
    environment = {"services": draw(services()), "locations": {"eu": {"services": draw(services())}}}
    platform = {
        "spec": {
            "baselines": {
                "old": {"services": draw(services())},
                "new": {"extends": "old", "services": draw(services())},
            },
            "environments": {"prod": environment},
        }
    }
    return Project(
        application=node(application, "application.yaml"),
        platform=parse(yaml_text(platform), "platform.yaml", "platform"),
        releases={},
        folder=Path(),
        today=date(2026, 1, 1),
    )


LAYERS = {
    ("application.yaml", "spec", "services"): "application",
    ("application.yaml", "spec", "environments", "prod", "services"): "environment prod",
    ("application.yaml", "spec", "environments", "prod", "locations", "eu", "services"): "location eu",
    ("platform.yaml", "spec", "baselines", "old", "services"): "baseline old",
    ("platform.yaml", "spec", "baselines", "new", "services"): "baseline new",
    ("platform.yaml", "spec", "environments", "prod", "services"): "platform environment prod",
    ("platform.yaml", "spec", "environments", "prod", "locations", "eu", "services"): "platform location eu",
}


@given(projects())
def test_every_leaf_stands_where_its_origin_says(project: Project) -> None:
    files = {"application.yaml": project.application, "platform.yaml": project.platform}
    for path, leaf in leaves(Layers(project).merged("prod", "eu")):
        origin = leaf.origin
        raw = descend(files[origin.file], origin.path)
        assert raw is not None
        assert (raw.origin.line, raw.origin.column) == (origin.line, origin.column)
        assert stands(path, leaf.value, plain(raw)), (written(path), leaf, raw)
        layers = [name for place, name in LAYERS.items() if (origin.file, *origin.path)[: len(place)] == place]
        assert leaf.value == {} or layers == [origin.layer]


def stands(path: tuple[str | int, ...], value: Any, raw: Any) -> bool:
    """Return whether a leaf is the raw value, or a part of what the raw value is short for."""
    if isinstance(value, Mapping):
        return isinstance(raw, Mapping)
    if value == raw and isinstance(value, bool) == isinstance(raw, bool):
        return True
    if isinstance(value, tuple):
        return list(value) == raw
    if "ports" in path:
        return isinstance(raw, int) and (path[-1], value) in (("port", 80), ("appProtocol", "http"))
    if "image" in path:
        return isinstance(raw, str) and str(value) in raw
    return "env" in path and path[-1] == "value" and value == str(raw).lower()


@given(st.dictionaries(NAMES, services(), max_size=2))
def test_a_layer_in_its_long_form_is_as_long_as_it_gets(given: Any) -> None:
    layer = expand_layer(node({"services": given, "x-note": {"port": 1}}))
    assert plain(expand_layer(layer)) == plain(layer)
    assert set(layer.entries) == {"services"}
