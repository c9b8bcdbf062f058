"""From facts to a case: whatever was noted, in whatever order, can be decided; what was proven stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.case import CARD_CLASSES, RATIOS, AskedBy, Flag, Membership, Person, Site, Visit
from eligibility.case_json import parse_case
from eligibility.documents import Certificate, Device, Identity, MynaCard, Smartphone
from eligibility.insurers import InsurerNumber
from eligibility.papers.forms import FORM_OF, FORMS
from eligibility.papers.paper import Paper, Shown
from kiosk.flow.answer import SELF_INFO_REFUSED, Qualification, Reception
from kiosk.flow.facts import FourItems, VisitFacts
from kiosk.services.decider import PolicyDecider
from kiosk.services.visit_case import case_of
from tests.eligibility.fixture_insurers import ALL
from tests.kiosk.services.samples import CERTIFICATE, NOTICE, NOW, TODAY

PIN_CARD = MynaCard(identity=Identity.PIN)
BY_CARD = Qualification(
    "card", validity=1, certificate_state="valid", insurer_number="01139997", birthdate=date(1985, 6, 15)
)
BY_NUMBERS = replace(BY_CARD, by="numbers", certificate_state="")
NEW_INSURER = replace(BY_NUMBERS, insurer_number="06139992")
ENDED = replace(BY_CARD, validity=2)
NOTHING = Qualification("card", validity=4, certificate_state="valid")
NEW_NOTICE = replace(NOTICE, insurer_number=InsurerNumber("06139992"), form=FORM_OF["notice_company_a"])


def decide(facts: VisitFacts) -> Reception:
    return PolicyDecider(lambda: NOW, "clinic").decide(facts)


# --- anything can be decided ------------------------------------------------------------------------------------

days = st.sampled_from([TODAY + timedelta(days=step) for step in (-400, -1, 0, 1, 400)])
maybe_days = st.none() | days
births = st.sampled_from([date(1985, 6, 15), date(1953, 5, 2), date(1944, 1, 1), date(2026, 5, 2), date(2022, 5, 1)])
insurers = st.sampled_from(ALL)
cards = st.builds(
    MynaCard, st.booleans(), st.booleans(), st.sampled_from(Identity), st.sampled_from(Certificate), maybe_days,
    st.booleans(), st.booleans(),
)  # fmt: skip
phones = st.builds(
    Smartphone, st.booleans(), st.booleans(), st.sampled_from(Identity), st.sampled_from(Certificate), st.booleans()
)
devices: st.SearchStrategy[Device] = cards | phones
papers = st.builds(
    Paper,
    form=st.sampled_from(FORMS),
    shown=st.sampled_from(Shown),
    insurer_number=st.none() | insurers,
    number=st.none() | st.just("1155"),
    birthdate=st.none() | births,
    issued_on=maybe_days,
    valid_from=maybe_days,
    expires_on=maybe_days,
    burden_ratio=st.none() | st.sampled_from(RATIOS),
    additions=st.none() | st.just("顔認証"),
)
answers = st.builds(
    Qualification,
    st.just("card"),
    registered=st.booleans(),
    validity=st.none() | st.integers(1, 5),
    code=st.sampled_from(["", SELF_INFO_REFUSED]),
    certificate_state=st.sampled_from(["", "valid", "expiring", "grace"]),
    card_class=st.sampled_from(["", "99", *CARD_CLASSES]),
    insurer_number=st.just("") | insurers.map(str),
    birthdate=st.none() | births,
    burden_ratio=st.none() | st.sampled_from(RATIOS),
    elderly_burden_ratio=st.none() | st.sampled_from(RATIOS),
)
four_items = st.builds(FourItems, st.just("協会　太郎"), births, st.just("male"), st.just("東京都"))
all_facts = st.builds(
    VisitFacts,
    device=st.none() | devices,
    certificate_until=maybe_days,
    papers=st.lists(papers, max_size=3).map(tuple),
    by_card=st.none() | answers,
    by_numbers=st.none() | st.builds(replace, answers, by=st.sampled_from(["numbers", "four_items"])),
    four_items=st.none() | four_items,
    person=st.none() | st.sampled_from(Person),
    visit=st.sampled_from(Visit),
    known_patient=st.booleans(),
    membership=st.sampled_from(Membership),
    flags=st.frozensets(st.sampled_from(Flag)),
    service_silent=st.booleans(),
    outage=st.booleans(),
    disaster=st.booleans(),
)


@given(all_facts, st.sampled_from(Site), st.booleans())
def test_whatever_was_noted_has_an_outcome_and_a_case_that_anybody_can_check(
    facts: VisitFacts, site: Site, equipped: bool
) -> None:
    shown = PolicyDecider(lambda: NOW, site.value, equipped=equipped).decide(facts)
    assert shown.staff
    assert parse_case(shown.case_json) == case_of(facts, TODAY, site, equipped=equipped).case


@given(all_facts)
def test_an_answer_1_by_card_counts_unless_something_closes_the_card(facts: VisitFacts) -> None:
    facts = replace(facts, by_card=replace(BY_CARD, birthdate=None), flags=frozenset(), disaster=False, person=None)
    mismatch = facts.device is not None and facts.device.identity is Identity.MISMATCH
    shown = decide(facts)
    assert shown.row == (3 if mismatch else 4)
    assert mismatch or shown.by == "card"


# --- which answer the visit rests on ----------------------------------------------------------------------------


def rests_on(by_card: Qualification, by_numbers: Qualification, *shown: Paper) -> Reception:
    return decide(VisitFacts(PIN_CARD, papers=shown, by_card=by_card, by_numbers=by_numbers))


def test_an_answer_1_by_card_is_not_taken_back_by_numbers() -> None:
    shown = rests_on(BY_CARD, replace(BY_NUMBERS, validity=2), NOTICE)
    assert (shown.outcome, shown.row, shown.by) == ("OK_ONLINE", 4, "card")


@pytest.mark.parametrize(("said", "reason"), [(ENDED, "answer_ended"), (NOTHING, "answer_nothing_found")])
def test_after_an_answer_2_or_4_by_card_an_answer_1_by_numbers_keeps_row_10_and_gives_the_share(
    said: Qualification, reason: str
) -> None:
    before = decide(VisitFacts(PIN_CARD, papers=(NEW_NOTICE,), by_card=said))
    shown = rests_on(said, replace(NEW_INSURER, elderly_burden_ratio=20), NEW_NOTICE)
    assert (shown.outcome, shown.row) == (before.outcome, before.row) == ("OK_MANUAL_NOTICE", 10)
    assert (shown.charge, shown.queue, shown.by) == ("ratio:20", None, "numbers")
    assert "confirmed_by_numbers" in shown.reasons
    assert reason in shown.reasons
    assert "chip_unreadable" not in shown.reasons, "it was read"


@pytest.mark.parametrize("validity", [3, 5])
def test_asked_again_by_numbers_the_visit_goes_on(validity: int) -> None:
    unclear = replace(BY_CARD, validity=validity)
    assert rests_on(unclear, NEW_INSURER, NEW_NOTICE).outcome == "OK_MANUAL_NOTICE"
    assert rests_on(unclear, replace(NOTHING, by="numbers"), NEW_NOTICE).outcome == "REQUERY"


def test_nothing_found_by_numbers_does_not_bring_back_a_paper_whose_membership_the_card_said_ended() -> None:
    shown = rests_on(ENDED, Qualification("numbers", validity=4), CERTIFICATE)
    assert shown.outcome != "OK_CERTIFICATE"
    assert shown.validity == 2


def test_two_memberships_that_ended_take_both_papers_away() -> None:
    other = replace(NEW_INSURER, validity=2)
    newer = replace(CERTIFICATE, insurer_number=InsurerNumber("06139992"))
    assert rests_on(ENDED, other, CERTIFICATE, newer).outcome == "OK_DECLARATION"


def test_a_mismatch_seen_by_the_desk_closes_what_the_pin_opened() -> None:
    seen = replace(PIN_CARD, identity=Identity.MISMATCH)
    shown = decide(VisitFacts(seen, by_card=BY_CARD))
    assert (shown.row, shown.reasons[0]) == (3, "face_mismatch")


# --- the person -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "row"), [(None, 3), (Person.SAME, 6), (Person.UNSURE, 3), (Person.DIFFERENT, 3)])
def test_another_date_of_birth_is_in_doubt_until_the_desk_has_looked(said: Person | None, row: int) -> None:
    other = replace(BY_NUMBERS, birthdate=date(1985, 6, 16))
    assert decide(VisitFacts(papers=(CERTIFICATE,), by_numbers=other, person=said)).row == row


# --- outage and disaster ----------------------------------------------------------------------------------------


def test_in_an_outage_the_four_items_are_noted_for_a_card_in_hand() -> None:
    items = FourItems("協会　太郎", date(1985, 6, 15), "male", "東京都千代田区")
    shown = decide(VisitFacts(MynaCard(readable=False), four_items=items, outage=True))
    assert (shown.outcome, shown.queue, shown.name, shown.birthdate) == (
        "PENDING_4INFO",
        "four_items",
        "協会　太郎",
        date(1985, 6, 15),
    )


def test_whoever_was_answered_by_card_was_not_kept_from_it_by_the_outage_that_followed() -> None:
    case = case_of(VisitFacts(PIN_CARD, by_card=BY_CARD, outage=True), TODAY, Site.CLINIC).case
    assert case.answer is not None
    assert (case.answer.by, case.outage) == (AskedBy.CARD, False)


def test_a_service_that_answers_again_is_no_outage() -> None:
    facts = VisitFacts(MynaCard(readable=False), papers=(NOTICE,), by_numbers=BY_NUMBERS, service_silent=True)
    assert decide(facts).outcome == "OK_MANUAL_NOTICE"
    assert decide(replace(facts, by_numbers=None)).outcome == "PENDING_4INFO"


def test_in_a_disaster_everybody_is_received() -> None:
    assert decide(VisitFacts(disaster=True)).outcome == "OK_DISASTER"


# --- the card ---------------------------------------------------------------------------------------------------


def test_a_card_that_was_typed_from_its_face_has_not_been_read() -> None:
    typed = Paper(form=FORM_OF["myna_card"], expires_on=date(2031, 5, 2))
    [card] = case_of(VisitFacts(papers=(typed,)), TODAY, Site.CLINIC).case.devices
    assert card == MynaCard(readable=False, card_expires_on=date(2031, 5, 2))


def test_what_was_typed_from_the_card_that_was_read_is_no_second_card() -> None:
    typed = Paper(form=FORM_OF["myna_card"], expires_on=date(2031, 5, 2))
    [card] = case_of(VisitFacts(PIN_CARD, papers=(typed,), by_card=BY_CARD), TODAY, Site.CLINIC).case.devices
    assert card == replace(PIN_CARD, card_expires_on=date(2031, 5, 2))


def test_a_card_past_its_printed_day_has_no_usable_certificate_unless_the_service_took_it() -> None:
    typed = Paper(form=FORM_OF["myna_card"], expires_on=TODAY - timedelta(days=1))
    [over] = case_of(VisitFacts(papers=(typed,)), TODAY, Site.CLINIC).case.devices
    assert over.certificate is Certificate.EXPIRED
    [misread] = case_of(VisitFacts(PIN_CARD, papers=(typed,), by_card=BY_CARD), TODAY, Site.CLINIC).case.devices
    assert misread == PIN_CARD


def test_a_certificate_that_ended_before_it_was_issued_was_misread_and_is_still_a_certificate() -> None:
    misread = replace(CERTIFICATE, issued_on=date(2030, 1, 1))
    assert decide(VisitFacts(papers=(misread,), by_numbers=BY_NUMBERS)).outcome == "OK_CERTIFICATE"


def test_a_protected_persons_card_is_closed_whatever_it_answered() -> None:
    for facts in (
        VisitFacts(PIN_CARD, by_card=BY_CARD, flags=frozenset({Flag.SELF_INFO_REFUSED})),
        VisitFacts(PIN_CARD, by_card=Qualification("card", validity=None, code=SELF_INFO_REFUSED)),
    ):
        assert decide(facts).outcome == "NEED_CERTIFICATE"


# --- what is shown ----------------------------------------------------------------------------------------------


def test_the_reception_carries_guidance_for_both_sides_and_whom_to_call() -> None:
    shown = decide(VisitFacts(PIN_CARD, date(2030, 6, 15), by_card=ENDED))
    assert shown.staff
    assert shown.patient
    assert shown.help_lines
    assert (shown.certificate, shown.certificate_until, shown.registered) == ("valid", date(2030, 6, 15), True)


def test_of_a_paper_alone_no_certificate_is_told() -> None:
    shown = decide(VisitFacts(papers=(CERTIFICATE,), by_numbers=BY_NUMBERS))
    assert (shown.certificate, shown.registered) == ("", None)


def test_an_unregistered_card_beside_a_certificate_goes_on_to_the_offer() -> None:
    unregistered = Qualification("card", registered=False, code="MOCK-NOT-REGISTERED", certificate_state="valid")
    shown = decide(VisitFacts(PIN_CARD, papers=(CERTIFICATE,), by_card=unregistered))
    assert (shown.outcome, shown.registration, shown.registered) == ("OK_CERTIFICATE", "offer", False)
