"""The page of every code: what is wrong, why it is refused, and what is right instead."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

from schemas.problems import nearest

CHAPTERS = {
    "SW1": "Reading",
    "SW2": "Shape",
    "SW3": "Layers, platform and releases",
    "SW4": "Rules",
    "SW5": "The world around",
    "SW6": "Kubernetes objects, patches and extra objects",
    "SW7": "Imports",
    "SW8": "The command line",
    "SW9": "Histories, forecasts and plans",
}
"""What codes are about, by how they begin."""

_FENCE = re.compile(r"^```(?P<language>\S*)[ ]?(?P<name>\S*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


class File(NamedTuple):
    """A file of an example."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """What there is to say of one code."""

    code: str
    title: str
    """What is wrong, in one line without a full stop."""
    text: str
    """The whole page, in Markdown."""

    @property
    def prose(self) -> str:
        """The page between its title and its examples: why, and what to do."""
        return self.text.partition("\n")[2].partition("\n## ")[0].strip()

    @property
    def wrong(self) -> tuple[tuple[File, ...], ...]:
        """The examples that provoke the code; each is a set of files."""
        return tuple(_examples(self._section("Wrong")))

    @property
    def right(self) -> tuple[tuple[File, ...], ...]:
        """The examples without a problem."""
        return tuple(_examples(self._section("Right")))

    def _section(self, heading: str) -> str:
        return f"{self.text}\n## ".partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def codes() -> tuple[str, ...]:
    """Return every code, in order."""
    pages = resources.files("schemas.codes").iterdir()
    return tuple(sorted(page.name.removesuffix(".md") for page in pages if page.name.endswith(".md")))


@cache
def page(code: str) -> Page:
    """Return the page of a code.

    Raises:
        KeyError: there is no such code.

    """
    if code not in codes():
        raise KeyError(code)
    text = resources.files("schemas.codes").joinpath(f"{code}.md").read_text("utf-8")
    return Page(code, text.partition("\n")[0].removeprefix(f"# {code}: "), text)


def near(code: str) -> str:
    """Return ` Did you mean …?` with the code that was probably meant: written differently, or the next number."""
    if digits := re.search(r"\d{3,4}", code):
        meant = int(digits[0].ljust(4, "0"))
        return f" Did you mean `{min(codes(), key=lambda one: abs(int(one[2:]) - meant))}`?"
    return nearest(code, codes())


def _examples(section: str) -> Iterator[tuple[File, ...]]:
    """Yield the examples of a section: one ends where a file's name comes again."""
    files: dict[str, File] = {}
    for fence in _FENCE.finditer(section):
        name = fence["name"] or "application.yaml"
        if name in files:
            yield tuple(files.values())
            files = {}
        files[name] = File(name, fence["text"])
    if files:
        yield tuple(files.values())
