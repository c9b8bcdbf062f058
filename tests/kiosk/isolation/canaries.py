"""People each of whose values says whose it is, and the look that reads it back out of texts, bytes and objects.

Nothing here keeps a person: all is made from the person's number and found again by its form, so that whoever looks
through memory for what was left behind finds only what others kept.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from types import FrameType, ModuleType
from typing import Any, Final

from textual.app import App

KANJI: Final = "〇一二三四五六七八九"
KANA: Final = "ｱｲｳｴｵｶｷｸｹｺ"
_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９", "0123456789")
_WIDE_KANA: Final = "アイウエオカキクケコ"
_BORN, _ENDS = date(1940, 1, 1), date(2031, 1, 1)
_BETWEEN_BIRTHDAYS: Final = 11
LAST: Final = 800
"""The highest number: birthdays and certificates of all of them are apart from every other date of these tests."""

_NAMED: Final = re.compile(rf"(?:検見|検子|検町|検組)([{KANJI}]{{4}})")
_KANA: Final = re.compile(rf"(?:ｹﾐ|ケミ)([{KANA}{_WIDE_KANA}]{{4}})")
_NUMBERED: Final = re.compile(r"(?<![0-9])(?:9073|5194)([0-9]{4})(?![0-9])")
_PERSONA: Final = re.compile(r"canary-([0-9]{4})")
_DAY: Final = re.compile(
    r"(?<![0-9])(?:(19[4-6][0-9]|203[1-9])(?:-|/|年)?([0-9]{1,2})(?:-|/|月)?([0-9]{1,2})(?![0-9])"
    r"|(?:昭和|S)([0-9]{2})(?:年|\.)([0-9]{1,2})(?:月|\.)([0-9]{1,2}))"
)
_HINTS: Final = re.compile(r"検|ｹﾐ|ケミ|9073|5194|９０７３|５１９４|canary")


def written(number: int, digits: str) -> str:
    """Four digits in other signs."""
    return "".join(digits[int(digit)] for digit in f"{number:04d}")


def persona(number: int) -> str:
    """What a card is known by."""
    return f"canary-{number:04d}"


def name(number: int) -> str:
    return f"検見{written(number, KANJI)}　検子{written(number, KANJI)}"


def kana(number: int) -> str:
    return f"ｹﾐ{written(number, KANA)}"


def symbol(number: int) -> str:
    return f"9073{number:04d}"


def insured_number(number: int) -> str:
    return f"5194{number:04d}"


def address(number: int) -> str:
    return f"千葉市検町{written(number, KANJI)}"


def insurer_name(number: int) -> str:
    return f"検組{written(number, KANJI)}健康保険組合"


def birthdate(number: int) -> date:
    return _BORN + timedelta(days=_BETWEEN_BIRTHDAYS * number)


def certificate_until(number: int) -> date:
    return _ENDS + timedelta(days=number)


def in_text(text: str) -> set[int]:
    """The people named, numbered or dated in it."""
    return marked(text) | _dated(text)


def marked(text: str) -> set[int]:
    """The people named or numbered in it."""
    if _HINTS.search(text) is None:
        return set()
    text = text.translate(_FULL_WIDTH)
    found = {_number(match[1], KANJI) for match in _NAMED.finditer(text)}
    for match in _KANA.finditer(text):
        found.add(_number("".join(KANA[_WIDE_KANA.find(s)] if s in _WIDE_KANA else s for s in match[1]), KANA))
    found |= {int(match[1]) for match in (*_NUMBERED.finditer(text), *_PERSONA.finditer(text))}
    return found


def _dated(text: str) -> set[int]:
    found: set[int] = set()
    for match in _DAY.finditer(text):
        year, month, day = (int(part) for part in match.groups() if part is not None)
        try:
            found |= of_day(date(year + (1925 if year < 100 else 0), month, day))
        except ValueError:
            continue
    return found


def of_day(day: date) -> set[int]:
    """The person born on that day, or whose certificate ends on it."""
    born, ends = (day - _BORN).days, (day - _ENDS).days
    if 0 < born <= _BETWEEN_BIRTHDAYS * LAST and born % _BETWEEN_BIRTHDAYS == 0:
        return {born // _BETWEEN_BIRTHDAYS}
    return {ends} if 0 < ends <= LAST else set()


def in_value(value: object, depth: int = 12) -> set[int]:
    """The people whose values are anywhere inside, whether a repr would show them or not."""
    match value:
        case str():
            return in_text(value)
        case bytes() | bytearray():
            return in_text(bytes(value).decode("utf-8", "replace"))
        case date():
            return of_day(date(value.year, value.month, value.day))
        case tuple() | list() | set() | frozenset() if depth:
            return {one for item in value for one in in_value(item, depth - 1)}
        case dict() if depth:
            return {one for item in (*value, *value.values()) for one in in_value(item, depth - 1)}
    if depth and is_dataclass(value) and not isinstance(value, type):
        return {one for item in fields(value) for one in in_value(getattr(value, item.name), depth - 1)}
    return set()


def _number(signs: str, digits: str) -> int:
    return int("".join(str(digits.index(sign)) for sign in signs))


# --- what is still alive ---


def alive(people: int, limit: int = 12) -> list[tuple[int, Any, object]]:
    """(person, value, object that holds it) of the first so many people, of all the collector reaches; up to `limit`.

    Dates alone do not count here: other tests have theirs.
    """
    gc.unfreeze()  # what the test run froze can have come to hold something since
    gc.collect()
    return list(_held(gc.get_objects(), people, limit))


def _held(holders: list[Any], people: int, limit: int) -> Iterator[tuple[int, Any, object]]:
    seen: set[int] = set()
    count = 0
    for holder in holders:
        inside = [holder]
        while inside:
            for value in gc.get_referents(inside.pop()):
                if isinstance(value, str | bytes | bytearray):
                    if id(value) in seen:
                        continue
                    seen.add(id(value))
                    text = value if isinstance(value, str) else bytes(value).decode("utf-8", "replace")
                    for person in marked(text):
                        if 0 < person <= people:
                            yield person, value, holder
                            count += 1
                elif isinstance(value, dict | tuple) and not gc.is_tracked(value) and id(value) not in seen:
                    seen.add(id(value))  # of texts only: the collector does not list these by themselves
                    inside.append(value)
            if count >= limit:
                return


def who_holds(leaks: list[tuple[int, Any, object]]) -> list[str]:
    """Of each leak the way from the value up to what keeps it: types only, as far as it can be followed."""
    ours = {id(leaks), *(id(leak) for leak in leaks)}
    told = [f"{value!r:.60} of {person} in {' <- '.join(_way_up(holder, ours))}" for person, value, holder in leaks[:4]]
    return list(dict.fromkeys(told))


def _way_up(holder: object, ours: set[int], longest: int = 14) -> list[str]:
    ways: list[list[Any]] = [[holder]]
    seen = {id(ways), *ours}
    for _ in range(longest):
        longer: list[list[Any]] = []
        seen |= {id(longer), *map(id, ways)}
        for way in ways:
            if isinstance(way[-1], ModuleType | App) or hasattr(way[-1], "cache_clear"):
                return [_kind(one) for one in way]
            keepers = gc.get_referrers(way[-1])
            seen |= {id(keepers), id(way)}
            for keeper in keepers:
                if id(keeper) not in seen and not isinstance(keeper, list_iterator) and not _here(keeper):
                    seen.add(id(keeper))
                    longer.append([*way, keeper])
        if not longer:
            break
        ways = longer[:40]
    return [_kind(one) for one in ways[0]]


list_iterator: type = type(iter([]))


def _here(keeper: object) -> bool:
    return isinstance(keeper, FrameType) and keeper.f_code.co_filename == __file__


def _kind(one: Any) -> str:
    kind = type(one).__name__
    if isinstance(one, dict):
        return f"{kind}({', '.join(str(key)[:24] for key in list(one)[:4])})"
    if isinstance(one, FrameType):
        return f"{kind}({one.f_code.co_qualname}:{one.f_lineno})"
    return f"{kind}({one.__qualname__})" if hasattr(one, "__qualname__") else kind
