"""Whose plan it is."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose plan it is, and when it is made."""

    application: str
    service: str
    environment: str
    time_zone: str
    today: date
