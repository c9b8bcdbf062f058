"""The package's catalogue as its source files have it, for tests that ask whether words are complete and used."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from eligibility import words


@cache
def sentences(lang: str) -> dict[str, str]:
    """Every id of a language with its sentence."""
    with (Path(words.__file__).parent / "locale" / lang / "LC_MESSAGES" / "eligibility.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, abort_invalid=True) if message.id}


def ids(prefix: str) -> set[str]:
    """The ids with that beginning, the same in both languages."""
    japanese, english = ({word for word in sentences(lang) if word.startswith(prefix)} for lang in words.LANGUAGES)
    assert japanese == english
    return japanese
