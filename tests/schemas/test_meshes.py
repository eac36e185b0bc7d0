"""What each mesh can express: of every wish in the table, in every mesh."""

from typing import Any

import pytest

from components.manifests.offline import offline_objects
from schemas.platform.meshes import PLAIN, TITLES, WISHES, Wish
from tests.conftest import Files

SAMPLES: dict[str, dict[str, Any]] = {
    "loadBalancing.algorithm": {"loadBalancing": "random"},
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
    "fault": {"fault": {"abort": {"status": 503, "percent": 5}, "evenForPeople": True}},
}
"""A spec's words for each wish, by how the table names it."""


def named(wish: Wish) -> str:
    keys = f" ({', '.join(wish.keys)})" if wish.keys else ""
    return f"{'.'.join(map(str, wish.path[1:]))}{keys}"


def placed(files: Files, mesh: str, traffic: dict[str, Any] | None, **entry: Any) -> Files:
    """Return files of one service in an environment with a mesh."""
    kind = {} if mesh == PLAIN else {"mesh": {"kind": mesh}}
    files.platform["environments"]["dev"] |= {**kind, "versions": {"istio": "1.31"}, **entry}
    files.services = {"web": {"image": "example.test/web:1", "port": 8080, **({"traffic": traffic} if traffic else {})}}
    return files


def objects(files: Files) -> list[Any]:
    return offline_objects(files.resolve())


CASES = [(wish, mesh) for wish in WISHES for mesh in TITLES]


def test_every_wish_has_a_sample() -> None:
    assert list(SAMPLES) == [named(wish) for wish in WISHES]


@pytest.mark.parametrize(("wish", "mesh"), CASES, ids=[f"{named(wish)}-{mesh}" for wish, mesh in CASES])
def test_a_wish_changes_what_a_mesh_is_told_or_is_refused(files: Files, wish: Wish, mesh: str) -> None:
    wanted = placed(files, mesh, SAMPLES[named(wish)])
    if mesh in wish.said_by:
        assert wanted.problems() == []
        told = objects(wanted)
        assert told != objects(placed(files, mesh, None))
    else:
        assert {one.partition(" ")[0] for one in wanted.problems()} == {"SW3301"}


@pytest.mark.parametrize(("wish", "mesh"), CASES, ids=[f"{named(wish)}-{mesh}" for wish, mesh in CASES])
def test_what_a_mesh_cannot_express_is_left_out_whole_where_that_is_allowed(
    files: Files, wish: Wish, mesh: str
) -> None:
    told = objects(placed(files, mesh, SAMPLES[named(wish)], whenMissing="omit"))
    plain = objects(placed(files, mesh, None))
    assert (told != plain) == (mesh in wish.said_by)


@pytest.mark.parametrize("wish", [one for one in WISHES if one.since], ids=named)
def test_a_wish_that_needs_a_newer_istio_is_refused_by_an_older_one(files: Files, wish: Wish) -> None:
    for mesh, version in wish.since.items():
        older = f"1.{int(version.partition('.')[2]) - 1}"
        placed(files, mesh, SAMPLES[named(wish)], versions={"istio": older})
        path = ".".join(map(str, ("spec", "services", "web", *wish.path)))
        assert files.problems() == [f"SW3302 {path}"]
