"""Width of characters, and the one number that is never accepted.

This module alone knows which characters a Japanese keyboard offers for the same digit, dash or blank, and what a
個人番号 looks like. It never runs a Unicode normalisation over a whole text: that would change kanji of names
(facts/validation.md §5). If it is wrong, right input is refused, or a 個人番号 gets in.
"""

from __future__ import annotations

import re
import unicodedata

from eligibility.errors import FieldError

WIDE_TO_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""Full-width ASCII and blank to half-width, for `str.translate`."""
_NARROW_TO_WIDE = {narrow: wide for wide, narrow in WIDE_TO_NARROW.items()}
_WIDE_DIGITS = {code: code - 0xFEE0 for code in range(ord("０"), ord("９") + 1)}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−－﹣⁃"), "-")
_BLANKS = dict.fromkeys(map(ord, "\t\u00a0\u2002\u2003\u2009\u202f\u3000"), " ")
_DIGITS = _WIDE_DIGITS | _DASHES | _BLANKS

# A long mark is a dash only beside a digit: in カード it is a letter.
_LONG_MARK_AS_DASH = re.compile(r"(?<=[0-9])[ーｰ]|[ーｰ](?=[0-9])")
_HALF_WIDTH_KANA = re.compile("[\uff61-\uff9f]+")
_SEPARATORS = re.compile(r"[\s\-./,_:・･、。，．／：＿\u200b-\u200d\u2060\ufeff]+")
_INDIVIDUAL_NUMBER = re.compile("[0-9]{12}")
_JOINED = r"[^0-9A-Za-z\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff]{1,3}"
"""What may stand between the groups of a number that is written inside other words: marks and blanks, no letters."""
_INSIDE_WORDS = [
    re.compile(rf"(?<![0-9])(?=([0-9]{{{size}}}(?:{_JOINED}[0-9]{{{size}}}){{{12 // size - 1}}})(?![0-9]))")
    for size in (12, 6, 4, 3, 2, 1)
]


def fold_digits(text: str) -> str:
    """Full-width digits, dashes and blanks as half-width; everything else, kanji above all, stays as it is."""
    return _LONG_MARK_AS_DASH.sub("-", text.translate(_DIGITS))


def narrow(text: str) -> str:
    """Every full-width ASCII character and blank as half-width, besides what `fold_digits` does. Kana stay."""
    return fold_digits(text.translate(WIDE_TO_NARROW))


def widen(text: str) -> str:
    """Every half-width character as full-width, kana included (a sonant mark joins its kana). Kanji stay."""
    return _HALF_WIDTH_KANA.sub(_full_width_run, text).translate(_NARROW_TO_WIDE)


def _full_width_run(run: re.Match[str]) -> str:
    """Normalising is safe on half-width kana alone; a mark that found no kana to join stays a mark of its own."""
    return unicodedata.normalize("NFKC", run.group()).replace("\u3099", "゛").replace("\u309a", "゜")


def has_private_use(text: str) -> bool:
    """Whether a private-use character is in it: it means something else on every machine (validation.md §5)."""
    return any(unicodedata.category(character) == "Co" for character in text)


def looks_like_individual_number(text: str) -> bool:
    """Whether `text` is a 個人番号: 12 digits, folded and without separators, with its valid check digit.

    Check digit: from the right of the first eleven digits, weights 2–7 then 2–6; 11 minus the sum modulo 11, and 0
    where the remainder is 0 or 1 (行政手続における特定の個人を識別するための番号の利用等に関する法律, ministerial
    ordinance on its check digit). Source of the rule "refused everywhere": design.md §2.
    """
    digits = _SEPARATORS.sub("", narrow(text))
    if _INDIVIDUAL_NUMBER.fullmatch(digits) is None:
        return False
    total = sum(int(digit) * (place + 1 if place <= 6 else place - 5) for place, digit in enumerate(digits[10::-1], 1))
    remainder = total % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


def holds_individual_number(text: str) -> bool:
    """Whether a 個人番号 stands anywhere in free text: twelve digits on end, or groups of one size with marks between.

    For sentences and values of other people's files. A date and a number side by side are no such groups.
    """
    plain = "".join(character for character in narrow(text) if unicodedata.category(character) != "Cf")
    if looks_like_individual_number(plain):
        return True
    found = (match.group(1) for pattern in _INSIDE_WORDS for match in pattern.finditer(plain))
    return any(looks_like_individual_number(re.sub("[^0-9]", "", number)) for number in found)


def refuse_individual_number(text: str) -> None:
    """Raises FieldError `field.individual_number` where `text` is one; the error does not carry it."""
    if looks_like_individual_number(text):
        raise FieldError("field.individual_number")
