"""Both languages say everything the reader can have to say."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from reader import doctor, errors, words
from reader.errors import (
    AmbiguousReaderError,
    NotMynaCardError,
    PinBlockedError,
    ReaderError,
    ReaderUnavailableError,
    ServiceUnavailableError,
    StatusWordError,
    UnsafePinError,
    WrongPinError,
)

EVERY_CLASS = sorted(
    (kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ReaderError)),
    key=lambda kind: kind.__name__,
)
WITH_DETAILS: list[ReaderError] = [
    *(ServiceUnavailableError(reason) for reason in ("no_service", "no_pyscard", "vpcd_not_listening", "unheard of")),
    ServiceUnavailableError("vpcd_slot_taken"),
    ServiceUnavailableError("service_silent"),
    ReaderUnavailableError("", ()),
    ReaderUnavailableError("wanted one", ("first", "second")),
    AmbiguousReaderError("wanted one", ("first", "second")),
    NotMynaCardError("STRANGE"),
    StatusWordError(0x6A82),
    WrongPinError(0x63C2, 2),
    WrongPinError(0x63C0, 0),
    PinBlockedError(0x6984),
    StatusWordError(0x6982),
    StatusWordError(0x6985),
    *(
        UnsafePinError(reason)
        for reason in ("length", "digits", "blocked", "last_try", "face_only", "order", "other_pin")
    ),
]


def catalogue(lang: str) -> dict[str, str]:
    path = Path(words.__file__).parent / "locale" / lang / "LC_MESSAGES" / "reader.po"
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, abort_invalid=True) if message.id}


def fields(sentence: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def test_both_catalogues_hold_the_same_ids_and_parameters() -> None:
    japanese, english = catalogue("ja"), catalogue("en")
    assert japanese.keys() == english.keys()
    for message_id, sentence in japanese.items():
        assert sentence
        assert english[message_id]
        assert fields(sentence) >= fields(english[message_id]), message_id


def test_every_error_class_has_a_sentence_and_a_remedy() -> None:
    for kind in EVERY_CLASS:
        for lang in words.LANGUAGES:
            assert words.has(lang, words.error_id(kind)), kind
            assert words.has(lang, f"{words.error_id(kind)}.remedy"), kind


@pytest.mark.parametrize("error", WITH_DETAILS, ids=repr)
@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_every_error_is_explained_in_full(lang: str, error: ReaderError) -> None:
    explained = words.explain(lang, error)
    for sentence in (explained.message, explained.remedy):
        assert sentence
        assert not re.search(r"[{}]|error\.", sentence)


def test_what_the_error_knows_is_said() -> None:
    assert "first / second" in words.explain("en", AmbiguousReaderError("x", ("first", "second"))).message
    assert "2" in words.explain("ja", WrongPinError(0x63C2, 2)).message
    assert words.explain("en", WrongPinError(0x63C0, 0)).remedy == words.explain("en", PinBlockedError(0x6984)).remedy
    assert "6A82" in words.explain("ja", StatusWordError(0x6A82)).message


def test_a_service_that_is_silent_is_not_told_to_be_missing() -> None:
    for lang in words.LANGUAGES:
        silent = words.explain(lang, ServiceUnavailableError("service_silent"))
        assert silent.message != words.explain(lang, ServiceUnavailableError("no_service")).message
        assert "sudo systemctl restart pcscd" in silent.remedy
        assert "card emulate --listen" in silent.remedy


def test_an_error_without_words_of_its_own_gets_those_of_the_family() -> None:
    class NewError(ReaderError):
        pass

    assert words.explain("en", NewError()) == words.explain("en", ReaderError())


def test_every_verdict_of_the_doctor_has_words() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(doctor.__file__).parent.glob("*.py"))
    areas = "pyscard|service|modules|usb|readers|card|network|clock|system"
    codes = set(re.findall(rf'"((?:{areas})\.[a-z_]+)"', source))
    assert len(codes) >= 40
    for code in codes:
        for lang in words.LANGUAGES:
            assert words.has(lang, f"finding.{code}"), code
    known = {message_id for message_id in catalogue("en") if message_id.startswith("finding.")}
    assert {message_id.removesuffix(".remedy").removeprefix("finding.") for message_id in known} == codes


def test_an_unknown_language_falls_back_to_japanese() -> None:
    assert words.text("fr", "error.no_card_error") == words.text("ja", "error.no_card_error")
