# ruff: noqa: S106 - secrets are named here, and have no value
"""Variables: what a container's process reads in the end."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.model import Connection, EnvSource, FormatPart, Trigger
from schemas.model.service import ConnectionEnv
from tests.manifests.models import application, container_of, job, of_kind, pods, port, rendered, service, value


def read_by_process(env: list[dict[str, object]], given: dict[str, str]) -> dict[str, str]:
    """Return the variables as the kubelet sets them; `given` says what references to secrets and fields hold.

    Source: https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
    """
    known: dict[str, str] = {}

    def expanded(match: re.Match[str]) -> str:
        return "$" if match[0] == "$$" else known.get(match[1], match[0])

    for one in env:
        name = str(one["name"])
        known[name] = re.sub(r"\$\$|\$\(([^)]*)\)", expanded, str(one["value"])) if "value" in one else given[name]
    return known


@pytest.mark.parametrize(
    "text", ["plain", "$(HOME)", "$$(HOME)", "pa$$word", "$2y$10$abc", "costs 5$", "$$$", "$é", "{a}", ""]
)
def test_process_reads_a_value_as_the_spec_says_it(text: str) -> None:
    env = container_of(service(env={"HOME": value("/root"), "TEXT": value(text)}))["env"]
    assert read_by_process(env, {})["TEXT"] == text


@given(st.text(alphabet="$(){}A é", max_size=12))
def test_process_reads_any_value_as_the_spec_says_it(text: str) -> None:
    env = container_of(service(env={"A": value("wrong"), "TEXT": value(text)}))["env"]
    assert read_by_process(env, {})["TEXT"] == text


def test_format_puts_parts_together_in_the_container_alone() -> None:
    parts = {"userName": FormatPart(field="metadata.name"), "username": FormatPart(secret="store", key="name")}
    source = EnvSource(format="{{$$ {userName}:{username}:{userName} $(A)}}", from_=parts)
    env = container_of(service(env={"A": value("wrong"), "DSN": source}))["env"]
    assert [one["name"] for one in env] == ["A", "DSN_PART_USER_NAME", "DSN_PART_USERNAME", "DSN"]
    given = {"DSN_PART_USER_NAME": "pod-1", "DSN_PART_USERNAME": "$(A)"}
    assert read_by_process(env, given)["DSN"] == "{$$ pod-1:$(A):pod-1 $(A)}"


def test_connections_come_first_and_each_group_by_name() -> None:
    connections = {"z": Connection(host="z.test", port=1), "b": Connection(host="b.test", port=1)}
    env = container_of(service(env={"C": value(""), "A": value("")}, connections=connections))["env"]
    assert [one["name"] for one in env] == ["B_URL", "Z_URL", "A", "C"]


def test_job_has_its_services_variables_and_its_own_count() -> None:
    web = service(env={"A": value("1"), "B": value("1")}, connections={"api": Connection(host="api.test", port=80)})
    run = job(env={"B": value("2"), "API_URL": value("mine")}, trigger=Trigger(cron="0 3 * * *"))
    (pod, _) = pods(rendered(application(web, jobs=(run,))))
    (container,) = pod["spec"]["containers"]
    assert {one["name"]: one["value"] for one in container["env"]} == {"A": "1", "B": "2", "API_URL": "mine"}
    assert len(container["env"]) == 3


ADDRESSES = [
    ({"app_protocol": None}, "API_URL", "http://api.shop-dev.svc.cluster.local:80"),
    ({"app_protocol": "http"}, "API_URL", "http://api.shop-dev.svc.cluster.local:80"),
    ({"app_protocol": "https"}, "API_URL", "https://api.shop-dev.svc.cluster.local:80"),
    ({"app_protocol": "kubernetes.io/ws"}, "API_URL", "http://api.shop-dev.svc.cluster.local:80"),
    ({"app_protocol": "grpc"}, "API_ADDRESS", "api.shop-dev.svc.cluster.local:80"),
    ({"app_protocol": "redis"}, "API_ADDRESS", "api.shop-dev.svc.cluster.local:80"),
    ({"protocol": "UDP"}, "API_ADDRESS", "api.shop-dev.svc.cluster.local:80"),
]


@pytest.mark.parametrize(("changes", "name", "address"), ADDRESSES)
@pytest.mark.parametrize("kind", ["service", "stateful"])
def test_address_is_a_url_for_http_and_plain_for_the_rest(
    changes: dict[str, str], name: str, address: str, kind: str
) -> None:
    callee = service("api", type=kind, ports={"main": port(80, target_port=8080, **changes)})
    objects = rendered(application(service(connections={"api": Connection()}), callee))
    (web,) = [one for one in of_kind(objects, "Deployment") if one["metadata"]["name"] == "web"]
    assert web["spec"]["template"]["spec"]["containers"][0]["env"] == [{"name": name, "value": address}]


ELSEWHERE = [
    (
        Connection(service="api", application="billing", port=80),
        {"MY_API_URL": "http://api.billing-dev.svc.cluster.local:80"},
    ),
    (Connection(application="billing", port=81), {"MY_API_URL": "http://my-api.billing-dev.svc.cluster.local:81"}),
    (Connection(host="api.test", port=443), {"MY_API_URL": "https://api.test:443"}),
    (Connection(host="api.test", port=8080), {"MY_API_URL": "http://api.test:8080"}),
    (Connection(host="api.test", port=5432, env=ConnectionEnv(host="H", port="P")), {"H": "api.test", "P": "5432"}),
    (
        Connection(host="api.test", port=5432, env=ConnectionEnv(address="A", url="U")),
        {"A": "api.test:5432", "U": "http://api.test:5432"},
    ),
]


@pytest.mark.parametrize(("connection", "expected"), ELSEWHERE)
def test_address_of_what_is_outside_the_application(connection: Connection, expected: dict[str, str]) -> None:
    env = container_of(service(connections={"my-api": connection}))["env"]
    assert {one["name"]: one["value"] for one in env} == expected


def test_url_that_the_spec_asks_for_has_a_scheme_whatever_is_spoken() -> None:
    callee = service("cache", ports={"redis": port(6379, app_protocol="redis")})
    caller = service(connections={"cache": Connection(env=ConnectionEnv(url="CACHE"))})
    (_, pod) = pods(rendered(application(caller, callee)))
    assert pod["spec"]["containers"][0]["env"] == [
        {"name": "CACHE", "value": "http://cache.shop-dev.svc.cluster.local:6379"}
    ]
