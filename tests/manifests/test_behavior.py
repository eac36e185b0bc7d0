"""How fast an autoscaler moves: beside windows, no step is too small for it."""

from fractions import Fraction

from components.manifests.scaling.behavior import behavior
from schemas.model import Scaling, ScalingRules, ScalingTargets
from schemas.model.platform import Versions
from schemas.model.scaling import ScalingBehavior

NEW, OLD = (Versions(kubernetes=version, istio="1.30") for version in ("1.36", "1.34"))
TENTH = Fraction(1, 10)


def tolerance(
    most: int, plan: str | None = "web.yaml", versions: Versions = NEW, said: float | None = None
) -> Fraction:
    """Return which share above its target an autoscaler tolerates."""
    rules = ScalingBehavior(scale_up=ScalingRules(tolerance_percent=said)) if said is not None else None
    targets = ScalingTargets(cpu_percent=70)
    scaling = Scaling(min=1, max=most, targets=targets, plan=plan, behavior=rules)
    text = behavior(scaling, versions)["scaleUp"].get("tolerance")
    return TENTH if text is None else Fraction(text)


def test_one_pod_more_is_never_within_the_tolerance() -> None:
    for most in range(2, 1001):
        found, step = tolerance(most), Fraction(most, most - 1) - 1
        assert found < step, most
        # And it is as great as whole thousandths make it.
        assert found == TENTH or found + Fraction(1, 1000) > Fraction(1, most), most


def test_without_windows_and_where_it_is_said_and_before_it_could_be_said() -> None:
    assert tolerance(500, plan=None) == TENTH
    assert tolerance(500, said=3.0) == Fraction(3, 100)
    assert tolerance(500, versions=OLD) == TENTH
