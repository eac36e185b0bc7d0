"""Recording what a program registers, without an engine."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks, rpc, settings

from tests.conftest import ROOT


@dataclass
class Recorder(pulumi.runtime.Mocks):
    """Answers every registration with its own inputs."""

    registered: list[pulumi.runtime.MockResourceArgs] = field(default_factory=list)

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.registered.append(args)
        outputs = dict(args.inputs)
        if args.typ == "docker-build:index:Image":
            outputs["ref"] = f"{outputs['tags'][0]}@sha256:{'d' * 64}"
        return f"{args.name}-id", outputs

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:  # noqa: ARG002
        return {}, []

    def of_kind(self, kind: str) -> dict[str, Any]:
        """Return the inputs of the registered objects of one kind, by the resource's name."""
        return {one.name: one.inputs for one in self.registered if one.typ.rpartition(":")[2] == kind}


SECRET = rpc._special_sig_key


def is_secret(value: Any) -> bool:
    """Return whether a registered value was marked secret on its way to the engine."""
    return isinstance(value, dict) and value.get(SECRET) == rpc._special_secret_sig


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(pulumi.log, "debug", pulumi.log.debug)  # The program drops debug messages; put them back.
    # The mocks have no server that could call a hook.
    monkeypatch.setattr("stacks.failures.failure_report", lambda _: None)
    one = Recorder()
    mocks.set_mocks(one, project="stackwright", stack="dev", preview=False, organization="organization")
    settings.SETTINGS.root_directory = str(ROOT)
    pulumi.runtime.set_all_config(
        {
            "stackwright:application": "examples/shop/application.yaml",
            "stackwright:platform": "stacks/platform.yaml",
            "stackwright:offline": "true",
            "shop:store.password": "pw",
            "shop:storefront.sessionKey": "key",
            "shop:orders.signingKey": "sign",
        },
        ["shop:store.password", "shop:storefront.sessionKey", "shop:orders.signingKey"],
    )
    return one


Program = Callable[[], Any]


def run(program: Program) -> None:
    """Run a program to its end, applies included, as the engine would."""

    @pulumi.runtime.test
    def test() -> Any:
        return program()

    test()
