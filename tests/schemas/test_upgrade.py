"""Files of older versions, rewritten whole; comments, order and layout stay."""

import pytest

from schemas.language.upgrade import changes, upgraded, with_baseline
from schemas.shape.conformance import layer_problems
from schemas.shape.grammar import Kind
from schemas.text.load import parse

HEAD = "apiVersion: stackwright.dev/v1beta1  # drafts\nkind: {kind}\n"
NEW_HEAD = "apiVersion: stackwright.dev/v1  # drafts\nkind: {kind}\n"

APPLICATION = """# The shop.
metadata: {name: shop, owner: team}   # who
spec:
  services:
    web:
      image: ghcr.io/acme/web:1.4

      port: 8080          # what people see
      ports:
        # for the scraper
        metrics: {port: 9090, expose: false}
      connections:
        cat: {env: CAT_ADDRESS, port: grpc}  # by gRPC
        api:
          env: API_URL   # by HTTP
        stripe: {host: api.stripe.com, port: 443, env: STRIPE}
    api: {image: "ghcr.io/acme/api:1", port: 8081, ports: {metrics: {port: 9090, expose: false}}}
    cat:
      image: ghcr.io/acme/cat:1
      ports:
        grpc: {port: 9000, appProtocol: grpc}
  jobs:
    move: {service: api, trigger: {before: [api]}, rerunOn: image}
    shift:
      service: api
      rerunOn: image  # always
      trigger: {before: [api]}
  environments:
    dev:
      services:
        web: {connections: {api: {env: OTHER_URL}}}
"""
NEW_APPLICATION = """# The shop.
metadata: {name: shop, owner: team}   # who
spec:
  services:
    web:
      image: ghcr.io/acme/web:1.4

      ports:
        # for the scraper
        http: {port: 80, targetPort: 8080, appProtocol: http}
        metrics: {port: 9090, expose: false}
      connections:
        cat: {env: {address: CAT_ADDRESS}, port: grpc}  # by gRPC
        api:
          env: {url: API_URL}   # by HTTP
        stripe: {host: api.stripe.com, port: 443, env: {url: STRIPE}}
    api: {image: "ghcr.io/acme/api:1", ports: {http: {port: 80, targetPort: 8081, appProtocol: http}, metrics: {port: 9090, expose: false}}}
    cat:
      image: ghcr.io/acme/cat:1
      ports:
        grpc: {port: 9000, appProtocol: grpc}
  jobs:
    move: {service: api, trigger: {before: [api]}}
    shift:
      service: api
      trigger: {before: [api]}
  environments:
    dev:
      services:
        web: {connections: {api: {env: {url: OTHER_URL}}}}
"""
PLATFORM = """metadata: {name: acme}
spec:
  baselines:
    "2026-08": {services: {whenPresent: {probes: {liveness: {periodSeconds: 10}}}}}   # calm
    "2026-09": {services: {whenPresent: {probes: {liveness: {periodSeconds: 9}}}, labels: {a: b}}}
    "2026-10":
      services:
        labels: {cost-center: unknown}
        whenPresent:
          # readiness too
          probes:
            liveness: {periodSeconds: 20}   # calmer
    "2026-11":
      extends: "2026-10"
  limits:
    requiredLabels: [owner]
  environments:
    dev:
      domain: dev.test
      registry: {address: r.test}
      installed: [metrics-server]
    prod:
      domain: test
      registry: {address: r.test}
      installed:
        - metrics-server
"""
NEW_PLATFORM = """metadata: {name: acme}
spec:
  baselines:
    "2026-08": {whenPresent: {services: {probes: {liveness: {periodSeconds: 10}}}}}   # calm
    "2026-09": {whenPresent: {services: {probes: {liveness: {periodSeconds: 9}}}}, services: {labels: {a: b}}}
    "2026-10":
      whenPresent:
        services:
          # readiness too
          probes:
            liveness: {periodSeconds: 20}   # calmer
      services:
        labels: {cost-center: unknown}
    "2026-11":
      extends: "2026-10"
  limits:
    labels: {required: [owner]}
  environments:
    dev:
      domain: dev.test
      registry: {address: r.test}
      installed: {metrics-server: true}
    prod:
      domain: test
      registry: {address: r.test}
      installed: {metrics-server: true}
"""
FILES: list[tuple[Kind, str, str, str]] = [
    ("application", "Application", APPLICATION, NEW_APPLICATION),
    ("platform", "Platform", PLATFORM, NEW_PLATFORM),
]


@pytest.mark.parametrize(("kind", "name", "older", "newer"), FILES, ids=[file[0] for file in FILES])
def test_an_older_file_becomes_one_of_today(kind: Kind, name: str, older: str, newer: str) -> None:
    before = HEAD.format(kind=name) + older
    after = NEW_HEAD.format(kind=name) + newer
    assert upgraded(before) == after
    assert upgraded(after) == after
    assert layer_problems(parse(after, "a.yaml", kind), kind) == []


@pytest.mark.parametrize(("name", "older"), [file[1:3] for file in FILES], ids=[file[0] for file in FILES])
def test_only_older_files_change(name: str, older: str) -> None:
    assert changes(NEW_HEAD.format(kind=name) + older) == []
    assert changes(HEAD.format(kind="Pod") + older)[1:] == []


def test_every_change_names_its_line() -> None:
    found = changes(HEAD.format(kind="Application") + APPLICATION)
    assert [(change.line, change.sentence) for change in found] == [
        (1, "the version is `stackwright.dev/v1`"),
        (15, "`env` says that the variable gets the address"),
        (17, "`env` says that the variable gets the url"),
        (18, "`env` says that the variable gets the url"),
        (33, "`env` says that the variable gets the url"),
        (10, "`port` stands among the `ports`, as `http`"),
        (19, "`port` stands among the `ports`, as `http`"),
        (25, "a job runs again when its image changes, without `rerunOn`"),
        (28, "a job runs again when its image changes, without `rerunOn`"),
    ]


def test_a_port_whose_name_is_taken_is_left_for_a_person() -> None:
    text = "apiVersion: stackwright.dev/v1beta1\nkind: Application\nspec:\n  services:\n    web: {port: 1, ports: {http: {port: 2}}}\n"
    assert upgraded(text) == text.replace("v1beta1", "v1")


def test_what_stands_twice_through_an_alias_is_rewritten_once() -> None:
    text = (
        "apiVersion: stackwright.dev/v1beta1\nkind: Application\nspec:\n  services:\n"
        "    web: &web {connections: {api: {env: A}}}\n    other: *web\n"
    )
    assert upgraded(text) == text.replace("v1beta1", "v1").replace("env: A", "env: {url: A}")


REBASED = [
    (
        "metadata: {name: a, platform: {name: acme, baseline: old}}  # x\n",
        'metadata: {name: a, platform: {name: acme, baseline: "new"}}  # x\n',
    ),
    (
        "metadata:\n  platform:\n    baseline: 'old'  # x\n    name: acme\n",
        'metadata:\n  platform:\n    baseline: "new"  # x\n    name: acme\n',
    ),
    ("metadata: {name: a, platform: {name: acme}}\n", 'metadata: {name: a, platform: {name: acme, baseline: "new"}}\n'),
    (
        "metadata:\n  name: a  # b\n  # c\nspec: {}\n",
        'metadata:\n  name: a  # b\n  platform: {name: acme, baseline: "new"}\n  # c\nspec: {}\n',
    ),
    ("metadata:\n  platform:\n    name: acme", 'metadata:\n  platform:\n    name: acme\n    baseline: "new"'),
]


@pytest.mark.parametrize(("before", "after"), REBASED)
def test_another_baseline_changes_one_line(before: str, after: str) -> None:
    assert with_baseline(before, "acme", "new") == after
