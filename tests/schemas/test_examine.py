"""Files with mistakes of every kind at once: each is told, and nothing that follows from another."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from schemas import salvage
from schemas.examine import read
from schemas.problems import SpecError
from schemas.shape.validator import errors
from schemas.text.document import plain
from schemas.text.load import parse

PLATFORM = """
apiVersion: stackwright.dev/v1
kind: Platform
metadata: {name: acme}
spec:
  environments:
    dev: {domain: dev.example.com, registry: {address: registry.example.com}, installed: {metrics-server: true}}
"""
HEAD = "apiVersion: stackwright.dev/v1\nkind: Application\nmetadata: {name: shop, owner: team}\nspec:\n"
API = "    api: {image: ghcr.io/acme/api:1.0, port: 8080}\n"


def told(folder: Path, spec: str, platform: str = PLATFORM) -> list[str]:
    (folder / "application.yaml").write_text(HEAD + spec)
    (folder / "platform.yaml").write_text(platform)
    with pytest.raises(SpecError) as caught:
        read(folder / "application.yaml", folder / "platform.yaml")
    return [f"{one.code} {one.origin.line}:{one.origin.column}" for one in caught.value.problems]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        pytest.param(
            "  services:\n    api: {image: ghcr.io/acme/api:1.0, port: 8080, prot: 9}\n"
            "    web: {image: ghcr.io/acme/web:1.0, port: 8080, connections: {apii: {}}}\n",
            ["SW2001 6:52", "SW4301 7:66"],
            id="an unknown key in one service, an unknown service in another",
        ),
        pytest.param(
            "  services:\n    api: {image: ghcr.io/acme/api:1.0, port: 8080, replicas: many, "
            "env: {TOKEN: {secret: none, key: token}}}\n",
            ["SW2002 6:62", "SW4201 6:81"],
            id="a wrong type and an undeclared secret in one service",
        ),
        pytest.param(
            "  services:\n    api: {image: ghcr.io/acme/api:1.0, port: 8080, deploy: no, "
            "resources: {requests: {cpu: 100m}}, scaling: {min: 5, max: 3, targets: {cpuPercent: 70}}}\n",
            ["SW1010 6:60", "SW4401 6:115"],
            id="a word that YAML readers differ on, and bounds that cross",
        ),
        pytest.param(
            "  services:\n    api: {image: ghcr.io/acme/api:1.0, ports: [80]}\n"
            "    web: {image: ghcr.io/acme/web:1.0, port: 8080, connections: {api: {port: http}}}\n",
            ["SW2002 6:47"],
            id="a port of ports that are wrong themselves",
        ),
        pytest.param(
            "  services:\n    api: {imge: ghcr.io/acme/api:1.0, port: 8080}\n", ["SW2001 6:11"], id="what a typo hides"
        ),
        pytest.param(
            f"  services:\n{API}    web: 3\n    job: {{image: ghcr.io/acme/job:1, port: 40000, connections: {{web: {{}}}}}}\n",
            ["SW2002 7:10", "SW4107 8:44"],
            id="a connection to a service that is wrong itself",
        ),
        pytest.param(
            f"  servces:\n{API}  ingress: {{hosts: {{web: {{subdomain: www}}}}, routes: {{/: {{service: api}}}}}}\n",
            ["SW2001 5:3", "SW4801 7:3"],
            id="services under a key that is no key",
        ),
        pytest.param(
            "  secrets: {token: {keys: [key]}}\n  services:\n"
            "    api: {image: ghcr.io/acme/api:1.0, port: 8080, enviroment: {T: {secret: token, key: key}}}\n",
            ["SW2001 7:52"],
            id="a secret whose use is under a key that is no key",
        ),
        pytest.param(
            f"  services:\n{API}  ingress: {{hosts: [web], routes: {{/: {{service: api, hosts: [web]}}}}}}\n",
            ["SW4801 7:3", "SW2002 7:20"],
            id="a host of hosts that are wrong themselves",
        ),
        pytest.param(
            "  services:\n    api: {image: ghcr.io/acme/api:1.0, ports: {web: {port: eighty}, metrics: {port: 9090}}}\n"
            "  ingress: {hosts: {web: {subdomain: www}}, routes: {/: {service: api, port: 80}}}\n",
            ["SW2002 6:60", "SW4801 7:3"],
            id="a route to a port whose number is wrong itself",
        ),
        pytest.param(
            "  secrets: {store: {key: [password]}}\n  services:\n"
            "    api: {image: ghcr.io/acme/api:1.0, port: 8080, env: {P: {secret: store, key: password}}}\n",
            ["SW2001 5:21"],
            id="a key of a secret whose keys are under a key that is no key",
        ),
        pytest.param(
            "  services:\n    api: {image: ghcr.io/acme/api:1.0, type: cronjob}\n",
            ["SW2003 6:46"],
            id="a port that another type would not need",
        ),
        pytest.param(
            "  services:\n    api: {image: ghcr.io/acme/api:1.0, port: 8080, files: {etc/api.conf: {content: x}}}\n",
            ["SW2005 6:60"],
            id="a path of a file that begins nowhere",
        ),
        pytest.param(
            "  services:\n    api: {image: 'ghcr.io/acme/api:1.0\n", ["SW1004 6:18"], id="a file that breaks off"
        ),
    ],
)
def test_all_is_told_and_nothing_that_follows(tmp_path: Path, spec: str, expected: list[str]) -> None:
    assert told(tmp_path, spec) == expected


def test_mistakes_of_a_platform_hide_none_of_the_application(tmp_path: Path) -> None:
    spec = f"  services:\n{API}    web: {{image: ghcr.io/acme/web:1.0, port: 8080, connections: {{apii: {{}}}}}}\n"
    found = told(tmp_path, spec, PLATFORM.replace("domain: dev.example.com", "domain: 7"))
    assert found == ["SW4301 7:66", "SW2002 7:19"]


@pytest.mark.parametrize("way", salvage.WAYS)
@pytest.mark.parametrize(
    "value",
    [
        {},
        {"spec": []},
        {"spec": {"services": {"a": {"ports": {}, "probes": {"readiness": {}}, "volumes": {"v": {}}}}}},
        {
            "spec": {
                "services": {"a": {"env": {"A": {"secret": "x"}}, "image": 3, "build": 4, "rollout": {"maxSurge": "x"}}}
            }
        },
        {
            "spec": {
                "services": {"a": None},
                "jobs": {"j": {"trigger": {"before": [3, {}, "a"]}}},
                "secrets": {"s": {"keys": ["a", "a"]}},
            }
        },
    ],
)
def test_what_is_mended_has_its_shape(value: dict[str, Any], way: int) -> None:
    tree = salvage.mended(parse(yaml.safe_dump(value), "application.yaml", "application"), "application", None, way)
    assert tree is not None
    left = [
        error
        for error in errors("application", None, plain(tree))
        if not (error.validator in ("required", "dependentRequired", "x-choose") and "services" in error.absolute_path)
        and not (error.validator in ("required", "x-choose") and "jobs" in error.absolute_path)
    ]
    assert left == []
