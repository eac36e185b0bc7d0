"""The plugin: hosts the components for programs in any Pulumi language."""

from pulumi.provider.experimental import component_provider_host

from components.autoscaled_service import AutoscaledService
from components.mesh_ingress import MeshIngress
from components.microservice_stack import MicroserviceStack
from components.service_image import ServiceImage

if __name__ == "__main__":
    component_provider_host(
        components=[AutoscaledService, MeshIngress, MicroserviceStack, ServiceImage],
        name="stackwright",
        version="0.1.0",
    )
