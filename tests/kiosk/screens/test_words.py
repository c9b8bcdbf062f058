"""Both languages have every word the screens use, and none that nobody uses."""

from __future__ import annotations

import ast
import re
import string
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from eligibility import words as eligibility_words
from eligibility.outcome import OutcomeWord
from kiosk.flow.states import Document, Trouble
from kiosk.screens import form_fields
from kiosk.screens.trouble import MORE_EXACT, UNREADABLE
from kiosk.words import LANGUAGES, LOCALE_FOLDER, Words

KIOSK = LOCALE_FOLDER.parent
SOURCES = [KIOSK / "app.py", KIOSK / "performer.py", *sorted((KIOSK / "screens").glob("*.py"))]
SOURCES += sorted((KIOSK / "widgets").glob("*.py"))

FIELD_NAMES = {field.name for fields in form_fields.FIELDS.values() for field in fields}
FACTS = "validity insurer numbers person charge outcome next tell queue reasons"
PAPERS = "portal eligibility_notice eligibility_certificate"
ASKED = f"{PAPERS} declaration elderly_recipient_certificate myna_card numbers_query".split()
VIEWS = (
    "idle reading real_card method last_try pin verifying asking answer take_card trouble choose_document form summary"
)
EXACT_TROUBLES = {UNREADABLE, *(word for exact in MORE_EXACT.values() for word in exact.values())}
"""They have words of their own for some parts only; the rest are the trouble's."""
COMPOSED = {
    *(f"trouble.{trouble.value}.{part}" for trouble in Trouble for part in ("what", "next", "staff")),
    *(f"trouble.{word}.{part}" for word in EXACT_TROUBLES for part in ("what", "next", "staff")),
    *(f"help.{view}" for view in VIEWS.split()),
    *(f"form.{name}" for name in FIELD_NAMES | {document.value for document in Document}),
    *(f"form.example.{name}" for name in FIELD_NAMES),
    *(f"choose_document.{document.value}" for document in Document),
    *(f"{wait}.{part}" for wait in ("reading", "verifying", "asking") for part in ("title", "slow")),
    *(f"validity.{value}" for value in (1, 2, 3, 4, 5, "none", "withheld", "unregistered")),
    *(f"charge.{kind}" for kind in ("ratio", "ask", "ask_provisional", "full", "none", "open")),
    *(f"answer.{kind}{part}" for kind in ("accepted", "refused") for part in ("", ".next")),
    *(f"answer.{word.value}" for word in OutcomeWord),
    *(f"desk.{name}" for name in FACTS.split()),
    *(f"next.{word}" for word in ASKED),
    *(f"next.{word}.another" for word in PAPERS.split()),
    *(f"next.{word}" for word in ("OFFER_REGISTRATION", "PENDING_4INFO", "REQUERY")),
}
"""Ids put together from a stem and a word of the flow."""


def catalogue(lang: str) -> dict[str, str]:
    with (LOCALE_FOLDER / lang / "LC_MESSAGES" / "kiosk.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def literals() -> Iterator[str]:
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def used_ids() -> set[str]:
    known = set(catalogue("ja"))
    return {text for text in literals() if text in known} | (COMPOSED & known)


def test_both_languages_have_the_same_words_and_none_is_empty() -> None:
    words = {lang: catalogue(lang) for lang in LANGUAGES}
    assert set(words["ja"]) == set(words["en"])
    assert [key for lang in LANGUAGES for key, text in words[lang].items() if not text.strip()] == []


def test_no_word_is_there_for_nobody() -> None:
    assert set(catalogue("ja")) - used_ids() == set()


def test_every_id_the_screens_ask_for_has_words() -> None:
    asked = re.compile(r"(?:\.t|\.say|\.text|t)\(\s*\"([a-z_]+\.[a-z_.A-Z0-9]+)\"")
    missing = {
        message_id
        for source in SOURCES
        for message_id in asked.findall(source.read_text(encoding="utf-8"))
        if message_id not in catalogue("ja") and not eligibility_words.knows(message_id)
    }
    optional = {f"answer.{word.value}" for word in OutcomeWord}
    optional |= {f"trouble.{word}.{part}" for word in EXACT_TROUBLES for part in ("what", "next")}
    assert missing | (COMPOSED - optional - set(catalogue("ja"))) == set()


def test_the_same_parameters_in_both_languages() -> None:
    def parameters(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    ja, en = catalogue("ja"), catalogue("en")
    assert [key for key in ja if parameters(ja[key]) != parameters(en[key])] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_character_a_japanese_terminal_may_draw_two_cells_wide(lang: str) -> None:
    texts = catalogue(lang).items()
    assert [key for key, text in texts if any(unicodedata.east_asian_width(char) == "A" for char in text)] == []


def test_official_terms_stay_beside_their_translation() -> None:
    en = catalogue("en")
    official = {
        "choose_document.eligibility_certificate": "資格確認書",
        "choose_document.eligibility_notice": "資格情報のお知らせ",
        "method.pin": "暗証番号",
        "validity.1": "資格(有効)",
        "validity.2": "資格(無効)",
        "answer.OFFER_REGISTRATION": "利用登録",
    }
    assert {key: term for key, term in official.items() if term not in en[key]} == {}


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="ja, en"):
        Words("fr")


def test_words_of_the_eligibility_package_and_unknown_ids() -> None:
    words = Words("ja")
    assert words.text("insurer.society") != "insurer.society"
    assert words.one_of("reason.no_such_word", "no_such_word") == "no_such_word"
    assert words.text("pin.attempts", left=2).startswith("入力できるのは、あと 2回")


def test_the_catalogues_are_where_a_wheel_carries_them() -> None:
    assert sorted(path.parent.parent.name for path in Path(LOCALE_FOLDER).rglob("*.po")) == ["en", "ja"]
