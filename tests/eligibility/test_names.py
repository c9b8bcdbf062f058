"""Names: kana, ● and what is never normalised (validation.md §5)."""

from __future__ import annotations

import jaconv
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.names import fold_kana, full_width_kana, half_width_kana, same_name


@pytest.mark.parametrize(
    ("full", "half"),
    [
        ("キョウカイ　タロウ", "ｷｮｳｶｲ ﾀﾛｳ"),
        ("きょうかい　たろう", "ｷｮｳｶｲ ﾀﾛｳ"),
        ("ガヴパー", "ｶﾞｳﾞﾊﾟｰ"),
        ("ヮヰヱヵヶ", "ﾜｲｴｶｹ"),
        ("ㇰㇱㇲ", "ｸｼｽ"),
        ("ヷヸヹヺ", "ﾜﾞｲﾞｴﾞｦﾞ"),
        ("ＪＯＨＮ　スミス", "JOHN ｽﾐｽ"),
        ("が", "ｶﾞ"),
        ("ﾞｯﾞ", "ﾞｯﾞ"),
    ],
)
def test_the_wire_form_is_half_width_katakana(full: str, half: str) -> None:
    assert half_width_kana(full) == half


def test_the_paper_form_is_full_width() -> None:
    assert full_width_kana("ｷｮｳｶｲ ﾀﾛｳ") == "キョウカイ　タロウ"
    assert full_width_kana("か\u3099") == "が"


@pytest.mark.parametrize(
    "katakana", [chr(code) for code in range(0x30A1, 0x30F7) if chr(code) not in "ヮヰヱヵヶ"] + list("ー・「」、。")
)
def test_ordinary_katakana_shrink_as_another_program_shrinks_them(katakana: str) -> None:
    assert half_width_kana(katakana) == jaconv.z2h(katakana)
    assert full_width_kana(half_width_kana(katakana)) == katakana


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("キャ", "キヤ"),
        ("ﾀﾛｳ", "たろう"),
        ("ヴァン", "バン"),
        ("ヴ", "ブ"),
        ("タロー", "タロ－"),
        ("タロ−", "ﾀﾛｰ"),
        ("タ　ロ ウ", "タロウ"),
        ("ヰヱ", "イエ"),
        ("ヶ", "ケ"),
        ("john", "ＪＯＨＮ"),
        ("か\u3099", "ガ"),
    ],
)
def test_kana_are_compared_loosely(one: str, other: str) -> None:
    assert fold_kana(one) == fold_kana(other)
    assert same_name(one, other)


def test_a_black_circle_stands_for_one_character_on_either_side() -> None:
    assert same_name("髙橋　太郎", "●橋 太郎")
    assert same_name("●橋太郎", "髙橋太●")
    assert not same_name("●橋太郎", "橋太郎")
    assert not same_name("●田太郎", "髙橋太郎")


def test_a_glyph_selector_does_not_make_another_name() -> None:
    assert same_name("葛\U000e0100西", "葛西")


@pytest.mark.parametrize(("one", "other"), [("\ufa10本", "塚本"), ("髙橋", "高橋"), ("山﨑", "山崎")])
def test_kanji_stay_what_they_are(one: str, other: str) -> None:
    assert not same_name(one, other)
    assert full_width_kana(one) == half_width_kana(one) == one


def test_different_names_are_different() -> None:
    assert not same_name("協会　太郎", "協会　花子")


@given(st.text(alphabet=st.characters(exclude_characters="\u3099\u309a")))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold_kana(text)
    assert fold_kana(once) == once


@given(st.text(alphabet="協会太郎花子たろうハナコ髙●　 "))
def test_a_name_is_the_same_as_itself(name: str) -> None:
    assert same_name(name, name)
