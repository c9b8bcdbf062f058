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
_LENGTH = 12
_INDIVIDUAL_NUMBER = re.compile("[0-9]{12}")
_LETTER = r"A-Za-z\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff"
_RUN = re.compile(rf"[0-9]+(?:[^0-9{_LETTER}]{{1,8}}[0-9]+)*")
"""Groups of digits with marks and blanks between them, no letters: a number that is written inside other words."""
_DICTATED = re.compile(r"(?<![0-9])[0-9]{4}([^0-9])[0-9]{4}\1[0-9]{4}(?![0-9])")
"""As it is printed and dictated, with one and the same sign between the groups, a letter too: 1234の5678の9018."""
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_KANJI_DIGITS = {digit: str(value) for value, digit in enumerate("〇一二三四五六七八九")} | {"零": "0"}
_SILENT = frozenset(("Cf", "Mn", "Me"))
"""Categories of signs that stand on a character or between two and are not seen as a separator."""


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
    digits = _SEPARATORS.sub("", _digits_of_any_script(text))
    if _INDIVIDUAL_NUMBER.fullmatch(digits) is None:
        return False
    total = sum(int(digit) * (place + 1 if place <= 6 else place - 5) for place, digit in enumerate(digits[10::-1], 1))
    remainder = total % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


def holds_individual_number(text: str) -> bool:
    """Whether a 個人番号 stands anywhere in `text`: the one check for every field, sentence and file.

    Digits of any script, 〇一二 and ① too; on end, or in groups of any size with marks or blanks between them, inside
    other words or alone. A date and a number side by side are no such groups, unless they are groups of one size.
    """
    plain = _digits_of_any_script(text)
    if looks_like_individual_number(plain):
        return True
    if any(looks_like_individual_number(re.sub("[^0-9]", "", found.group())) for found in _DICTATED.finditer(plain)):
        return True
    return any(_in_groups(re.findall("[0-9]+", run.group())) for run in _RUN.finditer(plain))


def _in_groups(groups: list[str]) -> bool:
    """Whether some of the groups, side by side, are one."""
    of_days = _of_days(groups)
    for first in range(len(groups)):
        length = 0
        for last in range(first, len(groups)):
            length += len(groups[last])
            if length >= _LENGTH:
                break
        taken = groups[first : last + 1]
        if length != _LENGTH or not looks_like_individual_number("".join(taken)):
            continue
        if len({len(group) for group in taken}) == 1 or of_days.isdisjoint(range(first, last + 1)):
            return True
    return False


def _of_days(groups: list[str]) -> frozenset[int]:
    """Which of the groups, by place, are a day or a part of one: 20261120, 2026 11 20, or 8 11 20 of an era."""
    whole = {
        place for place, group in enumerate(groups) if len(group) == 8 and _is_day(group[:4], group[4:6], group[6:])
    }
    starts = [place for place in range(len(groups) - 2) if _is_day(*groups[place : place + 3])]
    return frozenset(whole | {place for start in starts for place in range(start, start + 3)})


def _is_day(year: str, month: str, day: str) -> bool:
    year_is_one = len(year) <= 2 or (len(year) == 4 and 1868 <= int(year) <= 2199)
    return year_is_one and len(month) <= 2 and len(day) <= 2 and 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _digits_of_any_script(text: str) -> str:
    """Every character that is a digit as 0–9, without the signs that are not seen; for looking, never for keeping."""
    return _NOT_ASCII.sub(_as_digit, narrow(text))


def _as_digit(found: re.Match[str]) -> str:
    character = found.group()
    if unicodedata.category(character) in _SILENT:
        return ""
    value = unicodedata.digit(character, None)
    return _KANJI_DIGITS.get(character, character) if value is None else str(value)


def refuse_individual_number(text: str) -> None:
    """Raises FieldError `field.individual_number` where `text` is or holds one; the error does not carry it."""
    if holds_individual_number(text):
        raise FieldError("field.individual_number")
