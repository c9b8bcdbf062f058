"""What holds for every case that can happen (design.md §5)."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date, timedelta

from hypothesis import event, given, settings
from hypothesis import strategies as st

from eligibility.calendar import age_on, eighteen_until, elderly_from, preschool_until, seventy_rule_from
from eligibility.case import AskedBy, Case, Flag, Person, Site, Visit
from eligibility.documents import Document, EligibilityCertificate, Identity, MynaCard, Smartphone
from eligibility.errors import CaseError
from eligibility.outcome import ChargeKind, Outcome
from eligibility.policy import decide
from eligibility.regimes import regime_on
from tests.eligibility.cases import BROKEN_CARD
from tests.eligibility.strategies import cases, documents
from tests.thoroughness import examples

UNDECIDED = {"IDENTIFY", "REQUERY", "OFFER_REGISTRATION", "NEED_CERTIFICATE"}
THOROUGH = settings(max_examples=examples(500), deadline=None)


@THOROUGH
@given(cases())
def test_every_case_has_an_outcome_that_json_can_carry(case: Case) -> None:
    outcome = decide(case)
    event(f"row {outcome.row}")
    written = json.loads(json.dumps(outcome.as_dict()))
    assert set(written) == {
        "outcome",
        "row",
        "charge",
        "consent",
        "ask_for",
        "tell",
        "queue",
        "registration",
        "returns",
        "reasons",
    }
    assert json.loads(json.dumps(case.as_dict())) == case.as_dict()
    assert 1 <= outcome.row <= 13
    for words in (outcome.ask_for, outcome.tell, outcome.returns, outcome.reasons):
        assert len(words) == len(set(words)), "nothing is said twice"
    assert outcome.reasons, "every decision has a reason"


@THOROUGH
@given(cases())
def test_the_same_case_is_decided_the_same_way(case: Case) -> None:
    assert decide(case) == decide(replace(case))


@THOROUGH
@given(cases())
def test_nobody_accepted_pays_everything_but_under_special_treatment(case: Case) -> None:
    outcome = decide(case)
    accepted = outcome.accepted or outcome.outcome == "PENDING_4INFO"
    if accepted and outcome.charge is not None and outcome.charge.kind is ChargeKind.FULL:
        assert "special_treatment" in outcome.reasons
        assert case.answer is not None
        assert (case.answer.validity, case.answer.card_class) == (1, "05")


@THOROUGH
@given(cases())
def test_consent_is_asked_only_online_and_never_in_grace(case: Case) -> None:
    outcome = decide(case)
    expected = outcome.outcome == "OK_ONLINE" and case.site is not Site.LIMITED and case.visit is not Visit.BOOKING
    assert (outcome.consent == "ask") == expected


@THOROUGH
@given(cases())
def test_the_charge_follows_the_outcome_the_site_and_the_visit(case: Case) -> None:
    outcome = decide(case)
    if outcome.outcome.value in UNDECIDED:
        assert outcome.charge is None
        return
    assert outcome.charge is not None
    free = case.site is Site.CHECKUP or case.visit is Visit.BOOKING
    assert (outcome.charge.kind is ChargeKind.NONE) == free
    if not free:
        assert outcome.outcome != "NOT_CONFIRMED" or outcome.charge.kind is ChargeKind.FULL
    if outcome.charge.kind is ChargeKind.ASK:
        assert outcome.ask_for, "a share that is not known is asked for"


@THOROUGH
@given(cases())
def test_what_is_asked_for_can_be_had(case: Case) -> None:
    asked = set(decide(case).ask_for)
    if any(isinstance(device, MynaCard) and device.face_only for device in case.devices):
        assert "portal" not in asked
    lost = {Identity.PIN_LOCKED, Identity.PIN_FORGOTTEN}
    if all(device.identity in lost for device in case.devices):
        assert "pin" not in asked
    if Flag.SELF_INFO_REFUSED in case.flags and not case.disaster:
        assert asked.isdisjoint({"pin", "face", "visual", "myna_card", "portal", "eligibility_notice"})
    if decide(case).outcome == "NEED_CERTIFICATE":
        assert asked == {"eligibility_certificate"}


@THOROUGH
@given(cases())
def test_the_queue_follows_the_outcome(case: Case) -> None:
    outcome = decide(case)
    assert (outcome.queue == "four_items") == (outcome.outcome == "PENDING_4INFO")
    if outcome.row == 10:
        assert (outcome.queue is None) == ("confirmed_by_numbers" in outcome.reasons)
    assert outcome.queue != "recheck" or outcome.accepted


@THOROUGH
@given(cases())
def test_the_order_of_what_is_shown_changes_no_outcome(case: Case) -> None:
    turned = replace(case, presented=case.presented[::-1])
    one, other = decide(case), decide(turned)
    assert (one.outcome, one.row, one.consent, one.queue, one.registration, one.returns) == (
        other.outcome,
        other.row,
        other.consent,
        other.queue,
        other.registration,
        other.returns,
    )


@THOROUGH
@given(cases())
def test_a_disaster_and_a_stranger_win_over_everything_below(case: Case) -> None:
    outcome = decide(case)
    if case.disaster:
        assert (outcome.outcome, outcome.row) == ("OK_DISASTER", 1)
    elif Flag.SELF_INFO_REFUSED in case.flags:
        assert outcome.row == 2
        assert outcome.outcome.value in {"OK_CERTIFICATE", "OK_OLD_CARD", "NEED_CERTIFICATE"}
    elif any(device.identity is Identity.MISMATCH for device in case.devices):
        assert (outcome.outcome, outcome.row) == ("NOT_CONFIRMED", 3)
    elif case.answer is not None and case.answer.person is not Person.SAME:
        assert outcome.row == 3


@THOROUGH
@given(cases())
def test_a_certificate_that_is_returned_alone_was_not_accepted(case: Case) -> None:
    outcome = decide(case)
    if outcome.outcome == "OK_CERTIFICATE" and "eligibility_certificate" in outcome.returns:
        assert len(case.all_of(EligibilityCertificate)) > 1


def genuine(document: Document) -> bool:
    """Whether it is this person's and no copy."""
    match document:
        case MynaCard(identity=Identity.MISMATCH) | Smartphone(identity=Identity.MISMATCH):
            return False
        case EligibilityCertificate(original=False):
            return False
        case _:
            return True


@THOROUGH
@given(cases(), documents.filter(genuine))
def test_one_more_genuine_document_never_takes_an_acceptance_away(case: Case, more: Document) -> None:
    if not decide(case).accepted:
        return
    try:
        richer = replace(case, presented=(*case.presented, more))
    except CaseError:
        return
    outcome = decide(richer)
    event(f"{more.document}: {outcome.outcome.value}")
    assert outcome.outcome != "NOT_CONFIRMED"


def _birthday(born: date, age: int) -> date:
    leap_day = (born.month, born.day) == (2, 29) and age > 0
    return date(born.year + age, 3, 1) if leap_day else born.replace(year=born.year + age)


def limits_of(case: Case) -> set[date]:
    """The first days on which an age or something printed changes what holds for the person."""
    one_day = timedelta(days=1)
    days: set[date] = set()
    if case.birthdate is not None:
        born = case.birthdate
        days |= {seventy_rule_from(born), elderly_from(born), _birthday(born, 0), _birthday(born, 1)}
        days |= {last + one_day for last in (preschool_until(born), eighteen_until(born))}
    for document in case.presented:
        for field in fields(document):
            printed = getattr(document, field.name)
            if isinstance(printed, date):
                days |= {printed} if field.name == "valid_from" else {printed + one_day}
    return days


@THOROUGH
@given(cases(), st.integers(-400, 400))
def test_within_a_regime_only_age_and_printed_limits_change_a_decision(case: Case, step: int) -> None:
    other_day = case.on + timedelta(days=step)
    first, last = sorted((case.on, other_day))
    passed = any(first < limit <= last for limit in limits_of(case))
    if passed or regime_on(other_day) != regime_on(case.on):
        return
    event("compared")
    assert decide(replace(case, on=other_day)) == decide(case)


FALLBACKS = {"OK_MANUAL_PORTAL", "OK_MANUAL_NOTICE", "OK_VERBAL", "OK_DECLARATION", "OK_LENIENT", "PENDING_4INFO"}


def pays_in_full(outcome: Outcome) -> bool:
    return outcome.charge is not None and outcome.charge.kind is ChargeKind.FULL


def with_card(case: Case, card: MynaCard) -> Case:
    """The same visit with that card as the only device, and nothing asked by card."""
    papers = tuple(document for document in case.presented if document not in case.devices)
    asked_by_card = case.answer is not None and case.answer.by is AskedBy.CARD
    return replace(case, presented=(card, *papers), answer=None if asked_by_card else case.answer)


@THOROUGH
@given(cases())
def test_nobody_on_the_fallback_ladder_pays_in_full(case: Case) -> None:
    for fallen in (case, with_card(case, BROKEN_CARD)):
        outcome = decide(fallen)
        if outcome.outcome.value in FALLBACKS:
            event(outcome.outcome.value)
            assert not pays_in_full(outcome)


@THOROUGH
@given(cases(), st.sampled_from([Identity.PIN_LOCKED, Identity.PIN_FORGOTTEN]), st.booleans())
def test_a_lost_pin_is_never_a_dead_end(case: Case, lost: Identity, readable: bool) -> None:
    """It decides nothing: the case comes out as if nobody had been identified yet, by face or by eye.

    But the card of somebody under one has no photo: where its PIN is lost too, it counts as one that cannot be used.
    """
    outcome = decide(with_card(case, MynaCard(readable=readable, identity=lost)))
    under_one = case.birthdate is not None and age_on(case.birthdate, case.on) < 1
    equal = MynaCard(readable=readable and not under_one)
    assert outcome.outcome == decide(with_card(case, equal)).outcome
    if outcome.outcome == "IDENTIFY":
        assert outcome.ask_for == ("face", "visual")
