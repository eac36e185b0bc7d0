"""Values of declared secrets: from Pulumi config straight into the leaves of a Secret."""

import asyncio
import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any

import pulumi

from schemas.problems import Problem, SpecError
from schemas.spec import Spec


@dataclass(frozen=True, slots=True)
class SecretValues:
    """The leaves that secrets need."""

    data: dict[str, dict[str, pulumi.Output[str]]]
    """By secret and key, in base64, marked secret."""
    digests: dict[str, pulumi.Output[str]]
    """By secret: a short digest of its values, safe to show, that changes when a value does."""
    pull_credentials: pulumi.Output[str] | None
    """The registry's login as a base64 `dockerconfigjson`, marked secret."""


def secret_values(spec: Spec) -> SecretValues:
    """Take the values of every declared secret from the stack's config.

    The value of key `password` of the secret `store` of the application `shop` is `shop:store.password`.

    Raises:
        SpecError: naming every value that is not set.

    """
    config = pulumi.Config(spec.application.name)
    missing: list[Problem] = []
    data: dict[str, dict[str, pulumi.Output[str]]] = {}
    digests: dict[str, pulumi.Output[str]] = {}
    for name, secret in spec.application.secrets.items():
        values: dict[str, pulumi.Output[str]] = {}
        for index, key in enumerate(secret.keys):
            value = config.get_secret(f"{name}.{key}")
            if value is None:
                missing.append(_missing(spec, name, key, index))
            else:
                values[key] = value
        data[name] = {key: value.apply(_base64) for key, value in values.items()}
        if secret.on_change == "restart":
            digests[name] = _digest(spec, name, values)
    credentials = _pull_credentials(spec, config, missing)
    if missing:
        raise SpecError(missing)
    return SecretValues(data=data, digests=digests, pull_credentials=credentials)


def _missing(spec: Spec, name: str, key: str, index: int) -> Problem:
    stack = pulumi.get_stack()
    return spec.problem(
        ("secrets", name, "keys", index),
        "SW5101",
        f"the secret `{name}` has no value for `{key}` in the stack `{stack}`.",
        f"Set it: pulumi config set --stack {stack} --secret {spec.application.name}:{name}.{key}",
    )


def _base64(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def _digest(spec: Spec, name: str, values: dict[str, pulumi.Output[str]]) -> pulumi.Output[str]:
    """Return eight hexadecimal digits that change with the values.

    They stand in the clear in the pod template, so they must not help to guess: the hash is slow, salted with the
    secret's place, and so short that countless values share it.
    """
    salt = f"{spec.application.namespace}/{name}".encode()

    def digest(known: dict[str, str]) -> str:
        text = json.dumps(known, sort_keys=True).encode()
        return hashlib.scrypt(text, salt=salt, n=2**14, r=8, p=1, dklen=4).hex()

    async def digest_aside(known: dict[str, str]) -> str:
        # It is slow by intention, and a hundred secrets would hold up the program one after the other.
        return await asyncio.to_thread(digest, known)

    combined: pulumi.Output[dict[str, str]] = pulumi.Output.all(**values)
    return pulumi.Output.unsecret(combined.apply(digest_aside))


def _pull_credentials(spec: Spec, config: pulumi.Config, missing: list[Problem]) -> pulumi.Output[str] | None:
    """Return the login of the platform's registry, when it asks for one."""
    registry = spec.environment.registry
    if not registry.credentials:
        return None
    login = {key: config.get_secret(f"registry.{key}") for key in ("username", "password")}
    for key, value in login.items():
        if value is None:
            command = f"pulumi config set --stack {pulumi.get_stack()} --secret {spec.application.name}:registry.{key}"
            message = f"the registry {registry.address} asks for a {key}, and the stack has none."
            missing.append(Problem(origin=spec.tree.origin, code="SW5102", message=message, hint=f"Set it: {command}"))
    server = registry.address.partition("/")[0]
    return pulumi.Output.all(**login).apply(lambda known: _docker_config(server, known))


def _docker_config(server: str, login: dict[str, Any]) -> str:
    auth = _base64(f"{login['username']}:{login['password']}")
    return _base64(json.dumps({"auths": {server: {**login, "auth": auth}}}))
