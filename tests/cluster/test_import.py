"""The Sock Shop, imported from its manifests and from its compose file: deployed by the real engine on simulated nodes,
and every object asked of the real API server."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.verbs.render import objects
from components.manifests.objects import Manifest
from importers.comparison.compare import unexplained
from importers.reading import imported
from importers.writing import spec_text
from schemas.project import read
from schemas.resolve import resolve
from tests.cluster.proxy import Proxy
from tests.cluster.server import applied
from tests.conftest import ROOT, platform_of
from tests.edits.fleet import Fleet
from tests.edits.generate import NODES
from tests.kubernetes import CUSTOM

DATA = ROOT / "tests" / "data"
MANIFESTS, COMPOSE = DATA / "sock-shop.yaml", DATA / "sock-shop.compose.yaml"
PLATFORM = ROOT / "stacks" / "platform.yaml"


class Shops(Fleet):
    """The shop twice, each as its own application."""

    config: Mapping[str, str] = {"sock-compose:catalogue-db.MYSQL_ROOT_PASSWORD": "swordfish"}


def on_simulated_nodes(source: Path, name: str) -> dict[str, Any]:
    """Return the spec that a source becomes, with what its pods need to land on simulated nodes in `dev`."""
    spec: dict[str, Any] = imported([source], name, "team").spec["spec"]
    placed = {service: {"placement": NODES} for service in spec["services"]}
    for service, one in spec["services"].items():
        kept = one.get("placement", {}).get("nodeSelector", {})
        placed[service] = {"placement": {**NODES, "nodeSelector": {**NODES["nodeSelector"], **kept}}}
    return {**spec, "environments": {"dev": {"services": placed}}}


@pytest.mark.sandbox
def test_the_sock_shop_is_deployed_as_it_was(tmp_path: Path, proxy: Proxy, kubectl: Callable[..., str]) -> None:
    """Its manifests ask for a label that nodes had formerly, so the simulated ones get it."""
    kubectl("label", "node", "-l", "type=kwok", "beta.kubernetes.io/os=linux", "--overwrite")
    fleet = Shops(tmp_path / "fleet", "shops", proxy.kubeconfig)
    specs = {
        "sock-shop": on_simulated_nodes(MANIFESTS, "sock-shop"),
        "sock-compose": on_simulated_nodes(COMPOSE, "sock-compose"),
    }
    outcome = fleet.edit(specs, proxy)
    assert outcome.problems == {}
    for name, count in (("sock-shop", 14), ("sock-compose", 15)):
        told = json.loads(kubectl("get", "deployments", "-n", f"{name}-dev", "-o", "json"))["items"]
        assert len(told) == count
        assert {one["metadata"]["name"]: one["status"].get("readyReplicas") for one in told} == {
            one["metadata"]["name"]: 1 for one in told
        }
    wanted = [one for one in yaml.safe_load_all(MANIFESTS.read_text()) if one]
    placed = ("nodeSelector", "tolerations")
    found = [str(one) for one in unexplained(wanted, fleet.objects("sock-shop")) if not set(placed) & set(one.fact)]
    assert found == []
    fleet.destroy()


def applications(folder: Path) -> Iterator[tuple[str, list[Manifest]]]:
    """Yield the objects of every example in every environment, and of the Sock Shop."""
    for file in sorted((ROOT / "examples").glob("*/application.yaml")):
        project = read(file, platform_of(file))
        for name in project.environments:
            yield f"{file.parent.name} in {name}", objects(resolve(project, name))
    for source in (MANIFESTS, COMPOSE):
        file = folder / f"{source.stem}.yaml"
        file.write_text(spec_text(imported([source], "sock-shop", "team"), [source.name]))
        yield source.name, objects(resolve(read(file, PLATFORM), "dev"))


@pytest.mark.sandbox
def test_the_api_server_takes_every_object(tmp_path: Path, kubectl: Callable[..., str]) -> None:
    """A dry run on the server, strict, in a namespace like theirs; Pod Security has nothing to say either."""
    refused: dict[str, str] = {}
    spaces: list[str] = []
    try:
        for number, (name, found) in enumerate(applications(tmp_path)):
            space = f"asked-{number}"
            spaces.append(space)
            for one in found:
                one["metadata"].pop("namespace", None)
                if one["kind"] == "Secret":
                    one["data"] = dict.fromkeys(one["data"], "eA==")
            home = next(one for one in found if one["kind"] == "Namespace")
            home["metadata"]["name"] = space
            applied([home])
            # Kinds that are not Kubernetes' own are held to their definitions by kubeconform.
            known = [one for one in found if not one["apiVersion"].partition("/")[0].endswith(CUSTOM)]
            rest = [one for one in known if one["kind"] != "Namespace"]
            done = applied(rest, "--dry-run=server", "--validate=strict", "-n", space)
            # What the source itself asks for, by a name that Kubernetes has given up.
            told = [line for line in done.stderr.splitlines() if "nodeSelector[beta.kubernetes.io/os]" not in line]
            if done.returncode or told or done.stdout.count("serverside-applied") != len(rest):
                refused[name] = "\n".join(told) or done.stdout
    finally:
        kubectl("delete", "namespace", "--wait=false", "--ignore-not-found", *spaces)
    assert refused == {}
