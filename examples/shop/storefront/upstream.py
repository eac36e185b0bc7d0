"""Calls to the other services: short patience, and one more try where asking twice does no harm."""

import json
import os
import urllib.error
import urllib.request

TIMEOUT_SECONDS = 2


class Unavailable(Exception):
    """Raised when a service does not answer as it should."""


def call(service, method, path, body=None):
    """Return the JSON answer of a service; its address comes from the environment."""
    base = os.environ[f"{service.upper()}_URL"]
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(base + path, data=data, method=method, headers={"Content-Type": "application/json"})
    tries = 2 if method == "GET" else 1
    for attempt in range(1, tries + 1):
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
                return json.load(answer)
        except (urllib.error.URLError, TimeoutError, ValueError, OSError) as error:
            if attempt == tries:
                raise Unavailable(f"{service}: {error}") from error
