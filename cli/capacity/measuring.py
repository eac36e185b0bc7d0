"""The capacity of a replica: given, or measured from the CPU that the history tells."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cli.capacity.options import Source
from cli.capacity.service import Scaled
from schemas.values.quantity import quantity

if TYPE_CHECKING:
    from forecast.capacity import Measured
    from forecast.history.history import History


@dataclass(frozen=True, slots=True)
class Capacity:
    """What one replica of a service serves well, and how it is known."""

    rate: float
    """Requests per second."""
    measured: "Measured | None" = None
    """Nothing when it was given."""

    @property
    def text(self) -> str:
        """How it was measured, as a sentence; nothing when it was given."""
        if (one := self.measured) is None:
            return ""
        return (
            f"Measured in the busiest {one.busy} of {one.quarters} quarters of an hour: a request takes "
            f"{1000 * one.cpu_seconds:.3g} ms of CPU, so {self.rate:g} a second use what a replica requests."
        )

    @property
    def row(self) -> dict[str, Any]:
        """It for a program."""
        one = self.measured
        shown = (
            {"cpuSecondsPerRequest": one.cpu_seconds, "busyQuarters": one.busy, "quarters": one.quarters} if one else {}
        )
        return {"requestsPerSecondPerReplica": self.rate, **shown}


def capacities(
    found: dict[str, Scaled], given: float | None, source: Source, history: "History"
) -> dict[str, Capacity]:
    """Return the capacity that was given, or else the one that the history shows, of a service in several settings.

    Raises:
        SpecError: none was given, and it cannot be measured.

    """
    if given is not None:
        return dict.fromkeys(found, Capacity(given))
    first = next(iter(found.values()))
    if not (cores := source.cores()):
        message = "how many requests per second one replica serves well is not known."
        hint = "Give it as --capacity, or beside the requests the CPU cores that all replicas use, to measure it."
        raise first.problem("SW9101", message, hint)
    from forecast.capacity import measured  # noqa: PLC0415 - a help needs none of it

    requests = {name: _cores_requested(one) for name, one in found.items()}
    one = measured(history, cores)
    return {name: Capacity(one.capacity(request), one) for name, request in requests.items()}


def _cores_requested(found: Scaled) -> float:
    request = found.service.resources.requests.cpu
    if request is None or quantity(request) == 0:
        message = "capacity is measured by the CPU that a replica requests, and it requests none."
        raise found.problem("SW9110", message, "Write `resources.requests.cpu`, or give --capacity.")
    return float(quantity(request))
