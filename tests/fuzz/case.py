"""One case: the files of an application, and all that a person may ask about them without a cluster."""

import contextlib
import io
import signal
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import FrameType

from cli import report
from components.manifests.checked import check, checked_objects
from schemas.examine import read
from schemas.problems import Problem, SpecError, errors_in
from schemas.resolve import resolve
from schemas.text.document import plain
from schemas.text.yaml_text import yaml_documents, yaml_text

CANARY = "canary-b3f1"
"""A part of every value that is put where a secret may stand."""
SECRETS = (CANARY, "hunter2")
"""That, and what the wrong specs of `tests/cases` have for a secret."""
TODAY = date(2026, 11, 25)
PATIENCE = 10
"""Seconds after which a case hangs; one takes milliseconds."""
FILES = ("application.yaml", "platform.yaml", "release.yaml", "plan.yaml")
"""The last two may be absent."""


@dataclass(frozen=True)
class Case:
    """The bytes of an application, a platform, and of a release and a plan, which may be absent."""

    application: bytes
    platform: bytes
    release: bytes | None = None
    plan: bytes | None = None

    @classmethod
    def at(cls, folder: Path) -> "Case":
        """Return the case that is kept in a folder."""
        return cls(
            *(_bytes(folder / name) or b"" for name in FILES[:2]), *(_bytes(folder / name) for name in FILES[2:])
        )

    def keep(self, folder: Path) -> None:
        """Write the case into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in zip(FILES, (self.application, self.platform, self.release, self.plan), strict=True):
            if data is not None:
                (folder / name).write_bytes(data)
            else:
                (folder / name).unlink(missing_ok=True)

    def smaller(self) -> Iterator["Case"]:
        """Yield the case with parts of its application left out: half, a quarter, … and at last a line."""
        lines = self.application.split(b"\n")
        size = len(lines) // 2
        while size:
            for start in range(0, len(lines), size):
                yield replace(self, application=b"\n".join(lines[:start] + lines[start + size :]))
            size //= 2


def _bytes(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


class Hang(BaseException):
    """Raised in a case that takes too long; no code of ours catches it."""


def fault(case: Case, folder: Path) -> str:
    """Return what is wrong with how a case is treated, or nothing."""
    case.keep(folder)
    signal.signal(signal.SIGALRM, _hang)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        return _asked(folder)
    except Hang:
        return "hangs"
    except Exception as error:
        frames = error.__traceback__
        while frames is not None and frames.tb_next is not None:
            frames = frames.tb_next
        where = f"{frames.tb_frame.f_code.co_filename.rpartition('/')[2]}:{frames.tb_lineno}" if frames else ""
        return f"{type(error).__name__} at {where}: {str(error)[:200]}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _hang(_signal: int, _frame: FrameType | None) -> None:
    raise Hang


def _asked(folder: Path) -> str:
    """Validate, show and render the files of a folder as the verbs do."""
    application, platform, release, _ = (folder / name for name in FILES)
    try:
        project = read(application, platform, [release] if release.exists() else [], today=TODAY)
        problems = check(project)
    except SpecError as error:
        return _leak(error.problems)
    if leak := _leak(problems):
        return leak
    if errors_in(problems):
        return ""
    for environment, location in project.places:
        spec = resolve(project, environment, location)
        objects, more = checked_objects(spec)
        if errors_in(more):
            return f"valid, and then not: {more[0]}"
        yaml_documents(objects)
        yaml_text(plain(spec.tree))
    return ""


def _leak(problems: tuple[Problem, ...]) -> str:
    """Return that a secret is told in any of the forms in which problems are shown, or nothing."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        for form in report.Format:
            report.show(problems, form)
    said = told.getvalue() + "".join(map(str, problems))
    line = next((line for line in said.splitlines() if any(word in line for word in SECRETS)), "")
    codes = sorted({one.code for one in problems if any(word in f"{one}" for word in SECRETS)})
    return f"tells a secret in {' '.join(codes)}: {line[:300]}" if line else ""
