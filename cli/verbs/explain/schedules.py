"""The week of an autoscaler's schedules: how many pods there are at least, and which windows are open."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from cli.verbs.explain.columns import columns
from schemas.model import Scaling
from schemas.problems import Path, listed
from schemas.spec import Spec
from schemas.values.schedules import Span, week


class Schedules(NamedTuple):
    """The windows of one autoscaler, wherever their clocks stand."""

    path: Path
    """Where they stand in the spec."""
    weeks: dict[str, list[Span]]
    """The week of each time zone's windows by its own clocks, the time zones by name."""

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The weeks for a program."""
        return [{"timeZone": zone, "spans": [_row(span) for span in spans]} for zone, spans in self.weeks.items()]

    @property
    def lines(self) -> Iterator[str]:
        """The weeks for a person.

        Windows of two time zones are not put into one table: which of them are open at once changes whenever one
        place moves its clocks and the other does not.
        """
        for zone, spans in self.weeks.items():
            yield ""
            yield f"The week by the clocks of {zone}, pods at least:"
            yield from (f"  {line}" for line in _table(spans))
        if len(self.weeks) > 1:
            yield ""
            yield f"Where windows of {listed(self.weeks, 'and')} are open at once, the most pods count."


def schedules(spec: Spec, at: Path) -> Schedules | None:
    """Return the windows at a path: of an autoscaler or of its schedules; nothing at another path or without any."""
    for own, service in spec.running():
        path = (*own, "scaling", "schedules")
        if at in (path, path[:-1]) and service.scaling is not None and service.scaling.schedules:
            return Schedules(path, _weeks(service.scaling))
    return None


def _weeks(scaling: Scaling) -> dict[str, list[Span]]:
    zones = sorted({schedule.time_zone for schedule in scaling.schedules.values()})
    return {
        zone: week({name: one for name, one in scaling.schedules.items() if one.time_zone == zone}, scaling.min)
        for zone in zones
    }


def _table(spans: Sequence[Span]) -> list[str]:
    width = max(len(str(span.pods)) for span in spans)
    return columns([[span.text, f"{span.pods:>{width}}", ", ".join(span.windows)] for span in spans])


def _row(span: Span) -> dict[str, Any]:
    begin, end = span.clocks
    return {"from": begin, "to": end, "pods": span.pods, "windows": list(span.windows)}
