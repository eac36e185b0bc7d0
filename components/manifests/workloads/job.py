"""Jobs and cron jobs."""

from collections.abc import Mapping
from typing import Any

import msgspec

from components.manifests.access.network import job_policy
from components.manifests.access.permissions import account
from components.manifests.access.role import roles
from components.manifests.configuration import files_config_map
from components.manifests.exemptions import exempted, job_exemptions
from components.manifests.network.addresses import connection_variables
from components.manifests.objects import RUNS_AS, Leaf, Manifest, content_hash, labels, manifest
from components.manifests.pods.containers import resources, security_context
from components.manifests.pods.mounts import mounts
from components.manifests.pods.template import pod_spec, secret_marks
from components.manifests.pods.variables import variables
from schemas.model import Application, Environment, Job, Service
from schemas.values.quantity import seconds

_LATEST_START_SECONDS = 300
"""How late a scheduled run may start; later it is left out."""


def job_objects(
    app: Application, environment: Environment, job: Job, image: Leaf, digests: Mapping[str, Leaf]
) -> list[Manifest]:
    """Return a job's account, files and network policy, and its CronJob or Job.

    A Job can't be changed, so its name carries a hash of its plain definition, with its image unless that is built;
    whoever applies it must also replace it when a built image, a leaf, changes.
    """
    runner = _runner(app, job)
    template = _template(app, environment, job, runner, image, digests)
    run = {
        "activeDeadlineSeconds": seconds(job.timeout),
        "backoffLimit": job.retries,
        # An evicted pod is no failure of the job.
        "podFailurePolicy": {
            "rules": [{"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}]
        },
        "template": template,
    }
    if job.trigger.cron is None:
        known = image if isinstance(image, str) and runner.build is None else None
        name = f"{job.name}-{content_hash(_template(app, environment, job, runner, known, {}))}"
        head = exempted(manifest("batch/v1", "Job", name, app), job_exemptions(runner, job))
        return [*_ground(app, environment, job, runner), {**head, "spec": run}]
    spec = {
        "schedule": job.trigger.cron,
        "timeZone": job.trigger.time_zone or "Etc/UTC",
        "concurrencyPolicy": job.concurrency.capitalize(),
        "startingDeadlineSeconds": _LATEST_START_SECONDS,
        "successfulJobsHistoryLimit": 3,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": {"metadata": {"labels": labels(app, job.name)}, "spec": run},
    }
    head = exempted(manifest("batch/v1", "CronJob", job.name, app), job_exemptions(runner, job))
    return [*_ground(app, environment, job, runner), {**head, "spec": spec}]


def _runner(app: Application, job: Job) -> Service:
    """Return the job's service as the job runs it: alone, under the job's name, and without the service's claims."""
    service = app.services[job.service]
    volumes = {name: volume for name, volume in service.volumes.items() if volume.claim is None}
    return msgspec.structs.replace(
        service, name=job.name, renamed_from=None, volumes=volumes, init_containers={}, sidecars={}
    )


def _ground(app: Application, environment: Environment, job: Job, runner: Service) -> list[Manifest]:
    """Return what a job's pods need before the service is there: it may have to run first."""
    runs_as = manifest("v1", "ServiceAccount", account(job), app)
    runs_as["metadata"]["labels"] = {**labels(app, job.name), "app.kubernetes.io/instance": account(job)}
    files = files_config_map(app, runner)
    policy = job_policy(app, environment, job)
    granted = roles(app, runner, account(job))
    return [{**runs_as, "automountServiceAccountToken": False}, *granted, *([files] if files else []), policy]


def _template(
    app: Application, environment: Environment, job: Job, service: Service, image: Leaf, digests: Mapping[str, Leaf]
) -> dict[str, Any]:
    mounted = mounts(app, service)
    command = {"command": job.command, "args": job.args}
    env = {**service.env, **job.env}
    declared = variables(app, env, connection_variables(app, service))
    container = {
        "name": job.name,
        "image": image,
        "imagePullPolicy": "Always",
        **{key: value for key, value in command.items() if value},
        **({"env": declared} if declared else {}),
        "resources": resources(job.resources or service.resources),
        "securityContext": security_context(service),
        **({"volumeMounts": mounted.mounts} if mounted.mounts else {}),
    }
    marks = secret_marks(service, [env], digests) if job.trigger.cron else {}
    own = {**labels(app, job.name), RUNS_AS: job.service}
    return {
        "metadata": {"labels": own, **({"annotations": marks} if marks else {})},
        "spec": {
            **pod_spec(environment, service, [container], mounted),
            "serviceAccountName": account(job),
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": service.shutdown.grace_seconds,
        },
    }
