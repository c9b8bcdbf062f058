"""The one error shape of every HTTP surface: body, language and headers of a refusal.

What breaks if wrong: a client that cannot tell why it was refused, or a value of a request in an error.
"""

from __future__ import annotations

from typing import Any

from mock_server.errors import QualificationError
from mock_server.words import LANGUAGES, error_words


def error_body(error: QualificationError, lang: str) -> dict[str, Any]:
    """The one error shape: `{"error": {"code", "message", "remedy"}}`."""
    message, remedy = error_words(lang, error.sentence, dict(error.params))
    return {"error": {"code": error.code, "message": message, "remedy": remedy}}


def error_headers(error: QualificationError, lang: str) -> dict[str, str]:
    """What goes with the body: its language, when to come again, and that a token would have helped."""
    headers = {"content-language": lang}
    if error.retry_after_s is not None:
        headers["retry-after"] = str(error.retry_after_s)
    if error.status == 401:
        headers["www-authenticate"] = "Bearer"
    return headers


def language_of(accept_language: str) -> str:
    """The language of error sentences: the first of ours that the header names, else Japanese."""
    for part in accept_language.lower().split(","):
        lang = part.strip()[:2]
        if lang in LANGUAGES:
            return lang
    return LANGUAGES[0]
