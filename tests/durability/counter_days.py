"""Days at a counter, as far as the disk sees them: visits by card and paper, consents, undos, a queue, drafts, closing,
a purge, new starts.

What is begun and what is acknowledged is told through `note`, so that whoever looks at the disk afterwards, however the
days ended, knows what must be there. `look_after` is that look.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from eligibility.papers.forms import FORM_OF
from eligibility.papers.parsing import parse_paper
from kiosk.flow.facts import FourItems
from kiosk.journal import Head, JournalFile, VisitRecord, kinds, verify
from kiosk.journal.draft_store import DraftStore
from kiosk.journal.files import DISK, Disk
from kiosk.journal.head_file import usual_head_file
from kiosk.journal.outage_queue import OutageQueue
from kiosk.journal.purge import purge
from kiosk.journal.queued import QueueAnswer

JST = timezone(timedelta(hours=9))
FIRST_MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=JST)
HANAKO = FourItems("窓口　花子", date(1953, 5, 2), "female", "千葉市中央区")
NUMBERS = {
    "insurer_number": "01139997", "number": "３４", "name": "協会　太郎", "birthdate": "1980-05-02"
}  # fmt: skip
TARO = parse_paper(FORM_OF["portal_screen"], NUMBERS, FIRST_MORNING.date())
AFTERWARDS = 10**9
"""The visit that `look_after` adds."""
Note = Callable[..., None]


class Counter:
    """The counter's disk side in one folder, restarted as often as wanted."""

    def __init__(self, root: Path, disk: Disk, seed: int, morning: datetime = FIRST_MORNING) -> None:
        self.root = root
        self.clock = morning
        self._disk = disk
        self._random_bytes = random.Random(seed).randbytes
        self.start()

    @property
    def folder(self) -> Path:
        return self.root / "journal"

    @property
    def key_file(self) -> Path:
        return self.root / "keys" / "journal.key"

    def start(self) -> None:
        """A new process, as far as the files see it."""
        self.journal = JournalFile(
            self.folder,
            self.key_file,
            now=lambda: self.clock,
            random_bytes=self._random_bytes,
            kiosk="counter-1",
            disk=self._disk,
        )
        self.journal.prepare()
        self.queue = OutageQueue(
            self.root / "queue",
            self.key_file,
            now=lambda: self.clock,
            random_bytes=self._random_bytes,
            disk=self._disk,
        )
        self.drafts = DraftStore(
            self.root / "drafts",
            self.key_file,
            now=lambda: self.clock,
            random_bytes=self._random_bytes,
            disk=self._disk,
        )

    def purge(self) -> None:
        """Destroy the days before today."""
        purge(self.folder, self.key_file, self.clock.date(), self.clock, disk=self._disk)


def live(counter: Counter, visits: int, note: Note, chance: random.Random, *, first: int = 1) -> None:
    """So many visits, numbered on from `first`, and what happens between them."""
    for visit in range(first, first + visits):
        counter.clock += timedelta(minutes=3)
        counter.journal.begin_visit(visit)
        note("begun", visit, counter.clock.date())
        if chance.random() < 0.2:
            _half_typed(counter, visit, note)
        by_paper = chance.random() < 0.3
        counter.journal.record(
            VisitRecord(visit, "OK_CERTIFICATE", "manual", ("eligibility_certificate",), name=TARO.name or "")
            if by_paper
            else VisitRecord(visit, "OK_ONLINE", "pin", ("myna_card",), name="窓口　花子", number="３４")
        )
        note("visit", visit, counter.clock.date(), str(counter.journal.head))
        if not by_paper and chance.random() < 0.4:
            counter.journal.record(VisitRecord(visit, "OK_ONLINE", consent=(("medicines", True),), spoken=True))
            note("consent", visit, counter.clock.date())
        run, what = counter.journal.run, chance.random()
        if what < 0.25:
            noted = {"paper": TARO} if by_paper else {"items": HANAKO}
            why = "recheck" if by_paper else "four_items"
            note("queued", counter.queue.put(why, visit, run=run, **noted).id)
        elif what < 0.45:
            _ask_queue(counter, note)
        elif what < 0.55:
            counter.journal.record(VisitRecord(visit, "NOT_CONFIRMED", corrects=True))
        elif what < 0.62:
            counter.queue.forget_reported()
        elif what < 0.70:
            counter.journal.close()
            counter.start()
        elif what < 0.79:
            note("dropping", 0)
            counter.drafts.drop_all()
            note("draft", 0)
            counter.clock = (counter.clock + timedelta(days=1)).replace(hour=9, minute=0)
        if 0.79 <= what < 0.85 or visit % 15 == 0:
            note("purging", counter.clock.date())
            counter.purge()
            note("purged", counter.clock.date())
        if visit % 10 == 0:
            if what >= 0.25:
                note("queued", counter.queue.put("four_items", visit, run=run, items=HANAKO).id)
            counter.journal.close()
            counter.start()
            _take_back(counter, note)


def _half_typed(counter: Counter, visit: int, note: Note) -> None:
    note("drafting", visit)
    counter.drafts.keep("certificate_other", [("name", f"窓口　花子 {visit}")])
    note("draft", visit)


def _take_back(counter: Counter, note: Note) -> None:
    """Staff undo a visit of the run before, whose person still waits in the queue."""
    for queued in counter.queue.pending()[-1:]:
        whose = (queued.run, queued.visit)
        of_that_day = counter.journal.today(queued.at.date())
        for entry in [one for one in of_that_day if (one.run, one.visit) == whose and one.kind == "visit"][-1:]:
            note("taking_back", queued.id)
            counter.journal.append(
                kinds.correction(
                    counter.clock, entry.visit, entry.sequence, "mistyped", run=entry.run, day=entry.at.date()
                )
            )
            counter.queue.withdraw(entry.visit, run=entry.run, noted_by=entry.at)
            note("taken_back", queued.id, entry.visit, counter.clock.date())


def _ask_queue(counter: Counter, note: Note) -> None:
    for queued in counter.queue.pending()[:1]:
        counter.queue.asking(queued.id)
        counter.queue.answered(queued.id, QueueAnswer("OK_ONLINE", 1))
        note("answered", queued.id)
        counter.journal.append(
            kinds.requeried(
                counter.clock,
                queued.visit,
                "OK_ONLINE",
                (),
                run=queued.run,
                day=queued.at.date(),
                question=queued.id,
            )
        )
        counter.queue.reported(queued.id)


def look_after(root: Path, told: list[tuple[Any, ...]]) -> None:
    """The next start in a folder where all of `told` had been acknowledged or begun when everything stopped."""
    told_of: dict[str, list[tuple[Any, ...]]] = {}
    for word, *rest in told:
        told_of.setdefault(word, []).append(tuple(rest))
    today = max([FIRST_MORNING.date(), *(day for _, day in told_of.get("begun", ()))])
    purging, purged = ([day for (day,) in told_of.get(word, ())] for word in ("purging", "purged"))
    acknowledged = [visit for visit, day, _ in told_of.get("visit", ()) if day >= max(purging, default=date.min)]
    gone = [visit for visit, day, _ in told_of.get("visit", ()) if day < max(purged, default=date.min)]

    counter = Counter(root, DISK, 99, datetime.combine(today, FIRST_MORNING.time(), JST))
    assert counter.journal.tail_lost is None, "nothing that the head knew of is missing"
    newest = [Head.parse(head) for *_, head in told_of.get("visit", ())][-1:]
    _check_chain(counter, newest)
    found = verify(counter.folder, counter.key_file)
    visits = [entry.visit for entry in found.entries if entry.kind == "visit" and not entry.corrects]
    assert len(visits) == len(set(visits)), "no visit was written twice"
    assert not set(acknowledged) - set(visits), "every acknowledged visit is there"
    assert not set(gone) & set(visits), "what was purged is gone"
    for word, kind in (("consent", "consent"), ("taken_back", "correction")):
        said = {visit for *_, visit, day in told_of.get(word, ()) if day >= max(purging, default=date.min)}
        assert said <= {entry.visit for entry in found.entries if entry.kind == kind}, f"every {word} is there"
    whose = {entry.sequence: (entry.run, entry.visit) for entry in found.entries}
    for entry in found.entries:
        assert whose.get(entry.corrects, (entry.run, entry.visit)) == (entry.run, entry.visit), (
            "an undo is of its visit"
        )
    resumed = [entry.visit for entry in found.entries if entry.kind == "resumed"]
    assert len(resumed) == len(set(resumed)), "a visit is closed once"
    assert not set(resumed) & set(visits), "a visit that has its entry was not open"
    acknowledged_at_all = [visit for visit, *_ in told_of.get("visit", ())]
    open_at_the_end = [begun for begun, _ in told_of.get("begun", ())[-1:] if begun not in acknowledged_at_all]
    assert set(open_at_the_end) <= {*resumed, *visits}, "the visit that was open is closed and noted"
    _check_queue(counter, told_of)
    _check_draft(counter, [(word, *rest) for word, *rest in told if word in ("drafting", "draft", "dropping")])
    counter.journal.record(VisitRecord(AFTERWARDS, "OK_ONLINE"))
    counter.queue.put("four_items", AFTERWARDS, run=counter.journal.run, items=HANAKO)
    _check_chain(counter, [*newest, counter.journal.head])
    assert verify(counter.folder, counter.key_file).entries[-1].visit == AFTERWARDS


def _check_chain(counter: Counter, heads: list[Head]) -> None:
    for head in [None, *heads]:
        found = verify(counter.folder, counter.key_file, expect=head, head_file=usual_head_file(counter.folder))
        assert found.whole, found.faults


def _check_queue(counter: Counter, told_of: dict[str, list[tuple[Any, ...]]]) -> None:
    put, answered, going, gone = (
        {own for own, *_ in told_of.get(word, ())} for word in ("queued", "answered", "taking_back", "taken_back")
    )
    standing = {one.queued.id: one for one in counter.queue.standing()}
    pending = {queued.id for queued in counter.queue.pending()}
    assert put - answered - going <= set(standing), "nobody who waits for an answer is lost"
    assert not gone & pending, "nobody is asked about whose visit was taken back"
    assert not answered & pending, "nobody is asked again whose answer is on the disk"
    assert len(pending) == len(counter.queue.pending())
    assert all((one.queued.items or one.queued.paper) in (HANAKO, TARO) for one in standing.values())
    assert counter.queue.set_aside is None


def _check_draft(counter: Counter, told: list[tuple[Any, ...]]) -> None:
    """The newest is offered; where all of them were being destroyed, any that is left."""
    words = [word for word, _ in told]
    half_way = "dropping" in words and ("draft", 0) not in told[len(words) - words[::-1].index("dropping") :]
    kept = [visit for word, visit in told if word == "draft"]
    begun = [visit for word, visit in told if word == "drafting"]
    expected = [*kept, *begun] if half_way else [*kept[-1:], *begun[-1:]]
    found = dict(counter.drafts.load("certificate_other")).get("name", "").removeprefix("窓口　花子 ")
    assert found in {"", *map(str, expected)}


def main(root: str, seed: str, first: str, morning: str) -> None:
    """Live on until somebody ends this process; every note is one line of JSON on stdout, said after the fact."""

    def note(*words: object) -> None:
        print(json.dumps([word.isoformat() if isinstance(word, date) else word for word in words]), flush=True)

    counter = Counter(Path(root), DISK, int(seed), datetime.fromisoformat(morning))
    live(counter, 100_000, note, random.Random(int(seed)), first=int(first))


if __name__ == "__main__":
    main(*sys.argv[1:])
