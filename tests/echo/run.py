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


PROGRAM = ROOT / "__main__.py"
MANY = ROOT / "tests" / "echo" / "many.py"


def cost(services: int, *, applications: int = 1, count: bool = False, **config: str) -> Cost:
    """Run a program over an application of so many services, or over several of that size, and return what it cost."""
    names = [f"bench-{number}" for number in range(applications)]
    program = PROGRAM if applications == 1 else MANY
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "platform.yaml").write_text(yaml.safe_dump(PLATFORM))
        (folder / "applications").mkdir()
        for name in names:
            spec = application(services)
            spec["metadata"]["name"] = name
            (folder / "applications" / f"{name}.yaml").write_text(yaml.safe_dump(spec, sort_keys=False))
        secrets = {
            f"{name}:{key.partition(':')[2]}": value for name in names for key, value in secret_values(services).items()
        }
        settings = {
            "application": "applications/bench-0.yaml",
            "platform": "platform.yaml",
            "environment": "prod",
            "offline": "true",
            **config,
        }
        variables = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PULUMI_CONFIG": json.dumps(
                {**{f"stackwright:{key}": value for key, value in settings.items()}, **secrets}
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
