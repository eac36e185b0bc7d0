"""What a container may do to its node: Pod Security `restricted`, and a little more.

Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from collections.abc import Iterator

from checks.check import Hit, check
from checks.objects import Objects, at, mapping, number, sequence

LEAST_ID = 10000
"""The lowest user or group that no host has of its own; kubesec asks for one more."""

_SECURITY = "securityContext"
_ADDABLE = {"NET_BIND_SERVICE"}
_SAFE_SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
}
_SELINUX_TYPES = {None, "", "container_engine_t", "container_init_t", "container_kvm_t", "container_t"}


@check(
    "SW6201",
    "kube-score/container-security-context-privileged",
    "CKV_K8S_16",
    "kube-linter/privileged-container",
    "polaris/runAsPrivileged",
    "kubescape/C-0057",
    severity="error",
    hint="Take `privileged` away; a device or capability can be named alone.",
)
def privileged(there: Objects) -> Iterator[Hit]:
    """Yield containers that are root on their node."""
    for one in there.containers:
        if one.security("privileged") is True:
            message = f"the container `{one.name}` is privileged: it can do on the node what root can."
            yield Hit(one.object, (*one.path, _SECURITY, "privileged"), message)


@check(
    "SW6202",
    "CKV_K8S_20",
    "kube-linter/privilege-escalation-container",
    "polaris/privilegeEscalationAllowed",
    "kubescape/C-0016",
    severity="error",
    hint="Set `allowPrivilegeEscalation: false` in the container's securityContext.",
)
def escalation(there: Objects) -> Iterator[Hit]:
    """Yield containers whose processes may get more rights than their parent, which is what Kubernetes allows."""
    for one in there.containers:
        if at(one.body, _SECURITY, "allowPrivilegeEscalation") is not False:
            message = f"a process of the container `{one.name}` may gain more rights than it started with."
            yield Hit(one.object, (*one.path, _SECURITY, "allowPrivilegeEscalation"), message)


@check(
    "SW6203",
    "CKV_K8S_25",
    "CKV_K8S_28",
    "CKV_K8S_37",
    "CKV_K8S_39",
    "kube-linter/drop-net-raw-capability",
    "polaris/dangerousCapabilities",
    "polaris/insecureCapabilities",
    "kubescape/C-0046",
    severity="error",
    hint="Set `capabilities: {drop: [ALL]}`; `restricted` lets only NET_BIND_SERVICE be added.",
)
def capabilities(there: Objects) -> Iterator[Hit]:
    """Yield containers that keep capabilities of root, or take more."""
    for one in there.containers:
        held = mapping(at(one.body, _SECURITY, "capabilities"))
        path = (*one.path, _SECURITY, "capabilities")
        if not any(str(name).upper() == "ALL" for name in sequence(held.get("drop")) if isinstance(name, str)):
            yield Hit(one.object, (*path, "drop"), f"the container `{one.name}` does not drop every capability.")
        added = sorted({name for name in sequence(held.get("add")) if isinstance(name, str)} - _ADDABLE)
        if added:
            message = f"the container `{one.name}` adds {', '.join(added)}, which Pod Security `restricted` refuses."
            yield Hit(one.object, (*path, "add"), message)


@check(
    "SW6204",
    "CKV_K8S_23",
    "kube-linter/run-as-non-root",
    "polaris/runAsRootAllowed",
    "kubescape/C-0013",
    severity="error",
    hint="Set `runAsNonRoot: true` and a `runAsUser` in the pod's securityContext.",
)
def root(there: Objects) -> Iterator[Hit]:
    """Yield containers that may run as root."""
    for one in there.containers:
        if one.security("runAsUser") == 0:
            message = f"the container `{one.name}` runs as user 0, which is root."
            yield Hit(one.object, one.secured_at("runAsUser"), message)
        elif one.security("runAsNonRoot") is not True:
            message = f"nothing keeps the container `{one.name}` from running as root."
            yield Hit(one.object, one.secured_at("runAsNonRoot"), message)


@check(
    "SW6205",
    "kube-score/container-security-context-user-group-id",
    "CKV_K8S_40",
    hint=f"Set runAsUser and runAsGroup to {LEAST_ID + 1} or more, which no host has.",
)
def low_ids(there: Objects) -> Iterator[Hit]:
    """Yield containers whose user or group may be one of the host's."""
    for one in there.containers:
        for field, what in (("runAsUser", "user"), ("runAsGroup", "group")):
            given = number(one.security(field))
            if given == 0 and field == "runAsUser":
                continue  # It is root, which is said already.
            if given is None or given < LEAST_ID:
                told = f"is {given}" if given is not None else "is left to the image"
                message = f"the {what} of the container `{one.name}` {told}, so it may be one that the host has too."
                yield Hit(one.object, one.secured_at(field), message)


@check(
    "SW6206",
    "kube-score/container-security-context-readonlyrootfilesystem",
    "CKV_K8S_22",
    "kube-linter/no-read-only-root-fs",
    "polaris/notReadOnlyRootFilesystem",
    "kubescape/C-0017",
    hint="Set `readOnlyRootFilesystem: true`, and mount an emptyDir where the program writes.",
)
def writable_root(there: Objects) -> Iterator[Hit]:
    """Yield containers whose programs can be changed while they run."""
    for one in there.containers:
        if at(one.body, _SECURITY, "readOnlyRootFilesystem") is not True:
            message = f"the container `{one.name}` can write to its root filesystem, and so can an intruder."
            yield Hit(one.object, (*one.path, _SECURITY, "readOnlyRootFilesystem"), message)


@check(
    "SW6207",
    "kube-score/container-seccomp-profile",
    "CKV_K8S_31",
    "kubescape/C-0210",
    severity="error",
    hint="Set `seccompProfile: {type: RuntimeDefault}` in the pod's securityContext.",
)
def seccomp(there: Objects) -> Iterator[Hit]:
    """Yield containers that may call everything that the kernel has."""
    for one in there.containers:
        if at(one.security("seccompProfile"), "type") not in ("RuntimeDefault", "Localhost"):
            message = f"no seccomp profile keeps the container `{one.name}` from the kernel's rarest calls."
            yield Hit(one.object, one.secured_at("seccompProfile"), message)


@check(
    "SW6208",
    "CKV_K8S_17",
    "CKV_K8S_18",
    "CKV_K8S_19",
    "kube-linter/host-network",
    "kube-linter/host-pid",
    "kube-linter/host-ipc",
    "polaris/hostNetworkSet",
    "polaris/hostPIDSet",
    "polaris/hostIPCSet",
    "kubescape/C-0038",
    "kubescape/C-0041",
    severity="error",
    hint="Take it away: the pod sees what every other pod of the node does.",
)
def host_namespaces(there: Objects) -> Iterator[Hit]:
    """Yield pods that share the network, the processes or the memory of their node."""
    for pod in there.pods:
        for field in ("hostNetwork", "hostPID", "hostIPC"):
            if pod.spec.get(field) is True:
                yield Hit(pod.owner, pod.at(field), f"`{field}` puts the pod into its node's own namespace.")


@check(
    "SW6209",
    "CKV_K8S_26",
    "polaris/hostPortSet",
    "kubescape/C-0044",
    severity="error",
    hint="Reach the pod through a Service.",
)
def host_ports(there: Objects) -> Iterator[Hit]:
    """Yield ports that are opened on the node."""
    for one in there.containers:
        for index, port in enumerate(sequence(one.body.get("ports"))):
            if number(mapping(port).get("hostPort")):
                message = f"hostPort {port['hostPort']} opens a port of the node, past every policy."
                yield Hit(one.object, (*one.path, "ports", index, "hostPort"), message)


@check(
    "SW6210",
    "CKV_K8S_38",
    "kube-linter/unset-automount-service-account-token",
    "polaris/automountServiceAccountToken",
    "kubescape/C-0034",
    hint="Set `automountServiceAccountToken: false` in the pod's spec, unless the program calls the Kubernetes API.",
)
def token(there: Objects) -> Iterator[Hit]:
    """Yield pods with a key to the Kubernetes API that they may not need."""
    for pod in there.pods:
        if pod.spec.get("automountServiceAccountToken") is not False:
            message = "the pod carries a token for the Kubernetes API."
            yield Hit(pod.owner, pod.at("automountServiceAccountToken"), message)


@check(
    "SW6211",
    "kubescape/C-0211",
    "kubescape/C-0055",
    severity="error",
    hint="Take it away; a namespace that enforces `restricted` refuses the pod.",
)
def restricted(there: Objects) -> Iterator[Hit]:
    """Yield what else Pod Security `restricted` refuses: kernel settings, unmasked /proc, profiles turned off."""
    for pod in there.pods:
        for index, setting in enumerate(sequence(at(pod.spec, _SECURITY, "sysctls"))):
            name = mapping(setting).get("name")
            if name not in _SAFE_SYSCTLS:
                path = pod.at(_SECURITY, "sysctls", index)
                yield Hit(pod.owner, path, f"the kernel setting `{name}` is the whole node's.")
    for one in there.containers:
        path = (*one.path, _SECURITY)
        if at(one.body, _SECURITY, "procMount") not in (None, "Default"):
            yield Hit(one.object, (*path, "procMount"), f"the container `{one.name}` sees all of the node's /proc.")
        if at(one.security("appArmorProfile"), "type") == "Unconfined":
            yield Hit(
                one.object, one.secured_at("appArmorProfile"), f"the container `{one.name}` runs without AppArmor."
            )
        if at(one.security("seLinuxOptions"), "type") not in _SELINUX_TYPES:
            message = f"the container `{one.name}` asks for an SELinux type that is not one of containers."
            yield Hit(one.object, (*one.secured_at("seLinuxOptions"), "type"), message)
        if at(one.security("windowsOptions"), "hostProcess") is True:
            message = f"the container `{one.name}` runs as a process of its Windows host."
            yield Hit(one.object, (*one.secured_at("windowsOptions"), "hostProcess"), message)


CHECKS = (
    privileged,
    escalation,
    capabilities,
    root,
    low_ids,
    writable_root,
    seccomp,
    host_namespaces,
    host_ports,
    token,
    restricted,
)
