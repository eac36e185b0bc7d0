"""Time zones, by their names in the IANA database."""

from functools import cache
from importlib import resources

from schemas.problems import nearest


@cache
def time_zones() -> frozenset[str]:
    """Return the names of all time zones: those of the database that is pinned, not of this machine."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split())


def near_zone(zone: str) -> str:
    """Return which zone may have been meant: of a city its own, and of a short name none, for several share it."""
    if "/" in zone:
        return nearest(zone, [name for name in time_zones() if "/" in name])
    cities = [name for name in sorted(time_zones()) if name.rpartition("/")[2].casefold() == zone.casefold()]
    return f" Did you mean `{cities[0]}`?" if cities else ""
