"""What checkers of manifests are told to leave alone, each with its reason: never by a spec, and always by one table.

A checker sees objects and no intention. Where a named field of the spec has decided, or two checkers want opposite
things, the object says so in the checkers' own annotations. checkov's holds the reason; else one of ours does.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from components.manifests.objects import Manifest
from components.manifests.pods.probes import default_readiness
from schemas.model import EnvSource, IngressClass, Job, Probes, Scaling, Service

_REASON = "stackwright.dev/exempt-"
_IGNORE = "kube-score/ignore"
_SKIP = "checkov.io/skip"
_LEAST_ID = 10001


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """One decision that checkers would take for an oversight, and their names for it."""

    key: str
    reason: str
    kube_score: str = ""
    checkov: str = ""
    polaris: str = ""


_SCALED = Exemption(
    key="replicas",
    reason="The autoscaler owns the number of pods.",
    polaris="deploymentMissingReplicas",
)
_ONE_POD = Exemption(
    key="replicas",
    reason="The spec asks for fewer than two pods.",
    kube_score="deployment-replicas",
    polaris="deploymentMissingReplicas",
)
_ONE_AT_REST = Exemption(
    key="replicas",
    reason="The spec says scaling.min: 1.",
    kube_score="horizontalpodautoscaler-replicas",
    polaris="hpaMinAvailability",
)
_PLAIN_TEXT = Exemption(
    key="tls",
    reason="The platform's ingress has no TLS in this environment.",
    polaris="tlsSettingsMissing",
)
_RECREATE = Exemption(
    key="strategy",
    reason="The spec says rollout.strategy: recreate, because two versions must not run at once.",
    kube_score="deployment-strategy",
)
_PEERS = Exemption(
    key="readiness",
    reason="A replica that listens only once its peers are there would never be ready.",
    kube_score="pod-probes",
    checkov="CKV_K8S_9",
    polaris="readinessProbeMissing",
)
_NOT_CALLED = Exemption(
    key="readiness",
    reason="Nobody sends requests to it over TCP, so there is nothing to be ready for.",
    kube_score="pod-probes",
    checkov="CKV_K8S_9",
    polaris="readinessProbeMissing",
)
_NO_LIVENESS = Exemption(
    key="liveness",
    reason="Only the application knows when a restart helps; a guessed check restarts what should wait.",
    checkov="CKV_K8S_8",
    polaris="livenessProbeMissing",
)
_SAME_CHECKS = Exemption(
    key="probes",
    reason="The spec lets liveness ask what readiness asks.",
    kube_score="pod-probes-identical",
)
_SECRET_VARIABLES = Exemption(
    key="secret-variables",
    reason="The program reads a secret from a variable, as the spec says; the value stands in the Secret alone.",
    checkov="CKV_K8S_35",
)
_WRITABLE = Exemption(
    key="root-filesystem",
    reason="The spec says security.readOnlyRootFilesystem: false.",
    kube_score="container-security-context-readonlyrootfilesystem",
    checkov="CKV_K8S_22",
    polaris="notReadOnlyRootFilesystem",
)
_LOW_ID = Exemption(
    key="user",
    reason="The spec says security.runAsUser or runAsGroup.",
    kube_score="container-security-context-user-group-id",
    checkov="CKV_K8S_40",
)
_CAPABILITIES = Exemption(
    key="capabilities",
    reason="The spec says security.capabilities, of which Pod Security restricted admits NET_BIND_SERVICE.",
    checkov="CKV_K8S_25",
)
_TOKEN = Exemption(
    key="service-account-token",
    reason="The spec says that the service calls the Kubernetes API.",
    checkov="CKV_K8S_38",
    polaris="automountServiceAccountToken",
)


def service_exemptions(service: Service) -> list[Exemption]:
    """Return what checkers are told of a service's workload."""
    sides = [*service.sidecars.values(), *service.init_containers.values()]
    checks = service.probes
    one_pod = _ONE_POD if service.fewest_replicas < 2 and service.type != "stateful" else None
    found = [
        _SCALED if service.scaling is not None else one_pod,
        _RECREATE if service.rollout.strategy == "recreate" and service.type != "stateful" else None,
        _readiness(service),
        _NO_LIVENESS if checks is None or checks.liveness is None else None,
        _SAME_CHECKS if _same(checks) else None,
        *_of_the_pod(service, [service.env, *(side.env for side in sides)]),
    ]
    return [one for one in found if one is not None]


def job_exemptions(service: Service, job: Job) -> list[Exemption]:
    """Return what checkers are told of a job that runs as a service."""
    return list(_of_the_pod(service, [service.env, job.env]))


def ingress_exemptions(way: IngressClass) -> list[Exemption]:
    """Return what checkers are told of the way in."""
    return [_PLAIN_TEXT] if way.tls is None else []


def autoscaler_exemptions(scaling: Scaling) -> list[Exemption]:
    """Return what checkers are told of an autoscaler."""
    return [_ONE_AT_REST] if scaling.min < 2 else []


def exempted(head: Manifest, exemptions: list[Exemption]) -> Manifest:
    """Return the head of an object with the annotations that exempt it."""
    if not exemptions:
        return head
    return {**head, "metadata": {**head["metadata"], "annotations": _annotations(exemptions)}}


def exempted_too(one: Manifest, exemptions: list[Exemption]) -> Manifest:
    """Return a whole object with exemptions beside those that it has."""
    if not exemptions:
        return one
    there = dict(one["metadata"].get("annotations") or {})
    more = _annotations(exemptions, first_skip=1 + sum(key.startswith(_SKIP) for key in there))
    ignored = [there[_IGNORE]] if _IGNORE in there else []
    if _IGNORE in more:
        more[_IGNORE] = ",".join([*ignored, more[_IGNORE]])
    return {**one, "metadata": {**one["metadata"], "annotations": {**there, **more}}}


def _annotations(given: list[Exemption], first_skip: int = 1) -> dict[str, str]:
    """Return the annotations, sorted by checker and name."""
    scored = ",".join(sorted(one.kube_score for one in given if one.kube_score))
    return {
        **({_IGNORE: scored} if scored else {}),
        **{f"{_SKIP}{number}": skip for number, skip in enumerate(_skips(given), first_skip)},
        **{f"polaris.fairwinds.com/{name}-exempt": "true" for name in sorted(one.polaris for one in given) if name},
        **{f"{_REASON}{one.key}": one.reason for one in sorted(given, key=lambda one: one.key) if not one.checkov},
    }


def _skips(given: list[Exemption]) -> list[str]:
    return sorted(f"{one.checkov}={one.reason}" for one in given if one.checkov)


def _readiness(service: Service) -> Exemption | None:
    if (service.probes is not None and service.probes.readiness is not None) or default_readiness(service) is not None:
        return None
    called = any(port.protocol == "TCP" for port in service.exposed_ports.values())
    return _PEERS if called else _NOT_CALLED


def _same(checks: Probes | None) -> bool:
    """Return whether liveness asks what readiness asks, which the rules warn of."""
    if checks is None or checks.readiness is None or checks.liveness is None:
        return False
    return all(
        getattr(checks.readiness, handler) == getattr(checks.liveness, handler)
        for handler in ("http_get", "tcp_socket", "exec", "grpc")
    )


def _of_the_pod(service: Service, env: Iterable[Mapping[str, EnvSource]]) -> Iterator[Exemption]:
    security = service.security
    if any(_reads_secret(source) for variables in env for source in variables.values()):
        yield _SECRET_VARIABLES
    if not security.read_only_root_filesystem:
        yield _WRITABLE
    if min(security.run_as_user, security.run_as_group) < _LEAST_ID:
        yield _LOW_ID
    if security.capabilities is not None and security.capabilities.add:
        yield _CAPABILITIES
    if service.has_token:
        yield _TOKEN


def _reads_secret(source: EnvSource) -> bool:
    parts = (source.from_ or {}).values()
    return source.secret is not None or any(part.secret is not None for part in parts)
