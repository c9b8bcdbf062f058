"""A script's texts are looked at after TOML's escapes are read: no 個人番号, nothing that steers a terminal."""

from __future__ import annotations

import pytest

from kiosk.rehearsal.reading import parse_script
from kiosk.rehearsal.reading_values import ScriptError

ESCAPED_NUMBER = "".join(f"\\u{ord(digit):04x}" for digit in "123456789018")
SCRIPT = """
title = "{title}"
date = 2026-11-24

[[visit]]
at = "9:05"
who = "taro"
says = "{says}"
[visit.four_items]
name = "{name}"
birthdate = 1980-01-01
sex = "male"
address = "千葉"
"""


def faults(**texts: str) -> list[tuple[str, str]]:
    fitting = {"title": "一日", "says": "おはようございます", "name": "協会　太郎"} | texts
    with pytest.raises(ScriptError) as refusal:
        parse_script("own", SCRIPT.format(**fitting), ("taro",), ())
    return [(fault.path, fault.word) for fault in refusal.value.faults]


def test_the_same_script_without_them_is_one() -> None:
    text = SCRIPT.format(title="一日", says="おはよう\\nございます", name="協会　太郎")
    assert parse_script("own", text, ("taro",), ()).visits[0].says == {"ja": "おはよう\nございます"}


@pytest.mark.parametrize(
    ("key", "path"), [("title", "title"), ("says", "visit[0].says"), ("name", "visit[0].four_items.name")]
)
def test_an_escaped_individual_number_is_refused_where_it_stands(key: str, path: str) -> None:
    assert faults(**{key: ESCAPED_NUMBER}) == [(path, "individual_number")]


@pytest.mark.parametrize("steering", ["\\u001b]2;OWNED\\u001b\\\\", "\\u009b2J", "\\u202e", "\\t", "\\u0007"])
def test_what_steers_a_terminal_is_refused_where_it_stands(steering: str) -> None:
    assert faults(says=f"はい{steering}") == [("visit[0].says", "steering")]
