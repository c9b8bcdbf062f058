"""Every trouble and refusal of folders has its words, with the parameters that it is given."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mock_server import words
from mock_server.folders.refusals import FolderRefusal, error_text

PACKAGE = Path(__file__).parents[3] / "mock_server" / "folders"
SOURCE = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py"))
CODES = {f"folders.{code}" for code in re.findall(r'\.have(?:_os)?\(\s*"([a-z_]+)"', SOURCE)}


@pytest.mark.parametrize("lang", words.LANGUAGES)
@pytest.mark.parametrize("code", sorted(CODES))
def test_a_trouble_can_be_said(lang: str, code: str) -> None:
    assert words.knows(lang, code)
    sentence = words.text(lang, code, path="P", reason="R")
    assert "{" not in sentence


@pytest.mark.parametrize("refusal", FolderRefusal)
@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_an_err_says_code_message_and_remedy_in_both_languages(refusal: FolderRefusal, encoding: str) -> None:
    params = {"problem": "p", "limit": "1"}
    lines = error_text(refusal, params, encoding).decode(encoding).splitlines()  # type: ignore[arg-type]
    assert lines[0] == refusal
    assert len(lines) == 5
    assert all(lines)


def test_the_codes_were_found() -> None:
    assert {"folders.unwritable", "folders.store", "folders.name_taken", "folders.locked"} <= CODES
