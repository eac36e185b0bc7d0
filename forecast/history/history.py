"""A history of demand, whole and evenly spaced."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from schemas.problems import Origin, Problem
from simulator.replay.demand import Demand


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A time and a value as they stand in a file."""

    time: float
    """Seconds since 1970."""
    value: float
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """How many requests came, step by step."""

    name: str
    """The file, or where else it comes from."""
    start: float
    """Seconds since 1970 at which the first step begins."""
    step_seconds: int
    rates: Sequence[float]
    """Requests per second in each step."""
    filled: frozenset[int] = frozenset()
    """The steps that the source does not have."""
    repairs: tuple[str, ...] = ()
    """What was mended, a sentence each."""

    @property
    def end(self) -> float:
        """Seconds since 1970 at which the last step ends."""
        return self.start + self.step_seconds * len(self.rates)

    @property
    def weeks(self) -> float:
        """How long the history is."""
        return (self.end - self.start) / WEEK_SECONDS

    @property
    def warnings(self) -> tuple[str, ...]:
        """What it hides, a sentence each: within a minute a replica is overloaded, and longer steps are smooth."""
        if self.step_seconds <= MINUTE_SECONDS:
            return ()
        minutes = f"{self.step_seconds / MINUTE_SECONDS:g} minutes"
        return (
            f"a line stands for {minutes}: what peaks within is not seen, and more will find no room than is told.",
        )

    def warnings_on(self, day: date) -> tuple[str, ...]:
        """Return what it hides from a plan that is made on a day, a sentence each: it may be old, or not yet."""
        ended = datetime.fromtimestamp(self.end, UTC).date()
        days = (day - ended).days
        if days > _OLD_DAYS:
            return (*self.warnings, f"the history ends {days} days ago, on {ended}: what changed since is not in it.")
        if days < -1:
            return (*self.warnings, f"the history ends on {ended}, {-days} days from now: its times cannot be right.")
        return self.warnings

    @property
    def demand(self) -> Demand:
        """The history as demand."""
        return Demand(self.start, self.step_seconds, self.rates)

    def scaled(self, factor: float) -> "History":
        """Return a history in which every rate is so many times as high."""
        return replace(self, rates=[rate * factor for rate in self.rates])


MINUTE_SECONDS = 60
WEEK_SECONDS = 7 * 24 * 3600
_OLD_DAYS = 7
"""A plan is made anew each week, from a history that goes on until then."""


def problem(file: str, line: int, code: str, message: str, hint: str = "") -> Problem:
    """Return something that is wrong in a history, at its line; 0 for the file as a whole."""
    origin = Origin(file=file, line=line, column=1 if line else 0, path=(), layer="history")
    return Problem(origin=origin, code=code, message=message, hint=hint)
