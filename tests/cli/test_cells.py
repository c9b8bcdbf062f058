"""Text in terminal cells: a Japanese letter takes two."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.cli.cells import cells, hanging, in_columns, wrap_cells

LETTERS = st.text(st.sampled_from("aB1-窓口リーダー、。 "), max_size=80)


def test_wide_letters_take_two_cells() -> None:
    assert [cells(text) for text in ("", "abc", "窓口", "ｶﾅ", "Ａ")] == [0, 3, 4, 2, 2]


def test_lines_break_between_wide_letters_and_not_before_a_closing_mark() -> None:
    assert wrap_cells("窓口の練習です。", 8) == ["窓口の練", "習です。"]
    assert wrap_cells("窓口（練習）", 6) == ["窓口", "（練", "習）"]


def test_no_katakana_word_is_cut() -> None:
    assert wrap_cells("この窓口のサーバー", 14) == ["この窓口の", "サーバー"]


def test_lines_break_at_blanks_in_english() -> None:
    assert wrap_cells("the quick brown fox", 9) == ["the quick", "brown fox"]


@given(LETTERS, st.integers(20, 60))
def test_nothing_is_lost_and_no_line_is_much_too_wide(text: str, width: int) -> None:
    lines = wrap_cells(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    longest_piece = 2 * len(text)  # what may not be broken stays whole, however long
    assert all(cells(line) <= width or cells(line) <= longest_piece for line in lines)


def test_columns_meet_whatever_stands_in_them() -> None:
    lines = in_columns([("Nr.", "Name", "ATR"), ("0", "窓口", "3B"), ("10", "", "")])
    assert lines == ["Nr.  Name  ATR", "0    窓口  3B", "10"]


def test_later_lines_hang_below_the_text() -> None:
    assert hanging("1. ", "窓口の練習です。", 11) == ["1. 窓口の練", "   習です。"]
    assert hanging("・", "", 10) == ["・"]
