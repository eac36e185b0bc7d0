"""The program of every stack: pick the spec and the environment, deploy, export."""

import pulumi

from components import MicroserviceStack
from stacks.cluster import cluster_provider
from stacks.selection import selected_spec

spec = selected_spec()
cluster = cluster_provider(spec)
stack = MicroserviceStack(spec.application.name, spec, pulumi.ResourceOptions(providers=[cluster]))

pulumi.export("namespace", stack.namespace)
pulumi.export("addresses", stack.addresses)
pulumi.export("images", stack.images)
