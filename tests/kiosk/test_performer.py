"""The hands of the counter on their own: whose PIN goes to whose card, what a wait and an end give up."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import date
from types import FunctionType, ModuleType
from typing import Any

import pytest

from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.events import Event
from kiosk.flow.facts import FourItems, VisitFacts, Way
from kiosk.flow.states import Trouble
from kiosk.performer import Performer
from kiosk.services.desk_interfaces import PasscodeChecked
from kiosk.services.passcode_desk import PRACTICE_PASSCODE
from reader.pin import PinHandle
from tests.kiosk.screens.fakes import FakeCard, Outside, never
from tests.kiosk.services.samples import CERTIFICATE as PAPER


@dataclass
class Hands:
    """A performer over fakes, and everything it said."""

    outside: Outside = field(default_factory=Outside)
    told: list[tuple[int, Event]] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)
    refused: int = 0
    """How often the disk refused something."""
    forms_lost: int = 0

    def __post_init__(self) -> None:
        self.restart()

    def restart(self, **others: Any) -> None:
        """Take what is outside as it is now, with other parts in place of some."""
        self.performer = Performer(
            replace(self.outside.load(), **others),
            lambda visit, event: self.told.append((visit, event)),
            lambda error, _where: self.faults.append(error),
            self._refused,
            self._form_lost,
        )

    def _refused(self) -> None:
        self.refused += 1

    def _form_lost(self) -> None:
        self.forms_lost += 1

    async def until(self, met: Callable[[], bool]) -> None:
        for _ in range(5000):
            if met():
                return
            await asyncio.sleep(0.001)
        raise AssertionError(f"never; it said {self.told!r}")

    async def answer(self, kind: type[Event]) -> Event:
        await self.until(lambda: any(isinstance(event, kind) for _, event in self.told))
        return next(event for _, event in self.told if isinstance(event, kind))

    async def read(self, visit: int, persona: str, *, real: bool = False) -> None:
        self.outside.slot.place(FakeCard(persona, real=real))
        self.performer.perform(do.ReadCard(visit))
        await self.until(lambda: (visit, "CardRead") in [(number, type(event).__name__) for number, event in self.told])


class BrokenPasscodes:
    """A file that others may read."""

    practice: str | None = None

    def check(self, handle: PinHandle) -> PasscodeChecked:
        raise OSError("passcode.file_open")


@pytest.fixture
async def hands() -> AsyncIterator[Hands]:
    made = Hands()
    yield made
    await made.performer.close()


async def test_a_pin_whose_visit_ended_before_it_was_looked_at_never_reaches_the_next_card(hands: Hands) -> None:
    # The last digit and the card's removal can come in one breath: both are performed before any of it has begun.
    await hands.read(1, "taro")
    handle = PinHandle(bytearray(b"4619"))
    hands.performer.perform(do.VerifyPin(1, handle))
    hands.performer.perform(do.ReleaseCard(1))
    hands.performer.perform(do.ForgetPatient(1))
    await hands.read(2, "hanako")
    await hands.until(lambda: len(hands.performer._workshop._tasks) == 0)
    assert hands.outside.desk.verified == 0
    with handle.spend() as digits:
        assert digits == b""
    assert [visit for visit, _ in hands.told] == [1, 2]
    assert hands.faults == []


async def test_work_of_a_visit_that_is_over_asks_nobody_and_is_no_fault(hands: Hands) -> None:
    hands.performer.perform(do.AskByCard(1))
    hands.performer.perform(do.AskByPaper(2, PAPER))
    hands.performer.perform(do.ForgetPatient(1))
    hands.performer.perform(do.ForgetPatient(2))
    await hands.until(lambda: len(hands.performer._workshop._tasks) == 0)
    assert (hands.told, hands.faults) == ([], [])


async def test_giving_up_on_the_challenge_does_not_give_up_on_the_paper_that_follows(hands: Hands) -> None:
    await hands.read(1, "taro")
    hands.outside.client.challenge_gate.clear()
    hands.performer.perform(do.FetchChallenge(1))
    hands.performer.perform(do.VerifyPin(1, PinHandle(bytearray(b"4619"))))
    await asyncio.sleep(0)
    hands.performer.give_up_waiting(1)
    assert await hands.answer(ev.ServiceFailed) == ev.ServiceFailed(Trouble.SERVER_DOWN)
    hands.outside.client.challenge_gate.set()
    hands.performer.perform(do.AskByPaper(1, PAPER))
    answered = await hands.answer(ev.Answered)
    assert isinstance(answered, ev.Answered)
    assert answered.answer.by == "numbers"


async def test_entries_that_were_asked_for_are_on_disk_when_the_counter_has_closed() -> None:
    hands = Hands()
    begun, go_on = threading.Event(), threading.Event()
    journal = hands.outside.journal
    real = journal.record

    def slow(entry: do.RecordVisit) -> None:
        begun.set()
        assert go_on.wait(10)
        real(entry)

    journal.record = slow  # type: ignore[method-assign]
    for visit in (1, 2, 3):  # the first is being written, the second waits, the third was not even begun
        hands.performer.perform(do.RecordVisit(visit, "OK_ONLINE", "pin"))
        if visit == 2:
            await hands.until(begun.is_set)
    closing = asyncio.create_task(hands.performer.close())
    await asyncio.sleep(0)
    go_on.set()
    await closing
    assert [entry.visit for entry in journal.entries] == [1, 2, 3]


async def test_a_real_card_is_asked_about_with_its_public_key_alone(hands: Hands) -> None:
    await hands.read(1, "taro", real=True)
    hands.performer.perform(do.VerifyPin(1, PinHandle(bytearray(b"4619"))))
    await hands.answer(ev.PinAccepted)
    hands.outside.client.check_by_card = never  # type: ignore[method-assign,assignment]
    hands.performer.perform(do.AskByCard(1))
    answered = await hands.answer(ev.Answered)
    assert isinstance(answered, ev.Answered)
    assert answered.answer.name == "taro"
    assert hands.faults == []


async def test_the_next_visit_does_not_wait_for_a_reader_that_hangs_in_this_one(hands: Hands) -> None:
    hands.outside.slot.place(FakeCard("taro"))
    hands.outside.desk.read_gate.clear()
    hands.performer.perform(do.ReadCard(1))
    await hands.until(lambda: hands.performer._workshop._memories[1].at_card)
    hands.performer.perform(do.ReleaseCard(1))
    hands.performer.perform(do.ForgetPatient(1))
    assert hands.outside.desk.cancelled == 1
    await hands.read(2, "hanako")
    assert [visit for visit, _ in hands.told] == [2]


async def test_a_card_that_is_let_go_of_in_its_time_is_not_called_off(hands: Hands) -> None:
    await hands.read(1, "taro")
    hands.performer.perform(do.ReleaseCard(1))
    await hands.until(lambda: hands.outside.desk.released == 1)
    assert hands.outside.desk.cancelled == 0


async def test_a_reading_whose_visit_ended_before_it_began_opens_no_card(hands: Hands) -> None:
    hands.outside.slot.place(FakeCard("taro"))
    hands.performer.perform(do.ReadCard(1))
    hands.performer.perform(do.ReleaseCard(1))
    hands.performer.perform(do.ForgetPatient(1))
    await hands.until(lambda: hands.outside.desk.released == 1)
    assert hands.outside.desk.threads == set(), "nobody touched the card"
    assert hands.told == []


async def test_a_counter_that_closes_does_not_wait_for_a_reader_that_hangs() -> None:
    hands = Hands()
    hands.outside.slot.place(FakeCard("taro"))
    hands.outside.desk.read_gate.clear()
    hands.performer.perform(do.ReadCard(1))
    await hands.until(lambda: hands.performer._workshop._memories[1].at_card)
    await hands.performer.close()
    assert (hands.outside.desk.cancelled, hands.outside.desk.released) == (1, 1)


# --- every way of showing whose card it is ----------------------------------------------------------------------


@pytest.mark.parametrize("way", [Way.FACE, Way.VISUAL])
async def test_whoever_is_vouched_for_is_asked_about_without_verify_and_without_a_signature(
    hands: Hands, way: Way
) -> None:
    await hands.read(1, "taro")
    hands.performer.perform(do.AskAttested(1, way))
    answered = await hands.answer(ev.Answered)
    assert isinstance(answered, ev.Answered)
    assert answered.answer.possession_not_proven
    assert (hands.outside.desk.verified, hands.outside.desk.signed) == (0, [])
    assert hands.outside.client.asked == [f"attested {way.value}"]


async def test_nobody_is_vouched_for_with_a_card_that_is_gone_or_real(hands: Hands) -> None:
    hands.outside.client.check_attested = never  # type: ignore[method-assign,assignment]
    await hands.read(1, "taro", real=True)
    hands.performer.perform(do.AskAttested(1, Way.FACE))
    assert await hands.answer(ev.ServiceFailed) == ev.ServiceFailed(Trouble.CARD_PULLED)
    hands.performer.perform(do.CompareFace(1))
    assert await hands.answer(ev.CardFailed) == ev.CardFailed(Trouble.CARD_PULLED)
    assert hands.faults == []


async def test_the_camera_counts_its_misses_by_card(hands: Hands) -> None:
    hands.outside.camera.matches = False
    await hands.read(1, "taro")
    for _ in range(2):
        hands.performer.perform(do.CompareFace(1))
    await hands.until(lambda: [event for _, event in hands.told[1:]] == [ev.FaceRejected(9), ev.FaceRejected(8)])
    hands.outside.camera.matches = True
    hands.performer.perform(do.CompareFace(1))
    await hands.answer(ev.FaceMatched)


async def test_a_look_that_the_person_did_not_wait_for_counts_as_no_miss(hands: Hands) -> None:
    hands.outside.camera.matches = False
    hands.outside.camera.look_seconds = 0.2
    await hands.read(1, "taro")
    hands.performer.perform(do.CompareFace(1))
    await asyncio.sleep(0)
    hands.performer.perform(do.ForgetPatient(1))
    await hands.until(lambda: len(hands.performer._workshop._tasks) == 0)
    assert len(hands.told) == 1
    hands.outside.camera.look_seconds = 0
    await hands.read(2, "taro")
    hands.performer.perform(do.CompareFace(2))
    assert await hands.answer(ev.FaceRejected) == ev.FaceRejected(9)


async def test_the_facility_passcode_is_compared_and_wiped(hands: Hands) -> None:
    right, wrong = PinHandle(bytearray(PRACTICE_PASSCODE.encode())), PinHandle(bytearray(b"0000"))
    hands.performer.perform(do.CheckPasscode(1, wrong))
    assert await hands.answer(ev.PasscodeRejected) == ev.PasscodeRejected(5)
    hands.performer.perform(do.CheckPasscode(1, right))
    await hands.answer(ev.PasscodeAccepted)
    for handle in (right, wrong):
        with handle.spend() as digits:
            assert digits == b""


async def test_passcodes_that_cannot_be_read_accept_nobody_and_are_told(hands: Hands) -> None:
    hands.restart(passcodes=BrokenPasscodes())
    hands.performer.perform(do.CheckPasscode(1, PinHandle(bytearray(b"2580"))))
    assert await hands.answer(ev.PasscodeRejected) == ev.PasscodeRejected(0)
    assert [type(fault) for fault in hands.faults] == [OSError]


# --- from the answer to the end ---------------------------------------------------------------------------------


async def accepted(hands: Hands, visit: int, persona: str) -> None:
    """The card of a persona is read and its PIN verified."""
    await hands.read(visit, persona)
    hands.performer.perform(do.VerifyPin(visit, PinHandle(bytearray(hands.outside.shelf.stock[persona].pin))))
    await hands.until(lambda: (visit, ev.PinAccepted()) in hands.told)


async def test_a_card_is_registered_and_asked_about_again_under_the_same_pin(hands: Hands) -> None:
    hands.outside.client.unregistered.add("taro")
    await accepted(hands, 1, "taro")
    hands.performer.perform(do.AskByCard(1))
    first = await hands.answer(ev.Answered)
    hands.performer.perform(do.RegisterCard(1))
    assert await hands.answer(ev.CardRegistered) == ev.CardRegistered(already=False)
    hands.performer.perform(do.AskByCard(1))
    await hands.until(lambda: len([event for _, event in hands.told if isinstance(event, ev.Answered)]) == 2)
    second = hands.told[-1][1]
    assert isinstance(first, ev.Answered)
    assert isinstance(second, ev.Answered)
    assert (first.answer.registered, second.answer.registered) == (False, True)
    assert hands.outside.desk.verified == 1, "one VERIFY for three signatures"
    assert len(set(hands.outside.desk.signed)) == 3, "each over its own challenge"


async def test_registering_after_the_card_was_pulled_fails_and_signs_nothing(hands: Hands) -> None:
    await accepted(hands, 1, "taro")
    hands.outside.slot.remove()
    hands.performer.perform(do.RegisterCard(1))
    assert await hands.answer(ev.CardFailed) == ev.CardFailed(Trouble.CARD_PULLED)


async def test_a_consent_names_the_visit_of_the_cards_answer(hands: Hands) -> None:
    await accepted(hands, 1, "taro")
    hands.performer.perform(do.AskByCard(1))
    await hands.answer(ev.Answered)
    hands.performer.perform(do.SendConsent(1, (("medicines", True), ("checkups", False))))
    sent = await hands.answer(ev.ConsentSent)
    assert isinstance(sent, ev.ConsentSent)
    assert sent.until is not None
    assert hands.outside.client.consents == [("visit of taro", {"medicines": True, "checkups": False})]


async def test_a_consent_without_an_answer_or_without_the_service_is_none(hands: Hands) -> None:
    hands.performer.perform(do.SendConsent(1, (("medicines", True),)))
    assert await hands.answer(ev.ConsentSent) == ev.ConsentSent(None)
    await accepted(hands, 2, "taro")
    hands.performer.perform(do.AskByCard(2))
    await hands.answer(ev.Answered)
    hands.outside.client.down = True
    hands.performer.perform(do.SendConsent(2, (("medicines", True),)))
    await hands.until(lambda: (2, ev.ConsentSent(None)) in hands.told)
    assert hands.faults == []


async def test_the_rules_answer_in_any_case(hands: Hands) -> None:
    facts = VisitFacts(papers=(PAPER,))
    hands.performer.perform(do.Decide(1, facts))
    hands.performer.perform(do.Advise(1, facts))
    decided, advised = await hands.answer(ev.Decided), await hands.answer(ev.Advised)
    assert isinstance(decided, ev.Decided)
    assert isinstance(advised, ev.Advised)
    assert decided.reception == advised.reception
    assert decided.reception.outcome == "OK_CERTIFICATE"
    hands.outside.decider.decide = never  # type: ignore[method-assign,assignment]
    hands.performer.perform(do.Decide(2, facts))
    await hands.until(lambda: any(visit == 2 for visit, _ in hands.told))
    undecided = hands.told[-1][1]
    assert isinstance(undecided, ev.Decided)
    assert undecided.reception.outcome == "NOT_CONFIRMED"
    assert len(hands.faults) == 1


async def test_the_rules_do_not_wait_behind_a_network_that_hangs(hands: Hands) -> None:
    hands.outside.client.answer_gate.clear()
    for visit in range(2, 8):
        hands.performer.perform(do.AskByPaper(visit, PAPER))
    hands.performer.perform(do.Decide(1, VisitFacts()))
    await hands.answer(ev.Decided)
    hands.outside.client.answer_gate.set()


async def test_an_entry_is_told_as_written_only_when_the_disk_has_it(hands: Hands) -> None:
    hands.performer.perform(do.OpenVisit(1))
    hands.performer.perform(do.RecordVisit(1, "OK_ONLINE", "pin"))
    await hands.until(lambda: (1, ev.EntryWritten(True)) in hands.told)
    assert hands.outside.journal.begun == [1]
    hands.outside.journal.full = True
    hands.performer.perform(do.RecordVisit(2, "OK_ONLINE", "pin"))
    await hands.until(lambda: (2, ev.EntryWritten(False)) in hands.told)


async def test_in_a_disaster_the_four_items_are_asked_about_as_such(hands: Hands) -> None:
    items = FourItems("協会　太郎", date(1985, 6, 15), "male", "東京都")
    hands.performer.perform(do.AskByFourItems(1, items))
    await hands.answer(ev.Answered)
    assert hands.outside.client.asked == ["four items, disaster"]


# --- nothing is left of a visit ---------------------------------------------------------------------------------


async def test_after_a_visit_nothing_of_it_can_be_reached_from_the_hands(hands: Hands) -> None:
    canary = "ｶﾅﾘﾔ-" + str(id(hands))
    hands.outside.slot.place(FakeCard(canary))
    hands.performer.perform(do.FetchChallenge(1))
    hands.performer.perform(do.ReadCard(1))
    await hands.answer(ev.CardRead)
    hands.performer.perform(do.VerifyPin(1, PinHandle(bytearray(b"4619"))))
    await hands.answer(ev.PinAccepted)
    hands.performer.perform(do.AskByCard(1))
    await hands.answer(ev.Answered)
    hands.performer.perform(do.AskByPaper(1, replace(PAPER, number=canary)))
    await hands.until(lambda: len(hands.told) == 4)
    hands.performer.perform(do.Decide(1, VisitFacts(papers=(replace(PAPER, number=canary),))))
    await hands.answer(ev.Decided)
    assert canary in reachable_texts(hands.performer), "it is known while the visit lasts, so the look is worth it"
    hands.performer.perform(do.ReleaseCard(1))
    hands.performer.perform(do.ForgetPatient(1))
    await hands.until(lambda: len(hands.performer._workshop._tasks) == 0)
    hands.told.clear()
    hands.outside.slot.remove()
    hands.outside.decider.asked.clear()
    gc.collect()
    assert canary not in reachable_texts(hands.performer)


def reachable_texts(start: object, *, beyond: tuple[str, ...] = ()) -> str:
    """Every text and byte string that can be reached from an object, modules and classes left out.

    What belongs to a package of `beyond` is not looked into.
    """
    seen: set[int] = set()
    todo: list[object] = [start]
    texts: list[str] = []
    while todo:
        thing = todo.pop()
        if id(thing) in seen or isinstance(thing, (type, ModuleType)):
            continue
        seen.add(id(thing))
        owner = thing.__module__ if isinstance(thing, FunctionType) else type(thing).__module__
        if owner.split(".")[0] in beyond:
            continue
        if isinstance(thing, str):
            texts.append(thing)
        elif isinstance(thing, (bytes, bytearray)):
            texts.append(thing.decode(errors="replace"))
        elif isinstance(thing, FunctionType):
            todo += [thing.__closure__, thing.__defaults__]
        else:
            todo += gc.get_referents(thing)
    return "\n".join(texts)


# --- the event loop ---------------------------------------------------------------------------------------------

QUICK = frozenset({"cancel", "stop", "ask_now", "hold", "service_answered", "look_seconds"})
"""What may be called on the loop: it never waits."""


class OffTheLoop:
    """Stands before a service: whatever is asked of it on the event loop's thread is noted."""

    def __init__(self, real: Any, seen: list[str]) -> None:
        self._real = real
        self._seen = seen
        self._loop = threading.get_ident()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if not callable(found):
            self._note(name)
            return found

        def called(*args: Any, **kwargs: Any) -> Any:
            self._note(name)
            return found(*args, **kwargs)

        return called

    def _note(self, name: str) -> None:
        if threading.get_ident() == self._loop and name not in QUICK:
            self._seen.append(name)


class KeptQueue:
    """An outage queue in a list."""

    def __init__(self) -> None:
        self.put_in: list[do.QueueLater] = []
        self.asked = 0
        self.held = 0
        self.told = 0
        self.stopped = False
        self.full = False

    def put(self, later: do.QueueLater) -> None:
        if self.full:
            raise OSError(28, "No space left on device")
        self.put_in.append(later)

    def ask_now(self) -> None:
        self.asked += 1

    def withdraw(self, visit: int) -> None:
        self.put_in = [later for later in self.put_in if later.visit != visit]

    def hold(self) -> None:
        self.held += 1

    def service_answered(self) -> None:
        self.told += 1

    def stop(self) -> None:
        self.stopped = True

    @property
    def waiting(self) -> int:
        return len(self.put_in)


class KeptDrafts:
    """Drafts in a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[tuple[str, str], ...]] = {}

    def keep(self, form: str, draft: tuple[tuple[str, str], ...]) -> None:
        self.kept[form] = draft

    def drop(self, word: str) -> None:
        self.kept.pop(word, None)


ITEMS = FourItems("協会　太郎", date(1985, 6, 15), "male", "東京都")


async def test_no_service_is_ever_called_on_the_event_loop() -> None:
    outside, seen = Outside(), list[str]()
    services = outside.load()
    parts = ("desk", "decider", "journal", "camera", "passcodes")
    guarded = {name: OffTheLoop(getattr(services, name), seen) for name in parts}
    guarded |= {"queue": OffTheLoop(KeptQueue(), seen), "drafts": OffTheLoop(KeptDrafts(), seen)}
    client = OffTheLoop(outside.client, seen)
    hands = Hands(outside)
    hands.restart(**guarded, connect_service=lambda: client)
    hands.performer.warm_up()
    outside.slot.place(FakeCard("taro"))
    steps: list[tuple[do.Effect, type[Event] | None]] = [
        (do.OpenVisit(1), None),
        (do.FetchChallenge(1), None),
        (do.ReadCard(1), ev.CardRead),
        (do.VerifyPin(1, PinHandle(bytearray(b"4619"))), ev.PinAccepted),
        (do.AskByCard(1), ev.Answered),
        (do.RegisterCard(1), ev.CardRegistered),
        (do.SendConsent(1, (("medicines", True),)), ev.ConsentSent),
        (do.CompareFace(1), ev.FaceMatched),
        (do.CheckPasscode(1, PinHandle(bytearray(b"2580"))), ev.PasscodeAccepted),
        (do.AskAttested(1, Way.VISUAL), None),
        (do.AskByPaper(1, PAPER), None),
        (do.AskByFourItems(1, ITEMS), None),
        (do.Decide(1, VisitFacts()), ev.Decided),
        (do.Advise(1, VisitFacts()), ev.Advised),
        (do.QueueLater(1, "four_items", ITEMS), None),
        (do.AskQueue(1), None),
        (do.KeepDraft(1, "four_items", (("name", "協"),)), None),
        (do.DropDraft(1, "four_items"), None),
        (do.RecordVisit(1, "OK_ONLINE", "pin"), ev.EntryWritten),
        (do.ReleaseCard(1), None),
        (do.ForgetPatient(1), None),
    ]
    for effect, kind in steps:
        hands.performer.perform(effect)
        if kind is not None:
            await hands.answer(kind)
    await hands.performer.close()
    assert seen == []
    assert hands.faults == []


async def test_whoever_is_to_be_asked_about_later_goes_into_the_queue_and_the_counter_stops_it() -> None:
    hands, queue, drafts = Hands(), KeptQueue(), KeptDrafts()
    hands.restart(queue=queue, drafts=drafts)
    later = do.QueueLater(1, "four_items", ITEMS)
    hands.performer.perform(later)
    hands.performer.perform(do.KeepDraft(1, "four_items", (("name", "協"),)))
    hands.performer.perform(do.AskQueue(1))
    await hands.until(lambda: drafts.kept == {"four_items": (("name", "協"),)})
    hands.performer.perform(do.DropDraft(1, "four_items"))
    await hands.until(lambda: drafts.kept == {})
    assert (queue.put_in, queue.asked) == ([later], 1)
    await hands.performer.close()
    assert queue.stopped


async def test_a_queue_that_the_disk_refuses_is_told(hands: Hands) -> None:
    queue = KeptQueue()
    queue.full = True
    hands.restart(queue=queue)
    hands.performer.perform(do.QueueLater(1, "four_items", ITEMS))
    await hands.until(lambda: hands.refused == 1)
    assert hands.faults == []


async def test_a_form_that_the_disk_refuses_is_told_of_as_such(hands: Hands) -> None:
    class Full(KeptDrafts):
        def keep(self, form: str, draft: tuple[tuple[str, str], ...]) -> None:
            raise OSError(28, "No space left on device")

    hands.restart(drafts=Full())
    hands.performer.perform(do.KeepDraft(1, "four_items", (("name", "協"),)))
    await hands.until(lambda: (hands.refused, hands.forms_lost) == (1, 1))
    assert hands.performer.form_kept_of == 0


async def test_what_waits_for_the_disk_is_tried_once_more_at_the_end() -> None:
    hands = Hands()
    order: list[str] = []
    real = hands.outside.journal.record

    def slow(entry: do.RecordVisit) -> None:
        order.append("entry")
        real(entry)

    hands.outside.journal.record = slow  # type: ignore[method-assign]
    hands.restart(at_end=lambda: order.append("end"))
    hands.performer.perform(do.RecordVisit(1, "OK_ONLINE", "pin"))
    await hands.performer.close()
    assert order == ["entry", "end"]
