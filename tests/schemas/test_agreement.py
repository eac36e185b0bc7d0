"""The schemas and the model agree, and every default has its reason."""

from typing import Any, Literal, get_args, get_origin

import msgspec
import pytest

from schemas import model
from schemas.shape.grammar import KINDS, Grammar, grammar, schema
from tests.conftest import places

PAIRS: list[tuple[str, Any]] = [
    ("Service", model.Service),
    ("Build", model.Build),
    ("Port", model.Port),
    ("EnvSource", model.EnvSource),
    ("FormatPart", model.FormatPart),
    ("File", model.File),
    ("Resources", model.Resources),
    ("Probes", model.Probes),
    ("Probe", model.Probe),
    ("Scaling", model.Scaling),
    ("Traffic", model.Traffic),
    ("Version", model.Version),
    ("ScalingRules", model.ScalingRules),
    ("Connection", model.Connection),
    ("Traffic", model.Traffic),
    ("LoadBalancing", model.LoadBalancing),
    ("ConsistentHash", model.ConsistentHash),
    ("Retries", model.Retries),
    ("CircuitBreaker", model.CircuitBreaker),
    ("Locality", model.Locality),
    ("Fault", model.Fault),
    ("Volume", model.Volume),
    ("InitContainer", model.InitContainer),
    ("Sidecar", model.Sidecar),
    ("Rollout", model.Rollout),
    ("Shutdown", model.Shutdown),
    ("Disruption", model.Disruption),
    ("Placement", model.Placement),
    ("Security", model.Security),
    ("Job", model.Job),
    ("Ingress", model.Ingress),
    ("Patch", model.Patch),
    ("JsonPatchStep", model.JsonPatchStep),
]
_EXPANDED = {"port"}
"""Keys that are gone once short forms are long."""
_ADDED = {"name", "versionOf"}
"""Fields that the model adds to what the spec says."""


@pytest.mark.parametrize(("definition", "cls"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_the_model_has_the_schemas_properties(definition: str, cls: Any) -> None:
    fields = {field.encode_name for field in msgspec.structs.fields(cls)}
    expected = set(grammar("application", definition).properties)
    if definition == "Service":
        expected -= _EXPANDED
    assert fields - _ADDED == expected - _ADDED


@pytest.mark.parametrize(("definition", "cls"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_what_has_a_default_in_the_schema_is_never_absent_in_the_model(definition: str, cls: Any) -> None:
    properties = grammar("application", definition).properties
    for field in msgspec.structs.fields(cls):
        if field.encode_name in properties:
            required = field.required
            assert required or not properties[field.encode_name].has_default, field.name


@pytest.mark.parametrize(("definition", "cls"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_the_model_admits_exactly_the_schemas_words(definition: str, cls: Any) -> None:
    for field in msgspec.structs.fields(cls):
        kinds = [field.type, *get_args(field.type)]
        literals = [set(get_args(kind)) for kind in kinds if get_origin(kind) is Literal]
        place = grammar("application", definition).properties.get(field.encode_name)
        if literals and place is not None:
            assert literals == [set(place.word("enum"))], field.name


OF_CHECKS = {"locations", "services", "limits", "storageClasses", "whenMissing", "servesPeople"}
"""Parts of an environment that are layers, or that only checks read."""


def test_a_location_may_differ_in_everything_that_an_environment_says() -> None:
    parts = set(grammar("platform", "Location").properties)
    assert parts == set(grammar("platform", "Environment").properties) - {"locations"}


def test_the_environment_of_a_platform_has_the_schemas_properties() -> None:
    fields = {field.encode_name for field in msgspec.structs.fields(model.Environment)}
    assert fields - {"name"} == set(grammar("platform", "Environment").properties) - OF_CHECKS


@pytest.mark.parametrize("kind", KINDS)
def test_every_object_is_closed(kind: Any) -> None:
    for place in places(schema(kind)):
        if place.get("type") == "object":
            assert "additionalProperties" in place, place


@pytest.mark.parametrize("kind", KINDS)
def test_every_default_that_is_a_choice_has_its_reason(kind: Any) -> None:
    for place in places(schema(kind)):
        if "default" in place and place["default"] != {}:
            assert place.get("x-reason"), place


@pytest.mark.parametrize("kind", KINDS)
def test_every_pattern_is_also_said_in_words(kind: Any) -> None:
    for place in places(schema(kind)):
        if "pattern" in place and isinstance(place["pattern"], str):
            alternatives = [p for p in places(schema(kind)) if place in p.get("anyOf", ())]
            assert place.get("x-words") or all(p.get("x-words") for p in alternatives), place


def test_a_grammar_is_made_once_for_each_place() -> None:
    first: Grammar = grammar("application", "Service")
    assert grammar("application", "Service") is first
    assert first.child("replicas") is first.child("replicas")
