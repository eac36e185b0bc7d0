"""Security settings of pods and containers, within what Pod Security `restricted` admits."""

from typing import Any

from importers.draft import Draft
from importers.rest import Rest

_CAPABILITIES = {"NET_BIND_SERVICE"}
"""What `restricted` lets a container add."""


def pod_security(draft: Draft, pod: Rest, main: Rest, rest: dict[str, Any]) -> dict[str, Any]:
    """Return the service's `security` from the pod's and its own container's; `rest` gets what has no field."""
    whole, own = pod.inner("securityContext"), main.inner("securityContext")
    found: dict[str, Any] = {}
    for key in ("runAsUser", "runAsGroup"):
        at = own.at(key) if own.look(key) is not None else whole.at(key)
        value = own.take(key, whole.look(key))
        whole.drop(key)
        if value == 0:
            draft.refused(at, f"`{key}: 0` is not imported: Pod Security `restricted` admits no root.")
        elif value is not None:
            found[key] = value
    if not own.take("readOnlyRootFilesystem", False):
        # Kubernetes lets a container write everywhere unless it is told not to; Stackwright does not.
        found["readOnlyRootFilesystem"] = False
    if added := _added(draft, own):
        found["capabilities"] = {"add": added}
    if pod.take("automountServiceAccountToken", False):
        found["serviceAccountToken"] = True
    _hardened(draft, own)
    _hardened(draft, whole)
    group = found.get("runAsGroup", 10001)
    whole.ignore(fsGroup=group, fsGroupChangePolicy="OnRootMismatch")
    if left := own.left():
        main_rest = {"securityContext": left}
        rest.setdefault("_main", main_rest)
    if left := whole.left():
        rest["securityContext"] = left
    return {"security": found} if found else {}


def side_security(draft: Draft, box: Rest, service: dict[str, Any]) -> dict[str, Any]:
    """Return what a container beside the service sets otherwise than the service does."""
    own = box.inner("securityContext")
    read_only = own.take("readOnlyRootFilesystem", False)
    added = _added(draft, own)
    _hardened(draft, own)
    for key in ("runAsUser", "runAsGroup"):
        if own.look(key) == 0:
            draft.refused(own.at(key), f"`{key}: 0` is not imported: Pod Security `restricted` admits no root.")
            own.drop(key)
        own.ignore(**{key: service.get(key)})
    left = own.left()
    if read_only != service.get("readOnlyRootFilesystem", True):
        left["readOnlyRootFilesystem"] = read_only
    if added and added != service.get("capabilities", {}).get("add"):
        left["capabilities"] = {"add": added}
    return {"securityContext": left} if left else {}


def _added(draft: Draft, context: Rest) -> list[str]:
    """Return the capabilities that a container may add; all are dropped in any case."""
    at = context.at("capabilities")
    capabilities = context.inner("capabilities")
    wanted = [str(one).upper().removeprefix("CAP_") for one in capabilities.take("add", [])]
    if refused := [one for one in wanted if one not in _CAPABILITIES]:
        message = (
            f"the capabilities {', '.join(refused)} are not imported: Pod Security `restricted` does not admit them."
        )
        draft.refused(at, message, "The image has to start as the user it serves as.")
    return [one for one in wanted if one in _CAPABILITIES]


def _hardened(draft: Draft, context: Rest) -> None:
    """Drop settings that hold anyway, and note those that `restricted` does not admit."""
    context.ignore(
        runAsNonRoot=True,
        privileged=False,
        allowPrivilegeEscalation=False,
        seccompProfile={"type": "RuntimeDefault"},
        procMount="Default",
    )
    for key in ("runAsNonRoot", "privileged", "allowPrivilegeEscalation", "procMount"):
        if context.look(key) is not None:
            message = (
                f"`{key}: {str(context.look(key)).lower()}` is not imported: Pod Security `restricted` forbids it."
            )
            draft.refused(context.at(key), message)
            context.drop(key)
    if (context.look("seccompProfile") or {}).get("type") == "Unconfined":
        draft.refused(context.at("seccompProfile"), "an unconfined seccomp profile is not imported.")
        context.drop("seccompProfile")
