"""Rollouts in steps, led by `stackwright release`."""

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from cli.main import app
from tests.conftest import Files

OLD, NEW = (f"r.test/web@sha256:{letter * 64}" for letter in "ab")
LONG_AGO = "2020-01-01T00:00:00Z"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["release", *arguments])


@pytest.fixture
def shop(files: Files) -> str:
    """Write an application whose service goes in steps and has been released, and return its file."""
    files.platform["environments"]["dev"]["mesh"] = {"kind": "istio-sidecar"}
    files.services["web"] = {"image": "r.test/web", "port": 8080}
    steps(files, {"weight": 10}, {"weight": 50})
    shop = str(files.folder / "application.yaml")
    assert run(shop, "--env", "dev", "--image", f"web={OLD}").exit_code == 0
    return shop


def steps(files: Files, *given: dict[str, Any]) -> None:
    files.services["web"]["rollout"] = {"strategy": "canary", "steps": list(given)}
    del files.platform["environments"]["dev"]["ingress"]
    files.write()
    files.platform["environments"]["dev"]["ingress"] = {"class": "nginx"}


def released(shop: str) -> dict[str, Any]:
    spec: dict[str, Any] = yaml.safe_load(Path(shop).with_name("releases").joinpath("dev.yaml").read_text())["spec"]
    return spec


def state(shop: str) -> tuple[str, tuple[str, int] | None]:
    """Return the image of the service itself, and what takes over at which step."""
    spec = released(shop)
    under_way = spec.get("rollouts", {}).get("web")
    return spec["images"]["web"], (under_way["image"], under_way["step"]) if under_way else None


def aged(shop: str) -> None:
    """Let the step have begun long ago."""
    file = Path(shop).with_name("releases") / "dev.yaml"
    since = released(shop)["rollouts"]["web"]["since"]
    file.write_text(file.read_text().replace(str(since), LONG_AGO))


def test_a_new_image_takes_over_step_by_step(shop: str) -> None:
    """Its service has it last of all; then nothing is left of the rollout."""
    found = []
    for move in (["--image", f"web={NEW}"], *[["--advance", "web"]] * 3):
        done = run(shop, "--env", "dev", *move)
        assert done.exit_code == 0, done.stderr
        found.append(state(shop))
    assert found == [(OLD, (NEW, 1)), (OLD, (NEW, 2)), (NEW, (NEW, 2)), (NEW, None)]
    assert CliRunner().invoke(app, ["validate", shop]).exit_code == 0


def test_a_rollout_is_aborted_at_any_step_and_promoted_from_any(shop: str) -> None:
    run(shop, "--env", "dev", "--image", f"web={NEW}")
    assert run(shop, "--env", "dev", "--abort", "web").exit_code == 0
    assert state(shop) == (OLD, None)
    run(shop, "--env", "dev", "--image", f"web={NEW}")
    assert run(shop, "--env", "dev", "--promote", "web").exit_code == 0
    assert state(shop) == (NEW, (NEW, 1))
    refused = run(shop, "--env", "dev", "--abort", "web")
    assert refused.exit_code == 2
    assert "runs the new image itself already" in " ".join(refused.stderr.split())


@pytest.mark.parametrize("move", ["--advance", "--promote", "--abort"])
def test_what_is_not_under_way_cannot_move(shop: str, move: str) -> None:
    refused = run(shop, "--env", "dev", move, "web")
    assert refused.exit_code == 2
    assert "no rollout under way" in " ".join(refused.stderr.split())


def test_a_step_lasts_its_pause(shop: str, files: Files) -> None:
    steps(files, {"weight": 10, "pause": "10m"}, {"weight": 50})
    run(shop, "--env", "dev", "--image", f"web={NEW}")
    early = run(shop, "--env", "dev", "--advance", "web")
    assert (early.exit_code, state(shop)) == (1, (OLD, (NEW, 1)))
    assert "s to last yet" in early.stderr
    assert run(shop, "--env", "dev", "--advance", "web", "--confirm").exit_code == 0
    assert state(shop) == (OLD, (NEW, 2))
    run(shop, "--env", "dev", "--abort", "web")
    run(shop, "--env", "dev", "--image", f"web={NEW}")
    aged(shop)
    assert run(shop, "--env", "dev", "--advance", "web").exit_code == 0


@pytest.fixture
def prometheus() -> Iterator[tuple[str, list[Any]]]:
    """Serve a Prometheus that gives each question the first of some answers."""
    answers: list[Any] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"status": "success", "data": {"result": answers.pop(0)}}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", answers
    server.shutdown()
    server.server_close()


def test_a_check_holds_before_the_next_step(shop: str, files: Files, prometheus: tuple[str, list[Any]]) -> None:
    address, answers = prometheus
    steps(files, {"weight": 10, "check": "errors < 1"}, {"weight": 50})
    run(shop, "--env", "dev", "--image", f"web={NEW}")
    unasked = run(shop, "--env", "dev", "--advance", "web")
    assert (unasked.exit_code, unasked.stderr) == (1, "web: this must hold: errors < 1\nWait, or say --confirm.\n")
    answers += [[], [{"metric": {}, "value": [0, "0"]}]]
    failing = run(shop, "--env", "dev", "--advance", "web", "--prometheus", address)
    assert (failing.exit_code, failing.stderr) == (
        1,
        "web: this does not hold: errors < 1\nWait, or say --confirm.\n",
    )
    assert run(shop, "--env", "dev", "--advance", "web", "--prometheus", address).exit_code == 0
    assert state(shop) == (OLD, (NEW, 2))


def test_a_prometheus_that_does_not_answer_lets_nothing_pass(shop: str, files: Files) -> None:
    steps(files, {"weight": 10, "check": "errors < 1"})
    run(shop, "--env", "dev", "--image", f"web={NEW}")
    done = run(shop, "--env", "dev", "--advance", "web", "--prometheus", "http://127.0.0.1:9")
    assert done.exit_code == 2
    assert state(shop) == (OLD, (NEW, 1))


def test_comments_and_the_rollouts_of_others_stay(shop: str, files: Files) -> None:
    file = Path(shop).with_name("releases") / "dev.yaml"
    run(shop, "--env", "dev", "--image", f"web={NEW}")
    other = f'    cart: {{image: "r.test/cart@sha256:{"c" * 64}", step: 1}}  # of another team\n'
    file.write_text(
        file.read_text().replace("  rollouts: {web: ", "  # by hand\n  rollouts:\n    web: ").replace("}}", "}") + other
    )
    files.services["cart"] = {**files.services["web"], "image": "r.test/cart"}
    steps(files, {"weight": 10}, {"weight": 50})
    file.write_text(file.read_text().replace("  images:\n", f"  images:\n    cart: r.test/cart@sha256:{'d' * 64}\n"))
    assert run(shop, "--env", "dev", "--abort", "web").exit_code == 0
    text = file.read_text()
    assert text.endswith(f"  # by hand\n  rollouts:\n{other}")
    assert "web:" in text.partition("rollouts")[0]
