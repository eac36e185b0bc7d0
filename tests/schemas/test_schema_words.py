"""The schema is the one source of validation, completion, reference and defaults, so its words are checked too."""

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import pytest
import yaml

from cli.verbs.schema.bundle import bundle
from schemas.shape.grammar import KINDS, Kind, grammar_at, schema
from schemas.shape.validator import fits
from tests.conftest import ROOT, places


def properties(place: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every named property in a schema with its path."""
    if isinstance(place, list):
        for number, child in enumerate(place):
            yield from properties(child, f"{path}[{number}]")
    if not isinstance(place, Mapping):
        return
    for key, child in place.items():
        if key == "properties":
            for name, one in child.items():
                yield f"{path}.{name}", one
                yield from properties(one, f"{path}.{name}")
        elif key not in ("default", "examples", "x-choices"):
            yield from properties(child, f"{path}/{key}")


EVERY = [pytest.param(kind, place, id=f"{kind}{path}") for kind in KINDS for path, place in properties(schema(kind))]


@pytest.mark.parametrize(("kind", "place"), EVERY)
def test_every_property_is_described_and_its_default_has_a_reason(kind: Kind, place: Mapping[str, Any]) -> None:
    found = grammar_at(kind, place)
    description = found.word("description")
    assert description
    assert description[0].isupper() or description[0] in "`g0123456789"
    assert description.endswith(".")
    if found.has_default and found.default not in ({}, []):
        assert found.word("x-reason").endswith(".")


def test_examples_are_what_they_are_examples_of() -> None:
    seen = 0
    for kind in KINDS:
        whole = bundle(kind)
        for path, place in properties(whole):
            for example in place.get("examples", ()):
                jsonschema.Draft202012Validator({**place, "$defs": whole["$defs"]}).validate(example)
                assert path
                seen += 1
    assert seen > 40


@pytest.mark.parametrize("kind", KINDS)
def test_an_editor_gets_one_file_of_standard_keywords(kind: Kind) -> None:
    whole = bundle(kind)
    jsonschema.Draft202012Validator.check_schema(whole)
    assert not [key for place in places(whole) for key in place if key.startswith("x-")]
    text = str(whole)
    assert text.count("'$ref'") == text.count("'$ref': '#/$defs/")


@pytest.mark.parametrize("kind", KINDS)
def test_an_editor_can_describe_and_complete_everything(kind: Kind) -> None:
    whole = bundle(kind)
    for path, place in properties(whole):
        if not path.startswith(("/allOf", "/$defs")) or "/allOf" in path or "/then" in path:
            continue  # What only says that something is there describes nothing.
        target = whole["$defs"].get(place.get("$ref", "").removeprefix("#/$defs/"), {})
        assert place.get("description") or target.get("description"), path
        if place.get("default") not in (None, {}, []):
            assert place["markdownDescription"].count("Default: `") == 1


@pytest.mark.parametrize(
    ("kind", "file"),
    [("application", "examples/shop/application.yaml"), ("platform", "stacks/platform.yaml")],
)
def test_an_editor_finds_nothing_wrong_in_what_is_right(kind: Kind, file: str) -> None:
    value = yaml.safe_load((ROOT / file).read_text())
    assert fits(kind, None, value)
    jsonschema.Draft202012Validator(bundle(kind)).validate(value)


@pytest.mark.parametrize(
    ("part", "right"),
    [
        ({"services": {"web": {"port": 8080, "prot": 1}}}, False),
        ({"services": {"web": {"replicas": 1, "scaling": {}}}}, False),
        ({"services": {"web": {"port": 0}}}, False),
        ({"services": {"web": {}}, "environments": {"dev": {"ingress": None}}}, True),
        ({"services": {"web": {}}, "environments": {"dev": {"services": {"web": {"scaling": {"min": 3}}}}}}, True),
    ],
)
def test_an_editor_says_what_the_validator_says(part: dict[str, Any], right: bool) -> None:
    metadata = {"name": "shop", "owner": "team"}
    value = {"apiVersion": "stackwright.dev/v1", "kind": "Application", "metadata": metadata, "spec": part}
    assert jsonschema.Draft202012Validator(bundle("application")).is_valid(value) is right
    assert fits("application", None, value) is right


def test_a_text_of_the_wrong_form_is_told_in_words() -> None:
    quantity = bundle("application")["$defs"]["Quantity.layer"]
    assert quantity["patternErrorMessage"].startswith("This must be a Kubernetes quantity as text")
