"""What a check is: a code, what it stands for, and a function that finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from checks.objects import Object, Objects
from schemas.problems import Path

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong with an object."""

    kind: str
    namespace: str
    """Empty for an object of the whole cluster, or of a namespace that it does not name."""
    name: str
    path: Path
    """The way from the object's root to what is wrong, or to where something is missing."""
    code: str
    message: str
    """What was found and what it must be. Never a value that may be a secret."""
    hint: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Hit:
    """What a check found: where, and what."""

    object: Object
    path: Path
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One demand on objects."""

    code: str
    stands_for: tuple[str, ...]
    """Who else demands it: `CKV_K8S_16`, `kube-score/pod-probes`, `polaris/…`, `kube-linter/…`, `kubescape/…`."""
    severity: Severity
    hint: str
    find: Callable[[Objects], Iterable[Hit]]

    def finding(self, hit: Hit) -> Finding:
        """Return a hit as a finding of this check."""
        one = hit.object
        return Finding(
            kind=one.kind,
            namespace=one.namespace,
            name=one.name,
            path=hit.path,
            code=self.code,
            message=hit.message,
            hint=self.hint,
            severity=self.severity,
        )


def check(
    code: str, *stands_for: str, hint: str, severity: Severity = "warning"
) -> Callable[[Callable[[Objects], Iterable[Hit]]], Check]:
    """Make a check of a function that yields hits."""

    def made(find: Callable[[Objects], Iterable[Hit]]) -> Check:
        return Check(code=code, stands_for=stands_for, severity=severity, hint=hint, find=find)

    return made
