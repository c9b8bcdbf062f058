"""Names: kana, ●, 外字 and what is never normalised (validation.md §5, reception.md §8)."""
# ruff: noqa: N802 - the scenarios keep the numbers they have in reception.md

from __future__ import annotations

import unicodedata

import jaconv
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.errors import FieldError
from eligibility.name_variants import VARIANT_GROUPS, VariantGroup, everyday_spelling
from eligibility.names import (
    UNKNOWN_CHARACTER,
    NameMatch,
    compare_names,
    fold_kana,
    full_width_kana,
    half_width_kana,
    parse_kana,
    parse_name,
    same_name,
    unfit_for_claims,
)
from eligibility.words import LANGUAGES, text

SELECTOR = "\U000e0100"
VARIANTS = "".join(group.plain + group.others for group in VARIANT_GROUPS)
names = st.text(
    alphabet=f"協会太郎花子たろうハナコｶﾞ髙高﨑崎𠮷吉齋斎齊斉●　 {SELECTOR}か\u3099" + VARIANTS[:40], max_size=8
)
kanji = st.text(
    alphabet=st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF)
    | st.characters(min_codepoint=0xF900, max_codepoint=0xFAFF)
    | st.characters(min_codepoint=0x20000, max_codepoint=0x2FA1F),
    max_size=6,
)


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


@pytest.mark.parametrize(
    ("one", "other", "match"),
    [
        ("協会　太郎", "協会 太郎", NameMatch.SAME),
        ("ｷｮｳｶｲ ﾀﾛｳ", "きょうかい　たろう", NameMatch.SAME),
        (f"葛{SELECTOR}西", "葛西", NameMatch.SAME),
        ("𠮷田", "𠮷田", NameMatch.SAME),
        ("か\u3099子", "が子", NameMatch.SAME),
        ("", "", NameMatch.SAME),
        ("●", "●", NameMatch.UNREADABLE),
        ("●●●●", "山田太郎", NameMatch.UNREADABLE),
        ("●田", "徳●", NameMatch.UNREADABLE),
        ("●橋", "●橋", NameMatch.SAME),
        ("●橋", "髙橋", NameMatch.HIDDEN),
        ("●田", "𠮷田", NameMatch.HIDDEN),
        ("●西", f"葛{SELECTOR}西", NameMatch.HIDDEN),
        ("●子", "か\u3099子", NameMatch.HIDDEN),
        ("●●　●●", "徳田　花子", NameMatch.UNREADABLE),
        ("●橋太郎", "髙橋太●", NameMatch.HIDDEN),
        ("髙橋", "高橋", NameMatch.VARIANT),
        ("山﨑", "山嵜", NameMatch.VARIANT),
        ("𠮷田", "吉田", NameMatch.VARIANT),
        ("渡邉", "渡邊", NameMatch.VARIANT),
        ("\ufa10本", "塚本", NameMatch.VARIANT),
        ("●﨑", "髙崎", NameMatch.VARIANT),
        ("●●", "徳", NameMatch.DIFFERENT),
        ("●", "", NameMatch.DIFFERENT),
        ("●田", "髙橋", NameMatch.DIFFERENT),
        ("協会　太郎", "協会　花子", NameMatch.DIFFERENT),
        ("葛\u3099", "葛", NameMatch.DIFFERENT),
    ],
)
def test_two_spellings_agree_as_far_as_they_do(one: str, other: str, match: NameMatch) -> None:
    assert compare_names(one, other) is compare_names(other, one) is match


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("斎藤", "斉藤"),
        ("齋藤", "齊藤"),
        ("大坂", "大阪"),
        ("山崎", "山埼"),
        ("園田", "薗田"),
        ("祐子", "裕子"),
        ("太田", "大田"),
    ],
)
def test_kanji_that_are_only_confused_are_different_names(one: str, other: str) -> None:
    assert compare_names(one, other) is NameMatch.DIFFERENT


DESK_FORMS = """
    髙高 﨑崎嵜 德徳 濵濱浜 瀨瀬 邊邉辺 齋斎 齊斉 澤沢 櫻桜 廣広 國国 嶋嶌島 龍竜 眞真 惠恵 曻昇 𠮷吉
    \ufa4f祐 \ufa10塚 \ufa12晴 \ufa16猪 \ufa19神 \ufa1b福 \ufa26都 \uf9dc隆
"""


@pytest.mark.parametrize("forms", DESK_FORMS.split())
def test_the_forms_a_desk_meets_are_looked_through(forms: str) -> None:
    for one in forms:
        for other in forms:
            expected = NameMatch.SAME if one == other else NameMatch.VARIANT
            assert compare_names(f"山{one}", f"山{other}") is expected


def test_no_kanji_stands_in_two_groups() -> None:
    assert len(set(VARIANTS)) == len(VARIANTS)
    assert all(len(group.plain) == 1 and group.others and group.source for group in VARIANT_GROUPS)


@pytest.mark.parametrize("group", VARIANT_GROUPS, ids=lambda group: group.plain)
def test_the_everyday_form_of_a_group_is_one_that_claims_take(group: VariantGroup) -> None:
    assert unfit_for_claims(group.plain) == ()
    assert everyday_spelling(group.others) == group.plain * len(group.others)


@pytest.mark.parametrize("group", VARIANT_GROUPS, ids=lambda group: group.plain)
def test_a_compatibility_ideograph_is_in_the_group_that_unicode_takes_it_apart_to(group: VariantGroup) -> None:
    assert set(unicodedata.normalize("NFC", group.others)) <= set(group.plain + group.others)


def test_every_compatibility_ideograph_a_windows_machine_can_type_is_in_a_group() -> None:
    taken_apart = {sign: unicodedata.normalize("NFC", sign) for sign in map(chr, range(0xF900, 0xFB00))}
    in_cp932 = {sign for sign in taken_apart if sign.encode("cp932", "replace") != b"?" and taken_apart[sign] != sign}
    # U+FA20 has no form that claims take, so nothing everyday to look through to.
    assert len(in_cp932) == 22
    assert in_cp932 - {"\ufa20"} <= set(VARIANTS)


def test_what_a_match_means_for_the_desk() -> None:
    assert NameMatch.SAME.todo == ()
    assert NameMatch.HIDDEN.todo == NameMatch.VARIANT.todo == ("name_todo.confirm_birthdate", "name_todo.keep_spelling")
    assert "name_todo.keep_spelling" not in NameMatch.DIFFERENT.todo
    assert NameMatch.HIDDEN.meaning == "name_match.hidden"


def test_F01_the_black_circle_of_an_answer_matches_the_local_spelling_which_is_kept() -> None:
    match = compare_names("●橋　太郎", "髙橋　太郎")
    assert match is NameMatch.HIDDEN
    assert "name_todo.keep_spelling" in match.todo


@pytest.mark.parametrize(
    ("name", "characters"),
    [
        ("徳田　花子", ()),
        ("德田　花子", ("德",)),
        ("德川　德子", ("德",)),
        ("髙﨑濵瀨鄧", ("髙", "﨑", "濵", "瀨", "鄧")),
        ("鷗　𩸽", ("鷗", "𩸽")),
        ("𠮷田", ("𠮷",)),
        (f"葛{SELECTOR}西", (f"葛{SELECTOR}",)),
        ("\ufa19田", ("\ufa19",)),
        ("●橋", ()),
        ("ﾔﾏﾀﾞ john-～", ()),
        ("佐々木ヶ〆", ()),
        ("", ()),
    ],
)
def test_F02_claims_know_jis_x_0208_only(name: str, characters: tuple[str, ...]) -> None:
    assert unfit_for_claims(name) == characters


@pytest.mark.parametrize("lang", LANGUAGES)
def test_F01_of_nothing_but_circles_no_agreement_is_said(lang: str) -> None:
    match = compare_names("●●●●", "山田太郎")
    assert match.meaning == "name_match.unreadable"
    assert match.todo == ("name_todo.confirm_kana_and_birthdate", "name_todo.keep_spelling")
    assert "フリガナ" in text(lang, match.todo[0])


def test_F23_another_name_is_checked_by_more_than_the_name() -> None:
    match = compare_names("協会　花子", "医業　花子")
    assert match is NameMatch.DIFFERENT
    assert match.todo == ("name_todo.check_person", "name_todo.confirm_birthdate")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 髙橋  太郎 ", "髙橋　太郎"),
        ("ﾀｶﾊｼ 太郎", "タカハシ　太郎"),
        ("\ufa19田", "\ufa19田"),
        (f"葛{SELECTOR}西", f"葛{SELECTOR}西"),
        ("𠮷田", "𠮷田"),
        ("John Smith", "Ｊｏｈｎ　Ｓｍｉｔｈ"),
        ("●橋", "●橋"),
    ],
)
def test_a_name_is_kept_as_it_is_written(typed: str, kept: str) -> None:
    assert parse_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        (" 　", "empty"),
        ("協会\ue000", "private_use"),
        ("協会\U000f0000", "private_use"),
        ("協会\x07", "private_use"),
        ("協\u200d会", "private_use"),
    ],
)
def test_a_name_that_no_other_machine_can_read_is_refused(typed: str, code: str) -> None:
    with pytest.raises(FieldError) as error:
        parse_name(typed)
    assert error.value.code == f"field.name.{code}"
    assert error.value.params == {}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ｷｮｳｶｲ ﾀﾛｳ", "キョウカイ　タロウ"),
        ("きょうかい　たろー", "キョウカイ　タロー"),
        ("スミス・ジョン", "スミス・ジョン"),
        ("ﾌﾞｲ", "ブイ"),
    ],
)
def test_a_reading_is_kept_in_full_width_katakana(typed: str, kept: str) -> None:
    assert parse_kana(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [(" ", "field.kana.empty"), ("協会", "field.kana.form"), ("タロウ1", "field.kana.form"), ("●", "field.kana.form")],
)
def test_anything_but_a_reading_is_refused_there(typed: str, code: str) -> None:
    with pytest.raises(FieldError) as error:
        parse_kana(typed)
    assert error.value.code == code


@pytest.mark.parametrize("parse", [parse_name, parse_kana])
def test_an_individual_number_is_no_name(parse) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(FieldError, match=r"field\.individual_number"):
        parse("1234 5678 9018")


@given(names)
def test_every_name_agrees_with_itself(name: str) -> None:
    readable = not name.strip() or set(name) - set(" \u3000" + UNKNOWN_CHARACTER)
    assert compare_names(name, name) is (NameMatch.SAME if readable else NameMatch.UNREADABLE)


@given(names, names)
def test_the_order_of_two_names_does_not_matter(one: str, other: str) -> None:
    assert compare_names(one, other) is compare_names(other, one)


@given(names, names)
def test_the_strict_comparison_is_the_same_or_hidden(one: str, other: str) -> None:
    not_different = {NameMatch.SAME, NameMatch.HIDDEN, NameMatch.UNREADABLE}
    assert same_name(one, other) is (compare_names(one, other) in not_different)


@given(kanji.filter(bool), st.data())
def test_a_circle_in_the_place_of_any_kanji_hides_it_and_nothing_else(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    hidden = name[:place] + UNKNOWN_CHARACTER + name[place + 1 :]
    assert compare_names(hidden, name) is (NameMatch.UNREADABLE if len(name) == 1 else NameMatch.HIDDEN)
    assert compare_names(hidden + "山", name) is NameMatch.DIFFERENT


@given(names)
def test_looking_through_variants_never_makes_a_name_different(name: str) -> None:
    unreadable = {NameMatch.UNREADABLE} if UNKNOWN_CHARACTER in name else set()
    assert compare_names(name, everyday_spelling(name)) in {NameMatch.SAME, NameMatch.VARIANT} | unreadable


@given(kanji)
def test_folding_kana_never_changes_kanji(name: str) -> None:
    assert fold_kana(name) == full_width_kana(name) == half_width_kana(name) == name


@given(st.text(max_size=8))
def test_a_name_that_is_kept_is_kept_as_it_is_the_next_time(text: str) -> None:
    try:
        kept = parse_name(text)
    except FieldError:
        return
    assert parse_name(kept) == kept
    assert compare_names(text, kept) in {NameMatch.SAME, NameMatch.UNREADABLE}
