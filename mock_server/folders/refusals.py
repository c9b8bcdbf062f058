"""Refusals that only a folder can give, and the text of an `.err` file.

That a refused request comes back as a copy with a same-named `.err` beside it is recorded; what stands in the `.err` is
not (online-qualification.md §1.1): ours has the invented code in its first line and sentences for people below.
What breaks if wrong: a programmer does not learn what was wrong with a request.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from eligibility.oqs.charset import Encoding, encode, fit
from mock_server.words import LANGUAGES, error_words


class FolderRefusal(StrEnum):
    """Why a file in `req` is refused before anybody reads it. Codes are added, never renamed."""

    NAME = "MOCK-FOLDER-NAME"
    """It ends in `.xml` and its name is no request's."""
    KIND = "MOCK-FOLDER-KIND"
    """A request of a kind that this server does not know."""
    INCOMPLETE = "MOCK-FOLDER-INCOMPLETE"
    """It stopped growing without an end."""
    TOO_LARGE = "MOCK-FOLDER-TOO-LARGE"
    NAME_IN_USE = "MOCK-FOLDER-NAME-IN-USE"
    """The answer to another request of that name lies uncollected."""
    INSTITUTION = "MOCK-FOLDER-INSTITUTION"
    """The 医療機関コード in the message is not that of the folder."""


def error_text(code: str, params: Mapping[str, str], encoding: Encoding) -> bytes:
    """The content of an `.err` file: the code, then message and remedy in Japanese and in English, Windows lines."""
    lines = [code]
    for lang in LANGUAGES:
        lines.extend(error_words(lang, code, dict(params)))
    return encode(fit("\r\n".join([*lines, ""]), encoding), encoding)
