"""The command's catalogue: complete in both languages, and every id that the code names has its words."""

from __future__ import annotations

import argparse
import inspect
import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import kiosk.cli
from kiosk.cli.words import LOCALE_FOLDER, Words
from reader.transports import emulated_slot, vpcd

SOURCES = {path: path.read_text(encoding="utf-8") for path in Path(kiosk.cli.__file__).parent.glob("*.py")}


def catalogue(lang: str) -> Catalog:
    with (LOCALE_FOLDER / lang / "LC_MESSAGES" / "cli.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


def sentences(lang: str) -> dict[str, str]:
    """Our own ids (they have a dot, or are one word) and their sentences."""
    found = {}
    for message in catalogue(lang):
        if isinstance(message.id, str) and re.fullmatch(r"[a-z_]+(\.[A-Za-z_]+)*", message.id):
            found[message.id] = str(message.string)
    return found


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_both_languages_say_the_same_things_with_the_same_parameters() -> None:
    japanese, english = sentences("ja"), sentences("en")
    assert japanese.keys() == english.keys()
    assert all(japanese.values())
    assert all(english.values())
    unformatted = ("option.", "help.", "command.")
    differing = {
        name
        for name in japanese
        if not name.startswith(unformatted)
        and not name.endswith(".remedy")
        and fields(japanese[name]) != fields(english[name])
    }
    assert differing == set()


def test_the_compiled_catalogue_is_the_one_in_the_source() -> None:
    for lang in ("ja", "en"):
        words = Words(lang)
        stale = {name for name, sentence in sentences(lang).items() if words.text(name) != sentence}
        assert stale == set(), "run tools/hatch_catalogues.py"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_id_in_the_code_has_words(path: Path) -> None:
    known = sentences("ja")
    text = SOURCES[path]
    named = set(re.findall(r"words\.text\(\s*\"([a-z_.]+)\"", text))
    named |= {f"error.{code}" for code in re.findall(r"CommandError\(\s*\"([a-z_.]+)\"", text)}
    named |= {f"finding.{code}" for code in re.findall(r"Diagnosis\([^()]*?, \"([a-z_]+\.[a-z_]+)\"", text)}
    assert {name for name in named if name not in known} == set()


def test_every_error_has_a_remedy_in_words() -> None:
    for lang in ("ja", "en"):
        known = sentences(lang)
        errors = {name for name in known if name.startswith("error.") and not name.endswith(".remedy")}
        assert {name for name in errors if f"{name}.remedy" not in known} == set()


def test_every_trouble_of_the_counter_has_an_error_in_words() -> None:
    from kiosk.flow.states import Trouble

    known = sentences("ja")
    assert {trouble.value for trouble in Trouble if f"error.{trouble.value}" not in known} == set()


def test_every_reason_why_an_emulated_card_does_not_lie_there_has_an_error_in_words() -> None:
    source = inspect.getsource(emulated_slot) + inspect.getsource(vpcd)
    reasons = set(re.findall(r'ServiceUnavailableError\("([a-z_]+)"\)', source))
    assert reasons >= {"vpcd_not_listening", "slot_failed"}
    for lang in ("ja", "en"):
        assert {reason for reason in reasons if f"error.{reason}" not in sentences(lang)} == set()


def test_argparse_speaks_japanese_where_it_says_something_a_person_can_meet() -> None:
    """Looks up what argparse of this Python really asks for."""
    source = inspect.getsource(argparse)
    asked = {found[1] or found[2] for found in re.finditer(r"_\((?:'([^'\n]+)'|\"([^\"\n]+)\")\)", source)}
    met = {
        "usage: ",
        "options",
        "expected one argument",
        "unrecognized arguments: %s",
        "the following arguments are required: %s",
        "invalid choice: %(value)r (choose from %(choices)s)",
        "argument %(argument_name)s: %(message)s",
        "not allowed with argument %s",
        "ignored explicit argument %r",
    }
    japanese = {message.id: message.string for message in catalogue("ja")}
    assert {text for text in met & asked if not japanese.get(text) or japanese[text] == text} == set()
