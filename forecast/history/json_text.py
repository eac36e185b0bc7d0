"""Histories as JSON: a list of entries, an entry a line, or what Prometheus answers."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any

from forecast.history.history import Row, problem
from forecast.history.table import TIMES, told, wrong
from forecast.history.times import Clock, NoTimeError, NoZoneError
from forecast.history.values import REQUESTS, Amount, NoValueError, is_blank, number
from schemas.problems import Problem, SpecError

_BLANK = re.compile(r"[\s,]*")


def rows_of(name: str, text: str, default: tzinfo, of: Amount = REQUESTS) -> tuple[list[Row], bool]:
    """Return the rows of JSON text, and whether Prometheus wrote it, which tells rates and not counts.

    Entries without an optional amount are left out.

    Raises:
        SpecError: with every entry whose time or value is none.

    """
    clock = Clock(default)
    found: list[Row] = []
    problems: list[Problem] = []
    entries, rates = _entries(name, text, of)
    for line, time, value in entries:
        if of.is_optional and is_blank(value):
            continue
        try:
            found.append(Row(time=clock.read(str(time)), value=number(value, of), line=line))
        except (NoTimeError, NoZoneError, NoValueError) as error:
            problems.append(wrong(name, line, time, error, of))
    if problems:
        raise SpecError(told(name, problems))
    return found, rates


def _entries(name: str, text: str, of: Amount) -> tuple[Iterator[tuple[int, Any, Any]], bool]:
    """Return line, time and value of each entry, and whether Prometheus wrote them."""
    stripped = text.lstrip()
    if stripped.startswith("["):
        return _listed(name, text, text.index("[") + 1, of), False
    first, _ = _decoded(name, text, len(text) - len(stripped))
    if isinstance(first, dict) and "status" in first:
        return _prometheus(name, text, first), True
    return _listed(name, text, 0, of), False


def _listed(name: str, text: str, start: int, of: Amount) -> Iterator[tuple[int, Any, Any]]:
    """Yield the entries of a list, or those that stand one after the other."""
    line, last, place = 1, 0, start
    while True:
        blank = _BLANK.match(text, place)
        place = blank.end() if blank is not None else place
        if place >= len(text) or text[place] == "]":
            return
        line += text.count("\n", last, place)
        last = place
        entry, place = _decoded(name, text, place)
        yield (line, *_pair(name, line, entry, of))


def _pair(name: str, line: int, entry: Any, of: Amount) -> tuple[Any, Any]:
    if isinstance(entry, list) and len(entry) in (2, 3):
        return entry[0], entry[of.place] if of.place < len(entry) else None
    if isinstance(entry, Mapping):
        time = next((entry[key] for key in TIMES if key in entry), None)
        if time is not None:
            return time, next((entry[key] for key in of.columns if key in entry), None)
    message = "an entry must be `[time, value]` or a mapping with `timestamp` and `requests`."
    raise SpecError([problem(name, line, "SW9009", message)])


def _prometheus(name: str, text: str, answer: Mapping[str, Any]) -> Iterator[tuple[int, Any, Any]]:
    """Yield what a range query was answered.

    Source: https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries
    """
    if answer["status"] != "success":
        message = f"Prometheus answered with an error: {answer.get('error', 'it does not say which')}."
        raise SpecError([problem(name, 0, "SW9010", message)])
    samples = samples_of(answer)
    if samples is None:
        hint = "Ask for a range of one series: `sum(rate(http_requests_total[1m]))`."
        message = f"Prometheus answered with {_found(answer.get('data'))}, and must with one."
        raise SpecError([problem(name, 0, "SW9011", message, hint)])
    for sample in samples:
        time, value = _pair(name, 1, sample, REQUESTS)
        yield _line_of(text, time, value), time, value


def samples_of(answer: Mapping[str, Any]) -> list[Any] | None:
    """Return the samples of an answer to a range query: of one series, none of no series, and nothing of all else."""
    match answer:
        case {"status": "success", "data": {"resultType": "matrix", "result": []}}:
            return []
        case {"status": "success", "data": {"resultType": "matrix", "result": [{"values": list(samples)}]}}:
            return samples
        case _:
            return None


def _found(data: object) -> str:
    match data:
        case {"resultType": "matrix", "result": [_, _, *_] as series}:
            return f"{len(series)} series"
        case {"resultType": str(kind)} if kind != "matrix":
            return f"a {kind}"
        case _:
            return "no series of numbers"


def _line_of(text: str, time: Any, value: Any) -> int:
    """Return the line of a sample; the line of a right one is never asked for, so it is not searched."""
    try:
        number(value)
    except NoValueError:
        place = re.search(rf"\[\s*{re.escape(json.dumps(time))}\s*,\s*{re.escape(json.dumps(value))}", text)
        return text.count("\n", 0, place.start()) + 1 if place else 1
    return 1


def _decoded(name: str, text: str, place: int) -> tuple[Any, int]:
    try:
        return json.JSONDecoder().raw_decode(text, place)
    except json.JSONDecodeError as error:
        message = f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]}."
        raise SpecError([problem(name, error.lineno, "SW9012", message)]) from None
    except RecursionError:
        message = "this is no history: it is lists in lists, too many to read."
        raise SpecError([problem(name, 0, "SW9012", message)]) from None
