"""The 個人番号 is found by one check, however it is written and wherever it is typed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.check_digits import individual_number_digit, insurer_digit
from eligibility.errors import FieldError
from eligibility.names import parse_name
from eligibility.papers.reading import refuse_individual_number_anywhere
from eligibility.text import holds_individual_number, looks_like_individual_number, refuse_individual_number

NUMBER = "123456789018"


def in_script(zero: int) -> str:
    return "".join(chr(zero + int(digit)) for digit in NUMBER)


WRITTEN = [
    NUMBER,
    "1234|5678|9018",
    "1234〜5678〜9018",
    "1234=5678=9018",
    "123456|789018",
    "番号 12345678 9018",
    "番号 1234-56789018",
    "番号は1234-5678\n  9018です",
    "番号 1234 56\r\n78 9018",
    "番号 12345\n6789018",
    "1234の5678の9018",
    "1234x5678x9018",
    "1234    5678    9018",
    "1234\ufe0f5678\ufe0f9018",
    in_script(0x660),
    in_script(0x966),
    in_script(0xFF10),
    in_script(0x1D7D8),
    "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(digit)] for digit in NUMBER),
    "".join("〇一二三四五六七八九"[int(digit)] for digit in NUMBER),
    "番号は一二三四五六七八九○一八です",
    "一二三四 五六七八 九◯一八",
    "○二三四 五六七八 九〇一三",
    "二三四五 六七八九 〇一三◯",
    f"番号 1234{' ' * 30}5678{' ' * 30}9018 です",
    f"番号 1234\t{' ' * 12}│{' ' * 12}5678 │ 9018 です",
    f"番号 {(' ' * 12).join(NUMBER)} です",
    "1234&nbsp;5678&nbsp;9018",
    "http://127.0.0.1/?q=1234%205678%209018",
    "?q=%201234%20%205678%209018",
    "1234<br>5678<br />\n9018",
    "\x1b[1m1234\x1b[0m\x1b[1m5678\x1b[0m9018\x1b[0m",
    "1234 の 5678 の 9018",
    "1234の 5678\u30009018",
    "1234\u4dc05678\u4dff9018",
]


@pytest.mark.parametrize("written", WRITTEN)
def test_every_door_refuses_it_alike(written: str) -> None:
    assert holds_individual_number(written)
    for door in (refuse_individual_number, refuse_individual_number_anywhere, parse_name):
        with pytest.raises(FieldError) as refused:
            door(written)
        assert refused.value.code == "field.individual_number"


@pytest.mark.parametrize(
    "text",
    [
        "123456789019",  # the check digit is another one
        "0123456789018",
        "1234567890180",
        "2026-11-21 05:38",
        "20260401 0007",
        "三丁目二番地",
        "R8.4.1 1000010",
        "番号 123 456789018",
        "記号 12345 番号 6789018",
        "メモ 12345-6789018",
        "メモ 12345 678 9018",
        "メモ 12345678、9018",
        "メモ 12345678/9018",
        f"メモ 12345678{' ' * 12}9018 番",
        f"メモ 123456{' ' * 12}789018 番",
        f"メモ {(' ' * 12).join(('123', '456', '789', '018'))} 番",
        "○一、○二、○三、○四、○五、○六",
        "一○、二○、三○、四○、五○、六○",
        "1234年5678月9018",
        "1234円 5678円 9018円",
        "1234 点 5678 点 9018 点",
    ],
)
def test_other_numbers_are_let_in(text: str) -> None:
    assert not holds_individual_number(text)


@pytest.mark.parametrize("day", ["2026-11-21", "20261121", "2026/11/21"])
def test_a_day_and_any_four_digits_are_no_number(day: str) -> None:
    """One ending in eleven has the check digit: without the rule for days a tenth of all notes is refused."""
    assert not any(holds_individual_number(f"受付 {day} {ending:04} 番") for ending in range(10_000))


def test_a_moment_is_no_number() -> None:
    for minute in range(60):
        assert not holds_individual_number(f"2026-11-20 10:{minute:02}")
        assert not any(holds_individual_number(f"26/11/20 10:{minute:02}:{second:02}") for second in range(60))


@pytest.mark.parametrize("written", ["○090-1234-{:04}", "0901234{:04}○", "1234 ○678 90{:02}"])
def test_a_ring_before_a_line_or_behind_a_number_is_no_zero(written: str) -> None:
    assert not any(holds_individual_number(written.format(ending)) for ending in range(100))


numbers = st.text("0123456789", min_size=11, max_size=11).map(lambda body: body + individual_number_digit(body))
scripts = st.sampled_from([0x30, 0x660, 0x966, 0xFF10, 0x1D7D8])
around = st.sampled_from(
    [("", ""), ("番号は", "です"), ("(", ")"), ("メモ:", "、3割"), ("No. ", "\n次の行"), ("A", "B")]
)
joints = st.sampled_from([" ", "  ", "\u3000", "-", "－", "‐", ".", "・", "_", "\t"])
marks = joints | st.sampled_from(["/", "、", ",", " / ", ":", "|", "~", "\n", ")(", "=", " - "])
unseen = st.sampled_from(["", "\u200b", "\u00ad", "\u2060", "\ufe0f"])


def cut(number: str, *sizes: int) -> list[str]:
    starts = [sum(sizes[:place]) for place in range(len(sizes))]
    return [number[start : start + size] for start, size in zip(starts, sizes, strict=True)]


@st.composite
def written(draw: st.DrawFn) -> str:
    """A 個人番号 as people and scanners write it; only the two torn forms may be let through, where they look owned."""
    number = draw(numbers)
    sizes = draw(st.sampled_from([(12,), (4, 4, 4), (6, 6), (1,) * 12, (3,) * 4, (2,) * 6]))
    between = draw(st.lists(marks, min_size=len(sizes) - 1, max_size=len(sizes) - 1))
    if sizes[0] in (2, 3):
        between = between[:1] * len(between)
    groups = cut(number, *sizes)
    text = groups[0] + "".join(mark + group for mark, group in zip(between, groups[1:], strict=True))
    zero, (before, after) = draw(scripts), draw(around)
    hidden = draw(unseen)
    return before + hidden.join(chr(zero + int(sign)) if sign in "0123456789" else sign for sign in text) + after


@given(written())
def test_every_deliberate_writing_of_every_number_is_refused(text: str) -> None:
    assert holds_individual_number(text)


def is_owned(number: str, *sizes: int) -> bool:
    """Whether a group of eight names who pays, or is a day."""
    eight = next((group for group in cut(number, *sizes) if len(group) == 8), "")
    day = bool(eight) and 1868 <= int(eight[:4]) <= 2199 and 1 <= int(eight[4:6]) <= 12 and 1 <= int(eight[6:]) <= 31
    return bool(eight) and (insurer_digit(eight[:-1]) == eight[-1] or day)


@given(numbers, st.sampled_from([(8, 4), (4, 8)]), joints, around)
def test_a_number_that_lost_one_gap_is_refused(
    number: str, sizes: tuple[int, int], joint: str, words: tuple[str, str]
) -> None:
    text = words[0] + joint.join(cut(number, *sizes)) + words[1]
    assert holds_individual_number(text) or is_owned(number, *sizes)


wraps = st.sampled_from(["\n", "\r\n", "\n   ", " \n", "\u2028"])


@given(numbers, st.integers(1, 11), wraps)
def test_a_number_whose_line_ends_inside_it_is_refused(number: str, at: int, wrap: str) -> None:
    text = f"番号は{number[:at]}{wrap}{number[at:]}です"
    assert holds_individual_number(text) or is_owned(number, at, 12 - at)


@given(numbers, st.integers(1, 13), wraps, joints)
def test_a_number_in_groups_whose_line_ends_inside_it_is_refused(number: str, at: int, wrap: str, joint: str) -> None:
    text = joint[0].join(cut(number, 4, 4, 4))
    days = re.compile(r"(18|19|20|21)\d\d[^0-9]+\d\d\s")  # 2026 11⏎20 …: a day, and a number beside it
    wrapped = text[:at] + wrap + text[at:]
    assert holds_individual_number(f"番号は{wrapped}です") or days.match(wrapped)


@given(st.text("0123456789", min_size=7, max_size=7), st.integers(0, 9999), joints)
def test_who_pays_beside_any_four_digits_is_let_in(body: str, four: int, joint: str) -> None:
    payer = body + insurer_digit(body)
    assert not holds_individual_number(f"保険者 {payer}{joint}{four:04} 番")
    assert not holds_individual_number(f"窓口 {four:04}{joint}{payer} 番")


@given(
    numbers,
    st.sampled_from([(5, 7), (5, 3, 4), (7, 5), (3, 9), (8, 2, 2), (2, 10), (10, 2), (3, 4, 5)]),
    marks.filter(lambda mark: "\n" not in mark),
)
def test_fields_side_by_side_that_nobody_writes_a_number_in_are_let_in(
    number: str, sizes: tuple[int, ...], mark: str
) -> None:
    assert looks_like_individual_number(number)
    assert not holds_individual_number(f"記号と番号 {mark.join(cut(number, *sizes))} です")
