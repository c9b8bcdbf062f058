"""Cards that say one thing, for where the software card would say too much."""

from __future__ import annotations

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

    def process(self, command: bytes) -> bytes:
        self.commands.append(command)
        return b"" if self.mute else self.answer

    def power_on(self) -> None:
        self.done.append("power on")

    def power_off(self) -> None:
        self.done.append("power off")

    def reset(self) -> None:
        self.done.append("reset")
