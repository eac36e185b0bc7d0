# ruff: noqa: S106 - secrets are named here, and have no value
"""Workloads: rollouts, scaling, disruption, storage, probes and jobs."""

from typing import Any

import pytest

from components.manifests import application_objects
from components.manifests.objects import Manifest
from components.manifests.workloads.workload import rollout_seconds
from schemas.model import (
    Build,
    Config,
    Disruption,
    EnvSource,
    Probe,
    Probes,
    Registry,
    Requests,
    Resources,
    Scaling,
    ScalingRules,
    Secret,
    Service,
    Shutdown,
    Trigger,
)
from schemas.model.container import Grpc, TcpSocket
from schemas.model.scaling import ScalingBehavior, ScalingTargets
from tests.manifests.models import (
    HTTP,
    RESOURCES,
    application,
    claim,
    container_of,
    environment,
    file,
    http_get,
    init,
    job,
    named,
    of_kind,
    pod_of,
    pods,
    port,
    rendered,
    rollout,
    security,
    service,
    sidecar,
    value,
)


def workload(one: Service) -> Manifest:
    (found,) = of_kind(rendered(application(one)), "Deployment", "StatefulSet")
    return dict(found["spec"])


STRATEGIES = [
    ({}, {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}),
    (
        {"max_surge": 0, "max_unavailable": "25%"},
        {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": "25%"}},
    ),
    ({"strategy": "recreate"}, {"type": "Recreate"}),
]


@pytest.mark.parametrize(("changes", "expected"), STRATEGIES)
def test_deployment_takes_the_strategy_of_the_spec(changes: dict[str, Any], expected: dict[str, Any]) -> None:
    assert workload(service(rollout=rollout(**changes)))["strategy"] == expected


@pytest.mark.parametrize("strategy", ["rolling", "recreate"])
def test_stateful_service_rolls_by_itself_whatever_its_strategy(strategy: str) -> None:
    one = service(type="stateful", rollout=rollout(strategy=strategy))
    assert workload(one)["updateStrategy"] == {"type": "RollingUpdate"}


@pytest.mark.parametrize(
    ("type_", "replicas", "expected"),
    [("service", None, 2), ("stateful", None, 1), ("worker", 0, 0), ("service", 7, 7)],
)
def test_number_of_pods(type_: str, replicas: int | None, expected: int) -> None:
    assert workload(service(type=type_, replicas=replicas))["replicas"] == expected


def scaling(most: int) -> Scaling:
    return Scaling(min=2, max=most, targets=ScalingTargets(cpu_percent=50))


# A pod that says no probes may take 120 s until it answers, 5 to stay ready and 30 to end; a deadline is a minute more.
# Where nobody asks it may take 30 s.
ROLLOUTS = [
    ("one after another", {"replicas": 4}, 4 * 155 + 60),
    ("two at once", {"replicas": 4, "rollout": rollout(max_surge=1, max_unavailable=1)}, 2 * 155 + 60),
    ("a surge is rounded up", {"replicas": 5, "rollout": rollout(max_surge="25%", max_unavailable=0)}, 3 * 155 + 60),
    (
        "an absence is rounded down",
        {"replicas": 7, "rollout": rollout(max_surge=0, max_unavailable="40%")},
        4 * 155 + 60,
    ),
    ("all at once", {"replicas": 9, "rollout": rollout(strategy="recreate")}, 185 + 60),
    (
        "replicas in their order",
        {"replicas": 4, "type": "stateful", "rollout": rollout(max_unavailable=4)},
        4 * 65 + 60,
    ),
    ("as many as there may be", {"scaling": scaling(6)}, 6 * 155 + 60),
    ("none", {"replicas": 0}, 185 + 60),
    ("slow to start", {"replicas": 2, "probes": Probes(readiness=http_get("/"))}, 2 * (122 + 35) + 60),
    ("slow to end", {"replicas": 2, "shutdown": Shutdown(drain_seconds=0, grace_seconds=300)}, 2 * 425 + 60),
    ("at most two hours", {"replicas": 1000}, 7200),
    (
        "never before the spec's own deadline",
        {"replicas": 1, "rollout": rollout(progress_deadline="3h")},
        3 * 3600 + 60,
    ),
]


@pytest.mark.parametrize(("changes", "expected"), [row[1:] for row in ROLLOUTS], ids=[row[0] for row in ROLLOUTS])
def test_rollout_has_the_time_that_the_spec_allows_its_pods(changes: dict[str, Any], expected: int) -> None:
    assert rollout_seconds(service(**changes)) == expected


DEADLINES = [
    ({}, 120 + 5 + 60),
    ({"type": "worker", "ports": {}}, 30 + 5 + 60),
    ({"rollout": rollout(progress_deadline="7m")}, 420),
    (
        {
            "probes": Probes(
                startup=http_get("/", period_seconds=3, failure_threshold=5, timeout_seconds=1, initial_delay_seconds=4)
            )
        },
        20 + 5 + 60,
    ),
    ({"probes": Probes(readiness=http_get("/"))}, 122 + 5 + 60),
]


@pytest.mark.parametrize(("changes", "expected"), DEADLINES)
def test_deadline_is_what_the_probes_allow_and_a_minute(changes: dict[str, Any], expected: int) -> None:
    assert workload(service(**changes))["progressDeadlineSeconds"] == expected


def test_startup_asks_what_readiness_asks_with_sixty_tries() -> None:
    container = container_of(service(probes=Probes(readiness=http_get("/ready", success_threshold=2))))
    asked = {"httpGet": {"path": "/ready", "port": "http"}, "timeoutSeconds": 2}
    assert container["startupProbe"] == {**asked, "periodSeconds": 2, "failureThreshold": 60}
    assert container["readinessProbe"] == {**asked, "periodSeconds": 10, "failureThreshold": 3, "successThreshold": 2}
    assert "livenessProbe" not in container


def test_no_startup_probe_without_readiness_and_none_but_the_specs_own() -> None:
    live, own = http_get("/live"), http_get("/start")
    assert "startupProbe" not in container_of(service(probes=Probes(liveness=live)))
    both = container_of(service(probes=Probes(readiness=live, startup=own)))
    assert both["startupProbe"]["httpGet"]["path"] == "/start"


def test_probes_ask_the_first_port_by_name_and_grpc_by_number() -> None:
    ports = {"web": HTTP, "admin": port(9000, target_port=9001)}
    timing = {"period_seconds": 10, "timeout_seconds": 2, "failure_threshold": 3}
    tcp = type(http_get("/"))(tcp_socket=TcpSocket(), **timing)
    grpc = type(http_get("/"))(grpc=Grpc(service="health"), **timing)
    admin = type(http_get("/"))(grpc=Grpc(port="admin"), **timing)
    container = container_of(service(ports=ports, probes=Probes(startup=tcp, readiness=grpc, liveness=admin)))
    assert container["startupProbe"]["tcpSocket"] == {"port": "web"}
    assert container["readinessProbe"]["grpc"] == {"port": 8080, "service": "health"}
    assert container["livenessProbe"]["grpc"] == {"port": 9001}


def test_sidecars_are_asked_by_the_number_of_a_port_that_the_service_names() -> None:
    metrics = {"http": HTTP, "metrics": port(9090, expose=False)}
    beside = sidecar(probes=Probes(liveness=http_get("/", "metrics"), startup=http_get("/", 9100)))
    (found,) = pod_of(service(ports=metrics, sidecars={"exporter": beside}))["spec"]["initContainers"]
    assert [found[f"{kind}Probe"]["httpGet"]["port"] for kind in ("liveness", "startup")] == [9090, 9100]


@pytest.mark.parametrize(("number", "allowed"), [(1023, True), (1024, False)])
def test_pods_may_listen_on_low_ports_when_they_have_one(number: int, allowed: bool) -> None:
    context = pod_of(service(ports={"web": port(8080, target_port=number)}))["spec"]["securityContext"]
    wanted = [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "0"}] if allowed else None
    assert context.get("sysctls") == wanted


def test_pause_before_the_end_is_for_services_that_are_called() -> None:
    assert container_of(service())["lifecycle"] == {"preStop": {"sleep": {"seconds": 5}}}
    assert "lifecycle" not in container_of(service(shutdown=Shutdown(drain_seconds=0, grace_seconds=30)))
    assert "lifecycle" not in container_of(service(type="worker", ports={}))


def test_memory_is_limited_to_its_request_and_cpu_far_above() -> None:
    limits = container_of(service())["resources"]["limits"]
    assert limits == {"cpu": "2", "memory": "64Mi", "ephemeral-storage": "1Gi"}
    said = Resources(requests=RESOURCES.requests, limits=Requests(cpu="2", memory="1Gi"))
    assert container_of(service(resources=said))["resources"]["limits"] == {"cpu": "2", "memory": "1Gi"}


@pytest.mark.parametrize(
    ("request_", "limit"),
    [(None, "2"), ("1", "2"), ("1.25", "2500m"), ("3", "6"), ("1001m", "2002m"), ("1.0001", "2001m")],
)
def test_cpu_is_limited_to_two_cores_or_twice_the_request(request_: str | None, limit: str) -> None:
    asked = Resources(requests=Requests(cpu=request_), limits=Requests())
    assert container_of(service(resources=asked))["resources"]["limits"] == {"cpu": limit}


LISTENS = {"tcpSocket": {"port": "http"}, "periodSeconds": 5, "timeoutSeconds": 2, "failureThreshold": 3}
TCP_LIVENESS = Probe(tcp_socket=TcpSocket(), period_seconds=10, timeout_seconds=2, failure_threshold=3)
READINESS = [
    ("a service that says nothing", {}, LISTENS),
    ("one that says when it lives", {"probes": Probes(liveness=http_get("/live"))}, LISTENS),
    ("one that lives while it listens", {"probes": Probes(liveness=TCP_LIVENESS)}, None),
    ("its first port over TCP", {"ports": {"dns": port(53, protocol="UDP"), "http": HTTP}}, LISTENS),
    ("nobody calls", {"type": "worker", "ports": {"metrics": port(9000, expose=False)}}, None),
    ("one replica with a name", {"type": "stateful"}, LISTENS),
    ("several replicas with a name", {"type": "stateful", "replicas": 3}, None),
]


@pytest.mark.parametrize(("changes", "expected"), [row[1:] for row in READINESS], ids=[row[0] for row in READINESS])
def test_pod_gets_requests_once_it_listens(changes: dict[str, Any], expected: dict[str, Any] | None) -> None:
    container = container_of(service(**changes))
    assert container.get("readinessProbe") == expected
    assert "startupProbe" not in container


def test_token_of_the_account_is_for_pods_that_ask_for_it() -> None:
    objects = rendered(application(service(security=security(service_account_token=True)), jobs=(job(),)))
    assert [one["automountServiceAccountToken"] for one in of_kind(objects, "ServiceAccount")] == [False, False]
    assert [pod["spec"]["automountServiceAccountToken"] for pod in pods(objects)] == [True, True]


def test_sidecars_start_before_init_containers_and_each_group_by_name() -> None:
    one = service(init_containers={"b": init(), "a": init()}, sidecars={"z": sidecar(), "y": sidecar()})
    found = pod_of(one)["spec"]["initContainers"]
    assert [(each["name"], each.get("restartPolicy")) for each in found] == [
        ("y", "Always"),
        ("z", "Always"),
        ("a", None),
        ("b", None),
    ]


BUDGETS = [
    (Disruption(), {"maxUnavailable": 1}),
    (Disruption(max_unavailable=0), {"maxUnavailable": 0}),
    (Disruption(min_available="50%"), {"minAvailable": "50%"}),
]


@pytest.mark.parametrize(("disruption", "expected"), BUDGETS)
def test_budget_says_one_bound(disruption: Disruption, expected: dict[str, Any]) -> None:
    (found,) = of_kind(rendered(application(service(disruption=disruption))), "PodDisruptionBudget")
    assert {key: found["spec"][key] for key in found["spec"] if key.startswith(("max", "min"))} == expected
    assert found["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_spec_changes_single_rules_of_the_autoscaler() -> None:
    behavior = ScalingBehavior(scale_down=ScalingRules(stabilization_window_seconds=0, select_policy="Min"))
    one = service(scaling=Scaling(min=1, max=2, targets=ScalingTargets(memory_percent=80), behavior=behavior))
    spec = of_kind(rendered(application(one)), "HorizontalPodAutoscaler")[0]["spec"]
    half = [{"type": "Percent", "value": 50, "periodSeconds": 60}]
    assert spec["behavior"]["scaleDown"] == {"stabilizationWindowSeconds": 0, "policies": half, "selectPolicy": "Min"}
    assert [one["containerResource"]["name"] for one in spec["metrics"]] == ["memory"]


CLAIMS = [(["retain"], "Retain"), (["delete"], "Delete"), (["delete", "retain"], "Retain")]


@pytest.mark.parametrize(("wishes", "expected"), CLAIMS)
def test_claims_are_deleted_only_when_each_of_them_may_be(wishes: list[str], expected: str) -> None:
    volumes = {wish: claim(f"/{wish}", on_removal=wish) for wish in wishes}
    found = workload(service(type="stateful", volumes=volumes))
    assert found["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": expected, "whenScaled": expected}


def test_claims_class_is_the_specs_then_the_platforms_then_the_clusters() -> None:
    volumes = {"a": claim("/a"), "b": claim("/b", storage_class="slow")}
    app = application(service(volumes=volumes))
    for place, expected in ((environment(storage_class="fast"), ["fast", "slow"]), (environment(), [None, "slow"])):
        found = of_kind(rendered(app, place), "PersistentVolumeClaim")
        assert [one["spec"].get("storageClassName") for one in found] == expected


def test_claim_stays_with_its_data_when_the_service_is_renamed() -> None:
    objects = rendered(application(service("shop", renamed_from="web", volumes={"data": claim()})))
    assert named(objects, "PersistentVolumeClaim", "web-data")
    (pod,) = pods(objects)
    assert pod["spec"]["volumes"][0]["persistentVolumeClaim"] == {"claimName": "web-data"}


SECRET_USES = [
    service(env={"A": EnvSource(secret="store", key="password")}),
    service(files={"/run/password": file(secret="store", key="password")}),
    service(sidecars={"one": sidecar(env={"A": EnvSource(secret="store", key="password")})}),
    service(init_containers={"one": init(env={"A": EnvSource(secret="store", key="password")})}),
]


@pytest.mark.parametrize("one", SECRET_USES)
def test_pod_is_marked_with_the_digest_of_each_secret_it_uses(one: Service) -> None:
    secrets = {"store": Secret(keys=["password"], on_change="restart")}
    objects = rendered(application(one, secrets=secrets), digests={"store": "d1", "other": "d2"})
    assert pods(objects)[0]["metadata"]["annotations"] == {"stackwright.dev/secret.store": "d1"}
    assert "annotations" not in pods(rendered(application(one, secrets=secrets)))[0]["metadata"]


def test_new_content_of_a_config_or_file_is_another_object_that_pods_name() -> None:
    def names(text: str) -> list[str]:
        one = service(env={"A": EnvSource(config="modes", key="a")}, files={"/etc/a": file(content=text)})
        objects = rendered(application(one, configs={"modes": Config(data={"a": text})}))
        found = [each["metadata"]["name"] for each in of_kind(objects, "ConfigMap")]
        pod = str(pods(objects))
        assert all(name in pod for name in found)
        assert all(each["immutable"] for each in of_kind(objects, "ConfigMap"))
        return found

    assert not set(names("one")) & set(names("two"))


def job_name(**changes: Any) -> str:
    web = changes.pop("web", service())
    image = changes.pop("image", "registry.test/web:1")
    objects = rendered(
        application(web, jobs=(job("migrate", **{"trigger": Trigger(before=["web"]), **changes}),)), image=image
    )
    return str(of_kind(objects, "Job")[0]["metadata"]["name"])


JOB_CHANGES = [
    {"command": ["other"]},
    {"env": {"A": value("1")}},
    {"web": service(env={"A": value("1")})},
    {"web": service(files={"/a": file(content="1")})},
]


@pytest.mark.parametrize("changes", JOB_CHANGES)
def test_job_with_another_definition_is_another_object(changes: dict[str, Any]) -> None:
    assert job_name(**changes) != job_name()


def test_name_of_a_job_knows_an_image_that_is_named_and_none_that_is_built() -> None:
    assert job_name(image="registry.test/web:2") != job_name()
    built = service(build=Build(context="web"))
    assert job_name(web=built, image="registry.test/web:2") == job_name(web=built)


def test_job_takes_the_services_files_and_leaves_its_claims_and_company_alone() -> None:
    volumes = {"data": claim("/tmp")}
    company = {"init_containers": {"prepare": init(mounts={"data": "/data"})}, "sidecars": {"beside": sidecar()}}
    web = service(replicas=1, files={"/etc/a": file(content="1")}, volumes=volumes, **company)
    objects = rendered(application(web, jobs=(job(),)))
    (pod, _) = pods(objects)
    assert "initContainers" not in pod["spec"]
    assert [mount["mountPath"] for mount in pod["spec"]["containers"][0]["volumeMounts"]] == ["/etc/a", "/tmp"]
    (own,) = [one for one in of_kind(objects, "ConfigMap") if one["metadata"]["name"].startswith("tidy-files-")]
    assert pod["spec"]["volumes"][0]["configMap"]["name"] == own["metadata"]["name"]


def test_cron_job_is_in_utc_unless_the_spec_says() -> None:
    assert of_kind(rendered(application(jobs=(job(),))), "CronJob")[0]["spec"]["timeZone"] == "Etc/UTC"


def test_registrys_login_is_there_when_pods_are_pulled_with_it() -> None:
    app, place = application(), environment(registry=Registry(address="registry.test", credentials=True))
    objects = application_objects(app, place, {"web": "image"}, {}, {}, "bG9naW4=")
    assert named(objects, "Secret", "registry")["data"] == {".dockerconfigjson": "bG9naW4="}
    assert pods(objects)[0]["spec"]["imagePullSecrets"] == [{"name": "registry"}]
    assert of_kind(rendered(app), "Secret") == []
