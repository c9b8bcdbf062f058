"""Software cards in the private pcscd: put in, seen by PC/SC, taken out."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from reader.card.interface import EmulatedCard
from reader.connection import SlotReport, SlotState
from reader.errors import ServiceUnavailableError
from reader.transports import vpcd
from reader.transports.pcsc import PcscSlot
from tests.daemons.private_pcscd import PrivatePcscd

LONG_ENOUGH_S = 30.0
"""The limit of a wait that ends early where all is well; a machine under load still makes it."""


@contextmanager
def plugged_in(card: EmulatedCard, address: tuple[str, int]) -> Iterator[None]:
    """`card` in the virtual reader at `address`, from when it was asked for its ATR; taken out at the end."""
    stop, asked = threading.Event(), threading.Event()
    failures: list[BaseException] = []

    def serve() -> None:
        try:
            vpcd.plug_in(card, *address, stop=stop, on_atr=asked.set, patience_s=LONG_ENOUGH_S)
        except BaseException as error:  # shown in the test's own thread
            failures.append(error)
            asked.set()

    thread = threading.Thread(target=serve, name="virtual-card")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    if failures:
        raise failures[0]


def wait_for(slot: PcscSlot, state: SlotState) -> SlotReport:
    """The slot's report once it is in `state`."""
    report: SlotReport | None = None
    for _ in range(20):
        report = slot.wait_for_change(report, LONG_ENOUGH_S)
        if report.state is state:
            return report
    raise AssertionError(f"{slot.name} never became {state.value}; last seen: {report}")


@contextmanager
def inserted(card: EmulatedCard, daemon: PrivatePcscd, slot: int = 0) -> Iterator[str]:
    """`card` in a slot of the private pcscd, visible to every PC/SC program; gives the reader's name."""
    name = daemon.readers[slot]
    watch = PcscSlot(name)
    try:
        wait_for(watch, SlotState.EMPTY)  # pcscd takes a moment to see that the last card left
        with plugged_in(card, ("127.0.0.1", daemon.ports[slot])):
            wait_for(watch, SlotState.OCCUPIED)
            yield name
    finally:
        watch.close()


@contextmanager
def always_inserted(card: EmulatedCard, daemon: PrivatePcscd, slot: int = 0) -> Iterator[str]:
    """`card` in a slot of the private pcscd, again by itself whenever the daemon was restarted; the reader's name."""
    name = daemon.readers[slot]
    watch = PcscSlot(name)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            with contextlib.suppress(ServiceUnavailableError):  # the daemon is down for longer
                vpcd.plug_in(card, "127.0.0.1", daemon.ports[slot], stop=stop, patience_s=LONG_ENOUGH_S)

    thread = threading.Thread(target=serve, name="virtual-card")
    try:
        wait_for(watch, SlotState.EMPTY)
        thread.start()
        wait_for(watch, SlotState.OCCUPIED)
        yield name
    finally:
        stop.set()
        if thread.ident is not None:
            thread.join()
        watch.close()
