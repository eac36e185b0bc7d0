"""What the YAML parser could not read, in plain sentences, at the place where the mistake was made."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from schemas.text.scalars import KEY_WITHOUT_SPACE

Mark = Any
"""A place in the text as the parser counts: `line` and `column` from 0."""


class Told(NamedTuple):
    """A sentence about a text that is not YAML. It never shows what stands in quotes or behind a colon."""

    mark: Mark
    message: str
    hint: str = ""


class _Place(NamedTuple):
    """Where the parser stopped, what it was reading, and the text around."""

    lines: list[str]
    context: Mark
    problem: Mark
    words: str

    def line(self, mark: Mark) -> str:
        return self.lines[mark.line] if mark is not None and mark.line < len(self.lines) else ""

    def character(self, mark: Mark) -> str:
        return self.line(mark)[mark.column : mark.column + 1]


def told(text: str, context: str | None, context_mark: Mark, problem: str | None, problem_mark: Mark) -> Told:
    """Return the sentence for a parser's error."""
    words = f"{context or ''}: {problem or ''}"
    place = _Place(re.split(r"\r\n|\r|\n", text), context_mark, problem_mark, words)
    for pattern, sentence in _SENTENCES:
        if re.search(pattern, words):
            return sentence(place)
    return Told(problem_mark or context_mark, f"this is not YAML: {problem or context}.")


def _tab(place: _Place) -> Told:
    return Told(place.problem, "a tab cannot indent YAML.", "Indent with spaces.")


def _strange_start(place: _Place) -> Told:
    character = place.character(place.problem)
    if character == "\t":
        return _tab(place)
    shown = f"`{character}`" if character != "`" else "a backtick"
    return Told(place.problem, f"a bare text cannot start with {shown}.", "Put the text in quotes.")


def _strange_name(place: _Place) -> Told:
    character = place.character(place.context)
    return Told(place.context, f"a bare text cannot start with `{character}`.", "Put the text in quotes.")


def _open_quote(place: _Place) -> Told:
    return Told(place.context, f"the quote `{place.character(place.context)}` that opens here is not closed.")


def _open_bracket(place: _Place) -> Told:
    opening = place.character(place.context)
    closing = "]" if opening == "[" else "}"
    found = place.character(place.problem)
    if place.problem.line == place.context.line and found and found not in "]}":
        message = f"a comma or `{closing}` is missing before this, in what `{opening}` opens in column"
        return Told(place.problem, f"{message} {place.context.column + 1}.")
    if place.problem.line == place.context.line and found:
        return Told(place.problem, f"`{found}` cannot close what `{opening}` opens.", f"Write `{closing}`.")
    message = f"the `{opening}` that opens here is not closed"
    return Told(place.context, f"{message} before line {place.problem.line + 1}.", f"Write `{closing}`, or a comma.")


def _stray(place: _Place) -> Told:
    character = place.character(place.problem)
    if character == ",":
        return Told(place.problem, "there is nothing between two commas.", "Remove one of them.")
    if character and character in "]}":
        return Told(place.problem, f"`{character}` closes nothing here.", "Remove it, or put the text in quotes.")
    return _unreadable(place)


def _unreadable(place: _Place) -> Told:
    return Told(place.problem or place.context, "this is not YAML: a value cannot stand here.")


def _no_colon(place: _Place) -> Told:
    """Tell of a key that the parser could not finish; it stops on the line behind."""
    line = place.line(place.context)[place.context.column :]
    if found := KEY_WITHOUT_SPACE.match(line):
        return Told(place.context, f"a space is missing behind `{found[1]}:`.", f"Write `{found[1]}: …`.")
    return Told(place.context, "this line has no `: `, so it is neither a key nor a value.")


def _second_colon(place: _Place) -> Told:
    line = place.line(place.problem)
    before = line[: place.problem.column]
    if re.search(r":\s", before):
        return Told(place.problem, "a second `: ` stands on this line.", "Put a text with a colon in quotes.")
    above = place.lines[place.problem.line - 1] if place.problem.line else ""
    if found := KEY_WITHOUT_SPACE.match(above.strip()):
        mark = _At(place.problem.line - 1, len(above) - len(above.lstrip()))
        return Told(mark, f"a space is missing behind `{found[1]}:`.", f"Write `{found[1]}: …`.")
    if len(before.strip()) > 1000:
        return Told(_At(place.problem.line, 0), "this key is longer than 1024 characters.")
    start = _At(place.problem.line, len(line) - len(line.lstrip()))
    return Told(start, "this key is indented more than its place.", "Give it the column of the keys beside it.")


def _no_key(place: _Place) -> Told:
    line = place.line(place.problem)
    if line[place.problem.column :].startswith(("- ", "-\n")) or line.strip() == "-":
        message = "a list's entry (`- `) cannot stand among the keys of a mapping."
        return Told(place.problem, message, "Write a key and a colon.")
    before = line[: place.problem.column]
    if before.strip():
        return Told(place.problem, "this cannot follow on the same line.", "Put the whole text in quotes.")
    if line[place.problem.column :].startswith(":"):
        return Told(place.problem, "a key is missing before the colon.")
    message = "this line is indented differently from the keys beside it."
    return Told(place.problem, message, "Give it the column of one of the lines above.")


def _no_entry(place: _Place) -> Told:
    message = "a key cannot stand among the entries of a list."
    return Told(place.problem, message, "Write `- ` before it, or indent it below an entry.")


def _escape(place: _Place) -> Told:
    message = "the backslash starts no escape that YAML knows."
    return Told(place.problem, message, "Write `\\\\`, or use single quotes, where a backslash is one.")


def _directive(place: _Place) -> Told:
    return Told(place.problem or place.context, "a line that starts with `%` is not allowed.", "Leave it out.")


def _block_text(place: _Place) -> Told:
    return Told(place.problem, "nothing may stand behind `|` or `>` on the same line.", "Begin the text below it.")


def _after_end(place: _Place) -> Told:
    return Told(place.problem, "nothing may follow the end of the document (`...`).")


class _At(NamedTuple):
    """A mark of our own."""

    line: int
    column: int


_SENTENCES: tuple[tuple[str, Callable[[_Place], Told]], ...] = (
    ("tab character", _tab),
    ("cannot start any token", _strange_start),
    ("(alias|anchor): did not find expected alphabetic", _strange_name),
    ("quoted scalar: found unexpected end of stream", _open_quote),
    ("flow (sequence|mapping): did not find expected ','", _open_bracket),
    ("expected node content", _stray),
    ("could not find expected ':'", _no_colon),
    ("mapping values are not allowed", _second_colon),
    ("did not find expected key", _no_key),
    ("did not find expected '-' indicator", _no_entry),
    ("escape character|escape code", _escape),
    ("directive|incompatible YAML document", _directive),
    ("block scalar: did not find expected comment", _block_text),
    ("<document start>", _after_end),
)
"""The parser's own words for a mistake, and ours."""
