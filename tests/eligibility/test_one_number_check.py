"""The 個人番号 is found by one check, however it is written and wherever it is typed."""

from __future__ import annotations

import pytest

from eligibility.errors import FieldError
from eligibility.names import parse_name
from eligibility.papers.reading import refuse_individual_number_anywhere
from eligibility.text import holds_individual_number, refuse_individual_number

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
    "番号 123 456789018",
    "番号は12345-6789018です",
    "メモ 1-2345-6789018",
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
    ],
)
def test_other_numbers_are_let_in(text: str) -> None:
    assert not holds_individual_number(text)


@pytest.mark.parametrize("day", ["2026-11-21", "20261121", "2026/11/21"])
def test_a_day_and_any_four_digits_are_no_number(day: str) -> None:
    """One ending in eleven has the check digit: without the rule for days a tenth of all notes is refused."""
    assert not any(holds_individual_number(f"受付 {day} {ending:04} 番") for ending in range(10_000))
