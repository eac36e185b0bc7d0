"""The example of a mesh, deployed: who asks is known, and two versions share what is asked."""

import http.client
import json
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
import yaml

from sandbox import lifecycle
from sandbox.addons.prometheus import ADDRESS
from sandbox.ports import MESH_INGRESS
from tests.cluster.conftest import Pulumi, copied
from tests.cluster.waiting import eventually
from tests.mesh.chance import UNLIKELY, binomial
from tests.mesh.tokens import Issuer

pytestmark = pytest.mark.sandbox

CALLS = 300
SHARE = 0.2
"""What `traffic.split` of the example gives the version `next`."""


@dataclass(frozen=True, slots=True)
class Tickets:
    """The example in its environment with a mesh."""

    issuer: Issuer

    def get(self, path: str, token: str = "") -> tuple[int, str]:
        """Return status and text of a request from outside, over a new connection; status 0 when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", MESH_INGRESS.number, timeout=10)
        headers = {"Host": "tickets.localhost", **({"Authorization": f"Bearer {token}"} if token else {})}
        with closing(connection):
            try:
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
            except ConnectionError:  # A gateway that nobody has told of a host does not even listen.
                return 0, ""
            return answer.status, answer.read().decode()


@pytest.fixture(scope="module")
def tickets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tickets]:
    """The example, deployed by its own files; the keys of the issuer are this test's."""
    lifecycle.up(addons=["istio", "prometheus"])
    folder = copied(tmp_path_factory.mktemp("example"))
    for file in (folder / "stacks").glob("Pulumi.*.yaml"):
        file.unlink()
    platform = folder / "examples" / "tickets" / "platform.yaml"
    said = yaml.safe_load(platform.read_text())
    (login,) = said["spec"]["environments"]["prod"]["identityProviders"].values()
    issuer = Issuer(login["issuer"])
    del login["jwksUri"]
    login["jwks"] = issuer.jwks()
    platform.write_text(yaml.safe_dump(said))
    stack = Pulumi(folder, "prod", folder / "state")
    stack.must("stack", "init")
    stack.must("config", "set", "application", "examples/tickets/application.yaml")
    stack.must("config", "set", "platform", "examples/tickets/platform.yaml")
    try:
        stack.up()
        one = Tickets(issuer)
        token = issuer.token({"aud": "tickets"})
        eventually(lambda: one.get("/tickets", token)[0], lambda status: status == 200, 60)
        yield one
    finally:
        stack.run("destroy", "--yes", "--skip-preview")


def test_who_has_a_token_sees_the_tickets_and_nobody_else(tickets: Tickets) -> None:
    good = tickets.issuer.token({"aud": "tickets", "sub": "ada"})
    status, text = tickets.get("/", good)
    assert (status, text.splitlines()[0]) == (200, "Open tickets, ada:")
    assert tickets.get("/") == (403, "These tickets are not for you.\n")
    assert tickets.get("/tickets")[0] == 403
    assert tickets.get("/tickets", tickets.issuer.token({"aud": "tickets"}, -600))[0] == 401
    assert tickets.get("/tickets", Issuer(tickets.issuer.name).token({"aud": "tickets"}))[0] == 401
    assert tickets.get("/tickets", tickets.issuer.token({"aud": "another"}))[0] in (401, 403)


def test_two_versions_share_what_is_asked(tickets: Tickets) -> None:
    token = tickets.issuer.token({"aud": "tickets"})
    answers = [tickets.get("/tickets", token) for _ in range(CALLS)]
    assert {status for status, _ in answers} == {200}
    seen = Counter(json.loads(text)["release"] for _, text in answers)
    assert binomial(seen["next"], CALLS, SHARE) > UNLIKELY, seen


def test_prometheus_reads_the_program_and_its_proxies(tickets: Tickets) -> None:
    token = tickets.issuer.token({"aud": "tickets"})
    for _ in range(5):
        assert tickets.get("/tickets", token)[0] == 200
    where = 'namespace="tickets-prod"'
    # A counter and not a rate: one look at it is enough.
    eventually(lambda: measured(f"sum(tickets_asked_total{{{where}}})"), lambda count: count >= 5, 90)
    counted = 'istio_requests_total{destination_service_namespace="tickets-prod", reporter="destination"}'
    eventually(lambda: measured(f"sum({counted})"), lambda count: count >= 5, 90)


def measured(query: str) -> float:
    """Return what Prometheus knows, or nothing as 0."""
    with urllib.request.urlopen(f"http://{ADDRESS}/api/v1/query?{urlencode({'query': query})}", timeout=10) as answer:
        found = json.load(answer)["data"]["result"]
    return float(found[0]["value"][1]) if found else 0.0
