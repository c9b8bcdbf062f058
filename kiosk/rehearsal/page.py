"""The report as one HTML file: nothing is fetched, nothing is run, everything that came from a script is escaped.

Readable on paper. What breaks if it is wrong: a script from somebody else does something in the reader's browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from string import Template
from typing import Final

from kiosk.rehearsal.explained import Explained, outcome_said, way_said
from kiosk.rehearsal.report import Report, VisitReport, explained, failures_said, rule_days, why_lines
from kiosk.rehearsal.scoring import OF
from kiosk.words import Words

_STYLE: Final = """
:root { color-scheme: light; }
body { font: 16px/1.6 "Noto Sans CJK JP", "Noto Sans JP", "Hiragino Sans", "Yu Gothic", Meiryo, sans-serif;
  color: #1a1a1a; background: #fff; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.15rem; margin: 0; }
.sum { font-size: 1.3rem; font-weight: bold; } .quiet { color: #4a4a4a; }
.visit { border: 1px solid #767676; border-left: .5rem solid #1b6b3a; border-radius: .3rem; padding: .8rem 1rem;
  margin: 1rem 0; break-inside: avoid; }
.visit.minus { border-left-color: #a01c1c; }
.head { display: flex; justify-content: space-between; gap: 1rem; align-items: baseline; }
.points { font-weight: bold; white-space: nowrap; }
blockquote { margin: .4rem 0; padding-left: .8rem; border-left: .2rem solid #767676; }
dl { margin: .4rem 0 0; display: grid; grid-template-columns: max-content 1fr; gap: .1rem .8rem; }
dt { font-weight: bold; } dd { margin: 0; } ul { margin: 0; padding-left: 1.2rem; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; }
td, th { border-bottom: 1px solid #b0b0b0; padding: .2rem .4rem; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; }
td:first-child { white-space: nowrap; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } }
"""

_PAGE: Final = Template(
    """<!DOCTYPE html>
<html lang="$lang">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>$title</title>
<style>$style</style>
</head>
<body>
<h1>$title</h1>
<p class="quiet">$about</p>
<p class="sum">$points</p>
<p class="quiet">$practice</p>
$visits
$more
<h2>$days_title</h2>
<table>$days</table>
</body>
</html>
"""
)

_VISIT: Final = Template(
    """<section class="visit$mark">
<div class="head"><h2>$head</h2><span class="points">$points / $of</span></div>
<blockquote>$says</blockquote>
<dl>$rows</dl>
</section>
"""
)


def as_html(report: Report, words: Words) -> str:
    """The whole page."""
    script = report.script
    title = f"{words.text('rehearsal.report.title')}: {script.said(script.title, words.lang)}"
    more = (
        ""
        if report.next_visit is None
        else _paragraph(words.text("rehearsal.report.go_on", script=script.name, number=report.next_visit))
    )
    days = "".join(
        f"<tr><td>{escape(day)}</td><td>{escape(what)}</td><td>{escape(source)}</td></tr>"
        for day, what, source in rule_days(words)
    )
    points = words.text("rehearsal.report.points", points=report.points, of=report.of, percent=report.percent)
    return _PAGE.substitute(
        lang=words.lang,
        style=_STYLE,
        title=escape(f"{title}  {script.on.isoformat()}"),
        about=escape(script.said(script.about, words.lang)),
        points=escape(points),
        practice=escape(words.text("practice")),
        visits="".join(_visit(row, report, words) for row in report.rows),
        more=more,
        days_title=escape(words.text("rehearsal.report.days")),
        days=days,
    )


def _visit(row: VisitReport, report: Report, words: Words) -> str:
    head = words.text("rehearsal.report.visit", number=row.number, at=f"{row.visit.at:%H:%M}", name=row.name)
    text = words.text
    rows = [_pair(text("rehearsal.page.done"), outcome_said(row.done.decision, words))]
    if row.score.is_full:
        rows.append(_pair(text("rehearsal.page.score"), text("rehearsal.report.all_right").strip()))
    elif way := way_said(row.done, words):
        rows.append(_pair(text("rehearsal.page.way"), way))
    told = explained(row, words)
    if missing := [one for one in told if one.points]:
        rows.append(_deductions(text("rehearsal.page.minus"), missing, words))
    if hints := [one for one in told if not one.points]:
        rows.append(_deductions(text("rehearsal.page.hint"), hints, words))
    if not row.score.is_full and (way := way_said(row.right, words)):
        rows.append(_pair(text("rehearsal.page.right"), way))
    if row.visit.plays:
        rows.append(_pair(text("rehearsal.page.plays"), " / ".join(failures_said(row, words))))
    return _VISIT.substitute(
        mark="" if row.score.is_full else " minus",
        head=escape(head),
        points=row.score.points,
        of=OF,
        says=escape(report.script.said(row.visit.says, words.lang)),
        rows="".join(rows),
    )


def _pair(name: str, text: str) -> str:
    return f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>"


def _deductions(name: str, told: Sequence[Explained], words: Words) -> str:
    items = "".join(f"<li>{_deduction(one, words)}</li>" for one in told)
    return f"<dt>{escape(name)}</dt><dd><ul>{items}</ul></dd>"


def _deduction(one: Explained, words: Words) -> str:
    points = f"<b>{-one.points}</b>  " if one.points else ""
    lines = [
        f"{points}{escape(one.moment)}: {escape(one.chosen)}",
        escape(words.text("rehearsal.report.instead", instead=one.instead).strip()),
        *(escape(line.strip()) for line in why_lines(one, words)),
    ]
    return "<br>".join(lines)


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"
