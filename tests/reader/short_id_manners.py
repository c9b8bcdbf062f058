"""Cards that take the short forms of commands their own way: connections between a session and a software card.

A command names a file by short identifier in P1 of READ BINARY, and in P2 of VERIFY and of signing (jpki-card.md §1.3).
"""

from __future__ import annotations

from reader.card.applet import SoftwareCard
from tests.reader.fakes import CardConnection

READ_BINARY, VERIFY, SIGN = 0xB0, 0x20, 0x2A
CURRENT_FILE = 0x80


def short_id_of(command: bytes | bytearray) -> int | None:
    """The short identifier a command carries; None where it is about the current file."""
    _cla, ins, p1, p2 = command[:4]
    if ins == READ_BINARY and p1 & 0x80:
        return p1 & 0x1F
    if ins in (VERIFY, SIGN) and p2 != CURRENT_FILE:
        return p2 & 0x1F
    return None


class Refuses(CardConnection):
    """Takes no short form of the instructions named, and answers `sw` to them."""

    def __init__(
        self, card: SoftwareCard, sw: str = "6A86", instructions: tuple[int, ...] = (READ_BINARY, VERIFY, SIGN)
    ) -> None:
        super().__init__(card)
        self.sw = bytes.fromhex(sw)
        self.instructions = instructions

    def transmit(self, command: bytes | bytearray) -> bytes:
        if command[1] in self.instructions and short_id_of(command) is not None:
            return self.sw
        return super().transmit(command)


class LooksPast(CardConnection):
    """Does not look at short identifiers: it means the current file, and P1 of READ BINARY is an offset."""

    def __init__(self, card: SoftwareCard, instructions: tuple[int, ...] = (READ_BINARY, VERIFY, SIGN)) -> None:
        super().__init__(card)
        self.instructions = instructions

    def transmit(self, command: bytes | bytearray) -> bytes:
        if command[1] not in self.instructions or short_id_of(command) is None:
            return super().transmit(command)
        meant = bytearray(command)
        if meant[1] == READ_BINARY:
            meant[2] &= 0x7F
        else:
            meant[3] = CURRENT_FILE
        return super().transmit(meant)


class MeansAnother(CardConnection):
    """Takes `wrong` for the file that a VERIFY by short identifier means, whatever it names."""

    def __init__(self, card: SoftwareCard, wrong: int) -> None:
        super().__init__(card)
        self.wrong = wrong

    def transmit(self, command: bytes | bytearray) -> bytes:
        if command[1] == VERIFY and short_id_of(command) is not None:
            command = bytearray(command)
            command[3] = CURRENT_FILE | self.wrong
        return super().transmit(command)


class ForgetsTheFile(CardConnection):
    """Reads by short identifier and does not make that file the current one."""

    def __init__(self, card: SoftwareCard) -> None:
        super().__init__(card)
        self.current: bytes | None = None

    def transmit(self, command: bytes | bytearray) -> bytes:
        if command[:3] == b"\x00\xa4\x02":
            self.current = bytes(command)
        answer = super().transmit(command)
        if command[1] == READ_BINARY and short_id_of(command) is not None:
            # Back to what was current before: the file selected last, or none, as right after SELECT of the AP.
            super().transmit(self.current or bytes.fromhex("00A4040C0AD392F000260100000001"))
        return answer
