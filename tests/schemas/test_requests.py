"""What callers may ask for, in rules: for each a spec that provokes it, beside the nearest one that does not."""

from typing import Any

import pytest

from components.manifests.offline import offline_objects
from schemas.platform.identity import WISHES
from schemas.platform.meshes import PLAIN, TITLES, Wish
from schemas.values.request_paths import covers
from tests.conftest import Files

CART: dict[str, Any] = {
    "image": "example.test/cart:1",
    "ports": {
        "http": {"port": 80, "appProtocol": "http"},
        "raw": {"port": 81, "appProtocol": "tcp"},
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


ASKED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "connections.*.methods": (calls(port="http"), calls(port="http", methods=["GET"])),
    "connections.*.paths": (calls(port="http"), calls(port="http", paths=["/a"])),
    "access.inbound.*.methods": (admits(port="http"), admits(port="http", methods=["GET"])),
    "access.inbound.*.paths": (admits(port="http"), admits(port="http", paths=["/a"])),
    "authentication": (
        {"web": WEB},
        {"web": {**WEB, "authentication": {"jwt": {"provider": "login", "audiences": ["shop"]}}}},
    ),
}
"""For each wish of the table services that do not have it, and the same ones that do."""


def test_every_wish_of_the_table_is_asked() -> None:
    assert list(ASKED) == [".".join(map(str, wish.path)) for wish in WISHES]


@pytest.mark.parametrize("mesh", TITLES)
@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: ".".join(map(str, wish.path)))
def test_a_mesh_reads_requests_or_the_field_is_told(files: Files, wish: Wish, mesh: str) -> None:
    place = files.platform["environments"]["dev"]
    place.update({"mesh": {"kind": mesh}} if mesh != PLAIN else {})
    place["identityProviders"] = {"login": {"issuer": "https://login.test", "jwksUri": "https://login.test/keys"}}
    files.services, asking = ASKED[".".join(map(str, wish.path))]
    before = offline_objects(files.resolve())
    files.services = asking
    if mesh in wish.said_by:
        assert files.problems() == []
        assert offline_objects(files.resolve()) != before
        return
    (told,) = files.problems()
    assert told.startswith("SW3301 spec.services.")
    place["whenMissing"] = "omit"
    spec = files.resolve()
    assert [(one.code, one.severity) for one in spec.warnings] == [("SW3301", "warning")]
    assert offline_objects(spec) == before


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
