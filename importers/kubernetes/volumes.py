"""Volumes of a pod: what is mounted where, and in which container."""

from dataclasses import dataclass, field
from typing import Any

from importers.draft import Draft, named
from importers.kubernetes.variables import Sources
from importers.rest import Rest
from schemas.problems import Origin

_ADMITTED = {"configMap", "secret", "emptyDir", "persistentVolumeClaim", "ephemeral", "csi", "downwardAPI", "projected"}
"""What Pod Security `restricted` lets a pod mount. Source:
https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"""


@dataclass(slots=True)
class Mounts:
    """What a pod mounts: in the language, and what the language has no words for."""

    volumes: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    sides: dict[str, dict[str, str]] = field(default_factory=dict)
    """By container beside the service: paths by volume."""
    rest_volumes: list[dict[str, Any]] = field(default_factory=list)
    rest_mounts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """By container."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Claims that the files have: storage that pods name, and templates of a StatefulSet."""

    named: dict[str, Rest]
    templates: dict[str, Rest]


@dataclass(frozen=True, slots=True)
class _Volume:
    """A volume of a pod, and where it is mounted."""

    name: str
    source: Rest
    uses: list[tuple[str, Rest]]
    """Each with its container."""
    main: str
    """The service's own container."""

    @property
    def own(self) -> list[Rest]:
        """Where the service's own container mounts it."""
        return [one for box, one in self.uses if box == self.main]


def mounts(
    draft: Draft, pod: Rest, main: str, containers: dict[str, list[Rest]], sources: Sources, claims: Claims
) -> Mounts:
    """Return what the containers of a pod mount; `main` is the service's own."""
    found = Mounts()
    volumes = {str(one.take("name")): one for one in pod.items("volumes")}
    volumes |= {name: template for name, template in claims.templates.items() if name not in volumes}
    for name, volume in volumes.items():
        uses = [(box, one) for box, places in containers.items() for one in places if one.look("name") == name]
        if not (set(volume.left()) & _ADMITTED) and name not in claims.templates:
            kind = ", ".join(volume.left()) or "nothing"
            message = f"the volume `{name}` ({kind}) is not imported: Pod Security `restricted` does not admit it."
            draft.note(volume.origin, "SW7021", message, "Use a claim, or files of the application.")
            continue
        _placed(draft, found, _Volume(name, volume, uses, main), sources, claims)
    return found


def _placed(draft: Draft, found: Mounts, volume: _Volume, sources: Sources, claims: Claims) -> None:
    """Give one volume its place: files, storage, or a patch."""
    if not volume.uses:
        draft.note(volume.source.origin, "SW7026", f"the volume `{volume.name}` is mounted nowhere, and left out.")
        return
    own = volume.own
    content = _files(draft, volume.source, own, sources) if len(own) == len(volume.uses) else None
    if content is not None:
        found.files |= content
        return
    storage = _storage(draft, volume.name, volume.source, claims)
    plain = own[0] if own and not (set(own[0].left()) - {"name", "mountPath", "readOnly"}) else None
    if storage is None or plain is None:
        _kept(found, volume, sources)
        return
    key = named(volume.name)
    read_only = {"readOnly": True} if plain.look("readOnly") else {}
    found.volumes[key] = {"mountPath": str(plain.look("mountPath")).rstrip("/") or "/", **read_only, **storage}
    for box, one in volume.uses:
        fields = one.left()
        if one is plain:
            continue
        if box != volume.main and set(fields) == {"name", "mountPath"} and key not in found.sides.get(box, {}):
            found.sides.setdefault(box, {})[key] = fields["mountPath"]
        else:
            found.rest_mounts.setdefault(box, []).append({**fields, "name": key})


def _kept(found: Mounts, volume: _Volume, sources: Sources) -> None:
    """Keep a volume as it stands; a ConfigMap that it mounts keeps its own object."""
    found.rest_volumes.append({"name": volume.name, **volume.source.left()})
    for box, one in volume.uses:
        found.rest_mounts.setdefault(box, []).append(one.left())
    told = volume.source.look("configMap")
    if isinstance(told, dict) and "name" in told:
        sources.kept.add(str(told["name"]))


def _files(draft: Draft, volume: Rest, uses: list[Rest], sources: Sources) -> dict[str, Any] | None:
    """Return a ConfigMap or Secret that is mounted as the files it becomes, or nothing when files do not say it."""
    for kind, key, field_name in (("configMap", "config", "name"), ("secret", "secret", "secretName")):
        told = volume.look(kind)
        if told is None:
            continue
        name = told.get(field_name)
        if not isinstance(name, str) or told.get("optional") or (kind == "configMap" and name not in sources.configs):
            return None
        files: dict[str, Any] = {}
        mode = {"mode": f"0{told['defaultMode']:o}"} if isinstance(told.get("defaultMode"), int) else {}
        for use in uses:
            fields = use.left()
            if set(fields) - {"name", "mountPath", "readOnly", "subPath"}:
                return None
            path = str(fields["mountPath"]).rstrip("/")
            items = {item["path"]: item for item in told.get("items") or ()}
            if "subPath" in fields:
                inner = str((items.get(fields["subPath"]) or {"key": fields["subPath"]})["key"])
                files[path] = {key: named(name), "key": inner, **mode}
            elif items:
                for inside, item in items.items():
                    own = {"mode": f"0{item['mode']:o}"} if "mode" in item else mode
                    files[f"{path}/{inside}"] = {key: named(name), "key": str(item["key"]), **own}
            else:
                files[path] = {key: named(name), **mode}
        if kind == "secret":
            known = {file["key"] for file in files.values() if "key" in file}
            draft.secret(name, *(known | sources.secrets.get(name, set())))
            if not known and name not in sources.secrets:
                return None
        return files
    return None


def _storage(draft: Draft, name: str, volume: Rest, claims: Claims) -> dict[str, Any] | None:
    """Return a volume's storage in the language, or nothing when it has no words for it."""
    empty = volume.look("emptyDir")
    if empty is not None and not set(empty) - {"medium", "sizeLimit"}:
        kept = {key: str(value) for key, value in empty.items() if value}
        return {"emptyDir": kept}
    if name in claims.templates:
        return _claim(draft, claims.templates[name], volume.origin)
    told = volume.look("persistentVolumeClaim")
    if told is not None and told.get("claimName") in claims.named and not told.get("readOnly"):
        message = f"the claim `{told['claimName']}` gets a name of its service: its data has to be moved."
        draft.note(volume.origin, "SW7022", message)
        return _claim(draft, claims.named[told["claimName"]], volume.origin)
    return None


def _claim(draft: Draft, claim: Rest, origin: Origin) -> dict[str, Any] | None:
    spec = Rest(claim.node).inner("spec")
    modes = spec.take("accessModes", ["ReadWriteOnce"])
    storage = (spec.take("resources", {}).get("requests") or {}).get("storage")
    storage_class = spec.take("storageClassName")
    spec.ignore(volumeMode="Filesystem")
    for key, _ in spec.fields():
        draft.note(spec.at(key), "SW7023", f"`{key}` of a claim has no field, and is left out.")
    if storage is None:
        draft.note(origin, "SW7023", "a claim without a size is left out.")
        return None
    return {
        "claim": {
            "storage": str(storage),
            **({"storageClass": storage_class} if storage_class else {}),
            **({"accessMode": modes[0]} if modes[:1] not in ([], ["ReadWriteOnce"]) else {}),
        }
    }
