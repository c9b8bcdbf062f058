"""Entries of the journal as lines for a person: when, what, which visit, and what it came to, in words.

For 80 columns: what is long goes on below itself and no word is cut. The codes of the JSON stay beside the outcome
only. What breaks if it is wrong: whoever looks a visit up afterwards reads another one's result.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from kiosk.cli.cells import cells, hanging
from kiosk.cli.words import Words
from kiosk.journal import Entry
from kiosk.journal.kinds import corrected
from kiosk.words import Words as DeskWords

_WIDTH: Final = 80
_GAP: Final = "  "
_CLOCK: Final = 5
"""Cells of `09:14`."""
_SEPARATOR: Final = " / "
_REST: Final = re.compile(r"(?<=[\u3000-\uffef]) (?=[\u3000-\uffef])")
"""A blank between two wide letters."""
_ABANDONED: Final = "ABANDONED"
"""Its kind says it."""
_SAID_APART: Final = frozenset({"question", "differs", "day"})
"""Details that have words of their own, and the name of a question in the outage queue, which tells nobody anything."""


def lines(entries: Iterable[Entry], words: Words, *, revealed: bool) -> list[str]:
    """A head, the entries day by day, and what to know about numbers and names. Names only where `revealed`."""
    known = list(entries)
    told = _Told(words, corrected(known), revealed=revealed)
    number, clock, what = (words.text(f"journal.column.{name}") for name in ("no", "time", "what"))
    width = max(cells(number), *(cells(str(entry.sequence)) for entry in known))
    found = [_start(number, clock, width) + what]
    for day, of_day in groupby(known, lambda entry: entry.at.date()):
        found += ["", day.isoformat()]
        for entry in of_day:
            start = _start(str(entry.sequence), f"{entry.at:%H:%M}", width)
            found += [line.rstrip() for line in hanging(start, told.of(entry), _WIDTH)]
    notes = ["journal.list.numbers"] if revealed else ["journal.list.numbers", "journal.list.masked"]
    return [*found, "", *(line for note in notes for line in hanging("", words.text(note), _WIDTH))]


def _start(number: str, clock: str, width: int) -> str:
    """Number and time: the number to the right, both as wide as in every line."""
    return " " * (width - cells(number)) + number + _GAP + clock + " " * (_CLOCK - cells(clock)) + _GAP


class _Told:
    """What is said of one entry, in one language."""

    def __init__(self, words: Words, gone: frozenset[int], *, revealed: bool) -> None:
        self._words = words
        self._desk = DeskWords(words.lang)
        self._gone = gone
        self._revealed = revealed

    def of(self, entry: Entry) -> str:
        """Kind, visit, and what it says."""
        kind = self._words.one_of(f"journal.kind.{entry.kind}", "journal.kind.other", kind=entry.kind)
        facts = _SEPARATOR.join(dict.fromkeys(self.facts(entry)))
        return f"{kind}{f' {entry.visit}' if entry.visit else ''}{f': {facts}' if facts else ''}"

    def facts(self, entry: Entry) -> Iterator[str]:
        """What it says, the most important first; every fact once."""
        if self._revealed and entry.person.name:
            yield entry.person.name
        yield from self._came_to(entry)
        way = entry.attested_by or entry.method
        if way:
            yield self._known(f"side.method.{way}", way)
        yield from (self._known(f"document.{word}", word) for word in entry.documents)
        yield from (self._known(f"side.trouble.{word}", word) for word in entry.troubles)
        if entry.queue:
            yield self._known(f"queue.{entry.queue}", entry.queue)
        yield from self._consent(entry)
        if entry.why and entry.why != entry.queue:
            yield self._why(entry)
        yield from self._details(entry)
        if entry.withheld:
            left_out = [self._known(f"side.differs.{name}", name) for name in entry.withheld]
            yield self._words.text("journal.withheld", what=self._and(left_out))
        if entry.corrects:
            yield self._words.text("journal.corrects", sequence=entry.corrects)
        if entry.sequence in self._gone:
            yield self._words.text("journal.corrected")

    def _came_to(self, entry: Entry) -> Iterator[str]:
        if entry.kind == "requeried" and entry.validity is not None:
            yield self._known(f"side.validity.{entry.validity}", str(entry.validity))
        if entry.outcome and entry.outcome != _ABANDONED:
            said = self._known(f"outcome.{entry.outcome}", "")
            yield f"{said} ({entry.outcome})" if said else entry.outcome
        if entry.charge:
            kind, _, percent = entry.charge.partition(":")
            word = f"journal.charge.{kind}" + (".provisional" if kind == "ask" and percent else "")
            yield self._words.one_of(word, "journal.word", share=self._share(percent), word=entry.charge)

    def _share(self, percent: str) -> str:
        """自己負担の割合 as each language says it: tenths or percent; "" for none."""
        if not percent.isdecimal():
            return ""
        return self._desk.text("side.owed.ratio", tenths=int(percent) // 10, percent=percent)

    def _consent(self, entry: Entry) -> Iterator[str]:
        for word, wanted in (("given", True), ("refused", False)):
            items = [item for item, given in entry.consent if given is wanted]
            if items:
                named = [self._words.one_of(f"consent.{item}", "journal.word", word=item) for item in items]
                yield self._words.text(f"journal.consent.{word}", items=self._and(named))
        if entry.spoken:
            yield self._known("side.detail.spoken.yes", "spoken")

    def _why(self, entry: Entry) -> str:
        if entry.kind == "correction":
            return self._known(f"side.correct.{entry.why}", entry.why)
        if entry.kind == "purged":
            return self._words.text("journal.before", day=entry.why)
        return self._words.one_of(f"journal.why.{entry.kind}.{entry.why}", "journal.word", word=entry.why)

    def _details(self, entry: Entry) -> Iterator[str]:
        days = [value for name, value in entry.details if name == "day"]
        if days:
            yield self._words.one_of(f"journal.day.{entry.kind}", "journal.day", days=self._and(days))
        differs = [self._known(f"side.differs.{value}", value) for name, value in entry.details if name == "differs"]
        if differs:
            yield self._words.text("journal.differs", what=self._and(differs))
        for name, value in entry.details:
            if name not in _SAID_APART:
                word = self._words.one_of(
                    f"journal.detail.{name}", "journal.word", word=self._known(f"outcome.{name}", name)
                )
                yield f"{word} {_as_clock(value) if name == 'began' else value}"

    def _and(self, parts: Sequence[str]) -> str:
        return self._desk.text("side.and").join(parts)

    def _known(self, message_id: str, otherwise: str) -> str:
        """The counter's words, without the blanks that let a patient's eye rest; `otherwise` where it has none."""
        return _REST.sub("", self._desk.one_of(message_id, otherwise))


def _as_clock(moment: str) -> str:
    """Day and time of a date-time as the journal writes it."""
    return moment[:16].replace("T", " ")
