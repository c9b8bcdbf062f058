"""docs/personas.md is what the persona files say now, and complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mock_server.personas import load_personas
from tools import personas_page
from tools.personas_troubles import MADE_OTHERWISE, TROUBLES

PAGE = personas_page.PAGE.read_text(encoding="utf-8")


def test_the_page_is_up_to_date() -> None:
    assert personas_page.is_up_to_date(), "run make pages"
    assert personas_page.main(["--check"]) == 0


def test_everybody_stands_there_with_pin_numbers_and_both_sentences() -> None:
    section = PAGE.partition("## 1.")[2].partition("## 2.")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert len(rows) == len(load_personas()) + 1  # and the head
    for row, who in zip(rows[1:], load_personas().values(), strict=True):
        pin = f"`{who.pin}`" if who.card.kind != "face-only" else "なし / none"
        texts = (who.name, pin, who.title, who.paper.number, *who.what_happens.values())
        assert [text for text in texts if text not in row] == []
        assert who.card.kind != "face-only" or who.pin not in row
        for expected in (who.expected, *who.later):
            assert expected.outcome is None or f"`{expected.outcome}`" in row


def test_every_table_has_as_many_cells_in_each_row() -> None:
    for block in re.findall(r"(?:^\|.*\n)+", PAGE, flags=re.M):
        assert len({len(re.findall(r"(?<!\\\\)\|", line)) for line in block.splitlines()}) == 1


def test_every_trouble_leads_to_a_persona_or_says_what_makes_it() -> None:
    section = PAGE.partition("## 3.")[2].partition("## 4.")[0]
    for trouble, (ja, en) in TROUBLES.items():
        [row] = [line for line in section.splitlines() if line.startswith(f"| {trouble} ")]
        assert ja in row
        assert en in row
        assert MADE_OTHERWISE[trouble][0] in row if trouble in MADE_OTHERWISE else "`" in row


def test_an_old_page_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(personas_page, "ROOT", tmp_path)
    monkeypatch.setattr(personas_page, "PAGE", tmp_path / "personas.md")
    assert personas_page.main(["--check"]) == 1
    assert "out of date" in capsys.readouterr().err
    assert personas_page.main([]) == 0
    assert personas_page.main(["--check"]) == 0
