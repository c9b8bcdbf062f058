"""Connections around a connection: one writes down what is said, one counts it.

Rule of the trace: only what is known to be harmless is shown. A PIN, a certificate and a signature leave their length
at most, and a PIN not even that. What breaks if this is wrong: a PIN or a person's certificate in a log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from reader import commands
from reader.connection import SmartCardConnection
from reader.status import name_of

HEADER: Final = 4
SHOWN_COMMANDS: Final = frozenset(
    {
        commands.INS_SELECT,
        commands.INS_READ_BINARY,
        commands.INS_GET_CHALLENGE,
        commands.INS_GET_RESPONSE,
    }
)
"""Instructions whose whole command is shown. Every other body may hold a PIN or a person's data."""
SHOWN_ANSWERS: Final = frozenset({commands.INS_SELECT, commands.INS_GET_CHALLENGE})
"""Instructions whose answers are shown. READ BINARY gives certificates, signing gives signatures."""


class TracedConnection:
    """Tells `sink` each command as `> …` and each answer as `< …`, upper-case hex, secrets withheld."""

    def __init__(self, inner: SmartCardConnection, sink: Callable[[str], None]) -> None:
        self._inner = inner
        self._sink = sink

    @property
    def atr(self) -> bytes:
        """As the inner connection's."""
        return self._inner.atr

    def transmit(self, command: bytes | bytearray) -> bytes:
        """Trace, pass on, trace the answer. Raises what the inner connection raises, after a line that names it."""
        ins = command[1] if len(command) >= HEADER else -1
        self._sink(command_line(command))
        try:
            answer = self._inner.transmit(command)
        except Exception as error:
            self._sink(f"! {type(error).__name__}")
            raise
        self._sink(answer_line(ins, answer))
        return answer

    def close(self) -> None:
        """Close the inner connection."""
        self._inner.close()


def command_line(command: bytes | bytearray) -> str:
    """One command for a trace: its header, and its body only where the instruction carries nothing secret."""
    if len(command) < HEADER:
        return "> [withheld]"
    if command[1] in SHOWN_COMMANDS or len(command) == HEADER:
        return f"> {bytes(command).hex().upper()}"
    return f"> {bytes(command[:HEADER]).hex().upper()} [withheld]"


def answer_line(ins: int, answer: bytes) -> str:
    """One answer to instruction `ins` for a trace: data or their number, status word, its name."""
    if len(answer) < 2:
        return "< [no status word]"
    data, sw = answer[:-2], int.from_bytes(answer[-2:], "big")
    shown = data.hex().upper() if ins in SHOWN_ANSWERS else f"[{len(data)} bytes withheld]"
    parts = (shown if data else "", f"{sw:04X}", name_of(sw))
    return " ".join(("<", *(part for part in parts if part)))


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

    def transmit(self, command: bytes | bytearray) -> bytes:
        """Count and pass on. A command that nobody answered counts as sent."""
        self.total += 1
        self.total_bytes += len(command)
        if self.after_pin or _carries_pin(command):
            self.after_pin += 1
        answer = self._inner.transmit(command)
        self.total_bytes += len(answer)
        return answer

    def close(self) -> None:
        """Close the inner connection; the counts stay."""
        self._inner.close()


def _carries_pin(command: bytes | bytearray) -> bool:
    # Header, Lc and at least one byte; five bytes would be a query with an Le.
    return len(command) > HEADER + 1 and command[1] == commands.INS_VERIFY
