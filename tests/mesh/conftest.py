"""The mesh under test: objects in the cluster, servers on loopback that stand for pods, and a proxy before them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import lifecycle
from sandbox.addons.istio import ISTIO
from sandbox.layout import layout
from tests.mesh import istiod
from tests.mesh.cluster import fresh_name, kubectl
from tests.mesh.istiod import Istiod
from tests.mesh.mesh import Mesh


@pytest.fixture(scope="session")
def programs() -> dict[str, Path]:
    """The mesh's programs, with the mesh up."""
    lifecycle.up(addons=["istio"])
    return ISTIO.programs(layout())


@pytest.fixture(scope="session")
def control_plane(programs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Istiod]:
    """A control plane for proxies on loopback."""
    folder = tmp_path_factory.mktemp("istiod")
    with istiod.running(programs["pilot-discovery"], layout().kubeconfig, folder) as one:
        yield one


@pytest.fixture
def mesh(
    request: pytest.FixtureRequest, programs: dict[str, Path], control_plane: Istiod, tmp_path: Path
) -> Iterator[Mesh]:
    """A mesh of the test's own, gone after it."""
    one = Mesh(fresh_name(request.node.name), programs["envoy"], control_plane, tmp_path)
    try:
        with one.backends:
            yield one
    finally:
        kubectl("delete", "namespace", one.namespace, "--ignore-not-found", "--wait=false")
