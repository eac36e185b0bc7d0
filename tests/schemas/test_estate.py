"""Several applications against each other: what one says of another is true of it."""

from pathlib import Path
from typing import Any

import pytest

from schemas.estate import check
from schemas.problems import Problem
from schemas.project import read
from schemas.text.yaml_text import yaml_text

SERVICE: dict[str, Any] = {"image": "example.test/s:1", "port": 8080}
CALLS: dict[str, Any] = {"connections": {"api": {"application": "bill", "port": 80}}}
ADMITS: dict[str, Any] = {"access": {"inbound": {"shop": {"application": "shop", "service": "web"}}}}


class Estate:
    """A folder with one platform and applications by name, each of plain services."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environments: dict[str, Any] = {
            name: {"domain": f"{name}.test", "registry": {"address": "r.test"}, "ingress": {"class": "nginx"}}
            for name in ("dev", "prod")
        }
        self.specs: dict[str, dict[str, Any]] = {}

    def told(self, order: list[str] | None = None) -> list[Problem]:
        platform = self._write("platform", "Platform", {"name": "acme"}, {"environments": self.environments})
        projects = []
        for file in order or list(self.specs):
            name = file.partition("@")[0]
            written = self._write(file, "Application", {"name": name, "owner": "team"}, self.specs[file])
            projects.append(read(written, platform))
        return list(check(projects))

    def problems(self) -> list[str]:
        return [f"{Path(one.origin.file).stem} {one.code} {'.'.join(map(str, one.origin.path))}" for one in self.told()]

    def _write(self, file: str, kind: str, metadata: dict[str, Any], spec: dict[str, Any]) -> Path:
        path = self.folder / f"{file}.yaml"
        value = {"apiVersion": "stackwright.dev/v1", "kind": kind, "metadata": metadata, "spec": spec}
        path.write_text(yaml_text(value))
        return path


@pytest.fixture
def estate(tmp_path: Path) -> Estate:
    return Estate(tmp_path)


def ingress(subdomain: str) -> dict[str, Any]:
    return {"hosts": {"h": {"subdomain": subdomain}}, "routes": {"/": {"service": "web"}}}


WEB = {"web": SERVICE}

CASES: list[tuple[str, dict[str, Any], dict[str, Any], list[str]]] = [
    # What `shop` and `bill` have for services, and what is told.
    ("all is well", {"web": {**SERVICE, **CALLS}}, {"api": {**SERVICE, **ADMITS}}, []),
    (
        "a service that is not there",
        {"web": {**SERVICE, "connections": {"apy": {"application": "bill", "port": 80}}}},
        {"api": SERVICE},
        ["shop SW4321 spec.services.web.connections.apy"],
    ),
    (
        "a service that is not there under another name",
        {"web": {**SERVICE, "connections": {"b": {"application": "bill", "service": "apy", "port": 80}}}},
        {"api": SERVICE},
        ["shop SW4321 spec.services.web.connections.b.service"],
    ),
    (
        "a port that is not there",
        {"web": {**SERVICE, "connections": {"api": {"application": "bill", "port": 8080}}}},
        {"api": {**SERVICE, **ADMITS}},
        ["shop SW4322 spec.services.web.connections.api.port"],
    ),
    (
        "nobody is let in",
        {"web": {**SERVICE, **CALLS}},
        {"api": SERVICE},
        ["shop SW4323 spec.services.web.connections.api"],
    ),
    (
        "somebody else is let in",
        {"web": {**SERVICE, **CALLS}, "other": {**SERVICE, **CALLS}},
        {"api": {**SERVICE, **ADMITS}},
        ["shop SW4323 spec.services.other.connections.api"],
    ),
    (
        "an application that is not there",
        {"web": {**SERVICE, "connections": {"api": {"application": "bil", "port": 80}}}},
        {"api": SERVICE},
        ["shop SW4324 spec.services.web.connections.api.application"],
    ),
    (
        "a way in for an application that is not there",
        WEB,
        {"api": {**SERVICE, "access": {"inbound": {"a": {"application": "shopp", "service": "web"}}}}},
        ["bill SW4324 spec.services.api.access.inbound.a.application"],
    ),
    (
        "a way in for a service that is not there",
        WEB,
        {"api": {**SERVICE, "access": {"inbound": {"a": {"application": "shop", "service": "wep"}}}}},
        ["bill SW4325 spec.services.api.access.inbound.a.service"],
    ),
    ("a way in that nobody takes", WEB, {"api": {**SERVICE, **ADMITS}}, ["bill SW4326 spec.services.api.access.inbound.shop"]),
]  # fmt: skip


@pytest.mark.parametrize(("shop", "bill", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_one_application_says_of_another(
    estate: Estate, shop: dict[str, Any], bill: dict[str, Any], expected: list[str]
) -> None:
    estate.specs = {"shop": {"services": shop}, "bill": {"services": bill}}
    assert estate.problems() == expected


def test_an_application_alone_is_not_guessed_about(estate: Estate) -> None:
    estate.specs = {"shop": {"services": {"web": {**SERVICE, **CALLS, **ADMITS}}}}
    estate.specs["shop"]["services"]["web"]["access"] = {"inbound": {"a": {"application": "bill", "service": "x"}}}
    assert estate.problems() == []


def test_a_service_that_is_not_deployed_is_told_with_its_environment(estate: Estate) -> None:
    estate.specs = {
        "shop": {"services": {"web": {**SERVICE, **CALLS}}},
        "bill": {
            "services": {"api": {**SERVICE, **ADMITS}},
            "environments": {"dev": {"services": {"api": {"deploy": False}}}},
        },
    }
    (problem,) = estate.told()
    assert problem.message == f"`api` of `bill` ({estate.folder}/bill.yaml:8) is not deployed in `dev`."


def test_a_problem_of_one_environment_says_in_which(estate: Estate) -> None:
    estate.specs = {
        "shop": {"services": {"web": {**SERVICE, **CALLS}}},
        "bill": {
            "services": {"api": {**SERVICE, **ADMITS}},
            "environments": {"prod": {"services": {"api": {"access": {"inbound": {"shop": None}}}}}},
        },
    }
    (problem,) = estate.told()
    assert (problem.code, problem.message.endswith(" Only in `prod`.")) == ("SW4323", True)


def test_an_application_that_cannot_be_read_to_its_end_is_taken_to_be_right(estate: Estate) -> None:
    estate.specs = {
        "shop": {"services": {"web": {**SERVICE, **CALLS}}},
        "bill": {"services": {"api": {"port": 8080}}},
    }
    assert estate.problems() == ["bill SW2004 spec.services.api"]


def test_two_files_cannot_be_one_application(estate: Estate) -> None:
    estate.specs = {"shop": {"services": WEB}, "shop@2": {"services": WEB}}
    assert estate.problems() == ["shop@2 SW4012 metadata.name"]


def test_two_applications_cannot_share_a_namespace(estate: Estate) -> None:
    entry = estate.environments["dev"]
    estate.environments = {"c": {**entry, "domain": "c.test"}, "b-c": {**entry, "domain": "bc.test"}}
    estate.specs = {"a": {"services": WEB}, "a-b": {"services": WEB}}
    assert estate.problems() == ["a-b SW4013 metadata.name"]
    for name in estate.environments:
        estate.environments[name]["cluster"] = {"context": name}
    assert estate.problems() == []


def test_a_host_belongs_to_one_application(estate: Estate) -> None:
    estate.specs = {
        "shop": {"services": WEB, "ingress": ingress("www")},
        "bill": {"services": WEB, "ingress": ingress("www")},
    }
    assert estate.problems() == ["bill SW4810 spec.ingress.hosts.h.subdomain"] * 2
    estate.specs["bill"]["ingress"] = ingress("bill")
    assert estate.problems() == []


def test_a_host_that_two_environments_have_is_a_warning(estate: Estate) -> None:
    estate.environments["prod"]["domain"] = estate.environments["dev"]["domain"]
    estate.specs = {"shop": {"services": WEB, "ingress": ingress("www")}}
    assert estate.problems() == ["shop SW4811 spec.ingress.hosts.h.subdomain"]


def test_the_order_of_the_files_changes_nothing_between_them(estate: Estate) -> None:
    estate.specs = {
        "shop": {"services": {"web": {**SERVICE, **CALLS}}},
        "bill": {"services": {"api": {**SERVICE, "access": {"inbound": {"a": {"application": "x", "service": "z"}}}}}},
        "x": {"services": WEB},
    }
    assert estate.told(["shop", "bill", "x"]) == estate.told(["x", "bill", "shop"]) != []


def test_work_grows_with_the_applications_and_not_with_their_square(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking applications up is counted: each connection and way in asks once."""
    from schemas.rules import between  # noqa: PLC0415

    class Counted(dict[str, Any]):
        asked = 0

        def get(self, key: str, default: Any = None) -> Any:
            Counted.asked += 1
            return super().get(key, default)

    def count(applications: int) -> int:
        estate.specs = {
            f"a{n}": {
                "services": {
                    "web": {
                        **SERVICE,
                        "connections": {"web": {"application": f"a{(n + 1) % applications}", "port": 80}},
                    }
                }
            }
            for n in range(applications)
        }
        original, Counted.asked = between.check, 0
        monkeypatch.setattr(between, "check", lambda specs, known: original(Counted(specs), known))
        assert len(estate.told()) == applications
        monkeypatch.undo()
        return Counted.asked

    assert count(12) == 2 * count(6)
