"""Rows 8 to 13 of the table of design.md §5: which fits first, and what it asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from eligibility.case import Membership, Visit
from eligibility.documents import (
    Certificate,
    Declaration,
    EligibilityNotice,
    Identity,
    InsuranceCard,
    MynaCard,
    Portal,
    Smartphone,
)
from eligibility.outcome import Charge, ChargeKind, Outcome
from tests.eligibility.cases import (
    BROKEN_CARD,
    BY_NUMBERS,
    CARD,
    CERTIFICATE,
    DECLARATION,
    DECLINED,
    EXPIRED_CHIP,
    KOKUHO_CARD,
    KOKUHO_NOTICE,
    NOTICE,
    OLD_CARD,
    PHONE,
    PIN_CARD,
    PORTAL,
    UNREGISTERED,
    by_card,
    by_numbers,
    decided,
)
from tests.eligibility.fixture_insurers import COMPANY, ELDERLY, KYOKAI

ENDED_AT_KYOKAI = replace(by_numbers(2), insurer_number=KYOKAI)


def row(outcome: Outcome) -> tuple[str, int]:
    return outcome.outcome.value, outcome.row


class TestRow8NotRegistered:
    def test_registration_is_offered(self) -> None:
        outcome = decided(UNREGISTERED, NOTICE)
        assert row(outcome) == ("OFFER_REGISTRATION", 8)
        assert outcome.registration == "offer"
        assert outcome.charge is None
        assert "register_here" in outcome.tell

    def test_who_declined_is_not_asked_again(self) -> None:
        outcome = decided(DECLINED, NOTICE)
        assert row(outcome) == ("NOT_CONFIRMED", 13)
        assert outcome.registration == "declined"
        assert outcome.ask_for == ("eligibility_certificate",)

    def test_an_unreadable_card_cannot_be_registered_here(self) -> None:
        assert row(decided(replace(UNREGISTERED, readable=False))) == ("NOT_CONFIRMED", 13)

    def test_a_phone_only_where_it_can_be_read(self) -> None:
        phone = Smartphone(registered=False)
        assert row(decided(phone, equipped_for_smartphone=True)) == ("OFFER_REGISTRATION", 8)
        assert row(decided(phone)) == ("NOT_CONFIRMED", 12)


class TestRow9NotAskedByCard:
    def test_nobody_identified(self) -> None:
        outcome = decided(CARD)
        assert row(outcome) == ("IDENTIFY", 9)
        assert outcome.ask_for == ("pin", "face", "visual")

    @pytest.mark.parametrize(
        "card",
        [MynaCard(identity=Identity.PIN_LOCKED), MynaCard(identity=Identity.PIN_FORGOTTEN), MynaCard(face_only=True)],
    )
    def test_never_the_pin_where_there_is_none_to_be_had(self, card: MynaCard) -> None:
        assert decided(card).ask_for == ("face", "visual")

    def test_who_lost_the_pin_is_told_where_to_go(self) -> None:
        assert decided(MynaCard(identity=Identity.PIN_LOCKED)).tell == ("pin_reset_at_city_office",)

    def test_a_phone_has_no_photo_to_compare(self) -> None:
        assert decided(Smartphone(), equipped_for_smartphone=True).ask_for == ("pin", "face")

    def test_identified_but_not_asked(self) -> None:
        outcome = decided(PIN_CARD)
        assert row(outcome) == ("REQUERY", 9)
        assert outcome.charge is None

    @pytest.mark.parametrize("validity", [1, 2, 4])
    def test_an_answer_by_numbers_does_not_stand_in(self, validity: int) -> None:
        assert row(decided(PIN_CARD, NOTICE, answer=by_numbers(validity))) == ("REQUERY", 9)
        assert row(decided(CARD, NOTICE, answer=by_numbers(validity))) == ("IDENTIFY", 9)

    def test_a_card_in_grace_is_still_asked(self) -> None:
        assert row(decided(MynaCard(certificate=Certificate.GRACE))) == ("IDENTIFY", 9)


STOPPED = [
    (BROKEN_CARD, None),
    (EXPIRED_CHIP, None),
    (MynaCard(certificate=Certificate.REVOKED), None),
    (PIN_CARD, by_card(2)),
    (PIN_CARD, by_card(4)),
    (BROKEN_CARD, by_numbers(4)),
]


class TestInfantsWithoutPhoto:
    UNDER_ONE = date(2026, 5, 2)

    def test_only_the_pin_can_identify(self) -> None:
        outcome = decided(CARD, birthdate=self.UNDER_ONE)
        assert (row(outcome), outcome.ask_for) == (("IDENTIFY", 9), ("pin",))
        on_the_birthday = decided(CARD, birthdate=date(2025, 11, 20))
        assert on_the_birthday.ask_for == ("pin", "face", "visual")

    @pytest.mark.parametrize("identity", [Identity.PIN_LOCKED, Identity.PIN_FORGOTTEN])
    def test_a_lost_pin_leads_to_the_ladder_with_the_card_in_hand(self, identity: Identity) -> None:
        card = MynaCard(identity=identity)
        outcome = decided(card, birthdate=self.UNDER_ONE)
        assert row(outcome) == ("OK_DECLARATION", 10)
        assert outcome.charge == Charge(ChargeKind.RATIO, 20)
        assert outcome.reasons[0] == "no_way_to_identify"
        assert "identity_by_card_face" not in outcome.tell
        assert row(decided(card, NOTICE, birthdate=self.UNDER_ONE)) == ("OK_MANUAL_NOTICE", 10)
        assert row(decided(card, CERTIFICATE, birthdate=self.UNDER_ONE)) == ("OK_CERTIFICATE", 6)

    def test_a_card_that_cannot_be_read_or_was_answered_is_another_matter(self) -> None:
        for outcome in (
            decided(BROKEN_CARD, birthdate=self.UNDER_ONE),
            decided(PIN_CARD, birthdate=self.UNDER_ONE, answer=by_card(4)),
        ):
            assert row(outcome) == ("OK_DECLARATION", 10)
            assert "no_way_to_identify" not in outcome.reasons

    def test_a_phone_still_has_a_face_to_unlock_it(self) -> None:
        phone = replace(PHONE, identity=Identity.PIN_FORGOTTEN)
        outcome = decided(phone, birthdate=self.UNDER_ONE, equipped_for_smartphone=True)
        assert (row(outcome), outcome.ask_for) == (("IDENTIFY", 9), ("face",))


class TestRow10CardInHand:
    @pytest.mark.parametrize(("card", "answer"), STOPPED)
    def test_the_ladder_is_portal_notice_word_of_mouth_declaration(self, card: object, answer: object) -> None:
        assert row(decided(card, NOTICE, PORTAL, DECLARATION, answer=answer)) == ("OK_MANUAL_PORTAL", 10)
        assert row(decided(card, NOTICE, DECLARATION, answer=answer)) == ("OK_MANUAL_NOTICE", 10)
        assert row(decided(card, answer=answer)) == ("OK_DECLARATION", 10)

    @pytest.mark.parametrize(("card", "answer"), STOPPED)
    def test_nobody_with_a_card_in_hand_pays_everything(self, card: object, answer: object) -> None:
        outcome = decided(card, answer=answer)
        assert outcome.charge is not None
        assert outcome.charge.as_dict() == {"kind": "ratio", "percent": 30}
        assert "not_full_charge" in outcome.tell
        assert outcome.queue == "recheck"

    def test_a_known_patient_on_a_return_visit_is_asked_by_word_of_mouth(self) -> None:
        assert row(decided(BROKEN_CARD, visit=Visit.RETURN, known_patient=True)) == ("OK_VERBAL", 10)
        assert row(decided(BROKEN_CARD, visit=Visit.FIRST, known_patient=True)) == ("OK_DECLARATION", 10)
        assert row(decided(BROKEN_CARD, visit=Visit.RETURN)) == ("OK_DECLARATION", 10)

    def test_not_after_an_answer_2(self) -> None:
        assert row(decided(PIN_CARD, visit=Visit.RETURN, known_patient=True, answer=by_card(4))) == ("OK_VERBAL", 10)
        outcome = decided(PIN_CARD, visit=Visit.RETURN, known_patient=True, answer=by_card(2))
        assert row(outcome) == ("OK_DECLARATION", 10)

    @pytest.mark.parametrize("paper", [Portal(insurer_number=KYOKAI), NOTICE])
    def test_paper_of_the_insurer_that_ended_counts_as_not_shown(self, paper: object) -> None:
        answer = replace(by_card(2), insurer_number=KYOKAI)
        assert row(decided(PIN_CARD, paper, answer=answer)) == ("OK_DECLARATION", 10)

    @pytest.mark.parametrize("answer", [replace(by_card(2), insurer_number=COMPANY), by_card(2), by_card(4)])
    def test_paper_of_another_insurer_counts(self, answer: object) -> None:
        assert row(decided(PIN_CARD, NOTICE, answer=answer)) == ("OK_MANUAL_NOTICE", 10)

    def test_the_second_paper_counts_where_the_first_ended(self) -> None:
        answer = replace(by_card(2), insurer_number=KYOKAI)
        assert row(decided(PIN_CARD, NOTICE, KOKUHO_NOTICE, answer=answer)) == ("OK_MANUAL_NOTICE", 10)

    def test_an_answer_1_by_numbers_keeps_the_outcome_and_gives_the_share(self) -> None:
        outcome = decided(BROKEN_CARD, NOTICE, answer=replace(BY_NUMBERS, burden_ratio=20))
        assert row(outcome) == ("OK_MANUAL_NOTICE", 10)
        assert "confirmed_by_numbers" in outcome.reasons
        assert outcome.queue is None
        assert outcome.charge is not None
        assert outcome.charge.percent == 20

    def test_a_declaration_is_asked_for_while_none_is_there(self) -> None:
        assert decided(BROKEN_CARD).ask_for == ("portal", "eligibility_notice", "declaration")
        assert decided(BROKEN_CARD, DECLARATION).ask_for == ()

    def test_a_face_only_holder_is_never_asked_for_the_portal(self) -> None:
        outcome = decided(MynaCard(readable=False, face_only=True))
        assert outcome.ask_for == ("eligibility_notice", "declaration")

    def test_an_identified_phone_that_was_answered_has_the_ladder_too(self) -> None:
        outcome = decided(PHONE, PORTAL, answer=by_card(4), equipped_for_smartphone=True)
        assert row(outcome) == ("OK_MANUAL_PORTAL", 10)
        assert "identity_by_card_face" not in outcome.tell

    def test_an_expired_plastic_is_no_photo_id(self) -> None:
        card = MynaCard(certificate=Certificate.EXPIRED, card_expires_on=date(2026, 11, 19))
        outcome = decided(card)
        assert row(outcome) == ("OK_DECLARATION", 10)
        assert "expired_card_is_no_photo_id" in outcome.tell
        last_day = replace(card, card_expires_on=date(2026, 11, 20))
        assert "expired_card_is_no_photo_id" not in decided(last_day).tell


class TestRow11Leniency:
    @pytest.mark.parametrize("paper", [NOTICE, OLD_CARD, KOKUHO_CARD])
    @pytest.mark.parametrize("on", ["2025-12-02", "2026-03-31"])
    def test_from_2025_12_02_to_2026_03_31_of_any_insurer(self, paper: object, on: str) -> None:
        outcome = decided(paper, on=date.fromisoformat(on), answer=BY_NUMBERS)
        assert row(outcome) == ("OK_LENIENT", 11)
        assert "bring_next_time" in outcome.tell

    @pytest.mark.parametrize("paper", [NOTICE, OLD_CARD])
    def test_not_from_2026_04_01(self, paper: object) -> None:
        assert row(decided(paper, on=date(2026, 4, 1), answer=BY_NUMBERS)) == ("NOT_CONFIRMED", 13)

    @pytest.mark.parametrize("insurer", [KOKUHO_CARD.insurer_number, ELDERLY])
    @pytest.mark.parametrize(
        ("on", "outcome"), [("2025-06-26", "NOT_CONFIRMED"), ("2025-06-27", "OK_LENIENT"), ("2025-12-01", "OK_LENIENT")]
    )
    def test_before_that_of_kokuho_and_the_elderly_only(self, insurer: object, on: str, outcome: str) -> None:
        day = date.fromisoformat(on)
        expired = InsuranceCard(insurer, expires_on=date(2025, 3, 31))  # type: ignore[arg-type]
        notice = EligibilityNotice(insurer)  # type: ignore[arg-type]
        for paper in (expired, notice):
            assert decided(paper, on=day, answer=BY_NUMBERS).outcome == outcome

    @pytest.mark.parametrize("paper", [NOTICE, EligibilityNotice(), InsuranceCard(KYOKAI, date(2025, 3, 31))])
    def test_not_of_the_others(self, paper: object) -> None:
        assert row(decided(paper, on=date(2025, 9, 1), answer=BY_NUMBERS)) == ("NOT_CONFIRMED", 13)

    def test_a_card_that_has_not_expired_is_no_matter_of_leniency(self) -> None:
        current = replace(KOKUHO_CARD, expires_on=None)
        outcome = decided(current, on=date(2025, 9, 1), membership=Membership.LEFT, answer=BY_NUMBERS)
        assert row(outcome) == ("NOT_CONFIRMED", 13)

    def test_on_its_last_day_a_card_has_not_expired(self) -> None:
        last_day = date(2025, 7, 31)
        assert KOKUHO_CARD.expires_on == last_day
        outcome = decided(KOKUHO_CARD, on=last_day, membership=Membership.LEFT, answer=BY_NUMBERS)
        assert row(outcome) == ("NOT_CONFIRMED", 13)

    def test_without_an_answer_the_query_is_asked_for(self) -> None:
        outcome = decided(NOTICE, on=date(2026, 1, 15))
        assert row(outcome) == ("NOT_CONFIRMED", 11)
        assert outcome.ask_for == ("numbers_query",)

    @pytest.mark.parametrize("validity", [2, 4])
    def test_another_answer_is_not_enough(self, validity: int) -> None:
        outcome = decided(NOTICE, on=date(2026, 1, 15), answer=by_numbers(validity))
        assert row(outcome) == ("NOT_CONFIRMED", 13)

    def test_a_registered_card_in_hand_is_better(self) -> None:
        assert row(decided(BROKEN_CARD, NOTICE, on=date(2026, 1, 15))) == ("OK_MANUAL_NOTICE", 10)

    def test_a_portal_on_a_phone_beside_it_is_better(self) -> None:
        assert row(decided(PHONE, PORTAL, NOTICE, on=date(2026, 1, 15))) == ("OK_MANUAL_PORTAL", 12)


class TestRow12Phone:
    @pytest.mark.parametrize(
        ("phone", "changes", "reason"),
        [
            (PHONE, {}, "phone_not_equipped"),
            (PHONE, {"equipped_for_smartphone": True, "on": date(2025, 9, 18)}, "phone_before_start"),
            (
                Smartphone(certificate=Certificate.EXPIRED),
                {"equipped_for_smartphone": True},
                "chip_certificate_expired",
            ),
            (
                Smartphone(certificate=Certificate.REVOKED),
                {"equipped_for_smartphone": True},
                "chip_certificate_revoked",
            ),
            (Smartphone(readable=False), {"equipped_for_smartphone": True}, "chip_unreadable"),
            (Smartphone(registered=False), {}, "phone_not_equipped"),
        ],
    )
    def test_a_phone_that_cannot_be_used_needs_the_portal(
        self, phone: object, changes: dict[str, object], reason: str
    ) -> None:
        outcome = decided(phone, **changes)
        assert row(outcome) == ("NOT_CONFIRMED", 12)
        assert outcome.ask_for == ("myna_card", "portal")
        assert reason in outcome.reasons
        outcome = decided(phone, PORTAL, **changes)
        assert row(outcome) == ("OK_MANUAL_PORTAL", 12)
        assert reason in outcome.reasons

    def test_it_starts_on_2025_09_19(self) -> None:
        outcome = decided(Smartphone(), on=date(2025, 9, 19), equipped_for_smartphone=True)
        assert row(outcome) == ("IDENTIFY", 9)

    def test_the_portal_of_an_insurer_that_ended_counts_as_not_shown(self) -> None:
        outcome = decided(PHONE, Portal(insurer_number=KYOKAI), answer=ENDED_AT_KYOKAI)
        assert row(outcome) == ("NOT_CONFIRMED", 12)


class TestRow13AnythingElse:
    def test_nothing(self) -> None:
        outcome = decided()
        assert row(outcome) == ("NOT_CONFIRMED", 13)
        assert outcome.ask_for == ("myna_card", "eligibility_certificate")
        assert outcome.reasons == ("nothing_shown", "full_until_confirmed")
        assert outcome.tell == ("settle_later",)

    def test_a_notice_alone(self) -> None:
        outcome = decided(NOTICE)
        assert row(outcome) == ("NOT_CONFIRMED", 13)
        assert "notice_needs_card" in outcome.reasons

    @pytest.mark.parametrize("paper", [PORTAL, Declaration(30)])
    def test_a_portal_or_a_declaration_alone(self, paper: object) -> None:
        assert row(decided(paper)) == ("NOT_CONFIRMED", 13)

    def test_an_answer_1_by_numbers_alone_is_not_enough(self) -> None:
        assert row(decided(NOTICE, answer=BY_NUMBERS)) == ("NOT_CONFIRMED", 13)

    def test_nothing_found_is_a_reason(self) -> None:
        assert "answer_nothing_found" in decided(NOTICE, answer=by_numbers(4)).reasons
