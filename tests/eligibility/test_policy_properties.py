"""What holds for every case that can happen (design.md §5)."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import event, given, settings

from eligibility.case import Case, Flag, Person, Site, Visit
from eligibility.documents import EligibilityCertificate, Identity, MynaCard
from eligibility.outcome import ChargeKind
from eligibility.policy import decide
from tests.eligibility.strategies import cases
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
