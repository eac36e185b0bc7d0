"""The program of every stack: pick the spec and the environment, deploy, export."""

import pulumi

from components import MicroserviceStack
from components.microservice_stack import ResolvedStack
from stacks.cluster import cluster_provider
from stacks.debug_log import drop_debug_messages
from stacks.failures import failure_report
from stacks.selection import selected_spec

drop_debug_messages()
spec = selected_spec()
cluster = cluster_provider(spec)
application = ResolvedStack(spec=spec, on_failure=failure_report(spec))
stack = MicroserviceStack(spec.application.name, application, pulumi.ResourceOptions(providers=[cluster]))

pulumi.export("namespace", stack.namespace)
pulumi.export("addresses", stack.addresses)
pulumi.export("images", stack.images)
