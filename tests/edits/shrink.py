"""Making a pair of specs that breaks the law as small as it can be."""

import copy
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from schemas.problems import SpecError
from tests.cluster.proxy import Proxy
from tests.edits.fleet import Fleet
from tests.edits.volumes import provide_volumes

Pair = tuple[dict[str, Any], dict[str, Any]]
MOST_TRIALS = 40
KEPT = Path(__file__).parent / "kept"
"""Pairs of specs, each with the operations that lead from the one to the other."""


def keep(name: str, pair: Pair) -> str:
    """Write a pair where every run of the tests tries it, and return what stands there.

    It lists no operations, which are not known while the edit breaks the law: mend what is wrong, then write them with
    `pytest --write-expected`.
    """
    text = yaml.safe_dump({"before": pair[0], "after": pair[1], "operations": []}, sort_keys=False)
    (KEPT / f"{name}.yaml").write_text(text)
    return text


def shrunk(pair: Pair, breaks: Callable[[Pair], bool]) -> Pair:
    """Return the smallest pair found that still breaks the law, with a bounded number of trials."""
    trials = itertools.count()
    smaller = True
    while smaller:
        smaller = False
        for candidate in _smaller(pair):
            if next(trials) >= MOST_TRIALS:
                break
            if breaks(candidate):
                pair, smaller = candidate, True
                break
    return pair


def _smaller(pair: Pair) -> Iterator[Pair]:
    """Yield the pair with one thing less, in both of its specs where both have it."""
    before, after = pair
    for path in sorted({*_paths(before), *_paths(after)}, key=len):
        candidate = (_without(before, path), _without(after, path))
        if candidate != pair:
            yield candidate


def _paths(spec: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for key, value in spec.items():
        if key == "services":
            for name, service in value.items():
                yield (key, name)
                yield from ((key, name, field) for field in service if field not in ("image", "placement", "type"))
        else:
            yield (key,)


def _without(spec: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    made = copy.deepcopy(spec)
    place: Any = made
    for key in path[:-1]:
        place = place.get(key, {})
    place.pop(path[-1], None)
    return made


def breaks_the_law(folder: Path, proxy: Proxy, pair: Pair) -> bool:
    """Return whether an edit from one spec to the other breaks the law; a pair that is no valid spec does not."""
    number = next(_NUMBERS)
    fleet = Fleet(folder / f"shrink{number}", f"shrink{number}", proxy.kubeconfig)
    provide_volumes(10, fleet.environment)
    try:
        if fleet.edit({f"s{number}": pair[0]}, proxy).problems:
            return False
        return bool(fleet.edit({f"s{number}": pair[1]}, proxy).problems)
    except (SpecError, pytest.fail.Exception):
        return False
    finally:
        fleet.run("destroy", "--yes", "--skip-preview")


_NUMBERS = itertools.count()
