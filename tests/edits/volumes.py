"""Volumes for claims of simulated pods: there from the start, and made again when a claim has let go."""

import json
import subprocess
from collections.abc import Mapping

import yaml

CLASS = "simulated"


def provide_volumes(count: int, variables: Mapping[str, str]) -> None:
    """See to it that so many volumes are free; nobody ever writes to them."""
    told = subprocess.run(["kubectl", "get", "pv", "-o", "json"], env=variables, capture_output=True, check=True)
    there = [one for one in json.loads(told.stdout)["items"] if one["spec"].get("storageClassName") == CLASS]
    gone = [one["metadata"]["name"] for one in there if one["status"]["phase"] in ("Released", "Failed")]
    if gone:
        subprocess.run(
            ["kubectl", "delete", "pv", "--ignore-not-found", *gone], env=variables, capture_output=True, check=True
        )
    taken = {one["metadata"]["name"] for one in there} - set(gone)
    free = sum(one["status"].get("phase") in ("Available", None) for one in there)
    names = (name for number in range(100_000) if (name := f"simulated-{number}") not in taken)
    made = [_volume(next(names)) for _ in range(count - free)]
    text = yaml.safe_dump_all([_STORAGE_CLASS, *made])
    apply = ["kubectl", "apply", "--server-side", "-f", "-"]
    subprocess.run(apply, input=text, env=variables, capture_output=True, check=True, text=True)


_STORAGE_CLASS = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": CLASS},
    "provisioner": "kubernetes.io/no-provisioner",
    "volumeBindingMode": "Immediate",
}


def _volume(name: str) -> dict[str, object]:
    spec = {
        "storageClassName": CLASS,
        "accessModes": ["ReadWriteOnce"],
        "capacity": {"storage": "1Gi"},
        "persistentVolumeReclaimPolicy": "Retain",
        "hostPath": {"path": f"/nowhere/{name}"},
    }
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": spec}
