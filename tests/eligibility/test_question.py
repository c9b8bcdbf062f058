"""A question taken apart: what is looked up, and which numbers stand among the words."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.errors import FieldError
from eligibility.question import Question, parse_question, points_of
from eligibility.text import looks_like_individual_number
from tests.eligibility.cases import TODAY

BORN = date(1953, 5, 2)
INDIVIDUAL_NUMBER = next(number for tail in range(10) if looks_like_individual_number(number := f"12345678901{tail}"))


def asked(text: str) -> Question:
    return parse_question(text, TODAY)


def code_or_question(text: str) -> str | Question:
    try:
        return asked(text)
    except FieldError as refused:
        return refused.code


@pytest.mark.parametrize("text", ["資格(無効)", "暗証番号を忘れた", "pin forgotten", "●", ""])
def test_words_without_numbers_are_looked_up_as_they_are(text: str) -> None:
    assert asked(text) == Question(words=text, other_words=bool(text))


@pytest.mark.parametrize(
    "text",
    [
        "420点",
        "４２０点",
        "420 点",
        "0,420点",
        "420 points",
        "420 Points",
        "420pt",
        "420 pts",
        "420点です",
        "会計-420点",
    ],
)
def test_points_are_found_and_are_no_words_to_look_up(text: str) -> None:
    question = asked(text)
    assert question.points == 420
    assert "420" not in question.words


@pytest.mark.parametrize("text", ["1,260", "１，２６０", "1,260点", "1260"])
def test_points_of_an_option_may_have_commas_before_groups_of_three(text: str) -> None:
    assert points_of(text) == 1260


@pytest.mark.parametrize("text", ["12,60", "1,2600", ",1260", "1,260,", "1,,260"])
def test_points_grouped_otherwise_are_refused_because_a_digit_may_be_missing(text: str) -> None:
    with pytest.raises(FieldError) as refused:
        points_of(text)
    assert (refused.value.code, refused.value.params) == ("yen.points", {"most": "9,999,999"})


@pytest.mark.parametrize(
    ("text", "percent"),
    [("420点 3割", 30), ("420点３割", 30), ("420点 30%", 30), ("420点 三割負担", 30), ("10割 420点", 100)],
)
def test_a_share_beside_points_is_part_of_the_sum(text: str, percent: int) -> None:
    assert asked(text) == Question(words="", other_words=False, points=420, percent=percent)


def test_a_share_without_points_is_a_question_of_its_own() -> None:
    assert asked("10割") == Question(words="10割", other_words=False, percent=100)
    assert asked("10割 いつ").words == "10割 いつ"


def test_a_share_that_nobody_pays_stays_a_word() -> None:
    assert asked("7割 戻る") == Question(words="7割 戻る", other_words=True)


@pytest.mark.parametrize("text", ["72歳", "７２歳", "72 歳", "72才", "72 years old"])
def test_an_age_is_found_and_stays_a_question_of_its_own(text: str) -> None:
    question = asked(text)
    assert (question.age, question.other_words) == (72, False)
    assert "72" in question.words


def test_an_age_beside_points_is_part_of_the_sum() -> None:
    assert asked("420点 72歳 限度額") == Question(words="限度額", other_words=True, points=420, age=72)


@pytest.mark.parametrize(
    "text",
    [
        "昭28.5.2",
        "昭和28年5月2日",
        "昭和28年5月2日生まれ",
        "S28.5.2",
        "s28/5/2",
        "S280502",
        "昭280502",
        "㍼28.5.2",
        "昭２８．５．２",
        "1953-05-02",
        "1953/5/2",
        "1953年5月2日",
    ],
)
def test_a_birthdate_is_found_in_every_form_of_the_calendar_and_is_no_word(text: str) -> None:
    assert asked(text) == Question(words="", other_words=False, birthdate=BORN)
    assert asked(f"限度額 {text} 420点") == Question(words="限度額", other_words=True, points=420, birthdate=BORN)


@pytest.mark.parametrize(
    "text", ["下4桁", "01139997", "0570-015-369", "6歳未満", "コード2", "2026年", "F16", "資格有効性5", "m5 t4", "4.5"]
)
def test_other_numbers_are_no_birthdate_and_no_points(text: str) -> None:
    question = asked(text)
    assert (question.birthdate, question.points, question.words) == (None, None, text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("昭64.1.8", "field.date.outside_era"),
        ("1953-02-30", "field.date.no_such_day"),
        ("2027-01-01", "field.birthdate.future"),
        ("10000000点", "yen.points"),
        ("4.5点", "yen.points"),
        ("4,.点", "yen.points"),
        ("4,20点", "yen.points"),
        ("1260,0点", "yen.points"),
        ("４，２０点", "yen.points"),
        ("-5点", "yen.points"),
        ("限度額 -5点", "yen.points"),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_what_is_wrong(text: str, code: str) -> None:
    with pytest.raises(FieldError) as refused:
        asked(text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "written",
    [
        INDIVIDUAL_NUMBER,
        " ".join((INDIVIDUAL_NUMBER[:4], INDIVIDUAL_NUMBER[4:8], INDIVIDUAL_NUMBER[8:])),
        "-".join((INDIVIDUAL_NUMBER[:4], INDIVIDUAL_NUMBER[4:8], INDIVIDUAL_NUMBER[8:])),
        INDIVIDUAL_NUMBER.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}),
        f"番号は{INDIVIDUAL_NUMBER}です",
        f"資格(無効) {INDIVIDUAL_NUMBER} 420点",
        f"72 {INDIVIDUAL_NUMBER[:4]} {INDIVIDUAL_NUMBER[4:]} 420点",
    ],
)
def test_an_individual_number_is_refused_wherever_it_stands_among_the_words(written: str) -> None:
    with pytest.raises(FieldError) as refused:
        asked(written)
    assert refused.value.code == "field.individual_number"
    assert INDIVIDUAL_NUMBER not in str(refused.value.params)


@given(st.text(max_size=60))
def test_any_text_is_a_question_or_refused_with_a_code(text: str) -> None:
    found = code_or_question(text)
    assert found.startswith(("field.", "yen.")) if isinstance(found, str) else found.words or not found.other_words


@given(st.text(st.sampled_from("0123456789０１点割歳%年月日.-/, 昭和S平成限度額"), max_size=30))
def test_any_mixture_of_numbers_is_a_question_or_refused_with_a_code(text: str) -> None:
    found = code_or_question(text)
    assert isinstance(found, Question) or found.startswith(("field.", "yen."))
