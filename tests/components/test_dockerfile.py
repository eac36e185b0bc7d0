import pytest

from components.dockerfile import Language, dockerfile


@pytest.mark.parametrize(
    ("language", "base", "entrypoint"),
    [
        ("go", "ARG GO_IMAGE=golang:1.26", 'ENTRYPOINT ["/app"]'),
        ("node", "ARG NODE_IMAGE=node:24-slim", 'ENTRYPOINT ["node", "main.js"]'),
        ("python", "ARG PYTHON_IMAGE=python:3.13-slim", 'ENTRYPOINT ["python3", "main.py"]'),
    ],
)
def test_a_rendered_dockerfile_names_its_base_user_and_entrypoint(
    language: Language, base: str, entrypoint: str
) -> None:
    lines = dockerfile(language, user=10001, group=10002).splitlines()
    assert lines[0] == base
    assert lines[-2:] == ["USER 10001:10002", entrypoint]
