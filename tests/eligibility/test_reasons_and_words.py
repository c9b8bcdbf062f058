"""What a decision says besides its outcome: every reason it rests on, what is asked for, and what the desk minds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from eligibility.case import Answer, AskedBy, Flag, Person, Visit
from eligibility.documents import Certificate, Declaration, EligibilityNotice, InsuranceCard, MynaCard, Smartphone
from eligibility.policy import Step, decide, explain
from tests.eligibility.cases import (
    AT_67,
    AT_72,
    AT_80,
    BROKEN_CARD,
    BY_CARD,
    BY_NUMBERS,
    CARD,
    CERTIFICATE,
    DECLINED,
    GRACE_CARD,
    NOTICE,
    OLD_CARD,
    PHONE,
    PIN_CARD,
    PORTAL,
    UNREGISTERED,
    by_card,
    by_numbers,
    case,
    decided,
)
from tests.eligibility.fixture_insurers import ELDERLY, KYOKAI, UNION
from tests.eligibility.situations import LOCKED_CARD, STRANGERS_CARD

REFUSED = frozenset({Flag.SELF_INFO_REFUSED})
BEFORE_THE_END = date(2025, 6, 1)
"""A day on which a 健康保険証 counts."""
IN_THE_LENIENCY = date(2026, 1, 15)
OF_THE_ELDERLY = InsuranceCard(ELDERLY)


def test_the_way_goes_through_the_rows_in_the_order_of_their_numbers() -> None:
    assert [step.row for step in explain(case())] == list(range(1, 14))


class TestReasons:
    def test_a_paper_of_a_protected_person_says_why_only_it_counts(self) -> None:
        assert decided(CERTIFICATE, flags=REFUSED).reasons == ("self_info_refused", "paper_in_date", "share_by_age")

    def test_in_grace_the_answer_is_valid_all_the_same(self) -> None:
        outcome = decided(GRACE_CARD, answer=BY_CARD)
        assert outcome.reasons == ("answer_valid", "chip_certificate_in_grace", "share_from_answer")

    def test_a_paper_accepted_in_an_outage_says_so(self) -> None:
        assert decided(CERTIFICATE, outage=True).reasons == ("outage", "paper_in_date", "share_by_age")

    def test_a_paper_accepted_although_the_service_found_nothing_says_so(self) -> None:
        outcome = decided(CERTIFICATE, answer=by_numbers(4))
        assert outcome.reasons == ("answer_nothing_found", "paper_in_date", "share_by_age")

    def test_in_an_outage_without_a_card_the_paper_that_does_not_count_says_why(self) -> None:
        outcome = decided(OLD_CARD, outage=True)
        assert outcome.reasons == ("outage", "old_card_over", "full_until_confirmed")

    def test_so_it_does_in_the_hand_of_a_person_with_a_phone(self) -> None:
        outcome = decided(OLD_CARD, PHONE)
        assert outcome.reasons == ("phone_not_equipped", "old_card_over", "full_until_confirmed")

    def test_on_the_ladder_the_chip_or_the_answer_is_the_reason(self) -> None:
        assert decided(BROKEN_CARD).reasons == ("chip_unreadable", "nothing_but_card", "share_by_age")
        answered = decided(PIN_CARD, answer=by_card(4))
        assert answered.reasons == ("answer_nothing_found", "nothing_but_card", "share_by_age")

    def test_where_no_way_is_open_to_identify_an_infant_row_9_and_the_ladder_say_so(self) -> None:
        infant = case(LOCKED_CARD, birthdate=date(2026, 5, 2))
        (row_9,) = (step for step in explain(infant) if step.row == 9)
        assert row_9 == Step(9, fits=False, why=("no_way_to_identify",))
        assert decide(infant).reasons == ("no_way_to_identify", "nothing_but_card", "share_by_age")

    def test_a_card_without_registration_is_a_reason_where_nothing_else_helps(self) -> None:
        assert decided(DECLINED).reasons == ("card_not_registered", "full_until_confirmed")


class TestWhatIsAskedFor:
    @pytest.mark.parametrize(
        "shown", [((STRANGERS_CARD,), None), ((PIN_CARD,), replace(BY_CARD, person=Person.DIFFERENT))]
    )
    def test_in_place_of_somebody_elses_card_the_own_one_or_a_certificate(
        self, shown: tuple[tuple[object, ...], Answer | None]
    ) -> None:
        presented, answer = shown
        assert decided(*presented, answer=answer).ask_for == ("myna_card", "eligibility_certificate")

    def test_in_an_outage_without_a_card_the_card_or_a_certificate(self) -> None:
        assert decided(outage=True).ask_for == ("myna_card", "eligibility_certificate")

    @pytest.mark.parametrize("device", [PIN_CARD, PHONE])
    @pytest.mark.parametrize("validity", [3, 5])
    def test_who_was_asked_by_card_or_phone_is_not_sent_for_a_card(self, device: object, validity: int) -> None:
        assert decided(device, answer=by_card(validity)).ask_for == ("numbers_query",)

    @pytest.mark.parametrize(("on", "ways"), [("2026-11-19", ("pin",)), ("2026-11-20", ("pin", "face", "visual"))])
    def test_from_the_first_birthday_on_the_card_has_a_photo(self, on: str, ways: tuple[str, ...]) -> None:
        assert decided(CARD, birthdate=date(2025, 11, 20), on=date.fromisoformat(on)).ask_for == ways

    def test_no_recipient_certificate_of_the_insurer_that_the_answer_names_where_it_issues_none(self) -> None:
        answer = Answer(AskedBy.CARD, 1, insurer_number=UNION)
        assert "elderly_recipient_certificate" not in decided(PIN_CARD, birthdate=AT_72, answer=answer).ask_for
        elsewhere = replace(answer, insurer_number=KYOKAI)
        assert "elderly_recipient_certificate" in decided(PIN_CARD, birthdate=AT_72, answer=elsewhere).ask_for

    def test_no_recipient_certificate_of_the_elderly_insurer_either(self) -> None:
        outcome = decided(replace(CERTIFICATE, insurer_number=ELDERLY), birthdate=AT_72)
        assert outcome.ask_for == ("numbers_query",)


class TestTheShare:
    def test_an_old_card_names_the_insurer_whose_members_are_never_charged_by_age(self) -> None:
        outcome = decided(OF_THE_ELDERLY, on=BEFORE_THE_END, birthdate=AT_67)
        assert outcome.charge is not None
        assert outcome.charge.as_dict() == {"kind": "ask", "provisional": None}

    def test_a_notice_in_the_leniency_gives_its_ratio(self) -> None:
        shown, answer = replace(NOTICE, burden_ratio=20), replace(BY_NUMBERS, burden_ratio=None)
        outcome = decided(shown, on=IN_THE_LENIENCY, birthdate=AT_72, answer=answer)
        assert outcome.charge is not None
        assert outcome.charge.as_dict() == {"kind": "ratio", "percent": 20}

    @pytest.mark.parametrize("declared", [10, 20, 30])
    def test_without_a_birthdate_any_declared_share_is_believed(self, declared: int) -> None:
        outcome = decided(BROKEN_CARD, Declaration(declared), birthdate=None)
        assert outcome.charge is not None
        assert outcome.charge.as_dict() == {"kind": "ratio", "percent": declared}

    def test_a_ratio_is_judged_by_the_insurer_that_its_own_paper_prints(self) -> None:
        former = EligibilityNotice(KYOKAI, burden_ratio=10)
        answer = Answer(AskedBy.NUMBERS, 1, insurer_number=ELDERLY)
        outcome = decided(BROKEN_CARD, former, birthdate=AT_67, answer=answer)
        assert outcome.charge is not None
        assert outcome.charge.as_dict() == {"kind": "ask", "provisional": None}
        assert "ratio_paper_not_in_effect" in outcome.reasons


SPECIAL = replace(BY_NUMBERS, card_class="05")
"""特別療養: who is accepted in full pays everything first (reception.md §13b)."""


class TestNobodyOnTheFallbackLadderPaysInFull:
    @pytest.mark.parametrize(
        ("shown", "changes", "outcome"),
        [
            ((BROKEN_CARD, PORTAL), {}, "OK_MANUAL_PORTAL"),
            ((PHONE, PORTAL), {}, "OK_MANUAL_PORTAL"),
            ((BROKEN_CARD, NOTICE), {}, "OK_MANUAL_NOTICE"),
            ((BROKEN_CARD,), {"visit": Visit.RETURN, "known_patient": True}, "OK_VERBAL"),
            ((BROKEN_CARD,), {}, "OK_DECLARATION"),
            ((NOTICE,), {"on": IN_THE_LENIENCY}, "OK_LENIENT"),
            ((CARD,), {"outage": True}, "PENDING_4INFO"),
        ],
    )
    def test_not_even_who_otherwise_pays_first(
        self, shown: tuple[object, ...], changes: dict[str, object], outcome: str
    ) -> None:
        found = decided(*shown, answer=SPECIAL, **changes)
        assert found.outcome == outcome
        assert found.charge is not None
        assert found.charge.as_dict() == {"kind": "ratio", "percent": 30}
        assert "special_treatment_on_fallback" in found.reasons

    def test_with_a_certificate_or_the_card_everything_is_paid_first(self) -> None:
        for found in (
            decided(CERTIFICATE, answer=SPECIAL),
            decided(PIN_CARD, answer=replace(BY_CARD, card_class="05")),
        ):
            assert found.charge is not None
            assert found.charge.as_dict() == {"kind": "full"}


class TestRegistration:
    @pytest.mark.parametrize("changes", [{"disaster": True}, {"flags": REFUSED}])
    def test_where_the_card_path_is_closed_a_refusal_is_no_matter(self, changes: dict[str, object]) -> None:
        assert decided(DECLINED, **changes).registration is None

    def test_a_refusal_is_kept_beside_somebody_elses_card(self) -> None:
        assert decided(DECLINED, STRANGERS_CARD).registration == "declined"

    def test_a_card_whose_certificate_expired_is_left_to_the_reader(self) -> None:
        outcome = decided(replace(UNREGISTERED, certificate=Certificate.EXPIRED))
        assert (outcome.outcome, outcome.row) == ("OFFER_REGISTRATION", 8)


class TestWhatTheDeskMinds:
    @pytest.mark.parametrize(("validity", "asked"), [(2, True), (3, True), (4, False), (5, False)])
    def test_a_membership_that_ended_or_changed_is_asked_about(self, validity: int, asked: bool) -> None:
        assert ("ask_new_membership" in decided(PIN_CARD, answer=by_card(validity)).tell) is asked

    def test_the_card_of_the_elderly_is_looked_for_at_75_beside_an_old_card_of_another_insurer_only(self) -> None:
        word = "elderly_insurer_expected"
        assert word in decided(InsuranceCard(KYOKAI), on=BEFORE_THE_END, birthdate=date(1940, 1, 1)).tell
        assert word not in decided(OF_THE_ELDERLY, on=BEFORE_THE_END, birthdate=date(1940, 1, 1)).tell
        assert word not in decided(PIN_CARD, birthdate=AT_80, answer=BY_CARD).tell


class TestThePortalAndTheLeniency:
    def test_a_portal_without_a_phone_leaves_a_notice_alone(self) -> None:
        outcome = decided(NOTICE, PORTAL, on=IN_THE_LENIENCY, answer=BY_NUMBERS)
        assert (outcome.outcome, outcome.row) == ("OK_LENIENT", 11)

    def test_so_does_one_beside_a_phone_that_can_be_read_but_is_not_to_be_registered(self) -> None:
        phone = Smartphone(registered=False, registration_declined=True)
        changes: dict[str, object] = {"on": IN_THE_LENIENCY, "answer": BY_NUMBERS, "equipped_for_smartphone": True}
        outcome = decided(NOTICE, PORTAL, phone, **changes)
        assert (outcome.outcome, outcome.row) == ("OK_LENIENT", 11)


def test_the_plastic_of_a_card_that_was_never_registered_is_not_in_hand() -> None:
    assert decided(MynaCard(registered=False, readable=False), outage=True).outcome == "NOT_CONFIRMED"
