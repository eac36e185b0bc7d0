"""Autoscalers: what they scale, by what, and between which bounds."""

from collections.abc import Iterator

from checks.check import Hit, check
from checks.objects import Object, Objects, at, mapping, number, sequence, text

_GROUP = "autoscaling"


def _scalers(there: Objects) -> Iterator[Object]:
    yield from there.of("HorizontalPodAutoscaler", _GROUP)


@check(
    "SW6511",
    "kube-score/horizontalpodautoscaler-has-target",
    "kube-linter/dangling-horizontalpodautoscaler",
    severity="error",
    hint="Compare scaleTargetRef with the workload: apiVersion, kind and name.",
)
def target(there: Objects) -> Iterator[Hit]:
    """Yield autoscalers of what is not there."""
    for scaler in _scalers(there):
        if there.target(scaler) is None:
            reference = mapping(scaler.spec.get("scaleTargetRef"))
            message = f"there is no {reference.get('kind')} `{reference.get('name')}` to scale."
            yield Hit(scaler, ("spec", "scaleTargetRef"), message)


@check(
    "SW6512",
    "kube-score/deployment-targeted-by-hpa-does-not-have-replicas-configured",
    severity="error",
    hint="Take `replicas` away: every deployment would throw the autoscaler's number over.",
)
def two_owners(there: Objects) -> Iterator[Hit]:
    """Yield workloads whose number of pods two of them own."""
    for one in there.autoscaled:
        if "replicas" in one.spec:
            yield Hit(one, ("spec", "replicas"), "an autoscaler owns the number of pods, and so does `replicas`.")


@check(
    "SW6513",
    "kube-score/horizontalpodautoscaler-replicas",
    "kube-linter/hpa-minimum-three-replicas",
    "polaris/hpaMinAvailability",
    hint="Set `minReplicas: 2` or more.",
)
def one_pod(there: Objects) -> Iterator[Hit]:
    """Yield autoscalers that may leave a single pod."""
    for scaler in _scalers(there):
        least = number(scaler.spec.get("minReplicas"))
        if least is None or least < 2:
            yield Hit(scaler, ("spec", "minReplicas"), "it may scale down to fewer than two pods.")


@check(
    "SW6514",
    "polaris/hpaMaxAvailability",
    severity="error",
    hint="Set `maxReplicas` above `minReplicas`.",
)
def bounds(there: Objects) -> Iterator[Hit]:
    """Yield autoscalers that have nothing to choose from."""
    for scaler in _scalers(there):
        least, most = number(scaler.spec.get("minReplicas")) or 1, number(scaler.spec.get("maxReplicas"))
        if most is not None and most < least:
            yield Hit(scaler, ("spec", "maxReplicas"), f"maxReplicas {most} is less than minReplicas {least}.")


@check(
    "SW6515",
    severity="error",
    hint="Add the request to the container: a percentage is one of what it asks for.",
)
def utilization(there: Objects) -> Iterator[Hit]:
    """Yield percentages of a request that a container does not have: the autoscaler never acts."""
    for scaler in _scalers(there):
        workload = there.target(scaler)
        pods = list(workload.pods()) if workload else []
        for index, metric in enumerate(sequence(scaler.spec.get("metrics"))):
            for field in ("resource", "containerResource"):
                source = mapping(mapping(metric).get(field))
                if at(source, "target", "type") != "Utilization":
                    continue
                for one in (each for pod in pods for each in pod.containers() if each.runs_on):
                    measured = field == "resource" or one.name == text(source.get("container"))
                    if measured and text(source.get("name")) not in mapping(at(one.body, "resources", "requests")):
                        message = (
                            f"the container `{one.name}` asks for no {source.get('name')}, of which this is a share."
                        )
                        yield Hit(scaler, ("spec", "metrics", index, field), message)


CHECKS = (target, two_owners, one_pod, bounds, utilization)
