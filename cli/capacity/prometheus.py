"""Asking Prometheus for a history."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import UTC
from http.client import HTTPException
from typing import Any

from forecast.history.history import History, Row, problem
from forecast.history.json_text import rows_of, samples_of
from forecast.history.read import parsed
from schemas.problems import SpecError

STEP_SECONDS = 60
_MOST_POINTS = 10_000
"""A range query answers with 11 000 points at most."""
_TIMEOUT_SECONDS = 60


def asked(address: str, query: str, weeks: float) -> History:
    """Return the last weeks of a query of requests per second.

    Raises:
        SpecError: Prometheus does not answer, or not with one series.

    """
    return parsed(*_answer(address, query, weeks))


def asked_cores(address: str, query: str, weeks: float) -> list[Row]:
    """Return the last weeks of a query of cores in use; see `asked`."""
    rows, _ = rows_of(*_answer(address, query, weeks), UTC)
    return rows


def _answer(address: str, query: str, weeks: float) -> tuple[str, str]:
    """Return whose answer it is, and all of it as the text of one; an error is the answer of the address."""
    if not address.startswith(("http://", "https://")):
        raise SpecError([problem(address, 0, "SW9301", "the address must begin with `http://` or `https://`.")])
    end = time.time() // STEP_SECONDS * STEP_SECONDS
    begin = end - weeks * 7 * 86_400
    values: list[Any] = []
    while begin < end:
        last = min(end, begin + _MOST_POINTS * STEP_SECONDS)
        answer = _page(address, {"query": query, "start": begin, "end": last, "step": STEP_SECONDS})
        samples = samples_of(answer)
        if samples is None:
            return address, json.dumps(answer)
        values += samples
        begin = last + STEP_SECONDS
    data = {"resultType": "matrix", "result": [{"metric": {}, "values": values}]}
    return query, json.dumps({"status": "success", "data": data})


def _page(address: str, query: dict[str, Any]) -> dict[str, Any]:
    url = f"{address.rstrip('/')}/api/v1/query_range?{urllib.parse.urlencode(query)}"
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - the scheme is checked
            text, status = answer.read(), answer.status
    except urllib.error.HTTPError as error:
        # A query that cannot be answered is told in the body, as every other answer is.
        text, status = error.read(), error.code
    except (OSError, ValueError, HTTPException) as error:
        # What urllib wraps says it better than the wrapping, which names a function of Python.
        message = f"Prometheus does not answer: {getattr(error, 'reason', error)}."
        raise SpecError([problem(address, 0, "SW9302", message, "Check the address, and the way to it.")]) from None
    return _told(address, text, status)


def _told(address: str, text: bytes, status: int) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or "status" not in found:
        message = f"the address answers with {status}, and not as Prometheus does."
        hint = "Check the address: Prometheus answers under it at `/api/v1/query_range`."
        raise SpecError([problem(address, 0, "SW9303", message, hint)])
    return found
