"""The counter's words: the only module of the screens that touches gettext.

Rule: message ids go in, sentences come out, in the chosen language; ids of the eligibility package (`field.*`,
`outcome.*`, …) are worded by that package. Japanese and English are complete; the other languages have what a patient
reads, and Japanese stands where one of them lacks a word. A missing id stays visible as the id: tests walk the
catalogues, a patient never meets one. Cheap to import: it stands before the first frame.
"""

from __future__ import annotations

import gettext
from pathlib import Path
from typing import Final

from kiosk.started_as import with_command

DOMAIN: Final = "kiosk"
FULL_LANGUAGES: Final = ("ja", "en")
"""With every word, the desk's too."""
LANGUAGES: Final = ("ja", "ja_easy", "en", "zh_Hans", "ko", "vi", "pt")
"""What a patient can choose, in the order of the menu. `ja_easy` is やさしい日本語, with readings."""
LANGUAGE_NAMES: Final = {
    "ja": "日本語",
    "ja_easy": "やさしい日本語（にほんご）",
    "en": "English",
    "zh_Hans": "简体中文",
    "ko": "한국어",
    "vi": "Tiếng Việt",
    "pt": "Português",
}
"""Each in itself, so that it is found by whoever reads nothing else."""
LOCALE_FOLDER: Final = Path(__file__).parent / "locale"


class Words:
    """The sentences of one language."""

    def __init__(self, lang: str) -> None:
        """`lang` is one of `LANGUAGES`; anything else raises ValueError."""
        if lang not in LANGUAGES:
            raise ValueError(f"no words in {lang!r}; there are {', '.join(LANGUAGES)}")
        self.lang = lang
        self._catalogue = gettext.translation(DOMAIN, LOCALE_FOLDER, languages=[lang], fallback=True)
        if lang not in FULL_LANGUAGES:
            self._catalogue.add_fallback(gettext.translation(DOMAIN, LOCALE_FOLDER, languages=["ja"], fallback=True))

    def has(self, message_id: str) -> bool:
        """Whether the counter's own catalogue knows this id."""
        return self._catalogue.gettext(message_id) != message_id

    def text(self, message_id: str, **params: object) -> str:
        """The sentence of `message_id` with its `{name}` fields filled.

        Ids the counter's catalogue lacks are looked up in the eligibility package; the id itself comes back where
        neither knows it.
        """
        sentence = self._catalogue.gettext(message_id)
        if sentence == message_id:
            # Imported when it is needed first: the first frame has no word of that package.
            from eligibility import words as eligibility_words

            return eligibility_words.text(self.lang, message_id, **{name: str(value) for name, value in params.items()})
        sentence = with_command(sentence)
        return sentence.format(**params) if params else sentence

    def one_of(self, message_id: str, otherwise: str) -> str:
        """The sentence of `message_id`, or `otherwise` as it stands where no catalogue knows the id."""
        sentence = self.text(message_id)
        return otherwise if sentence == message_id else sentence
