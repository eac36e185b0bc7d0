from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from sandbox import lifecycle
from sandbox.addons.catalogue import CORE, ON_DEMAND, having, keep
from sandbox.errors import SandboxError
from sandbox.layout import Layout
from sandbox.tools.links import link


@pytest.fixture
def here(tmp_path: Path) -> Layout:
    layout = Layout(root=tmp_path / "state", cache=tmp_path / "cache")
    layout.make()
    return layout


def names(layout: Layout, *asked: str) -> list[str]:
    return [addon.name for addon in having(layout, asked)]


def test_an_addon_is_had_once_it_was_asked_for(here: Layout) -> None:
    assert names(here) == []
    keep(here, having(here, ["istio"]))
    assert names(here) == ["istio"]
    keep(here, having(here, []))
    assert names(here, "istio") == ["istio"]


def test_an_unknown_addon_is_told_with_those_there_are(here: Layout) -> None:
    there_are = ", ".join(addon.name for addon in ON_DEMAND)
    with pytest.raises(SandboxError) as caught:
        lifecycle.up(addons=["isto", "istio", "kda"], where=here)
    assert str(caught.value) == f"There is no add-on `isto` and no `kda`; there are: {there_are}."
    done = CliRunner().invoke(app, ["sandbox", "up", "--with", "isto"])
    assert (done.exit_code, done.output) == (2, f"There is no add-on `isto`; there are: {there_are}.\n")


def test_simulated_nodes_have_no_addons(here: Layout) -> None:
    with pytest.raises(SandboxError, match=r"Simulated nodes run no pods, so there is no istio on them\. Leave out"):
        lifecycle.up(nodes="simulated", addons=["istio"], where=here)


def test_no_two_addons_share_a_name_or_a_part() -> None:
    every = [*CORE, *ON_DEMAND]
    for have in ([addon.name for addon in every], [part.name for addon in every for part in addon.parts]):
        assert len(have) == len(set(have))


def test_a_folder_shows_exactly_the_programs_there_are(tmp_path: Path) -> None:
    for name, text in (("a", "1"), ("b", "1"), ("newer", "2")):
        (tmp_path / name).write_text(text)
    shown = tmp_path / "shown"
    shown.mkdir()
    link(shown, {"a": tmp_path / "a", "b": tmp_path / "b"})
    link(shown, {"b": tmp_path / "newer"})
    assert {path.name: path.read_text() for path in shown.iterdir()} == {"b": "2"}
