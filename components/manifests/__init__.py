"""Pure functions from the model to Kubernetes objects as plain camelCase mappings.

The folders are the feature list: `pods`, `workloads`, `network`, and the namespace with its configuration. What is
known only at deployment, an image's digest or a secret's value, passes through as a leaf.
"""

from collections.abc import Mapping

from components.manifests.access.network import default_policies, service_policy
from components.manifests.access.permissions import Callers, callers
from components.manifests.access.role import roles
from components.manifests.configuration import config_maps, files_config_map, pull_secret, secrets
from components.manifests.escape.extra import extra_objects
from components.manifests.escape.patches import patched
from components.manifests.ingress.way import ingress_objects as _ingress_objects
from components.manifests.mesh.backend import backend
from components.manifests.monitoring.objects import monitoring_objects, shared_monitoring
from components.manifests.namespace import namespace as _namespace
from components.manifests.network.service import services
from components.manifests.objects import Leaf, Manifest, manifest
from components.manifests.scaling.autoscaler import autoscalers
from components.manifests.workloads.claim import claims
from components.manifests.workloads.disruption_budget import disruption_budget
from components.manifests.workloads.job import job_objects as _job_objects
from components.manifests.workloads.workload import workload
from schemas.model import Application, Environment, Job, Service

__all__ = [
    "Callers",
    "application_objects",
    "callers",
    "extra_objects",
    "ingress_objects",
    "job_objects",
    "namespace",
    "service_objects",
    "shared_objects",
]


def namespace(app: Application, environment: Environment) -> Manifest:
    """Return the Namespace, in which Pod Security `restricted` is enforced."""
    (found,) = patched([_namespace(app, environment)], app, environment)
    return found


def shared_objects(
    app: Application,
    environment: Environment,
    secret_data: Mapping[str, Mapping[str, Leaf]],
    pull_credentials: Leaf | None = None,
) -> list[Manifest]:
    """Return what the application's services share: default policies, configs, secrets and the registry's login."""
    login = [pull_secret(app, pull_credentials)] if pull_credentials is not None else []
    policies = [*default_policies(app, environment), *backend(environment).shared_objects(app, environment)]
    watched = shared_monitoring(app, environment)
    found = [*policies, *config_maps(app), *secrets(app, secret_data), *login, *watched]
    return patched(found, app, environment)


def job_objects(
    app: Application, environment: Environment, job: Job, image: Leaf, digests: Mapping[str, Leaf]
) -> list[Manifest]:
    """Return a job's account, files and network policy, and its CronJob or Job."""
    return patched(_job_objects(app, environment, job, image, digests), app, environment)


def ingress_objects(app: Application, environment: Environment) -> list[Manifest]:
    """Return the objects that lead from the application's hosts to its services, or none without an ingress."""
    return patched(_ingress_objects(app, environment), app, environment)


def service_objects(
    app: Application,
    environment: Environment,
    service: Service,
    image: Leaf,
    secret_digests: Mapping[str, Leaf],
    calling: Callers | None = None,
    versions: Mapping[str, Leaf] | None = None,
) -> list[Manifest]:
    """Return everything of one service, in the order in which a reader meets it: what its versions share, and each.

    Args:
        app: its application.
        environment: where it runs.
        service: the service.
        image: the image it runs.
        secret_digests: by secret, what changes with its values.
        calling: what `callers` says of the application; whoever builds many services finds it once.
        versions: the image of each other version of the service, by the version's name.

    """
    calling = callers(app) if calling is None else calling
    account = manifest("v1", "ServiceAccount", service.name, app, service)
    found = [
        # A pod that needs the token says so itself; whatever else runs as the account does not get one.
        {**account, "automountServiceAccountToken": False},
        *roles(app, service, service.name),
        *_version_objects(app, environment, service, image, secret_digests),
        service_policy(app, environment, service, calling),
    ]
    for name, other in service.others.items():
        found += _version_objects(app, environment, other, (versions or {})[name], secret_digests)
    found += backend(environment).service_objects(app, environment, service, calling)
    found += monitoring_objects(app, environment, service)
    return patched(found, app, environment)


def _version_objects(
    app: Application, environment: Environment, service: Service, image: Leaf, secret_digests: Mapping[str, Leaf]
) -> list[Manifest]:
    """Return what a version of a service has to itself."""
    found: list[Manifest | None] = [
        files_config_map(app, service),
        *claims(app, environment, service),
        *services(app, service, backend(environment).service_fields(app, service)),
        workload(app, environment, service, image, secret_digests),
        *autoscalers(app, environment, service),
        disruption_budget(app, service),
    ]
    return [one for one in found if one is not None]


def application_objects(
    app: Application,
    environment: Environment,
    images: Mapping[str, Leaf],
    secret_data: Mapping[str, Mapping[str, Leaf]],
    secret_digests: Mapping[str, Leaf],
    pull_credentials: Leaf | None = None,
) -> list[Manifest]:
    """Return every object of an application, in the order in which they are applied."""
    found = [namespace(app, environment), *shared_objects(app, environment, secret_data, pull_credentials)]
    for _, job in sorted(app.jobs.items()):
        found += job_objects(app, environment, job, images[job.service], secret_digests)
    calling = callers(app)
    for name, service in sorted(app.services.items()):
        versions = {version: images[other.name] for version, other in service.others.items()}
        found += service_objects(app, environment, service, images[name], secret_digests, calling, versions)
    return found + ingress_objects(app, environment) + extra_objects(app)
