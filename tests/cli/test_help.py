"""The help of every command there is: an example, and no line over the edge of 80 columns, in both languages."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from functools import cache

import pytest

from kiosk.cli.cells import cells
from kiosk.cli.parsing import COMMANDS, CommandParser, build_parser
from kiosk.cli.words import LANGUAGES, Words, speak_to_argparse

HEADS = {"ja": "例:", "en": "Examples:"}


def below(parser: CommandParser) -> Iterator[CommandParser]:
    parser.ready()
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from below(command)


@cache
def helps(lang: str) -> dict[str, str]:
    """The help of every command by its name."""
    speak_to_argparse(lang)
    return {parser.prog: parser.format_help() for parser in below(build_parser(Words(lang)))}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_line_of_any_help_is_wider_than_80_columns(lang: str) -> None:
    assert len(helps(lang)) > len(COMMANDS) + 20, "the commands below the commands, too"
    wide = [(prog, line) for prog, text in helps(lang).items() for line in text.splitlines() if cells(line) > 80]
    assert wide == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_command_has_an_example_of_its_own(lang: str) -> None:
    without = [
        prog
        for prog, text in helps(lang).items()
        if not re.search(rf"^{HEADS[lang]}\n(?:  .*\n)*? .*\b{re.escape(prog)}\b", text, flags=re.MULTILINE)
    ]
    assert without == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_help_shows_the_name_of_a_missing_word(lang: str) -> None:
    ids = re.compile(r"\b(?:command|option|help)\.[a-z_.]+\b")
    assert {prog: ids.findall(text) for prog, text in helps(lang).items() if ids.search(text)} == {}


def described(text: str) -> list[str]:
    """The lines of a description as the help shows it."""
    shown = CommandParser(words=Words("en"), prog="madoguchi", description=text).format_help()
    return shown.partition("\n\n")[2].partition("\n\noptions")[0].splitlines()


def test_sentences_too_wide_are_broken_anew_and_lose_nothing() -> None:
    english = f"{'word ' * 15}before\nthe next line"
    assert described(english) == [f"{'word ' * 14}word", "before the next line"]
    japanese = f"{'窓口' * 21}を\n開く HEAD\nを見る"
    assert described(japanese) == ["窓口" * 20, "窓口を開く HEAD を見る"]


def test_lines_that_fit_stay_as_they_are_written() -> None:
    lines = ["One line.", "Another line.", "  madoguchi check   looks at a card"]
    assert described("\n".join(lines)) == lines


def test_a_remark_too_wide_goes_on_below_itself() -> None:
    found = described(f"  madoguchi check   {'word ' * 14}")
    assert found == [f"  madoguchi check   {'word ' * 11}word", f"{' ' * 20}word word"]
