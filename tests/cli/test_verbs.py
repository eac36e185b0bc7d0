import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from cli.main import app
from tests.conftest import ROOT, Files

SHOP = "examples/shop/application.yaml"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments])


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_validate_says_that_nothing_is_wrong() -> None:
    done = run("validate", SHOP)
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == f"{SHOP}: nothing is wrong, in any environment.\n"


def wrong(files: Files) -> str:
    files.services["web"]["prot"] = 1
    files.services["web"]["replicas"] = "two"
    with pytest.raises(Exception, match="prot"):
        files.project()
    return str(files.folder / "application.yaml")


def test_validate_tells_every_problem_and_exits_with_1(files: Files) -> None:
    path = wrong(files)
    done = run("validate", path)
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        f"{path}:11:7: spec.services.web.prot: `prot` is not a key here. Did you mean `port`? [SW2001]",
        f"{path}:12:17: spec.services.web.replicas: `two` must be a whole number. [SW2002]",
    ]


def test_validate_speaks_json(files: Files) -> None:
    path = wrong(files)
    rows = json.loads(run("validate", path, "--format", "json").stdout)
    assert rows[0] == {
        "file": path,
        "line": 11,
        "column": 7,
        "path": "spec.services.web.prot",
        "code": "SW2001",
        "severity": "error",
        "message": "`prot` is not a key here. Did you mean `port`?",
        "hint": "",
    }
    assert len(rows) == 2


def test_validate_annotates_a_pull_request(files: Files) -> None:
    path = wrong(files)
    first = run("validate", path, "--format", "github").stdout.splitlines()[0]
    assert first == (
        f"::error file={path},line=11,col=7,title=SW2001::"
        "spec.services.web.prot: `prot` is not a key here. Did you mean `port`?"
    )


def test_a_warning_exits_with_0(files: Files) -> None:
    files.services["web"]["image"] = "example.test/web:latest"
    files.project()
    done = run("validate", str(files.folder / "application.yaml"))
    assert done.exit_code == 0
    assert "warning: the tag `latest` means another image every day." in done.stderr


def test_a_missing_platform_is_told(tmp_path: Path) -> None:
    (tmp_path / "application.yaml").write_text("a: 1\n")
    done = run("validate", str(tmp_path / "application.yaml"))
    assert done.exit_code == 1
    assert "no `platform.yaml` stands beside this file or above it. Name one with --platform. [SW1015]" in done.stderr


def test_show_prints_the_long_form_of_one_environment() -> None:
    shown = yaml.safe_load(run("show", SHOP, "--env", "prod").stdout)
    storefront = shown["services"]["storefront"]
    assert storefront["ports"]["http"] == {
        "port": 80,
        "targetPort": 8080,
        "appProtocol": "http",
        "protocol": "TCP",
        "expose": True,
    }
    assert "replicas" not in storefront
    assert storefront["scaling"]["min"] == 2


def test_render_writes_one_file_an_object_and_no_secret(tmp_path: Path) -> None:
    assert run("render", SHOP, "--env", "dev", "--output", str(tmp_path)).exit_code == 0
    secret = yaml.safe_load((tmp_path / "dev" / "secret-store.yaml").read_text())
    assert secret["data"] == {"password": "from Pulumi config"}
    names = sorted(path.name for path in (tmp_path / "dev").iterdir())
    assert "statefulset-store.yaml" in names
    first = run("render", SHOP).stdout
    assert first == run("render", SHOP).stdout
    assert first.count("kind: Namespace") == 3


def test_schema_prints_what_editors_read() -> None:
    assert json.loads(run("schema").stdout)["title"] == "Stackwright application"
    assert json.loads(run("schema", "platform").stdout)["title"] == "Stackwright platform"


def test_help_names_every_verb() -> None:
    shown = run("--help").stdout
    assert all(verb in shown for verb in ("validate", "show", "explain", "render", "schema", "sandbox"))


def test_show_says_where_each_value_comes_from_and_stays_the_same_yaml() -> None:
    plain = run("show", SHOP, "--env", "prod").stdout
    shown = run("show", SHOP, "--env", "prod", "--origin").stdout
    assert yaml.safe_load(shown) == yaml.safe_load(plain)
    assert f"      min: 2  # environment prod, {SHOP}:" in shown
    assert "      minReadySeconds: 5  # built-in default\n" in shown
