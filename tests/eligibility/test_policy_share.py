"""What is charged: the share rules of design.md §5 with the ages of validation.md §4."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from eligibility.case import Answer, AskedBy, Flag, Person, Site, Visit
from eligibility.documents import (
    Declaration,
    ElderlyRecipientCertificate,
    EligibilityCertificate,
    EligibilityNotice,
    MynaCard,
    Portal,
)
from eligibility.outcome import Outcome
from tests.eligibility.cases import (
    AT_67,
    AT_72,
    AT_80,
    BROKEN_CARD,
    BY_CARD,
    BY_NUMBERS,
    CARD,
    CERTIFICATE,
    CHILD,
    DECLARATION,
    NOTICE,
    PIN_CARD,
    PORTAL,
    RECIPIENT,
    UNREGISTERED,
    by_card,
    decided,
)
from tests.eligibility.fixture_insurers import ELDERLY, KYOKAI

ELDERLY_CERTIFICATE = replace(CERTIFICATE, insurer_number=ELDERLY)


def ratio(percent: int) -> dict[str, object]:
    return {"kind": "ratio", "percent": percent}


def ask(provisional: int | None) -> dict[str, object]:
    return {"kind": "ask", "provisional": provisional}


FULL = {"kind": "full"}
NOTHING = {"kind": "none"}


def charge(outcome: Outcome) -> dict[str, object] | None:
    return outcome.charge.as_dict() if outcome.charge else None


def shares(burden: int | None, elderly: int | None) -> Answer:
    return Answer(AskedBy.CARD, 1, burden, elderly)


class TestNoCharge:
    def test_nothing_is_charged_while_the_visit_is_undecided(self) -> None:
        for undecided in (
            decided(CARD),
            decided(PIN_CARD),
            decided(UNREGISTERED),
            decided(PIN_CARD, answer=by_card(5)),
        ):
            assert undecided.charge is None

    def test_nothing_at_a_checkup_site_or_a_booking(self) -> None:
        for where in ({"site": Site.CHECKUP}, {"visit": Visit.BOOKING}):
            assert charge(decided(CERTIFICATE, **where)) == NOTHING
            assert charge(decided(**where)) == NOTHING, "not even where nothing is confirmed"
            assert decided(CARD, **where).charge is None, "and nothing at all while it is undecided"

    def test_everything_where_nothing_is_confirmed(self) -> None:
        outcome = decided()
        assert charge(outcome) == FULL
        assert "full_until_confirmed" in outcome.reasons
        assert "settle_later" in outcome.tell
        assert "settle_later" not in decided(site=Site.CHECKUP).tell
        assert "special_treatment_refund" not in outcome.tell


class TestAnswer:
    @pytest.mark.parametrize(
        ("birthdate", "burden", "elderly", "percent"),
        [
            (None, 30, 20, 30),
            (AT_67, 30, 20, 30),
            (AT_67, None, 20, 20),
            (AT_72, 30, 20, 20),
            (AT_72, 30, None, 30),
            (AT_80, 10, None, 10),
            (AT_80, None, 20, 20),
        ],
    )
    def test_from_70_the_recipient_ratio_first_each_standing_in_for_the_other(
        self, birthdate: date | None, burden: int | None, elderly: int | None, percent: int
    ) -> None:
        outcome = decided(PIN_CARD, birthdate=birthdate, answer=shares(burden, elderly))
        assert charge(outcome) == ratio(percent)
        assert "share_from_answer" in outcome.reasons

    @pytest.mark.parametrize(("on", "percent"), [("2026-11-30", 30), ("2026-12-01", 20)])
    def test_from_the_day_the_rules_of_70_start(self, on: str, percent: int) -> None:
        outcome = decided(PIN_CARD, birthdate=date(1956, 11, 2), on=date.fromisoformat(on), answer=shares(30, 20))
        assert charge(outcome) == ratio(percent)

    def test_it_beats_every_paper_and_the_difference_is_a_reason(self) -> None:
        outcome = decided(PIN_CARD, RECIPIENT, Declaration(20), birthdate=AT_72, answer=shares(None, 30))
        assert charge(outcome) == ratio(30)
        assert "ratio_differs" in outcome.reasons

    def test_where_both_say_the_same_there_is_no_such_reason(self) -> None:
        outcome = decided(PIN_CARD, RECIPIENT, birthdate=AT_72, answer=shares(None, 20))
        assert "ratio_differs" not in outcome.reasons

    def test_one_about_somebody_else_gives_no_share(self) -> None:
        stranger = replace(BY_CARD, burden_ratio=20, person=Person.DIFFERENT)
        assert charge(decided(PIN_CARD, CERTIFICATE, disaster=True, answer=stranger)) == ratio(30)

    def test_one_that_says_ended_gives_no_share(self) -> None:
        assert charge(decided(PIN_CARD, answer=replace(by_card(2), burden_ratio=20))) == ratio(30)

    def test_one_without_a_share_leaves_it_to_the_age(self) -> None:
        assert charge(decided(PIN_CARD, answer=by_card(1))) == ratio(30)
        assert charge(decided(PIN_CARD, birthdate=AT_72, answer=by_card(1))) == ask(30)

    def test_of_an_elderly_insurer_it_is_never_left_to_the_age(self) -> None:
        answer = replace(by_card(1), insurer_number=ELDERLY)
        outcome = decided(PIN_CARD, birthdate=AT_67, answer=answer)
        assert charge(outcome) == ask(None)
        assert outcome.ask_for == ("portal", "eligibility_notice")


class TestRecipientCertificate:
    @pytest.mark.parametrize(
        ("on", "expected"),
        [
            ("2026-07-31", ask(30)),
            ("2026-08-01", ratio(20)),
            ("2027-07-31", ratio(20)),
            ("2027-08-01", ask(30)),
        ],
    )
    def test_it_counts_inside_its_dates(self, on: str, expected: dict[str, object]) -> None:
        outcome = decided(CERTIFICATE, RECIPIENT, birthdate=AT_72, on=date.fromisoformat(on))
        assert charge(outcome) == expected
        assert ("ratio_paper_not_in_effect" in outcome.reasons) == (expected != ratio(20))

    @pytest.mark.parametrize(("on", "percent"), [("2026-11-30", 30), ("2026-12-01", 20)])
    def test_it_does_not_count_before_the_rules_of_70_start(self, on: str, percent: int) -> None:
        undated = ElderlyRecipientCertificate(20)
        outcome = decided(CERTIFICATE, undated, birthdate=date(1956, 11, 2), on=date.fromisoformat(on))
        assert charge(outcome) == ratio(percent)

    def test_it_beats_the_accepted_paper(self) -> None:
        outcome = decided(replace(CERTIFICATE, burden_ratio=30), RECIPIENT, birthdate=AT_72)
        assert charge(outcome) == ratio(20)
        assert "share_from_recipient_certificate" in outcome.reasons

    def test_of_two_the_later_one_counts(self) -> None:
        later = ElderlyRecipientCertificate(30, valid_from=date(2026, 10, 1))
        for papers in ((RECIPIENT, later), (later, RECIPIENT)):
            assert charge(decided(CERTIFICATE, *papers, birthdate=AT_72)) == ratio(30)

    def test_one_without_a_ratio_says_nothing(self) -> None:
        outcome = decided(CERTIFICATE, ElderlyRecipientCertificate(), birthdate=AT_72)
        assert charge(outcome) == ask(30)
        assert "ratio_paper_not_in_effect" not in outcome.reasons


class TestAcceptedPaper:
    @pytest.mark.parametrize(
        "shown",
        [
            (replace(CERTIFICATE, burden_ratio=20),),
            (BROKEN_CARD, replace(PORTAL, burden_ratio=20)),
            (BROKEN_CARD, replace(NOTICE, burden_ratio=20)),
        ],
    )
    def test_its_ratio_counts(self, shown: tuple[object, ...]) -> None:
        outcome = decided(*shown, Declaration(30), birthdate=AT_72)
        assert charge(outcome) == ratio(20)
        assert "share_from_document" in outcome.reasons

    def test_the_ratio_of_a_paper_that_was_not_accepted_does_not(self) -> None:
        outcome = decided(BROKEN_CARD, PORTAL, replace(NOTICE, burden_ratio=20), birthdate=AT_72)
        assert charge(outcome) == ask(30)

    @pytest.mark.parametrize("changes", [{"outage": True}, {"disaster": True}])
    def test_in_an_outage_or_disaster_the_paper_beside_the_card_gives_it(self, changes: dict[str, object]) -> None:
        outcome = decided(BROKEN_CARD, replace(NOTICE, burden_ratio=20), birthdate=AT_72, **changes)
        assert charge(outcome) == ratio(20)

    @pytest.mark.parametrize(("valid_from", "expires_on"), [(date(2026, 11, 21), None), (None, date(2026, 11, 19))])
    def test_a_notice_outside_its_dates_gives_none(self, valid_from: date | None, expires_on: date | None) -> None:
        notice = EligibilityNotice(KYOKAI, 20, valid_from, expires_on)
        outcome = decided(BROKEN_CARD, notice, birthdate=AT_72)
        assert charge(outcome) == ask(30)
        assert "ratio_paper_not_in_effect" in outcome.reasons

    def test_no_ratio_paper_counts_before_the_rules_of_70_so_the_age_decides(self) -> None:
        printed = decided(replace(CERTIFICATE, burden_ratio=30))
        assert "share_by_age" in printed.reasons
        assert "ratio_paper_not_in_effect" not in printed.reasons, "nothing to tell: it prints what the age gives"

    def test_a_lower_ratio_does_not_begin_before_the_rules_of_70(self) -> None:
        early = replace(NOTICE, burden_ratio=20)
        assert charge(decided(BROKEN_CARD, early, birthdate=AT_67)) == ratio(30)

    def test_but_it_does_for_the_elderly_insurer_whose_members_may_be_65(self) -> None:
        for paper in (EligibilityCertificate(ELDERLY, burden_ratio=10), EligibilityNotice(ELDERLY, 10)):
            assert charge(decided(BROKEN_CARD, paper, birthdate=AT_67)) == ratio(10)

    def test_a_portal_without_insurer_follows_the_answer(self) -> None:
        answer = Answer(AskedBy.NUMBERS, 1, insurer_number=ELDERLY)
        assert charge(decided(BROKEN_CARD, Portal(burden_ratio=10), birthdate=AT_67, answer=answer)) == ratio(10)


class TestDeclared:
    @pytest.mark.parametrize(
        ("birthdate", "declared", "expected"),
        [
            (CHILD, 20, ratio(20)),
            (CHILD, 30, ratio(20)),
            (AT_67, 30, ratio(30)),
            (AT_67, 10, ratio(30)),
            (AT_72, 20, ratio(20)),
            (AT_72, 30, ratio(30)),
            (AT_72, 10, ask(30)),
            (AT_80, 10, ratio(10)),
            (AT_80, 20, ratio(20)),
            (AT_80, 30, ratio(30)),
            (None, 20, ratio(20)),
        ],
    )
    def test_what_the_age_allows_is_believed(
        self, birthdate: date | None, declared: int, expected: dict[str, object]
    ) -> None:
        assert charge(decided(BROKEN_CARD, Declaration(declared), birthdate=birthdate)) == expected

    def test_what_the_age_forbids_is_ignored_with_a_reason(self) -> None:
        assert "declared_ratio_ignored" in decided(BROKEN_CARD, Declaration(10), birthdate=AT_67).reasons
        assert "declared_ratio_ignored" not in decided(BROKEN_CARD, Declaration(30), birthdate=AT_67).reasons
        assert "share_declared" in decided(BROKEN_CARD, Declaration(30), birthdate=AT_67).reasons

    def test_of_an_elderly_insurer_every_share_is_believed(self) -> None:
        notice = EligibilityNotice(ELDERLY)
        assert charge(decided(BROKEN_CARD, notice, Declaration(10), birthdate=AT_67)) == ratio(10)


class TestByAge:
    @pytest.mark.parametrize(
        ("born", "on", "expected"),
        [
            ("2020-04-01", "2026-03-31", ratio(20)),
            ("2020-04-01", "2026-04-01", ratio(30)),
            ("2020-04-02", "2027-03-31", ratio(20)),
            ("1956-11-01", "2026-10-31", ratio(30)),
            ("1956-11-01", "2026-11-01", ask(30)),
            ("1956-11-02", "2026-11-30", ratio(30)),
            ("1956-11-02", "2026-12-01", ask(30)),
            ("1951-11-20", "2026-11-19", ask(30)),
            ("1951-11-20", "2026-11-20", ask(None)),
        ],
    )
    def test_20_before_school_30_under_70_then_asked(self, born: str, on: str, expected: dict[str, object]) -> None:
        outcome = decided(BROKEN_CARD, DECLARATION, birthdate=date.fromisoformat(born), on=date.fromisoformat(on))
        assert charge(outcome) == expected
        assert bool(outcome.ask_for) == (expected["kind"] == "ask")

    def test_never_for_an_elderly_insurer(self) -> None:
        outcome = decided(ELDERLY_CERTIFICATE, birthdate=AT_67)
        assert charge(outcome) == ask(None)
        assert outcome.ask_for == ("numbers_query",)

    def test_without_a_birthdate_it_is_asked(self) -> None:
        outcome = decided(CERTIFICATE, birthdate=None)
        assert charge(outcome) == ask(None)
        assert "birthdate_unknown" in outcome.reasons


class TestWhatIsAskedForTheShare:
    def test_at_70_to_74_the_recipient_certificate_first(self) -> None:
        outcome = decided(CERTIFICATE, birthdate=AT_72)
        assert outcome.ask_for == ("elderly_recipient_certificate", "numbers_query")
        assert "difference_refunded" in outcome.tell

    def test_with_a_card_the_portal_and_the_sheet_show_it_too(self) -> None:
        outcome = decided(BROKEN_CARD, NOTICE, birthdate=AT_72)
        assert outcome.ask_for == ("elderly_recipient_certificate", "numbers_query", "portal")

    def test_the_portal_is_not_asked_of_a_face_only_holder(self) -> None:
        card = MynaCard(readable=False, face_only=True)
        outcome = decided(card, EligibilityNotice(ELDERLY), birthdate=AT_80, answer=Answer(AskedBy.NUMBERS, 4))
        assert outcome.ask_for == ("declaration",)

    def test_no_query_in_an_outage_or_after_one(self) -> None:
        assert "numbers_query" not in decided(CERTIFICATE, birthdate=AT_72, outage=True).ask_for
        assert (
            "numbers_query"
            not in decided(CERTIFICATE, birthdate=AT_72, answer=replace(BY_NUMBERS, burden_ratio=None)).ask_for
        )

    def test_without_anything_better_it_is_declared(self) -> None:
        outcome = decided(ELDERLY_CERTIFICATE, birthdate=AT_80, outage=True)
        assert outcome.ask_for == ("declaration",)

    def test_no_portal_where_self_information_is_refused(self) -> None:
        outcome = decided(CARD, CERTIFICATE, birthdate=AT_72, flags=frozenset({Flag.SELF_INFO_REFUSED}))
        assert outcome.ask_for == ("elderly_recipient_certificate", "numbers_query")

    def test_in_a_disaster_a_certificate_would_show_it(self) -> None:
        assert decided(disaster=True, birthdate=AT_80).ask_for == ("eligibility_certificate",)


class TestSpecialTreatment:
    SPECIAL = replace(BY_CARD, card_class="05")

    def test_everything_is_paid_first(self) -> None:
        outcome = decided(PIN_CARD, answer=self.SPECIAL)
        assert (outcome.outcome.value, charge(outcome)) == ("OK_ONLINE", FULL)
        assert "special_treatment" in outcome.reasons
        assert "special_treatment_refund" in outcome.tell

    @pytest.mark.parametrize(
        ("born", "expected"), [("2008-04-01", FULL), ("2008-04-02", ratio(30)), ("2009-01-01", ratio(30))]
    )
    def test_but_not_by_those_up_to_the_31_march_after_18(self, born: str, expected: dict[str, object]) -> None:
        outcome = decided(PIN_CARD, birthdate=date.fromisoformat(born), answer=self.SPECIAL)
        assert charge(outcome) == expected
        assert ("special_treatment_child" in outcome.reasons) == (expected != FULL)

    def test_that_31_march_still_spares(self) -> None:
        for on, expected in ((date(2027, 3, 31), ratio(30)), (date(2027, 4, 1), FULL)):
            assert charge(decided(PIN_CARD, birthdate=date(2008, 4, 2), on=on, answer=self.SPECIAL)) == expected

    def test_by_numbers_too_where_a_paper_is_enough_by_itself(self) -> None:
        assert charge(decided(CERTIFICATE, answer=replace(self.SPECIAL, by=AskedBy.NUMBERS))) == FULL

    @pytest.mark.parametrize(
        ("shown", "changes"),
        [((BROKEN_CARD, NOTICE), {}), ((BROKEN_CARD,), {}), ((NOTICE,), {"on": date(2026, 1, 15)})],
    )
    def test_but_nobody_on_the_fallback_ladder(self, shown: tuple[object, ...], changes: dict[str, object]) -> None:
        outcome = decided(*shown, answer=replace(self.SPECIAL, by=AskedBy.NUMBERS), **changes)
        assert charge(outcome) == ratio(30)
        assert "special_treatment_on_fallback" in outcome.reasons
        assert "special_treatment_refund" not in outcome.tell

    def test_without_a_birthdate_nobody_is_spared(self) -> None:
        assert charge(decided(PIN_CARD, birthdate=None, answer=self.SPECIAL)) == FULL

    def test_an_ended_membership_of_that_class_does_not_matter(self) -> None:
        assert charge(decided(PIN_CARD, answer=replace(by_card(2), card_class="05"))) == ratio(30)
