"""A program of so many services against the engine that only echoes."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.bench import PLATFORM, application, secret_values
from tests.conftest import ROOT


@dataclass(frozen=True)
class Cost:
    """What one run cost."""

    told: dict[str, Any]
    """What the program said of itself: seconds, seconds of CPU and those of `import pulumi`, MiB, work."""
    calls: dict[str, int]
    """What the engine counted."""
    registered: list[dict[str, Any]]
    """What it was told to register; only when work is counted."""


def cost(services: int, *, program: Path = ROOT / "__main__.py", count: bool = False, **config: str) -> Cost:
    """Run a program over an application of so many services, and return what it cost."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "platform.yaml").write_text(yaml.safe_dump(PLATFORM))
        # JSON is YAML, and shorter: of thousands of services, one file may hold no more.
        (folder / "application.yaml").write_text(json.dumps(application(services), separators=(",", ":")))
        settings = {
            "application": "application.yaml",
            "platform": "platform.yaml",
            "environment": "prod",
            "offline": "true",
            **config,
        }
        variables = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PULUMI_CONFIG": json.dumps(
                {**{f"stackwright:{key}": value for key, value in settings.items()}, **secret_values(services)}
            ),
            "COUNT": "1" if count else "",
            "RECORD": str(folder / "registered.json") if count else "",
        }
        engine = subprocess.Popen(
            [sys.executable, "-m", "tests.echo.engine"],
            env=variables,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert engine.stdin
        assert engine.stdout
        with engine:
            address = engine.stdout.readline().strip()
            command = [sys.executable, "-m", "tests.echo.program", address, str(program)]
            done = subprocess.run(command, env=variables, cwd=folder, capture_output=True, text=True, check=False)
            engine.stdin.close()
            counted = engine.stdout.read()
        assert done.returncode == 0, done.stderr
        registered = json.loads((folder / "registered.json").read_text()) if count else []
        return Cost(json.loads(done.stdout.splitlines()[-1]), json.loads(counted), registered)
