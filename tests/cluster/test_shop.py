"""The shop, deployed to three environments side by side, as a person deploys it."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox import environment
from tests.cluster.conftest import Pulumi, answer
from tests.cluster.waiting import eventually
from tests.conftest import ROOT

pytestmark = pytest.mark.sandbox

HOSTS = {"dev": "shop.dev.localhost", "staging": "shop.staging.localhost", "prod": "shop.localhost"}
SESSION = "0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def shop(kubectl: Callable[..., str]) -> dict[str, Pulumi]:  # noqa: ARG001 - the sandbox is up
    """The shop's stacks: the first as `make up` deploys it, the others as a person types it. They stay."""
    # A make that runs the tests would tell its folder after the last line.
    outer = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    variables = {**{key: value for key, value in os.environ.items() if key not in outer}, **environment.variables()}
    done = subprocess.run(["make", "up"], cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "http://shop.dev.localhost:30080/"
    stacks = {name: Pulumi(ROOT, name) for name in HOSTS}
    for name in ("staging", "prod"):
        stacks[name].run("stack", "init")
        stacks[name].up()
    return stacks


@pytest.mark.parametrize("name", HOSTS)
def test_the_page_answers_in_every_environment(shop: dict[str, Pulumi], name: str) -> None:
    addresses = json.loads(shop[name].must("stack", "output", "--json", "addresses"))
    assert addresses == {"web": f"http://{HOSTS[name]}:30080/"}
    status, text = eventually(
        lambda: answer(HOSTS[name]), lambda seen: seen[0] == 200 and "Storm teapot" in seen[1], 60
    )
    assert status == 200
    assert f"shop-{name} · served by storefront-" in text


def test_an_order_goes_through_every_service(shop: dict[str, Pulumi], kubectl: Callable[..., str]) -> None:
    assert "staging" in shop
    host, cookie = HOSTS["staging"], f"session={SESSION}"
    _, page = eventually(lambda: answer(host, cookie=cookie), lambda seen: "Your cart" in seen[1], 60)
    token = re.findall(r'name="token" value="([0-9a-f]+)"', page)[0]
    form = f"token={token}&product=moss-bowl".encode()
    assert answer(host, "/cart", data=form, cookie=cookie) == (303, "/?said=added")
    assert " × Moss bowl" in answer(host, cookie=cookie)[1]
    status, place = answer(host, "/checkout", data=f"token={token}".encode(), cookie=cookie)
    assert status == 303
    number = re.fullmatch(r"/\?said=receipt-(\d+)-[0-9a-f]{8}", place)
    assert number is not None, place
    assert f"Your receipt number is {number[1]}-" in answer(host, place, cookie=cookie)[1]
    eventually(
        lambda: kubectl("logs", "-n", "shop-staging", "deploy/mailer"),
        lambda log: f'{{"service": "mailer", "event": "mail sent", "order": "{number[1]}"}}' in log,
        30,
    )


def test_a_form_of_another_site_is_refused(shop: dict[str, Pulumi]) -> None:
    assert "dev" in shop
    assert answer(HOSTS["dev"], "/cart", data=b"product=moss-bowl", cookie=f"session={SESSION}")[0] == 403


def test_the_scheduled_report_runs(shop: dict[str, Pulumi], kubectl: Callable[..., str]) -> None:
    assert "dev" in shop
    kubectl("create", "job", "-n", "shop-dev", "report-now", "--from=cronjob/report")
    kubectl("wait", "-n", "shop-dev", "job/report-now", "--for=condition=Complete", "--timeout=90s")
    report = json.loads(kubectl("logs", "-n", "shop-dev", "job/report-now"))
    assert report == {"orders": report["mailed"], "mailed": report["mailed"]}
    kubectl("delete", "job", "-n", "shop-dev", "report-now")


def test_pod_security_restricted_is_enforced(shop: dict[str, Pulumi], kubectl: Callable[..., str]) -> None:
    assert "prod" in shop
    namespace = json.loads(kubectl("get", "namespace", "shop-prod", "-o", "json"))
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    pods = json.loads(kubectl("get", "pods", "-n", "shop-prod", "-o", "json"))["items"]
    images = {container["image"] for pod in pods for container in pod["spec"]["containers"]}
    assert len(images) == 6
    assert all("@sha256:" in image for image in images), "images run by digest"


@pytest.mark.parametrize("name", HOSTS)
def test_a_second_run_changes_nothing(shop: dict[str, Pulumi], name: str) -> None:
    assert "unchanged" in shop[name].must("preview", "--expect-no-changes")
    shop[name].must("up", "--yes", "--skip-preview", "--expect-no-changes")


def test_no_secret_stands_in_the_state_in_the_clear(shop: dict[str, Pulumi]) -> None:
    state = (Path(shop["dev"].environment["PULUMI_BACKEND_URL"].removeprefix("file://"))).rglob("dev.json")
    texts = [path.read_text() for path in state]
    assert texts
    for text in texts:
        assert "dev-store-password-1" not in text
        assert "ZGV2LXN0b3JlLXBhc3N3b3JkLTE=" not in text
