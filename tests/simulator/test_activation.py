"""KEDA wakes a workload and puts it to sleep."""

import pytest

from simulator.keda.activation import Activation, Watch, polled

NOW = 1000.0


@pytest.mark.parametrize(
    ("activation", "last_active", "replicas", "active", "expected"),
    [
        (Activation(), None, 0, True, 1),
        (Activation(min=3), None, 0, True, 3),
        (Activation(), None, 5, True, 5),
        (Activation(), 700.0, 5, False, 5),  # 300 seconds ago is not more than 300 seconds ago
        (Activation(), 699.0, 5, False, 0),
        (Activation(), None, 5, False, 0),  # never seen active: nothing to cool down from
        (Activation(initial_cooldown_seconds=600), None, 5, False, 5),
        (Activation(min=2), 0.0, 5, False, 5),
        (Activation(min=2), 0.0, 1, False, 2),
        (Activation(min=3, idle=0), 0.0, 5, False, 0),
        (Activation(min=3, idle=0), 0.0, 0, True, 3),
        (Activation(min=3, idle=0), 0.0, 0, False, 0),
    ],
)
def test_a_poll(activation: Activation, last_active: float | None, replicas: int, active: bool, expected: int) -> None:
    watch = Watch(created=900.0, last_active=last_active)
    count, after = polled(activation, watch, replicas, active, NOW)
    assert count == expected
    assert after.last_active == (NOW if active else last_active)
