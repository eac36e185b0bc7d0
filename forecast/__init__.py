"""Capacity ahead of time: from a history to a plan, or to the reason why there is none."""
