"""What comes of those who were noted: the record is kept, the service's return is enough, a mistake is taken back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from eligibility.papers.forms import FORM_OF
from eligibility.papers.parsing import parse_paper
from kiosk.flow.answer import Qualification
from kiosk.flow.effects import QueueLater
from kiosk.flow.facts import FourItems
from kiosk.journal import Entry
from kiosk.journal.person import Person
from kiosk.services.decider import PolicyDecider
from kiosk.services.requery import QueueRunner
from tests.kiosk.services.samples import NOW
from tests.kiosk.services.test_requery import HANAKO, TARO, Counter, ScriptedClient

RUN = "morningr"
"""The start of the counter."""
RECORD = Qualification(
    "four_items",
    validity=1,
    insurer_number="01139997",
    symbol="２１７０００２３",
    number="1155",
    branch="00",
    name="協会　太郎",
    name_kana="ｷｮｳｶｲ ﾀﾛｳ",
    birthdate=date(1985, 6, 15),
    address="千葉県千葉市",
    burden_ratio=30,
)
NUMBERS = {
    "insurer_number": "01139997", "symbol": "21700023", "number": "1155", "branch": "00", "birthdate": "1985-06-15"
}  # fmt: skip
PAPER = parse_paper(FORM_OF["portal_screen"], NUMBERS, NOW.date())
UNNUMBERED = QueueLater(1, "recheck", name="健保　健太", birthdate=date(1985, 4, 1))


class RecordClient(ScriptedClient):
    """Has a whole record of whoever it is asked about."""

    def check_by_four_items(self, items: FourItems, *, disaster: bool = False) -> Qualification:
        return self._answer(items.name, RECORD)


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(tmp_path / "queue", RecordClient())


@dataclass
class Awakening:
    """A runner that looks by itself, as at a real counter."""

    counter: Counter
    client: ScriptedClient
    answered: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.runner = QueueRunner(
            self.counter.store,
            lambda: self.client,
            PolicyDecider(lambda: NOW, "clinic"),
            self._append,
            lambda: NOW,
            run=RUN,
            retry_seconds=0.01,
            by_itself=True,
        )

    def _append(self, entry: Entry) -> Entry:
        if entry.kind == "requeried":
            self.answered.set()
        return entry


# --- what came back -----------------------------------------------------------------------------------------------


def test_the_record_that_came_back_is_kept_in_the_queue_and_sealed_in_the_journal(counter: Counter) -> None:
    counter.note(TARO)
    counter.ask()
    [person] = counter.runner.people()
    assert person.answer is not None
    billed = Person("協会　太郎", "ｷｮｳｶｲ ﾀﾛｳ", "1985-06-15", "01139997", "２１７０００２３", "1155", "00", 30)
    assert person.answer.person == billed
    assert person.answer.differences == ("address",)
    assert person.answer.values == ((TARO.address, "千葉県千葉市"),)
    [entry] = [one for one in counter.entries if one.kind == "requeried"]
    assert (entry.person, entry.validity, entry.insurer) == (billed, 1, "01******")


def test_the_record_is_there_after_a_restart(counter: Counter) -> None:
    counter.note(TARO)
    counter.ask()
    again = Counter(counter.folder)
    assert [one.answer for one in again.runner.people()] == [one.answer for one in counter.runner.people()]


def test_a_number_that_looks_like_an_individual_number_is_left_out_and_the_answer_stays(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counter.client, "check_by_four_items", lambda items: replace(RECORD, number="123456789018"))
    counter.note(TARO)
    counter.ask()
    [entry] = [one for one in counter.entries if one.kind == "requeried"]
    assert (entry.person.number, entry.withheld, entry.person.symbol) == ("", ("number",), "２１７０００２３")


# --- when the service is back -------------------------------------------------------------------------------------


def test_a_question_that_the_service_answers_has_those_who_wait_asked_about(counter: Counter) -> None:
    counter.note(TARO)
    counter.runner.service_answered()
    finished(counter.runner)
    assert counter.client.names == [TARO.name]


def test_in_outage_mode_nobody_is_asked_about_before_it_ends(counter: Counter) -> None:
    counter.runner.hold()
    counter.note(TARO)
    counter.runner.service_answered()
    finished(counter.runner)
    assert counter.client.names == []
    counter.ask()
    assert counter.client.names == [TARO.name]


def test_whoever_was_refused_just_now_is_not_asked_about_with_every_card(tmp_path: Path) -> None:
    counter = Counter(tmp_path / "queue", RecordClient(refuses={TARO.name: "MOCK-RATE-LIMIT"}))
    runner = Awakening(counter, counter.client).runner
    runner._retry_seconds = 3600.0
    counter.store.put("four_items", 1, run=RUN, items=TARO)
    runner.ask_now()
    finished(runner)
    runner.service_answered()
    finished(runner)
    assert counter.client.names == [TARO.name]


def test_the_counter_looks_by_itself_whether_the_service_is_back(counter: Counter) -> None:
    counter.client.down = True
    awake = Awakening(counter, counter.client)
    awake.runner.put(QueueLater(1, "four_items", TARO))
    assert not awake.answered.wait(0.1)
    assert counter.client.names == [], "nobody's data go out to a service that does not answer"
    counter.client.down = False
    assert awake.answered.wait(10)
    awake.runner.stop()


# --- taken back ---------------------------------------------------------------------------------------------------


def test_whoever_was_noted_by_mistake_is_not_asked_about(counter: Counter) -> None:
    counter.note(TARO, HANAKO)
    counter.runner.withdraw(1)
    assert counter.runner.waiting == 1
    counter.ask()
    assert counter.client.names == [HANAKO.name]
    assert [one.visit for one in Counter(counter.folder).runner.people()] == [2]


def test_of_a_visit_without_a_run_only_what_was_noted_by_then_is_taken_back(counter: Counter) -> None:
    counter.store.put("four_items", 1, run="", items=TARO)
    counter.runner.withdraw_of("", 1, NOW - timedelta(minutes=5))
    assert len(counter.store.pending()) == 1
    counter.runner.withdraw_of("", 1, NOW)
    assert len(counter.store.pending()) == 0


def test_an_answer_stays_when_its_visit_is_taken_back(counter: Counter) -> None:
    counter.note(TARO)
    counter.ask()
    counter.runner.withdraw(1)
    assert len(counter.runner.people()) == 1


@pytest.mark.parametrize("moment", ["asking", "answered"])
def test_taken_back_while_the_round_is_under_way_harms_nobody(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    counter.note(TARO, HANAKO)
    real: Callable[..., object] = getattr(counter.store, moment)

    def taken_back_first(*args: object) -> object:
        counter.store.withdraw(1, run=RUN, noted_by=NOW)
        return real(*args)

    monkeypatch.setattr(counter.store, moment, taken_back_first)
    counter.ask()
    assert [entry.visit for entry in counter.entries if entry.kind == "requeried"] == [2]


# --- numbers that are missing -------------------------------------------------------------------------------------


def test_somebody_without_numbers_stays_and_is_never_asked_about(counter: Counter) -> None:
    counter.runner.put(UNNUMBERED)
    counter.ask()
    [person] = Counter(counter.folder).runner.people()
    assert (person.name, person.birthdate, person.lacks_numbers) == ("健保　健太", date(1985, 4, 1), True)
    assert (person.answer, counter.client.names, counter.runner.waiting) == (None, [], 1)


def test_once_the_numbers_are_typed_the_person_is_asked_about_under_their_name(counter: Counter) -> None:
    counter.runner.put(UNNUMBERED)
    [person] = counter.runner.people()
    assert counter.runner.complete(person.question, PAPER)
    finished(counter.runner)
    [asked] = counter.runner.people()
    assert (asked.name, asked.visit, counter.client.names) == ("健保　健太", 1, ["1155"])
    assert asked.answer is not None
    assert not counter.runner.complete(person.question, PAPER), "nobody is completed twice"


def finished(runner: QueueRunner) -> None:
    """The round is over, if there was one."""
    thread = runner._thread
    if thread is not None:
        thread.join(10)
        assert not thread.is_alive()
