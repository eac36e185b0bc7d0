"""Jobs and cron jobs: that they start in time, and end."""

from collections.abc import Iterator

from checks.check import Hit, check
from checks.objects import Objects


@check(
    "SW6531",
    "kube-score/cronjob-has-deadline",
    hint="Set `startingDeadlineSeconds`; later than that a run is left out.",
)
def deadline(there: Objects) -> Iterator[Hit]:
    """Yield cron jobs that start late runs in a heap, and give up for good after a hundred of them.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#starting-deadline
    """
    for one in there.of("CronJob", "batch"):
        if one.spec.get("startingDeadlineSeconds") is None:
            yield Hit(one, ("spec", "startingDeadlineSeconds"), "nothing says how late a run may still start.")


@check(
    "SW6532",
    "kube-score/cronjob-restartpolicy",
    "kube-linter/restart-policy",
    severity="error",
    hint="Set `restartPolicy: Never`, or OnFailure.",
)
def restart(there: Objects) -> Iterator[Hit]:
    """Yield jobs that would never end."""
    for pod in there.pods:
        if pod.runs_to_end and pod.spec.get("restartPolicy") not in ("Never", "OnFailure"):
            yield Hit(
                pod.owner, pod.at("restartPolicy"), "a job's pod must end, so its restartPolicy cannot be Always."
            )


CHECKS = (deadline, restart)
