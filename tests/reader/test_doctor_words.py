"""Every verdict of the doctor says what was found and what to do, in both languages, and where to read on."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from reader import doctor, words
from reader.doctor import Finding
from reader.doctor.finding import FIRST_EVENING
from reader.doctor.usb_table import KNOWN_READERS

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = sorted(Path(doctor.__file__).parent.glob("*.py"))
AREAS = ("pyscard", "service", "modules", "usb", "readers", "card", "network", "clock", "system")
CODES = sorted(
    {
        code
        for path in SOURCES
        for code in re.findall(rf'"((?:{"|".join(AREAS)})\.[a-z_]+)"', path.read_text(encoding="utf-8"))
    }
)
WORKING = {
    "card.answers",
    "card.answers_without_sign",
    "card.untouched",
    "clock.plausible",
    "readers.found",
    "service.answers",
    "usb.shown",
}
"""What needs no remedy."""


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def sentence(lang: str, message_id: str) -> str:
    """The sentence as it stands in the catalogue, its fields not filled."""
    return words._catalogue(lang).gettext(message_id)


def test_the_codes_were_found() -> None:
    assert len(CODES) > 40
    assert set(CODES) > WORKING


@pytest.mark.parametrize("lang", words.LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_message_and_a_remedy(code: str, lang: str) -> None:
    assert words.has(lang, f"finding.{code}")
    assert words.has(lang, f"finding.{code}.remedy") == (code not in WORKING)


@pytest.mark.parametrize("code", CODES)
def test_both_languages_need_the_same_parameters(code: str) -> None:
    japanese, english = (sentence(lang, f"finding.{code}") for lang in ("ja", "en"))
    assert fields(japanese) == fields(english)
    # A remedy may leave out what its message said, but names nothing that the message does not know.
    for lang in words.LANGUAGES:
        known = fields(sentence(lang, f"finding.{code}")) | {"names", "user", "module"}
        assert fields(sentence(lang, f"finding.{code}.remedy")) <= known


@pytest.mark.parametrize("lang", words.LANGUAGES)
@pytest.mark.parametrize("code", sorted(set(CODES) - WORKING))
def test_a_remedy_has_one_short_action_on_each_line(code: str, lang: str) -> None:
    actions = sentence(lang, f"finding.{code}.remedy").splitlines()
    assert 1 <= len(actions) <= 3
    assert all(action.strip() and len(action) < 200 for action in actions)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("ok", [False, None])
def test_every_fault_has_a_page_that_exists(code: str, ok: bool | None) -> None:
    link = Finding("any", ok, code).link
    assert link is not None
    assert (PROJECT / link).is_file()


def test_what_works_has_a_page_only_where_one_was_named() -> None:
    assert Finding("usb", True, "usb.shown").link is None
    assert Finding("usb", True, "usb.shown", page=FIRST_EVENING).link == FIRST_EVENING


@pytest.mark.parametrize("row", KNOWN_READERS, ids=lambda row: row.model)
def test_every_family_of_readers_has_a_page(row: object) -> None:
    page = getattr(row, "page", "")
    assert (PROJECT / page).is_file(), page


def test_commands_in_remedies_name_options_that_setup_knows() -> None:
    usage = (PROJECT / "hardware" / "setup.sh").read_text(encoding="utf-8")
    for code in CODES:
        for lang in words.LANGUAGES:
            for option in re.findall(r"setup\.sh (--[a-z-]+)", sentence(lang, f"finding.{code}.remedy")):
                assert re.search(rf"^\s+{option}[ )]", usage, re.MULTILINE), option
