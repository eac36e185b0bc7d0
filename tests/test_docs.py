"""Documents that are made from their one source: `make docs` writes them, and here they must equal it."""

import re
from collections.abc import Callable
from functools import partial

import pytest

from cli.verbs.schema import Format, written
from schemas.codes import CHAPTERS, codes, page
from schemas.platform import identity
from schemas.platform.meshes import PLAIN, TITLES, WISHES, Wish
from schemas.platform.ways_in import TITLES as KINDS_OF_WAYS
from schemas.platform.ways_in import WORDS
from schemas.problems import listed
from schemas.shape.grammar import KINDS
from tests.conftest import ROOT


def problems() -> str:
    """Return the index of all codes."""
    lines = ["# Problems", ""]
    lines += ["Every problem has a stable code with a page of its own, which `stackwright explain SW4401` shows.", ""]
    lines += ["Errors stop; warnings do not. This index is written by `make docs`.", ""]
    for start, title in CHAPTERS.items():
        if rows := [page(code) for code in codes() if code.startswith(start)]:
            lines += [f"## {title}", "", "| code | what is wrong |", "|---|---|"]
            lines += [f"| [{one.code}](../schemas/codes/{one.code}.md) | {one.title} |" for one in rows]
            lines.append("")
    return "\n".join(lines)


def meshes() -> str:
    """Return the table of what each mesh can express."""
    lines = ["# What each mesh can express", ""]
    lines += [
        "What a spec asks of calls to a service, and what says so in each mesh. Where nothing does, the field is an"
    ]
    lines += ["error that names both files, or left out with a warning where the platform says `whenMissing: omit`."]
    lines += ["This table is written by `make docs`.", ""]
    heads = [f"`{mesh}`" if mesh != PLAIN else "no mesh" for mesh in TITLES]
    lines += [f"| field | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    return "\n".join([*lines, *map(_wish, (*WISHES, *identity.WISHES)), ""])


def _wish(wish: Wish) -> str:
    """Return a row of the table."""
    cells = []
    for mesh in TITLES:
        since = f", from Istio {wish.since[mesh]}" if mesh in wish.since else ""
        cells.append(f"{wish.said_by[mesh]}{since}" if mesh in wish.said_by else "–")
    by = f" by {listed(wish.keys)}" if wish.keys else ""
    return f"| `{'.'.join(map(str, wish.path))}`{by} | {' | '.join(cells)} |"


def ways_in() -> str:
    """Return the table of what each way in can express."""
    lines = ["# What each way in can express", ""]
    lines += ["What a spec asks of a route, and what says so in each way in. Where nothing does, the field is an error"]
    lines += ["that names both files, or left out with a warning where the platform says `whenMissing: omit`."]
    lines += ["This table is written by `make docs`.", ""]
    heads = [f"`kind: {kind}`" for kind in KINDS_OF_WAYS]
    lines += [f"| field of a route | {' | '.join(heads)} |", f"|---|{'---|' * len(heads)}"]
    for word in WORDS:
        cells = [word.said_by.get(kind, "–") for kind in KINDS_OF_WAYS]
        lines.append(f"| `{'.'.join(map(str, word.path))}` | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


GENERATED: dict[str, Callable[[], str]] = {
    "docs/problems.md": problems,
    "docs/meshes.md": meshes,
    "docs/ways-in.md": ways_in,
    **{f"docs/reference/{kind}.md": partial(written, kind, Format.markdown) for kind in KINDS},
}


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_document_equals_its_source(name: str, request: pytest.FixtureRequest) -> None:
    text = GENERATED[name]()
    if request.config.getoption("--write-expected"):
        (ROOT / name).parent.mkdir(exist_ok=True)
        (ROOT / name).write_text(text)
    assert (ROOT / name).read_text() == text


def test_every_link_between_documents_leads_somewhere() -> None:
    for file in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", file.read_text()):
            assert (file.parent / target).exists(), f"{file.name}: {target}"


def test_every_file_that_is_named_exists() -> None:
    """A document names a file or a folder by its whole path, so that it can be opened and this can be seen."""
    named = {
        path
        for file in [*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
        for path in re.findall(r"`((?:[\w.-]+/)+(?:[\w-]+\.(?:py|md|txt|json|yaml))?)`", file.read_text())
        if (ROOT / path.split("/")[0]).is_dir()
    }
    assert len(named) > 40
    assert sorted(path for path in named if not (ROOT / path).exists()) == []
