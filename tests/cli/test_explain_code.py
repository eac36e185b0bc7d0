import json

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from schemas.codes import codes, page


def explain(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["explain", *arguments])


def test_a_page_is_printed_as_it_is_written_where_no_person_looks() -> None:
    done = explain("SW4401")
    assert (done.exit_code, done.stdout) == (0, page("SW4401").text)


@pytest.mark.parametrize("written", ["sw4401", "4401"])
def test_a_code_may_be_written_as_people_write_it(written: str) -> None:
    assert explain(written).stdout.startswith("# SW4401: ")


def test_a_code_that_does_not_exist_is_told_with_the_nearest() -> None:
    done = explain("SW4399")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "There is no code `SW4399`. Did you mean `SW4401`? docs/problems.md lists them all.\n"


@pytest.mark.parametrize("code", codes())
def test_a_page_is_for_programs_too(code: str) -> None:
    row = json.loads(explain(code, "--format", "json").stdout)
    assert list(row) == ["code", "title", "text", "wrong", "right"]
    assert row["code"] == code
    assert (
        f"# {code}: {row['title']}\n\n{row['text']}\n"
        == page(code).text[: len(code) + len(row["title"] + row["text"]) + 7]
    )


def test_a_file_is_explained_in_an_environment() -> None:
    done = explain("examples/shop/application.yaml")
    assert done.exit_code == 2
    assert "name the environment, for example `--env dev`." in done.stderr
