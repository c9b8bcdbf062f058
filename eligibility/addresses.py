"""Comparing addresses (住所): the numbers count, not how they are written.

Rule: width, blanks and kinds of dash do not count; 一丁目２番３号, 1丁目2番地3 and 1-2-3 are one address. Kanji
count as they are. How the real service compares an address is not published: **unverified**. What breaks if wrong:
somebody noted in an outage is not found again, or is taken for a neighbour.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−ー－"), "-")
_COUNTED: Final = re.compile(
    r"(?:[一二三四五六七八九]?十[一二三四五六七八九]?|[〇一二三四五六七八九]+)(?=丁目|番地|番(?!町)|号|階)"
)
"""A number written in kanji; 三番町 is a name."""
_BETWEEN: Final = re.compile(r"(?<=[0-9])(?:丁目|番地の?|番|号|の|-)(?=[0-9]|$)")
"""What parts the numbers of an address, or ends them."""


def fold_address(text: str) -> str:
    """The form in which two writings of one address are the same; for comparing only, never shown."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).translate(_DASHES)
    counted = _COUNTED.sub(lambda found: str(_count(found[0])), plain)
    return _BETWEEN.sub("-", counted).rstrip("-")


def _count(kanji: str) -> int:
    """The number that 〇 to 九十九 write; 二〇 and 一二 are read digit by digit."""
    tens, ten, ones = kanji.rpartition("十")
    return (int(_digits(tens) or "1") * 10 if ten else 0) + int(_digits(ones) or "0")


def _digits(kanji: str) -> str:
    return "".join(str("〇一二三四五六七八九".index(sign)) for sign in kanji)
