"""The components as a package for any Pulumi language."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox import environment
from tests.conftest import ROOT

pytestmark = pytest.mark.sandbox


def test_other_programs_see_the_components(kubectl: Callable[..., str], tmp_path: Path) -> None:  # noqa: ARG001 - the engine is up
    command = ["pulumi", "package", "get-schema", str(ROOT / "components")]
    variables = {**os.environ, **environment.variables()}
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    schema = json.loads(done.stdout)
    assert sorted(schema["resources"]) == [
        "stackwright:index:AutoscaledService",
        "stackwright:index:MeshIngress",
        "stackwright:index:MicroserviceStack",
        "stackwright:index:ServiceImage",
    ]
    stack = schema["resources"]["stackwright:index:MicroserviceStack"]
    assert sorted(stack["requiredInputs"]) == ["application", "environment", "platform"]
