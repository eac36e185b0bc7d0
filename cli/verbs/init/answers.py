"""What a new application is to be: from options, or from questions to a person at a terminal."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import typer

LANGUAGES = {"go.mod": "go", "package.json": "node", "requirements.txt": "python", "pyproject.toml": "python"}
"""The language of a folder to build, by a file in it."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What was said of a new application; nothing where it was not."""

    folder: Path
    name: str | None
    owner: str | None
    service: str | None
    image: str | None
    build: str | None
    port: int | None
    env: list[str] | None
    pulumi: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A new application."""

    name: str
    owner: str
    service: str
    image: str | None
    build: str | None
    language: str | None
    """The language that a Dockerfile is rendered for, when the folder to build has none."""
    port: int | None
    environments: list[str]
    pulumi: bool


def answered(given: Answers) -> New:
    """Return what was said with what a person answers, or with defaults where nobody can be asked.

    Exits with 2 when the image is not said and nobody can be asked.
    """
    asks = sys.stdin.isatty() and sys.stdout.isatty()
    if given.image and given.build:
        raise typer.BadParameter("`--image` and `--build` exclude each other.")

    def said(value: str | None, question: str, default: str) -> str:
        return value or (str(typer.prompt(question, default=default)) if asks else default)

    name = said(given.name, "Application", _as_name(given.folder.resolve().name))
    owner = said(given.owner, "Team that answers for it", "team")
    service = said(given.service, "First service", "web")
    image, build = given.image, given.build
    if not (image or build):
        if not asks:
            raise typer.BadParameter("say what runs: `--image REFERENCE`, or `--build FOLDER`.")
        answer = str(typer.prompt("Image it runs, or a folder to build", default="."))
        image, build = (None, answer) if _is_folder(given.folder, answer) else (answer, None)
    port = given.port
    if port is None and asks:
        port = int(typer.prompt("Port it listens on (0 for a worker)", default=8080, type=int)) or None
    environments = given.env or said(None, "Environments", "dev,prod").split(",")
    return New(
        name=name,
        owner=owner,
        service=service,
        image=image,
        build=build,
        language=_language(given.folder / build) if build else None,
        port=port,
        environments=[one.strip() for one in environments if one.strip()],
        pulumi=given.pulumi,
    )


def _as_name(text: str) -> str:
    """Return a folder's name as a name of the language, or `app`."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-0123456789")[:40].rstrip("-")
    return name or "app"


def _is_folder(base: Path, answer: str) -> bool:
    return answer.startswith(".") or (base / answer).is_dir()


def _language(context: Path) -> str | None:
    if (context / "Dockerfile").is_file():
        return None
    return next((language for file, language in LANGUAGES.items() if (context / file).is_file()), None)
