"""The figures of forecasting: that what they measure still renews a plan."""

from pathlib import Path

from cli.capacity.again import Renewed, done
from tests.bench_forecast import shops


def test_what_is_measured_renews_a_plan(tmp_path: Path) -> None:
    (job,) = shops(tmp_path, 1)
    assert isinstance(done(job), Renewed)
