"""What is odd about a paper is said and refused by nobody (validation.md §2 to §5, reception.md §8)."""
# ruff: noqa: N802 - the scenarios keep the numbers they have in reception.md

from __future__ import annotations

from datetime import date

import pytest

from eligibility.papers.fields import PaperField
from eligibility.papers.forms import FORM_OF
from eligibility.papers.look_again import PaperWarning, look_again
from eligibility.papers.paper import Shown
from eligibility.papers.parsing import parse_paper
from tests.eligibility.papers.papers import (
    ELDERLY_CERTIFICATE,
    KYOKAI_CERTIFICATE,
    STRIP,
    TODAY,
    UNION_CERTIFICATE,
    typed,
)


def warned(word: str, texts: dict[str, str], *, shown: Shown = Shown.ITSELF) -> list[tuple[str | None, str]]:
    return [(warning.at, warning.code) for warning in look_again(typed(FORM_OF[word], texts, shown=shown), TODAY)]


@pytest.mark.parametrize(
    ("word", "texts"),
    [
        ("certificate_kyokai", KYOKAI_CERTIFICATE),
        ("certificate_chiba_medical", UNION_CERTIFICATE),
        ("certificate_elderly", ELDERLY_CERTIFICATE),
        ("notice_kyokai_strip", STRIP),
        ("smartphone", {}),
    ],
)
def test_nothing_is_odd_about_a_right_paper(word: str, texts: dict[str, str]) -> None:
    assert warned(word, texts) == []


def test_the_rules_of_the_elderly_are_warnings_at_their_fields() -> None:
    texts = {**ELDERLY_CERTIFICATE, "symbol": "1", "number": "1234567", "branch": "01"}
    assert warned("certificate_elderly", texts) == [
        ("symbol", "warning.elderly_symbol"),
        ("number", "warning.elderly_number"),
        ("branch", "warning.elderly_branch"),
    ]


def test_a_number_that_is_not_typed_yet_is_not_odd() -> None:
    assert warned("certificate_elderly", {"insurer_number": "39139993"}) == []


@pytest.mark.parametrize(
    ("word", "insurer"),
    [
        ("certificate_elderly", "01139997"),
        ("certificate_kyokai", "06139992"),
        ("certificate_chiba_medical", "06139992"),
        ("notice_national", "39139993"),
        ("certificate_other", "139998"),
        ("recipient_certificate", "39139993"),
        ("recipient_certificate", "06129993"),
    ],
)
def test_a_number_of_another_kind_of_insurer_is_looked_at_again(word: str, insurer: str) -> None:
    assert ("insurer_number", "warning.insurer_of_other_form") in warned(word, {"insurer_number": insurer})


@pytest.mark.parametrize("shown", [Shown.PHOTOCOPY, Shown.PICTURE])
def test_F31_of_a_copy_the_original_is_asked_for(shown: Shown) -> None:
    assert warned("certificate_kyokai", KYOKAI_CERTIFICATE, shown=shown) == [(None, "warning.copy_refused")]


def test_F31_a_web_display_is_to_be_switched_to_japanese() -> None:
    assert warned("certificate_web", {}, shown=Shown.NOT_IN_JAPANESE) == [(None, "warning.display_in_japanese")]


def test_a_printed_notice_is_as_good_as_the_notice() -> None:
    assert warned("notice_company_a", {}, shown=Shown.PHOTOCOPY) == []


def test_F01_a_black_circle_in_a_name_is_asked_about_and_kept_as_it_is() -> None:
    texts = {"name": "●橋　太郎", "insured_name": "●橋　花子"}
    assert warned("certificate_kyokai", texts) == [
        ("name", "warning.name_hidden"),
        ("insured_name", "warning.name_hidden"),
    ]
    assert typed(FORM_OF["certificate_kyokai"], texts).name == "●橋　太郎"


def test_F02_what_a_claim_refuses_is_listed_and_the_name_accepted() -> None:
    paper = typed(FORM_OF["portal_screen"], {"name": "德濵　德𠮷"})
    assert paper.name == "德濵　德𠮷"
    assert look_again(paper, TODAY) == (
        PaperWarning(PaperField.NAME, "warning.name_not_for_claims", {"characters": "德濵𠮷"}),
    )


def test_an_age_above_120_and_days_after_today_are_confirmed() -> None:
    texts = {"birthdate": "明38.1.1", "acquired_on": "令8.11.21", "issued_on": "令8.11.20"}
    assert warned("certificate_kyokai", texts) == [
        ("birthdate", "warning.birthdate_very_old"),
        ("acquired_on", "warning.date_after_today"),
    ]


@pytest.mark.parametrize(
    ("issued", "expires", "odd"),
    [
        ("2024-12-02", "2029-12-01", False),
        ("2024-12-02", "2029-12-02", False),
        ("2024-12-02", "2029-12-03", True),
        ("2024-12-02", "2030-01-01", True),
    ],
)
def test_a_certificate_of_more_than_five_years_is_looked_at_again(issued: str, expires: str, odd: bool) -> None:
    found = warned("certificate_kyokai", {"issued_on": issued, "expires_on": expires})
    assert found == ([("expires_on", "warning.certificate_too_long")] if odd else [])


def test_no_length_of_a_notice_is_odd() -> None:
    assert warned("notice_other", {"issued_on": "2020-01-01", "expires_on": "2031-01-01"}) == []


def test_ten_percent_on_a_recipient_certificate_has_ended() -> None:
    assert warned("recipient_certificate", {"burden_ratio": "1割"}) == [("burden_ratio", "warning.recipient_ratio")]
    assert warned("recipient_certificate", {"burden_ratio": "2割"}) == []
    assert warned("certificate_elderly", {"burden_ratio": "1割"}) == []


def test_a_paper_is_judged_on_the_day_it_is_shown() -> None:
    form, texts = FORM_OF["certificate_kyokai"], {"issued_on": "2026-11-20"}
    paper = parse_paper(form, texts, date(2026, 11, 19))
    assert [warning.code for warning in look_again(paper, date(2026, 11, 19))] == ["warning.date_after_today"]
    assert look_again(paper, date(2026, 11, 20)) == ()
