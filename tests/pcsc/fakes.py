"""Cards that say one thing, for where the software card would say too much."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

ATR = bytes.fromhex("3B888001000005E0B381A1007F")
"""A contactless ATR that pcscd accepts (jpki-card.md §1.8)."""


@dataclass(eq=False)
class ConstantCard:
    """Answers every command alike and keeps what was done to it."""

    answer: bytes = b"\x90\x00"
    atr: bytes = ATR
    mute: bool = False
    done: list[str] = field(default_factory=list)
    commands: list[bytes] = field(default_factory=list)

    def process(self, command: bytes | bytearray) -> bytes:
        self.commands.append(bytes(command))
        return b"" if self.mute else self.answer

    def power_on(self) -> None:
        self.done.append("power on")

    def power_off(self) -> None:
        self.done.append("power off")

    def reset(self) -> None:
        self.done.append("reset")


@dataclass(eq=False)
class HeldUpCard(ConstantCard):
    """Does not come back from a command until it is let go, as a card at the edge of the field or a hung driver."""

    asked: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)
    from_command: int = 0
    """How many commands it answers at once."""
    power_up_too: bool = False

    def process(self, command: bytes | bytearray) -> bytes:
        if len(self.commands) >= self.from_command:
            self.asked.set()
            self.let_go.wait()
        return super().process(command)

    def power_on(self) -> None:
        if self.power_up_too:
            self.asked.set()
            self.let_go.wait()
        super().power_on()
