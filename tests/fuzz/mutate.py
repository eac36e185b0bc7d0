"""Mutations of real files: of bytes, of lines, and of the values they hold. Equal seeds give equal mutations."""

import copy
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT
from tests.fuzz.case import CANARY, FILES, SECRETS, Case

BYTES = [b"\x00", b"\xff", b"\xc3", b"\t", b"\r", b"\n", b" ", b":", b"-", b"{", b"}", b"[", b"]", b",", b"'", b'"', b"&a ", b"*a",
         b"!", b"|", b">", b"%", b"@", b"`", b"#", b"? ", b"<<: ", b"---\n", b"...\n", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"\xc2\xa0", b"\\", b"\\0"]  # fmt: skip
VALUES = [None, True, False, 0, -1, 1, 70000, 2**63, 10**30, 1.5, float("inf"), float("nan"), "", " ", "x", "X", "a" * 300, "a\nb", "\x00",
          "no", "012", "1:30", "{", "{}", "{{", "{a", "%", "../..", "/", "/dev/zero", "~", "é", "😀", "\u2028", "1e3", "5m", "0s", "1Gi", "100%", "101%",
          "x-a", [], {}, [[]], [None], [{}], {"": ""}, {"x-a": 1}, {"a": None}, [1, "a"], "a.b.c", "*/5 * * * *", "stackwright.dev/v1beta1", "sha256:x"]  # fmt: skip


@cache
def seeds() -> tuple[Case, ...]:
    """Return real applications with their platforms: right ones with a secret in each service, and wrong ones."""
    right = sorted(
        {*(ROOT / "tests/cases").glob("*/application.yaml"), *(ROOT / "examples").glob("*/application.yaml")}
    )
    wrong = sorted((ROOT / "tests/cases/wrong").glob("*/*/application.yaml"))
    found = [case for path in right for case in (_case(path.parent), _with_secrets(_case(path.parent)))]
    # Of two cases one is a right one: what is refused at once says nothing about what comes later.
    return (*found * (len(wrong) // len(found) + 1), *(_case(path.parent) for path in wrong))


def _case(folder: Path) -> Case:
    own, release = folder / "platform.yaml", folder / "release.yaml"
    platform = own if own.exists() else ROOT / "tests/cases/platform.yaml"
    data = (folder / "application.yaml").read_bytes()
    plan = None
    for file in sorted((folder / "plans").glob("*.yaml")):
        if plan is None:
            # A case has one plan. What others name is not there.
            plan = file.read_bytes()
            data = data.replace(f"plans/{file.name}".encode(), FILES[3].encode())
    return Case(data, platform.read_bytes(), release.read_bytes() if release.exists() else None, plan)


def _with_secrets(case: Case) -> Case:
    """Return a case whose every service has a secret in a variable, a file and an argument."""
    try:
        document = yaml.load(case.application, Loader=_Typed)  # noqa: S506 - a safe loader with fewer types
    except yaml.YAMLError:
        return case
    for name, service in document["spec"]["services"].items():
        if isinstance(service, dict) and isinstance(service.get("env", {}), dict):
            service.setdefault("env", {})["TOKEN"] = f"{CANARY}-{name}"
            service.setdefault("files", {})["/etc/secret"] = {"content": f"{CANARY}-{name}"}
            service["args"] = [f"--token={CANARY}-{name}"]
    return replace(case, application=yaml.safe_dump(document, sort_keys=False).encode())


def mutated(case: Case, others: Sequence[Case], rng: random.Random) -> Case:
    """Return a case with one of its files changed in a few places."""
    files = ("application", "platform", "release", "plan")
    which = rng.choices(files, (8, 3, 1, 8 if case.plan is not None else 0))[0]
    data = getattr(case, which)
    if data is None:
        data = getattr(rng.choice(others), "application")  # noqa: B009 - the field is a name, as above
    for _ in range(rng.choice((1, 1, 1, 1, 2, 5))):
        data = rng.choice(_MUTATIONS)(data, rng)
    return replace(case, **{which: data})


def _byte(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(BYTES) + data[at + rng.choice((0, 0, 1)) :]


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _line(data: bytes, rng: random.Random) -> bytes:
    """Drop, repeat, move or indent a line."""
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    change = rng.randrange(4)
    if change == 0:
        del lines[at]
    elif change == 1:
        lines.insert(at, lines[at])
    elif change == 2 and _open(lines[at]):
        lines.insert(rng.randrange(len(lines)), lines.pop(at))
    elif _open(lines[at]):
        lines[at] = b" " * rng.randrange(6) + lines[at].lstrip()
    return b"\n".join(lines)


def _many(data: bytes, rng: random.Random) -> bytes:
    """Repeat a piece so often that what grows faster than the file is seen."""
    at = rng.randrange(len(data) + 1)
    piece = data[at : at + rng.randrange(1, 40)] if _open(data[max(0, at - 40) : at + 40]) else b"["
    return data[:at] + piece * rng.choice((3, 50, 2000)) + data[at:]


def _value(data: bytes, rng: random.Random) -> bytes:
    """Change, drop or add a value of the document."""
    try:
        document: Any = yaml.load(data, Loader=_Typed)  # noqa: S506 - a safe loader with fewer types
    except (yaml.YAMLError, ValueError, RecursionError):
        return _byte(data, rng)
    places = list(_places(document))
    if not places or len(places) > 5000 or not all(_open(key) for _, key in places):
        return _byte(data, rng)
    holder, key = rng.choice(places)
    change = rng.randrange(5)
    if change == 0:
        del holder[key]
    elif change == 1 and isinstance(holder, dict) and _open(holder[key]):
        word = rng.choice([str(other) for _, other in places])
        holder[word] = holder.pop(key)
    elif change == 2 and _open(holder):
        source, other = rng.choice(places)
        moved = copy.deepcopy(source.get(other) if isinstance(source, dict) else source[other] if source else None)
        holder[key] = moved if _open(moved) else None
    else:
        holder[key] = copy.deepcopy(rng.choice(VALUES))
    try:
        return yaml.safe_dump(document, sort_keys=False, default_flow_style=rng.choice((None, False, True))).encode()
    except (yaml.YAMLError, UnicodeEncodeError, RecursionError):
        return data


def _open(value: Any) -> bool:
    """Return whether a part holds no secret, so that it may be moved to where values are shown."""
    return not any(word in str(value) for word in SECRETS)


class _Typed(yaml.CSafeLoader):
    """Reads dates as text, because nothing else does."""


_Typed.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if not tag.endswith("timestamp")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Return every container of a document with each of its keys."""
    found: list[tuple[Any, Any]] = []
    waiting, seen = [value], set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        pairs = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ()
        for key, child in pairs:
            found.append((one, key))
            waiting.append(child)
    return found


_MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _byte,
    _byte,
    _cut,
    _line,
    _line,
    _many,
    _value,
    _value,
    _value,
    _value,
)
