"""`sandbox up` is killed at seeded moments of a start from nothing running, again and again."""

import os
import random
import subprocess
import sys
import time

import pytest

from sandbox import environment, lifecycle
from sandbox.status import leftovers, status
from tests.conftest import ROOT

pytestmark = pytest.mark.prove

SEED = 20
ROUNDS = 8


def test_a_start_that_is_killed_at_any_moment_goes_on_at_the_next() -> None:
    moments = random.Random(SEED)  # noqa: S311 - moments, not secrets
    rows = []
    for number in range(ROUNDS):
        lifecycle.down()
        assert leftovers() == []
        command = [sys.executable, "-c", "from sandbox import lifecycle; lifecycle.up()"]
        patience = moments.uniform(0.1, 8)
        with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as start:
            time.sleep(patience)
            start.kill()
        begun = time.monotonic()
        lifecycle.up()
        assert all(component.up for component in status())
        variables = {**os.environ, **environment.variables()}
        wait = ["kubectl", "wait", "--for=condition=Ready", "pods", "--all", "-A", "--timeout=180s"]
        subprocess.run(wait, env=variables, check=True, capture_output=True)
        rows.append((number, patience, time.monotonic() - begun))
    print(f"\nseed {SEED}: round, killed after (s), all pods ready after (s)")
    for number, patience, took in rows:
        print(f"{number:>5} {patience:>8.1f} {took:>8.1f}")
