"""Every code has words in both languages, and every word has a code."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from mock_server import words
from mock_server.answers import CERTIFICATE_NOTES, NOT_REGISTERED, SELF_INFO_REFUSED
from mock_server.console.checks import CHECKS, Mark
from mock_server.errors import Refusal
from mock_server.folders.refusals import FolderRefusal
from mock_server.reference_numbers import NOBODY, SEVERAL
from mock_server.scenarios import table
from mock_server.scenarios.table import CALLS, SCENARIOS

PACKAGE = Path(__file__).parents[2] / "mock_server"
SOURCE = "".join(path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py")))
PAGE = "".join(
    path.read_text(encoding="utf-8") for path in sorted(PACKAGE.glob("console/static/*")) if path.suffix != ".css"
)
OUTCOMES = (PACKAGE / "console" / "static" / "outcomes.js").read_text(encoding="utf-8")

NAMED = r"([a-z][a-z_]*(?:\.[a-z_]+)*)"
SAID_IN_ANSWERS = (
    NOT_REGISTERED,
    SELF_INFO_REFUSED,
    *CERTIFICATE_NOTES.values(),
    NOBODY,
    SEVERAL,
    Refusal.SERVICE_PROCESSING,
    Refusal.SERVICE_FAILED,
)
"""Codes that stand in the messages themselves, each with one sentence."""


def error_ids() -> set[str]:
    setups = set(re.findall(r'SetupError\(\s*"(setup\.[a-z_.]+)"', SOURCE))
    codes = {*Refusal, *FolderRefusal, *setups}
    return {f"{code}.{part}" for code in codes for part in ("message", "remedy")}


def scenario_ids() -> set[str]:
    parameters = {parameter.name for scenario in SCENARIOS.values() for parameter in scenario.parameters}
    said = {f"scenario.{name}.{part}" for name in SCENARIOS for part in ("title", "what")}
    return said | {f"scenario.param.{name}" for name in parameters}


def folder_ids() -> set[str]:
    return {f"folders.{code}" for code in re.findall(r'troubles\.have(?:_os)?\(\s*"([a-z_]+)"', SOURCE)}


def page_outcomes() -> set[str]:
    """How an exchange can end without a refusal, as the page tells good from doubtful, and what is neither."""
    groups = re.findall(r"new Set\(\[(.*?)\]\)", OUTCOMES, re.DOTALL)
    assert len(groups) == 2
    return {"refused", "segment:9", *(name for group in groups for name in re.findall(r'"([^"]+)"', group))}


def page_ids() -> set[str]:
    """What the page names: in its HTML, as the first argument of a call, in a list of ids, and by its own tables."""
    named = set(re.findall(rf'data-(?:word|label|placeholder)="{NAMED}"', PAGE))
    named |= set(re.findall(rf'\b(?:word|step)\("{NAMED}"', PAGE))
    named |= set(re.findall(rf'"((?:column|help|theme|clock|tab|personas|emulators|scenarios)\.{NAMED[1:-1]})"', PAGE))
    chosen = re.findall(rf'\bword\([^()`]*\? "{NAMED}" : "{NAMED}"', PAGE)
    named |= {name for pair in chosen for name in pair}
    named |= {f"{name}.key" for name in named if name.startswith("help.") and name not in ("help.title", "help.what")}
    named |= {f"theme.{name}" for name in ("auto", "light", "dark")}
    named |= {f"via.{name}" for name in (table.HTTP, table.FOLDER, table.BATCH)}
    named |= {f"call.{name}" for name in (*CALLS, "face")}
    named |= {f"mark.{mark}" for mark in Mark}
    named |= {f"check.{check.name}" for checks in CHECKS.values() for check in checks}
    named |= {f"outcome.{name}" for name in page_outcomes()}
    return {f"console.{name}" for name in named}


def wanted_ids() -> set[str]:
    plain = set(re.findall(rf'\btext\(\s*(?:lang|"ja"|LANGUAGES\[0\]),\s*"{NAMED}"', SOURCE))
    notes = {f"result.{code}" for code in SAID_IN_ANSWERS}
    return error_ids() | notes | scenario_ids() | folder_ids() | page_ids() | plain


def own_words_of_refusals() -> set[str]:
    """The page may call a refusal by its own name instead of "refused"."""
    return {f"console.outcome.{refusal}" for refusal in Refusal}


def catalogue(lang: str) -> dict[str, str]:
    with (PACKAGE / "locale" / lang / "LC_MESSAGES" / "mock_server.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, abort_invalid=True) if message.id}


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_the_catalogue_has_exactly_the_ids_in_use(lang: str) -> None:
    there = set(catalogue(lang))
    assert wanted_ids() - there == set()
    assert there - wanted_ids() - own_words_of_refusals() == set()
    assert all(catalogue(lang).values())


def test_the_ids_were_found_where_they_are_used() -> None:
    """One id of each kind, so that a search above that finds nothing is noticed."""
    assert wanted_ids() >= {
        "MOCK-CERTIFICATE-EXPIRED.remedy",
        "MOCK-FOLDER-KIND.message",
        "setup.keystore.busy.message",
        "result.MOCK-REFERENCE-NUMBER-NOBODY",
        "scenario.processing.what",
        "scenario.param.chance",
        "folders.locked",
        "folders.removal_notice",
        "received.near",
        "admin.description",
        "console.help.walk.key",
        "console.clock.freeze",
        "console.emulators.removed",
        "console.column.took",
        "console.outcome.consent:kept",
    }


def test_both_languages_take_the_same_parameters() -> None:
    japanese, english = catalogue("ja"), catalogue("en")
    assert {key for key in japanese if fields(japanese[key]) != fields(english[key])} == set()


def test_the_compiled_catalogue_is_the_one_beside_its_source() -> None:
    for lang in words.LANGUAGES:
        stale = {name for name, sentence in catalogue(lang).items() if words.every_text(lang, name)[name] != sentence}
        assert stale == set(), "run tools/hatch_catalogues.py"


def test_another_language_falls_back_to_japanese() -> None:
    assert words.text("fr", "MOCK-INTERNAL.message") == words.text("ja", "MOCK-INTERNAL.message")


def test_error_words_fill_in_their_parameters() -> None:
    params = {"host": "127.0.0.1", "port": "8765", "option": "--admin-port"}
    message, remedy = words.error_words("en", "setup.port.in_use", params)
    assert message == "Port 8765 is in use (127.0.0.1)."
    assert "--admin-port" in remedy
