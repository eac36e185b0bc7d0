"""Values as paths and scalars."""

from collections.abc import Iterator, Mapping
from typing import Any

Fact = tuple[str, ...]
"""A path such as `("workload", "carts", "container", "carts", "env", "JAVA_OPTS")`."""


def leaves(value: Any, path: Fact = ()) -> Iterator[tuple[Fact, Any]]:
    """Yield the scalars of a value with their paths; a list of scalars is one value, and an empty mapping is one."""
    if isinstance(value, Mapping) and value:
        for key, child in value.items():
            yield from leaves(child, (*path, str(key)))
    elif isinstance(value, list) and any(isinstance(one, Mapping | list) for one in value):
        for index, child in enumerate(value):
            yield from leaves(child, (*path, str(index)))
    elif isinstance(value, list):
        yield path, tuple(value)
    elif not isinstance(value, Mapping):
        yield path, value
    elif path:
        yield path, {}
