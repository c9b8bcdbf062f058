"""`madoguchi card watch`: readers and cards coming and going, until Ctrl-C or until nobody reads what it tells.

Nothing is sent to a card; it is not even powered. One watching thread per reader, one look a second for new readers.
What breaks if it is wrong: a tester believes that a reader sees every card.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kiosk.cli.context import Context
from kiosk.cli.ending import stopped_by_signals
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.troubles import told
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from reader.monitor import ReaderEvent, SlotMonitor
    from reader.transports.pcsc import PcscSlot

_NEW_READERS_S: Final = 1.0
_LONGEST_S: Final = 7 * 24 * 3600
_MOST_EVENTS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that happened on one reader, at a moment in Japan."""

    at: str
    reader: str
    event: str
    """`reader_there`, `reader_gone`, `card_placed`, `card_taken`."""
    reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For --json."""
        return {"at": self.at, "reader": self.reader, "event": self.event, "reason": self.reason}


def fill(parser: CommandParser, words: Words) -> None:
    """Add its options."""
    parser.add_argument("--reader", metavar="READER", help=words.text("option.reader"))
    parser.add_argument("--seconds", metavar="S", help=words.text("option.watch_seconds"))
    parser.add_argument("--events", metavar="N", help=words.text("option.watch_events"))
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Tell what happens, as it happens; with --json all of it at the end, as one object.

    Raises:
        CommandError: `bad_count`, `no_pyscard`, or no reader of that name.
    """
    from kiosk.cli.values import count

    seconds, most = context.option("seconds"), context.option("events")
    ends_after = None if seconds is None else count(seconds, "--seconds", _LONGEST_S)
    enough = None if most is None else count(most, "--events", _MOST_EVENTS)
    wanted = context.typed("reader") or context.config.reader
    events: list[Seen] = []
    stop = threading.Event()
    with told(), stopped_by_signals(stop), _Watch(wanted, context, stop) as watch:
        if not context.output.as_json:
            context.output.note(context.words.text("card.watch.begins"))
        deadline = None if ends_after is None else time.monotonic() + ends_after
        while not stop.is_set() and (deadline is None or time.monotonic() < deadline):
            if context.output.reader_has_gone:
                break
            seen = watch.next(0.1)
            if seen is None:
                continue
            events.append(seen)
            if not context.output.as_json:
                context.output.result({}, [_line(seen, context.words)])
            if enough is not None and len(events) >= enough:
                break
    if context.output.as_json:
        context.output.result({"events": [seen.as_dict() for seen in events]}, ())
    return ExitCode.DONE


class _Watch:
    """The watching threads; `next` gives what they saw, in the order in which it was seen.

    `stop` ends a question to a service that does not answer.
    """

    def __init__(self, wanted: str | None, context: Context, stop: threading.Event) -> None:
        self._wanted = wanted
        self._stop = stop
        self._now = context.now()
        self._seen: queue.SimpleQueue[Seen] = queue.SimpleQueue()
        self._watched: dict[str, tuple[PcscSlot, SlotMonitor]] = {}
        self._looked = 0.0
        self._service_gone: str | None = None

    def __enter__(self) -> _Watch:
        from reader.transports import pcsc

        if not pcsc.is_installed():
            raise CommandError("no_pyscard", ExitCode.CARD, detail="-")
        if self._wanted is not None:
            self._watch(pcsc.choose_reader(self._wanted))
        return self

    def next(self, patience_s: float) -> Seen | None:
        """The next event, or None where nothing happens for so long."""
        if self._wanted is None and time.monotonic() - self._looked >= _NEW_READERS_S:
            self._looked = time.monotonic()
            self._look_for_readers()
        try:
            return self._seen.get(timeout=patience_s)
        except queue.Empty:
            return None

    def _look_for_readers(self) -> None:
        from reader.errors import (
            AccessDeniedError,
            OperationCancelledError,
            ReaderError,
            ServiceUnavailableError,
        )
        from reader.transports import pcsc

        try:
            names = pcsc.list_readers(given_up=self._stop)
        except OperationCancelledError:
            return
        except ReaderError as error:
            reason = "access_denied" if isinstance(error, AccessDeniedError) else "no_service"
            if isinstance(error, ServiceUnavailableError):
                reason = error.reason
            if self._service_gone != reason and not self._watched:
                self._tell("", "reader_gone", reason)
            self._service_gone = reason
            return
        self._service_gone = None
        for name in names:
            if name not in self._watched:
                self._watch(name)

    def _watch(self, name: str) -> None:
        from reader.monitor import SlotMonitor
        from reader.transports.pcsc import PcscSlot

        slot = PcscSlot(name)
        monitor = SlotMonitor(slot, self._reporter(name))
        self._watched[name] = (slot, monitor)
        monitor.start()

    def _reporter(self, name: str) -> Callable[[ReaderEvent], None]:
        from reader.monitor import CardArrived, CardGone, SlotAvailable, SlotUnavailable

        def report(event: ReaderEvent) -> None:
            match event:
                case CardArrived():
                    self._tell(name, "card_placed")
                case CardGone():
                    self._tell(name, "card_taken")
                case SlotAvailable():
                    self._tell(name, "reader_there")
                case SlotUnavailable(reason):
                    self._tell(name, "reader_gone", reason)

        return report

    def _tell(self, reader: str, event: str, reason: str | None = None) -> None:
        self._seen.put(Seen(self._now().isoformat(timespec="milliseconds"), reader, event, reason))

    def __exit__(self, *_: object) -> None:
        for slot, monitor in self._watched.values():
            monitor.stop()
            slot.close()


def _line(seen: Seen, words: Words) -> str:
    clock = seen.at[11:23]
    why = (
        ""
        if seen.reason is None
        else f" ({words.one_of(f'card.watch.reason.{seen.reason}', 'card.watch.reason.other')})"
    )
    return f"{clock}  {words.text(f'card.watch.{seen.event}')}{why}  {seen.reader}".rstrip()
