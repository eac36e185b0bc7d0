"""The objects of a spec with words where a value is known only at deployment: what needs no cluster and no engine."""

from collections.abc import Callable

from components.manifests import application_objects
from components.manifests.objects import Leaf, Manifest
from schemas.model import Application, Service
from schemas.spec import Spec

FROM_CONFIG = "from Pulumi config"
"""What stands for a secret's value, which is never in a file."""


def offline_objects(
    spec: Spec, app: Application | None = None, leaf: Callable[[str], Leaf] = lambda word: word
) -> list[Manifest]:
    """Return the objects of a spec, or of another reading of its application.

    `leaf` turns the word for a value into what stands in the objects.
    """
    app = app or spec.application
    images = {service.name: leaf(_image(spec, service)) for _, service in spec.running()}
    data = {name: dict.fromkeys(secret.keys, leaf(FROM_CONFIG)) for name, secret in app.secrets.items()}
    digests = {name: leaf(FROM_CONFIG) for name, secret in app.secrets.items() if secret.on_change == "restart"}
    return application_objects(app, spec.environment, images, data, digests)


def _image(spec: Spec, service: Service) -> str:
    """Return a service's image; one that is built has its place and no digest yet."""
    if service.build is None:
        return spec.image(service)
    app = spec.application
    return f"{spec.environment.registry.address}/{app.name}/{service.name}:{app.environment}"
