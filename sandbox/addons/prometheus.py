"""Metrics over time: Prometheus, with the monitors and rules of the cluster's objects and with pods' annotations."""

import sys
import urllib.request
from pathlib import Path

from sandbox.addons.addon import Addon, Ground, Process, filled
from sandbox.cluster.addresses import NODE
from sandbox.cluster.certificates import issue_client
from sandbox.cluster.kubeconfig import write_kubeconfig
from sandbox.ports import DISCOVERY, PROMETHEUS_PORT, listens, must_be_free
from sandbox.process import running, start, wait_until
from sandbox.settings import write_settings
from sandbox.tools.debian import Package
from sandbox.tools.go import module_folder

_USER = "stackwright:prometheus"
_CRDS = "example/prometheus-operator-crd"
ADDRESS = f"{NODE}:{PROMETHEUS_PORT}"
"""Where it answers, for this machine and for pods: on the bridge."""


def _start(ground: Ground) -> None:
    here = ground.layout
    operator = module_folder("prometheus-operator", "github.com/prometheus-operator/prometheus-operator") / _CRDS
    kinds = ("podmonitors", "servicemonitors", "prometheusrules")
    files = [operator / f"monitoring.coreos.com_{kind}.yaml" for kind in kinds]
    ground.kubectl.define("\n---\n".join(file.read_text() for file in files))
    ground.apply("prometheus", port=PROMETHEUS_PORT, node=NODE, user=_USER)
    rules = here.data / "prometheus-rules" / "cluster"
    rules.mkdir(parents=True, exist_ok=True)
    _start_discovery(ground, rules)
    config = filled("prometheus-config", rules=rules, discovery=DISCOVERY.address)
    command = (
        ground.tools["prometheus"],
        f"--config.file={write_settings(here.config / 'prometheus.yaml', config)}",
        f"--storage.tsdb.path={here.data / 'prometheus'}",
        "--storage.tsdb.retention.size=1GB",
        f"--web.listen-address={ADDRESS}",
        "--web.enable-lifecycle",
        # Debian's own consoles are not unpacked where it would look for them.
        f"--web.console.templates={here.config}",
        f"--web.console.libraries={here.config}",
    )
    start(here, "prometheus", command)
    wait_until(_is_ready, here, "prometheus", 60)


def _start_discovery(ground: Ground, rules: Path) -> None:
    here = ground.layout
    if DISCOVERY.component not in running(here):
        must_be_free(DISCOVERY)
    issue_client(ground.certificates, "prometheus", _USER)
    kubeconfig = write_kubeconfig(ground.certificates, "prometheus", here.config / "prometheus.kubeconfig")
    command = (
        *(sys.executable, "-m", "sandbox.addons.discovery"),
        *(f"--kubeconfig={kubeconfig}", f"--rules={rules}"),
        *(f"--prometheus={ADDRESS}", f"--port={DISCOVERY.number}"),
    )
    start(here, DISCOVERY.component, command)
    wait_until(lambda: listens(DISCOVERY), here, DISCOVERY.component, 30)


def _is_ready() -> bool:
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://{ADDRESS}/-/ready", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


PROMETHEUS = Addon(
    name="prometheus",
    purpose="metrics over time",
    parts=(Process(DISCOVERY.component, DISCOVERY.address), Process("prometheus", ADDRESS)),
    start=_start,
    packages=(Package("prometheus", ("usr/bin/prometheus", "usr/bin/promtool")),),
)
