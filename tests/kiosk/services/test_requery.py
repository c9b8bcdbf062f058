"""The outage queue: asked in order, nobody twice, nobody lost, whatever the service and the disk do."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from eligibility.insurers import InsurerNumber
from eligibility.papers.paper import Paper
from kiosk.flow.answer import Qualification
from kiosk.flow.effects import QueueLater
from kiosk.flow.facts import FourItems
from kiosk.flow.states import Trouble
from kiosk.journal import Entry
from kiosk.journal.entry import EntryRefusedError
from kiosk.journal.kinds import of_day
from kiosk.journal.outage_queue import OutageQueue
from kiosk.services.decider import PolicyDecider
from kiosk.services.interfaces import ServiceStopped
from kiosk.services.later_question import ask_about
from kiosk.services.noted_differences import differences
from kiosk.services.requery import QueueProgress, QueueRunner
from tests.kiosk.screens.fakes import FakeClient, never
from tests.kiosk.services.samples import CERTIFICATE, NOW

TARO = FourItems("協会　太郎", date(1985, 6, 15), "male", "東京都千代田区霞が関１－２－２")
HANAKO = FourItems("千葉　花子", date(1990, 1, 1), "female", "千葉県千葉市")
JIRO = FourItems("練習　次郎", date(1970, 2, 2), "male", "東京都港区")


@dataclass
class ScriptedClient(FakeClient):
    """Answers by name; falls silent or refuses where it is told to."""

    names: list[str] = field(default_factory=list)
    silent_at: set[int] = field(default_factory=set)
    """Which questions (counted from 0) are not answered."""
    refuses: dict[str, str] = field(default_factory=dict)
    """Codes with which somebody is refused, by name."""
    gate: threading.Event | None = None

    def check_by_four_items(self, items: FourItems, *, disaster: bool = False) -> Qualification:
        assert not disaster, "whoever was noted in an outage is asked about as such"
        return self._answer(items.name, Qualification("four_items", validity=1, name=items.name))

    def check_by_paper(self, paper: Paper) -> Qualification:
        return self._answer(paper.number or "", Qualification("numbers", validity=2, insurer_number="01139997"))

    def _answer(self, who: str, answer: Qualification) -> Qualification:
        if self.gate is not None:
            assert self.gate.wait(10)
        self.names.append(who)
        if len(self.names) - 1 in self.silent_at:
            raise ServiceStopped(Trouble.SERVER_DOWN, "timeout")
        if who in self.refuses:
            raise ServiceStopped(Trouble.SERVER_REFUSED, self.refuses[who])
        return answer


@dataclass
class Counter:
    """A queue on disk, and what was told and written."""

    folder: Path
    client: ScriptedClient = field(default_factory=ScriptedClient)
    entries: list[Entry] = field(default_factory=list)
    told: list[QueueProgress] = field(default_factory=list)
    disk_full: bool = False
    run: str = "morningr"
    """The start of the counter."""

    def __post_init__(self) -> None:
        seed = len(list(self.folder.iterdir())) if self.folder.is_dir() else 0
        self.store = OutageQueue(
            self.folder, self.folder / "queue.key", now=lambda: NOW, random_bytes=random.Random(seed).randbytes
        )
        self.runner = QueueRunner(
            self.store,
            lambda: self.client,
            PolicyDecider(lambda: NOW, "clinic"),
            self._append,
            lambda: NOW,
            run=self.run,
            retry_seconds=0.01,
            told=self.told.append,
        )

    def _append(self, entry: Entry) -> Entry:
        self.entries.append(entry)
        if self.disk_full:
            raise OSError(28, "No space left on device")
        return entry

    def note(self, *people: FourItems) -> None:
        for visit, items in enumerate(people, 1):
            self.runner.put(QueueLater(visit, "four_items", items))

    def ask(self) -> None:
        """A round, until nobody is asked about any more."""
        self.runner.ask_now()
        thread = self.runner._thread
        if thread is not None:
            thread.join(10)
            assert not thread.is_alive()

    def said(self, kind: str) -> list[str]:
        return [entry.outcome for entry in self.entries if entry.kind == kind]


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    with opened(tmp_path / "queue") as made:
        yield made


@contextmanager
def opened(folder: Path, client: ScriptedClient | None = None) -> Iterator[Counter]:
    made = Counter(folder, client or ScriptedClient())
    yield made
    made.runner.stop()


def test_everybody_is_asked_about_once_in_the_order_they_were_noted(counter: Counter) -> None:
    counter.note(TARO, HANAKO, JIRO)
    assert counter.runner.waiting == 3
    counter.ask()
    assert counter.client.names == [TARO.name, HANAKO.name, JIRO.name]
    assert [(told.done, told.total) for told in counter.told] == [(1, 3), (2, 3), (3, 3)]
    assert (counter.runner.waiting, counter.runner.progress) == (0, None)
    assert len(counter.said("queued")) == len(counter.said("requeried")) == 3
    counter.ask()
    assert len(counter.client.names) == 3, "an answer is on disk: nobody is asked about again"


def test_a_service_that_falls_silent_is_asked_again_from_there(counter: Counter) -> None:
    counter.client.silent_at = {1, 2}
    counter.note(TARO, HANAKO, JIRO)
    counter.ask()
    assert counter.client.names == [TARO.name, HANAKO.name, HANAKO.name, HANAKO.name, JIRO.name]
    assert len(counter.said("requeried")) == 3


def test_the_counter_after_a_crash_goes_on_where_the_one_before_ended(tmp_path: Path) -> None:
    with opened(tmp_path / "queue") as before:
        before.note(TARO, HANAKO)
        [first, _] = before.store.pending()
        before.store.asking(first.id)
        answer = ask_about(first, before.client, PolicyDecider(lambda: NOW, "clinic"), NOW.date())
        before.store.answered(first.id, answer)  # and no further
    with opened(tmp_path / "queue") as after:
        after.runner.prepare()
        thread = after.runner._thread
        assert thread is not None
        thread.join(10)
        assert after.client.names == [HANAKO.name]
        assert len(after.said("requeried")) == 2, "what was answered and not said is said now"
        assert after.store.unreported() == []


def test_two_counters_of_one_folder_write_each_answer_once(tmp_path: Path) -> None:
    gate = threading.Event()
    with opened(tmp_path / "queue", ScriptedClient(gate=gate)) as left, opened(tmp_path / "queue") as right:
        left.note(TARO, HANAKO)
        left.runner.ask_now()
        thread = left.runner._thread
        assert thread is not None
        [taro, hanako] = left.store.pending()
        while not left.store.standing()[0].asked:
            thread.join(0.01)
        right.ask()  # while the question of the other one is under way
        gate.set()
        thread.join(10)
        assert not thread.is_alive()
        assert (left.client.names, right.client.names) == ([TARO.name], [TARO.name, HANAKO.name])
        assert left.said("requeried") == []
        assert [dict(entry.details)["question"] for entry in right.entries if entry.kind == "requeried"] == [
            taro.id,
            hanako.id,
        ]
        assert (left.runner.waiting, right.runner.waiting) == (0, 0)
        assert left.told == []


def test_an_answer_after_a_restart_names_the_visit_and_the_day_it_was_asked_for(tmp_path: Path) -> None:
    with opened(tmp_path / "queue", ScriptedClient(silent_at=set(range(9)))) as before:
        before.note(TARO)
    with opened(tmp_path / "queue") as after:
        after.runner._run = "nextrunn"
        after.runner._now = lambda: NOW + timedelta(days=1)
        after.note(HANAKO)
        after.ask()
        answers = [entry for entry in after.entries if entry.kind == "requeried"]
        assert [(entry.run, entry.visit) for entry in answers] == [("morningr", 1), ("nextrunn", 1)]
        assert of_day(answers[0]) == NOW.date()
        assert [entry.run for entry in after.entries if entry.kind == "queued"] == ["nextrunn"]


def test_taking_back_takes_nobody_of_another_run_out_of_the_queue(tmp_path: Path) -> None:
    with opened(tmp_path / "queue") as before:
        before.note(TARO)
    with opened(tmp_path / "queue") as after:
        after.runner._run = "nextrunn"
        after.note(HANAKO)
        after.runner.withdraw(1)
        assert [one.run for one in after.store.pending()] == ["morningr"]
        after.runner.withdraw_of("morningr", 1, NOW)
        assert after.store.pending() == ()


def test_whoever_was_settled_on_an_earlier_day_is_forgotten_and_a_new_counter_writes_nothing(tmp_path: Path) -> None:
    with opened(tmp_path / "queue") as before:
        before.runner.prepare()
        assert not (tmp_path / "queue" / "outage.queue").exists(), "nobody waits: nothing is written"
        before.note(TARO)
        before.ask()
        before.runner.prepare()
        assert len(before.runner.people()) == 1, "today's are still shown"
    with opened(tmp_path / "queue") as tomorrow:
        tomorrow.runner._now = lambda: NOW + timedelta(days=1)
        tomorrow.runner.prepare()
        assert (tomorrow.runner.people(), tomorrow.client.names) == ([], [])


def test_a_refused_question_keeps_nobody_else_waiting_and_is_asked_again_next_time(counter: Counter) -> None:
    counter.client.refuses = {TARO.name: "MOCK-INSTITUTION-TOKEN"}
    counter.note(TARO, HANAKO)
    counter.ask()
    assert counter.client.names == [TARO.name, HANAKO.name]
    assert [person.refused for person in counter.runner.people()] == ["MOCK-INSTITUTION-TOKEN", ""]
    assert counter.runner.waiting == 1, "it may be the counter that is refused: nobody is lost"
    counter.client.refuses.clear()
    counter.ask()
    assert counter.runner.waiting == 0


@pytest.mark.parametrize("code", ["request", "validity_6"])
def test_what_no_later_question_would_change_is_an_answer(counter: Counter, code: str) -> None:
    counter.client.refuses = {TARO.name: code}
    counter.note(TARO)
    counter.ask()
    [person] = counter.runner.people()
    assert person.answer is not None
    assert (person.answer.outcome, person.answer.code) == ("", code)


def test_a_fault_of_the_program_is_no_silence_and_the_next_round_begins_anew(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[type[BaseException] | None] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: told.append(args.exc_type))
    counter.note(TARO)
    counter.client.refuses = {TARO.name: "request"}
    real, counter.client.check_by_four_items = counter.client.check_by_four_items, never  # type: ignore[method-assign,assignment]
    counter.ask()
    assert (told, counter.runner.progress, counter.runner.waiting) == ([AssertionError], None, 1)
    counter.client.check_by_four_items = real  # type: ignore[method-assign]
    counter.ask()
    assert counter.runner.waiting == 0


def test_a_paper_is_asked_about_by_its_numbers_and_decided_by_the_rules(counter: Counter) -> None:
    counter.runner.put(QueueLater(1, "recheck", None, CERTIFICATE))
    counter.ask()
    [person] = counter.runner.people()
    assert person.answer is not None
    assert (person.answer.outcome, person.answer.validity) == ("NOT_CONFIRMED", 2)


def test_an_entry_that_the_disk_refuses_is_said_once(counter: Counter) -> None:
    counter.note(TARO)
    counter.disk_full = True
    counter.ask()
    assert len(counter.said("requeried")) == 1
    assert len(counter.client.names) == 1
    assert counter.store.unreported() == []


def test_whoever_the_queues_disk_refuses_is_in_the_journal_and_it_is_told(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal's disk may be another one, or have room again a moment later: what is owed stands there."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as broken:
        broken.setattr(counter.store, "put", refuse)
        with pytest.raises(OSError, match="Read-only"):
            counter.note(TARO)
    assert [entry.visit for entry in counter.entries if entry.kind == "queued"] == [1]


def test_nobody_is_noted_with_an_individual_number_and_the_journal_does_not_say_so(counter: Counter) -> None:
    with pytest.raises(EntryRefusedError):
        counter.note(replace(TARO, name="123456789018"))
    assert (counter.said("queued"), counter.runner.waiting) == ([], 0)


def test_asking_does_not_wait_and_ending_does_not_either(counter: Counter) -> None:
    counter.client.gate = threading.Event()
    counter.note(TARO, HANAKO)
    counter.runner.ask_now()
    counter.runner.ask_now()
    counter.runner.stop()
    counter.client.gate.set()
    thread = counter.runner._thread
    assert thread is not None
    thread.join(10)
    assert counter.client.names in ([TARO.name], [])
    counter.runner.ask_now()
    assert not thread.is_alive()


# --- what differs -----------------------------------------------------------------------------------------------

SAID = Qualification(
    "numbers",
    validity=1,
    insurer_number="01139997",
    symbol="２１７０００２３",
    number="1155",
    branch="00",
    name="協会　太郎",
    birthdate=date(1985, 6, 15),
    sex="male",
    address="東京都千代田区霞が関1-2-2",
    valid_until=date(2029, 7, 31),
)


def test_width_blanks_and_hidden_characters_are_no_difference() -> None:
    assert differences(TARO, SAID) == ()
    assert differences(TARO, replace(SAID, name="協会　●郎", address="")) == ()
    assert differences(CERTIFICATE, SAID) == ()


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"name": "協会　花子"}, ("name",)),
        ({"birthdate": date(1985, 6, 16)}, ("birthdate",)),
        ({"sex": "female"}, ("sex",)),
        ({"address": "千葉県千葉市"}, ("address",)),
        ({"sex": "female", "address": "千葉県千葉市"}, ("sex", "address")),
    ],
)
def test_what_differs_of_the_four_items_is_named(changes: dict[str, object], named: tuple[str, ...]) -> None:
    assert differences(TARO, replace(SAID, **changes)) == named  # type: ignore[arg-type]


def test_what_differs_of_a_paper_is_named() -> None:
    typed = replace(
        CERTIFICATE, insurer_number=InsurerNumber("06139992"), burden_ratio=30, expires_on=date(2028, 7, 31)
    )
    assert differences(typed, replace(SAID, elderly_burden_ratio=20)) == (
        "insurer_number",
        "burden_ratio",
        "expires_on",
    )
