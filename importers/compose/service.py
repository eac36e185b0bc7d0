"""One service of a compose file."""

import re
import shlex
from collections.abc import Mapping
from typing import Any

from importers.compose.storage import storage
from importers.compose.values import mapping, number_of_seconds, value
from importers.draft import Draft, named
from importers.kubernetes.containers import image
from importers.rest import Rest

_LOCAL = re.compile(r"(?:curl|wget)\b.*?(https?)://(?:localhost|127\.0\.0\.1)(?::(\d+))?(/[^\s'\"]*)?")
_PORT = re.compile(
    r"^(?:(?P<host>[0-9.]+|\[[0-9a-f:]+\]):)?(?:(?P<published>\d+)?:)?(?P<target>\d+)(?:/(?P<protocol>tcp|udp))?$"
)
_HTTP = {80, 3000, 5000, 8000, 8080}
_LABEL = re.compile(r"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$")
_HELD = ("restart", "init", "tty", "stdin_open", "cap_drop", "security_opt", "platform", "pull_policy")
"""What holds in a cluster anyway, or means nothing there."""


def service(draft: Draft, key: str, source: Rest, shared: Mapping[str, Mapping[str, Any]], names: set[str]) -> None:
    """Add a compose service to the draft."""
    name = named(key)
    if name != key:
        draft.renamed(source.origin, key, name)
    found: dict[str, Any] = _image(draft, source)
    for field, word in (("entrypoint", "command"), ("command", "args")):
        told = source.take(field)
        words = shlex.split(told) if isinstance(told, str) else [str(one) for one in told or []]
        if words:
            found[word] = [one.replace("$$", "$") for one in words]
    found["env"] = _environment(draft, name, source)
    found["ports"] = _ports(draft, source)
    found |= storage(draft, source, shared)
    if probe := _health(draft, source, found["ports"]):
        found["probes"] = {"readiness": probe}
    found |= _deploy(draft, source)
    found["connections"] = _calls(draft, source, names)
    found |= _marks(source)
    found |= _security(draft, source)
    if (grace := source.take("stop_grace_period")) is not None:
        found["shutdown"] = {"graceSeconds": max(1, number_of_seconds(grace))}
    if not found["ports"]:
        found["type"] = "worker"
        message = f"`{name}` names no port, so nothing can call it in a cluster, where compose lets everything."
        draft.note(source.origin, "SW7114", message, "Write the ports it listens on under `ports`.")
    if any("claim" in volume for volume in found.get("volumes", {}).values()):
        found["rollout"] = {"strategy": "recreate"}
    _left(draft, key, source)
    draft.services[name] = {field: one for field, one in found.items() if one not in ({}, [], None)}


def _image(draft: Draft, source: Rest) -> dict[str, Any]:
    if source.look("build") is None:
        return {"image": image(str(source.take("image", "")))}
    origin, build = source.at("build"), source.take("build")
    told = {"context": build} if isinstance(build, str) else dict(build)
    if (given := source.take("image")) is not None:
        draft.note(origin, "SW7105", f"the name `{given}` of the built image is the platform's and the service's.")
    found = {key: told.pop(key) for key in ("context", "dockerfile", "target", "platforms") if key in told}
    args = {key: text for key, text in mapping(told.pop("args", {})).items() if text is not None}
    for key in sorted(told):
        draft.left_out(origin, f"build.{key}")
    return {"build": {**{"context": "."}, **found, **({"args": args} if args else {})}}


def _environment(draft: Draft, name: str, source: Rest) -> dict[str, Any]:
    """Return variables: what the shell would bring is a declared secret, whose value nobody writes down."""
    if source.look("env_file") is not None:
        message = "the variables of a file are not imported: some may be secrets."
        draft.note(source.at("env_file"), "SW7104", message, "Write those that are not under `env`.")
        source.drop("env_file")
    origin = source.at("environment")
    found: dict[str, Any] = {}
    for key, text in mapping(source.take("environment", {})).items():
        found[key] = value(draft, name, key, text, origin)
    return found


def _ports(draft: Draft, source: Rest) -> dict[str, Any]:
    found: dict[str, Any] = {}
    origin = source.at("ports")
    for one in source.take("ports", []):
        if isinstance(one, Mapping):
            target, said = one.get("target"), one.get("published")
            protocol = str(one.get("protocol", "tcp"))
        else:
            match = _PORT.match(str(one))
            if match is None:
                draft.note(origin, "SW7106", f"`{one}` is a range of ports, or none: it is left out.")
                continue
            target, said = match["target"], match["published"]
            protocol = match["protocol"] or "tcp"
        if not str(target).isdecimal() or not str(said or target).isdecimal():
            draft.note(origin, "SW7106", "a range of ports has no field, and is left out.")
            continue
        _add(found, int(str(said or target)), int(str(target)), protocol.upper())
    for one in source.take("expose", []):
        number = str(one).partition("/")[0]
        if number.isdecimal() and int(number) not in {port.get("targetPort", port["port"]) for port in found.values()}:
            _add(found, int(number), int(number), "TCP")
    return found


def _add(found: dict[str, Any], number: int, target: int, protocol: str) -> None:
    name = "http" if target in _HTTP and "http" not in found else f"{protocol.lower()}-{target}"
    entry = {"port": number, "targetPort": target, "protocol": protocol}
    if name not in found:
        found[name] = {
            key: one for key, one in entry.items() if not (key == "targetPort" and one == number) and one != "TCP"
        }


def _health(draft: Draft, source: Rest, ports: dict[str, Any]) -> dict[str, Any]:
    """Return a check as readiness; one that asks the container itself over HTTP is an HTTP check."""
    origin = source.at("healthcheck")
    check = source.inner("healthcheck")
    test = check.take("test")
    if test is None or check.take("disable") or test in ("NONE", ["NONE"]):
        return {}
    words = ["CMD-SHELL", test] if isinstance(test, str) else [str(one) for one in test]
    command = words[1:] if words[0] == "CMD" else ["sh", "-c", words[-1]]
    found: dict[str, Any] = {"exec": {"command": [word.replace("$$", "$") for word in command]}}
    if asked := _LOCAL.search(" ".join(words)):
        number = int(asked[2] or (443 if asked[1] == "https" else 80))
        port = next((key for key, one in ports.items() if one.get("targetPort", one["port"]) == number), None)
        if port is not None:
            scheme = {"scheme": "HTTPS"} if asked[1] == "https" else {}
            found = {"httpGet": {"path": asked[3] or "/", "port": port, **scheme}}
    names = {"interval": "periodSeconds", "timeout": "timeoutSeconds", "start_period": "initialDelaySeconds"}
    for key, word in names.items():
        if (told := check.take(key)) is not None:
            found[word] = max(0 if key == "start_period" else 1, number_of_seconds(told))
    if (retries := check.take("retries")) is not None:
        found["failureThreshold"] = int(retries)
    check.drop("start_interval")
    for key, _ in check.fields():
        draft.left_out(origin, f"healthcheck.{key}")
    return found


def _deploy(draft: Draft, source: Rest) -> dict[str, Any]:
    deploy = source.inner("deploy")
    resources = deploy.inner("resources")
    limits, asked = resources.inner("limits"), resources.inner("reservations")
    found: dict[str, Any] = {"replicas": int(deploy.take("replicas", source.take("scale", 1)))}
    most = _quantities(limits.take("cpus", source.take("cpus")), limits.take("memory", source.take("mem_limit")))
    least = _quantities(asked.take("cpus"), asked.take("memory", source.take("mem_reservation")))
    told = {**({"requests": least} if least else {}), **({"limits": most} if most else {})}
    if told:
        found["resources"] = told
    deploy.drop("restart_policy", "mode")
    for rest, path in (
        (deploy, "deploy"),
        (limits, "deploy.resources.limits"),
        (asked, "deploy.resources.reservations"),
    ):
        for key, _ in rest.fields():
            draft.left_out(rest.at(key), f"{path}.{key}")
    return found


def _quantities(cpus: Any, memory: Any) -> dict[str, str]:
    found = {}
    if cpus is not None:
        found["cpu"] = f"{round(float(cpus) * 1000)}m"
    if memory is not None:
        match = re.match(r"^(\d+)\s*([kmgKMG]?)[bB]?$", str(memory))
        if match is not None:
            found["memory"] = match[1] + {"": "", "k": "Ki", "m": "Mi", "g": "Gi"}[match[2].lower()]
    return found


def _calls(draft: Draft, source: Rest, names: set[str]) -> dict[str, Any]:
    """Return what a service starts after as connections: it is there to be called."""
    origin = source.at("depends_on")
    wanted = [*(source.take("depends_on") or []), *(str(one).partition(":")[0] for one in source.take("links", []))]
    found: dict[str, Any] = {}
    for one in wanted:
        if one in names:
            found[named(one)] = {}
        else:
            draft.note(origin, "SW7115", f"`{one}` is no service of these files, so nothing waits for it.")
    return found


def _marks(source: Rest) -> dict[str, Any]:
    """Return labels, and as annotations those that are no labels to Kubernetes."""
    labels = {key: "" if text is None else text for key, text in mapping(source.take("labels", {})).items()}
    fit = {key: text for key, text in labels.items() if _LABEL.match(text) and _LABEL.match(key.rpartition("/")[2])}
    told = {key: text or "" for key, text in mapping(source.take("annotations", {})).items()}
    others = {key: text for key, text in labels.items() if key not in fit}
    return {"labels": fit, "annotations": {**others, **told}}


def _security(draft: Draft, source: Rest) -> dict[str, Any]:
    found: dict[str, Any] = {}
    at = source.at("user")
    if (user := source.take("user")) is not None:
        for field, one in zip(("runAsUser", "runAsGroup"), str(user).split(":"), strict=False):
            if one.isdecimal() and int(one) > 0:
                found[field] = int(one)
            else:
                draft.refused(
                    at, f"the user `{one}` is not imported: Pod Security `restricted` asks for a number above 0."
                )
    if not source.take("read_only", False):
        found["readOnlyRootFilesystem"] = False
    at = source.at("cap_add")
    wanted = [str(one).upper().removeprefix("CAP_") for one in source.take("cap_add", [])]
    if refused := [one for one in wanted if one != "NET_BIND_SERVICE"]:
        message = (
            f"the capabilities {', '.join(refused)} are not imported: Pod Security `restricted` does not admit them."
        )
        draft.refused(at, message, "The image has to start as the user it serves as.")
    if "NET_BIND_SERVICE" in wanted:
        found["capabilities"] = {"add": ["NET_BIND_SERVICE"]}
    for key in ("privileged", "network_mode", "pid", "ipc", "devices", "userns_mode"):
        if source.look(key):
            draft.refused(source.at(key), f"`{key}` is not imported: Pod Security `restricted` does not admit it.")
        source.drop(key)
    return {"security": found}


def _left(draft: Draft, key: str, source: Rest) -> None:
    """Note what has no place; what holds in a cluster anyway is not worth a word."""
    source.drop(*_HELD)
    source.ignore(hostname=key, container_name=key, networks=(["default"], {"default": None}))
    for field, _ in source.fields():
        if field == "networks":
            draft.note(source.at(field), "SW7108", "networks are left out: `connections` say who may call whom.")
        elif not field.startswith("x-"):
            draft.left_out(source.at(field), f"{field}")
