"""How the months and the days of a month are read (よみ), for やさしい日本語.

A number and its word are not read one after the other: 4日 is よっか, 4月 is しがつ (常用漢字表 付表).
What
breaks if it is wrong: whoever learns Japanese by these readings says a day that nobody understands.
"""

from __future__ import annotations

from typing import Final

_MONTHS: Final = ("いち", "に", "さん", "し", "ご", "ろく", "しち", "はち", "く", "じゅう", "じゅういち", "じゅうに")
_DAYS: Final = (
    *("ついたち", "ふつか", "みっか", "よっか", "いつか", "むいか", "なのか", "ようか", "ここのか", "とおか"),
    *(
        "じゅういちにち",
        "じゅうににち",
        "じゅうさんにち",
        "じゅうよっか",
        "じゅうごにち",
        "じゅうろくにち",
        "じゅうしちにち",
        "じゅうはちにち",
        "じゅうくにち",
    ),
    *(
        "はつか",
        "にじゅういちにち",
        "にじゅうににち",
        "にじゅうさんにち",
        "にじゅうよっか",
        "にじゅうごにち",
        "にじゅうろくにち",
        "にじゅうしちにち",
        "にじゅうはちにち",
    ),
    *("にじゅうくにち", "さんじゅうにち", "さんじゅういちにち"),
)


def month_reading(month: int) -> str:
    """The reading of a month, 1 to 12: しがつ of 4."""
    return f"{_MONTHS[month - 1]}がつ"


def day_reading(day: int) -> str:
    """The reading of a day of the month, 1 to 31: よっか of 4."""
    return _DAYS[day - 1]
