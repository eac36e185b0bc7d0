"""Release files: which count, and what is told of those that do not fit."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml

from schemas.problems import SpecError
from schemas.project import read
from schemas.resolve import check, resolve
from tests.conftest import Files

A, B = (f"sha256:{letter * 64}" for letter in "ab")
NOTHING = f"sha256:{sha256(b'').hexdigest()}"


def release(files: Files, name: str, images: dict[str, str] | None = None, **head: str) -> Path:
    """Write a release of the application for `dev`, and return its file."""
    document = {
        "apiVersion": "stackwright.dev/v1",
        "kind": "Release",
        "metadata": {"application": "shop", "environment": "dev", **head},
        "spec": {"images": {"web": f"example.test/web@{A}"} if images is None else images},
    }
    file = files.folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    return file


def told(files: Files, *named: Path) -> list[str]:
    files.write()
    try:
        found = check(read(files.folder / "application.yaml", files.folder / "platform.yaml", named, today=files.today))
    except SpecError as error:
        found = error.problems
    return [f"{p.code} {p.severity} {Path(p.origin.file).name} {'.'.join(map(str, p.origin.path))}" for p in found]


def test_the_release_beside_the_application_is_found_by_its_environment(files: Files) -> None:
    files.services["web"]["image"] = "example.test/web"
    release(files, "releases/dev.yaml")
    spec = resolve(files.project(), "dev")
    assert spec.image(spec.application.services["web"]) == f"example.test/web@{A}"


def test_a_named_release_takes_the_place_of_the_one_beside(files: Files) -> None:
    files.services["web"]["image"] = "example.test/web"
    release(files, "releases/dev.yaml")
    named = release(files, "candidate.yaml", {"web": f"example.test/web@{B}"})
    files.write()
    project = read(files.folder / "application.yaml", files.folder / "platform.yaml", [named])
    assert resolve(project, "dev").released == {"web": f"example.test/web@{B}"}


SPEC = "example.test/web"
FITS: list[tuple[str, str, dict[str, str], list[str]]] = [
    ("a digest", SPEC, {"web": f"{SPEC}@{A}"}, []),
    ("a tag and a digest", SPEC, {"web": f"{SPEC}:1.4@{A}"}, []),
    ("the same tag", f"{SPEC}:1.4", {"web": f"{SPEC}:1.4@{A}"}, []),
    ("no release of an image without a tag", SPEC, {}, ["SW4901 error application.yaml spec.services.web.image"]),
    ("an older tag", f"{SPEC}:1.5", {"web": f"{SPEC}:1.4@{A}"}, ["SW3403 error dev.yaml spec.images.web"]),
    ("another digest", f"{SPEC}@{B}", {"web": f"{SPEC}@{A}"}, ["SW3403 error dev.yaml spec.images.web"]),
    ("the same digest", f"{SPEC}@{A}", {"web": f"{SPEC}@{A}"}, []),
    ("another repository", SPEC, {"web": f"other.test/web@{A}"}, ["SW4905 error dev.yaml spec.images.web"]),
    ("Docker Hub by two names", "nginx:1", {"web": f"docker.io/library/nginx@{A}"}, []),
    ("a service that is gone", f"{SPEC}:1", {"wbe": f"{SPEC}@{A}"}, ["SW4903 warning dev.yaml spec.images.wbe"]),
    ("the digest of nothing", SPEC, {"web": f"{SPEC}@{NOTHING}"}, ["SW3404 error dev.yaml spec.images.web"]),
    ("a placeholder", SPEC, {"web": f"{SPEC}@sha256:{'0' * 64}"}, ["SW3404 error dev.yaml spec.images.web"]),
    ("a tag alone", SPEC, {"web": f"{SPEC}:1.4"}, ["SW2005 error dev.yaml spec.images.web"]),
]


@pytest.mark.parametrize(("image", "images", "expected"), [case[1:] for case in FITS], ids=[case[0] for case in FITS])
def test_release(files: Files, image: str, images: dict[str, str], expected: list[str]) -> None:
    files.services["web"]["image"] = image
    release(files, "releases/dev.yaml", images)
    assert told(files) == expected


def test_what_is_built_cannot_be_released(files: Files) -> None:
    files.services["web"] = {"build": {"context": "."}, "port": 8080}
    (files.folder / "Dockerfile").write_text("FROM scratch\n")
    release(files, "releases/dev.yaml")
    assert told(files) == ["SW4904 error dev.yaml spec.images.web"]


def test_a_release_gives_the_digest_that_the_platform_demands(files: Files) -> None:
    files.platform["limits"] = {"images": {"pinned": "digest"}}
    assert told(files) == ["SW3102 error application.yaml spec.services.web.image"]
    release(files, "releases/dev.yaml")
    assert told(files) == []


HEADS: list[tuple[str, str, dict[str, Any], list[str]]] = [
    ("another application", "dev.yaml", {"application": "till"}, ["SW3002 error dev.yaml metadata.application"]),
    ("an unknown environment", "dve.yaml", {"environment": "dve"}, ["SW3001 error dve.yaml metadata.environment"]),
    ("another environment", "prod.yaml", {}, ["SW3401 error prod.yaml metadata.environment"]),
]


@pytest.mark.parametrize(("name", "head", "expected"), [case[1:] for case in HEADS], ids=[case[0] for case in HEADS])
def test_a_release_of_something_else(files: Files, name: str, head: dict[str, str], expected: list[str]) -> None:
    release(files, f"releases/{name}", **head)
    assert told(files) == expected


def test_two_releases_of_one_environment_name_each_other(files: Files) -> None:
    named = [release(files, name) for name in ("one.yaml", "two.yaml")]
    files.write()
    with pytest.raises(SpecError) as caught:
        read(files.folder / "application.yaml", files.folder / "platform.yaml", named)
    (problem,) = caught.value.problems
    assert (problem.code, problem.origin.file) == ("SW3402", str(named[1]))
    assert f"{named[0]}:5" in problem.message


def test_the_other_environments_do_not_hear_of_a_release(files: Files) -> None:
    files.platform["environments"]["prod"] = dict(files.platform["environments"]["dev"])
    files.services["web"]["image"] = "example.test/web:1.5"
    release(files, "releases/dev.yaml", {"web": f"example.test/web:1.4@{A}"})
    assert told(files) == ["SW3403 error dev.yaml spec.images.web"]
    resolve(files.project(), "prod")
