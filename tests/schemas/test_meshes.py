"""What each mesh can express: of every wish in the table, in every mesh."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.manifests.offline import offline_objects
from schemas.platform.meshes import PLAIN, TITLES, WISHES, Wish
from tests.conftest import Files

SAMPLES: dict[str, dict[str, Any]] = {
    "loadBalancing.algorithm": {"loadBalancing": {"algorithm": "roundRobin"}},
    "loadBalancing.consistentHash (header, cookie, queryParameter)": {
        "loadBalancing": {"consistentHash": {"header": "x-user"}}
    },
    "loadBalancing.consistentHash (sourceAddress)": {"loadBalancing": {"consistentHash": {"sourceAddress": True}}},
    "loadBalancing.warmup": {"loadBalancing": {"warmup": "30s"}},
    "timeout": {"timeout": "2s"},
    "retries": {"retries": {"attempts": 1}},
    "circuitBreaker.maxConnections": {"circuitBreaker": {"maxConnections": 9}},
    "circuitBreaker.maxPendingRequests": {"circuitBreaker": {"maxPendingRequests": 9}},
    "circuitBreaker.maxRequests": {"circuitBreaker": {"maxRequests": 9}},
    "circuitBreaker.ejection": {"circuitBreaker": {"ejection": {}}},
    "circuitBreaker.ejection.errorCodes": {"circuitBreaker": {"ejection": {"errorCodes": ["503"]}}},
    "locality.prefer": {"locality": {"prefer": "zone"}},
    "locality.failover": {
        "locality": {"failover": ["topology.kubernetes.io/zone"]},
        "circuitBreaker": {"ejection": {}},
    },
    "split": {"split": {"main": 0, "next": 100}},
    "mirror": {"mirror": {"version": "next", "percent": 10}},
    "fault": {"fault": {"abort": {"status": 503, "percent": 5}, "evenForPeople": True}},
}
"""A spec's words for each wish, by how the table names it."""


def named(wish: Wish) -> str:
    keys = f" ({', '.join(wish.keys)})" if wish.keys else ""
    return f"{'.'.join(map(str, wish.path[1:]))}{keys}"


def placed(files: Files, mesh: str, traffic: dict[str, Any] | None, **entry: Any) -> Files:
    """Return files of one service in an environment with a mesh."""
    kind = {"mesh": None if mesh == PLAIN else {"kind": mesh}}
    files.platform["environments"]["dev"] |= {**kind, "versions": {"istio": "1.31"}, **entry}
    asked = {"traffic": traffic} if traffic else {}
    versions = {"next": {"image": "example.test/web:2"}}
    files.services = {"web": {"image": "example.test/web:1", "port": 8080, "versions": versions, **asked}}
    return files


def told(files: Files) -> list[str]:
    """Return the problems, but for that the second version of the service gets no call: it is there for `split`."""
    return [one for one in files.problems() if not one.startswith("SW5403 ")]


def objects(files: Files) -> list[Any]:
    return offline_objects(files.resolve())


CASES = [(wish, mesh) for wish in WISHES for mesh in TITLES]


def test_every_wish_has_a_sample() -> None:
    assert list(SAMPLES) == [named(wish) for wish in WISHES]


@pytest.mark.parametrize(("wish", "mesh"), CASES, ids=[f"{named(wish)}-{mesh}" for wish, mesh in CASES])
def test_a_wish_changes_what_a_mesh_is_told_or_is_refused(files: Files, wish: Wish, mesh: str) -> None:
    wanted = placed(files, mesh, SAMPLES[named(wish)])
    if mesh in wish.said_by:
        assert told(wanted) == []
        written = objects(wanted)
        assert written != objects(placed(files, mesh, None))
    else:
        assert {one.partition(" ")[0] for one in told(wanted)} == {"SW3301"}


@pytest.mark.parametrize(("wish", "mesh"), CASES, ids=[f"{named(wish)}-{mesh}" for wish, mesh in CASES])
def test_what_a_mesh_cannot_express_is_left_out_whole_where_that_is_allowed(
    files: Files, wish: Wish, mesh: str
) -> None:
    written = objects(placed(files, mesh, SAMPLES[named(wish)], whenMissing="omit"))
    plain = objects(placed(files, mesh, None))
    assert (written != plain) == (mesh in wish.said_by)


@pytest.mark.parametrize("wish", [one for one in WISHES if one.since], ids=named)
def test_a_wish_that_needs_a_newer_istio_is_refused_by_an_older_one(files: Files, wish: Wish) -> None:
    for mesh, version in wish.since.items():
        older = f"1.{int(version.partition('.')[2]) - 1}"
        placed(files, mesh, SAMPLES[named(wish)], versions={"istio": older})
        path = ".".join(map(str, ("spec", "services", "web", *wish.path)))
        assert told(files) == [f"SW3302 {path}"]


TOGETHER = [
    wish
    for wish in WISHES
    if wish.path[1:3] != ("loadBalancing", "consistentHash") and wish.path[1] not in ("locality", "mirror")
]
"""Wishes that a service may have all at once: what excludes another is left out."""


@given(chosen=st.sets(st.sampled_from(range(len(TOGETHER))), min_size=1))
@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_each_mesh_takes_the_same_spec_as_far_as_it_can_express_it(files: Files, chosen: set[int]) -> None:
    """Where two meshes can both express a spec, switching from one to the other needs no change in it."""
    wishes = [TOGETHER[index] for index in sorted(chosen)]
    traffic: dict[str, Any] = {}
    for wish in wishes:
        traffic = merged(traffic, SAMPLES[named(wish)])
    for mesh in TITLES:
        unsaid = [wish for wish in wishes if mesh not in wish.said_by]
        problems = told(placed(files, mesh, traffic))
        assert {one.partition(" ")[0] for one in problems} == ({"SW3301"} if unsaid else set())


def merged(lower: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    """Return two parts of a service's traffic as one."""
    both = {key: merged(lower[key], upper[key]) for key in lower if isinstance(upper.get(key), dict)}
    return {**lower, **upper, **both}
