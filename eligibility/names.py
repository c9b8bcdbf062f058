"""Names: how they are written, kana in both widths, and when two names are the same person's.

This module alone owns the loose comparison of names, the meaning of ● and which characters a name may have. Only kana,
Latin letters and digits are ever normalised: normalising kanji would change names (facts/validation.md §5). What it
folds is for comparing; the strict spelling is kept by whoever holds it. If it is wrong, one person looks like two, or
two like one.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from eligibility.errors import FieldError
from eligibility.name_variants import everyday_spelling
from eligibility.text import WIDE_TO_NARROW, has_private_use, refuse_individual_number, widen

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

_NAME_CHARACTER = re.compile(rf".{_GLYPH_SELECTORS.pattern}?", re.DOTALL)
_KANA_READING = re.compile("[ァ-ヺー・ヽヾ゛゜ㇰ-ㇿＡ-Ｚａ-ｚ－．’\u3000]+")
# Python's JIS X 0208 has these two marks under other code points than the full-width ASCII that papers are typed in.
_MARKS_OF_JIS = str.maketrans("－～", "−〜")

_LATIN_CAPITALS = {code: code - 0x20 for code in range(ord("ａ"), ord("ｚ") + 1)}

_HALF_OF_FULL = {
    unicodedata.normalize("NFKC", half): half for half in map(chr, range(0xFF61, 0xFF9E)) if half != "\uff70"
} | {"ー": "\uff70", "゛": "\uff9e", "゜": "\uff9f"}

_MARK_OF = {"\u3099": "\uff9e", "\u309a": "\uff9f"}


class NameMatch(StrEnum):
    """How far two spellings of a name agree. `meaning` and `todo` are message ids for the desk."""

    SAME = "same"
    """Equal when kana are folded."""
    HIDDEN = "hidden"
    """Equal where a ● on either side stands for any one character, and nothing but ● differs."""
    VARIANT = "variant"
    """Equal when 外字 and old forms are looked through; a ● may be among them."""
    UNREADABLE = "unreadable"
    """As long as the other, but wherever one can be read the other is ●: nothing was compared."""
    DIFFERENT = "different"

    @property
    def meaning(self) -> str:
        """What the match is, as a message id."""
        return f"name_match.{self.value}"

    @property
    def todo(self) -> tuple[str, ...]:
        """What the desk does about it, as message ids: a ● or another form never replaces a good local spelling, and
        anything but the same name is confirmed by more than the name (reception.md §8, §12 F01, F23)."""
        if self is NameMatch.SAME:
            return ()
        if self is NameMatch.UNREADABLE:
            return ("name_todo.confirm_kana_and_birthdate", "name_todo.keep_spelling")
        if self is NameMatch.DIFFERENT:
            return ("name_todo.check_person", "name_todo.confirm_birthdate")
        return ("name_todo.confirm_birthdate", "name_todo.keep_spelling")


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


def compare_names(a: str, b: str) -> NameMatch:
    """How far two names, kanji or kana, agree. Symmetric; lengths are those after folding, so one ● is one character.

    An astral kanji is one character, and so is a kanji with a glyph selector.
    """
    left, right = _comparable(a), _comparable(b)
    if left and same_name(a, b) and all(UNKNOWN_CHARACTER in pair for pair in zip(left, right, strict=True)):
        return NameMatch.UNREADABLE
    if left == right:
        return NameMatch.SAME
    if same_name(a, b):
        return NameMatch.HIDDEN
    return NameMatch.VARIANT if same_name(everyday_spelling(left), everyday_spelling(right)) else NameMatch.DIFFERENT


def parse_name(text: str) -> str:
    """A 氏名 as it is kept: kana and Latin letters full-width, one full-width blank between its parts, kanji untouched.

    Raises:
        FieldError: `field.name.empty`, `field.name.private_use` (外字 of one machine, control characters), or
            `field.individual_number`.
    """
    return _parse_written(text, empty="field.name.empty")


def parse_kana(text: str) -> str:
    """A フリガナ as it is kept: full-width katakana, one full-width blank between its parts.

    Raises:
        FieldError: `field.kana.empty`, `field.kana.form` (kanji in it, say), `field.name.private_use`, or
            `field.individual_number`.
    """
    kana = _parse_written(text, empty="field.kana.empty").translate(_HIRAGANA_TO_KATAKANA)
    if not _KANA_READING.fullmatch(kana):
        raise FieldError("field.kana.form")
    return kana


def unfit_for_claims(name: str) -> tuple[str, ...]:
    """The characters of a name that claims refuse, each once: claims know JIS X 0208 only (reception.md §8, F02).

    The eligibility check lets some of them through (德, a JIS level-3 kanji), so nothing else at the desk shows them. A
    kanji is given with its glyph selector. ● is none of them: a claim with ● is accepted.
    """
    characters = _NAME_CHARACTER.findall(full_width_kana(name))
    return tuple(dict.fromkeys(character for character in characters if not _in_jis_x_0208(character)))


def _parse_written(text: str, *, empty: str) -> str:
    refuse_individual_number(text)
    name = re.sub("\u3000+", "\u3000", full_width_kana(text.strip()))
    if not name:
        raise FieldError(empty)
    if has_private_use(name) or not name.replace("\u3000", "").isprintable():
        raise FieldError("field.name.private_use")
    return name


def _in_jis_x_0208(character: str) -> bool:
    try:
        # ISO-2022-JP: JIS X 0208 and ASCII; full-width text has no ASCII.
        character.translate(_MARKS_OF_JIS).encode("iso2022_jp")
    except UnicodeEncodeError:
        return False
    return True


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
