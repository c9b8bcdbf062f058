"""Where a Japanese line may end."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from rich.cells import cell_len

from kiosk.widgets.prose import wrap


def test_a_short_sentence_stays_on_one_line() -> None:
    assert wrap("受付できました", 20) == ["受付できました"]


def test_line_feeds_stay() -> None:
    assert wrap("一\n二", 20) == ["一", "二"]


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() -> None:
    assert wrap("資格確認書をお持ちください。", 26) == ["資格確認書をお持ち", "ください。"]
    assert wrap("番号を「１２３４」と押す", 8) == ["番号を", "「１２３", "４」と押", "す"]


def test_a_phrase_rather_moves_than_breaks() -> None:
    assert wrap("カードと一緒のときだけ 使えます。", 26) == ["カードと一緒のときだけ", "使えます。"]


def test_latin_words_and_numbers_stay_whole() -> None:
    assert wrap("例は 01139997 です", 10) == ["例は", "01139997", "です"]


@example(" 1字ああ、", 6)
@given(some.text(alphabet="あ漢字「」、。ab1 \n", max_size=80), some.integers(2, 40))
def test_no_line_is_too_wide_and_no_character_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace("\n", "")


@pytest.mark.parametrize("width", range(16, 60, 2))
@pytest.mark.parametrize(
    "sentence",
    [
        "マイナポータルの画面かPDFを見せてもらいます",
        "カードに入っている資格をもう一度照会します",
        "電話するのは総合サポートコールセンターです",
    ],
)
def test_one_or_two_characters_do_not_stand_alone_on_the_last_line(sentence: str, width: int) -> None:
    lines = wrap(sentence, width)
    assert "".join(lines) == sentence
    assert all(cell_len(line) <= width for line in lines)
    assert len(lines) == 1 or cell_len(lines[-1]) > 4, lines


def test_a_short_phrase_of_its_own_stays_where_it_is() -> None:
    assert wrap("写真を 見て ください です", 20) == ["写真を 見て ください", "です"]
