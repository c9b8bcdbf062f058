"""The words for this package's message ids, in Japanese and English.

This module alone touches the gettext files of the domain `eligibility`. Decisions never come here: they return ids and
parameters, and whoever shows them asks for the words. If an id has no words, the id itself is shown.
"""

from __future__ import annotations

import gettext
from functools import cache
from pathlib import Path

LANGUAGES = ("ja", "en")
"""Both are complete; Japanese is the first and the fallback."""

_DOMAIN = "eligibility"
_FOLDER = Path(__file__).parent / "locale"


def text(lang: str, message_id: str, **params: str) -> str:
    """The sentence for `message_id` in `lang` (an unknown language: Japanese), with `{name}` filled from `params`.

    An id may have a longer form `<id>.suggestion` for when the parameter `suggestion` is given.
    """
    if "suggestion" in params and knows(f"{message_id}.suggestion"):
        message_id = f"{message_id}.suggestion"
    sentence = _catalogue(lang if lang in LANGUAGES else LANGUAGES[0]).gettext(message_id)
    return sentence.format(**params) if params else sentence


def knows(message_id: str) -> bool:
    """Whether the id has words here."""
    return _catalogue(LANGUAGES[0]).gettext(message_id) != message_id


@cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    return gettext.translation(_DOMAIN, _FOLDER, [lang])
