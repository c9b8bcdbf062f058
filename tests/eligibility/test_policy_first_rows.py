"""Rows 1 to 7 of the table of design.md §5: which fits first, and what it asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from eligibility.case import Flag, Membership, Person
from eligibility.documents import (
    Certificate,
    EligibilityCertificate,
    Identity,
    InsuranceCard,
    MynaCard,
)
from eligibility.outcome import Outcome
from tests.eligibility.cases import (
    AT_80,
    BROKEN_CARD,
    BY_CARD,
    CARD,
    CERTIFICATE,
    DECLARATION,
    EXPIRED_CHIP,
    GRACE_CARD,
    NOTICE,
    OLD_CARD,
    OTHER_CERTIFICATE,
    PHONE,
    PIN_CARD,
    PORTAL,
    UNREGISTERED,
    by_card,
    by_numbers,
    decided,
)
from tests.eligibility.fixture_insurers import COMPANY, ELDERLY, KYOKAI

REFUSED = frozenset({Flag.SELF_INFO_REFUSED})
ENDED_AT_KYOKAI = replace(by_numbers(2), insurer_number=KYOKAI)
ENDED_ELSEWHERE = replace(by_numbers(2), insurer_number=COMPANY)


def row(outcome: Outcome) -> tuple[str, int]:
    return outcome.outcome.value, outcome.row


class TestRow1Disaster:
    def test_a_disaster_comes_before_everything(self) -> None:
        outcome = decided(disaster=True, outage=True, flags=REFUSED)
        assert row(outcome) == ("OK_DISASTER", 1)
        assert "spoken_consent" in outcome.tell

    def test_even_before_a_face_that_is_not_the_cards(self) -> None:
        assert row(decided(MynaCard(identity=Identity.MISMATCH), disaster=True)) == ("OK_DISASTER", 1)


class TestRow2SelfInfoRefused:
    def test_without_a_paper_a_certificate_is_needed_and_nothing_else_is_asked(self) -> None:
        outcome = decided(CARD, PORTAL, NOTICE, DECLARATION, flags=REFUSED)
        assert row(outcome) == ("NEED_CERTIFICATE", 2)
        assert outcome.ask_for == ("eligibility_certificate",)
        assert outcome.charge is None

    def test_a_certificate_has_its_own_outcome(self) -> None:
        assert row(decided(CARD, CERTIFICATE, flags=REFUSED)) == ("OK_CERTIFICATE", 2)

    def test_an_old_card_has_its_own_outcome(self) -> None:
        assert row(decided(OLD_CARD, on=date(2025, 6, 1), flags=REFUSED)) == ("OK_OLD_CARD", 2)

    def test_no_registration_is_offered_to_them(self) -> None:
        assert decided(UNREGISTERED, CERTIFICATE, flags=REFUSED).registration is None

    def test_an_answer_that_ends_the_membership_still_takes_the_paper_away(self) -> None:
        outcome = decided(CERTIFICATE, flags=REFUSED, answer=ENDED_AT_KYOKAI)
        assert row(outcome) == ("NEED_CERTIFICATE", 2)
        assert "paper_ended_by_answer" in outcome.reasons

    def test_an_answer_about_somebody_else_takes_nothing_away(self) -> None:
        stranger = replace(ENDED_AT_KYOKAI, person=Person.DIFFERENT)
        assert row(decided(CERTIFICATE, flags=REFUSED, answer=stranger)) == ("OK_CERTIFICATE", 2)

    def test_the_address_is_kept_from_view(self) -> None:
        assert "address_hidden" in decided(CERTIFICATE, flags=REFUSED).tell
        assert "address_hidden" in decided(CERTIFICATE, flags=frozenset({Flag.UNDISCLOSED})).tell


class TestRow3NotThisPerson:
    def test_a_face_that_is_not_the_cards_has_no_fallback(self) -> None:
        outcome = decided(MynaCard(identity=Identity.MISMATCH), PORTAL, NOTICE, DECLARATION)
        assert row(outcome) == ("NOT_CONFIRMED", 3)

    def test_an_answer_about_somebody_else_has_no_fallback(self) -> None:
        outcome = decided(PIN_CARD, PORTAL, answer=replace(BY_CARD, person=Person.DIFFERENT))
        assert row(outcome) == ("NOT_CONFIRMED", 3)
        assert outcome.consent is None

    def test_who_is_unsure_asks_again(self) -> None:
        outcome = decided(PIN_CARD, answer=replace(BY_CARD, person=Person.UNSURE))
        assert row(outcome) == ("REQUERY", 3)
        assert outcome.ask_for == ("numbers_query",)


class TestRow4Online:
    @pytest.mark.parametrize("identity", [Identity.PIN, Identity.FACE, Identity.VISUAL])
    def test_an_answer_1_by_card_is_online(self, identity: Identity) -> None:
        outcome = decided(MynaCard(identity=identity), answer=BY_CARD)
        assert row(outcome) == ("OK_ONLINE", 4)
        assert outcome.consent == "ask"

    def test_in_grace_it_is_limited_and_no_consent_is_asked(self) -> None:
        outcome = decided(GRACE_CARD, answer=BY_CARD)
        assert row(outcome) == ("OK_ONLINE_LIMITED", 4)
        assert outcome.consent is None
        assert {"consent_not_in_grace", "renew_certificate"} <= set(outcome.tell)

    def test_an_expiring_certificate_is_told(self) -> None:
        outcome = decided(replace(PIN_CARD, certificate=Certificate.EXPIRING), answer=BY_CARD)
        assert row(outcome) == ("OK_ONLINE", 4)
        assert outcome.tell == ("renew_certificate",)

    def test_a_phone_is_as_good(self) -> None:
        assert row(decided(PHONE, answer=BY_CARD, equipped_for_smartphone=True)) == ("OK_ONLINE", 4)

    def test_an_answer_1_beats_a_certificate(self) -> None:
        assert row(decided(PIN_CARD, CERTIFICATE, answer=BY_CARD)) == ("OK_ONLINE", 4)


class TestRow5AskAgain:
    @pytest.mark.parametrize(("validity", "reason"), [(3, "answer_newer_membership"), (5, "answer_several")])
    def test_a_newer_membership_or_several_records_are_asked_again(self, validity: int, reason: str) -> None:
        outcome = decided(PIN_CARD, answer=by_card(validity))
        assert row(outcome) == ("REQUERY", 5)
        assert outcome.reasons == (reason,)
        assert outcome.ask_for == ("numbers_query",)

    @pytest.mark.parametrize("validity", [3, 5])
    def test_by_numbers_the_card_is_asked_for_first(self, validity: int) -> None:
        assert decided(CERTIFICATE, answer=by_numbers(validity)).ask_for == ("myna_card", "numbers_query")

    def test_a_card_that_lies_there_needs_a_person(self) -> None:
        outcome = decided(CARD, CERTIFICATE, answer=by_numbers(3))
        assert outcome.ask_for == ("pin", "face", "visual", "numbers_query")

    def test_a_person_already_identified_is_not_asked_again(self) -> None:
        assert decided(PIN_CARD, answer=by_numbers(3)).ask_for == ("numbers_query",)


class TestRow6EnoughByItself:
    def test_a_certificate_in_date_is_enough(self) -> None:
        outcome = decided(CERTIFICATE)
        assert row(outcome) == ("OK_CERTIFICATE", 6)
        assert outcome.reasons == ("paper_in_date", "share_by_age")

    @pytest.mark.parametrize(("on", "outcome"), [("2029-07-31", "OK_CERTIFICATE"), ("2029-08-01", "NOT_CONFIRMED")])
    def test_its_last_day_counts(self, on: str, outcome: str) -> None:
        assert decided(CERTIFICATE, on=date.fromisoformat(on)).outcome == outcome

    def test_a_certificate_without_a_printed_limit_is_in_date(self) -> None:
        assert row(decided(EligibilityCertificate(KYOKAI))) == ("OK_CERTIFICATE", 6)

    @pytest.mark.parametrize(
        ("paper", "changes", "reason"),
        [
            (replace(CERTIFICATE, original=False), {}, "paper_copy"),
            (replace(CERTIFICATE, expires_on=date(2026, 11, 19)), {}, "paper_out_of_date"),
            (CERTIFICATE, {"membership": Membership.LEFT}, "membership_left"),
            (CERTIFICATE, {"birthdate": AT_80}, "paper_past_75"),
            (replace(CERTIFICATE, insurer_number=None), {"birthdate": AT_80}, "paper_past_75"),
            (OLD_CARD, {}, "old_card_over"),
        ],
    )
    def test_what_takes_it_away_is_a_reason(self, paper: object, changes: dict[str, object], reason: str) -> None:
        outcome = decided(paper, **changes)
        assert row(outcome) == ("NOT_CONFIRMED", 13)
        assert reason in outcome.reasons

    @pytest.mark.parametrize(("on", "outcome"), [("2026-05-01", "OK_CERTIFICATE"), ("2026-05-02", "NOT_CONFIRMED")])
    def test_a_certificate_of_another_insurer_ends_on_the_75th_birthday(self, on: str, outcome: str) -> None:
        day = date.fromisoformat(on)
        assert decided(CERTIFICATE, birthdate=date(1951, 5, 2), on=day).outcome == outcome

    def test_one_of_the_elderly_counts_at_any_age(self) -> None:
        paper = replace(CERTIFICATE, insurer_number=ELDERLY)
        assert row(decided(paper, birthdate=AT_80)) == ("OK_CERTIFICATE", 6)
        assert row(decided(paper, birthdate=date(1959, 5, 2))) == ("OK_CERTIFICATE", 6)

    @pytest.mark.parametrize(
        ("on", "limit", "outcome"),
        [
            ("2025-12-01", None, "OK_OLD_CARD"),
            ("2025-12-01", "2026-07-31", "OK_OLD_CARD"),
            ("2025-12-02", "2026-07-31", "NOT_CONFIRMED"),
            ("2025-07-31", "2025-07-31", "OK_OLD_CARD"),
            ("2025-06-01", "2025-05-31", "NOT_CONFIRMED"),
        ],
    )
    def test_an_old_card_counts_to_its_limit_and_2025_12_01(self, on: str, limit: str | None, outcome: str) -> None:
        card = InsuranceCard(KYOKAI, expires_on=date.fromisoformat(limit) if limit else None)
        assert decided(card, on=date.fromisoformat(on)).outcome == outcome

    def test_an_old_card_of_another_insurer_past_75_is_looked_at(self) -> None:
        outcome = decided(OLD_CARD, on=date(2025, 6, 1), birthdate=date(1940, 1, 1))
        assert row(outcome) == ("OK_OLD_CARD", 6)
        assert "elderly_insurer_expected" in outcome.tell

    def test_the_old_card_of_a_membership_that_was_left_does_not_count(self) -> None:
        outcome = decided(OLD_CARD, on=date(2025, 6, 1), membership=Membership.LEFT)
        assert row(outcome) == ("NOT_CONFIRMED", 13)

    @pytest.mark.parametrize("answer", [ENDED_AT_KYOKAI, by_numbers(2)])
    def test_an_answer_2_of_its_insurer_or_of_none_takes_it_away(self, answer: object) -> None:
        outcome = decided(CERTIFICATE, answer=answer)
        assert row(outcome) == ("NOT_CONFIRMED", 13)
        assert {"paper_ended_by_answer", "answer_ended"} <= set(outcome.reasons)
        assert "ask_new_membership" in outcome.tell

    def test_an_answer_2_of_another_insurer_does_not(self) -> None:
        outcome = decided(CERTIFICATE, answer=ENDED_ELSEWHERE)
        assert row(outcome) == ("OK_CERTIFICATE", 6)
        assert outcome.reasons == ("answer_ended", "paper_in_date", "share_by_age")

    def test_an_answer_2_does_not_take_away_a_paper_whose_insurer_is_not_known(self) -> None:
        paper = replace(CERTIFICATE, insurer_number=None)
        assert row(decided(paper, answer=ENDED_AT_KYOKAI)) == ("OK_CERTIFICATE", 6)

    @pytest.mark.parametrize(("device", "answer"), [(CARD, by_numbers(4)), (PIN_CARD, by_card(4))])
    def test_an_answer_4_does_not_take_it_away_but_queues_it(self, device: object, answer: object) -> None:
        outcome = decided(device, CERTIFICATE, answer=answer)
        assert row(outcome) == ("OK_CERTIFICATE", 6)
        assert outcome.queue == "recheck"
        assert "number_not_at_insurer" in outcome.tell

    def test_in_an_outage_it_is_accepted_and_queued(self) -> None:
        outcome = decided(CARD, CERTIFICATE, outage=True)
        assert row(outcome) == ("OK_CERTIFICATE", 6)
        assert outcome.queue == "recheck"

    def test_of_two_the_newest_decides_the_share(self) -> None:
        older = replace(CERTIFICATE, insurer_number=ELDERLY, issued_on=date(2024, 8, 1), burden_ratio=10)
        newer = replace(older, issued_on=date(2026, 8, 1), burden_ratio=20)
        for papers in ((older, newer), (newer, older)):
            outcome = decided(*papers, birthdate=AT_80)
            assert outcome.charge is not None
            assert outcome.charge.percent == 20
            assert "paper_newest" in outcome.reasons

    def test_a_certificate_comes_before_an_old_card(self) -> None:
        outcome = decided(OLD_CARD, CERTIFICATE, on=date(2025, 9, 1))
        assert row(outcome) == ("OK_CERTIFICATE", 6)


class TestRow7Outage:
    @pytest.mark.parametrize("card", [CARD, PIN_CARD, BROKEN_CARD, EXPIRED_CHIP])
    def test_with_a_registered_card_the_four_items_are_noted(self, card: object) -> None:
        outcome = decided(card, outage=True)
        assert row(outcome) == ("PENDING_4INFO", 7)
        assert outcome.queue == "four_items"
        assert {"four_items", "not_full_charge"} <= set(outcome.tell)

    @pytest.mark.parametrize("shown", [(), (UNREGISTERED,), (PHONE,), (NOTICE,)])
    def test_without_one_nothing_is_confirmed(self, shown: tuple[object, ...]) -> None:
        assert row(decided(*shown, outage=True)) == ("NOT_CONFIRMED", 7)


def test_a_mismatch_wins_over_a_certificate() -> None:
    assert row(decided(MynaCard(identity=Identity.MISMATCH), OTHER_CERTIFICATE)) == ("NOT_CONFIRMED", 3)
