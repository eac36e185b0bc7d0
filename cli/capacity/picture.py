"""A picture of demand against plan: the latest week, and what the plan has room for."""

from io import BytesIO
from typing import TYPE_CHECKING

from matplotlib import style
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, NullFormatter

from schemas.plan.week import DAY, DAYS, WEEK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cli.capacity.planned import Planned

_INCHES = (12.0, 4.5)
_DEMAND, _PLAN = "#0072B2", "#D55E00"
"""Two colours that people who see fewer of them tell apart.

Source: https://jfly.uni-koeln.de/color/
"""
_DPI = 120
_UNSAID: dict[str, dict[str, None]] = {"png": {"Software": None}, "svg": {"Creator": None, "Date": None}}
"""What would differ from one day or version to the next."""
_LOOKS = {
    "axes.spines.top": False,
    "axes.axisbelow": True,
    "path.simplify": False,
    "svg.fonttype": "none",  # Text stays text, which can be searched and read aloud.
    # Names within the SVG are made up anew otherwise, and the same plan would give another picture.
    "svg.hashsalt": "stackwright",
}


def drawn(result: "Planned", form: str) -> bytes:
    """Return a picture of a plan as `png` or `svg`, the same for the same plan on every machine."""
    # A person's own settings of matplotlib are for their own pictures.
    with style.context(["default", _LOOKS]):
        figure = Figure(figsize=_INCHES, layout="constrained")
        _draw(figure.add_subplot(), result)
        file = BytesIO()
        figure.savefig(file, format=form, dpi=_DPI, metadata=_UNSAID[form])
    return file.getvalue()


def _draw(axes: "Axes", result: "Planned") -> None:
    plan = result.plan
    edges, top = range(WEEK + 1), 1.05 * max(*result.latest, *result.room, plan.capacity)
    axes.stairs(result.latest, edges, fill=True, color=_DEMAND, alpha=0.2)
    axes.stairs(result.latest, edges, baseline=None, color=_DEMAND, label="demand of the latest week", gid="demand")
    room = "what the planned replicas have room for"
    axes.stairs(result.room, edges, baseline=None, color=_PLAN, linewidth=1.5, label=room, gid="plan")
    axes.set_title(f"{plan.service} in {plan.environment}", loc="left", fontweight="bold")
    axes.set_xlim(0, WEEK)
    axes.set_ylim(0, top)
    axes.set_ylabel("requests per second")
    axes.set_xlabel(f"time zone {plan.time_zone}")
    axes.grid(axis="y", color="#dddddd")
    _name_days(axes)
    replicas = axes.twinx()
    replicas.set_ylim(0, top / plan.capacity)
    replicas.set_ylabel("replicas")
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False)


def _name_days(axes: "Axes") -> None:
    """Write each day's name under its middle, and draw a line where it begins."""
    for day in range(1, len(DAYS)):
        axes.axvline(day * DAY, color="#bbbbbb", linewidth=0.8, zorder=0.5)
    axes.xaxis.set_major_locator(FixedLocator([day * DAY + DAY / 2 for day in range(len(DAYS))]))
    axes.xaxis.set_major_formatter(FixedFormatter([day.capitalize() for day in DAYS]))
    axes.xaxis.set_minor_locator(FixedLocator([hour * DAY / 24 for hour in range(0, 24 * len(DAYS) + 1, 6)]))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(axis="x", which="major", length=0)
