# ruff: noqa: S106, S107 - secrets are named here, and have no value
"""Small models for the builders' tests, with the schema's defaults filled in."""

from collections.abc import Mapping
from typing import Any

from components.manifests import application_objects
from components.manifests.objects import Manifest
from schemas.model import (
    Application,
    Disruption,
    Environment,
    EnvSource,
    File,
    Host,
    Image,
    Ingress,
    IngressClass,
    IngressTls,
    InitContainer,
    Job,
    Placement,
    Port,
    Probe,
    Registry,
    Requests,
    Resources,
    Rollout,
    Route,
    Security,
    Service,
    Shutdown,
    Sidecar,
    Trigger,
    Volume,
)
from schemas.model.container import HttpGet
from schemas.model.placement import Spread
from schemas.model.platform import Versions
from schemas.model.service import Claim, EmptyDir

RESOURCES = Resources(
    requests=Requests(cpu="50m", memory="64Mi", ephemeral_storage="64Mi"), limits=Requests(ephemeral_storage="1Gi")
)


def port(number: int = 80, **changes: Any) -> Port:
    return Port(**{"port": number, "protocol": "TCP", "expose": True, **changes})


HTTP = port(80, target_port=8080, app_protocol="http")


def http_get(path: str, port: int | str | None = None, **changes: Any) -> Probe:
    timing = {"period_seconds": 10, "timeout_seconds": 2, "failure_threshold": 3}
    return Probe(http_get=HttpGet(path=path, port=port), **{**timing, **changes})


def value(text: str) -> EnvSource:
    return EnvSource(value=text)


def file(**changes: Any) -> File:
    return File(**{"mode": "0444", **changes})


def claim(mount_path: str = "/data", **changes: Any) -> Volume:
    held = Claim(**{"storage": "1Gi", "access_mode": "ReadWriteOnce", "on_removal": "retain", **changes})
    return Volume(mount_path=mount_path, read_only=False, claim=held)


def empty_dir(mount_path: str) -> Volume:
    return Volume(mount_path=mount_path, read_only=False, empty_dir=EmptyDir(size_limit="64Mi"))


def init(**changes: Any) -> InitContainer:
    return InitContainer(resources=RESOURCES, **changes)


def sidecar(**changes: Any) -> Sidecar:
    return Sidecar(resources=RESOURCES, **changes)


def rollout(**changes: Any) -> Rollout:
    return Rollout(**{"strategy": "rolling", "min_ready_seconds": 5, **changes})


def security(**changes: Any) -> Security:
    defaults = {"run_as_user": 10001, "run_as_group": 10001}
    return Security(**{**defaults, "read_only_root_filesystem": True, "service_account_token": False, **changes})


def service(name: str = "web", **changes: Any) -> Service:
    defaults: dict[str, Any] = {
        "name": name,
        "type": "service",
        "deploy": True,
        "image": Image(repository="registry.test/web"),
        "ports": {"http": HTTP},
        "resources": RESOURCES,
        "rollout": rollout(),
        "shutdown": Shutdown(drain_seconds=5, grace_seconds=30),
        "disruption": Disruption(),
        "placement": Placement(spread=Spread(hosts="prefer", zones="prefer")),
        "security": security(),
    }
    return Service(**{**defaults, **changes})


def job(name: str = "tidy", **changes: Any) -> Job:
    defaults: dict[str, Any] = {
        "name": name,
        "deploy": True,
        "service": "web",
        "trigger": Trigger(cron="0 3 * * *"),
        "concurrency": "forbid",
        "timeout": "10m",
        "retries": 2,
    }
    return Job(**{**defaults, **changes})


def application(*services: Service, jobs: tuple[Job, ...] = (), **changes: Any) -> Application:
    return Application(
        **{
            "name": "shop",
            "owner": "team",
            "environment": "dev",
            "namespace": "shop-dev",
            "services": {one.name: one for one in services or (service(),)},
            "jobs": {one.name: one for one in jobs},
            **changes,
        }
    )


def environment(**changes: Any) -> Environment:
    defaults: dict[str, Any] = {
        "name": "dev",
        "domain": "dev.test",
        "registry": Registry(address="registry.test", credentials=False),
        "ingress": IngressClass(kind="ingress", class_="nginx"),
        "versions": Versions(kubernetes="1.34", istio="1.27"),
    }
    return Environment(**{**defaults, **changes})


def way_in(**changes: Any) -> Ingress:
    hosts = {"web": Host(subdomain="www")}
    return Ingress(**{"hosts": hosts, "routes": {"/": Route(service="web")}, "tls": "optional", **changes})


WILDCARD = IngressTls(secret="wildcard", plain_http="redirect")

IMAGE = "registry.test/web:1@sha256:0"


def rendered(
    app: Application,
    place: Environment | None = None,
    *,
    image: Any = IMAGE,
    secret: Any = "c2VjcmV0",
    digests: Mapping[str, Any] | None = None,
) -> list[Manifest]:
    """Return every object of an application, with one image and one value of every secret's key."""
    data = {name: dict.fromkeys(declared.keys, secret) for name, declared in app.secrets.items()}
    found = place or environment()
    login = secret if found.registry.credentials else None
    return application_objects(app, found, dict.fromkeys(app.services, image), data, digests or {}, login)


def of_kind(objects: list[Manifest], *kinds: str) -> list[Manifest]:
    return [one for one in objects if one["kind"] in kinds]


def named(objects: list[Manifest], kind: str, name: str) -> Manifest:
    (found,) = [one for one in of_kind(objects, kind) if one["metadata"]["name"] == name]
    return found


def template(manifest: Manifest) -> dict[str, Any] | None:
    """Return the pod template of a workload or job, or nothing for any other object."""
    spec = manifest.get("spec", {})
    spec = spec.get("jobTemplate", {}).get("spec", spec)
    found: dict[str, Any] | None = spec.get("template")
    return found


def pods(objects: list[Manifest]) -> list[dict[str, Any]]:
    """Return the pod template of every workload and job."""
    return [found for one in objects if (found := template(one)) is not None]


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def pod_of(one: Service, **changes: Any) -> dict[str, Any]:
    """Return the pod template of a service that is alone in its application."""
    (found,) = pods(rendered(application(one, **changes)))
    return found


def container_of(one: Service, **changes: Any) -> dict[str, Any]:
    """Return the service's own container."""
    (found,) = pod_of(one, **changes)["spec"]["containers"]
    return dict(found)
