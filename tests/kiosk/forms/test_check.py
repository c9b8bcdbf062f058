"""A form as it stands: errors, remarks and what is lacking (validation.md §1 to §5)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.papers.fields import TYPED, PaperField
from eligibility.papers.forms import FORMS
from eligibility.papers.paper import Shown
from kiosk.forms.check import FormCheck, check_form
from tests.kiosk.forms.samples import (
    CERTIFICATE,
    CHIBA,
    COMPANY,
    INDIVIDUAL_NUMBER,
    KYOKAI,
    NATIONAL,
    SHEET,
    TODAY,
)

F = PaperField


def said(check: FormCheck, at: PaperField) -> list[str]:
    return [remark.message_id for remark in check.remarks.get(at, ())]


def test_a_right_form_is_complete_and_becomes_the_paper() -> None:
    check = check_form(KYOKAI, CERTIFICATE, TODAY)
    assert check.complete
    assert check.paper.birthdate == date(1980, 6, 15)
    assert not check.odd
    assert check.missing_for_query == ()


def test_an_empty_form_lacks_what_the_query_needs_and_says_it_in_the_readers_words() -> None:
    check = check_form(KYOKAI, {}, TODAY)
    assert {at: error.code for at, error in check.lacking.items()} == {
        F.INSURER_NUMBER: "field.insurer_number.empty",
        F.NUMBER: "field.number.empty",
        F.BIRTHDATE: "field.date.empty",
        F.EXPIRES_ON: "field.date.empty",
    }
    assert not check.complete


def test_the_insurer_is_named_from_its_number() -> None:
    check = check_form(KYOKAI, {"insurer_number": "01130012"}, TODAY)
    assert said(check, F.INSURER_NUMBER) == ["insurer.kyokai.13"]


def test_a_last_digit_is_proposed_only_where_it_alone_explains_the_number() -> None:
    explained = check_form(KYOKAI, {"insurer_number": "01139998"}, TODAY).errors[F.INSURER_NUMBER]
    assert explained.params == {"suggestion": "7"}
    unexplained = check_form(KYOKAI, {"insurer_number": "98139991"}, TODAY).errors[F.INSURER_NUMBER]
    assert "suggestion" not in unexplained.params


@pytest.mark.parametrize("text", ["昭55.6.15", "S55/6/15", "1980-06-15", "19800615", "Ｓ５５０６１５", "昭550615"])
def test_a_birthday_is_read_in_every_spelling_and_said_in_both_calendars(text: str) -> None:
    check = check_form(KYOKAI, {"birthdate": text}, TODAY)
    remarks = {remark.message_id: remark.params for remark in check.remarks[F.BIRTHDATE]}
    assert remarks["forms.read.day"] == {"era": "昭和55年6月15日", "day": "1980-06-15"}
    assert remarks["forms.read.age"] == {"age": "46"}


def test_an_expired_certificate_is_remarked_and_not_refused() -> None:
    check = check_form(KYOKAI, {**CERTIFICATE, "issued_on": "", "expires_on": "2026-11-19"}, TODAY)
    assert "forms.read.expired" in said(check, F.EXPIRES_ON)
    assert check.complete


def test_an_end_before_the_issue_is_an_error_at_the_end() -> None:
    check = check_form(KYOKAI, {**CERTIFICATE, "issued_on": "2030-01-01"}, TODAY)
    assert check.errors[F.EXPIRES_ON].code == "field.expires_before_issue"


def test_a_blank_symbol_and_branch_mean_that_none_is_printed() -> None:
    check = check_form(NATIONAL, {"insurer_number": "139998", "number": "77", "symbol": "", "branch": " "}, TODAY)
    assert (check.paper.symbol, check.paper.branch) == ("", "")
    assert said(check, F.SYMBOL) == ["forms.read.none_printed"]


def test_a_number_of_another_insurer_points_to_its_form() -> None:
    assert check_form(COMPANY, {"insurer_number": "01139997"}, TODAY).other_form is KYOKAI
    assert check_form(COMPANY, {"insurer_number": "06129993"}, TODAY).other_form is CHIBA
    assert check_form(COMPANY, {"insurer_number": "06139992"}, TODAY).other_form is None


def test_what_the_query_lacks_is_told_where_the_paper_does_not_print_it() -> None:
    texts = {"symbol": "12345678", "number": "1", "birthdate": "S55.6.15", "name": "協会　太郎"}
    check = check_form(SHEET, texts, TODAY)
    assert check.complete
    assert check.missing_for_query == (F.INSURER_NUMBER,)


def test_a_copy_is_looked_at_again() -> None:
    check = check_form(KYOKAI, CERTIFICATE, TODAY, Shown.PHOTOCOPY)
    assert [warning.code for warning in check.odd] == ["warning.copy_refused"]


@pytest.mark.parametrize("at", TYPED)
def test_a_number_of_a_person_is_refused_in_every_field_and_never_shown(at: PaperField) -> None:
    for form in FORMS:
        check = check_form(form, {at.value: INDIVIDUAL_NUMBER}, TODAY)
        assert check.errors[at].code == "field.individual_number"
        assert INDIVIDUAL_NUMBER not in f"{check!r}{check.remarks}{[error.params for error in check.errors.values()]}"


@given(st.sampled_from(FORMS), st.dictionaries(st.sampled_from([at.value for at in TYPED]), st.text(max_size=30)))
def test_any_text_is_judged_without_a_fall_and_nothing_right_is_lost(form: object, texts: dict[str, str]) -> None:
    check = check_form(form, texts, TODAY)  # type: ignore[arg-type]
    for word, text in texts.items():
        at = PaperField(word)
        assert not text.strip() or at in check.errors or at in check.paper.given
