"""Variables, ConfigMaps and Secrets: that what is referred to is there, and that no secret stands in the open."""

import re
from collections.abc import Iterator
from typing import Any

from checks.check import Hit, check
from checks.objects import Container, Object, Objects, Pod, at, mapping, sequence, text
from schemas.problems import Path

_SECRET_WORD = re.compile(r"(?i)(^|[-_.])(api_?key|passwd|password|private_?key|secret|secret_?key|token)$")
"""The end of a name whose value is a secret; `TOKEN_URL` and `PASSWORD_FILE` are none."""

_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_MAKERS = {
    ("external-secrets.io", "ExternalSecret"): ("spec", "target", "name"),
    ("cert-manager.io", "Certificate"): ("spec", "secretName"),
    ("bitnami.com", "SealedSecret"): ("spec", "template", "metadata", "name"),
}
"""What makes a Secret in the cluster, and where it says which."""


@check(
    "SW6701",
    "kube-linter/env-var-value-from",
    hint="Add it to the same set of objects, or say `optional: true`.",
)
def missing(there: Objects) -> Iterator[Hit]:
    """Yield references to a ConfigMap or Secret that nothing in the set is or makes; the pod would not start."""
    made = {_made(one, field) for one in there.all if (field := _MAKERS.get((one.group, one.kind)))}
    for pod, path, kind, reference in _references(there):
        name = text(reference.get("name") or reference.get("secretName"))
        namespace = pod.owner.namespace
        if there.named(kind, namespace, name) is None and (kind, namespace, name) not in made:
            yield Hit(pod.owner, path, f"there is no {kind} `{name}` in this namespace's objects.")


@check(
    "SW6702",
    severity="error",
    hint="Name a key that it has, or say `optional: true`.",
)
def missing_keys(there: Objects) -> Iterator[Hit]:
    """Yield references to a key that a ConfigMap or Secret does not have."""
    for pod, path, kind, reference in _references(there):
        name = text(reference.get("name") or reference.get("secretName"))
        held = there.named(kind, pod.owner.namespace, name)
        wanted = [reference.get("key"), *(mapping(one).get("key") for one in sequence(reference.get("items")))]
        if held is None:
            continue
        keys = {key for part in ("data", "binaryData", "stringData") for key in mapping(held.body.get(part))}
        for key in wanted:
            if isinstance(key, str) and key not in keys:
                yield Hit(pod.owner, path, f"the {kind} `{name}` has no key `{key}`.")


@check(
    "SW6703",
    "kube-score/environment-variable-key-duplication",
    "kube-linter/duplicate-env-var",
    severity="error",
    hint="Keep one of them; server-side apply refuses the second.",
)
def repeated(there: Objects) -> Iterator[Hit]:
    """Yield variables that a container sets twice."""
    for one in there.containers:
        names = [text(mapping(variable).get("name")) for variable in sequence(one.body.get("env"))]
        seen: set[str] = set()
        for index, name in enumerate(names):
            if name and name in seen:
                yield Hit(
                    one.object, (*one.path, "env", index, "name"), f"the container `{one.name}` sets `{name}` twice."
                )
            seen.add(name)


@check(
    "SW6704",
    "kube-linter/env-var-secret",
    "polaris/sensitiveContainerEnvVar",
    "polaris/sensitiveConfigmapContent",
    "kubescape/C-0012",
    hint="Put it into a Secret, and read the variable from there.",
)
def open_secrets(there: Objects) -> Iterator[Hit]:
    """Yield values that a name or their form says to be secrets, where everybody who may read pods may read them."""
    for one in there.containers:
        for index, variable in enumerate(sequence(one.body.get("env"))):
            name, value = text(mapping(variable).get("name")), mapping(variable).get("value")
            if _is_secret(name, value):
                message = f"the value of `{name}` stands in the open."
                yield Hit(one.object, (*one.path, "env", index, "value"), message)
    for held in there.of("ConfigMap"):
        for key, value in mapping(held.body.get("data")).items():
            if _is_secret(text(key), value):
                yield Hit(held, ("data", text(key)), f"a ConfigMap is no place for a secret such as `{key}`.")


def _is_secret(name: str, value: Any) -> bool:
    """Return whether a text is a secret. `$(NAME)` alone repeats another variable, which says for itself what it is."""
    if not isinstance(value, str) or not value or re.fullmatch(r"(\$\([A-Za-z0-9_]+\))+", value):
        return False
    return bool(_SECRET_WORD.search(name) or _PRIVATE_KEY.search(value))


def _references(there: Objects) -> Iterator[tuple[Pod, Path, str, Any]]:
    """Yield what pods must have: where, the kind, and the reference with its name and keys."""
    for pod in there.pods:
        found = [pair for one in pod.containers() for pair in _variables(one)]
        for index, volume in enumerate(sequence(pod.spec.get("volumes"))):
            sources: list[tuple[Path, Any]] = [((), mapping(volume))]
            projected = sequence(at(volume, "projected", "sources"))
            sources += [(("projected", "sources", at_), mapping(one)) for at_, one in enumerate(projected)]
            for inside, source in sources:
                for field, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
                    found.append((pod.at("volumes", index, *inside, field), kind, source.get(field)))
        for path, kind, reference in found:
            if isinstance(reference, dict) and reference.get("optional") is not True:
                yield pod, path, kind, reference


def _variables(one: Container) -> Iterator[tuple[Path, str, Any]]:
    for index, variable in enumerate(sequence(one.body.get("env"))):
        for field, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            path = (*one.path, "env", index, "valueFrom", field)
            yield path, kind, at(variable, "valueFrom", field)
    for index, source in enumerate(sequence(one.body.get("envFrom"))):
        for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            yield (*one.path, "envFrom", index, field), kind, mapping(source).get(field)


def _made(one: Object, path: tuple[str, ...]) -> tuple[str, str, str]:
    return "Secret", one.namespace, text(at(one.body, *path)) or one.name


CHECKS = (missing, missing_keys, repeated, open_secrets)
