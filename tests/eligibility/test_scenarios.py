"""The scenarios F01 to F32 of reception.md §12 that are decisions.

Scenarios that something else decides (a screen, the reader, a check digit) are in `ELSEWHERE`, each with the tests that
show it; `coverage_of_the_texts.toml` says the same in words. Every scenario is in one of the two places.
"""
# ruff: noqa: N802 - the scenarios keep the numbers they have in reception.md

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from eligibility.case import AskedBy, Flag, Membership, Person, Site, Visit
from eligibility.documents import (
    Certificate,
    Declaration,
    EligibilityCertificate,
    EligibilityNotice,
    Identity,
    InsuranceCard,
    MynaCard,
    Portal,
    Smartphone,
)
from eligibility.errors import CaseError
from eligibility.insurers import InsurerNumber
from tests.eligibility.cases import (
    AT_72,
    AT_80,
    BROKEN_CARD,
    BY_CARD,
    CARD,
    CERTIFICATE,
    DECLARATION,
    DECLINED,
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
from tests.eligibility.fixture_insurers import COMPANY, ELDERLY, KOKUHO, KYOKAI, UNION
from tests.eligibility.named_tests import exists
from tests.eligibility.situations import (
    EVERYTHING,
    FACE_CARD,
    FACE_ONLY_CARD,
    FIRST_OF_P2,
    FIRST_OF_P3,
    FORGOTTEN_PIN_CARD,
    LAST_OF_P1,
    LAST_OF_P2,
    LOCKED_CARD,
    NOTHING,
    REVOKED_CHIP,
    STRANGERS_CARD,
    STRIP,
    UNDATED_RECIPIENT,
    VISUAL_CARD,
    charge,
    decision,
    ended,
    of_any_insurer,
    share,
    to_be_asked,
    valid_by_card,
    valid_by_numbers,
)

NAMES = "tests/eligibility/test_names.py"
VISITS = "tests/kiosk/flow/test_visits.py"
SCREENS = "tests/kiosk/screens/test_visit_by_card.py"

ELSEWHERE: dict[str, tuple[str, ...]] = {
    # A ● never changes a decision: it is compared as one character, explained, and written by the service.
    "F01": (
        f"{NAMES}::test_a_black_circle_stands_for_one_character_on_either_side",
        "tests/kiosk/staff/test_pages.py::test_the_real_name_is_kept_beside_the_one_that_came",
        "tests/mock_server/test_service.py::test_a_character_the_insurer_cannot_hold_arrives_as_a_black_dot",
    ),
    # Whether a claim is taken later is not known at the counter; which kanji the messages carry is.
    "F02": ("tests/oqs/test_charset.py::test_what_becomes_of_a_text",),
    # Nothing is decided about a card that is taken away: the visit by it is over.
    "F09": (
        f"{SCREENS}::test_a_card_pulled_while_it_is_read",
        f"{SCREENS}::test_a_card_pulled_while_the_pin_is_checked_and_its_late_answer_is_dropped",
        "tests/kiosk/services/test_card_desk.py::test_a_card_that_is_pulled_while_it_is_read",
    ),
    # The decision is made by then; the counter waits.
    "F29": (f"{VISITS}::test_a_card_left_behind_is_asked_for_until_it_is_gone",),
    # A number that cannot be right never gets into a case.
    "F32": (
        "tests/eligibility/test_insurers.py::test_every_single_wrong_digit_is_caught",
        "tests/eligibility/test_insurers.py::test_a_wrong_last_digit_of_a_branch_is_suggested",
        "tests/kiosk/forms/test_paper_form.py::test_a_last_digit_is_proposed_while_it_is_typed",
    ),
}
"""Scenarios that are no decision of the rules, and the tests that show them."""

REFUSED = frozenset({Flag.SELF_INFO_REFUSED})


class TestAnswersThatAreNotValid:
    def test_F03_ended_after_a_job_change_goes_down_the_ladder_and_never_to_everything(self) -> None:
        ended_at_company = ended(COMPANY, AskedBy.CARD)
        outcome = decided(PIN_CARD, answer=ended_at_company)
        assert (decision(outcome), charge(outcome)) == (("OK_DECLARATION", 10), share(30))
        assert "ask_new_membership" in outcome.tell

    def test_F03_the_old_insurers_paper_is_nothing_and_the_new_ones_counts(self) -> None:
        ended_at_company = ended(COMPANY, AskedBy.CARD)
        old = decided(PIN_CARD, EligibilityNotice(COMPANY), OTHER_CERTIFICATE, answer=ended_at_company)
        assert decision(old) == ("OK_DECLARATION", 10)
        assert decision(decided(PIN_CARD, NOTICE, answer=ended_at_company)) == ("OK_MANUAL_NOTICE", 10)
        assert decision(decided(PIN_CARD, CERTIFICATE, answer=ended_at_company)) == ("OK_CERTIFICATE", 6)

    def test_F03_what_the_chart_holds_is_the_old_membership_so_nothing_is_taken_by_mouth(self) -> None:
        outcome = decided(PIN_CARD, visit=Visit.RETURN, known_patient=True, answer=ended(COMPANY, AskedBy.CARD))
        assert decision(outcome) == ("OK_DECLARATION", 10)

    def test_F04_nothing_found_goes_down_the_ladder_and_says_why(self) -> None:
        outcome = decided(PIN_CARD, answer=by_card(4))
        assert (decision(outcome), charge(outcome), outcome.queue) == (("OK_DECLARATION", 10), share(30), "recheck")
        assert "number_not_at_insurer" in outcome.tell
        by_mouth = decided(PIN_CARD, visit=Visit.RETURN, known_patient=True, answer=by_card(4))
        assert decision(by_mouth) == ("OK_VERBAL", 10)

    def test_F04_nothing_found_by_numbers_leaves_the_certificate_what_it_is(self) -> None:
        outcome = decided(CERTIFICATE, answer=by_numbers(4))
        assert (decision(outcome), outcome.queue) == (("OK_CERTIFICATE", 6), "recheck")

    def test_F05_a_newer_membership_is_asked_for_with_the_card(self) -> None:
        outcome = decided(CERTIFICATE, answer=by_numbers(3))
        assert (decision(outcome), charge(outcome)) == (("REQUERY", 5), None)
        assert outcome.ask_for[0] == "myna_card"

    def test_F06_several_records_are_asked_again_with_more_numbers(self) -> None:
        for shown, answer in (((PIN_CARD,), by_card(5)), ((CERTIFICATE,), by_numbers(5))):
            outcome = decided(*shown, answer=answer)
            assert (decision(outcome), charge(outcome)) == (("REQUERY", 5), None)
            assert "numbers_query" in outcome.ask_for


class TestReaderAndCard:
    @pytest.mark.parametrize(
        ("shown", "outcome"),
        [((PORTAL,), "OK_MANUAL_PORTAL"), ((NOTICE,), "OK_MANUAL_NOTICE"), ((), "OK_DECLARATION")],
    )
    def test_F07_without_a_reader_the_card_in_hand_opens_the_ladder(
        self, shown: tuple[object, ...], outcome: str
    ) -> None:
        """For the rules a reader that is gone is a card that cannot be read."""
        decided_so = decided(BROKEN_CARD, *shown)
        assert (decision(decided_so), charge(decided_so)) == ((outcome, 10), share(30))

    def test_F08_a_myna_card_that_is_not_detected_opens_the_ladder_and_any_other_card_is_nothing(self) -> None:
        assert decision(decided(BROKEN_CARD)) == ("OK_DECLARATION", 10)
        assert decision(decided()) == ("NOT_CONFIRMED", 13)

    def test_F10_a_face_that_is_not_recognised_leaves_the_pin_and_the_visual_check(self) -> None:
        """Not to be recognised is to be not identified yet; it is not to be somebody else (`mismatch`)."""
        outcome = decided(CARD)
        assert (decision(outcome), outcome.ask_for) == (("IDENTIFY", 9), ("pin", "face", "visual"))
        assert decision(decided(VISUAL_CARD, answer=BY_CARD)) == ("OK_ONLINE", 4)
        assert decision(decided(STRANGERS_CARD)) == ("NOT_CONFIRMED", 3)

    @pytest.mark.parametrize("card", [LOCKED_CARD, FORGOTTEN_PIN_CARD])
    def test_F11_a_pin_that_is_locked_or_forgotten_is_no_dead_end(self, card: MynaCard) -> None:
        outcome = decided(card, NOTICE)
        assert (decision(outcome), outcome.ask_for) == (("IDENTIFY", 9), ("face", "visual"))
        assert outcome.charge is None
        for identity in (Identity.FACE, Identity.VISUAL):
            seen = decided(replace(card, identity=identity), NOTICE, answer=BY_CARD)
            assert decision(seen) == ("OK_ONLINE", 4)

    def test_F11_whoever_lost_the_pin_is_told_where_it_is_set_anew(self) -> None:
        for card in (LOCKED_CARD, FORGOTTEN_PIN_CARD):
            assert "pin_reset_at_city_office" in decided(card).tell

    def test_F12_a_card_without_a_pin_is_never_asked_for_one_nor_its_holder_for_the_portal(self) -> None:
        outcome = decided(FACE_ONLY_CARD)
        assert (decision(outcome), outcome.ask_for) == (("IDENTIFY", 9), ("face", "visual"))
        broken = decided(replace(FACE_ONLY_CARD, readable=False))
        assert decision(broken) == ("OK_DECLARATION", 10)
        assert "portal" not in broken.ask_for
        with pytest.raises(CaseError):
            decided(replace(FACE_ONLY_CARD, identity=Identity.PIN))

    @pytest.mark.parametrize(
        ("certificate", "outcome", "consent"),
        [
            (Certificate.VALID, "OK_ONLINE", "ask"),
            (Certificate.EXPIRING, "OK_ONLINE", "ask"),
            (Certificate.GRACE, "OK_ONLINE_LIMITED", None),
        ],
    )
    def test_F13_a_certificate_that_is_valid_expiring_or_in_grace_is_answered(
        self, certificate: Certificate, outcome: str, consent: str | None
    ) -> None:
        answered = decided(replace(PIN_CARD, certificate=certificate), answer=BY_CARD)
        assert (decision(answered), answered.consent) == ((outcome, 4), consent)
        assert ("renew_certificate" in answered.tell) == (certificate is not Certificate.VALID)

    @pytest.mark.parametrize("card", [EXPIRED_CHIP, REVOKED_CHIP])
    def test_F13_one_beyond_grace_or_revoked_opens_the_ladder(self, card: MynaCard) -> None:
        assert decision(decided(card)) == ("OK_DECLARATION", 10)
        assert decision(decided(card, NOTICE)) == ("OK_MANUAL_NOTICE", 10)
        with pytest.raises(CaseError):
            decided(replace(card, identity=Identity.PIN), answer=BY_CARD)

    def test_F13_a_phone_has_no_grace(self) -> None:
        with pytest.raises(CaseError):
            decided(Smartphone(certificate=Certificate.GRACE), equipped_for_smartphone=True)
        over = decided(Smartphone(certificate=Certificate.EXPIRED), equipped_for_smartphone=True)
        assert decision(over) == ("NOT_CONFIRMED", 12)

    def test_F14_a_card_whose_body_expired_has_no_usable_certificate_and_is_no_photo_id(self) -> None:
        body_over = MynaCard(certificate=Certificate.EXPIRED, card_expires_on=date(2026, 11, 19))
        outcome = decided(body_over, PORTAL)
        assert decision(outcome) == ("OK_MANUAL_PORTAL", 10)
        assert "expired_card_is_no_photo_id" in outcome.tell
        for usable in (Certificate.VALID, Certificate.EXPIRING, Certificate.GRACE):
            with pytest.raises(CaseError):
                decided(replace(body_over, certificate=usable))

    def test_F15_a_card_that_is_not_registered_is_registered_on_the_spot_or_declined(self) -> None:
        offered = decided(UNREGISTERED)
        assert (decision(offered), offered.registration) == (("OFFER_REGISTRATION", 8), "offer")
        declined = decided(DECLINED)
        assert (decision(declined), declined.registration) == (("NOT_CONFIRMED", 13), "declined")
        assert decided(DECLINED, CERTIFICATE).outcome == "OK_CERTIFICATE"

    @pytest.mark.parametrize("card", [CARD, PIN_CARD, BROKEN_CARD])
    def test_F16_when_the_service_does_not_answer_four_items_wait_in_the_queue(self, card: object) -> None:
        outcome = decided(card, outage=True)
        assert (decision(outcome), outcome.queue) == (("PENDING_4INFO", 7), "four_items")
        assert charge(outcome) == share(30)


class TestPapers:
    @of_any_insurer
    def test_F17_notice_alone_before_and_after_2026_03_31(self, insurer: InsurerNumber) -> None:
        notice, valid = EligibilityNotice(insurer), valid_by_numbers(insurer)
        assert decision(decided(notice, on=LAST_OF_P2, answer=valid)) == ("OK_LENIENT", 11)
        assert decision(decided(notice, on=FIRST_OF_P3, answer=valid)) == ("NOT_CONFIRMED", 13)

    def test_F17_before_2026_03_31_too_it_is_not_valid_by_itself(self) -> None:
        outcome = decided(NOTICE, on=LAST_OF_P2)
        assert (decision(outcome), charge(outcome)) == (("NOT_CONFIRMED", 11), EVERYTHING)
        assert "numbers_query" in outcome.ask_for

    @of_any_insurer
    def test_F18_expired_old_card_alone_on_both_sides_of_2025_12_01_and_2026_03_31(
        self, insurer: InsurerNumber
    ) -> None:
        card, valid = InsuranceCard(insurer), valid_by_numbers(insurer)
        days = (LAST_OF_P1, FIRST_OF_P2, LAST_OF_P2, FIRST_OF_P3)
        assert [decision(decided(card, on=on, answer=valid)) for on in days] == [
            ("OK_OLD_CARD", 6),
            ("OK_LENIENT", 11),
            ("OK_LENIENT", 11),
            ("NOT_CONFIRMED", 13),
        ]

    def test_F19_of_two_certificates_the_newer_is_used_and_the_older_goes_back(self) -> None:
        older = EligibilityCertificate(ELDERLY, date(2025, 8, 1), date(2027, 7, 31), burden_ratio=10)
        newer = replace(older, issued_on=date(2026, 8, 1), burden_ratio=20)
        for papers in ((older, newer), (newer, older)):
            outcome = decided(*papers, birthdate=AT_80)
            assert (decision(outcome), charge(outcome)) == (("OK_CERTIFICATE", 6), share(20))
            assert outcome.returns == ("eligibility_certificate",)

    def test_F20_a_certificate_that_expired_is_nothing_and_need_not_go_back(self) -> None:
        outcome = decided(replace(CERTIFICATE, expires_on=date(2026, 11, 19)))
        assert (decision(outcome), outcome.returns) == (("NOT_CONFIRMED", 13), ())

    @pytest.mark.parametrize("changes", [{"membership": Membership.LEFT}, {"answer": ended(KYOKAI)}])
    def test_F20_a_certificate_after_leaving_is_nothing_and_goes_back(self, changes: dict[str, object]) -> None:
        outcome = decided(CERTIFICATE, **changes)
        assert (decision(outcome), outcome.returns) == (("NOT_CONFIRMED", 13), ("eligibility_certificate",))

    def test_F31_a_photocopy_or_screenshot_of_a_certificate_is_nothing(self) -> None:
        picture = replace(CERTIFICATE, original=False)
        assert decision(decided(picture)) == ("NOT_CONFIRMED", 13)
        assert decision(decided(BROKEN_CARD, picture)) == ("OK_DECLARATION", 10), "nor does it stand for an お知らせ"
        assert decided(picture, answer=valid_by_numbers()).outcome == "NOT_CONFIRMED"


class TestShares:
    """The ratio of people of 70 to 74, insurer by insurer (reception.md §2.3, §2.4)."""

    def test_F21_the_strip_of_kyokai_has_no_ratio_so_the_recipient_certificate_is_asked_for(self) -> None:
        outcome = decided(BROKEN_CARD, STRIP, birthdate=AT_72)
        assert (decision(outcome), charge(outcome)) == (("OK_MANUAL_NOTICE", 10), to_be_asked(30))
        assert outcome.ask_for[0] == "elderly_recipient_certificate"
        assert charge(decided(BROKEN_CARD, STRIP, UNDATED_RECIPIENT, birthdate=AT_72)) == share(20)

    def test_F21_the_sheet_of_kyokai_has_the_ratio(self) -> None:
        sheet = replace(STRIP, burden_ratio=20)
        assert charge(decided(BROKEN_CARD, sheet, birthdate=AT_72)) == share(20)

    def test_F21_the_notice_of_the_medical_union_gives_the_ratio_from_70_on(self) -> None:
        notice = EligibilityNotice(UNION, burden_ratio=20)
        assert charge(decided(BROKEN_CARD, notice, birthdate=AT_72)) == share(20)

    @pytest.mark.parametrize("shown", [(BROKEN_CARD, EligibilityNotice(UNION)), (EligibilityCertificate(UNION),)])
    def test_F21_the_medical_union_issues_no_recipient_certificate_so_none_is_asked_for(
        self, shown: tuple[object, ...]
    ) -> None:
        outcome = decided(*shown, birthdate=AT_72)
        assert charge(outcome) == to_be_asked(30)
        assert outcome.ask_for
        assert "elderly_recipient_certificate" not in outcome.ask_for

    @pytest.mark.parametrize("insurer", [KYOKAI, UNION, COMPANY, KOKUHO])
    def test_F21_a_strip_of_any_insurer_is_accepted_and_30_is_charged_for_now(self, insurer: InsurerNumber) -> None:
        outcome = decided(BROKEN_CARD, EligibilityNotice(insurer), birthdate=AT_72)
        assert (decision(outcome), charge(outcome)) == (("OK_MANUAL_NOTICE", 10), to_be_asked(30))

    @pytest.mark.parametrize(
        "shown",
        [
            (PIN_CARD, UNDATED_RECIPIENT),
            (PIN_CARD, replace(CERTIFICATE, burden_ratio=20)),
            (PIN_CARD, Portal(burden_ratio=20)),
            (PIN_CARD, EligibilityNotice(KYOKAI, burden_ratio=20)),
        ],
        ids=lambda shown: shown[-1].document,
    )
    def test_F22_where_paper_and_answer_differ_the_answer_counts_and_that_is_a_reason(
        self, shown: tuple[object, ...]
    ) -> None:
        outcome = decided(*shown, birthdate=AT_72, answer=valid_by_card(ratio=None, elderly=30))
        assert charge(outcome) == share(30)
        assert "ratio_differs" in outcome.reasons
        same = decided(*shown, birthdate=AT_72, answer=valid_by_card(ratio=None, elderly=20))
        assert "ratio_differs" not in same.reasons


class TestWhoseRecordItIs:
    def test_F23_a_name_or_address_that_makes_unsure_is_asked_again_before_anything_is_charged(self) -> None:
        outcome = decided(PIN_CARD, answer=replace(BY_CARD, person=Person.UNSURE))
        assert (decision(outcome), charge(outcome)) == (("REQUERY", 3), None)
        assert "numbers_query" in outcome.ask_for

    def test_F23_one_that_is_explained_is_the_same_person(self) -> None:
        """Kana, 外字 and ● explain a difference (`eligibility.names`); a chart may hold an older address."""
        assert decision(decided(PIN_CARD, answer=replace(BY_CARD, person=Person.SAME))) == ("OK_ONLINE", 4)

    @pytest.mark.parametrize("answer", [BY_CARD, valid_by_numbers()])
    def test_F24_somebody_elses_record_confirms_nobody(self, answer: object) -> None:
        stranger = replace(answer, person=Person.DIFFERENT)  # type: ignore[type-var]
        outcome = decided(PIN_CARD, PORTAL, NOTICE, DECLARATION, answer=stranger)
        assert (decision(outcome), outcome.consent) == (("NOT_CONFIRMED", 3), None)

    def test_F25_with_self_information_refused_the_card_is_closed_and_a_certificate_needed(self) -> None:
        outcome = decided(CARD, NOTICE, PORTAL, flags=REFUSED)
        assert (decision(outcome), outcome.ask_for) == (("NEED_CERTIFICATE", 2), ("eligibility_certificate",))
        assert "address_hidden" in outcome.tell
        assert decision(decided(CARD, CERTIFICATE, flags=REFUSED)) == ("OK_CERTIFICATE", 2)
        with pytest.raises(CaseError):
            decided(PIN_CARD, flags=REFUSED, answer=BY_CARD)

    def test_F25_with_undisclosed_the_address_is_hidden_and_the_card_works(self) -> None:
        outcome = decided(PIN_CARD, flags=frozenset({Flag.UNDISCLOSED}), answer=BY_CARD)
        assert decision(outcome) == ("OK_ONLINE", 4)
        assert "address_hidden" in outcome.tell


class TestOtherDevicesAndPlaces:
    def test_F26_a_phone_at_an_unequipped_site_needs_the_card_or_the_portal(self) -> None:
        outcome = decided(PHONE)
        assert (decision(outcome), outcome.ask_for) == (("NOT_CONFIRMED", 12), ("myna_card", "portal"))
        assert decision(decided(PHONE, PORTAL)) == ("OK_MANUAL_PORTAL", 12)

    INFANT = date(2026, 2, 20)

    def test_F27_an_infant_under_one_has_no_photo_on_the_card_so_only_the_pin_is_asked_for(self) -> None:
        """§13b: 顔認証 and 目視 are impossible with the card of somebody under one."""
        outcome = decided(CARD, birthdate=self.INFANT)
        assert (decision(outcome), outcome.ask_for) == (("IDENTIFY", 9), ("pin",))

    def test_F27_with_the_pin_by_the_guardian_the_infant_is_accepted(self) -> None:
        outcome = decided(PIN_CARD, birthdate=self.INFANT, answer=valid_by_card(ratio=None))
        assert (decision(outcome), charge(outcome)) == (("OK_ONLINE", 4), share(20))

    def test_F28_in_grace_no_consent_is_asked_and_eligibility_is_given_all_the_same(self) -> None:
        outcome = decided(GRACE_CARD, answer=BY_CARD)
        assert (decision(outcome), outcome.consent, charge(outcome)) == (("OK_ONLINE_LIMITED", 4), None, share(30))

    def test_F28_consent_is_asked_after_the_decision_so_refusing_it_changes_nothing(self) -> None:
        """The decision says `ask` and is already made: no key of a case holds what the patient then answers."""
        outcome = decided(FACE_CARD, answer=BY_CARD)
        assert (outcome.accepted, outcome.consent, charge(outcome)) == (True, "ask", share(30))

    @pytest.mark.parametrize("shown", [(), (CARD,), (OLD_CARD,), (NOTICE,)])
    def test_F30_in_a_disaster_everybody_is_accepted_and_consent_is_spoken(self, shown: tuple[object, ...]) -> None:
        outcome = decided(*shown, disaster=True)
        assert (decision(outcome), charge(outcome)) == (("OK_DISASTER", 1), share(30))
        assert "spoken_consent" in outcome.tell
        assert charge(decided(*shown, disaster=True, site=Site.CHECKUP)) == NOTHING

    def test_F30_a_declared_ratio_counts_in_a_disaster_too(self) -> None:
        assert charge(decided(Declaration(10), disaster=True, birthdate=AT_80)) == share(10)


def test_every_scenario_is_a_named_test_here_or_has_its_place_elsewhere() -> None:
    named = set()
    for group in (value for value in globals().values() if isinstance(value, type)):
        named |= {found[1] for name in vars(group) if (found := re.match(r"test_(F[0-9]{2})_", name))}
    assert named | set(ELSEWHERE) == {f"F{number:02}" for number in range(1, 33)}
    assert not named & set(ELSEWHERE)


@pytest.mark.parametrize("scenario", ELSEWHERE)
def test_the_place_that_is_named_elsewhere_exists(scenario: str) -> None:
    assert ELSEWHERE[scenario]
    for node in ELSEWHERE[scenario]:
        assert exists(node), node
