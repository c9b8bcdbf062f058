"""Addresses: when two of them are written for the same place.

This module alone folds addresses for comparing. Width, dashes, blanks, 丁目・番地・号 and the numerals before them are
folded; kanji stay as they are, because normalising them would change names of places (validation.md §5). What is folded
is never stored. If it is wrong, one house looks like two, or two like one.
"""

from __future__ import annotations

import re

from eligibility.name_variants import everyday_spelling
from eligibility.names import UNKNOWN_CHARACTER, NameMatch, fold_kana
from eligibility.text import narrow

_UNITS = "丁目|番地|番町|番|号室|号|条|線"
_NUMERAL = re.compile(rf"[〇零一二三四五六七八九十百]+(?=(?:{_UNITS}))|(?<=番地の)[〇零一二三四五六七八九十百]+")
_GA_OF_PLACES = re.compile("(?<=[\u4e00-\u9fff])[がガヶケヵ](?=[\u4e00-\u9fff])")
"""霞が関, 霞ヶ関 and 霞ケ関 are one place."""
_DIGIT = {"〇": 0, "零": 0} | {kanji: value for value, kanji in enumerate("一二三四五六七八九", 1)}
_BETWEEN = re.compile(r"(?<=[0-9])(?:丁目|番地の|番地|番|号|の|ノ|ー|-)+(?=[0-9])")
_AFTER = re.compile(r"(?<=[0-9])(?:番地|番|号室|号)(?![0-9])")
_POSTAL = re.compile(r"^〒?[0-9]{3}-?[0-9]{4}(?=[^0-9-])")
_PREFECTURE = re.compile("^(?:北海道|東京都|京都府|大阪府|.{2,3}県)")


def fold_address(text: str) -> str:
    """A key for comparing: 千代田区霞が関２丁目３番４号 and 千代田区霞ヶ関2-3-4 have the same one."""
    plain = _NUMERAL.sub(lambda run: str(_value(run.group())), narrow(text))
    plain = _POSTAL.sub("", re.sub(r"\s", "", plain))
    plain = _GA_OF_PLACES.sub("ケ", plain)
    plain = _AFTER.sub("", _BETWEEN.sub("-", plain))
    # A dash between digits is no long mark of a word: kept apart while the kana are folded.
    return "-".join(fold_kana(part) for part in plain.split("-"))


def compare_addresses(a: str, b: str) -> NameMatch:
    """How far two addresses agree, in the words for names: ● stands for any one character, 外字 are looked through.

    One that names the prefecture is the same as one that does not.
    """
    left, right = fold_address(a), fold_address(b)
    if len(left) != len(right):
        left, right = _PREFECTURE.sub("", left), _PREFECTURE.sub("", right)
    if left == right:
        return NameMatch.SAME
    if _agree(left, right):
        return NameMatch.HIDDEN
    return NameMatch.VARIANT if _agree(everyday_spelling(left), everyday_spelling(right)) else NameMatch.DIFFERENT


def _agree(left: str, right: str) -> bool:
    return len(left) == len(right) and all(
        one == other or UNKNOWN_CHARACTER in (one, other) for one, other in zip(left, right, strict=True)
    )


def _value(numeral: str) -> int:
    """A kanji numeral up to 999: 三十二, 一〇一, 百五."""
    if not re.search("[十百]", numeral):
        return int("".join(str(_DIGIT[kanji]) for kanji in numeral))
    total, digit = 0, 0
    for kanji in numeral:
        if kanji in _DIGIT:
            digit = _DIGIT[kanji]
        else:
            total += (digit or 1) * (100 if kanji == "百" else 10)
            digit = 0
    return total + digit
