"""Mistakes do not hide each other: a file with several has exactly the problems of each, at the places where they are.

Each mistake is a block of a spec, in which `⟦CODE⟧` stands before every place where that code must be told. Blocks of
any number are put together, among right ones, in the base and in an environment. Only that nothing uses a thing is not
among them: whoever uses it may be what is wrong.
"""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.manifests.checked import check
from schemas.examine import read
from schemas.problems import SpecError

PLATFORM = Path(__file__).parent / "cases" / "platform.yaml"
TODAY = date(2026, 11, 25)
MARK = re.compile(r"⟦(\w+)⟧")
SECTIONS = ("services", "jobs", "secrets", "configs")
HEAD = """\
apiVersion: stackwright.dev/v1
kind: Application
metadata: {name: shop, owner: team}
spec:
"""
GOOD = "NAME: {image: ghcr.io/acme/good:1.4, port: 8080}"
BY_SECTION: dict[str, list[str]] = {
    "services": [
        "NAME: {image: ghcr.io/acme/a:1.4, ⟦SW2001⟧prot: 8080, port: 8080}",
        "NAME: {image: ghcr.io/acme/a:1.4, port: ⟦SW2007⟧80800}",
        'NAME: {image: ghcr.io/acme/a:1.4, port: 8080, replicas: ⟦SW2002⟧"3"}',
        "NAME: {image: ghcr.io/acme/a:1.4, port: 8080, type: ⟦SW2003⟧daemon}",
        "NAME: {image: ghcr.io/acme/a:1.4, ⟦SW2006⟧build: {context: .}, port: 8080}",
        "NAME: {image: ghcr.io/acme/a:1.4, port: 8080, env: {PASSWORD: ⟦SW2002⟧[hunter2]}}",
        "NAME: {image: ghcr.io/acme/a:1.4, port: 8080, env: {⟦SW2005⟧A B: x}}",
        "NAME: {image: ghcr.io/acme/a:1.4, port: 8080, probes: {readiness: ⟦SW2002⟧ready}}",
        "NAME: {image: ghcr.io/acme/a:1.4, port: 8080, deploy: ⟦SW1010⟧yes}",
        "NAME: {image: ghcr.io/acme/a:1.4, port: 8080, ⟦SW1009⟧port: 8081}",
        "NAME:\n  image: ghcr.io/acme/a:1.4\n  port: 8080\n  resources:\n    requests: {memory: ⟦SW2002⟧512}",
        "⟦SW4102⟧NAME: {image: ghcr.io/acme/a:1.4}",
        "NAME: {image: ⟦SW4901⟧ghcr.io/acme/a, port: 8080}",
        'NAME: {image: ⟦SW4902⟧"ghcr.io/acme/a:latest", port: 8080}',
        "NAME: {image: ghcr.io/acme/a:1.4, port: ⟦SW4107⟧50051}",
        "NAME: {image: ghcr.io/acme/a:1.4, port: 8080, connections: {⟦SW4301⟧nobody-NAME: {}}}",
        "NAME: {image: ghcr.io/acme/a:1.4, port: 8080, connections: {out: {host: ⟦SW4310⟧localhost, port: 9000}}}",
        "NAME: {image: ghcr.io/acme/a:1.4, port: 8080, env: {KEY: ⟦SW4201⟧{secret: no-NAME, key: k}}}",
        "NAME: {image: ghcr.io/acme/a:1.4, port: 8080, env: {⟦SW4309⟧DB_PASSWORD: hunter2}}",
        "NAME: {image: ghcr.io/acme/a:1.4, port: 8080, probes: {readiness: /r, liveness: ⟦SW4106⟧/r}}",
        "NAME: {image: ghcr.io/acme/a:1.4, port: 8080, shutdown: {drainSeconds: ⟦SW4601⟧60, graceSeconds: 45}}",
        "NAME: {image: ghcr.io/acme/a:1.4, port: 8080, replicas: 3, disruption: {minAvailable: ⟦SW4402⟧3}}",
        "NAME:\n  image: ghcr.io/acme/a:1.4\n  ports:\n    a: {port: 80, targetPort: 8080}\n"
        "    b: {port: ⟦SW4101⟧80, targetPort: 8081}",
        "NAME:\n  image: ghcr.io/acme/a:1.4\n  port: 8080\n  resources: {requests: {cpu: 200m}}\n"
        "  scaling:\n    min: ⟦SW4401⟧9\n    max: 5\n    targets: {cpuPercent: 70}",
        "NAME:\n  image: ghcr.io/acme/a:1.4\n  port: 8080\n  files:\n    /etc/a: {source: ⟦SW5001⟧nothing-of-NAME}",
        "NAME: {build: {context: ⟦SW5002⟧./nowhere-of-NAME}, port: 8080}",
        "NAME: {image: ghcr.io/acme/a:1.4, port: 8080, labels: {⟦SW4009⟧app: mine}}",
    ],
    "jobs": [
        "NAME: {service: ⟦SW4701⟧nobody-NAME, command: [tidy], trigger: {cron: '0 3 * * *'}}",
        "NAME: {service: good, command: [tidy], trigger: {cron: ⟦SW4703⟧'61 3 * * *'}}",
        "NAME: {service: good, command: [tidy], trigger: {cron: ⟦SW2005⟧'0 3 * *'}}",
        "NAME: {service: good, command: [tidy], trigger: {cron: '0 3 * * *'}, retries: ⟦SW2007⟧99}",
        "⟦SW4707⟧NAME: {service: good, trigger: {cron: '0 3 * * *'}}",
    ],
    "secrets": [
        "NAME: {keys: ⟦SW2008⟧[]}",
        "NAME: {⟦SW2001⟧data: {a: hunter2}}",
    ],
    "configs": [
        "NAME: {data: {a: ⟦SW2002⟧1}}",
    ],
}
MISTAKES = [(section, block) for section, blocks in BY_SECTION.items() for block in blocks]


class Part(NamedTuple):
    """One block at its place."""

    section: str
    block: str
    local: bool
    """Whether it stands in an environment and not in the base."""
    gap: int
    """Lines of comment before it."""
    between: bool
    """Whether a right service stands before it, where services are."""


def written(parts: Sequence[Part]) -> tuple[str, list[str]]:
    """Return a spec of all parts, and the codes and positions that must be told of it."""
    lines = HEAD.splitlines()
    lines += ["  services:", "    good: {image: ghcr.io/acme/good:1.4, port: 8080}"]
    services = _sections(parts, False, 2, ("services",))
    lines += [*services[1:], *_sections(parts, False, 2, SECTIONS[1:])]
    if any(part.local for part in parts):
        lines += ["  environments:", "    dev:", *_sections(parts, True, 6, SECTIONS)]
    expected = []
    for number, line in enumerate(lines, 1):
        while found := MARK.search(line):
            expected.append(f"{found[1]} {number}:{found.start() + 1}")
            line = line[: found.start()] + line[found.end() :]  # noqa: PLW2901 - a line loses its marks one by one
        lines[number - 1] = line
    return "\n".join(lines) + "\n", sorted(expected)


def _is(part: Part, section: str, local: bool) -> bool:
    return part.section == section and part.local == local


def _sections(parts: Sequence[Part], local: bool, indent: int, sections: Sequence[str]) -> list[str]:
    lines = []
    for section in sections:
        chosen = [(index, part) for index, part in enumerate(parts) if _is(part, section, local)]
        if not chosen:
            continue
        lines.append(f"{' ' * indent}{section}:")
        for index, part in chosen:
            inner = " " * (indent + 2)
            lines += [f"{inner}# a remark"] * part.gap
            name = f"{'l' if local else 'b'}{section[0]}{index}"
            if part.between and section == "services":
                lines.append(inner + GOOD.replace("NAME", f"{name}-right"))
            lines += [inner + line for line in part.block.replace("NAME", name).splitlines()]
    return lines


def told(text: str, folder: Path) -> list[str]:
    """Return the codes and positions that are told of a spec."""
    file = folder / "application.yaml"
    file.write_text(text)
    try:
        problems = check(read(file, PLATFORM, today=TODAY))
    except SpecError as error:
        problems = error.problems
    return sorted(f"{one.code} {one.origin.line}:{one.origin.column}" for one in problems)


PARTS = st.builds(
    lambda mistake, local, gap, between: Part(*mistake, local, gap, between),
    st.sampled_from(MISTAKES),
    st.booleans(),
    st.integers(0, 3),
    st.booleans(),
)


@pytest.mark.parametrize("local", [False, True], ids=["base", "environment"])
@pytest.mark.parametrize(("section", "block"), MISTAKES, ids=[block for _, block in MISTAKES])
def test_each_mistake_is_told_at_its_place(section: str, block: str, local: bool, tmp_path: Path) -> None:
    text, expected = written([Part(section, block, local, 0, False)])
    assert expected
    assert told(text, tmp_path) == expected, text


def test_what_stands_among_the_mistakes_is_right(tmp_path: Path) -> None:
    right = Part("services", GOOD, False, 2, True)
    assert told(*[written([right, right._replace(local=True)])[0]], tmp_path) == []


@given(st.lists(PARTS, min_size=2, max_size=12))
def test_mistakes_together_are_told_as_each_alone(tmp_path: Path, parts: list[Part]) -> None:
    text, expected = written(parts)
    assert told(text, tmp_path) == expected, text
