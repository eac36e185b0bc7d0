"""A newer baseline is mentioned to a person, and to nobody else."""

import io
from pathlib import Path

import pytest

from cli.newer import mention
from tests.conftest import Files


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("baselines", "newest"),
    [
        ({"a": None, "b": "a", "c": "b", "z": None}, "c"),
        ({"c": "b", "b": "a", "a": None}, "c"),
        ({"a": None, "b": None, "c": None}, "c"),
        ({"c": None, "a": None}, None),
        ({"a": "c", "c": None}, None),
    ],
)
def test_a_newer_baseline_is_mentioned_on_a_terminal_alone(
    baselines: dict[str, str | None], newest: str | None, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.platform["baselines"] = {name: {"extends": to} if to else {} for name, to in baselines.items()}
    files.metadata["platform"] = {"name": "acme", "baseline": "a"}
    project = files.project()
    command = f"`stackwright upgrade --baseline {newest} application.yaml` shows what it changes."
    told = f"The platform has a newer baseline than a: {command}\n" if newest else ""
    for stream, said in ((Terminal(), told), (io.StringIO(), "")):
        monkeypatch.setattr("sys.stderr", stream)
        mention(project, Path("application.yaml"))
        assert stream.getvalue() == said
