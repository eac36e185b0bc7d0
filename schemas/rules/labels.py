"""Labels and annotations: keys and values that Kubernetes takes, and that are not ours already."""

import re
from collections.abc import Iterable, Iterator, Mapping

from schemas.model import Placement
from schemas.problems import Origin, Path, Problem, can_be_key
from schemas.spec import Spec
from schemas.text.document import descend

_NAME = re.compile(r"^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$")
_DOMAIN = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")

_TAKEN = {
    "app": "Stackwright",
    "owner": "Stackwright",
    "version": "Stackwright",
    "app.kubernetes.io/instance": "Stackwright",
    "app.kubernetes.io/managed-by": "Stackwright",
    "app.kubernetes.io/name": "Stackwright",
    "app.kubernetes.io/part-of": "Stackwright",
    "kubernetes.io/metadata.name": "Kubernetes",
    "pod-template-hash": "Kubernetes",
    "controller-revision-hash": "Kubernetes",
    "apps.kubernetes.io/pod-index": "Kubernetes",
    "statefulset.kubernetes.io/pod-name": "Kubernetes",
}
"""Labels with which objects find each other, and who sets them."""

_TAKEN_DOMAINS = {"stackwright.dev": "Stackwright", "pod-security.kubernetes.io": "Stackwright"}


def check(spec: Spec) -> Iterator[Problem]:
    """Yield keys and values that Kubernetes refuses, and keys whose values others set."""
    labels = descend(spec.metadata, ("labels",))
    for key, node in labels.entries.items() if labels else ():
        yield from _problems(node.key or node.origin, _key_mistakes(key, taken=True))
        yield from _problems(node.origin, _value_mistakes(str(node.value)))
    for name, service in spec.application.services.items():
        path = ("services", name)
        yield from _pairs(spec, service.labels, (*path, "labels"), taken=True)
        yield from _pairs(spec, service.annotations, (*path, "annotations"), taken=True, values=False)
        yield from _placement(spec, service.placement, (*path, "placement"))


def _pairs(
    spec: Spec, pairs: Mapping[str, str], path: Path, *, taken: bool = False, values: bool = True
) -> Iterator[Problem]:
    for key, value in pairs.items():
        yield from _problems(spec.key((*path, key)), _key_mistakes(key, taken=taken))
        if values:
            yield from _problems(spec.origin((*path, key)), _value_mistakes(value))


def _placement(spec: Spec, placement: Placement, path: Path) -> Iterator[Problem]:
    yield from _pairs(spec, placement.node_selector, (*path, "nodeSelector"))
    for index, toleration in enumerate(placement.tolerations):
        at = (*path, "tolerations", index)
        if toleration.key is not None:
            yield from _problems(spec.origin((*at, "key")), _key_mistakes(toleration.key, taken=False))
        if toleration.value is not None:
            yield from _problems(spec.origin((*at, "value")), _value_mistakes(toleration.value))
        if toleration.value is not None and toleration.operator == "Exists":
            message = "`Exists` asks for a taint with any value."
            yield spec.problem((*at, "value"), "SW4011", message, "Leave `value` out, or say `operator: Equal`.")
        if toleration.key is None and toleration.operator != "Exists":
            message = "a toleration without a key needs `operator: Exists`, and is then for every taint."
            yield spec.problem(at, "SW4011", message, "Say the taint's key.")
        if toleration.toleration_seconds is not None and toleration.effect != "NoExecute":
            message = "only `NoExecute` ends pods that run already, after tolerationSeconds."
            yield spec.problem(
                (*at, "tolerationSeconds"), "SW4011", message, "Say `effect: NoExecute`, or leave it out."
            )


def _key_mistakes(key: str, *, taken: bool) -> Iterator[tuple[str, str, str]]:
    """Yield codes, messages and hints for a key: `name`, or `domain/name`.

    Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
    """
    prefix, slash, name = key.rpartition("/")
    if not _NAME.match(name) or (slash and (not _DOMAIN.match(prefix) or len(prefix) > 253)):
        hint = "Write up to 63 letters, digits, `-`, `_` and `.`; a domain and a slash may stand before."
        yield "SW4008", f"Kubernetes takes no {f'key `{key}`' if can_be_key(key) else 'such key'}.", hint
    elif taken and (setter := _TAKEN.get(key) or _TAKEN_DOMAINS.get(prefix)):
        yield "SW4009", f"{setter} sets `{key}` itself, so the value would be lost.", "Choose another key."


def _value_mistakes(value: str) -> Iterator[tuple[str, str, str]]:
    if value and not _NAME.match(value):
        hint = "An annotation may hold any text."
        message = (
            "a label's value has up to 63 letters, digits, `-`, `_` and `.`, and begins and ends with the first two."
        )
        yield "SW4008", message, hint


def _problems(origin: Origin, found: Iterable[tuple[str, str, str]]) -> Iterator[Problem]:
    for code, message, hint in found:
        yield Problem(origin=origin, code=code, message=message, hint=hint)
