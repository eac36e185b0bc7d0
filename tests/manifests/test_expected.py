# ruff: noqa: S106 - secrets are named here, and have no value
"""One whole application for each kind of workload and way in: everything it becomes, to the last field.

After a wanted change: `pytest tests/manifests --write-expected`, and then read the difference.
"""

from pathlib import Path

import pytest
import yaml

from components.manifests.objects import Manifest
from schemas.model import (
    Config,
    Connection,
    EnvSource,
    FormatPart,
    Host,
    IngressClass,
    Probes,
    Registry,
    Route,
    Scaling,
    Secret,
    Trigger,
)
from schemas.model.platform import IngressSource
from schemas.model.scaling import ScalingTargets
from schemas.model.service import Access, Inbound
from schemas.text.yaml_text import yaml_documents
from tests.kubernetes import Taken
from tests.manifests.models import (
    HTTP,
    WILDCARD,
    application,
    claim,
    empty_dir,
    environment,
    file,
    http_get,
    init,
    job,
    port,
    rendered,
    service,
    sidecar,
    value,
    way_in,
)

EXPECTED = Path(__file__).parent / "expected"
SECRETS = {"store": Secret(keys=["password"], on_change="restart")}


def plain_service() -> list[Manifest]:
    return rendered(application(service(probes=Probes(readiness=http_get("/ready"), liveness=http_get("/live")))))


def worker() -> list[Manifest]:
    """It calls a database outside, uses a secret in every way, and is drained by nobody."""
    password = FormatPart(secret="store", key="password")
    env = {
        "DSN": EnvSource(
            format="redis://:{password}@{pod}/{{0}}",
            from_={"password": password, "pod": FormatPart(field="metadata.name")},
        ),
        "LEVEL": EnvSource(config="modes", key="level"),
        "PRICE": value("$$5 or $(NOTHING)"),
    }
    files = {
        "/etc/worker/settings.toml": file(content="a = 1\n"),
        "/etc/worker/keys": file(secret="store", mode="0400"),
    }
    connections = {"ledger-db": Connection(host="db.test", port=5432)}
    one = service("worker", type="worker", ports={}, env=env, files=files, connections=connections)
    app = application(one, secrets=SECRETS, configs={"modes": Config(data={"level": "calm"})})
    return rendered(
        app, environment(registry=Registry(address="registry.test", credentials=True)), digests={"store": "d1"}
    )


def stateful() -> list[Manifest]:
    one = service(
        "db",
        type="stateful",
        ports={"sql": port(5432, app_protocol="postgres"), "metrics": port(9187, expose=False)},
        volumes={"data": claim("/var/lib/db"), "run": empty_dir("/run/db")},
        init_containers={"prepare": init(command=["prepare"], mounts={"data": "/var/lib/db"})},
        sidecars={"backup": sidecar(args=["--for-ever"], mounts={"data": "/data"})},
        access=Access(inbound={"reports": Inbound(application="reports", service="nightly")}),
    )
    return rendered(application(one), environment(storage_class="fast"))


def scaled() -> list[Manifest]:
    """Two services of which one calls the other, which grows and shrinks."""
    scaling = Scaling(min=2, max=8, targets=ScalingTargets(cpu_percent=70))
    api = service("api", ports={"grpc": port(50051, app_protocol="grpc")}, scaling=scaling)
    return rendered(application(service(connections={"api": Connection()}), api))


def jobs() -> list[Manifest]:
    migrate = job("migrate", trigger=Trigger(before=["web"]), command=["./migrate"], env={"MODE": value("migrate")})
    tidy = job("tidy", trigger=Trigger(cron="0 3 * * *", time_zone="Europe/Berlin"), concurrency="replace")
    return rendered(application(jobs=(migrate, tidy)))


WAY_IN = way_in(
    hosts={"web": Host(subdomain="www"), "admin": Host(subdomain="admin")},
    routes={"/": Route(service="web"), "/api/v1": Route(service="web", port="http", hosts=["web"])},
)


def ingress() -> list[Manifest]:
    way = IngressClass(kind="ingress", class_="nginx", from_=IngressSource(namespace="ingress"))
    return rendered(application(service(ports={"http": HTTP}), ingress=WAY_IN), environment(ingress=way))


def gateway() -> list[Manifest]:
    way = IngressClass(kind="gateway", class_="istio", tls=WILDCARD)
    return rendered(application(ingress=WAY_IN), environment(ingress=way))


APPLICATIONS = (plain_service, worker, stateful, scaled, jobs, ingress, gateway)


@pytest.mark.parametrize("build", APPLICATIONS, ids=lambda build: build.__name__)
def test_application_becomes_exactly_these_objects(build, request: pytest.FixtureRequest) -> None:
    expected = EXPECTED / f"{build.__name__}.yaml"
    text = yaml_documents(build())
    if request.config.getoption("--write-expected"):
        expected.write_text(text)
    assert text == expected.read_text()


def test_every_expected_file_has_its_application() -> None:
    assert {path.stem for path in EXPECTED.iterdir()} == {build.__name__ for build in APPLICATIONS}


def test_every_object_is_valid_for_kubernetes() -> None:
    texts = [(EXPECTED / f"{build.__name__}.yaml").read_text() for build in APPLICATIONS]
    Taken().look(one for text in texts for one in yaml.load_all(text, yaml.CSafeLoader))
