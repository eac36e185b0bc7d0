"""What one set of objects says otherwise than another: each difference, with the default that explains it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from components.manifests.objects import Manifest
from importers.comparison.defaults import DEFAULTS, Default
from importers.comparison.facts import facts
from importers.comparison.leaves import Fact

Way = Literal["lost", "changed", "added"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that the original has and the rendered objects have not, or the other way round."""

    way: Way
    fact: Fact
    original: object
    rendered: object
    default: Default | None
    """The documented default that explains it, or nothing when none does."""

    def __str__(self) -> str:
        """Return the difference as one line."""
        values = {
            "lost": f"{self.original!r}",
            "added": f"{self.rendered!r}",
            "changed": f"{self.original!r} → {self.rendered!r}",
        }
        return f"{self.way} {' / '.join(self.fact)}: {values[self.way]}"


def differences(original: Sequence[Manifest], rendered: Sequence[Manifest]) -> list[Difference]:
    """Return every difference, sorted by its fact."""
    before, after = facts(original), facts(rendered)
    found = []
    for fact in sorted(set(before) | set(after)):
        old, new = before.get(fact), after.get(fact)
        if fact not in after:
            way: Way = "lost"
        elif fact not in before:
            way = "added"
        elif old != new:
            way = "changed"
        else:
            continue
        default = next((one for one in DEFAULTS if one.explains(way, fact, old, new)), None)
        found.append(Difference(way, fact, old, new, default))
    return found


def unexplained(original: Sequence[Manifest], rendered: Sequence[Manifest]) -> list[Difference]:
    """Return the differences that no documented default explains: what an import has lost or made up."""
    return [one for one in differences(original, rendered) if one.default is None]
