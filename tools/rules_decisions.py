"""The sections of docs/rules.md that the rules themselves answer: days, periods, what a thing comes to, rows, chips.

Everything here is asked of `eligibility`: what a thing comes to is decided, not written down. If it is wrong, the page
says something else than the desk does.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from eligibility import policy_rows_first, policy_rows_later
from eligibility.calendar import certificate_state
from eligibility.case import Answer, AskedBy, Case
from eligibility.documents import Certificate, Document, EligibilityNotice, InsuranceCard
from eligibility.insurers import InsurerNumber, insurer_title
from eligibility.outcome import OutcomeWord
from eligibility.policy import decide
from eligibility.regimes import Regime, regimes
from eligibility.rule_dates import RULE_DATES, Use
from eligibility.typical_cases import typical_cases
from tools.rules_charges import charge_in_short
from tools.rules_markdown import BREAK, ROOT, both, code, codes, link, linked, paragraphs, plain, table

DECISIONS = "tests/eligibility/decisions"
_TEXTS = "tests/eligibility/coverage_of_the_texts.toml"
INSURERS = ("01139997", "06129993", "06139992", "139998", "39139993")
"""The invented ones that stand for the real ones in rehearsals."""
_ADULT = date(1986, 5, 2)
_ONE_DAY = timedelta(days=1)


def days() -> str:
    """Section: the days on which the rules change."""
    rows = (
        (
            code(rule.day),
            f"{both(f'rule.{rule.word}')}{BREAK}{code(rule.word)}",
            rule.use.value,
            linked(rule.source),
            "yes" if rule.verified else "**no**",
        )
        for rule in RULE_DATES
    )
    movable = [rule for rule in RULE_DATES if rule.use is Use.DECIDES and not rule.verified]
    return paragraphs(
        f"All days are inclusive days in Japan. They stand in {link('eligibility/rule_dates.py')}, each with its "
        "source. *decides*: a decision turns on the day; *guides*: it changes what is said, never what is decided; "
        "*background*: it explains how things came to be.",
        table(("Day", "What", "Use", "Source", "Verified"), rows),
        "A day without a firm source that decides can be moved in the settings, and no other can: "
        + ", ".join(f"{code(rule.word)} (here {code(rule.day)})" for rule in movable)
        + ". Where a clinic has firm notice of another day, its settings file says:",
        "\n".join(("```toml", "[rules]", *(f"{rule.word} = 2026-07-31" for rule in movable), "```")),
    )


def periods() -> str:
    """Section: the regimes, and what holds in each."""
    rows = (
        (
            f"**{regime.period}**",
            f"{_span(regime)}",
            both(f"period.{regime.period}"),
            BREAK.join(both(f"in_force.{word}") for word in regime.in_force) or "–",
        )
        for regime in regimes()
    )
    return paragraphs(
        "Between two of these days nothing but an age and a printed limit changes a decision.",
        table(("Period", "Days", "Which", "What holds"), rows),
        "`madoguchi rules --on DATE` says it of one day.",
    )


def things() -> str:
    """Section: what each presented thing comes to in each regime, decided case by case."""
    by_regime = [dict(typical_cases(_day_in(regime))) for regime in regimes()]
    header = ("Presented", "Asked", *(_span(regime) for regime in regimes()))
    rows = []
    for word, latest in by_regime[-1].items():
        cases = [found[word] for found in by_regime]
        label = both(f"typical.{word}")
        rows.append((label, _asked(latest), *(_result(one) for one in cases)))
        if latest.answer is not None and latest.answer.by is AskedBy.NUMBERS and latest.answer.validity == 1:
            rows.append((label, "not yet", *(_result(replace(one, answer=None)) for one in cases)))
    return paragraphs(
        "An adult at a clinic, at a first visit, a member of the society of a company where nothing else is said. Each "
        "cell was decided: the outcome, the row that fitted, the share; it holds on every day of its column. *Asked* "
        "says by what オンライン資格確認 was asked, where it could be, and its answer (1 valid, 2 ended).",
        table(header, rows),
        "What a notice or a card past its limit comes to **alone, by insurer**, after an answer 1 to a query by "
        "its numbers. By itself, without that answer, it is nowhere enough.",
        table(("Presented", "Insurer", *header[2:]), _alone_by_insurer()),
    )


def rows_in_order() -> str:
    """Section: the thirteen rows in order, with the outcomes each gives in the decision tables."""
    found = _outcomes_by_row()
    rows = (
        (str(number), both(f"row.{number}"), _sentences_of_row(number), codes(found[number]))
        for number, _ in _row_functions()
    )
    return paragraphs(
        "**The first that fits wins.** The order is the rule: "
        f"{link('eligibility/policy_rows.py')}. `madoguchi decide --explain` prints the way of a case through the "
        "rows, with the reason why each one above does not fit. *Outcomes* are those that the decision tables "
        "(section 13) reach. Which test shows each sentence is in section 12, under *The rows*.",
        table(("Row", "When", "What it says, sentence by sentence", "Outcomes"), rows),
    )


def _sentences_of_row(number: int) -> str:
    entries = tomllib.loads((ROOT / _TEXTS).read_text(encoding="utf-8"))["design_rows"]
    return BREAK.join(f"• {plain(entry['rule'])}" for entry in entries if entry.get("row") == number)


def certificate_states() -> str:
    """Section: the life of a certificate, by an example."""
    not_after = date(2026, 5, 10)
    rows = []
    for phone in (False, True):
        spans: dict[str, list[date]] = {}
        for number in range(365):
            day = date(2026, 1, 1) + number * _ONE_DAY
            spans.setdefault(certificate_state(not_after, day, phone=phone).value, []).append(day)
        for state, found in spans.items():
            first = "" if found[0] == date(2026, 1, 1) else found[0].isoformat()
            last = "" if found[-1] == date(2026, 12, 31) else found[-1].isoformat()
            usable = "yes" if Certificate(state).usable else "no"
            rows.append(("phone" if phone else "card", code(state), f"{first} … {last}".strip(), usable))
    return paragraphs(
        f"The example of the sources: a 電子証明書 whose last day is {not_after}. In grace (猶予) eligibility is "
        "answered and no consent is asked; a phone has no grace; `revoked` is any certificate that was revoked. "
        f"One source counts the grace from the day of expiry; the month's end is followed: "
        f"{link('eligibility/calendar.py')}.",
        table(("On", "State", "Days", "A query by it is answered"), rows),
    )


def _day_in(regime: Regime) -> date:
    """Any day of it: a regime has a first day or a last one."""
    day = regime.first or regime.last
    if day is None:
        raise ValueError("a regime without limits")
    return day


def _span(regime: Regime) -> str:
    if regime.first is None or regime.last is None:
        return f"to {regime.last}" if regime.last else f"from {regime.first}"
    return f"{regime.first} to {regime.last}"


def _asked(case: Case) -> str:
    return "–" if case.answer is None else f"by {case.answer.by.value}: {case.answer.validity}"


def _result(case: Case) -> str:
    outcome = decide(case)
    return f"{code(outcome.outcome.value)}{BREAK}row {outcome.row}, {charge_in_short(outcome.charge)}"


def _alone_by_insurer() -> Iterator[tuple[str, ...]]:
    spans = [_day_in(regime) for regime in regimes()]
    for kind in ("notice_alone", "old_card_expired"):
        for digits in INSURERS:
            insurer = InsurerNumber(digits)
            title, _ = insurer_title(insurer)
            results = []
            for on in spans:
                paper: Document = EligibilityNotice(insurer)
                if kind == "old_card_expired":
                    paper = InsuranceCard(insurer, expires_on=on - _ONE_DAY)
                answer = Answer(AskedBy.NUMBERS, 1, burden_ratio=30, insurer_number=insurer)
                case = Case(on, birthdate=_ADULT, presented=(paper,), answer=answer)
                results.append(_result(case))
            yield both(f"typical.{kind}"), f"{digits}{BREAK}{both(title)}", *results


def _row_functions() -> list[tuple[int, object]]:
    found = {
        int(name.split("_")[1]): row
        for module in (policy_rows_first, policy_rows_later)
        for name, row in vars(module).items()
        if name.startswith("row_")
    }
    return sorted(found.items())


def _outcomes_by_row() -> Mapping[int, list[str]]:
    """What each row gives anywhere in the decision tables, in the order of `OutcomeWord`."""
    found: dict[int, set[str]] = {}
    for path in sorted((ROOT / DECISIONS).glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for line in csv.DictReader(file):
                if line["row"].isdigit():
                    found.setdefault(int(line["row"]), set()).add(line["outcome"])
    return {row: [word.value for word in OutcomeWord if word in outcomes] for row, outcomes in found.items()}
