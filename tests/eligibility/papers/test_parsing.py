"""What may be typed from a paper, what is refused, and that nothing right is lost (reception.md §2, §10)."""
# ruff: noqa: N802 - the scenarios keep the numbers they have in reception.md

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.insurers import parse_insurer_number
from eligibility.papers.fields import SEEN_ONLY, TYPED, PaperField, Relation, Sex
from eligibility.papers.form_types import PaperForm
from eligibility.papers.forms import FORM_OF, FORMS
from eligibility.papers.paper import Paper
from eligibility.papers.parsing import PaperError, parse_paper
from eligibility.papers.reading import READERS
from tests.eligibility.papers.papers import (
    ADULT,
    ELDERLY_CERTIFICATE,
    KYOKAI_CERTIFICATE,
    NUMBERS,
    SHEET,
    STRIP,
    TODAY,
    UNION_CERTIFICATE,
    codes,
    refused,
    typed,
)

CERTIFICATE = FORM_OF["certificate_kyokai"]
ELDERLY = FORM_OF["certificate_elderly"]
THE_STRIP = FORM_OF["notice_kyokai_strip"]
THE_SHEET = FORM_OF["notice_kyokai_sheet"]
PORTAL = FORM_OF["portal_screen"]
COMPLETE = [
    (CERTIFICATE, KYOKAI_CERTIFICATE),
    (THE_STRIP, STRIP),
    (THE_SHEET, SHEET),
    (FORM_OF["certificate_chiba_medical"], UNION_CERTIFICATE),
    (ELDERLY, ELDERLY_CERTIFICATE),
]
# 123456789018 has the check digit of a 個人番号 and belongs to nobody.
INDIVIDUAL_NUMBERS = [
    "123456789018",
    "1234 5678 9018",
    "１２３４－５６７８－９０１８",
    "番号は123456789018です",
    "a 1234-5678-9018",
]


def test_a_certificate_of_kyokai_is_read_field_by_field() -> None:
    paper = typed(CERTIFICATE, KYOKAI_CERTIFICATE)
    assert paper.insurer_number == parse_insurer_number("01139997")
    assert (paper.symbol, paper.number, paper.branch) == ("12345678", "1234567", "00")
    assert (paper.name, paper.kana) == ("協会　太郎", "キョウカイ　タロウ")
    assert paper.birthdate == date(1954, 5, 2)
    assert (paper.sex, paper.relation) == (Sex.MALE, Relation.INSURED)
    assert (paper.issued_on, paper.expires_on) == (date(2025, 8, 1), date(2029, 7, 31))
    assert paper.former_name == "旧姓　太郎"
    assert set(paper.given) == set(map(PaperField, KYOKAI_CERTIFICATE))


@pytest.mark.parametrize(("form", "texts"), COMPLETE, ids=lambda part: getattr(part, "word", ""))
def test_what_was_typed_can_be_typed_again(form: PaperForm, texts: dict[str, str]) -> None:
    paper = typed(form, texts)
    assert typed(form, paper.typed()) == paper


def test_a_paper_that_is_printed_in_a_log_shows_no_value() -> None:
    paper = typed(CERTIFICATE, {"name": "協会　太郎", "number": "1234567", "sex": "男"})
    assert repr(paper) == str(paper) == "Paper(certificate_kyokai, itself, given: number, name, sex)"


def test_every_error_comes_at_once_and_what_was_right_is_kept() -> None:
    error = refused(CERTIFICATE, {**KYOKAI_CERTIFICATE, "birthdate": "昭99.1.1", "branch": "1", "sex": "不明"})
    assert codes(error) == {
        "birthdate": "field.date.outside_era",
        "branch": "field.branch.form",
        "sex": "field.sex.form",
    }
    right = {key: text for key, text in KYOKAI_CERTIFICATE.items() if key not in codes(error)}
    assert error.paper == typed(CERTIFICATE, right)


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("insurer_number", "0113999", "field.insurer_number.length"),
        ("symbol", "12 34", "field.symbol.blank"),
        ("number", "12 34", "field.number.blank"),
        ("branch", "1", "field.branch.form"),
        ("name", "協会\ue000", "field.name.private_use"),
        ("insured_name", "協会\ue000", "field.name.private_use"),
        ("kana", "協会", "field.kana.form"),
        ("birthdate", "令99.1.1", "field.birthdate.future"),
        ("sex", "不明", "field.sex.form"),
        ("relation", "友人", "field.relation.form"),
        ("acquired_on", "きのう", "field.date.form"),
        ("issued_on", "2025-02-30", "field.date.no_such_day"),
        ("expires_on", "平成99年1月1日", "field.date.outside_era"),
        ("address", "福岡\ue000", "field.words.private_use"),
        ("remarks", "a\x00b", "field.words.private_use"),
        ("colour", "yellow", "field.unknown_field"),
    ],
)
def test_each_field_is_judged_by_its_own_rule(key: str, text: str, code: str) -> None:
    assert codes(refused(CERTIFICATE, {key: text})) == {key: code}


@pytest.mark.parametrize("text", ["20", "２０", "020", "２割", "2割", "二割", "20%", "２０％", "2"])
def test_a_share_is_typed_as_papers_and_messages_write_it(text: str) -> None:
    assert typed(PORTAL, {"burden_ratio": text}).burden_ratio == 20


@pytest.mark.parametrize("text", ["40", "4割", "0", "200", "02", "2割5分", "10 20"])
def test_any_other_share_is_refused(text: str) -> None:
    assert codes(refused(PORTAL, {"burden_ratio": text})) == {"burden_ratio": "field.burden_ratio.form"}


@pytest.mark.parametrize(
    ("text", "sex"), [("男", Sex.MALE), ("男性", Sex.MALE), ("１", Sex.MALE), ("女", Sex.FEMALE), ("F", Sex.FEMALE)]
)
def test_sex_is_typed_as_it_is_printed(text: str, sex: Sex) -> None:
    assert typed(CERTIFICATE, {"sex": text}).sex is sex


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("被保険者", Relation.INSURED),
        ("本人", Relation.INSURED),
        ("被扶養者", Relation.DEPENDANT),
        ("家族", Relation.DEPENDANT),
    ],
)
def test_the_relation_is_typed_as_it_is_printed(text: str, relation: Relation) -> None:
    assert typed(CERTIFICATE, {"relation": text}).relation is relation


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.word)
def test_a_field_the_form_lacks_is_refused_by_name_and_a_blank_there_is_nothing(form: PaperForm) -> None:
    texts = dict.fromkeys((field.value for field in form.refuses & set(TYPED)), "1")
    if texts:
        error = refused(form, texts)
        assert codes(error) == dict.fromkeys(texts, "field.not_on_form")
        assert {wrong.params["form"] for _, wrong in error.errors} == {form.word}
        assert error.paper.given == ()
    assert typed(form, dict.fromkeys(texts, " ")).given == ()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.word)
def test_what_is_only_looked_at_is_never_typed(form: PaperForm) -> None:
    texts = {field.value: "あり" for field in SEEN_ONLY}
    assert set(codes(refused(form, texts)).values()) <= {"field.not_typed", "field.not_on_form"}
    assert codes(refused(CERTIFICATE, {"qr_code": "あり"})) == {"qr_code": "field.not_typed"}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.word)
def test_the_last_four_digits_are_never_taken_not_even_where_they_are_printed(form: PaperForm) -> None:
    error = refused(form, {"individual_number_last_four": "9018"})
    assert codes(error) == {"individual_number_last_four": "field.last_four"}
    assert error.paper == Paper(form=form)


def test_the_individual_number_on_the_back_of_the_card_has_no_field() -> None:
    card = FORM_OF["myna_card"]
    assert codes(refused(card, {"individual_number": "1"})) == {"individual_number": "field.individual_number"}


@pytest.mark.parametrize("text", INDIVIDUAL_NUMBERS)
@pytest.mark.parametrize("field", PaperField)
def test_an_individual_number_is_refused_in_every_field_also_inside_other_words(field: PaperField, text: str) -> None:
    error = refused(CERTIFICATE, {field.value: text})
    assert codes(error) == {field.value: "field.individual_number"}
    assert text not in f"{error!r}{error}{error.paper!r}"
    assert all(text not in value for _, wrong in error.errors for value in wrong.params.values())


@pytest.mark.parametrize("text", ["123456789012", "1234567890189", "福岡市 812-8670 1-2-345", "0570-015-369"])
def test_other_digits_in_an_address_are_no_individual_number(text: str) -> None:
    assert typed(CERTIFICATE, {"address": text}).address == text


def test_a_blank_symbol_or_branch_says_that_none_is_printed_and_is_not_00() -> None:
    assert typed(CERTIFICATE, {"symbol": " ", "branch": "　"}).typed() == {"symbol": "", "branch": ""}
    assert typed(CERTIFICATE, {"branch": "00"}).branch == "00"
    assert typed(CERTIFICATE, {}).branch is None


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("insurer_number", "field.insurer_number.empty"),
        ("number", "field.number.empty"),
        ("name", "field.name.empty"),
        ("birthdate", "field.date.empty"),
    ],
)
def test_a_blank_where_a_paper_must_say_something_is_a_mistake(key: str, code: str) -> None:
    assert codes(refused(CERTIFICATE, {key: "　"})) == {key: code}


def test_any_other_blank_was_not_typed() -> None:
    assert typed(CERTIFICATE, {"expires_on": "", "address": " ", "sex": "", "qr_code": ""}).given == ()
    assert typed(THE_SHEET, {"insurer_number": ""}).given == ()


def test_a_limit_before_the_day_of_issue_is_refused_and_the_rest_kept() -> None:
    error = refused(CERTIFICATE, {"issued_on": "令7.8.1", "expires_on": "令7.7.31"})
    assert codes(error) == {"expires_on": "field.expires_before_issue"}
    assert error.paper.issued_on == date(2025, 8, 1)
    assert error.paper.expires_on is None
    assert typed(CERTIFICATE, {"issued_on": "令7.8.1", "expires_on": "令7.8.1"}).expires_on == date(2025, 8, 1)


def test_a_limit_before_the_first_day_is_refused() -> None:
    recipient = FORM_OF["recipient_certificate"]
    error = refused(recipient, {"burden_ratio": "2割", "valid_from": "令8.8.1", "expires_on": "令8.7.31"})
    assert codes(error) == {"expires_on": "field.expires_before_start"}
    assert typed(recipient, {"valid_from": "令8.8.1", "expires_on": "令8.8.1"}).expires_on == date(2026, 8, 1)


def test_a_symbol_of_medical_care_for_the_elderly_is_looked_at_again_and_not_refused() -> None:
    assert typed(ELDERLY, {**ELDERLY_CERTIFICATE, "symbol": "1", "branch": "01"}).symbol == "1"


def test_what_the_sources_do_not_tell_may_be_typed_where_it_is_printed() -> None:
    union = FORM_OF["certificate_chiba_medical"]
    assert PaperField.SEX in union.unknown
    assert typed(union, {**UNION_CERTIFICATE, "sex": "女"}).sex is Sex.FEMALE


def test_the_four_items_of_an_outage_are_typed_from_the_card_face() -> None:
    card = typed(
        FORM_OF["myna_card"], {"name": "協会　太郎", "birthdate": ADULT, "sex": "男", "address": "福岡市1-2-3"}
    )
    assert [field.value for field in card.given] == ["name", "birthdate", "sex", "address"]


def test_F32_a_number_with_a_wrong_check_digit_is_refused_and_the_right_digit_suggested() -> None:
    error = refused(CERTIFICATE, {**NUMBERS, "insurer_number": "01139998"})
    [(field, wrong)] = error.errors
    assert (field, wrong.code) == ("insurer_number", "field.insurer_number.check_digit")
    assert wrong.params == {"suggestion": "7"}
    assert error.paper.number == "1234567"


def test_every_field_that_is_typed_has_a_reader_and_a_place_on_the_paper() -> None:
    assert set(READERS) == set(TYPED)
    assert all(getattr(Paper(form=CERTIFICATE), field.value) is None for field in TYPED)


texts = st.text(max_size=12) | st.sampled_from([*KYOKAI_CERTIFICATE.values(), *INDIVIDUAL_NUMBERS, "", "髙橋　●"])


@given(st.sampled_from(FORMS), st.dictionaries(st.sampled_from([*PaperField, "colour"]), texts))
def test_whatever_is_typed_every_field_is_either_kept_or_refused_or_blank(
    form: PaperForm, said: dict[str, str]
) -> None:
    try:
        paper, wrong = parse_paper(form, said, TODAY), set()
    except PaperError as error:
        paper, wrong = error.paper, {key for key, _ in error.errors}
    kept = {field.value for field in paper.given}
    assert not kept & wrong
    assert kept | wrong | {key for key, text in said.items() if not text.strip()} >= said.keys()
    assert kept | wrong <= said.keys()
    assert parse_paper(form, paper.typed(), TODAY) == paper
