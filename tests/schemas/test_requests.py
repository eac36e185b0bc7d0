"""What callers may ask for, in rules: for each a spec that provokes it, beside the nearest one that does not."""

from typing import Any

import pytest

from schemas.values.request_paths import covers
from tests.conftest import Files

CART: dict[str, Any] = {
    "image": "example.test/cart:1",
    "ports": {
        "http": {"port": 80, "appProtocol": "http"},
        "raw": {"port": 81},
        "redis": {"port": 6379, "appProtocol": "redis"},
    },
}
WEB: dict[str, Any] = {"image": "example.test/web:1", "port": 8080}


def calls(**connection: Any) -> dict[str, Any]:
    return {"web": {**WEB, "connections": {"cart": connection}}, "cart": CART}


def admits(**caller: Any) -> dict[str, Any]:
    return {"cart": {**CART, "access": {"inbound": {"x": {"application": "bill", "service": "api", **caller}}}}}


CASES = [
    (
        "SW5501 spec.services.web.connections.cart.methods",
        calls(port="redis", methods=["GET"]),
        calls(port="http", methods=["GET"]),
    ),
    ("SW5501 spec.services.web.connections.cart.paths", calls(port=81, paths=["/a"]), calls(port=80, paths=["/a"])),
    (
        "SW5502 spec.services.web.connections.cart.paths",
        calls(host="a.test", port=443, paths=["/a"]),
        calls(host="a.test", port=443),
    ),
    ("SW5501 spec.services.cart.access.inbound.x.paths", admits(paths=["/a"]), admits(paths=["/a"], port="http")),
    ("SW5505 spec.services.cart.access.inbound.x.port", admits(port="htpp"), admits(port="http")),
    ("SW5505 spec.services.cart.access.inbound.x.port", admits(port=8080), admits(port=6379)),
    (
        "SW2005 spec.services.web.connections.cart.paths.0",
        calls(port="http", paths=["/a/*/b"]),
        calls(port="http", paths=["/a/*"]),
    ),
]


@pytest.mark.parametrize(("told", "wrong", "right"), CASES)
def test_a_rule_about_requests(files: Files, told: str, wrong: dict[str, Any], right: dict[str, Any]) -> None:
    files.platform["environments"]["dev"]["mesh"] = {"kind": "istio-sidecar"}
    files.services = wrong
    assert files.problems() == [told]
    files.services = right
    assert files.problems() == []


@pytest.mark.parametrize("mesh", [None, {"kind": "gateway-api"}])
@pytest.mark.parametrize("services", [calls(port="http", methods=["GET"]), admits(port="http", paths=["/a"])])
def test_without_a_mesh_that_reads_http_requests_are_not_narrowed(
    files: Files, mesh: dict[str, str] | None, services: dict[str, Any]
) -> None:
    place = files.platform["environments"]["dev"]
    place.update({"mesh": mesh} if mesh else {})
    files.services = services
    (told,) = files.problems()
    assert told.startswith("SW5520 spec.services.")
    place["whenMissing"] = "omit"
    (warning,) = files.resolve().warnings
    assert (warning.code, warning.severity) == ("SW5520", "warning")


@pytest.mark.parametrize(
    ("pattern", "other", "expected"),
    [
        ("/a/*", "/a/b", True),
        ("/a/*", "/a/b/*", True),
        ("/a/*", "/a", False),
        ("/a*", "/a", True),
        ("/a", "/a", True),
        ("/a", "/a*", False),
        ("GET", "GET", True),
        ("GET", "GETS", False),
    ],
)
def test_what_a_path_covers(pattern: str, other: str, expected: bool) -> None:
    assert covers(pattern, other) is expected
