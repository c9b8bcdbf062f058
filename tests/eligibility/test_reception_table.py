"""What is accepted at the counter, by date: every row of the table of reception.md §5 in each of its three periods.

P1 is 2024-12-02 to 2025-12-01, P2 is 2025-12-02 to 2026-03-31, P3 begins on 2026-04-01. In the table ✓ is "accepted as
such", △ "only after an online check by numbers, with a reminder for next time", ✗ "not accepted alone". Where the table
and design.md §5 part, design.md §5 is followed and the test says so.
"""
# ruff: noqa: N802 - the periods keep the names they have in the table

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from eligibility.case import Answer, Membership, Visit
from eligibility.documents import (
    Declaration,
    Document,
    EligibilityCertificate,
    EligibilityNotice,
    InsuranceCard,
    Portal,
    PortalForm,
)
from eligibility.insurers import InsurerNumber
from tests.eligibility.cases import (
    AT_67,
    AT_72,
    AT_80,
    BROKEN_CARD,
    CARD,
    CHILD,
    DECLARATION,
    DECLINED,
    EXPIRED_CHIP,
    NOTICE,
    PHONE,
    PIN_CARD,
    PORTAL,
    UNREGISTERED,
    by_numbers,
    decided,
)
from tests.eligibility.fixture_insurers import COMPANY, ELDERLY, KOKUHO, KYOKAI, UNION
from tests.eligibility.situations import (
    ELDERLY_CERTIFICATE,
    EVERYTHING,
    FACE_CARD,
    FIRST_OF_P2,
    FIRST_OF_P3,
    LAST_OF_P1,
    LONG_CERTIFICATE,
    STRIP,
    SUMMER_CARD,
    UNDATED_RECIPIENT,
    UNEXPIRED_OLD_CARD,
    UNIDENTIFIED_PHONE,
    VISUAL_CARD,
    charge,
    decision,
    ended,
    in_p1,
    in_p2,
    in_p3,
    of_any_insurer,
    of_employees_insurers,
    of_municipal_insurers,
    share,
    to_be_asked,
    valid_by_card,
    valid_by_numbers,
)

pytestmark = pytest.mark.broad

BEFORE_THE_NOTICE, THE_NOTICE = date(2025, 6, 26), date(2025, 6, 27)
"""The day before and the day of the notice on papers of 国保 and 後期高齢者医療 (reception.md §1)."""


def accepted_only_after_a_check_by_numbers(paper: Document, on: date, insurer: InsurerNumber) -> None:
    """△: not without the check, then with a reminder, at a share of 3割等 and without consent."""
    unasked = decided(paper, on=on)
    assert decision(unasked) == ("NOT_CONFIRMED", 11)
    assert unasked.ask_for[0] == "numbers_query"
    for validity in (2, 4):
        assert decided(paper, on=on, answer=by_numbers(validity)).outcome == "NOT_CONFIRMED"
    checked = decided(paper, on=on, answer=valid_by_numbers(insurer))
    assert decision(checked) == ("OK_LENIENT", 11)
    assert charge(checked) == share(30)
    assert "bring_next_time" in checked.tell
    assert checked.consent is None


def not_accepted_whatever_the_check_says(paper: Document, on: date, insurer: InsurerNumber) -> None:
    """✗: also after an answer 1 by numbers, and everything is paid."""
    answers: tuple[Answer | None, ...] = (None, valid_by_numbers(insurer), by_numbers(2), by_numbers(4))
    for answer in answers:
        outcome = decided(paper, on=on, answer=answer)
        assert decision(outcome) == ("NOT_CONFIRMED", 13)
        assert charge(outcome) == EVERYTHING


class TestMynaCardOnAWorkingReader:
    """Row 1: マイナ保険証, reader ok. ✓ ✓ ✓"""

    @in_p1
    def test_P1_is_accepted(self, on: date) -> None:
        assert decision(decided(PIN_CARD, on=on, answer=valid_by_card())) == ("OK_ONLINE", 4)

    @in_p2
    def test_P2_is_accepted(self, on: date) -> None:
        assert decision(decided(PIN_CARD, on=on, answer=valid_by_card())) == ("OK_ONLINE", 4)

    @in_p3
    def test_P3_is_accepted(self, on: date) -> None:
        assert decision(decided(PIN_CARD, on=on, answer=valid_by_card())) == ("OK_ONLINE", 4)

    @pytest.mark.parametrize("card", [PIN_CARD, FACE_CARD, VISUAL_CARD])
    def test_it_is_checked_at_every_visit_also_of_a_known_patient(self, card: object) -> None:
        outcome = decided(card, visit=Visit.RETURN, known_patient=True)
        assert decision(outcome) == ("REQUERY", 9)
        assert decision(decided(CARD, visit=Visit.RETURN, known_patient=True)) == ("IDENTIFY", 9)


class TestSmartphoneAtAnEquippedSite:
    """Row 2: スマホ at an equipped site. ✓ from 2025-09-19, ✓ ✓"""

    def test_P1_is_not_accepted_before_2025_09_19(self) -> None:
        outcome = decided(PHONE, on=date(2025, 9, 18), equipped_for_smartphone=True)
        assert decision(outcome) == ("NOT_CONFIRMED", 12)
        assert outcome.ask_for == ("myna_card", "portal")

    @pytest.mark.parametrize("on", [date(2025, 9, 19), LAST_OF_P1], ids=str)
    def test_P1_is_accepted_from_2025_09_19(self, on: date) -> None:
        assert decision(decided(UNIDENTIFIED_PHONE, on=on, equipped_for_smartphone=True)) == ("IDENTIFY", 9)
        answered = decided(PHONE, on=on, equipped_for_smartphone=True, answer=valid_by_card())
        assert decision(answered) == ("OK_ONLINE", 4)

    @in_p2
    def test_P2_is_accepted(self, on: date) -> None:
        answered = decided(PHONE, on=on, equipped_for_smartphone=True, answer=valid_by_card())
        assert decision(answered) == ("OK_ONLINE", 4)

    @in_p3
    def test_P3_is_accepted(self, on: date) -> None:
        answered = decided(PHONE, on=on, equipped_for_smartphone=True, answer=valid_by_card())
        assert decision(answered) == ("OK_ONLINE", 4)


class TestOldCardInsideItsLimitOfAMember:
    """Row 3: 保険証 inside its printed limit, still a member. ✓ – –"""

    @of_any_insurer
    @in_p1
    def test_P1_is_accepted(self, on: date, insurer: InsurerNumber) -> None:
        for limit in (None, LAST_OF_P1, date(2026, 7, 31), on):
            outcome = decided(InsuranceCard(insurer, expires_on=limit), on=on)
            assert decision(outcome) == ("OK_OLD_CARD", 6)

    @in_p2
    def test_P2_no_longer_exists_whatever_it_prints(self, on: date) -> None:
        for limit in (None, date(2026, 7, 31)):
            accepted_only_after_a_check_by_numbers(InsuranceCard(KYOKAI, expires_on=limit), on, KYOKAI)

    @in_p3
    def test_P3_no_longer_exists_whatever_it_prints(self, on: date) -> None:
        for limit in (None, date(2027, 7, 31)):
            not_accepted_whatever_the_check_says(InsuranceCard(KYOKAI, expires_on=limit), on, KYOKAI)


class TestOldCardPastItsPrintedLimit:
    """Row 4: 保険証, printed limit over (国保 and 後期高齢者医療, August to November 2025). △ △ ✗"""

    @of_municipal_insurers
    @pytest.mark.parametrize("on", [THE_NOTICE, date(2025, 8, 1), LAST_OF_P1], ids=str)
    def test_P1_of_kokuho_and_the_elderly_is_accepted_after_a_check(self, on: date, insurer: InsurerNumber) -> None:
        paper = InsuranceCard(insurer, expires_on=date(2025, 6, 25))
        accepted_only_after_a_check_by_numbers(paper, on, insurer)

    @of_municipal_insurers
    def test_P1_is_not_accepted_before_the_notice_of_2025_06_27(self, insurer: InsurerNumber) -> None:
        paper = InsuranceCard(insurer, expires_on=date(2025, 6, 25))
        not_accepted_whatever_the_check_says(paper, BEFORE_THE_NOTICE, insurer)

    @of_employees_insurers
    @pytest.mark.parametrize("on", [THE_NOTICE, LAST_OF_P1], ids=str)
    def test_P1_of_the_other_insurers_is_not_accepted(self, on: date, insurer: InsurerNumber) -> None:
        not_accepted_whatever_the_check_says(InsuranceCard(insurer, expires_on=date(2025, 6, 25)), on, insurer)

    @of_any_insurer
    @in_p2
    def test_P2_of_any_insurer_is_accepted_after_a_check(self, on: date, insurer: InsurerNumber) -> None:
        accepted_only_after_a_check_by_numbers(InsuranceCard(insurer, expires_on=date(2025, 7, 31)), on, insurer)

    @of_any_insurer
    @in_p3
    def test_P3_is_not_accepted(self, on: date, insurer: InsurerNumber) -> None:
        not_accepted_whatever_the_check_says(InsuranceCard(insurer, expires_on=date(2025, 7, 31)), on, insurer)


class TestOldCardOfASocietyOneHasLeft:
    """Row 5: 保険証 of a society one has left. ✗ ✗ ✗, and the online answer decides."""

    @in_p1
    def test_P1_is_not_accepted(self, on: date) -> None:
        assert decision(decided(UNEXPIRED_OLD_CARD, on=on, membership=Membership.LEFT)) == ("NOT_CONFIRMED", 13)

    @in_p1
    def test_P1_the_online_answer_decides_whoever_says_to_be_a_member(self, on: date) -> None:
        said = {"on": on, "membership": Membership.CURRENT}
        assert decision(decided(UNEXPIRED_OLD_CARD, answer=ended(KYOKAI), **said)) == ("NOT_CONFIRMED", 13)
        assert decision(decided(UNEXPIRED_OLD_CARD, answer=ended(None), **said)) == ("NOT_CONFIRMED", 13)
        assert decision(decided(UNEXPIRED_OLD_CARD, answer=ended(COMPANY), **said)) == ("OK_OLD_CARD", 6)

    @in_p2
    def test_P2_is_not_accepted(self, on: date) -> None:
        assert decided(UNEXPIRED_OLD_CARD, on=on, membership=Membership.LEFT).outcome == "NOT_CONFIRMED"
        assert decided(UNEXPIRED_OLD_CARD, on=on, answer=ended(KYOKAI)).outcome == "NOT_CONFIRMED"

    @in_p3
    def test_P3_is_not_accepted(self, on: date) -> None:
        assert decided(UNEXPIRED_OLD_CARD, on=on, membership=Membership.LEFT).outcome == "NOT_CONFIRMED"
        assert decided(UNEXPIRED_OLD_CARD, on=on, answer=ended(KYOKAI)).outcome == "NOT_CONFIRMED"


class TestCertificateInDate:
    """Row 6: 資格確認書 in date. ✓ ✓ ✓"""

    @of_any_insurer
    @in_p1
    def test_P1_is_accepted(self, on: date, insurer: InsurerNumber) -> None:
        assert decision(decided(replace(LONG_CERTIFICATE, insurer_number=insurer), on=on)) == ("OK_CERTIFICATE", 6)

    @of_any_insurer
    @in_p2
    def test_P2_is_accepted(self, on: date, insurer: InsurerNumber) -> None:
        assert decision(decided(replace(LONG_CERTIFICATE, insurer_number=insurer), on=on)) == ("OK_CERTIFICATE", 6)

    @of_any_insurer
    @in_p3
    def test_P3_is_accepted(self, on: date, insurer: InsurerNumber) -> None:
        assert decision(decided(replace(LONG_CERTIFICATE, insurer_number=insurer), on=on)) == ("OK_CERTIFICATE", 6)

    def test_at_70_to_74_of_kyokai_the_recipient_certificate_is_wanted_beside_it(self) -> None:
        alone = decided(LONG_CERTIFICATE, birthdate=AT_72)
        assert (alone.outcome, alone.ask_for[0]) == ("OK_CERTIFICATE", "elderly_recipient_certificate")
        both = decided(LONG_CERTIFICATE, UNDATED_RECIPIENT, birthdate=AT_72)
        assert (charge(both), both.ask_for) == (share(20), ())


class TestCertificateExpiredOrAfterLeaving:
    """Row 7: 資格確認書 expired, or after leaving. ✗ ✗ ✗: the leniency of P2 is not for it."""

    EXPIRED = EligibilityCertificate(KYOKAI, issued_on=date(2024, 4, 1), expires_on=date(2024, 12, 1))

    def not_accepted(self, on: date) -> None:
        not_accepted_whatever_the_check_says(self.EXPIRED, on, KYOKAI)
        left = decided(LONG_CERTIFICATE, on=on, membership=Membership.LEFT)
        assert decision(left) == ("NOT_CONFIRMED", 13)
        assert decision(decided(LONG_CERTIFICATE, on=on, answer=ended(KYOKAI))) == ("NOT_CONFIRMED", 13)

    @in_p1
    def test_P1_is_not_accepted(self, on: date) -> None:
        self.not_accepted(on)

    @in_p2
    def test_P2_is_not_accepted(self, on: date) -> None:
        self.not_accepted(on)

    @in_p3
    def test_P3_is_not_accepted(self, on: date) -> None:
        self.not_accepted(on)


class TestNoticeAlone:
    """Row 8: お知らせ alone. In P1 ✗ by the seeds, △ for 国保 and 後期高齢者医療; in P2 △ of any insurer; in P3 ✗.

    The table has △ "from 2025-08"; reception.md §13b and design.md §5 say 2025-06-27, and are followed.
    """

    @of_employees_insurers
    @in_p1
    def test_P1_of_the_employees_insurers_is_not_accepted(self, on: date, insurer: InsurerNumber) -> None:
        not_accepted_whatever_the_check_says(EligibilityNotice(insurer), on, insurer)

    @of_municipal_insurers
    def test_P1_of_kokuho_and_the_elderly_is_not_accepted_before_2025_06_27(self, insurer: InsurerNumber) -> None:
        not_accepted_whatever_the_check_says(EligibilityNotice(insurer), BEFORE_THE_NOTICE, insurer)

    @of_municipal_insurers
    @pytest.mark.parametrize("on", [THE_NOTICE, LAST_OF_P1], ids=str)
    def test_P1_of_kokuho_and_the_elderly_is_accepted_after_a_check(self, on: date, insurer: InsurerNumber) -> None:
        accepted_only_after_a_check_by_numbers(EligibilityNotice(insurer), on, insurer)

    @of_any_insurer
    @in_p2
    def test_P2_of_any_insurer_is_accepted_after_a_check(self, on: date, insurer: InsurerNumber) -> None:
        accepted_only_after_a_check_by_numbers(EligibilityNotice(insurer), on, insurer)

    @in_p2
    def test_P2_also_where_it_names_no_insurer(self, on: date) -> None:
        accepted_only_after_a_check_by_numbers(EligibilityNotice(), on, KYOKAI)

    @of_any_insurer
    @in_p3
    def test_P3_is_not_accepted(self, on: date, insurer: InsurerNumber) -> None:
        not_accepted_whatever_the_check_says(EligibilityNotice(insurer), on, insurer)


class TestUnreadableMynaCardWithNotice:
    """Row 9: マイナ保険証 (unreadable) + お知らせ. ✓ ✓ ✓"""

    @in_p1
    def test_P1_is_accepted(self, on: date) -> None:
        assert decision(decided(BROKEN_CARD, NOTICE, on=on)) == ("OK_MANUAL_NOTICE", 10)

    @in_p2
    def test_P2_is_accepted(self, on: date) -> None:
        assert decision(decided(BROKEN_CARD, NOTICE, on=on)) == ("OK_MANUAL_NOTICE", 10)

    @in_p3
    def test_P3_is_accepted(self, on: date) -> None:
        assert decision(decided(BROKEN_CARD, NOTICE, on=on)) == ("OK_MANUAL_NOTICE", 10)


class TestUnreadableMynaCardWithPortal:
    """Row 10: マイナ保険証 (unreadable) + マイナポータル screen or saved PDF. ✓ ✓ ✓"""

    def accepted(self, on: date) -> None:
        for form in (PortalForm.SCREEN, PortalForm.PDF):
            assert decision(decided(BROKEN_CARD, Portal(form), on=on)) == ("OK_MANUAL_PORTAL", 10)

    @in_p1
    def test_P1_is_accepted(self, on: date) -> None:
        self.accepted(on)

    @in_p2
    def test_P2_is_accepted(self, on: date) -> None:
        self.accepted(on)

    @in_p3
    def test_P3_is_accepted(self, on: date) -> None:
        self.accepted(on)


class TestUnregisteredCardWithNotice:
    """Row 11: card not registered + お知らせ. ✗ ✗ ✗: register on the spot, or a 資格確認書.

    Whoever declines holds an お知らせ alone: in P2 design.md §5 row 11 then accepts it after an answer 1 by numbers,
    because a further document never takes away what the others give. The table has ✗ there; design.md §5 is followed.
    """

    def registration_is_offered(self, on: date) -> None:
        outcome = decided(UNREGISTERED, NOTICE, on=on)
        assert decision(outcome) == ("OFFER_REGISTRATION", 8)
        assert outcome.registration == "offer"
        assert not outcome.accepted

    @in_p1
    def test_P1_is_not_accepted_but_can_be_registered(self, on: date) -> None:
        self.registration_is_offered(on)
        declined = decided(DECLINED, NOTICE, on=on, answer=valid_by_numbers())
        assert decision(declined) == ("NOT_CONFIRMED", 13)

    @in_p2
    def test_P2_is_not_accepted_but_can_be_registered(self, on: date) -> None:
        self.registration_is_offered(on)
        assert decided(DECLINED, NOTICE, on=on).outcome == "NOT_CONFIRMED"

    @in_p2
    def test_P2_whoever_declines_has_the_leniency_of_a_notice_alone(self, on: date) -> None:
        assert decision(decided(DECLINED, NOTICE, on=on, answer=valid_by_numbers())) == ("OK_LENIENT", 11)

    @in_p3
    def test_P3_is_not_accepted_but_can_be_registered(self, on: date) -> None:
        self.registration_is_offered(on)
        declined = decided(DECLINED, NOTICE, on=on, answer=valid_by_numbers())
        assert decision(declined) == ("NOT_CONFIRMED", 13)
        assert declined.ask_for == ("eligibility_certificate",)

    def test_a_certificate_is_the_other_way(self) -> None:
        assert decision(decided(UNREGISTERED, NOTICE, LONG_CERTIFICATE)) == ("OK_CERTIFICATE", 6)


class TestElderlyHolderOfCertificateOrCard:
    """Row 12: 後期高齢者, any holder: 資格確認書 or マイナ保険証, free choice. ✓ ✓ ✓

    The table limits P3 to 2026-07-31; reception.md §13b corrects it: the day changes who is issued a 資格確認書, not
    what is accepted.
    """

    def accepted_by_free_choice(self, on: date) -> None:
        shown = decided(ELDERLY_CERTIFICATE, on=on, birthdate=AT_80)
        assert (decision(shown), charge(shown)) == (("OK_CERTIFICATE", 6), share(10))
        read = decided(PIN_CARD, on=on, birthdate=AT_80, answer=valid_by_card(ELDERLY, 10))
        assert (decision(read), charge(read)) == (("OK_ONLINE", 4), share(10))
        beside_a_card = decided(CARD, ELDERLY_CERTIFICATE, on=on, birthdate=AT_80)
        assert decision(beside_a_card) == ("OK_CERTIFICATE", 6), "nobody is made to use the card"

    @in_p1
    def test_P1_either_is_accepted(self, on: date) -> None:
        self.accepted_by_free_choice(on)

    @in_p2
    def test_P2_either_is_accepted(self, on: date) -> None:
        self.accepted_by_free_choice(on)

    @pytest.mark.parametrize("on", [FIRST_OF_P3, date(2026, 7, 31), date(2026, 8, 1)], ids=str)
    def test_P3_either_is_accepted_on_both_sides_of_2026_08_01(self, on: date) -> None:
        self.accepted_by_free_choice(on)


class TestDeclarationWithMynaCard:
    """Row 13: 被保険者資格申立書 + マイナ保険証. ✓ ✓ ✓"""

    @in_p1
    def test_P1_is_accepted(self, on: date) -> None:
        assert decision(decided(BROKEN_CARD, DECLARATION, on=on)) == ("OK_DECLARATION", 10)

    @in_p2
    def test_P2_is_accepted(self, on: date) -> None:
        assert decision(decided(BROKEN_CARD, DECLARATION, on=on)) == ("OK_DECLARATION", 10)

    @in_p3
    def test_P3_is_accepted(self, on: date) -> None:
        assert decision(decided(BROKEN_CARD, DECLARATION, on=on)) == ("OK_DECLARATION", 10)

    def test_not_without_the_card(self) -> None:
        assert decision(decided(DECLARATION)) == ("NOT_CONFIRMED", 13)


class TestNothingShown:
    """Row 14: nothing. ✗ ✗ ✗: full charge now, settled later."""

    def not_accepted(self, on: date) -> None:
        outcome = decided(on=on)
        assert decision(outcome) == ("NOT_CONFIRMED", 13)
        assert charge(outcome) == EVERYTHING
        assert "settle_later" in outcome.tell

    @in_p1
    def test_P1_is_not_accepted(self, on: date) -> None:
        self.not_accepted(on)

    @in_p2
    def test_P2_is_not_accepted(self, on: date) -> None:
        self.not_accepted(on)

    @in_p3
    def test_P3_is_not_accepted(self, on: date) -> None:
        self.not_accepted(on)


class TestElderlyRecipientCertificateBelowTheTable:
    """The line below the table on 高齢受給者証 (70 to 74)."""

    @pytest.mark.parametrize("card", [PIN_CARD, FACE_CARD, VISUAL_CARD])
    def test_it_is_not_needed_when_the_online_check_works(self, card: object) -> None:
        outcome = decided(card, birthdate=AT_72, answer=valid_by_card(ratio=None, elderly=20))
        assert (charge(outcome), outcome.ask_for) == (share(20), ())

    @pytest.mark.parametrize(
        "paper_path",
        [(EXPIRED_CHIP, PORTAL), (BROKEN_CARD, STRIP), (LONG_CERTIFICATE,)],
        ids=["card and portal", "card and notice", "certificate"],
    )
    def test_it_is_needed_with_every_paper_path_of_kyokai(self, paper_path: tuple[object, ...]) -> None:
        without = decided(*paper_path, birthdate=AT_72)
        assert without.accepted
        assert charge(without) == to_be_asked(30)
        assert without.ask_for[0] == "elderly_recipient_certificate"
        beside = decided(*paper_path, UNDATED_RECIPIENT, birthdate=AT_72)
        assert (charge(beside), beside.ask_for) == (share(20), ())

    def test_where_the_certificate_prints_the_ratio_it_is_not_needed(self) -> None:
        """千葉県医業健康保険組合 prints it and issues no 高齢受給者証 (reception.md §2.4, S1)."""
        outcome = decided(replace(LONG_CERTIFICATE, insurer_number=UNION, burden_ratio=20), birthdate=AT_72)
        assert (charge(outcome), outcome.ask_for) == (share(20), ())


class TestChargeRatiosBelowTheTable:
    """The line below the table on the share that is paid. Without a source of the ratio design.md §5 never takes 2割
    at 70 to 74, as the line has it, nor any share from 75 on: it asks."""

    PATHS = ((LONG_CERTIFICATE,), (BROKEN_CARD, NOTICE), (BROKEN_CARD, PORTAL), (BROKEN_CARD, DECLARATION))

    @pytest.mark.parametrize("path", PATHS)
    def test_before_school_20_to_69_30(self, path: tuple[object, ...]) -> None:
        assert charge(decided(*path, birthdate=CHILD)) == share(20)
        assert charge(decided(*path)) == share(30)
        assert charge(decided(*path, birthdate=AT_67)) == share(30)

    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize("ratio", [20, 30])
    def test_at_70_to_74_20_or_30_as_the_recipient_certificate_says(self, path: tuple[object, ...], ratio: int) -> None:
        outcome = decided(*path, replace(UNDATED_RECIPIENT, burden_ratio=ratio), birthdate=AT_72)
        assert charge(outcome) == share(ratio)

    @pytest.mark.parametrize("path", PATHS)
    def test_at_70_to_74_without_a_ratio_it_is_asked_and_30_for_now(self, path: tuple[object, ...]) -> None:
        assert charge(decided(*path, birthdate=AT_72)) == to_be_asked(30)

    @pytest.mark.parametrize("ratio", [10, 20, 30])
    def test_from_75_on_10_20_or_30_as_certificate_answer_or_holder_say(self, ratio: int) -> None:
        paper = replace(ELDERLY_CERTIFICATE, burden_ratio=ratio)
        assert charge(decided(paper, birthdate=AT_80)) == share(ratio)
        answer = valid_by_card(ELDERLY, ratio)
        assert charge(decided(PIN_CARD, birthdate=AT_80, answer=answer)) == share(ratio)
        assert charge(decided(BROKEN_CARD, Declaration(ratio), birthdate=AT_80)) == share(ratio)

    def test_from_75_on_without_a_ratio_it_is_asked_and_nothing_stands_for_it(self) -> None:
        unprinted = replace(ELDERLY_CERTIFICATE, burden_ratio=None)
        assert charge(decided(unprinted, birthdate=AT_80)) == to_be_asked(None)

    @pytest.mark.parametrize(
        ("born", "last_day_of_20"),
        [
            ("2020-04-01", date(2026, 3, 31)),
            ("2020-04-02", date(2027, 3, 31)),
            ("2020-02-29", date(2026, 3, 31)),
        ],
    )
    def test_before_school_lasts_to_the_first_31_march_on_or_after_the_day_age_6_is_reached(
        self, born: str, last_day_of_20: date
    ) -> None:
        birthdate = date.fromisoformat(born)
        assert charge(decided(BROKEN_CARD, NOTICE, birthdate=birthdate, on=last_day_of_20)) == share(20)
        next_day = last_day_of_20.replace(month=4, day=1)
        assert charge(decided(BROKEN_CARD, NOTICE, birthdate=birthdate, on=next_day)) == share(30)


def test_the_leniency_turns_into_refusal_overnight_and_not_before() -> None:
    """Both edges of P2 for the same paper of the same person."""
    answer = valid_by_numbers(KOKUHO)
    days = (LAST_OF_P1, FIRST_OF_P2, date(2026, 3, 31), FIRST_OF_P3)
    outcomes = [decided(SUMMER_CARD, on=on, answer=answer).outcome.value for on in days]
    assert outcomes == ["OK_LENIENT", "OK_LENIENT", "OK_LENIENT", "NOT_CONFIRMED"]
