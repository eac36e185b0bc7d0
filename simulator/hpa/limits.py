"""From what the metrics ask for to what is done: stabilization, rates and bounds.

Source: https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior
"""

import math
from collections.abc import Sequence

from simulator.hpa.memory import Memory, Moment, calm_seconds
from simulator.hpa.proposal import MOST
from simulator.hpa.settings import Behavior, Controller, Policy, Rules, Settings


def limited(
    settings: Settings, controller: Controller, memory: Memory, current: int, wanted: int, now: float
) -> tuple[int, Memory]:
    """Return the count that is set when the metrics ask for `wanted`, and the memory with that recommendation."""
    calm = calm_seconds(settings.behavior, controller)
    if settings.behavior is None:
        held = max([wanted, *(one.value for one in memory.recommendations if one.time >= now - calm)])
        highest = min(settings.max, int(max(2.0 * current, 4.0)))
        count = settings.min if held < settings.min else min(held, highest)
        return count, memory.recommended(wanted, now, calm)
    rise = settings.behavior.up.stabilization_seconds or 0
    held = _stabilized(memory, current, wanted, now, rise, calm)
    count = within_rates(settings, settings.behavior, memory, current, held, now)
    return count, memory.recommended(wanted, now, max(rise, calm))


def _stabilized(memory: Memory, current: int, wanted: int, now: float, rise: float, calm: float) -> int:
    """Return the count moved as little as the recommendations of both windows allow."""
    recent = memory.recommendations
    low = min([wanted, *(one.value for one in recent if one.time > now - rise)])
    high = max([wanted, *(one.value for one in recent if one.time > now - calm)])
    return min(max(current, low), high)


def within_rates(settings: Settings, behavior: Behavior, memory: Memory, current: int, wanted: int, now: float) -> int:
    """Return the count moved towards `wanted` as far as the policies and the bounds allow at this moment."""
    if wanted > current:
        highest = max(current, _highest(behavior.up, memory, current, now))
        return min(wanted, settings.max, highest)
    if wanted < current:
        lowest = min(current, _lowest(behavior.down, memory, current, now))
        return max(wanted, settings.min, lowest)
    return wanted


def _highest(rules: Rules, memory: Memory, current: int, now: float) -> int:
    """Return the most replicas that the policies of scaling up allow at this moment."""
    if rules.select == "Disabled":
        return current
    allowed = [_raised(policy, _before(policy, memory, current, now)) for policy in rules.policies]
    return min(allowed, default=MOST) if rules.select == "Min" else max(allowed, default=-MOST)


def _lowest(rules: Rules, memory: Memory, current: int, now: float) -> int:
    """Return the fewest replicas that the policies of scaling down allow at this moment."""
    if rules.select == "Disabled":
        return current
    allowed = [_lowered(policy, _before(policy, memory, current, now)) for policy in rules.policies]
    return max(allowed, default=-MOST) if rules.select == "Min" else min(allowed, default=MOST)


def _raised(policy: Policy, start: int) -> int:
    # A percentage is rounded up, or a single replica could never become two.
    return start + policy.value if policy.type == "Pods" else math.ceil(start * (1 + policy.value / 100))


def _lowered(policy: Policy, start: int) -> int:
    return start - policy.value if policy.type == "Pods" else int(start * (1 - policy.value / 100))


def _before(policy: Policy, memory: Memory, current: int, now: float) -> int:
    """Return how many replicas there were when the policy's period began."""
    since = now - policy.period_seconds
    return current - _change(memory.ups, since) + _change(memory.downs, since)


def _change(moments: Sequence[Moment], since: float) -> int:
    return sum(moment.value for moment in moments if moment.time > since)
