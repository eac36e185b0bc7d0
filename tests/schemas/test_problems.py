from random import Random

import pytest

from schemas.problems import Origin, Problem, can_be_key, nearest, nearest_or_all


@pytest.mark.parametrize(
    "key", ["prot", "x-note", "app.kubernetes.io/name", "/etc/shop/é.toml", "/v1/things:batch", "*", "<name>", "$ref"]
)
def test_a_key_that_somebody_meant_is_told(key: str) -> None:
    assert can_be_key(key)
    assert str(_at("spec", key)).startswith("a.yaml:1:2: spec")
    assert key in str(_at("spec", key))


@pytest.mark.parametrize(
    "key",
    [
        "TOKEN hunter2",
        "TOKEN:hunter2",
        "TOKEN=hunter2",
        "--token",
        "}, a: {content: hunter2",
        "/a: hunter2",
        "[hunter2]",
        '"hunter2"',
        "a\nb",
        "x" * 200,
        "",
    ],
)
def test_a_piece_of_the_file_that_only_looks_like_a_key_is_not_told(key: str) -> None:
    assert not can_be_key(key)
    assert str(_at("spec", key, 0, "port")) == 'a.yaml:1:2: spec["…"][0].port: is wrong. [SW0000]'


def _at(*path: str | int) -> Problem:
    origin = Origin(file="a.yaml", line=1, column=2, path=path, layer="application")
    return Problem(origin=origin, code="SW0000", message="is wrong.")


def test_of_very_many_names_the_nearest_is_the_same_in_any_order() -> None:
    names = [f"Europe/{letter}{number}" for letter in "abcdefgh" for number in range(100)] + ["Europe/Berlin"]
    for seed in range(5):
        Random(seed).shuffle(names)  # noqa: S311 - an order, not a secret
        assert nearest("Europe/Berln", names) == " Did you mean `Europe/Berlin`?"


def test_a_name_that_is_not_there_is_answered_with_what_is() -> None:
    assert nearest_or_all("wbe", ["web", "api"]) == " Did you mean `web`?"
    assert nearest_or_all("x", ["web", "api"], "There is") == " There is `web` and `api`."
    assert nearest_or_all("x", []) == ""
