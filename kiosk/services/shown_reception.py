"""From an outcome of the rules, and the record it rests on, to what screens show.

Copies and words only: nothing is decided here. What breaks if it is wrong: the screen shows another person's numbers
beside the right decision.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from eligibility.calendar import seventy_rule_from
from eligibility.documents import Device
from eligibility.guidance import PIN_OUT_OF_USE, Line, guidance_for
from eligibility.outcome import Charge, ChargeKind, Outcome
from eligibility.papers.paper import Paper
from eligibility.policy_verdict import ANSWER_REASONS
from kiosk.flow.answer import Qualification, Reception, Told
from kiosk.flow.facts import VisitFacts
from kiosk.services.visit_case import VisitCase

_UNREADABLE = "chip_unreadable"


def reception_of(visit: VisitCase, outcome: Outcome, facts: VisitFacts) -> Reception:
    """What is shown of a visit: the outcome, its guidance, and the record."""
    outcome = _with_true_reasons(outcome, visit, facts)
    guidance = guidance_for(visit.case, outcome)
    device = next(iter(visit.case.devices), None)
    shown = Reception(
        outcome.outcome.value,
        outcome.row,
        charge_word(outcome.charge),
        outcome.reasons,
        outcome.ask_for,
        outcome.tell,
        outcome.queue,
        consent=outcome.consent,
        registration=outcome.registration,
        returns=outcome.returns,
        staff=_told(guidance.staff),
        patient=_told(guidance.patient),
        help_lines=guidance.help_lines,
        certificate=_certificate(device, facts),
        certificate_until=facts.certificate_until,
        registered=None if facts.by_card is None else facts.by_card.registered,
        case_json=json.dumps(visit.case.as_dict(), ensure_ascii=False, separators=(",", ":")),
    )
    return _with_typed(_with_record(shown, visit.answer, visit.case.on), facts)


def charge_word(charge: Charge | None) -> str:
    """`ratio:30`, `ask:30`, `ask:`, `full`, `none`, or "" where nothing is charged yet."""
    if charge is None:
        return ""
    if charge.kind in (ChargeKind.RATIO, ChargeKind.ASK):
        return f"{charge.kind.value}:{'' if charge.percent is None else charge.percent}"
    return charge.kind.value


def _with_true_reasons(outcome: Outcome, visit: VisitCase, facts: VisitFacts) -> Outcome:
    """Where the card answered and is asked no more, its chip is in order: what it answered is the reason.

    So is the chip of a card that said how its PIN stands: that nobody can use it is the PIN's matter. So is the
    chip of one that the desk went on without.
    """
    set_aside = facts.set_aside and facts.by_card is None
    if set_aside or (facts.device is not None and facts.device.identity in PIN_OUT_OF_USE):
        return replace(outcome, reasons=tuple(reason for reason in outcome.reasons if reason != _UNREADABLE))
    if visit.overruled is None or visit.overruled.validity is None:
        return outcome
    said = ANSWER_REASONS.get(visit.overruled.validity)
    reasons = (said if reason == _UNREADABLE else reason for reason in outcome.reasons)
    return replace(outcome, reasons=tuple(dict.fromkeys(reason for reason in reasons if reason is not None)))


def _told(lines: Iterable[Line]) -> tuple[Told, ...]:
    return tuple(Told(message_id, tuple(params.items())) for message_id, params in lines)


def _certificate(device: Device | None, facts: VisitFacts) -> str:
    """The certificate's state where a chip was looked at; a card that was only held up says nothing of it."""
    return device.certificate.value if device is not None and facts.device is not None else ""


def _with_record(shown: Reception, answer: Qualification | None, on: date) -> Reception:
    if answer is None:
        return shown
    return replace(
        shown,
        by=answer.by,
        validity=answer.validity,
        insurer_number=answer.insurer_number,
        insurer_name=answer.insurer_name,
        symbol=answer.symbol,
        number=answer.number,
        branch=answer.branch,
        name=answer.name,
        name_kana=answer.name_kana,
        birthdate=answer.birthdate,
        ratio=ratio_named(answer, on),
        valid_until=answer.valid_until,
        lost_on=answer.lost_on,
    )


def ratio_named(answer: Qualification, on: date) -> int | None:
    """The share the service names today: from 70 the elderly one first, each standing in for the other (§5)."""
    ratios = [answer.burden_ratio, answer.elderly_burden_ratio]
    if answer.birthdate is not None and on >= seventy_rule_from(answer.birthdate):
        ratios.reverse()
    return next((ratio for ratio in ratios if ratio is not None), None)


def _with_typed(shown: Reception, facts: VisitFacts) -> Reception:
    """Where the service sent no record, what was typed stays: it is what will be asked again."""
    if shown.insurer_number:
        return shown
    paper = _newest_with_numbers(facts.papers)
    if paper is not None:
        return replace(
            shown,
            insurer_number=paper.insurer_number.digits if paper.insurer_number is not None else "",
            symbol=paper.symbol or "",
            number=paper.number or "",
            branch=paper.branch or "",
            name=shown.name or paper.name or "",
            name_kana=shown.name_kana or paper.kana or "",
            birthdate=shown.birthdate or paper.birthdate,
        )
    if facts.four_items is not None:
        items = facts.four_items
        return replace(shown, name=shown.name or items.name, birthdate=shown.birthdate or items.birthdate)
    return shown


def _newest_with_numbers(papers: tuple[Paper, ...]) -> Paper | None:
    """The paper typed last that names somebody's number; else the one typed last."""
    numbered = [paper for paper in papers if paper.number is not None]
    return numbered[-1] if numbered else (papers[-1] if papers else None)
