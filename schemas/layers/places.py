"""Problems over several environments: each told once, with the places it stands in where they differ."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from schemas.problems import Problem

Place = tuple[str, str | None]
"""An environment, and one of its locations when it has any."""


def by_place(told: Mapping[Place, Sequence[Problem]], stopped: Collection[Place] = ()) -> list[Problem]:
    """Return the problems of all places, each once; those that some places have and others not name their places.

    A place that is `stopped` was not looked at to its end, so what is not told there may well stand there.
    """
    standing: dict[Problem, list[Place]] = {}
    for place, problems in told.items():
        for problem in dict.fromkeys(problems):
            standing.setdefault(problem, []).append(place)
    return [_placed(problem, places, list(told), stopped) for problem, places in standing.items()]


def _placed(problem: Problem, places: list[Place], every: list[Place], stopped: Collection[Place]) -> Problem:
    without = [place for place in every if place not in places and place not in stopped and _reaches(problem, place)]
    if not without or _names(problem, places):
        return problem
    return replace(problem, message=f"{problem.message} Only in {_listed(places, every)}.")


def _reaches(problem: Problem, place: Place) -> bool:
    """Return whether what stands at a position counts in a place: an environment's part and release do there only."""
    path = problem.origin.path
    if problem.origin.layer == "release":
        return False
    if path[:2] != ("spec", "environments"):
        return True
    return path[2:3] in ((), (place[0],)) and (path[3:4] != ("locations",) or path[4:5] in ((), (place[1],)))


def _names(problem: Problem, places: list[Place]) -> bool:
    """Return whether the message tells by itself where the problem stands."""
    return all(f"`{environment}`" in problem.message for environment, _ in places)


def _listed(places: list[Place], every: list[Place]) -> str:
    """Return the places as people say them: an environment by its name when all its locations are meant."""
    words: list[str] = []
    for environment in dict.fromkeys(environment for environment, _ in places):
        meant = [place for place in places if place[0] == environment]
        if len(meant) == len([place for place in every if place[0] == environment]):
            words.append(f"`{environment}`")
        else:
            words += [f"`{location}` of `{environment}`" for _, location in meant]
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
