"""The frozen model: what a spec says for one environment, with defaults filled in and names resolved.

Field names are the schema's in snake case. Absent means `None`. A test holds these classes to the schemas.
"""

from schemas.model.application import Application, Config, Host, Ingress, Job, Route, Secret, Trigger
from schemas.model.container import (
    EnvSource,
    File,
    FormatPart,
    Image,
    InitContainer,
    Probe,
    Probes,
    Requests,
    Resources,
    Sidecar,
)
from schemas.model.platform import Builds, Cluster, Environment, IngressClass, Registry
from schemas.model.service import (
    Build,
    Connection,
    Disruption,
    Inbound,
    Placement,
    Port,
    Rollout,
    Scaling,
    ScalingRules,
    Security,
    Service,
    Shutdown,
    Volume,
)

__all__ = [
    "Application",
    "Build",
    "Builds",
    "Cluster",
    "Config",
    "Connection",
    "Disruption",
    "EnvSource",
    "Environment",
    "File",
    "FormatPart",
    "Host",
    "Image",
    "Inbound",
    "Ingress",
    "IngressClass",
    "InitContainer",
    "Job",
    "Placement",
    "Port",
    "Probe",
    "Probes",
    "Registry",
    "Requests",
    "Resources",
    "Rollout",
    "Route",
    "Scaling",
    "ScalingRules",
    "Secret",
    "Security",
    "Service",
    "Shutdown",
    "Sidecar",
    "Trigger",
    "Volume",
]
