"""Every code has words in both languages, and every word has a code."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from mock_server import words
from mock_server.answers import CERTIFICATE_NOTES, NOT_REGISTERED
from mock_server.errors import Refusal

PACKAGE = Path(__file__).parents[2] / "mock_server"
SETUP_CODES = set(
    re.findall(r'SetupError\(\s*"(setup\.[a-z_.]+)"', "".join(path.read_text() for path in PACKAGE.rglob("*.py")))
)


def wanted_ids() -> set[str]:
    errors = {refusal.value for refusal in Refusal} | SETUP_CODES
    notes = {f"result.{code}" for code in (NOT_REGISTERED, *CERTIFICATE_NOTES.values())}
    return {f"{code}.{part}" for code in errors for part in ("message", "remedy")} | notes


def catalogue(lang: str) -> dict[str, str]:
    with (PACKAGE / "locale" / lang / "LC_MESSAGES" / "mock_server.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, abort_invalid=True) if message.id}


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_the_catalogue_has_exactly_the_ids_in_use(lang: str) -> None:
    assert set(catalogue(lang)) == wanted_ids()
    assert all(catalogue(lang).values())


def test_both_languages_take_the_same_parameters() -> None:
    japanese, english = catalogue("ja"), catalogue("en")
    assert {key for key in japanese if fields(japanese[key]) != fields(english[key])} == set()


def test_the_compiled_catalogue_is_the_one_beside_its_source() -> None:
    for lang in words.LANGUAGES:
        assert words.text(lang, "MOCK-INTERNAL.message") == catalogue(lang)["MOCK-INTERNAL.message"]


def test_another_language_falls_back_to_japanese() -> None:
    assert words.text("fr", "MOCK-INTERNAL.message") == words.text("ja", "MOCK-INTERNAL.message")


def test_error_words_fill_in_their_parameters() -> None:
    message, remedy = words.error_words("en", "setup.port.in_use", {"host": "127.0.0.1", "port": "8765"})
    assert message == "Port 8765 is in use (127.0.0.1)."
    assert "--port" in remedy
