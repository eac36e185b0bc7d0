"""Which add-ons there are, and which of them a sandbox has."""

from collections.abc import Collection, Iterable

from sandbox.addons.addon import Addon
from sandbox.addons.dns import DNS
from sandbox.addons.ingress import WAY_IN
from sandbox.addons.istio import ISTIO
from sandbox.addons.keda import KEDA
from sandbox.addons.metrics import METRICS
from sandbox.addons.prometheus import PROMETHEUS
from sandbox.addons.storage import STORAGE
from sandbox.errors import UnknownAddonError
from sandbox.layout import Layout

CORE = (DNS, METRICS, STORAGE, WAY_IN)
"""What every cluster with a real node runs."""
ON_DEMAND = (ISTIO, PROMETHEUS, KEDA)
"""What is built and started when it was asked for, in the order in which it starts."""


def having(layout: Layout, asked: Collection[str]) -> tuple[Addon, ...]:
    """Return what is asked for and what the sandbox has already, in the order in which it starts.

    Raises:
        UnknownAddonError: there is no such add-on.

    """
    there_are = [addon.name for addon in ON_DEMAND]
    unknown = [f"`{name}`" for name in asked if name not in there_are]
    if unknown:
        raise UnknownAddonError(f"There is no add-on {' and no '.join(unknown)}; there are: {', '.join(there_are)}.")
    names = {*asked, *_kept(layout)}
    return tuple(addon for addon in ON_DEMAND if addon.name in names)


def keep(layout: Layout, addons: Iterable[Addon]) -> None:
    """Remember add-ons with those that are there: beside the cluster's data, and gone with it."""
    names = sorted({*_kept(layout), *(addon.name for addon in addons)})
    (layout.data / "addons").write_text("".join(f"{name}\n" for name in names))


def _kept(layout: Layout) -> list[str]:
    file = layout.data / "addons"
    return file.read_text().split() if file.exists() else []
