"""Every quirk of the software card is said in both languages."""

from __future__ import annotations

import pytest

from kiosk.cli.words import Words
from reader.card.quirks import QUIRKS, QuirkKind


@pytest.mark.parametrize("kind", QUIRKS.values(), ids=QUIRKS)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_quirk_has_its_sentence_with_its_number_and_its_words(lang: str, kind: QuirkKind) -> None:
    sentence = Words(lang).text(kind.message)
    assert sentence != kind.message
    assert kind.number in sentence
    assert lang == "en" or not kind.default or str(kind.default) in sentence
