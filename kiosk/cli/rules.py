"""`madoguchi rules`: the days on which the counter's rules change, with their sources, and what holds on one day.

Needs no card, server or data folder. What each thing that can be presented comes to is asked of the rules themselves,
never written down here. What breaks if it is wrong: the desk looks up a rule and reads another than the one decided by.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from kiosk.cli import values
from kiosk.cli.cells import hanging, in_columns, wrap_cells
from kiosk.cli.context import Context
from kiosk.cli.errors import ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from eligibility.regimes import Regime
    from eligibility.rule_dates import RuleDate, Rules

_WIDTH = 80


def fill(parser: CommandParser, words: Words) -> None:
    """Add its option."""
    parser.add_argument("--on", metavar="DATE", dest="on", help=words.text("option.rules_on"))
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """All rule dates; with `--on` also the regime of that day and what is accepted in it. Always 0.

    Raises:
        CommandError: `bad_date`.
    """
    from eligibility.rule_dates import STANDARD_RULES

    wanted = context.typed("on")
    on = None if wanted is None else values.day(wanted, "--on")
    rules = context.rules() or STANDARD_RULES
    document: dict[str, Any] = {"rule_dates": _rule_dates(rules)}
    lines = [] if on is not None else _date_lines(rules, context.words)
    if on is not None:
        document |= _regime(on, rules)
        lines = _regime_lines(document, context.words)
    context.output.result(document, lines)
    return ExitCode.DONE


def _rule_dates(rules: Rules) -> list[dict[str, Any]]:
    from eligibility.rule_dates import RULE_DATES

    return [
        {
            "word": rule.word,
            "day": _day(rule, rules).isoformat(),
            "moved": _day(rule, rules) != rule.day,
            "use": rule.use.value,
            "verified": rule.verified,
            "source": rule.source,
        }
        for rule in RULE_DATES
    ]


def _day(rule: RuleDate, rules: Rules) -> date:
    """The day that holds: a deciding one may have been moved by the settings."""
    day: date = getattr(rules, rule.word, rule.day)
    return day


def _regime(on: date, rules: Rules) -> dict[str, Any]:
    from eligibility.policy import decide
    from eligibility.regimes import regime_on
    from eligibility.typical_cases import typical_cases

    regime: Regime = regime_on(on, rules)
    presented = []
    for word, case in typical_cases(on, rules):
        outcome = decide(case, rules)
        presented.append({"presented": word, "outcome": outcome.outcome.value, "row": outcome.row})
    return {
        "on": on.isoformat(),
        "regime": {
            "period": regime.period.value,
            "first": None if regime.first is None else regime.first.isoformat(),
            "last": None if regime.last is None else regime.last.isoformat(),
            "in_force": [word.value for word in regime.in_force],
        },
        "presented": presented,
    }


def _date_lines(rules: Rules, words: Words) -> list[str]:
    from eligibility.rule_dates import RULE_DATES, SEEDS, Use
    from eligibility.words import text

    lines = [words.text("rules.title"), ""]
    for rule in RULE_DATES:
        day = _day(rule, rules)
        marks = [words.text("rules.decides")] if rule.use is Use.DECIDES else []
        marks += [] if rule.verified else [words.text("rules.unverified")]
        marks += [words.text("rules.moved", day=rule.day)] if day != rule.day else []
        lines += hanging(
            f"{day}  ", text(words.lang, f"rule.{rule.word}") + "".join(f" [{mark}]" for mark in marks), _WIDTH
        )
        lines += hanging(" " * 12, rule.source, _WIDTH)
    seeds = [line for name, title in SEEDS.items() for line in hanging(f"{name}  ", title, _WIDTH)]
    return [*lines, "", *seeds, "", *wrap_cells(words.text("rules.note"), _WIDTH)]


def _unverified_limits(document: dict[str, Any], words: Words) -> list[str]:
    """Which limits of the period have no firm source."""
    limits = {document["regime"]["first"], document["regime"]["last"]}
    lines = []
    for rule in document["rule_dates"]:
        day = date.fromisoformat(rule["day"])
        edges = {day.isoformat(), (day + timedelta(days=1)).isoformat()}
        if rule["use"] == "decides" and not rule["verified"] and edges & limits:
            lines += hanging("  ", words.text("rules.period_unverified", day=day), _WIDTH)
    return lines


def _regime_lines(document: dict[str, Any], words: Words) -> list[str]:
    from eligibility.words import text

    lang, regime = words.lang, document["regime"]
    first, last = regime["first"] or "…", regime["last"] or "…"
    return [
        words.text("rules.on", on=document["on"]),
        *hanging(f"{regime['period']}  ", f"{text(lang, 'period.' + regime['period'])} ({first} – {last})", _WIDTH),
        *_unverified_limits(document, words),
        *(line for word in regime["in_force"] for line in hanging("・", text(lang, f"in_force.{word}"), _WIDTH)),
        "",
        words.text("rules.presented"),
        *in_columns(
            [
                (text(lang, f"typical.{row['presented']}"), row["outcome"], words.text("rules.row", row=row["row"]))
                for row in document["presented"]
            ]
        ),
        "",
        *wrap_cells(words.text("rules.assumed"), _WIDTH),
    ]
