"""Cron jobs: jobs of the spec where a service has their image, else objects of their own."""

import re
from typing import Any

from importers.draft import Draft, named, unique
from importers.kubernetes.containers import container
from importers.kubernetes.variables import Sources
from importers.kubernetes.workloads import extra_body
from importers.rest import Rest

_CONCURRENCY = {"Allow": "allow", "Forbid": "forbid", "Replace": "replace"}


def cron_job(draft: Draft, source: Rest, sources: Sources) -> None:
    """Make a CronJob a job of the service that runs the same image; without one it stays an object of its own."""
    whole = Rest(source.node)
    spec = whole.inner("spec")
    run = spec.inner("jobTemplate").inner("spec")
    pod = run.inner("template").inner("spec")
    boxes = pod.items("containers")
    name = str(whole.inner("metadata").take("name", "job"))
    if len(boxes) != 1 or boxes[0].look("envFrom"):
        draft.keep(name, extra_body(source), source.origin, "a CronJob that no service of the spec runs as")
        return
    one = container(Draft(name=draft.name), boxes[0], sources, None)
    service = next((key for key, other in draft.services.items() if other.get("image") == one.spec["image"]), None)
    schedule = str(spec.take("schedule", ""))
    if service is None or not re.fullmatch(r"\S+( \S+){4}", schedule) or pod.look("volumes"):
        draft.keep(name, extra_body(source), source.origin, "a CronJob that no service of the spec runs as")
        return
    for value in one.spec.get("env", {}).values():
        if isinstance(value, dict) and "secret" in value:
            draft.secret(value["secret"], value["key"])
    shared = draft.services[service].get("env", {})
    env = {key: value for key, value in one.spec.get("env", {}).items() if shared.get(key) != value}
    if added := sorted(set(shared) - set(one.spec.get("env", {}))):
        draft.note(source.origin, "SW7050", f"the job gets {', '.join(added)} too: it runs as `{service}`.")
    trigger: dict[str, Any] = {"cron": schedule}
    if zone := spec.take("timeZone"):
        trigger["timeZone"] = zone
    job: dict[str, Any] = {"service": service, "trigger": trigger, "env": env}
    job |= {key: one.spec[key] for key in ("command", "args") if key in one.spec}
    if one.spec.get("resources") and one.spec["resources"] != draft.services[service].get("resources"):
        job["resources"] = one.spec["resources"]
    job["concurrency"] = _CONCURRENCY[spec.take("concurrencyPolicy", "Allow")]
    if (retries := run.take("backoffLimit")) is not None:
        job["retries"] = retries
    if (deadline := run.take("activeDeadlineSeconds")) is not None:
        job["timeout"] = f"{deadline}s"
    key = unique(named(name), {**draft.jobs, **draft.services})
    draft.jobs[key] = {field: value for field, value in job.items() if value not in ({}, [])}
    pod.ignore(restartPolicy=("Never", "OnFailure"))
    for left in (spec, run, pod):
        for field, _ in left.fields():
            draft.note(left.at(field), "SW7051", f"`{field}` of the CronJob `{name}` has no field, and is left out.")
