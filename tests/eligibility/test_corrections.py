"""The corrections of reception.md §13b that are decisions, and those of §6 and §7, each a test that reads like it.

Where they and design.md §5 part, design.md §5 is followed and the test says so. What is no decision (words to say,
forms, help lines) is not here: `coverage_of_the_texts.toml` says where it is shown.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from eligibility.case import AskedBy, Flag, Membership, Person, Site, Visit
from eligibility.documents import (
    Certificate,
    Declaration,
    Document,
    ElderlyRecipientCertificate,
    EligibilityCertificate,
    EligibilityNotice,
    InsuranceCard,
    MynaCard,
    Portal,
)
from eligibility.insurers import InsurerNumber
from tests.eligibility.cases import (
    ADULT,
    AT_67,
    AT_72,
    AT_80,
    BROKEN_CARD,
    CARD,
    CERTIFICATE,
    CHILD,
    DECLARATION,
    EXPIRED_CHIP,
    GRACE_CARD,
    NOTICE,
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
from tests.eligibility.situations import (
    ELDERLY_CERTIFICATE,
    EVERYTHING,
    LAST_OF_P1,
    NOTHING,
    REVOKED_CHIP,
    STRANGERS_CARD,
    UNDATED_RECIPIENT,
    UNEXPIRED_OLD_CARD,
    VISUAL_CARD,
    charge,
    decision,
    ended,
    of_employees_insurers,
    of_municipal_insurers,
    share,
    to_be_asked,
    valid_by_card,
    valid_by_numbers,
)

pytestmark = pytest.mark.broad

COMPANY_NOTICE = EligibilityNotice(COMPANY)
CARD_OUT_OF_USE = [BROKEN_CARD, EXPIRED_CHIP, REVOKED_CHIP]
REFUSED = frozenset({Flag.SELF_INFO_REFUSED})
UNDISCLOSED = frozenset({Flag.UNDISCLOSED})


class TestAnswer4ByNumbersTakesNoPaperAway:
    """§13b: people without マイナンバー on file at the insurer hold 資格確認書 and 保険証 rightly (S2, S4)."""

    @pytest.mark.parametrize(
        ("paper", "on", "outcome"),
        [
            (CERTIFICATE, date(2026, 11, 20), "OK_CERTIFICATE"),
            (UNEXPIRED_OLD_CARD, LAST_OF_P1, "OK_OLD_CARD"),
        ],
    )
    def test_the_paper_is_accepted_and_checked_again_later(self, paper: object, on: date, outcome: str) -> None:
        found_nothing = decided(paper, on=on, answer=by_numbers(4))
        assert decision(found_nothing) == (outcome, 6)
        assert found_nothing.queue == "recheck"

    def test_only_an_answer_2_or_a_known_loss_takes_it_away(self) -> None:
        assert decision(decided(CERTIFICATE, answer=ended(KYOKAI))) == ("NOT_CONFIRMED", 13)
        assert decision(decided(CERTIFICATE, membership=Membership.LEFT)) == ("NOT_CONFIRMED", 13)
        for membership in (Membership.CURRENT, Membership.UNKNOWN):
            assert decided(CERTIFICATE, membership=membership, answer=by_numbers(4)).outcome == "OK_CERTIFICATE"

    def test_a_known_loss_weighs_more_than_an_answer_4(self) -> None:
        outcome = decided(CERTIFICATE, membership=Membership.LEFT, answer=by_numbers(4))
        assert decision(outcome) == ("NOT_CONFIRMED", 13)


class TestAnswer2MustSayWhichMembershipEnded:
    """§13b: お知らせ is never returned, so whoever changed jobs still holds the old one."""

    @pytest.mark.parametrize("card", [PIN_CARD, VISUAL_CARD])
    def test_the_notice_of_the_ended_membership_is_nothing(self, card: object) -> None:
        outcome = decided(card, NOTICE, answer=ended(KYOKAI, AskedBy.CARD))
        assert decision(outcome) == ("OK_DECLARATION", 10)

    def test_the_notice_of_another_insurer_is_accepted_and_queued(self) -> None:
        outcome = decided(PIN_CARD, NOTICE, COMPANY_NOTICE, answer=ended(KYOKAI, AskedBy.CARD))
        assert decision(outcome) == ("OK_MANUAL_NOTICE", 10)
        assert outcome.queue == "recheck"

    def test_the_portal_of_another_insurer_is_accepted_and_queued(self) -> None:
        answer = ended(KYOKAI, AskedBy.CARD)
        assert decision(decided(PIN_CARD, Portal(insurer_number=KYOKAI), answer=answer)) == ("OK_DECLARATION", 10)
        outcome = decided(PIN_CARD, Portal(insurer_number=COMPANY), answer=answer)
        assert (decision(outcome), outcome.queue) == (("OK_MANUAL_PORTAL", 10), "recheck")

    @pytest.mark.parametrize("by", [AskedBy.CARD, AskedBy.NUMBERS])
    def test_the_certificate_of_the_ended_membership_is_nothing(self, by: AskedBy) -> None:
        outcome = decided(PIN_CARD, CERTIFICATE, answer=ended(KYOKAI, by))
        assert outcome.outcome != "OK_CERTIFICATE"

    def test_the_certificate_of_another_insurer_is_accepted(self) -> None:
        """design.md §5 queues row 6 after an answer 4 or in an outage only; §13b would queue this too."""
        outcome = decided(PIN_CARD, OTHER_CERTIFICATE, answer=ended(KYOKAI, AskedBy.CARD))
        assert (decision(outcome), outcome.queue) == (("OK_CERTIFICATE", 6), None)

    def test_without_a_name_every_certificate_is_taken_away_and_no_notice_is(self) -> None:
        answer = ended(None, AskedBy.CARD)
        assert decision(decided(PIN_CARD, CERTIFICATE, answer=answer)) == ("OK_DECLARATION", 10)
        assert decision(decided(PIN_CARD, NOTICE, answer=answer)) == ("OK_MANUAL_NOTICE", 10)


class TestSpecialTreatmentPaysInFull:
    """§13b: 特別療養 (被保険者証区分 05) is eligible but pays in full until refunded; children to 18 do not."""

    ANSWER = replace(valid_by_card(), card_class="05")

    def test_the_person_is_eligible_and_pays_everything(self) -> None:
        outcome = decided(PIN_CARD, answer=self.ANSWER)
        assert (decision(outcome), charge(outcome)) == (("OK_ONLINE", 4), EVERYTHING)
        assert "special_treatment_refund" in outcome.tell

    @pytest.mark.parametrize("birthdate", [CHILD, date(2012, 1, 1), date(2008, 4, 2)])
    def test_a_child_pays_its_share(self, birthdate: date) -> None:
        outcome = decided(PIN_CARD, birthdate=birthdate, answer=self.ANSWER)
        assert charge(outcome) == share(30)

    def test_no_other_class_pays_everything(self) -> None:
        for card_class in ("01", "02", "03", "04", "06", "07"):
            outcome = decided(PIN_CARD, answer=replace(self.ANSWER, card_class=card_class))
            assert charge(outcome) == share(30)


class TestShareWithoutARatioFrom70:
    """§13b: at 70 to 74 30 % now and the difference back; at 75 and over no default was found."""

    @pytest.mark.parametrize("path", [(CERTIFICATE,), (BROKEN_CARD, NOTICE), (BROKEN_CARD, DECLARATION)])
    def test_at_70_to_74_30_now_and_the_difference_back_when_the_recipient_certificate_is_shown(
        self, path: tuple[object, ...]
    ) -> None:
        now = decided(*path, birthdate=AT_72)
        assert charge(now) == to_be_asked(30)
        assert "difference_refunded" in now.tell
        later = decided(*path, UNDATED_RECIPIENT, birthdate=AT_72)
        assert charge(later) == share(20)
        assert "difference_refunded" not in later.tell

    @pytest.mark.parametrize("path", [(BROKEN_CARD, NOTICE), (BROKEN_CARD, DECLARATION)])
    def test_at_75_and_over_nothing_stands_for_it(self, path: tuple[object, ...]) -> None:
        assert charge(decided(*path, birthdate=AT_80)) == to_be_asked(None)


class TestInsurer39HoldsPeopleOf65Too:
    """§13b: 後期高齢者医療 also holds people of 65 to 74 with 障害認定: never a share by age."""

    UNPRINTED = replace(ELDERLY_CERTIFICATE, burden_ratio=None)

    @pytest.mark.parametrize("birthdate", [ADULT, AT_67, AT_72, AT_80])
    def test_the_share_is_asked_at_any_age(self, birthdate: date) -> None:
        outcome = decided(self.UNPRINTED, birthdate=birthdate)
        assert outcome.outcome == "OK_CERTIFICATE"
        assert outcome.charge is not None
        assert outcome.charge.kind == "ask"
        assert outcome.ask_for

    def test_also_where_only_the_answer_names_it(self) -> None:
        outcome = decided(PIN_CARD, birthdate=AT_67, answer=valid_by_card(ELDERLY, ratio=None))
        assert outcome.charge is not None
        assert outcome.charge.kind == "ask"

    def test_their_certificate_is_accepted_before_75(self) -> None:
        outcome = decided(ELDERLY_CERTIFICATE, birthdate=AT_67)
        assert (decision(outcome), charge(outcome)) == (("OK_CERTIFICATE", 6), share(10))


class TestCertificateEndsOnThe75thBirthday:
    """§13b: a 資格確認書 of a non-後期 insurer ends on the 75th birthday, not after it."""

    BORN = date(1951, 5, 2)

    @of_employees_insurers
    def test_on_the_birthday_it_has_ended(self, insurer: InsurerNumber) -> None:
        paper = replace(CERTIFICATE, insurer_number=insurer)
        assert decided(paper, birthdate=self.BORN, on=date(2026, 5, 1)).outcome == "OK_CERTIFICATE"
        assert decided(paper, birthdate=self.BORN, on=date(2026, 5, 2)).outcome == "NOT_CONFIRMED"

    def test_one_of_the_elderly_insurer_has_not(self) -> None:
        for on in (date(2026, 5, 1), date(2026, 5, 2)):
            assert decided(ELDERLY_CERTIFICATE, birthdate=self.BORN, on=on).outcome == "OK_CERTIFICATE"

    def test_a_dependant_whose_status_went_with_the_member_is_somebody_who_has_left(self) -> None:
        """A case is about one person; the loss of the dependant's own status is what it can say."""
        dependant = decided(CERTIFICATE, birthdate=AT_67, membership=Membership.LEFT)
        assert decision(dependant) == ("NOT_CONFIRMED", 13)
        assert dependant.returns == ("eligibility_certificate",)


class TestRecipientCertificateIsMailedEarly:
    """§13b: 高齢受給者証 comes in the birth month and is not in effect before its first day."""

    BORN = date(1956, 11, 2)
    MAILED = ElderlyRecipientCertificate(20, valid_from=date(2026, 12, 1), expires_on=date(2027, 7, 31))

    def test_in_the_birth_month_it_is_not_in_effect(self) -> None:
        outcome = decided(CERTIFICATE, self.MAILED, birthdate=self.BORN, on=date(2026, 11, 30))
        assert charge(outcome) == share(30)
        assert "ratio_paper_not_in_effect" in outcome.reasons

    def test_from_its_first_day_it_is(self) -> None:
        outcome = decided(CERTIFICATE, self.MAILED, birthdate=self.BORN, on=date(2026, 12, 1))
        assert charge(outcome) == share(20)


class TestLeniencyOf20250627CoversTheNotice:
    """§13b: the leniency of 2025-06-27 covers the お知らせ-only patient of 国保 and 後期高齢者医療 too."""

    @of_municipal_insurers
    @pytest.mark.parametrize("on", [date(2025, 6, 27), LAST_OF_P1], ids=str)
    def test_a_notice_of_kokuho_or_the_elderly(self, on: date, insurer: InsurerNumber) -> None:
        outcome = decided(EligibilityNotice(insurer), on=on, answer=valid_by_numbers(insurer))
        assert decision(outcome) == ("OK_LENIENT", 11)

    @of_municipal_insurers
    def test_not_the_day_before(self, insurer: InsurerNumber) -> None:
        outcome = decided(EligibilityNotice(insurer), on=date(2025, 6, 26), answer=valid_by_numbers(insurer))
        assert decision(outcome) == ("NOT_CONFIRMED", 13)


class TestAugust2026ChangesWhoIsIssuedNotWhatIsAccepted:
    """§13b: an in-date 後期高齢者 資格確認書 is accepted on both sides of 2026-07-31/08-01."""

    @pytest.mark.parametrize("on", [date(2026, 7, 31), date(2026, 8, 1)], ids=str)
    @pytest.mark.parametrize("birthdate", [AT_80, date(1939, 1, 1)], ids=["up to 84", "85 and over"])
    def test_it_is_accepted_on_both_sides(self, on: date, birthdate: date) -> None:
        assert decided(ELDERLY_CERTIFICATE, birthdate=birthdate, on=on).outcome == "OK_CERTIFICATE"

    def test_what_ends_it_is_its_own_limit(self) -> None:
        yearly = replace(ELDERLY_CERTIFICATE, expires_on=date(2026, 7, 31))
        assert decided(yearly, birthdate=AT_80, on=date(2026, 7, 31)).outcome == "OK_CERTIFICATE"
        assert decided(yearly, birthdate=AT_80, on=date(2026, 8, 1)).outcome == "NOT_CONFIRMED"


class TestCheckupSite:
    """§7 and §13b: 健診機関 charges no 一部負担; the same papers as at a clinic, after online (S0)."""

    @pytest.mark.parametrize(
        ("shown", "outcome"),
        [
            ((BROKEN_CARD, NOTICE), "OK_MANUAL_NOTICE"),
            ((CERTIFICATE,), "OK_CERTIFICATE"),
            ((BROKEN_CARD, PORTAL), "OK_MANUAL_PORTAL"),
            ((NOTICE,), "NOT_CONFIRMED"),
            ((), "NOT_CONFIRMED"),
        ],
    )
    def test_whatever_is_shown_nothing_is_charged(self, shown: tuple[object, ...], outcome: str) -> None:
        decided_there = decided(*shown, site=Site.CHECKUP)
        assert (decided_there.outcome.value, charge(decided_there)) == (outcome, NOTHING)

    def test_online_comes_first_on_the_day_of_the_checkup(self) -> None:
        assert decision(decided(CARD, NOTICE, PORTAL, site=Site.CHECKUP)) == ("IDENTIFY", 9)
        outcome = decided(PIN_CARD, NOTICE, PORTAL, site=Site.CHECKUP, answer=valid_by_card())
        assert (decision(outcome), charge(outcome)) == (("OK_ONLINE", 4), NOTHING)

    def test_also_under_special_treatment(self) -> None:
        answer = replace(valid_by_card(), card_class="05")
        assert charge(decided(PIN_CARD, site=Site.CHECKUP, answer=answer)) == NOTHING


class TestBooking:
    """§7: at the booking of a checkup the eligibility is looked up; nobody pays and nobody is asked for consent.

    §7 lets the number alone do (情報提供サービス of 協会けんぽ); design.md §5 has no row for that and is followed.
    """

    @pytest.mark.parametrize("site", list(Site))
    def test_nothing_is_charged_and_no_consent_is_asked(self, site: Site) -> None:
        outcome = decided(PIN_CARD, site=site, visit=Visit.BOOKING, answer=valid_by_card())
        assert (outcome.outcome, charge(outcome), outcome.consent) == ("OK_ONLINE", NOTHING, None)

    def test_a_paper_is_looked_up_as_at_a_visit(self) -> None:
        outcome = decided(CERTIFICATE, visit=Visit.BOOKING, answer=valid_by_numbers())
        assert (decision(outcome), charge(outcome)) == (("OK_CERTIFICATE", 6), NOTHING)

    def test_a_number_alone_confirms_nobody_and_costs_nothing(self) -> None:
        outcome = decided(visit=Visit.BOOKING, answer=valid_by_numbers())
        assert (decision(outcome), charge(outcome)) == (("NOT_CONFIRMED", 13), NOTHING)


class TestLimitedSite:
    """§7: 資格確認限定型 gives eligibility only, never medical data."""

    @pytest.mark.parametrize("card", [PIN_CARD, VISUAL_CARD])
    def test_the_person_is_accepted_and_no_consent_is_asked(self, card: object) -> None:
        outcome = decided(card, site=Site.LIMITED, answer=valid_by_card())
        assert (decision(outcome), outcome.consent) == (("OK_ONLINE", 4), None)

    def test_the_share_is_charged_as_at_a_clinic(self) -> None:
        assert charge(decided(PIN_CARD, site=Site.LIMITED, answer=valid_by_card())) == share(30)
        assert charge(decided(site=Site.LIMITED)) == EVERYTHING


class TestProtectionFlags:
    """§7: 自己情報提供不可フラグ closes the card and asks for a 資格確認書; 不開示該当フラグ hides the address."""

    @pytest.mark.parametrize(
        "shown", [(CARD,), (UNREGISTERED,), (BROKEN_CARD, NOTICE), (BROKEN_CARD, PORTAL), (PHONE, PORTAL), ()]
    )
    def test_the_card_can_neither_be_used_nor_registered(self, shown: tuple[object, ...]) -> None:
        outcome = decided(*shown, flags=REFUSED)
        assert decision(outcome) == ("NEED_CERTIFICATE", 2)
        assert (outcome.ask_for, outcome.registration) == (("eligibility_certificate",), None)

    def test_a_certificate_is_accepted(self) -> None:
        assert decided(CARD, CERTIFICATE, flags=REFUSED).outcome == "OK_CERTIFICATE"

    def test_they_get_the_certificate_without_applying(self) -> None:
        assert "certificate_without_application" in decided(CARD, flags=REFUSED).tell

    @pytest.mark.parametrize("flags", [REFUSED, UNDISCLOSED])
    def test_the_address_is_hidden(self, flags: frozenset[Flag]) -> None:
        assert "address_hidden" in decided(CERTIFICATE, answer=valid_by_numbers(), flags=flags).tell

    def test_undisclosed_hides_the_address_and_changes_nothing_else(self) -> None:
        flagged = decided(PIN_CARD, answer=valid_by_card(), flags=UNDISCLOSED)
        unflagged = decided(PIN_CARD, answer=valid_by_card())
        assert "address_hidden" in flagged.tell
        without_the_note = tuple(word for word in flagged.tell if word != "address_hidden")
        assert replace(flagged, tell=without_the_note) == unflagged


class TestPeopleWhoHoldCardAndCertificate:
    """§13b: S4 knows people who rightly hold both (施設や介助者に預ける等)."""

    @pytest.mark.parametrize("card", [CARD, *CARD_OUT_OF_USE])
    def test_the_certificate_is_enough_beside_any_card(self, card: object) -> None:
        assert decision(decided(card, CERTIFICATE)) == ("OK_CERTIFICATE", 6)


class TestExpiredChipAndExpiredPlastic:
    """§13b: a card whose certificate alone expired is still photo ID; an expired plastic is not. §6.3: a fault of the
    certificate or the reader still needs the identity by the card's face."""

    EXPIRED_PLASTIC = MynaCard(certificate=Certificate.EXPIRED, card_expires_on=date(2026, 11, 19))
    EXPIRED_CHIP_ONLY = MynaCard(certificate=Certificate.EXPIRED, card_expires_on=date(2031, 5, 2))

    def test_where_only_the_certificate_expired_the_face_on_the_card_is_compared(self) -> None:
        outcome = decided(self.EXPIRED_CHIP_ONLY, NOTICE)
        assert outcome.outcome == "OK_MANUAL_NOTICE"
        assert "identity_by_card_face" in outcome.tell
        assert "expired_card_is_no_photo_id" not in outcome.tell

    def test_where_the_plastic_expired_it_is_said_that_it_is_no_photo_id(self) -> None:
        outcome = decided(self.EXPIRED_PLASTIC, NOTICE)
        assert outcome.outcome == "OK_MANUAL_NOTICE"
        assert "expired_card_is_no_photo_id" in outcome.tell
        assert "identity_by_card_face" not in outcome.tell

    @pytest.mark.parametrize("card", CARD_OUT_OF_USE)
    def test_a_fault_of_chip_or_reader_still_needs_the_face_on_the_card(self, card: object) -> None:
        assert "identity_by_card_face" in decided(card, PORTAL).tell


class TestCounterSituationsBeyondTheTable:
    """§13b, last bullet: those of the situations in which the rules have something to decide."""

    @pytest.mark.parametrize("answer", [None, valid_by_numbers()])
    def test_a_card_forgotten_at_a_return_visit_is_nothing_shown(self, answer: object) -> None:
        """Word of mouth needs the registered card in hand (design.md §5 row 10)."""
        outcome = decided(visit=Visit.RETURN, known_patient=True, answer=answer)
        assert decision(outcome) == ("NOT_CONFIRMED", 13)

    def test_somebody_elses_card_confirms_nobody(self) -> None:
        assert decision(decided(STRANGERS_CARD, PORTAL, NOTICE)) == ("NOT_CONFIRMED", 3)

    def test_a_newborn_not_enrolled_yet_has_nothing_to_show(self) -> None:
        outcome = decided(birthdate=date(2026, 11, 10))
        assert (decision(outcome), charge(outcome)) == (("NOT_CONFIRMED", 13), EVERYTHING)
        assert "settle_later" in outcome.tell

    def test_a_job_change_with_the_certificate_under_way_is_declared_with_the_card_in_hand(self) -> None:
        outcome = decided(PIN_CARD, answer=ended(COMPANY, AskedBy.CARD))
        assert (decision(outcome), charge(outcome)) == (("OK_DECLARATION", 10), share(30))
        assert "ask_new_membership" in outcome.tell


class TestAnswerCodes:
    """§6.1: 資格有効性 1 to 5 and what reception does."""

    def test_1_a_member_is_accepted(self) -> None:
        assert decision(decided(PIN_CARD, answer=valid_by_card())) == ("OK_ONLINE", 4)

    def test_2_portal_then_notice_then_declaration_and_never_everything(self) -> None:
        answer = ended(COMPANY, AskedBy.CARD)
        for shown, outcome in (
            ((PORTAL, NOTICE), "OK_MANUAL_PORTAL"),
            ((NOTICE,), "OK_MANUAL_NOTICE"),
            ((), "OK_DECLARATION"),
        ):
            decided_so = decided(PIN_CARD, *shown, answer=answer)
            assert (decided_so.outcome.value, charge(decided_so)) == (outcome, share(30))
            assert {"ask_new_membership", "not_full_charge"} <= set(decided_so.tell)

    def test_3_the_new_membership_is_used_by_asking_with_the_card(self) -> None:
        outcome = decided(NOTICE, answer=by_numbers(3))
        assert (decision(outcome), outcome.ask_for[0]) == (("REQUERY", 5), "myna_card")

    def test_4_as_2_and_the_number_is_not_at_the_insurer(self) -> None:
        for shown, outcome in (
            ((PORTAL, NOTICE), "OK_MANUAL_PORTAL"),
            ((NOTICE,), "OK_MANUAL_NOTICE"),
            ((), "OK_DECLARATION"),
        ):
            decided_so = decided(PIN_CARD, *shown, answer=by_card(4))
            assert (decided_so.outcome.value, charge(decided_so)) == (outcome, share(30))
            assert "number_not_at_insurer" in decided_so.tell

    def test_5_several_match_and_more_numbers_are_asked_for(self) -> None:
        outcome = decided(PIN_CARD, answer=by_card(5))
        assert (decision(outcome), outcome.ask_for) == (("REQUERY", 5), ("numbers_query",))


class TestOrderOfFallback:
    """§6.3: with a registered card in hand, and in none of these is anybody charged everything."""

    @pytest.mark.parametrize("card", CARD_OUT_OF_USE)
    @pytest.mark.parametrize(
        ("shown", "changes", "outcome"),
        [
            ((DECLARATION, NOTICE, PORTAL), {"visit": Visit.RETURN, "known_patient": True}, "OK_MANUAL_PORTAL"),
            ((DECLARATION, NOTICE), {"visit": Visit.RETURN, "known_patient": True}, "OK_MANUAL_NOTICE"),
            ((DECLARATION,), {"visit": Visit.RETURN, "known_patient": True}, "OK_VERBAL"),
            ((DECLARATION,), {"visit": Visit.FIRST}, "OK_DECLARATION"),
        ],
    )
    def test_portal_then_notice_then_by_mouth_then_declaration(
        self, card: object, shown: tuple[Document, ...], changes: dict[str, object], outcome: str
    ) -> None:
        decided_so = decided(card, *shown, **changes)
        assert (decided_so.outcome.value, charge(decided_so)) == (outcome, share(30))
        assert "not_full_charge" in decided_so.tell

    def test_the_visual_check_is_an_alternative_before_paper(self) -> None:
        assert "visual" in decided(CARD, NOTICE).ask_for
        assert decision(decided(VISUAL_CARD, NOTICE, answer=valid_by_card())) == ("OK_ONLINE", 4)


class TestDeclaration:
    """§6.4: 被保険者資格申立書."""

    def test_the_share_is_30_and_20_before_school(self) -> None:
        assert charge(decided(BROKEN_CARD, DECLARATION)) == share(30)
        assert charge(decided(BROKEN_CARD, DECLARATION, birthdate=CHILD)) == share(20)

    @pytest.mark.parametrize(
        ("birthdate", "declared"), [(AT_72, 20), (AT_72, 30), (AT_80, 10), (AT_80, 20), (AT_80, 30)]
    )
    def test_from_70_on_as_declared(self, birthdate: date, declared: int) -> None:
        assert charge(decided(BROKEN_CARD, Declaration(declared), birthdate=birthdate)) == share(declared)

    def test_the_numbers_are_given_later_and_checked(self) -> None:
        outcome = decided(BROKEN_CARD, DECLARATION)
        assert outcome.queue == "recheck"
        assert "numbers_later" in outcome.tell


class TestNothingAtAll:
    """§6.5: everything is charged now, and settled when the document is shown."""

    @pytest.mark.parametrize("shown", [(), (InsuranceCard(KYOKAI),), (NOTICE,), (PORTAL,), (DECLARATION,)])
    def test_everything_is_charged_and_settled_later(self, shown: tuple[object, ...]) -> None:
        outcome = decided(*shown)
        assert (outcome.outcome, charge(outcome)) == ("NOT_CONFIRMED", EVERYTHING)
        assert "settle_later" in outcome.tell


class TestOutageAndDisaster:
    """§6.6: システム障害時モード and 災害時医療情報閲覧."""

    @pytest.mark.parametrize("card", [CARD, PIN_CARD, GRACE_CARD, *CARD_OUT_OF_USE])
    def test_in_an_outage_four_items_are_noted_from_the_card_and_asked_later(self, card: object) -> None:
        outcome = decided(card, outage=True)
        assert (decision(outcome), outcome.queue) == (("PENDING_4INFO", 7), "four_items")
        assert (charge(outcome), "four_items" in outcome.tell) == (share(30), True)

    def test_without_a_card_there_is_nothing_to_note(self) -> None:
        outcome = decided(NOTICE, PORTAL, outage=True)
        assert (decision(outcome), outcome.queue) == (("NOT_CONFIRMED", 7), None)

    def test_a_certificate_needs_no_system(self) -> None:
        outcome = decided(EligibilityCertificate(KYOKAI), outage=True)
        assert (decision(outcome), outcome.queue) == (("OK_CERTIFICATE", 6), "recheck")

    @pytest.mark.parametrize("shown", [(), (CARD,), (NOTICE,), (UNREGISTERED,)])
    def test_in_a_disaster_no_card_is_needed_and_consent_is_spoken(self, shown: tuple[object, ...]) -> None:
        outcome = decided(*shown, disaster=True)
        assert (decision(outcome), charge(outcome)) == (("OK_DISASTER", 1), share(30))
        assert (outcome.consent, "spoken_consent" in outcome.tell) == (None, True)

    def test_somebody_elses_record_gives_no_share_in_a_disaster(self) -> None:
        stranger = replace(valid_by_numbers(ratio=20), person=Person.DIFFERENT)
        assert charge(decided(disaster=True, answer=stranger)) == share(30)
