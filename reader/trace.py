"""Connections around a connection: one writes down what is said and how long it took, one counts it.

What may be written down is `reader.masking`'s to say. An exchange is told once it is over, so that its command, its
answer and its time stand together; every transport ends an exchange in time. What breaks if this is wrong: nobody can
say why a reader failed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from reader import commands
from reader.connection import SmartCardConnection
from reader.masking import HEADER, AnswerMask, shown_command
from reader.status import name_of

NO_STATUS_WORD: Final = "[no status word]"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One command and what came of it, masked: nothing in here is secret.

    `number` counts from 1 on each connection. `started_ms` is the time since the connection was made and `duration_ms`
    the time to the answer, in milliseconds; None where nobody wrote it down. `command` and `answer` are upper-case hex
    with `[N bytes withheld]` in place of what is not shown (`[withheld]` where not even its length is); the answer is
    without its status word, which is `sw`, None where none came. `error` is the class of the error that was raised in
    place of an answer.
    """

    number: int
    started_ms: float | None
    duration_ms: float | None
    command: str
    answer: str = ""
    sw: int | None = None
    error: str | None = None

    @property
    def meaning(self) -> str:
        """The status word in a few plain words; "" for one that is not known."""
        return "" if self.sw is None else name_of(self.sw)

    def as_text(self) -> str:
        """Two lines: `> ` and the command, then `< `, data, status word and its meaning, or `! ` and the error."""
        if self.error is not None:
            second = f"! {self.error}"
        elif self.sw is None:
            second = f"< {NO_STATUS_WORD}"
        else:
            second = " ".join(part for part in ("<", self.answer, f"{self.sw:04X}", self.meaning) if part)
        took = "" if self.duration_ms is None else f"   ({self.duration_ms:.1f} ms)"
        return f"> {self.command}\n{second}{took}"

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the fields by name and `meaning`; the status word as four hex digits."""
        return {
            "number": self.number,
            "started_ms": self.started_ms,
            "duration_ms": self.duration_ms,
            "command": self.command,
            "answer": self.answer,
            "sw": None if self.sw is None else f"{self.sw:04X}",
            "meaning": self.meaning,
            "error": self.error,
        }


Sink = Callable[[Exchange], None]
"""Where exchanges go. `list.append` is memory; `as_lines` makes one of a file or a screen.

It must not raise: the card's answer would be lost.
"""


def as_lines(write: Callable[[str], object]) -> Sink:
    """A sink that gives `write` the text of each exchange, its end of line included: a stream's `write`, say."""

    def sink(exchange: Exchange) -> None:
        write(exchange.as_text() + "\n")

    return sink


class TracedConnection:
    """Tells `sink` each exchange once it is over, also one that nobody answered. Times are in tenths of milliseconds.

    `clock` gives seconds and never goes back.
    """

    def __init__(
        self, inner: SmartCardConnection, sink: Sink, *, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._inner = inner
        self._sink = sink
        self._clock = clock
        self._began = clock()
        self._number = 0
        self._mask = AnswerMask()

    @property
    def atr(self) -> bytes:
        """As the inner connection's."""
        return self._inner.atr

    @property
    def extended_length(self) -> bool:
        """As the inner connection's."""
        return self._inner.extended_length

    def transmit(self, command: bytes | bytearray) -> bytes:
        """Pass on and tell the sink. Raises what the inner connection raises, after an exchange that names it."""
        self._number += 1
        shown = shown_command(command)
        started = self._clock()
        try:
            answer = self._inner.transmit(command)
        except Exception as error:
            self._mask.nobody_answered()
            self._tell(shown, started, error=type(error).__name__)
            raise
        sw = int.from_bytes(answer[-2:], "big") if len(answer) >= 2 else None
        self._tell(shown, started, answer=self._mask.shown_data(command, answer), sw=sw)
        return answer

    def cancel(self) -> None:
        """End the operation under way, from any thread."""
        self._inner.cancel()

    def close(self) -> None:
        """Close the inner connection."""
        self._inner.close()

    def _tell(
        self, command: str, started: float, *, answer: str = "", sw: int | None = None, error: str | None = None
    ) -> None:
        since, took = started - self._began, self._clock() - started
        since_ms, took_ms = round(1000 * since, 1), round(1000 * took, 1)
        self._sink(Exchange(self._number, since_ms, took_ms, command, answer, sw, error))


class CountedConnection:
    """Counts what is said to one card, from the connection on."""

    def __init__(self, inner: SmartCardConnection) -> None:
        self._inner = inner
        self.total = 0
        """Commands sent."""
        self.after_pin = 0
        """Commands from the first VERIFY that carried a PIN on, that one included."""
        self.total_bytes = 0
        """Bytes of all commands and answers, status words included."""

    @property
    def atr(self) -> bytes:
        """As the inner connection's."""
        return self._inner.atr

    @property
    def extended_length(self) -> bool:
        """As the inner connection's."""
        return self._inner.extended_length

    def transmit(self, command: bytes | bytearray) -> bytes:
        """Count and pass on. A command that nobody answered counts as sent."""
        self.total += 1
        self.total_bytes += len(command)
        if self.after_pin or _carries_pin(command):
            self.after_pin += 1
        answer = self._inner.transmit(command)
        self.total_bytes += len(answer)
        return answer

    def cancel(self) -> None:
        """End the operation under way, from any thread."""
        self._inner.cancel()

    def close(self) -> None:
        """Close the inner connection; the counts stay."""
        self._inner.close()


def _carries_pin(command: bytes | bytearray) -> bool:
    # Header, Lc and at least one byte; five bytes would be a query with an Le.
    return len(command) > HEADER + 1 and command[1] == commands.INS_VERIFY
