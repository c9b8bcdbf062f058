"""A reader that is waited for: the counter starts without it and works once it is there."""

from __future__ import annotations

import threading

import pytest

from kiosk.cli.awaited_reader import AwaitedReader
from reader.connection import SlotReport, SlotState
from reader.errors import (
    AccessDeniedError,
    AmbiguousReaderError,
    ReaderError,
    ReaderUnavailableError,
    ServiceUnavailableError,
)
from reader.transports import pcsc
from reader.transports.in_process import SoftwareReader
from tests.card_factory import make_card


class Readers:
    """Stands for PC/SC: what `choose_reader` meets, and the slot it leads to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wrong: ReaderError | None = None
        self.answering = threading.Event()
        self.answering.set()
        self.slot = SoftwareReader("A Reader 00 00")
        monkeypatch.setattr(pcsc, "choose_reader", self.choose)
        monkeypatch.setattr(pcsc, "PcscSlot", lambda _: self.slot)

    def choose(self, _wanted: str | None) -> str:
        self.answering.wait()
        if self.wrong is not None:
            raise self.wrong
        return self.slot.name


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> Readers:
    return Readers(monkeypatch)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (ServiceUnavailableError("no_service"), "no_service"),
        (ServiceUnavailableError("service_silent"), "service_silent"),
        (ServiceUnavailableError("no_pyscard"), "no_pyscard"),
        (AccessDeniedError(), "access_denied"),
        (ReaderUnavailableError("A"), "no_reader"),
    ],
)
def test_what_is_missing_is_a_report_until_it_comes(readers: Readers, wrong: ReaderError, reason: str) -> None:
    readers.wrong = wrong
    slot = AwaitedReader("A", retry_s=0.0)
    absent = SlotReport(SlotState.UNAVAILABLE, reason)
    assert (slot.name, slot.wait_for_change(None, 0.0), slot.wait_for_change(absent, 0.0)) == ("A", absent, absent)
    with pytest.raises(ReaderUnavailableError):
        slot.connect()
    readers.wrong = None
    readers.slot.place(make_card())
    assert slot.wait_for_change(absent, 0.0).state is SlotState.OCCUPIED
    assert slot.name == "A Reader 00 00"
    slot.connect().close()
    slot.close()


@pytest.mark.parametrize(
    "wrong", [ReaderUnavailableError("PaSoRi", ("A", "B")), AmbiguousReaderError("A", ("A 00", "A 01"))]
)
def test_a_name_that_does_not_lead_to_one_reader_is_an_error_at_the_start(readers: Readers, wrong: ReaderError) -> None:
    readers.wrong = wrong
    with pytest.raises(type(wrong)):
        AwaitedReader("A")


def test_a_wait_for_a_missing_reader_can_be_interrupted(readers: Readers) -> None:
    readers.wrong = ReaderUnavailableError("A")
    slot = AwaitedReader("A", retry_s=3600.0)
    absent = SlotReport(SlotState.UNAVAILABLE, "no_reader")
    seen: list[SlotReport] = []
    waiting = threading.Thread(target=lambda: seen.append(slot.wait_for_change(absent, 3600.0)))
    waiting.start()
    slot.interrupt()
    waiting.join()
    assert seen == [absent]


SILENT = SlotReport(SlotState.UNAVAILABLE, "service_silent")
SOON_S = 0.05
"""How long the first look may take where it never comes back in time anyway."""


def test_a_service_that_is_silent_at_the_start_is_a_report_at_once_and_the_reader_comes_by_itself(
    readers: Readers,
) -> None:
    readers.answering.clear()
    slot = AwaitedReader("A", retry_s=0.0, first_look_s=SOON_S)
    assert (slot.name, slot.wait_for_change(None, 0.0)) == ("A", SILENT)
    readers.answering.set()
    readers.slot.place(make_card())
    assert slot.wait_for_change(SILENT, 0.0).state is SlotState.OCCUPIED
    assert slot.name == "A Reader 00 00"
    slot.close()


def test_looks_that_come_back_together_lead_to_one_slot(readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[SoftwareReader] = []

    def make(name: str) -> SoftwareReader:
        made.append(SoftwareReader(name))
        return made[-1]

    monkeypatch.setattr(pcsc, "PcscSlot", make)
    readers.answering.clear()
    slot = AwaitedReader("A", first_look_s=SOON_S)
    assert slot.wait_for_change(None, 0.0) == SILENT
    looks = [threading.Thread(target=slot.wait_for_change, args=(None, 0.0)) for _ in range(4)]
    for look in looks:
        look.start()
    readers.answering.set()
    for look in looks:
        look.join()
    assert len(made) == 1
    slot.close()


def test_a_name_that_turns_out_to_fit_none_is_a_reader_that_is_not_there(readers: Readers) -> None:
    readers.answering.clear()
    slot = AwaitedReader("B", retry_s=0.0, first_look_s=SOON_S)
    assert slot.wait_for_change(None, 0.0) == SILENT
    readers.wrong = AmbiguousReaderError("B", ("B 00", "B 01"))
    readers.answering.set()
    assert slot.wait_for_change(SILENT, 0.0) == SlotReport(SlotState.UNAVAILABLE, "no_reader")
    slot.close()
