"""The program of many applications in one stack: no file may hold as many services as a bench wants."""

from pathlib import Path

import pulumi

from components import MicroserviceStack
from components.microservice_stack import ResolvedStack
from schemas.project import read
from schemas.resolve import resolve
from stacks.cluster import cluster_provider
from stacks.debug_log import drop_debug_messages

drop_debug_messages()
specs = [resolve(read(file, Path("platform.yaml")), "prod") for file in sorted(Path("applications").glob("*.yaml"))]
cluster = cluster_provider(specs[0])
for spec in specs:
    MicroserviceStack(spec.application.name, ResolvedStack(spec=spec), pulumi.ResourceOptions(providers=[cluster]))
