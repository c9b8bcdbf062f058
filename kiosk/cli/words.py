"""The command's words: the only module of `kiosk.cli` that touches gettext.

Rule: message ids go in, sentences come out, in the chosen language. argparse asks gettext's global domain for its own
words, so that domain is set here too.
"""

from __future__ import annotations

import gettext
import os
from pathlib import Path
from typing import Final

DOMAIN: Final = "cli"
LANGUAGES: Final = ("ja", "en")
LOCALE_FOLDER: Final = Path(__file__).parent / "locale"


class Words:
    """Sentences of one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._catalogue = gettext.translation(DOMAIN, LOCALE_FOLDER, languages=[lang], fallback=True)

    def has(self, message_id: str) -> bool:
        """Whether the catalogue knows this id."""
        return self._catalogue.gettext(message_id) != message_id

    def text(self, message_id: str, **params: object) -> str:
        """The sentence of `message_id` with `{name}` fields filled; the id itself where the catalogue lacks it."""
        sentence = self._catalogue.gettext(message_id)
        return sentence.format(**params) if params else sentence

    def one_of(self, message_id: str, otherwise: str, **params: object) -> str:
        """The sentence of `message_id`, or of `otherwise` where the catalogue lacks it."""
        return self.text(message_id if self.has(message_id) else otherwise, **params)


def speak_to_argparse(lang: str) -> None:
    """Make argparse's own words ("usage:", its errors) come from our catalogue in `lang`.

    argparse looks them up with `gettext.gettext`, which follows the global domain and the LANGUAGE variable.
    """
    gettext.bindtextdomain(DOMAIN, str(LOCALE_FOLDER))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = lang
