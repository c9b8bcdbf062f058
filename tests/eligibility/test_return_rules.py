"""What becomes of a document that is no longer used (reception.md §2.1, §2.8, S0, S1, S2, S3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from eligibility.calendar import elderly_from
from eligibility.case import Case, Membership, Person
from eligibility.documents import DOCUMENT_TYPES, Document, EligibilityCertificate, InsuranceCard
from eligibility.errors import FieldError
from eligibility.insurer_profiles import InsurerProfile, profile_of
from eligibility.insurers import InsurerKind
from eligibility.policy import decide
from eligibility.return_rules import Holding, How, ReturnRule, Situation, return_rule
from eligibility.words import LANGUAGES, text
from tests.eligibility.cases import AT_80, CERTIFICATE, KOKUHO_CARD, NOTICE, OLD_CARD, TODAY, by_numbers, case
from tests.eligibility.catalogue import ids
from tests.eligibility.fixture_insurers import KYOKAI as KYOKAI_NUMBER
from tests.eligibility.strategies import cases, sweep
from tests.thoroughness import examples

pytestmark = pytest.mark.broad

KYOKAI, CHIBA, COMPANY = InsurerProfile.KYOKAI, InsurerProfile.CHIBA_MEDICAL, InsurerProfile.COMPANY
NATIONAL, ELDERLY, OTHER = InsurerProfile.NATIONAL, InsurerProfile.ELDERLY, InsurerProfile.OTHER
CARD, PAPER, LETTER = "insurance_card", "eligibility_certificate", "eligibility_notice"
D = date.fromisoformat


def rule(document: str, profile: InsurerProfile, on: str = "2026-11-20", **situation: object) -> ReturnRule:
    return return_rule(Holding(document, profile, D(on), **situation))  # type: ignore[arg-type]


def says(document: str, profile: InsurerProfile, on: str = "2026-11-20", **situation: object) -> tuple[bool, How]:
    found = rule(document, profile, on, **situation)
    return found.goes_back, found.how


class TestOldCard:
    @pytest.mark.parametrize("profile", [KYOKAI, CHIBA])
    @pytest.mark.parametrize(
        ("lost_on", "back"),
        [("2025-06-01", True), ("2025-12-01", True), ("2025-12-02", False), ("2026-04-01", False)],
    )
    def test_it_goes_back_where_the_membership_was_lost_by_2025_12_01(
        self, profile: InsurerProfile, lost_on: str, back: bool
    ) -> None:
        how = How.BY_EMPLOYER if back else {KYOKAI: How.MAY_BE_DESTROYED, CHIBA: How.NOT_NEEDED}[profile]
        assert says(CARD, profile, lost=True, lost_on=D(lost_on)) == (back, how)

    @pytest.mark.parametrize(("on", "back"), [("2025-12-01", True), ("2025-12-02", False)])
    def test_without_the_day_of_the_loss_today_decides(self, on: str, back: bool) -> None:
        assert says(CARD, KYOKAI, on, lost=True)[0] == back

    def test_chiba_says_that_no_return_is_needed_and_nothing_of_destroying(self) -> None:
        """S1: 返却の必要はありません."""
        for found in (rule(CARD, CHIBA), rule(PAPER, CHIBA, expired=True)):
            assert (found.goes_back, found.how, found.verified) == (False, How.NOT_NEEDED, True)
            assert text("ja", found.message_ids()[1]) == "返却の必要はありません"

    @pytest.mark.parametrize("profile", set(InsurerProfile) - {CHIBA})
    @pytest.mark.parametrize(("on", "how"), [("2025-12-01", How.KEEP), ("2025-12-02", How.MAY_BE_DESTROYED)])
    def test_a_member_keeps_it_to_2025_12_01_and_may_destroy_it_after(
        self, profile: InsurerProfile, on: str, how: How
    ) -> None:
        assert says(CARD, profile, on) == (False, how)

    def test_past_its_printed_limit_a_member_may_destroy_it(self) -> None:
        found = rule(CARD, NATIONAL, "2025-08-01", expired=True)
        assert (found.goes_back, found.how, found.verified) == (False, How.MAY_BE_DESTROYED, True)

    def test_a_loss_that_is_still_to_come_changes_nothing(self) -> None:
        assert says(CARD, KYOKAI, "2025-06-01", lost_on=D("2025-07-01")) == (False, How.KEEP)
        assert says(CARD, KYOKAI, "2025-07-01", lost_on=D("2025-07-01")) == (True, How.BY_EMPLOYER)

    def test_voluntary_members_of_kyokai_return_it_directly_with_the_form(self) -> None:
        found = rule(CARD, KYOKAI, "2025-06-01", lost=True, voluntary=True)
        assert (found.goes_back, found.how, found.verified) == (True, How.WITH_VOLUNTARY_LOSS_FORM, True)
        assert "S2" in found.sources
        assert "任意継続被保険者資格喪失申出書" in text("ja", found.message_ids()[1])
        assert "任意継続" in text("ja", found.message_ids()[0])

    def test_what_it_names_as_sources(self) -> None:
        assert rule(CARD, KYOKAI, "2025-06-01", lost=True).sources == ("S0", "S2", "S3")
        assert rule(CARD, CHIBA, "2025-06-01", lost=True).sources == ("S1",)


class TestCertificate:
    @pytest.mark.parametrize("profile", [KYOKAI, CHIBA])
    def test_lost_inside_its_limit_it_goes_back_by_the_employer(self, profile: InsurerProfile) -> None:
        found = rule(PAPER, profile, lost=True)
        assert (found.goes_back, found.how, found.verified) == (True, How.BY_EMPLOYER, True)

    @pytest.mark.parametrize("lost", [True, False])
    @pytest.mark.parametrize("profile", InsurerProfile)
    def test_past_its_limit_it_need_not(self, profile: InsurerProfile, lost: bool) -> None:
        how = How.NOT_NEEDED if profile is CHIBA else How.MAY_BE_DESTROYED
        assert says(PAPER, profile, lost=lost, expired=True) == (False, how)

    def test_the_older_of_two_goes_back_in_the_envelope(self) -> None:
        found = rule(PAPER, KYOKAI, older_of_two=True)
        assert (found.goes_back, found.how, found.sources) == (True, How.IN_RETURN_ENVELOPE, ("S2",))
        assert says(PAPER, KYOKAI, older_of_two=True, expired=True) == (True, How.IN_RETURN_ENVELOPE)

    def test_one_that_arrived_after_leaving_goes_back_in_the_envelope(self) -> None:
        found = rule(PAPER, KYOKAI, arrived_after_loss=True)
        assert (found.goes_back, found.how, found.sources) == (True, How.IN_RETURN_ENVELOPE, ("S2",))

    def test_only_kyokai_is_known_to_enclose_an_envelope(self) -> None:
        for profile in (CHIBA, COMPANY, NATIONAL, ELDERLY, OTHER):
            found = rule(PAPER, profile, older_of_two=True)
            assert found.goes_back
            assert found.how is not How.IN_RETURN_ENVELOPE
            assert not found.verified

    def test_a_member_keeps_the_one_in_use(self) -> None:
        found = rule(PAPER, KYOKAI)
        assert (found.goes_back, found.how, found.verified) == (False, How.KEEP, True)

    @pytest.mark.parametrize("on", ["2025-12-01", "2025-12-02", "2030-01-01"])
    def test_the_end_of_the_old_card_does_not_touch_it(self, on: str) -> None:
        assert says(PAPER, KYOKAI, on, lost=True) == (True, How.BY_EMPLOYER)

    @pytest.mark.parametrize(
        ("profile", "how"),
        [(KYOKAI, How.WITH_VOLUNTARY_LOSS_FORM), (CHIBA, How.TO_SOCIETY), (COMPANY, How.TO_SOCIETY)],
    )
    def test_for_voluntary_members_no_source_speaks_of_it(self, profile: InsurerProfile, how: How) -> None:
        found = rule(PAPER, profile, lost=True, voluntary=True)
        assert (found.goes_back, found.how, found.verified) == (True, how, False)
        assert found.message_ids()[-1] == "return_rule.unverified"

    @pytest.mark.parametrize(
        ("profile", "how"), [(NATIONAL, How.TO_MUNICIPALITY), (ELDERLY, How.TO_MUNICIPALITY), (OTHER, How.TO_INSURER)]
    )
    def test_who_has_no_employer_returns_it_to_whom_it_came_from(self, profile: InsurerProfile, how: How) -> None:
        assert says(PAPER, profile, lost=True) == (True, how)
        assert says(PAPER, profile, lost=True, voluntary=True) == (True, how)


class TestOthers:
    @pytest.mark.parametrize("profile", InsurerProfile)
    @pytest.mark.parametrize("lost", [True, False])
    def test_a_notice_never_goes_back(self, profile: InsurerProfile, lost: bool) -> None:
        assert says(LETTER, profile, lost=lost, arrived_after_loss=lost) == (False, How.KEEP)

    def test_that_a_notice_stays_is_printed_by_kyokai_and_chiba(self) -> None:
        said = {profile for profile in InsurerProfile if rule(LETTER, profile).verified}
        assert said == {KYOKAI, CHIBA}

    def test_of_the_recipient_certificate_nothing_was_found(self) -> None:
        found = rule("elderly_recipient_certificate", KYOKAI, lost=True)
        assert (found.goes_back, found.how, found.verified) == (False, How.ASK_INSURER, False)

    @pytest.mark.parametrize("document", ["myna_card", "smartphone", "portal", "declaration"])
    def test_what_is_no_paper_of_the_insurer_stays(self, document: str) -> None:
        assert says(document, KYOKAI, lost=True) == (False, How.KEEP)

    def test_a_word_that_names_no_document_is_refused(self) -> None:
        with pytest.raises(FieldError) as error:
            rule("passport", KYOKAI)
        assert (error.value.code, error.value.params) == ("return_rule.no_such_document", {})


# --- agreement with the decision (design.md §5, `returns`) ---


def goes_back_by_the_rules(document: Document, visit: Case) -> bool:
    """The rule for one document of a visit, from nothing but what the visit shows."""
    if not isinstance(document, (EligibilityCertificate, InsuranceCard)):
        holding = Holding(document.document, profile_of(None), visit.on, lost=visit.membership is Membership.LEFT)
        return return_rule(holding).goes_back
    if isinstance(document, EligibilityCertificate) and not document.original:
        return False
    return return_rule(
        Holding(
            document.document,
            profile_of(document.insurer_number),
            visit.on,
            lost=visit.membership is Membership.LEFT or ended_by_answer(document, visit) or left_at_75(document, visit),
            expired=document.expires_on is not None and document.expires_on < visit.on,
            older_of_two=isinstance(document, EligibilityCertificate) and is_older(document, visit),
        )
    ).goes_back


def ended_by_answer(paper: EligibilityCertificate | InsuranceCard, visit: Case) -> bool:
    answer = visit.answer
    if answer is None or answer.validity != 2 or answer.person is not Person.SAME:
        return False
    return answer.insurer_number is None or answer.insurer_number == paper.insurer_number


def left_at_75(paper: EligibilityCertificate | InsuranceCard, visit: Case) -> bool:
    # An old card is judged by its limit alone: nothing of it is left to count at 75.
    if not isinstance(paper, EligibilityCertificate) or visit.birthdate is None or paper.insurer_number is None:
        return False
    return paper.insurer_number.kind is not InsurerKind.ELDERLY and visit.on >= elderly_from(visit.birthdate)


def is_older(paper: EligibilityCertificate, visit: Case) -> bool:
    others = [other.issued_on for other in visit.all_of(EligibilityCertificate) if other.original]
    return paper.issued_on is not None and any(other is not None and other > paper.issued_on for other in others)


def assert_agreement(visit: Case) -> tuple[str, ...]:
    returned = decide(visit).returns
    by_the_rules = {document.document for document in visit.presented if goes_back_by_the_rules(document, visit)}
    assert set(returned) == by_the_rules
    return returned


@pytest.mark.parametrize(
    ("visit", "returned"),
    [
        (case(CERTIFICATE, replace(CERTIFICATE, issued_on=date(2024, 12, 2))), (PAPER,)),
        (case(CERTIFICATE, membership=Membership.LEFT), (PAPER,)),
        (case(CERTIFICATE, answer=replace(by_numbers(2), insurer_number=KYOKAI_NUMBER)), (PAPER,)),
        (case(CERTIFICATE, birthdate=AT_80), (PAPER,)),
        (case(replace(CERTIFICATE, expires_on=TODAY - timedelta(days=1)), membership=Membership.LEFT), ()),
        (case(CERTIFICATE), ()),
        (case(OLD_CARD, on=D("2025-12-01"), membership=Membership.LEFT), (CARD,)),
        (case(OLD_CARD, on=D("2025-12-02"), membership=Membership.LEFT), ()),
        (case(KOKUHO_CARD, on=D("2025-09-01"), membership=Membership.LEFT), (CARD,)),
        (case(CERTIFICATE, OLD_CARD, on=D("2025-12-01"), membership=Membership.LEFT), (PAPER, CARD)),
        (case(NOTICE, membership=Membership.LEFT), ()),
    ],
)
def test_what_the_decision_returns_goes_back_by_these_rules(visit: Case, returned: tuple[str, ...]) -> None:
    assert assert_agreement(visit) == returned


@settings(max_examples=examples(500), deadline=None)
@given(cases())
def test_decision_and_rules_agree_on_every_case(visit: Case) -> None:
    event(f"returns {assert_agreement(visit)}")


def test_they_agree_on_all_pairs_of_documents() -> None:
    returned = {assert_agreement(visit) for visit in sweep()}
    assert {(PAPER,), ()} <= returned


class TestWords:
    def test_every_id_has_words_and_none_is_unused(self) -> None:
        used = {"return_rule.no_such_document"}
        for kind in DOCUMENT_TYPES:
            for profile in InsurerProfile:
                for on in ("2025-12-01", "2025-12-02"):
                    for lost, expired, older, late, voluntary in (
                        (False, False, False, False, False),
                        (True, False, False, False, False),
                        (True, False, False, False, True),
                        (False, True, False, False, False),
                        (False, False, True, False, False),
                        (False, False, False, True, False),
                    ):
                        holding = Holding(
                            kind.document,
                            profile,
                            D(on),
                            lost=lost,
                            expired=expired,
                            older_of_two=older,
                            arrived_after_loss=late,
                            voluntary=voluntary,
                        )
                        used |= set(return_rule(holding).message_ids())
        assert used == ids("return_rule.")
        assert {f"return_rule.{situation.value}" for situation in Situation} <= used
        assert {f"return_rule.how.{how.value}" for how in How} <= used

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_the_refusal_says_no_value(self, lang: str) -> None:
        assert "passport" not in text(lang, "return_rule.no_such_document")


@given(
    st.sampled_from([kind.document for kind in DOCUMENT_TYPES]),
    st.sampled_from(InsurerProfile),
    st.dates(),
    st.none() | st.dates(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_every_holding_has_a_rule_with_a_source(
    document: str,
    profile: InsurerProfile,
    on: date,
    lost_on: date | None,
    lost: bool,
    expired: bool,
    older: bool,
    voluntary: bool,
) -> None:
    found = return_rule(Holding(document, profile, on, lost, lost_on, expired, older, voluntary))
    assert found.sources
    assert found.goes_back == (found.how not in {How.KEEP, How.MAY_BE_DESTROYED, How.NOT_NEEDED, How.ASK_INSURER})
