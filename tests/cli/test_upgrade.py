from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from tests.conftest import Files


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["upgrade", *arguments])


@pytest.fixture
def older(files: Files) -> Path:
    """Write an application as the drafts wrote it, and return its file."""
    files.services["web"]["connections"] = {"stripe": {"host": "stripe.test", "port": 443, "env": "STRIPE"}}
    files.write()
    file = files.folder / "application.yaml"
    file.write_text(file.read_text().replace("stackwright.dev/v1", "stackwright.dev/v1beta1 # drafts"))
    return file


def test_other_verbs_say_which_command_to_run(older: Path) -> None:
    done = CliRunner().invoke(app, ["validate", str(older)])
    assert done.exit_code == 1
    assert done.stderr == (
        f"{older}:1:13: apiVersion: `stackwright.dev/v1beta1` is an older version of the language; this is "
        f"`stackwright.dev/v1`. Run `stackwright upgrade {older} --write`. [SW3501]\n"
    )


def test_upgrade_shows_what_it_would_write(older: Path) -> None:
    before = older.read_text()
    done = run(str(older))
    assert done.exit_code == 3
    assert done.stderr == f"Run it with --write to change {older}.\n"
    assert done.stdout.splitlines() == [
        f"--- {older}",
        f"+++ {older}",
        "@@ -1,4 +1,4 @@",
        "-apiVersion: stackwright.dev/v1beta1 # drafts",
        "+apiVersion: stackwright.dev/v1 # drafts",
        " kind: Application",
        " metadata:",
        "   name: shop",
        "@@ -12,4 +12,4 @@",
        "         stripe:",
        "           host: stripe.test",
        "           port: 443",
        "-          env: STRIPE",
        "+          env: {url: STRIPE}",
    ]
    assert older.read_text() == before


def test_what_upgrade_writes_is_right_and_up_to_date(older: Path) -> None:
    assert run(str(older), "--write").exit_code == 0
    assert CliRunner().invoke(app, ["validate", str(older)]).exit_code == 0
    again = run(str(older))
    assert (again.exit_code, again.stdout, again.stderr) == (0, "", f"{older} is up to date.\n")


def test_a_file_that_would_still_be_wrong_is_not_written(older: Path) -> None:
    older.write_text(older.read_text().replace("port: 8080", "prot: 8080"))
    before = older.read_text()
    done = run(str(older), "--write")
    assert done.exit_code == 1
    assert f"{older} (upgraded):10:7: spec.services.web.prot: `prot` is not a key here." in done.stderr
    assert older.read_text() == before


def test_what_is_no_file_of_the_language_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "pod.yaml"
    file.write_text("apiVersion: v1\nkind: Pod\n")
    done = run(str(file), "--write")
    assert (done.exit_code, done.stderr) == (
        1,
        f"{file}:2:7: kind: `kind` must be `Application`, `Platform` or `Release`. [SW3502]\n",
    )


@pytest.fixture
def based(files: Files) -> Files:
    """Write an application on the older of two baselines, for two environments."""
    files.platform["environments"]["prod"] = {**files.platform["environments"]["dev"], "domain": "localhost"}
    files.platform["baselines"] = {
        "old": {},
        "new": {"extends": "old", "services": {"replicas": 3, "shutdown": {"drainSeconds": 7}}},
    }
    files.metadata["platform"] = {"name": "acme", "baseline": "old"}
    files.spec = {"environments": {"prod": {"services": {"web": {"replicas": 4}}}}}
    files.write()
    return files


def test_upgrade_shows_what_another_baseline_changes(based: Files) -> None:
    file = based.folder / "application.yaml"
    done = run(str(file), "--baseline", "new")
    assert done.exit_code == 3
    assert done.stdout.splitlines() == [
        "dev:",
        "  spec.replicas: 2 → 3",
        "      Deployment web",
        "  spec.template.spec.containers.web.lifecycle.preStop.sleep.seconds: 5 → 7",
        "      Deployment web",
        "prod:",
        "  spec.template.spec.containers.web.lifecycle.preStop.sleep.seconds: 5 → 7",
        "      Deployment web",
        f"--- {file}",
        f"+++ {file}",
        "@@ -5,7 +5,7 @@",
        "   owner: team",
        "   platform:",
        "     name: acme",
        "-    baseline: old",
        '+    baseline: "new"',
        " spec:",
        "   services:",
        "     web:",
    ]


def test_upgrade_takes_another_baseline_by_one_line(based: Files) -> None:
    file = based.folder / "application.yaml"
    before = file.read_text()
    assert run(str(file), "--baseline", "new", "--write").exit_code == 0
    assert file.read_text() == before.replace("baseline: old", 'baseline: "new"')


def test_a_baseline_on_which_something_is_wrong_is_not_taken(based: Files) -> None:
    based.platform["baselines"]["new"]["services"]["shutdown"]["drainSeconds"] = 99
    based.write()
    file = based.folder / "application.yaml"
    before = file.read_text()
    done = run(str(file), "--baseline", "new", "--write")
    assert done.exit_code == 1
    assert "SW4601" in done.stderr
    assert file.read_text() == before


def test_an_unknown_baseline_is_told_with_those_there_are(based: Files) -> None:
    done = run(str(based.folder / "application.yaml"), "--baseline", "newer")
    assert (done.exit_code, done.stderr.partition(" ")[2]) == (
        2,
        "spec.baselines: the platform has no baseline `newer`. Did you mean `new`? [SW3503]\n",
    )
