from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from tests.conftest import Files

A, B = (f"sha256:{letter * 64}" for letter in "ab")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["release", *arguments])


@pytest.fixture
def shop(files: Files) -> str:
    """Write an application of two services without tags in two environments, and return its file."""
    files.platform["environments"]["prod"] = {**files.platform["environments"]["dev"], "domain": "localhost"}
    files.services = {name: {"image": f"r.test/{name}", "port": 8080} for name in ("web", "cart")}
    files.write()
    return str(files.folder / "application.yaml")


def file(shop: str, environment: str) -> Path:
    return Path(shop).parent / "releases" / f"{environment}.yaml"


def first(shop: str) -> Result:
    return run(shop, "--env", "dev", "--image", f"web=r.test/web@{A}", "--image", f"cart=r.test/cart:2@{A}")


def test_a_first_release_is_written_and_shown(shop: str) -> None:
    done = first(shop)
    assert (done.exit_code, done.stderr) == (0, f"{file(shop, 'dev')} is written.\n")
    assert f"+    web: r.test/web@{A}\n" in done.stdout
    assert file(shop, "dev").read_text().splitlines()[2] == "metadata: {application: shop, environment: dev}"


def test_a_release_that_says_so_already_is_left_alone(shop: str) -> None:
    first(shop)
    assert (first(shop).exit_code, first(shop).stderr) == (0, f"{file(shop, 'dev')} says so already.\n")


def test_promoting_copies_the_digests(shop: str) -> None:
    first(shop)
    done = run(shop, "--env", "prod", "--from", "dev", "--image", f"web=r.test/web@{B}")
    assert done.exit_code == 0
    images = file(shop, "prod").read_text().partition("images:\n")[2]
    assert images == f"    cart: r.test/cart:2@{A}\n    web: r.test/web@{B}\n"
    assert CliRunner().invoke(app, ["validate", shop]).exit_code == 0


WRONG = [
    (["--image", f"web=r.test/other@{A}", "--image", f"cart=r.test/cart@{A}"], "SW4905"),
    (["--image", "web=r.test/web:1", "--image", f"cart=r.test/cart@{A}"], "SW2005"),
    (["--image", f"web=r.test/web@{A}"], "SW4901"),
    (["--from", "staging"], "SW1001"),
]


@pytest.mark.parametrize(("arguments", "code"), WRONG, ids=[case[1] for case in WRONG])
def test_nothing_is_written_that_would_be_wrong(shop: str, arguments: list[str], code: str) -> None:
    done = run(shop, "--env", "dev", *arguments)
    assert done.exit_code == 1
    assert f"[{code}]" in done.stderr
    assert not file(shop, "dev").exists()


@pytest.mark.parametrize("arguments", [[], ["--image", "web"]])
def test_a_command_that_names_no_image_is_not_understood(shop: str, arguments: list[str]) -> None:
    assert run(shop, "--env", "dev", *arguments).exit_code == 2
