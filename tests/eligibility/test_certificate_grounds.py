"""Why a person may get a 資格確認書 and from whom (reception.md §2.4, §3, §13b, S0–S4)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.certificate_grounds import GROUNDS, Ground, Way, grounds_for, not_grounds
from eligibility.certificate_issue import (
    ISSUES,
    joining_lines,
    unticked_joiner_window,
    who_issues,
)
from eligibility.insurer_profiles import InsurerProfile
from eligibility.words import LANGUAGES, text
from tests.eligibility.catalogue import ids, sentences

pytestmark = pytest.mark.broad

TODAY = date(2026, 11, 20)
KYOKAI, CHIBA, COMPANY = InsurerProfile.KYOKAI, InsurerProfile.CHIBA_MEDICAL, InsurerProfile.COMPANY
NATIONAL, ELDERLY, OTHER = InsurerProfile.NATIONAL, InsurerProfile.ELDERLY, InsurerProfile.OTHER
FLAG = "self_info_refused"


def words(profile: InsurerProfile, way: Way, on: date = TODAY) -> list[str]:
    return [ground.word for ground in grounds_for(profile, on) if ground.way is way]


def ground(profile: InsurerProfile, word: str) -> Ground:
    [found] = [ground for ground in GROUNDS[profile] if ground.word == word]
    return found


class TestChibaMedical:
    def test_exactly_two_reasons_can_be_applied_on(self) -> None:
        assert words(CHIBA, Way.APPLICATION) == ["lost_or_renewing", "needs_helper"]

    def test_five_come_without_an_application_and_the_protection_flag_of_every_insurer(self) -> None:
        assert words(CHIBA, Way.EX_OFFICIO) == [
            "no_card",
            "not_registered",
            "deregistered",
            "certificate_expired",
            "card_returned",
            FLAG,
        ]

    def test_s1_lists_exactly_those_seven(self) -> None:
        assert sum(ground.sources == ("S1",) for ground in GROUNDS[CHIBA]) == 7

    def test_no_other_reason_is_taken(self) -> None:
        assert [reason.word for reason in not_grounds(CHIBA)] == ["other_reasons", "just_in_case", "dislikes_card"]
        assert not_grounds(CHIBA)[0].sources == ("S1 (no other reasons)",)
        assert "other_reasons" not in {reason.word for reason in not_grounds(KYOKAI)}


# S4 (2024-08): A to G
LETTERS = {
    "A": ("lost_or_renewing", Way.APPLICATION),
    "B": ("needs_helper", Way.APPLICATION),
    "C": ("no_card", Way.EX_OFFICIO),
    "D": ("not_registered", Way.EX_OFFICIO),
    "E": ("deregistered", Way.EX_OFFICIO),
    "F": ("certificate_expired", Way.EX_OFFICIO),
    "G": ("card_returned", Way.EX_OFFICIO),
}


class TestCompany:
    @pytest.mark.parametrize(("letter", "expected"), LETTERS.items())
    def test_the_reasons_a_to_g(self, letter: str, expected: tuple[str, Way]) -> None:
        word, way = expected
        found = ground(COMPANY, word)
        assert (found.way, found.sources) == (way, (f"S4 ({letter})",))

    def test_who_joins_without_a_usable_card_applies(self) -> None:
        assert ground(COMPANY, "new_joiner").way is Way.APPLICATION

    @pytest.mark.parametrize(("on", "counts"), [("2024-12-02", True), ("2025-12-01", True), ("2025-12-02", False)])
    def test_a_lost_old_card_is_a_reason_while_old_cards_count(self, on: str, counts: bool) -> None:
        assert ("old_card_lost" in words(COMPANY, Way.APPLICATION, date.fromisoformat(on))) == counts

    def test_some_rightly_hold_card_and_certificate(self) -> None:
        # マイナ保険証取得者のうち諸事情で必要とする方（施設や介助者に預ける等）: the way is our reading
        found = ground(COMPANY, "entrusted")
        assert not found.verified
        assert "ground.unverified" in found.message_ids()
        assert "両方" in text("ja", found.message_id)

    def test_nobody_else_has_those_reasons(self) -> None:
        special = {"new_joiner", "old_card_lost", "entrusted"}
        for profile in set(InsurerProfile) - {COMPANY}:
            assert special.isdisjoint(ground.word for ground in GROUNDS[profile])


class TestKyokai:
    def test_a_joiner_ticks_the_box_and_anybody_may_use_the_form(self) -> None:
        assert words(KYOKAI, Way.APPLICATION)[:2] == ["joiner_ticks_box", "application_form"]

    def test_it_comes_by_itself_without_card_number_registration_or_certificate(self) -> None:
        by_s2 = [ground.word for ground in GROUNDS[KYOKAI] if "S2" in ground.sources]
        assert by_s2 == ["no_card", "number_not_submitted", "not_registered", "certificate_expired"]
        assert set(by_s2) <= set(words(KYOKAI, Way.EX_OFFICIO))

    def test_who_did_not_tick_is_sent_one_after_30_to_50_days(self) -> None:
        assert ground(KYOKAI, "joiner_did_not_tick").way is Way.EX_OFFICIO
        assert unticked_joiner_window(date(2026, 4, 1)) == (date(2026, 5, 1), date(2026, 5, 21))

    @given(st.dates())
    def test_the_window_is_total(self, day: date) -> None:
        first, last = unticked_joiner_window(day)
        assert day <= first <= last <= day + min(timedelta(days=50), date.max - day)


class TestElderly:
    def test_to_2026_07_31_everybody_gets_one(self) -> None:
        assert words(ELDERLY, Way.EX_OFFICIO, date(2026, 7, 31)) == ["elderly_everyone", FLAG]
        assert words(ELDERLY, Way.APPLICATION, date(2026, 7, 31)) == []

    def test_from_2026_08_01_those_of_85_others_by_what_they_hold_or_on_request(self) -> None:
        first_day = date(2026, 8, 1)
        assert words(ELDERLY, Way.EX_OFFICIO, first_day) == [
            "elderly_from_85",
            "no_card",
            "not_registered",
            "deregistered",
            "certificate_expired",
            "card_returned",
            FLAG,
        ]
        assert words(ELDERLY, Way.APPLICATION, first_day) == ["elderly_on_request", "lost_or_renewing", "needs_helper"]

    def test_what_one_association_prints_is_unverified(self) -> None:
        assert not ground(ELDERLY, "elderly_from_85").verified
        assert not ground(ELDERLY, "elderly_on_request").verified

    def test_just_in_case_is_enough_there(self) -> None:
        assert not_grounds(ELDERLY) == ()

    @pytest.mark.parametrize(("lang", "last"), [("ja", "2026年7月31日"), ("en", "31 July 2026")])
    def test_the_day_in_words_is_the_day_in_data(self, lang: str, last: str) -> None:
        assert ground(ELDERLY, "elderly_everyone").last == date(2026, 7, 31)
        assert last in text(lang, "ground.elderly_everyone")


class TestEverybody:
    @pytest.mark.parametrize("profile", InsurerProfile)
    def test_none_was_issued_before_2024_12_02(self, profile: InsurerProfile) -> None:
        assert grounds_for(profile, date(2024, 12, 1)) == ()
        assert grounds_for(profile, date(2024, 12, 2))

    @pytest.mark.parametrize("profile", InsurerProfile)
    @pytest.mark.parametrize("on", [date(2024, 12, 2), date(2026, 7, 31), date(2026, 8, 1)])
    def test_the_protected_never_have_to_apply(self, profile: InsurerProfile, on: date) -> None:
        assert FLAG in words(profile, Way.EX_OFFICIO, on)

    @pytest.mark.parametrize("profile", [NATIONAL, OTHER])
    def test_where_no_seed_speaks_the_general_reasons_hold(self, profile: InsurerProfile) -> None:
        assert words(profile, Way.APPLICATION) == ["lost_or_renewing", "needs_helper"]
        assert words(profile, Way.EX_OFFICIO) == words(CHIBA, Way.EX_OFFICIO)

    @pytest.mark.parametrize("profile", [KYOKAI, CHIBA, COMPANY, NATIONAL, OTHER])
    def test_wanting_one_or_disliking_the_card_is_no_reason(self, profile: InsurerProfile) -> None:
        refused = {reason.message_id for reason in not_grounds(profile)}
        assert refused - {"ground.not.other_reasons"} == {"ground.not.just_in_case", "ground.not.dislikes_card"}
        assert all(reason.sources for reason in not_grounds(profile))

    @pytest.mark.parametrize("profile", InsurerProfile)
    def test_no_reason_is_named_twice_and_each_has_a_source(self, profile: InsurerProfile) -> None:
        found = [ground.word for ground in GROUNDS[profile]]
        assert len(found) == len(set(found))
        assert all(ground.sources for ground in GROUNDS[profile])

    def test_what_is_applied_for_comes_first(self) -> None:
        for profile in InsurerProfile:
            ways = [ground.way for ground in grounds_for(profile, TODAY)]
            applied = ways.count(Way.APPLICATION)
            assert ways == [Way.APPLICATION] * applied + [Way.EX_OFFICIO] * (len(ways) - applied)


class TestWhoIssues:
    @pytest.mark.parametrize(
        ("profile", "applies", "arrives"),
        [
            (
                KYOKAI,
                ["tick_box", "form"],
                ["joiner_by_employer", "home", "undelivered_to_employer", "several_envelopes"],
            ),
            (CHIBA, ["tick_box", "form_with_reason", "tell_employer"], ["by_employer", "voluntary_direct"]),
            (COMPANY, ["wish_box"], ["by_employer", "voluntary_direct"]),
            (NATIONAL, ["municipal_counter"], ["to_household"]),
            (ELDERLY, ["municipal_counter"], ["by_post"]),
            (OTHER, ["ask_insurer"], []),
        ],
    )
    def test_how_to_apply_and_how_it_arrives(
        self, profile: InsurerProfile, applies: list[str], arrives: list[str]
    ) -> None:
        issue = who_issues(profile)
        assert [step.word for step in issue.apply] == applies
        assert [step.word for step in issue.delivery] == arrives
        assert issue.message_ids()[0] == f"issuer.{profile.value}"
        assert len(issue.message_ids()) == 1 + len(applies) + len(arrives)

    def test_the_societies_differ_in_what_is_printed_about_voluntary_members(self) -> None:
        assert [step.verified for step in who_issues(COMPANY).delivery] == [True, True]  # S4 says it
        assert [step.verified for step in who_issues(CHIBA).delivery] == [True, False]  # S1 does not

    def test_no_seed_is_by_a_municipality(self) -> None:
        for profile in (NATIONAL, ELDERLY, OTHER):
            assert not any(step.verified for step in (*who_issues(profile).apply, *who_issues(profile).delivery))

    def test_every_step_names_its_sources(self) -> None:
        assert set(ISSUES) == set(InsurerProfile)
        assert all(step.sources for issue in ISSUES.values() for step in (*issue.apply, *issue.delivery))


class TestJoining:
    def test_kyokai_the_employer_files_within_5_days_and_the_card_works_2_to_5_business_days_later(self) -> None:
        assert joining_lines(KYOKAI) == (
            ("ground.joining.file_within_5_days", {}),
            ("ground.joining.number_on_the_form", {}),
            ("ground.joining.usable", {}),
            ("ground.joining.longer_without_number", {}),
            ("ground.joining.unticked", {}),
        )

    def test_kyokai_with_days_the_lines_name_days(self) -> None:
        lines = joining_lines(KYOKAI, acquired_on=date(2026, 11, 10), accepted_on=date(2026, 11, 16))
        assert ("ground.joining.usable_between", {"earliest": "2026-11-18", "latest": "2026-11-24"}) in lines
        assert ("ground.joining.unticked_between", {"first": "2026-12-10", "last": "2026-12-30"}) in lines

    def test_chiba_it_works_when_the_notice_arrives_or_the_portal_shows_it(self) -> None:
        assert [line for line, _ in joining_lines(CHIBA)] == [
            "ground.joining.works_with_the_notice",
            "ground.joining.earlier_by_portal",
        ]

    @pytest.mark.parametrize("profile", [COMPANY, NATIONAL, ELDERLY, OTHER])
    def test_of_the_others_no_source_says_it(self, profile: InsurerProfile) -> None:
        assert joining_lines(profile) == ()


class TestWords:
    def test_every_id_has_words_and_none_is_unused(self) -> None:
        grounds = {word for of_one in GROUNDS.values() for ground in of_one for word in ground.message_ids()}
        refused = {reason.message_id for profile in InsurerProfile for reason in not_grounds(profile)}
        joining = {line for profile in InsurerProfile for line, _ in joining_lines(profile)}
        joining |= {line for line, _ in joining_lines(KYOKAI, acquired_on=TODAY, accepted_on=TODAY)}
        assert grounds | refused | joining == ids("ground.")
        assert {word for issue in ISSUES.values() for word in issue.message_ids()} == ids("issuer.")

    @pytest.mark.parametrize("lang", LANGUAGES)
    def test_the_lines_are_filled_in(self, lang: str) -> None:
        for line, params in joining_lines(KYOKAI, acquired_on=TODAY, accepted_on=TODAY):
            said = text(lang, line, **params)
            assert all(value in said for value in params.values())
            assert params or said == sentences(lang)[line]

    def test_an_expired_certificate_carries_the_note_about_the_mail(self) -> None:
        assert "ground.note.mailed_after_grace" in ground(NATIONAL, "certificate_expired").message_ids()
        assert ground(NATIONAL, "no_card").message_ids() == ("ground.no_card", "ground.way.ex_officio")
