"""What a service's requests should be, from what its pods use: recommended, and never changed."""

from components.manifests.objects import Manifest, manifest
from components.manifests.scaling.target import scaled
from schemas.model import Application, Service


def vertical_pod_autoscaler(app: Application, service: Service) -> Manifest:
    """Return the VerticalPodAutoscaler of a service. It only recommends: requests change by a reviewed line.

    Source: https://kubernetes.io/docs/concepts/workloads/autoscaling/vertical-pod-autoscale/
    """
    head = manifest("autoscaling.k8s.io/v1", "VerticalPodAutoscaler", service.name, app, service)
    return {**head, "spec": {"targetRef": scaled(service), "updatePolicy": {"updateMode": "Off"}}}
