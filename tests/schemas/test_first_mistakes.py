"""What people write who come from elsewhere, and what they are told: the whole sentences, as they read them."""

import pytest

from schemas.shape.conformance import layer_problems
from schemas.text.load import parse

HEAD = "apiVersion: stackwright.dev/v1\nkind: Application\nmetadata: {name: shop, owner: team}\n"

TOLD = [
    (
        "spec: {service: {web: {image: nginx:1}}}",
        ["spec.service: `service` is not a key here. Did you mean `services`?"],
    ),
    (
        "spec: {services: {web: nginx:1}}",
        ["spec.services.web: this text must be a mapping. Write `web: {image: …}`."],
    ),
    (
        "spec: {services: {web: {image: nginx:1, volumes: {work: /var/work}}}}",
        [
            "spec.services.web.volumes.work: this text must be a mapping. "
            "Write `mountPath` under it, and `emptyDir: {}` or a `claim`."
        ],
    ),
    (
        'spec: {services: {web: {image: nginx:1, schedule: "0 3 * * *"}}}',
        [
            "spec.services.web.schedule: `schedule` is not a key here. "
            "A schedule belongs to a job: `spec.jobs.<name>.trigger.cron`."
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), TOLD, ids=[text for text, _ in TOLD])
def test_a_first_mistake_is_told_with_what_to_write(text: str, expected: list[str]) -> None:
    problems = layer_problems(parse(HEAD + text, "a.yaml", "application"), "application")
    assert [str(one).partition(" ")[2].rpartition(" [")[0] for one in problems] == expected
