"""Points in time as files tell them, as seconds since 1970."""

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from forecast.history.history import problem
from schemas.problems import SpecError

_EPOCH = re.compile(r"^\d{9,19}(\.\d+)?$")
_ZONE = re.compile(r"^(?P<time>.*\d)\s*\[?(?P<zone>[A-Za-z][A-Za-z_]+(?:/[A-Za-z_+\-0-9]+)*)\]?$")
_LIMITS = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))
"""From which size on a number counts nano-, micro- or milliseconds."""


class NoTimeError(ValueError):
    """Raised at text that tells no time."""


class NoZoneError(ValueError):
    """Raised at the name of a time zone that does not exist."""


def zone(name: str) -> tzinfo:
    """Return a time zone by its name in the IANA database.

    Raises:
        NoZoneError: there is none.

    """
    if name in ("Z", "UTC", "GMT"):
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        # A name such as `..` is refused with a ValueError, and one of a folder such as `Europe` is an OSError.
        raise NoZoneError(name) from None


def known_zone(name: str) -> tzinfo:
    """Return a time zone that a person named.

    Raises:
        SpecError: there is none.

    """
    try:
        return zone(name)
    except NoZoneError:
        hint = "Use a name such as `Europe/Berlin`."
        raise SpecError([problem("--time-zone", 0, "SW9017", f"there is no time zone `{name}`.", hint)]) from None


class Clock:
    """Reads the times of one file, in order, because the hour that a clock repeats looks the same twice."""

    def __init__(self, default: tzinfo) -> None:
        self._default = default
        self._last: datetime | None = None

    def read(self, text: str) -> float:
        """Return a time as seconds since 1970; a time without an offset is in the file's time zone.

        Raises:
            NoTimeError: the text tells no time.
            NoZoneError: it names a time zone that does not exist.

        """
        text = text.strip()
        if _EPOCH.match(text):
            return epoch(float(text))
        named = _ZONE.match(text)
        where = self._default
        if named is not None:
            text, where = named["time"], zone(named["zone"])
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise NoTimeError(text) from None
        if moment.tzinfo is None:
            moment = self._local(moment.replace(tzinfo=where))
        return moment.timestamp()

    def _local(self, moment: datetime) -> datetime:
        """Return a local time, the second of its name when the first has been read."""
        last, self._last = self._last, moment
        if last is not None and moment.timestamp() <= last.timestamp():
            second = moment.replace(fold=1)
            if second.timestamp() > moment.timestamp():
                self._last = second
                return second
        return moment


def epoch(number: float) -> float:
    """Return a count since 1970 in seconds, whether it counts seconds or thousandths, millionths or billionths."""
    for least, unit in _LIMITS:
        if number >= least:
            return number / unit
    return number
