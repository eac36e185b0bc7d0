# ruff: noqa: S106 - secrets are named here, and have no value
"""What holds for every application that the rules admit."""

import re
from typing import Any, NoReturn

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from components.manifests.objects import Manifest
from schemas.model import (
    Application,
    Config,
    Connection,
    Environment,
    EnvSource,
    FormatPart,
    Host,
    Image,
    IngressClass,
    Probes,
    Registry,
    Route,
    Scaling,
    Secret,
    Service,
    Trigger,
)
from schemas.model.scaling import ScalingTargets
from tests.manifests.models import (
    HTTP,
    application,
    claim,
    containers,
    empty_dir,
    environment,
    file,
    http_get,
    init,
    job,
    of_kind,
    pods,
    port,
    rendered,
    rollout,
    security,
    service,
    sidecar,
    template,
    value,
    way_in,
)

VALUE = "dG9wLXNlY3JldA=="
DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
DNS_SUBDOMAIN = re.compile(rf"(?=.{{1,253}}$){DNS_LABEL.pattern}(\.{DNS_LABEL.pattern})*")
DOTTED = {"ServiceAccount", "AuthorizationPolicy", "NetworkPolicy"}
"""Kinds whose names are not part of a DNS name, and may have dots."""
LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
DATA_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
LONG = "a" * 40
"""The longest name that the language has."""

KEY = {"key": "password"}
ENV = {
    "PLAIN": value("a$$b$(PLAIN)"),
    "TOKEN": EnvSource(secret="store", **KEY),
    "LEVEL": EnvSource(config="modes", key="level"),
    "DSN": EnvSource(
        format="{userName}{username}",
        from_={"userName": FormatPart(secret="store", **KEY), "username": FormatPart(field="metadata.name")},
    ),
}
FILES = {
    "/etc/app.toml": file(content="a = 1\n"),
    "/opt/é/app.toml": file(content="b = 2\n"),
    "/etc/" + "é" * 255: file(content="c = 3\n"),
    "/run/password": file(secret="store", **KEY),
    "/run/modes": file(config="modes"),
    "/tmp/": file(secret="store"),
}
EMPTY = {"tmp": "/scratch", "tmp-0": "/tmp", "cache": "/tmp/cache"}


def some(choices: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Some entries of a mapping, in any order."""
    return st.lists(st.sampled_from(list(choices)), unique=True).map(lambda keys: {key: choices[key] for key in keys})


@st.composite
def services(draw: st.DrawFn, name: str) -> Service:
    kind = draw(st.sampled_from(["service", "worker", "stateful"]))
    holds_claim = kind == "stateful" or draw(st.booleans())
    volumes = {key: empty_dir(path) for key, path in draw(some(EMPTY)).items()}
    files = draw(some(FILES))
    if "tmp-0" in volumes:
        files.pop("/tmp/", None)
    if holds_claim:
        volumes[LONG] = claim()
    mounts = draw(some(dict.fromkeys(volumes))) if volumes else {}
    mounts = {key: ("/tmp" if not index else f"/mnt/{key}") for index, key in enumerate(mounts)}
    one_pod = holds_claim and kind != "stateful"
    scaling = (
        None
        if one_pod
        else draw(st.sampled_from([None, Scaling(min=1, max=3, targets=ScalingTargets(cpu_percent=50))]))
    )
    replicas = 1 if one_pod else None if scaling else draw(st.sampled_from([None, 0, 1, 2, 1000]))
    ports = draw(st.sampled_from([{"http": HTTP}, {"http": HTTP, "metrics": port(9000, expose=False)}]))
    checks = [None, Probes(readiness=http_get("/ready")), Probes(liveness=http_get("/live", "http"))]
    return service(
        name,
        type=kind,
        ports=ports,
        env=draw(some(ENV)),
        files=files,
        volumes=volumes,
        probes=draw(st.sampled_from(checks)),
        replicas=replicas,
        scaling=scaling,
        init_containers=draw(
            some({"first": init(mounts=mounts, env=ENV), "second": init(image=Image(repository="other", tag="1"))})
        ),
        sidecars=draw(some({"beside": sidecar(mounts=mounts)})),
        rollout=rollout(strategy="recreate" if one_pod else "rolling"),
        security=security(read_only_root_filesystem=draw(st.booleans()), service_account_token=draw(st.booleans())),
    )


@st.composite
def applications(draw: st.DrawFn) -> Application:
    one, other = draw(services("web")), draw(services(LONG))
    calls = {
        "self": Connection(service="web"),
        "other": Connection(service=LONG, port="http"),
        "host": Connection(host="db.test", port=443),
    }
    one = replace(one, connections=draw(some(calls)))
    triggers = {"tidy": Trigger(cron="0 3 * * *"), "b" * 40: Trigger(before=["web"])}
    runners, env = st.sampled_from(["web", LONG]), {**draw(some(ENV)), "SELF_URL": value("mine")}
    found = [
        job(name, service=draw(runners), env=env, trigger=trigger) for name, trigger in draw(some(triggers)).items()
    ]
    ingress = way_in(hosts={LONG: Host(subdomain="www")}, routes={"/": Route(service="web", port=80)})
    configs = {"modes": Config(data={"level": "calm"})}
    secrets = {"store": Secret(keys=["password"], on_change="restart")}
    return application(one, other, jobs=tuple(found), name="s" * 40, ingress=ingress, configs=configs, secrets=secrets)


PLACES = st.builds(
    environment,
    registry=st.booleans().map(lambda credentials: Registry(address="registry.test", credentials=credentials)),
    ingress=st.sampled_from(["ingress", "gateway"]).map(lambda kind: IngressClass(kind=kind, class_="nginx")),
)


class Leaf:
    """A value that nobody may look at before the deployment."""

    def _looked(self, *_: object) -> NoReturn:
        raise AssertionError("somebody looked at a leaf")

    __bool__ = __str__ = __format__ = __iter__ = __len__ = __add__ = __getattr__ = _looked  # type: ignore[assignment]


def strings(found: Any) -> list[str]:
    """Return every text in a value, keys too."""
    if isinstance(found, dict):
        return [text for key, child in found.items() for text in [key, *strings(child)]]
    if isinstance(found, list):
        return [text for child in found for text in strings(child)]
    return [found] if isinstance(found, str) else []


def repeated(names: list[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}


@given(applications(), PLACES)
def test_every_name_label_and_key_fits_kubernetes(app: Application, place: Environment) -> None:
    objects = rendered(app, place)
    for one in objects:
        pattern = DNS_SUBDOMAIN if one["kind"] in DOTTED else DNS_LABEL
        assert pattern.fullmatch(one["metadata"]["name"]), one["metadata"]["name"]
        assert one["metadata"]["labels"]["app.kubernetes.io/instance"] == one["metadata"]["name"]
    heads = [one["metadata"] for one in objects] + [pod["metadata"] for pod in pods(objects)]
    assert [text for head in heads for text in head["labels"].values() if not LABEL_VALUE.fullmatch(text)] == []
    assert [
        key for one in of_kind(objects, "ConfigMap", "Secret") for key in one["data"] if not DATA_KEY.fullmatch(key)
    ] == []
    assert repeated([f"{one['kind']} {one['metadata']['name']}" for one in objects]) == set()


@given(applications(), PLACES)
def test_no_name_comes_twice_in_a_pod(app: Application, place: Environment) -> None:
    for one in rendered(app, place):
        pod = template(one)
        if pod is None:
            continue
        assert repeated([volume["name"] for volume in pod["spec"].get("volumes", [])]) == set()
        assert repeated([container["name"] for container in containers(pod)]) == set()
        for container in containers(pod):
            assert repeated([variable["name"] for variable in container.get("env", [])]) == set()
            assert repeated([mount["mountPath"].rstrip("/") for mount in container.get("volumeMounts", [])]) == set()


@given(applications(), PLACES)
def test_what_a_pod_refers_to_is_there_and_every_volume_is_mounted(app: Application, place: Environment) -> None:
    objects = rendered(app, place)
    there = {(one["kind"], one["metadata"]["name"]) for one in objects}
    for one in objects:
        if (pod := template(one)) is None:
            continue
        spec = pod["spec"]
        assert ("ServiceAccount", spec["serviceAccountName"]) in there
        assert {("Secret", login["name"]) for login in spec.get("imagePullSecrets", [])} <= there
        volumes = spec.get("volumes", [])
        wanted = {("Secret", volume["secret"]["secretName"]) for volume in volumes if "secret" in volume}
        wanted |= {("ConfigMap", volume["configMap"]["name"]) for volume in volumes if "configMap" in volume}
        wanted |= {
            ("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"])
            for volume in volumes
            if "persistentVolumeClaim" in volume
        }
        sources = [
            variable.get("valueFrom", {}) for container in containers(pod) for variable in container.get("env", [])
        ]
        wanted |= {("Secret", source["secretKeyRef"]["name"]) for source in sources if "secretKeyRef" in source}
        wanted |= {
            ("ConfigMap", source["configMapKeyRef"]["name"]) for source in sources if "configMapKeyRef" in source
        }
        assert wanted <= there
        mounted = {mount["name"] for container in containers(pod) for mount in container.get("volumeMounts", [])}
        templates = {claim["metadata"]["name"] for claim in one["spec"].get("volumeClaimTemplates", [])}
        assert mounted == {volume["name"] for volume in volumes} | templates


@given(applications(), PLACES)
def test_every_container_can_write_to_tmp(app: Application, place: Environment) -> None:
    for pod in pods(rendered(app, place)):
        for container in containers(pod):
            mounted = {mount["mountPath"].rstrip("/") for mount in container.get("volumeMounts", [])}
            assert "/tmp" in mounted or not container["securityContext"]["readOnlyRootFilesystem"]


@given(applications(), PLACES)
def test_selectors_select_the_pods_of_one_workload_and_no_job(app: Application, place: Environment) -> None:
    objects = rendered(app, place)
    labels = {one["metadata"]["name"]: pod["metadata"]["labels"] for one in objects if (pod := template(one))}
    for one in of_kind(objects, "Deployment", "StatefulSet", "Service", "PodDisruptionBudget"):
        spec = one["spec"]["selector"]
        wanted = spec.get("matchLabels", spec)
        assert set(wanted) == {"app.kubernetes.io/name", "app.kubernetes.io/part-of"}
        selected = [name for name, found in labels.items() if wanted.items() <= found.items()]
        assert selected == [one["metadata"]["name"].removesuffix("-replicas")]


@given(applications(), PLACES)
def test_the_autoscaler_owns_the_number_of_pods(app: Application, place: Environment) -> None:
    objects = rendered(app, place)
    scaled = {one["metadata"]["name"]: one["spec"] for one in of_kind(objects, "HorizontalPodAutoscaler")}
    assert set(scaled) == {name for name, one in app.services.items() if one.scaling}
    for one in of_kind(objects, "Deployment", "StatefulSet"):
        assert ("replicas" in one["spec"]) == (one["metadata"]["name"] not in scaled)
    for name, spec in scaled.items():
        assert spec["scaleTargetRef"]["kind"] == (
            "StatefulSet" if app.services[name].type == "stateful" else "Deployment"
        )
        assert spec["minReplicas"] <= spec["maxReplicas"]


@given(applications(), PLACES)
def test_budgets_are_there_for_several_pods_and_for_no_others(app: Application, place: Environment) -> None:
    budgets = {one["metadata"]["name"] for one in of_kind(rendered(app, place), "PodDisruptionBudget")}
    assert budgets == {name for name, one in app.services.items() if one.fewest_replicas >= 2}


@given(applications(), PLACES)
def test_a_secrets_value_stands_in_secrets_alone(app: Application, place: Environment) -> None:
    elsewhere = [one for one in rendered(app, place, secret=VALUE) if one["kind"] != "Secret"]
    assert [text for text in strings(elsewhere) if VALUE in text] == []


@given(applications(), PLACES)
def test_leaves_are_placed_and_never_looked_at(app: Application, place: Environment) -> None:
    image, secret, digest = Leaf(), Leaf(), Leaf()
    objects = rendered(app, place, image=image, secret=secret, digests={"store": digest})
    for pod in pods(objects):
        (container,) = pod["spec"]["containers"]
        assert container["image"] is image
    for one in of_kind(objects, "Secret"):
        assert all(found is secret for found in one["data"].values())


@given(applications(), PLACES)
def test_equal_applications_give_equal_objects_whatever_the_order_of_their_names(
    app: Application, place: Environment
) -> None:
    def turned(one: Any, *fields: str) -> Any:
        return replace(one, **{name: dict(reversed(list(getattr(one, name).items()))) for name in fields})

    before: list[Manifest] = rendered(app, place)
    assert rendered(app, place) == before
    parts = ("env", "files", "volumes", "connections", "init_containers", "sidecars")
    services = {name: turned(one, *parts) for name, one in app.services.items()}
    found = {name: turned(one, "env") for name, one in app.jobs.items()}
    other = replace(app, services=services, jobs=found)
    assert rendered(turned(other, "services", "jobs", "configs", "secrets"), place) == before
