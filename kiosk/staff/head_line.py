"""The line above the staff side: day, regime, reader, server, 保留. Words and numbers only, shortened to fit.

Pure. What breaks if it is wrong: staff look for a fault in the card while the server is away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rich.cells import cell_len

from eligibility.regimes import regime_on
from eligibility.rule_dates import Rules
from kiosk.flow.states import Trouble
from kiosk.words import Words

_GAP = " | "
_YEAR = len("2026-")
SLOW_SECONDS = 3.0
"""From here on the server's answer is marked: patients wait visibly (screens.md, principle 5)."""


@dataclass(frozen=True, slots=True)
class Around:
    """What is around the visit. `server_seconds` None: no answer, `asked` False: it was not asked yet."""

    at: datetime
    rules: Rules
    reader: str
    reader_trouble: Trouble | None = None
    asked: bool = False
    server_seconds: float | None = None
    out_of_service: bool = False
    """It is there, and answered the newest question with that it is not at work."""
    waiting: int = 0
    unwritten: int = 0
    """Records that a full disk refused, and that only memory has."""
    progress: tuple[int, int] | None = None
    outage: bool = False
    disaster: bool = False


def head_line(around: Around, words: Words, width: int) -> str:
    """The parts from the most to the least necessary, in the order of the line; long forms where they fit."""
    lines = [_line(around, words, detail=detail) for detail in (3, 2, 1, 0, -1, -2, -3, -4)]
    return next((line for line in lines if cell_len(line) <= width), lines[-1])


def _line(around: Around, words: Words, *, detail: int) -> str:
    gap = _GAP if detail > -4 else _GAP.strip()
    return " " + gap.join(part for part in _parts(around, words, detail=detail) if part)


def day_words(at: datetime, words: Words) -> str:
    """`2026-11-20(金) 09:14`."""
    weekday = words.text(f"side.weekday.{at.weekday()}")
    return f"{at.date().isoformat()}({weekday}) {at:%H:%M}"


def _parts(around: Around, words: Words, *, detail: int) -> tuple[str, ...]:
    """`detail` 3: all of it; 2: without the reader's name; 1: the regime by its period; 0: each as short as possible.

    -1: without the regime, which is on its page, but for a mode; -2: without the day, which is on the patient's side;
    -3: without what is in order; -4: the same, with less room between.
    """
    day = day_words(around.at, words)
    return (
        "" if detail < -1 else day if detail > 0 else day[_YEAR:],
        _mode(around, words) or ("" if detail < 0 else _regime(around, words, long=detail > 1)),
        _reader(around, words, detail=detail),
        _unwritten(around, words, detail=detail),
        _server(around, words, detail=detail),
        _queue(around, words, long=detail > 0),
    )


def _mode(around: Around, words: Words) -> str:
    if around.outage:
        back = around.asked and around.server_seconds is not None and not around.out_of_service
        if around.disaster:
            return words.text("side.head.both.back" if back else "side.head.both")
        return words.text("side.head.outage.back" if back else "side.head.outage")
    if around.disaster:
        return words.text("side.head.disaster")
    return ""


def _regime(around: Around, words: Words, *, long: bool) -> str:
    regime = regime_on(around.at.date(), around.rules)
    first = "" if regime.first is None else regime.first.isoformat()
    if not first:
        return words.text("side.head.regime.first")
    return (
        words.text("side.head.regime", first=first) if long else words.text("side.head.regime.short", month=first[:7])
    )


def _reader(around: Around, words: Words, *, detail: int) -> str:
    if around.reader_trouble is not None:
        return words.text("side.head.reader.gone" if detail > 0 else "side.head.reader.gone.short")
    if detail < -2:
        return ""
    return words.text("side.head.reader", reader=around.reader if detail > 2 else "").rstrip()


def _unwritten(around: Around, words: Words, *, detail: int) -> str:
    if not around.unwritten:
        return ""
    return words.text("side.head.unwritten" if detail > -4 else "side.head.unwritten.short", count=around.unwritten)


def _server(around: Around, words: Words, *, detail: int) -> str:
    long = detail > 0
    if not around.asked:
        return words.text("side.head.server.unasked") if long else ""
    if around.server_seconds is None:
        return words.text("side.head.server.away" if long else "side.head.server.away.short")
    if around.out_of_service:
        return words.text("side.head.server.resting" if long else "side.head.server.resting.short")
    seconds = f"{around.server_seconds:.1f}"
    slow = around.server_seconds >= SLOW_SECONDS
    if detail < -2 and not slow:
        return ""
    return words.text("side.head.server.slow" if slow else "side.head.server", seconds=seconds)


def _queue(around: Around, words: Words, *, long: bool) -> str:
    short = "" if long else ".short"
    if around.progress is not None:
        return words.text(f"side.head.asking{short}", done=around.progress[0], all=around.progress[1])
    return words.text(f"side.head.waiting{short}", count=around.waiting)
