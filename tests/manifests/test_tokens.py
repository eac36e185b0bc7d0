"""Which requests need which token: each path has one demand, that of the longest pattern that means it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.manifests.access.permissions import Caller, Permission
from components.manifests.access.token import Demand, demands
from schemas.model import Authentication, IdentityProvider, Jwt, KubernetesApi, Route
from schemas.model.access import ApiPermission, ApiServer
from schemas.model.platform import Cluster
from schemas.values.request_paths import covers
from tests.manifests.models import HTTP, application, environment, job, named, of_kind, pods, rendered, service, way_in
from tests.manifests.test_access import mesh

PATHS = ["/", "/a", "/a/b", "/a/b/c", "/ab", "/c", "/c/d"]
PATTERNS = [*PATHS, "/*", "/a*", "/a/*", "/a/b/*", "/c/*"]
CALLER = Caller("shop-dev", None, "web")
LOGIN = {"login": IdentityProvider(issuer="https://login.test", jwks_uri="https://login.test/keys")}


def jwt(**changes: Any) -> Jwt:
    return Jwt(**{"provider": "login", "audiences": ["shop"], "forward_token": True, **changes})


@st.composite
def permissions(draw: st.DrawFn) -> Permission:
    some = st.lists(st.sampled_from(PATTERNS), unique=True)
    scopes = {path: [f"scope of {path}"] for path in draw(some)}
    except_ = [path for path in draw(some) if path not in scopes]
    return Permission((CALLER,), (HTTP,), paths=tuple(draw(some)), jwt=jwt(scopes=scopes, except_=except_))


def fits(demand: Demand, path: str) -> bool:
    asked = not demand.paths or any(covers(one, path) for one in demand.paths)
    return asked and not any(covers(one, path) for one in demand.not_paths)


@given(permissions(), st.sampled_from(PATHS))
def test_a_request_has_the_demand_of_the_longest_pattern_that_means_it(permission: Permission, path: str) -> None:
    assert permission.jwt is not None
    found = {(one.takes_token, one.scopes) for one in demands(permission) if fits(one, path)}
    if permission.paths and not any(covers(one, path) for one in permission.paths):
        assert found == set()
        return
    named = [one for one in (*permission.jwt.scopes, *permission.jwt.except_) if covers(one, path)]
    longest = max(named, key=lambda one: (len(one.rstrip("*")), not one.endswith("*")), default=None)
    scopes = tuple(permission.jwt.scopes.get(longest or "", ()))
    assert found == {(longest not in permission.jwt.except_, scopes)}


def test_without_a_token_all_that_is_permitted_is_one_demand() -> None:
    assert demands(Permission((CALLER,), (HTTP,), paths=("/a",))) == [Demand(("/a",), (), False, ())]


@pytest.mark.parametrize("kind", ["istio-sidecar", "istio-ambient"])
def test_the_ingress_token_is_for_who_comes_in_and_a_services_own_for_everybody(kind: str) -> None:
    own = Authentication(jwt=jwt(audiences=["own"]))
    routes = {"/": Route(service="web"), "/api": Route(service="api")}
    ingress = way_in(routes=routes, authentication=Authentication(jwt=jwt()))
    app = application(service(), service("api", authentication=own), service("inner"), ingress=ingress)
    objects = rendered(app, environment(mesh=mesh(kind), identity_providers=LOGIN))
    taken = {one["metadata"]["name"]: one["spec"]["jwtRules"] for one in of_kind(objects, "RequestAuthentication")}
    assert {name: rule["audiences"] for name, (rule,) in taken.items()} == {"api": ["own"], "web": ["shop"]}


def test_what_asks_the_kubernetes_api_has_the_right_the_token_and_the_way() -> None:
    asked = KubernetesApi(permissions={"pods": ApiPermission(verbs=["get"])})
    cluster = Cluster(api_server=ApiServer(cidr="10.0.0.1/32", port=6443))
    app = application(service(kubernetes_api=asked), service("api"), jobs=(job(),))
    objects = rendered(app, environment(cluster=cluster))
    bound = {subject["name"] for one in of_kind(objects, "RoleBinding") for subject in one["subjects"]}
    holders = {
        pod["spec"]["serviceAccountName"] for pod in pods(objects) if pod["spec"]["automountServiceAccountToken"]
    }
    assert bound == holders == {"web", "web.tidy"}
    server = {"to": [{"ipBlock": {"cidr": "10.0.0.1/32"}}], "ports": [{"port": 6443, "protocol": "TCP"}]}
    let_out = {
        one["metadata"]["name"] for one in of_kind(objects, "NetworkPolicy") if server in one["spec"].get("egress", [])
    }
    assert let_out == {"web", "tidy"}
    for role in of_kind(objects, "Role"):
        assert role["rules"] == [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]
        assert named(objects, "RoleBinding", role["metadata"]["name"])["roleRef"]["name"] == role["metadata"]["name"]
