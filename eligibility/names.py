"""Names: kana in both widths, and when two names are the same person's.

This module alone owns the loose comparison of names and the meaning of ●. Only kana, Latin letters and digits are ever
normalised: normalising kanji would change names (facts/validation.md §5). What it folds is for comparing; the strict
spelling is kept by whoever holds it. If it is wrong, one person looks like two, or two like one.
"""

from __future__ import annotations

import re
import unicodedata

from eligibility.text import WIDE_TO_NARROW, widen

UNKNOWN_CHARACTER = "●"
"""What the service sends for a character outside its set: it stands for any one character."""

_HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)} | {
    ord("ゝ"): "ヽ",
    ord("ゞ"): "ヾ",
}
_SMALL_TO_BIG = str.maketrans(
    "ァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ",
    "アイウエオツヤユヨワカケクシストヌハヒフヘホムラリルレロ",
)
_OLD_KANA = str.maketrans("ヰヱ", "イエ")
_NO_HALF_WIDTH_FORM = str.maketrans(
    "ヮヰヱヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ", "ワイエカケクシストヌハヒフヘホムラリルレロ"
)
_V_ROW = {"ヴァ": "バ", "ヴィ": "ビ", "ヴェ": "ベ", "ヴォ": "ボ", "ヴ": "ブ"}
_V_ROW_WORDS = re.compile("ヴ[ァィェォ]?")
_LONG_MARKS = re.compile("[ー－‐‑‒–—―−-]")
_SPLIT_SONANT = re.compile("[ぁ-ゖァ-ヶ][\u3099\u309a]")
# The same kanji with and without a glyph selector (葛 + selector) is the same name.
_GLYPH_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

_LATIN_CAPITALS = {code: code - 0x20 for code in range(ord("ａ"), ord("ｚ") + 1)}

_HALF_OF_FULL = {
    unicodedata.normalize("NFKC", half): half for half in map(chr, range(0xFF61, 0xFF9E)) if half != "\uff70"
} | {"ー": "\uff70", "゛": "\uff9e", "゜": "\uff9f"}

_MARK_OF = {"\u3099": "\uff9e", "\u309a": "\uff9f"}


def full_width_kana(text: str) -> str:
    """Half-width kana and ASCII as full-width, blanks as U+3000: the form of papers and of `Name`. Kanji stay."""
    return widen(_compose(text))


def half_width_kana(text: str) -> str:
    """Kana as half-width katakana, full-width ASCII as half-width: the form of `NameKana` on the wire.

    Hiragana become katakana; ヮヰヱヵヶ and the ㇰ row, which have no half-width form, become their plain kana.
    """
    katakana = full_width_kana(text).translate(_HIRAGANA_TO_KATAKANA)
    return "".join(_half_of(character) for character in katakana)


def fold_kana(text: str) -> str:
    """A key for comparing kana loosely: width, hiragana, small kana, ヴ, old kana, long marks and blanks folded."""
    katakana = full_width_kana(text).translate(_HIRAGANA_TO_KATAKANA)
    plain = _V_ROW_WORDS.sub(lambda word: _V_ROW.get(word.group(), word.group()), katakana)
    plain = plain.translate(_SMALL_TO_BIG).translate(_OLD_KANA)
    return re.sub(r"\s", "", _LONG_MARKS.sub("ー", plain)).translate(_LATIN_CAPITALS)


def same_name(a: str, b: str) -> bool:
    """Whether two names, kanji or kana, are the same when folded; a ● on either side stands for one character.

    Kanji are compared as they are: 髙 and 高, or a compatibility ideograph and its plain form, are different here.
    """
    left, right = _comparable(a), _comparable(b)
    return len(left) == len(right) and all(
        one == other or UNKNOWN_CHARACTER in (one, other) for one, other in zip(left, right, strict=True)
    )


def _comparable(text: str) -> str:
    return fold_kana(_GLYPH_SELECTORS.sub("", text))


def _compose(text: str) -> str:
    """Joins a kana and a combining sonant mark (か + U+3099 → が), as some phones send them; nothing else."""
    return _SPLIT_SONANT.sub(lambda pair: unicodedata.normalize("NFC", pair.group()), text)


def _half_of(character: str) -> str:
    if character in _HALF_OF_FULL:
        return _HALF_OF_FULL[character]
    if "ァ" <= character <= "ヺ" or "ㇰ" <= character <= "ㇿ":
        # A voiced kana is its base and a mark of its own; canonical decomposition of kana only.
        parts = unicodedata.normalize("NFD", character)
        base = parts[0].translate(_NO_HALF_WIDTH_FORM)
        return _HALF_OF_FULL[base] + "".join(_MARK_OF[mark] for mark in parts[1:])
    return character.translate(WIDE_TO_NARROW)
