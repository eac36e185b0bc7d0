"""A plan as a page with a picture of demand and plan."""

from html import escape
from typing import Any

from cli.capacity.picture import drawn
from cli.capacity.planned import Planned, rows

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:90rem;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse}td,th{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #ddd}"
    "td:first-child,th:first-child{text-align:left}svg{width:100%;height:auto}"
)


def as_html(result: Planned, price: float | None) -> str:
    """Return a page that needs nothing but itself."""
    plan, history = result.plan, result.history
    title = f"Plan of {plan.service} in {plan.environment}"
    remarks = "".join(f"<li>{escape(one)}</li>" for one in (*history.repairs, *result.warnings))
    coverage = plan.skill["coveragePercent"]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body>\n<h1>{escape(title)}</h1>\n"
        f"<p>Learned from {escape(history.name)}, {history.weeks:.1f} weeks; tried on {result.verdict.weeks} of them. "
        f"{escape(result.form)} It expires on {plan.expires}. "
        f"{escape(result.capacity.text)}</p>\n<ul>{remarks}</ul>\n{_table(rows(result, price))}\n"
        f"<p>The planned replicas had room for what came in {coverage['expected']:g} % of the quarters of an hour, "
        f"in the latest week in {coverage['latest']:g} %.</p>\n{_picture(result)}\n</body></html>\n"
    )


def _table(found: list[dict[str, Any]]) -> str:
    heads = list(found[0])
    names = {"policy": "policy", "overloadedPercent": "requests without room, %", "podHours": "pod-hours"}
    head = "".join(f"<th>{names.get(key, 'cost a month')}</th>" for key in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(str(one[key]))}</td>' for key in heads)}</tr>" for one in found)
    return f"<table><tr>{head}</tr>{body}</table>"


def _picture(result: Planned) -> str:
    """Return the picture as an element of the page."""
    text = drawn(result, "svg").decode()
    label = 'role="img" aria-label="Demand of the latest week and the plan"'
    return f"<svg {label} {text.partition('<svg ')[2]}"
