"""Puts a `Desk` together from the counter's parts: the one place of the staff side that knows who stands behind what.

Called once, when the counter is loaded; opens nothing. What breaks if it is wrong: the staff side reads another
counter's journal or queue.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from eligibility.papers.paper import Paper
from eligibility.rule_dates import STANDARD_RULES, Rules
from kiosk.journal.draft_store import KeptDraft
from kiosk.journal.queued import QueueAnswer
from kiosk.services.later_person import LaterPerson
from kiosk.settings.model import DEFAULTS, Settings
from kiosk.settings.passcodes import Checked, PasscodeKind, PasscodeStore, passcode_path
from kiosk.staff.interfaces import REFUSED, Desk, KeptForm, QueuedPerson, RecordDesk
from kiosk.staff.journal_desk import JournalDesk, JournalOfToday
from kiosk.staff.later_words import CameBack


class QueueOfLater(Protocol):
    """What is used of `kiosk.services.requery.QueueRunner`."""

    @property
    def waiting(self) -> int:
        """How many wait."""
        ...

    @property
    def progress(self) -> tuple[int, int] | None:
        """(asked, all) while a round is under way."""
        ...

    def people(self) -> Sequence[LaterPerson]:
        """Everybody in the queue. Raises OSError."""
        ...

    def ask_now(self) -> None:
        """Begin a round."""
        ...

    def complete(self, question: str, paper: Paper) -> bool:
        """The numbers of somebody who was noted without them. Raises OSError."""
        ...

    def withdraw_of(self, run: str, visit: int, noted_by: datetime) -> None:
        """What was noted for a visit of a run was taken back. Raises OSError."""
        ...


class KeptDrafts(Protocol):
    """What is used of `kiosk.journal.draft_store.DraftStore`. Raises OSError."""

    def kept(self) -> list[KeptDraft]:
        """Every draft whose time is not over, newest first."""
        ...

    def drop(self, word: str) -> None:
        """Destroy one."""
        ...


class StoredStaffPasscode:
    """`StaffPasscode` over the passcode store."""

    def __init__(self, store: PasscodeStore) -> None:
        self._store = store

    def is_set(self) -> bool:
        """Whether there is one."""
        return self._store.is_set(PasscodeKind.STAFF)

    def wait_seconds(self) -> int:
        """Until the next try."""
        return self._store.wait_seconds(PasscodeKind.STAFF)

    def check(self, typed: bytearray) -> Checked:
        """Compare; `typed` is wiped."""
        return self._store.check(PasscodeKind.STAFF, typed)


class QueueDesk:
    """`OutageDesk` over the runner."""

    def __init__(self, queue: QueueOfLater) -> None:
        self._queue = queue

    @property
    def waiting(self) -> int:
        """How many wait."""
        return self._queue.waiting

    @property
    def progress(self) -> tuple[int, int] | None:
        """How far the asking is."""
        return self._queue.progress

    def people(self) -> Sequence[QueuedPerson]:
        """Those who wait and those with an answer, in order."""
        return [_person(one) for one in self._queue.people()]

    def ask_now(self) -> None:
        """Begin a round."""
        self._queue.ask_now()

    def complete(self, question: str, paper: Paper) -> bool:
        """The numbers of somebody who was noted without them."""
        return self._queue.complete(question, paper)


class Drafts:
    """`DraftShelf` over the store."""

    def __init__(self, store: KeptDrafts) -> None:
        self._store = store

    def kept(self) -> Sequence[KeptForm]:
        """What can be taken up again, newest first."""
        return [KeptForm(one.form, one.draft, one.word, one.since) for one in self._store.kept()]

    def drop(self, word: str) -> None:
        """Throw one away."""
        self._store.drop(word)


def desk_of(
    *,
    now: Callable[[], datetime],
    reader_name: str,
    data_dir: Path,
    journal: JournalOfToday,
    records: RecordDesk | None = None,
    queue: QueueOfLater | None = None,
    drafts: KeptDrafts | None = None,
    rules: Rules | None = None,
    settings: Settings = DEFAULTS,
    unwritten: Callable[[], int] = lambda: 0,
) -> Desk:
    """The desk of the counter whose data are in `data_dir`."""
    return Desk(
        now=now,
        clock=time.monotonic,
        reader_name=reader_name,
        passcode=StoredStaffPasscode(PasscodeStore(passcode_path(data_dir), time.time)),
        journal=JournalDesk(journal, now, None if queue is None else queue.withdraw_of),
        records=records,
        queue=None if queue is None else QueueDesk(queue),
        drafts=None if drafts is None else Drafts(drafts),
        rules=rules or STANDARD_RULES,
        auto_lock_seconds=settings.auto_lock_seconds,
        clipboard_seconds=settings.clipboard_seconds,
        unwritten=unwritten,
    )


def _person(one: LaterPerson) -> QueuedPerson:
    answer = one.answer
    if answer is None:
        return QueuedPerson(
            one.at,
            one.why,
            one.name,
            refused=one.refused,
            question=one.question,
            lacks_numbers=one.lacks_numbers,
            birthdate=one.birthdate,
        )
    result = answer.outcome or REFUSED
    return QueuedPerson(
        one.at,
        one.why,
        one.name,
        result,
        answer.differences,
        refused=answer.code,
        record=_came_back(answer) if answer.outcome else None,
    )


def _came_back(answer: QueueAnswer) -> CameBack:
    person = answer.person
    return CameBack(
        answer.validity,
        answer.outcome,
        answer.differences,
        answer.values,
        person.name,
        person.name_kana,
        date.fromisoformat(person.birthdate) if person.birthdate else None,
        person.insurer_number,
        person.symbol,
        person.number,
        person.branch,
        person.ratio,
    )
