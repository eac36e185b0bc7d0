"""Kubernetes manifests as a spec."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from components.manifests.escape.kinds import CLUSTER_SCOPED
from importers.draft import Draft, Imported, named, open_network
from importers.kubernetes.jobs import cron_job
from importers.kubernetes.kinds import well_formed
from importers.kubernetes.scaling import autoscaler, budget
from importers.kubernetes.variables import Sources
from importers.kubernetes.ways_in import ingress
from importers.kubernetes.workloads import extra_body, workload
from importers.rest import Rest
from schemas.text.document import Node, plain


def is_manifest(document: Node) -> bool:
    """Return whether a document is a Kubernetes object."""
    return {"apiVersion", "kind"} <= set(document.entries)


def from_manifests(documents: Sequence[Node], name: str, owner: str) -> Imported:
    """Return the spec of an application that has what Kubernetes manifests say."""
    draft = Draft(name=named(name))
    objects = [one for one in _objects(documents, draft) if well_formed(draft, one)]
    of_kind: dict[str, list[Rest]] = {}
    for one in objects:
        of_kind.setdefault(str(one.look("kind")), []).append(one)
    sources = _sources(of_kind)
    workloads = [*of_kind.pop("Deployment", []), *of_kind.pop("StatefulSet", [])]
    services = of_kind.pop("Service", [])
    claims = {_name(one): one for one in of_kind.pop("PersistentVolumeClaim", [])}
    keys: dict[tuple[str, str], str] = {}
    callable_as: dict[str, str] = {}
    taken: set[int] = set()
    for one in workloads:
        pods = _pod_labels(one)
        own = [service for service in services if _selects(service, pods) and id(service) not in taken]
        own.sort(key=lambda service: (_name(service) != _name(one), _is_headless(service)))
        taken |= {id(service) for service in own}
        kind, given = str(one.look("kind")), _name(one)
        keys[kind, given] = workload(draft, one, own, sources, claims)
        if own:
            callable_as[_name(own[0])] = keys[kind, given]
    _configs(draft, of_kind.pop("ConfigMap", []), sources)
    for secret in of_kind.pop("Secret", []):
        _secret(draft, secret)
    for scaler in of_kind.pop("HorizontalPodAutoscaler", []):
        target = (scaler.look("spec") or {}).get("scaleTargetRef") or {}
        _about(draft, scaler, keys.get((str(target.get("kind")), str(target.get("name")))), autoscaler)
    for one in of_kind.pop("PodDisruptionBudget", []):
        _about(draft, one, _selected(one, workloads, keys), budget)
    for job in of_kind.pop("CronJob", []):
        cron_job(draft, job, sources)
    for way in of_kind.pop("Ingress", []):
        ingress(draft, way, callable_as)
    for one in [service for service in services if id(service) not in taken]:
        draft.keep(_name(one), extra_body(one), one.origin, "no workload among the files has the pods that it selects")
    others = [one for kind in of_kind.values() for one in kind]
    if draft.services and not any(one.look("kind") == "NetworkPolicy" for one in others):
        open_network(draft, workloads[0].origin)
    _rest(draft, others)
    return draft.imported(owner)


def _objects(documents: Sequence[Node], draft: Draft) -> Iterator[Rest]:
    """Yield every object, those of lists too."""
    for document in documents:
        if not is_manifest(document):
            draft.note(document.origin, "SW7002", "this is no Kubernetes object: `apiVersion` or `kind` is missing.")
        elif str(plain(document.entries["kind"])).endswith("List") and "items" in document.entries:
            items = document.entries["items"].value
            yield from _objects(items if isinstance(items, tuple) else (), draft)
        else:
            yield Rest(_present(document))


def _present(node: Node) -> Node:
    """Return a value without what is null, which Kubernetes takes for absent."""
    if isinstance(node.value, Mapping):
        return node.with_entries({key: _present(one) for key, one in node.value.items() if one.value is not None})
    if isinstance(node.value, tuple):
        return msgspec.structs.replace(node, value=tuple(_present(one) for one in node.value if one.value is not None))
    return node


def _sources(of_kind: Mapping[str, Sequence[Rest]]) -> Sources:
    """Return the keys of every ConfigMap and Secret."""
    configs = {
        _name(one): {str(key): str(text) for key, text in (one.look("data") or {}).items()}
        for one in of_kind.get("ConfigMap", ())
        if not one.look("binaryData")
    }
    secrets = {
        _name(one): {str(key) for field in ("data", "stringData") for key in one.look(field) or {}}
        for one in of_kind.get("Secret", ())
    }
    return Sources(configs, secrets)


def _configs(draft: Draft, maps: Sequence[Rest], sources: Sources) -> None:
    """Make ConfigMaps configs; one that is used in another way keeps its own object beside."""
    text = str(draft.services) + str(draft.jobs)
    for one in maps:
        name = _name(one)
        if name in sources.kept or name not in sources.configs or f"'config': '{named(name)}'" not in text:
            draft.keep(name, extra_body(one), one.origin, "a ConfigMap that configs and files do not say whole")
        if f"'config': '{named(name)}'" in text:
            draft.configs[named(name)] = dict(sorted(sources.configs[name].items()))


def _secret(draft: Draft, secret: Rest) -> None:
    """Declare a Secret's keys. What no service uses would be refused, so it is told and left out."""
    name, kind = _name(secret), secret.look("type", "Opaque")
    keys = sorted(str(key) for field in ("data", "stringData") for key in secret.look(field) or {})
    told = ", ".join(f"`{key}`" for key in keys) or "none"
    used = named(name) in draft.secrets
    if kind != "Opaque" and not used:
        draft.note(
            secret.origin, "SW7040", f"the Secret `{name}` of type `{kind}` is not imported: its values stay out."
        )
    elif not used:
        draft.note(secret.origin, "SW7040", f"the Secret `{name}` is left out: nothing among the files uses it.")
    else:
        message = f"the values of the Secret `{name}` stay out: set its keys ({told}) in Pulumi config."
        draft.note(secret.origin, "SW7041", message)


def _about(draft: Draft, source: Rest, key: str | None, what: Any) -> None:
    """Give an object to the service that it is about, or keep it."""
    if key is None:
        draft.keep(_name(source), extra_body(source), source.origin, "what it is about is not among the files")
    else:
        what(draft, source, key)


def _rest(draft: Draft, objects: Sequence[Rest]) -> None:
    """Keep what no field is for, unless it belongs to the cluster."""
    for one in objects:
        kind, name = str(one.look("kind")), _name(one)
        if kind == "Namespace":
            message = f"the namespace `{name}` is not imported: each environment gets one of its own."
            draft.note(one.origin, "SW7042", message)
        elif kind in CLUSTER_SCOPED:
            draft.note(one.origin, "SW7042", f"the {kind} `{name}` is not imported: it belongs to the whole cluster.")
        elif kind == "ServiceAccount" and name in draft.services:
            own = extra_body(one)
            metadata = {key: value for key, value in own["metadata"].items() if key in ("annotations",)}
            if metadata:
                draft.patch(kind, name, {"metadata": metadata}, one.origin, "own")
        else:
            draft.keep(name, extra_body(one), one.origin, f"the kind `{kind}` has no field")


def _name(one: Rest) -> str:
    return str((one.look("metadata") or {}).get("name", ""))


def _pod_labels(workload: Rest) -> Mapping[str, Any]:
    template = (workload.look("spec") or {}).get("template") or {}
    labels: Mapping[str, Any] = (template.get("metadata") or {}).get("labels") or {}
    return labels


def _selects(service: Rest, labels: Mapping[str, Any]) -> bool:
    selector = (service.look("spec") or {}).get("selector") or {}
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


def _is_headless(service: Rest) -> bool:
    return (service.look("spec") or {}).get("clusterIP") == "None"


def _selected(one: Rest, workloads: Sequence[Rest], keys: Mapping[tuple[str, str], str]) -> str | None:
    """Return the one service whose pods a selector of labels finds."""
    wanted = ((one.look("spec") or {}).get("selector") or {}).get("matchLabels") or {}
    found = []
    for (_, name), key in keys.items():
        labels = next((_pod_labels_of(source) for source in workloads if _given(source) == name), {})
        if wanted and all(labels.get(label) == value for label, value in wanted.items()):
            found.append(key)
    return found[0] if len(found) == 1 else None


def _given(source: Rest) -> str:
    return str((plain(source.node).get("metadata") or {}).get("name", ""))


def _pod_labels_of(source: Rest) -> Mapping[str, Any]:
    return _pod_labels(Rest(source.node))
