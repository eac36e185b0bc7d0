"""A plan as a page with a picture of demand and plan."""

from html import escape
from typing import Any

from cli.capacity.planned import Planned, form, rows
from schemas.plan.week import DAY, DAYS

_WIDTH, _HEIGHT, _LEFT, _TOP = 1344, 300, 60, 20
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:90rem;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #ddd}"
    "td:first-child,th:first-child{text-align:left}svg{width:100%;height:auto}"
)


def as_html(result: Planned, price: float | None) -> str:
    """Return a page that needs nothing but itself."""
    plan, history = result.plan, result.history
    title = f"Plan of {plan.service} in {plan.environment}"
    repairs = "".join(f"<li>{escape(repair)}</li>" for repair in history.repairs)
    coverage = plan.skill["coveragePercent"]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>\n<h1>{escape(title)}</h1>\n"
        f"<p>Learned from {escape(history.name)}, {history.weeks:.1f} weeks; tried on {result.verdict.weeks} of them. "
        f"{escape(form(result))} It expires on {plan.expires}.</p>\n<ul>{repairs}</ul>\n{_table(rows(result, price))}\n"
        f"<p>The planned replicas had room for what came in {coverage['expected']:g} % of the quarters of an hour, "
        f"in the latest week in {coverage['latest']:g} %.</p>\n{picture(result)}\n</body></html>\n"
    )


def _table(found: list[dict[str, Any]]) -> str:
    heads = list(found[0])
    names = {"policy": "policy", "overloadedPercent": "requests without room, %", "podHours": "pod-hours"}
    head = "".join(f"<th>{names.get(key, 'cost a month')}</th>" for key in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(one[key]))}</td>' for key in heads)}</tr>" for one in found)
    return f"<table><tr>{head}</tr>{body}</table>"


def picture(result: Planned) -> str:
    """Return an SVG of a week: the demand of the latest one, and what the plan has room for."""
    most = max(*result.latest, *result.room) or 1.0
    across = _WIDTH / len(result.latest)

    def points(values: list[float] | tuple[float, ...]) -> str:
        found = []
        for place, value in enumerate(values):
            height = _TOP + _HEIGHT * (1 - value / most)
            found += [f"{_LEFT + place * across:.1f},{height:.1f}", f"{_LEFT + (place + 1) * across:.1f},{height:.1f}"]
        return " ".join(found)

    bottom = _TOP + _HEIGHT
    days = "".join(
        f'<line x1="{left:.0f}" x2="{left:.0f}" y1="{_TOP}" y2="{bottom}" stroke="#ddd"/>'
        f'<text x="{left + 6:.0f}" y="{bottom + 18}">{name.capitalize()}</text>'
        for left, name in ((_LEFT + day * DAY * across, name) for day, name in enumerate(DAYS))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH + _LEFT + 20} {_HEIGHT + _TOP + 60}" '
        f'font-family="sans-serif" font-size="12" role="img" aria-label="Demand of the latest week and the plan">{days}'
        f'<text x="4" y="{_TOP + 10}">{most:.0f}/s</text><text x="4" y="{bottom}">0</text>'
        f'<polyline fill="none" stroke="#c33" points="{points(list(result.latest))}"/>'
        f'<polyline fill="none" stroke="#26c" stroke-width="1.5" points="{points(result.room)}"/>'
        f'<text x="{_LEFT}" y="{bottom + 40}" fill="#c33">demand of the latest week</text>'
        f'<text x="{_LEFT + 200}" y="{bottom + 40}" fill="#26c">what the planned replicas have room for</text>'
        "</svg>"
    )
