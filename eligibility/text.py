"""Width of characters, and the one number that is never accepted.

This module alone knows which characters a Japanese keyboard offers for the same digit, dash or blank, and what a
個人番号 looks like. It never runs a Unicode normalisation over a whole text: that would change kanji of names
(facts/validation.md §5). If it is wrong, right input is refused, or a 個人番号 gets in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from eligibility.check_digits import individual_number_digit, insurer_digit
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
_GROUPS = re.compile("[0-9]+")
_SHAPES = frozenset(((12,), (6, 6), (4, 4, 4), (1,) * 12))
"""Sizes of the groups of a number, whatever stands between them."""
_ALIKE = frozenset(((3, 3, 3, 3), (2, 2, 2, 2, 2, 2)))
"""And with one and the same sign between all of them: 26/11/20 10:40:30 is a moment."""
_GAP_LOST = frozenset(((8, 4), (4, 8)))
"""4-4-4 where a blank or hyphen was not typed, or not seen by a scanner."""
_GAPS = frozenset(" -._・･")
"""What stands between the groups of one number; a comma, slash, colon or bracket parts two."""
_WIDE_BLANK = re.compile(r"[^\S\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_FAR = "\t"
"""More blanks than `_NEAR` in one, as between the columns of a table; no other tab is left when it is looked for."""
_NEAR = 8
_COLUMNS = frozenset(((4, 4, 4), (1,) * 12))
"""Sizes of the groups of a number where the gaps between them are that wide; other numbers so far apart are two."""
_WRAP = re.compile(" *(?:\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]) *")
_WRAPPED = frozenset(((12,), (4, 4, 4)))
"""A number whose line ended inside it, once the line goes on."""
_INDIVIDUAL_NUMBER = re.compile("[0-9]{12}")
_LETTER = r"A-Za-z\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff"
_RUN = re.compile(rf"[0-9]+(?:[^0-9{_LETTER}]{{1,8}}[0-9]+)*")
"""Groups of digits with marks and blanks between them, no letters: a number that is written inside other words."""
_DICTATED = re.compile(r"(?<![0-9])[0-9]{4}([^0-9])[0-9]{4}\1[0-9]{4}(?![0-9])")
"""As it is printed and dictated, with one and the same sign between the groups, a letter too: 1234の5678の9018."""
_COPIED_GAP = (
    "(?:&(?:nbsp|ensp|emsp|thinsp|#160|#xa0|#12288|#x3000);|%(?:20|09|0a|0d|2d|c2%a0|e3%80%80)"
    rf"|</?[a-z][^<>]{{0,60}}>|\x1b\[[0-9;]{{0,16}}[a-z]|の|[^0-9{_LETTER}&%<\x1b]){{1,12}}"
)
_COPIED = re.compile(
    rf"(?:(?<![0-9])|(?<=%20))(?=([0-9]{{4}}){_COPIED_GAP}([0-9]{{4}}){_COPIED_GAP}([0-9]{{4}})(?![0-9]))",
    re.IGNORECASE,
)
"""As it is copied out of a page, an address or a coloured terminal (1234&nbsp;5678%209018), or written 1234 の 5678."""
_NOT_ASCII = re.compile("[^\x00-\x7f]")
_KANJI_DIGITS = {digit: str(value) for value, digit in enumerate("〇一二三四五六七八九")} | {"零": "0"}
_KANJI = "".join(_KANJI_DIGITS)
_RING = re.compile(
    rf"(?<=[0-9{_KANJI}])[○◯]{{1,3}}(?=[0-9{_KANJI}])"
    rf"|(?<=[○◯{_KANJI}][{_KANJI}])[○◯]{{1,3}}(?![○◯])|(?<![○◯])[○◯]{{1,3}}(?=[{_KANJI}][○◯{_KANJI}])"
)
"""The sign that keyboards offer beside 〇, where it may be one: between digits, and beside kanji digits. Else it is
a mark before a line or behind a name.
"""
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

    Source of the rule "refused everywhere": design.md §2.
    """
    digits = _SEPARATORS.sub("", _digits_of_any_script(text))
    if _INDIVIDUAL_NUMBER.fullmatch(digits) is None:
        return False
    return digits[-1] == individual_number_digit(digits[:-1])


def holds_individual_number(text: str) -> bool:
    """Whether a 個人番号 stands anywhere in `text`: the one check for every field, sentence and file.

    Digits of any script count, 〇一二 and ① too, and signs that nobody sees do not. Refused where the check digit fits:

    - a text that is nothing but 12 digits and separators, in groups of any size, unless a day is among them;
    - inside other words: 12 on end; 4-4-4, 6-6 or digit by digit with any marks between; 3-3-3-3 and twos with the
      same mark between; 8-4 and 4-8 with a blank or hyphen, where one gap of 4-4-4 was lost; 1234の5678の9018;
    - 4-4-4 and digit by digit in columns, however many blanks part them; 4-4-4 with HTML, %20 or colours between;
    - 12 on end or 4-4-4 with one line break inside a group.

    Let through, because two unrelated numbers side by side have a fitting check digit one time in eleven, and nobody
    writes a 個人番号 so: all other groups inside words (5-3-4, 5-7, 3-9), and 8-4 or a line break beside a day or
    beside 8 digits with the check digit of a 保険者番号 or 公費負担者番号. The price: inside words, one in ten of the
    numbers that lost a gap has that check digit too.

    Out of reach, because amounts and days are written so: different words between the groups (1234年5678月9018), and
    the names of values in a JSON text. Nor are O and l digits, or 壱 and 弐, or 12 digits inside a longer number.
    """
    narrowed = narrow(text)
    readings = {narrowed, _RING.sub(lambda rings: "0" * len(rings.group()), narrowed)}
    return any(_is_in(_WIDE_BLANK.sub(_one_blank, _digits_of_any_script(reading))) for reading in readings)


def _one_blank(blanks: re.Match[str]) -> str:
    return _FAR if len(blanks.group()) > _NEAR else " "


def _is_in(plain: str) -> bool:
    """Whether one is in a text whose digits are ASCII, and whose blanks are one at a time."""
    if looks_like_individual_number(plain) and not _days(_GROUPS.findall(plain)):
        return True
    if any(looks_like_individual_number(re.sub("[^0-9]", "", found.group())) for found in _DICTATED.finditer(plain)):
        return True
    if any(looks_like_individual_number("".join(found.groups())) for found in _COPIED.finditer(plain)):
        return True
    return any(_in_groups(run.group()) for run in _RUN.finditer(plain))


def _in_groups(run: str) -> bool:
    """Whether some of its groups, side by side, are one."""
    groups, between = _GROUPS.findall(run), _GROUPS.split(run)[1:-1]
    fields = _days(groups) | {place for place, group in enumerate(groups) if _names_a_payer(group)}
    for first, last in _spans(groups):
        taken = groups[first:last]
        if individual_number_digit("".join(taken)[:-1]) != taken[-1][-1]:
            continue
        sizes, signs = [len(group) for group in taken], between[first : last - 1]
        if _in_equal_groups(sizes, signs) or (fields.isdisjoint(range(first, last)) and _torn(sizes, signs)):
            return True
    return False


def _spans(groups: Sequence[str]) -> Iterator[tuple[int, int]]:
    """From which group to before which one there are exactly 12 digits."""
    for first in range(len(groups)):
        length = 0
        for last in range(first, len(groups)):
            length += len(groups[last])
            if length >= _LENGTH:
                break
        if length == _LENGTH:
            yield first, last + 1


def _in_equal_groups(sizes: Sequence[int], signs: Sequence[str]) -> bool:
    """Whether somebody writes the number so on purpose."""
    if any(_FAR in sign for sign in signs):
        return tuple(sizes) in _COLUMNS
    return tuple(sizes) in _SHAPES or (tuple(sizes) in _ALIKE and len({sign.strip() for sign in signs}) == 1)


def _torn(sizes: Sequence[int], signs: Sequence[str]) -> bool:
    """Whether they are the groups of a number that lost a gap, or whose line ended inside a group."""
    if tuple(sizes) in _GAP_LOST and _FAR not in signs[0] and (signs[0].strip() or " ") in _GAPS:
        return True
    return any(
        (*sizes[:place], sizes[place] + sizes[place + 1], *sizes[place + 2 :]) in _WRAPPED
        for place, sign in enumerate(signs)
        if _WRAP.fullmatch(sign)
    )


def _names_a_payer(digits: str) -> bool:
    """Whether it has the shape of a 保険者番号 or 公費負担者番号."""
    return len(digits) == 8 and insurer_digit(digits[:-1]) == digits[-1]


def _days(groups: Sequence[str]) -> frozenset[int]:
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
