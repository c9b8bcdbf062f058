"""What was typed beside what came back: ●, variants, addresses, numbers (validation.md §2, §5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.names import NameMatch
from eligibility.papers.fields import PaperField
from eligibility.papers.parsing import parse_paper
from kiosk.flow.answer import Qualification
from kiosk.forms.address import compare_addresses, fold_address
from kiosk.forms.comparing import Verdict, all_lines, compare, hidden_name
from tests.kiosk.forms.samples import ANSWER, CERTIFICATE, KYOKAI, TODAY

F = PaperField
PAPER = parse_paper(KYOKAI, CERTIFICATE, TODAY)


def verdicts(answer: Qualification) -> dict[PaperField, Verdict]:
    return {line.at: line.verdict for line in compare(PAPER, answer)}


def test_nothing_differs_where_only_width_and_spelling_do() -> None:
    assert compare(PAPER, ANSWER) == ()
    same = [line.at for line in all_lines(PAPER, ANSWER) if line.verdict is Verdict.SAME]
    assert {F.NAME, F.KANA, F.ADDRESS, F.BIRTHDATE, F.INSURER_NUMBER} <= set(same)


def test_a_hidden_character_is_no_other_name_and_is_never_to_be_kept() -> None:
    hidden = replace(ANSWER, name="協会　●郎")
    assert verdicts(hidden) == {F.NAME: Verdict.HIDDEN}
    assert hidden_name(hidden)
    assert "name_todo.keep_spelling" in compare(PAPER, hidden)[0].todo


def test_a_name_of_nothing_but_marks_was_not_compared() -> None:
    assert verdicts(replace(ANSWER, name="●●●●")) == {F.NAME: Verdict.UNREADABLE}


def test_another_form_of_a_character_is_a_variant() -> None:
    paper = parse_paper(KYOKAI, {**CERTIFICATE, "name": "髙橋　太郎"}, TODAY)
    assert compare(paper, replace(ANSWER, name="高橋　太郎"))[0].verdict is Verdict.VARIANT


@pytest.mark.parametrize(
    ("at", "change"),
    [
        (F.NAME, {"name": "協会　次郎"}),
        (F.KANA, {"name_kana": "ｷｮｳｶｲ ｼﾞﾛｳ"}),
        (F.BIRTHDATE, {"birthdate": date(1980, 6, 16)}),
        (F.SEX, {"sex": "female"}),
        (F.RELATION, {"relation": "dependant"}),
        (F.INSURER_NUMBER, {"insurer_number": "06129993"}),
        (F.SYMBOL, {"symbol": "012345678"}),
        (F.NUMBER, {"number": "123457"}),
        (F.BRANCH, {"branch": "02"}),
        (F.ADDRESS, {"address": "東京都千代田区霞が関2-3-5"}),
        (F.EXPIRES_ON, {"valid_until": date(2028, 7, 31)}),
    ],
)
def test_a_real_difference_is_found_at_its_line_alone(at: PaperField, change: dict[str, object]) -> None:
    assert verdicts(replace(ANSWER, **change)) == {at: Verdict.DIFFERENT}  # type: ignore[arg-type]


def test_what_one_side_lacks_is_no_difference() -> None:
    withheld = replace(ANSWER, address="", branch="")
    assert compare(PAPER, withheld) == ()
    assert {line.at for line in all_lines(PAPER, withheld) if line.verdict is Verdict.ONLY_TYPED} >= {
        F.ADDRESS,
        F.BRANCH,
    }


def test_a_national_number_is_the_same_padded_or_not() -> None:
    paper = parse_paper(KYOKAI, {"insurer_number": "139998"}, TODAY)
    assert compare(paper, Qualification(by="numbers", insurer_number="  139998")) == ()
    assert compare(paper, Qualification(by="numbers", insurer_number="00139998")) == ()


def test_a_line_shows_no_value_in_its_repr() -> None:
    assert "太郎" not in repr(all_lines(PAPER, ANSWER))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("東京都千代田区霞が関２丁目３番４号", "東京都千代田区霞ヶ関2-3-4"),
        ("東京都千代田区霞が関二丁目3番4号", "千代田区霞が関２－３－４"),
        ("福岡市中央区天神十二丁目一番地の五", "福岡市中央区天神12-1-5"),
        ("〒123-4567 千葉市中央区1-2-3 コーポ　チバ101号室", "千葉市中央区１ー２ー３コーポﾁﾊﾞ１０１"),
        ("札幌市北区北三十二条西5丁目", "札幌市北区北32条西5丁目"),
    ],
)
def test_one_place_in_two_spellings_is_the_same(a: str, b: str) -> None:
    assert compare_addresses(a, b) is NameMatch.SAME
    assert compare_addresses(b, a) is NameMatch.SAME


@pytest.mark.parametrize(
    ("a", "b", "match"),
    [
        ("千葉市中央区1-2-3", "千葉市中央区1-2-4", NameMatch.DIFFERENT),
        ("千葉市中央区1-23", "千葉市中央区12-3", NameMatch.DIFFERENT),
        ("千葉市中央区1-2-3", "千葉市中央区1-2-3-101", NameMatch.DIFFERENT),
        ("東京都港区一ノ橋1-1", "東京都港区●ノ橋1-1", NameMatch.HIDDEN),
        ("大阪市髙槻1-1", "大阪市高槻1-1", NameMatch.VARIANT),
        ("一宮市一番町1-1", "二宮市一番町1-1", NameMatch.DIFFERENT),
    ],
)
def test_other_places_stay_other_places(a: str, b: str, match: NameMatch) -> None:
    assert compare_addresses(a, b) is match


@given(st.text(max_size=30), st.text(max_size=30))
def test_comparing_is_symmetric_and_every_address_is_the_same_as_itself(a: str, b: str) -> None:
    assert compare_addresses(a, a) is NameMatch.SAME
    assert compare_addresses(a, b) is compare_addresses(b, a)


@given(st.text(st.sampled_from("塚晴猪神福都隆﨑髙渚"), max_size=10))
def test_kanji_are_never_normalised(text: str) -> None:
    assert fold_address(text) == text
