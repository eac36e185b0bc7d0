from typing import Any

from components.manifests.difference import Difference, differences


def deployment(name: str, **spec: Any) -> dict[str, Any]:
    return {"kind": "Deployment", "metadata": {"name": name}, "spec": spec}


def test_equal_objects_do_not_differ_in_any_order() -> None:
    one, two = deployment("a", replicas=1), deployment("b", replicas=2)
    assert differences([one, two], [two, one]) == []


def test_every_field_that_differs_is_named_once() -> None:
    before = [deployment("b", replicas=1, paused=True, strategy={"type": "Recreate"}), deployment("a")]
    after = [deployment("b", replicas=2, strategy={"type": "Recreate", "extra": 0}), deployment("c")]
    assert differences(before, after) == [
        Difference("Deployment", "a", (), deployment("a"), None),
        Difference("Deployment", "b", ("spec", "replicas"), 1, 2),
        Difference("Deployment", "b", ("spec", "paused"), True, None),
        Difference("Deployment", "b", ("spec", "strategy", "extra"), None, 0),
        Difference("Deployment", "c", (), None, deployment("c")),
    ]


def test_items_with_names_are_compared_by_name_and_others_by_place() -> None:
    before = deployment("a", env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}], args=["x", "y"])
    after = deployment("a", env=[{"name": "B", "value": "3"}, {"name": "A", "value": "1"}], args=["x"])
    assert differences([before], [after]) == [
        Difference("Deployment", "a", ("spec", "env", "B", "value"), "2", "3"),
        Difference("Deployment", "a", ("spec", "args", 1), "y", None),
    ]
