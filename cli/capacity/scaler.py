"""The simulator's view of a service's autoscaler."""

from autoscaling.hpa.settings import Metric, Settings, settings_of
from autoscaling.replay.scaler import Cpu, Requests, Scaler, Signal
from cli.capacity.service import Scaled
from schemas.values.quantity import quantity


def scaler_of(scaled: Scaled) -> tuple[Scaler, tuple[str, ...]]:
    """Return the autoscaler of a service, and the names of the metrics that are left out.

    Memory does not follow requests, so a target of memory cannot be replayed.

    Raises:
        SpecError: nothing is left.

    """
    settings = settings_of(scaled.autoscaler)
    found: list[tuple[Metric, Signal]] = []
    left_out = []
    for metric in settings.metrics:
        signal = _signal(metric, scaled)
        if signal is None:
            left_out.append(metric.name)
        else:
            found.append((metric, signal))
    if not found:
        message = "only memory is a target, and memory does not follow requests."
        raise scaled.problem("SW9107", message, "Add `targets.cpuPercent`.")
    kept = Settings(
        min=settings.min, max=settings.max, metrics=tuple(one for one, _ in found), behavior=settings.behavior
    )
    return Scaler(settings=kept, signals=tuple(signal for _, signal in found)), tuple(left_out)


def _signal(metric: Metric, scaled: Scaled) -> Signal | None:
    if metric.name == "cpu":
        return Cpu(scaled.service.name, int(quantity(scaled.service.resources.requests.cpu) * 1000))
    if metric.source == "External":
        return Requests()
    return None
