"""Problems as text: one line each, or on a terminal the lines of the file with what is wrong underlined."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from schemas.problems import Origin, Problem

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_LINE = re.compile(r"\blines? (\d+)\b")
_PLACE = re.compile(r"([\w./@+-]+\.(?:ya?ml|json)):(\d+)")
_WIDEST = 120


def show_text(problems: Sequence[Problem], *, counted: bool) -> None:
    """Print problems to the error stream, as suits who reads it."""
    if not is_for_a_person():
        for problem in problems:
            typer.echo(_one_line(str(problem)), err=True)
        return
    from rich.console import Console  # noqa: PLC0415 - who reads plain lines need not wait for it

    console = Console(stderr=True, highlight=False, emoji=False, markup=False)
    for problem in problems:
        _show(console, problem)
    if counted:
        colour = "red" if any(problem.severity == "error" for problem in problems) else "yellow"
        console.print(count(problems), style=f"bold {colour}")
        console.print(f"`stackwright explain {problems[0].code}` says more.", style="dim")


def is_for_a_person() -> bool:
    """Return whether the error stream is a terminal that can show colour and wants to."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def count(problems: Sequence[Problem]) -> str:
    """Return how much is wrong: `3 errors, 1 warning in 2 files`."""
    amounts = [(sum(p.severity == word for p in problems), word) for word in ("error", "warning")]
    files = len({problem.origin.file for problem in problems})
    told = ", ".join(_plural(amount, word) for amount, word in amounts if amount)
    return f"{told} in {_plural(files, 'file')}"


def _plural(amount: int, word: str) -> str:
    return f"{amount} {word}{'' if amount == 1 else 's'}"


def _one_line(text: str) -> str:
    """Return text that stays one line and cannot steer a terminal."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def _show(console: "Console", problem: Problem) -> None:
    from rich.text import Text  # noqa: PLC0415

    colour = "red" if problem.severity == "error" else "yellow"
    origin = problem.origin
    title = Text.assemble(
        (problem.severity, f"bold {colour}"), (f"[{problem.code}]", colour), (f" {_one_line(problem.message)}", "bold")
    )
    console.print(title, width=min(console.width, _WIDEST))
    gutter = len(str(max(origin.line, *(other for _, other in _others(problem)), 1)))
    bars = _Bars.of(console.encoding)
    where = f"{origin.file}:{origin.line}:{origin.column}" if origin.line else origin.file
    path = f"  {_one_line(problem.path)}" if origin.path else ""
    console.print(Text.assemble(" " * gutter, (f" {bars.at} ", "blue"), where, (path, "cyan")), soft_wrap=True)
    for line in _excerpts(console, problem, gutter, bars, colour):
        console.print(line, no_wrap=True, crop=True)
    if problem.hint:
        hint = Text(_one_line(problem.hint))
        for number, part in enumerate(hint.wrap(console, max(20, min(console.width, _WIDEST) - gutter - 3))):
            lead = bars.hint if number == 0 else " "
            console.print(Text.assemble(" " * gutter, (f" {lead} ", "blue"), part))
    console.print()


class _Bars:
    """The characters of the frame: with a stream that cannot take them, plain ones."""

    def __init__(self, at: str, side: str, gap: str, hint: str, under: str) -> None:
        self.at, self.side, self.gap, self.hint, self.under = at, side, gap, hint, under

    @staticmethod
    @cache
    def of(encoding: str) -> "_Bars":
        if encoding.lower().startswith("utf"):
            return _Bars("╭─", "│", "┆", "╰─", "━")
        return _Bars("-->", "|", ":", "=", "^")


def _excerpts(console: "Console", problem: Problem, gutter: int, bars: _Bars, colour: str) -> Iterator["Text"]:
    """Yield the lines of the problem's file, and then those of the other files that its message names."""
    from rich.text import Text  # noqa: PLC0415

    from cli.report.excerpt import excerpt  # noqa: PLC0415

    width = max(20, console.width - gutter - 4)
    others = _others(problem)
    files = dict.fromkeys([problem.origin.file, *(file for file, _ in others)])
    for file in files:
        own = file == problem.origin.file
        origin = problem.origin if own else Origin(file=file, line=0, column=0, path=(), layer="")
        wanted = [line for other, line in others if other == file]
        lines = _lines_of(file) if origin.line or wanted else ()
        if not lines:
            continue
        if not own:
            yield Text.assemble(" " * gutter, (f" {bars.at} ", "blue"), f"{file}:{wanted[0]}")
        last = None
        for line in excerpt(lines, origin.line, origin.column, wanted, width):
            if last is not None and line.number > last + 1:
                yield Text.assemble(" " * gutter, (f" {bars.gap}", "blue"))
            last = line.number
            yield Text.assemble((f"{line.number:>{gutter}} {bars.side} ", "blue"), line.text)
            if line.length:
                under = " " * line.start + bars.under * line.length
                yield Text.assemble(" " * gutter, (f" {bars.side} ", "blue"), (under, f"bold {colour}"))


def _others(problem: Problem) -> list[tuple[str, int]]:
    """Return the other places that a message names: lines of the same file, or of another one."""
    text = f"{problem.message} {problem.hint}"
    places = [(file, int(line)) for file, line in _PLACE.findall(text)]
    places += [(problem.origin.file, int(line)) for line in _LINE.findall(_PLACE.sub("", text))]
    return [place for place in dict.fromkeys(places) if place != (problem.origin.file, problem.origin.line)]


@cache
def _lines_of(file: str) -> tuple[str, ...]:
    path = Path(file)
    if not path.is_file():
        return ()
    return tuple(re.split("\r\n|[\n\r\x85\u2028\u2029]", path.read_text("utf-8", errors="replace")))
