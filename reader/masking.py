"""What of an exchange with a card may be shown or kept: an allow-list, byte by byte.

Rule: what is not known to be harmless is withheld. A PIN leaves nothing, not even its length; a signature and what was
signed leave their lengths; a certificate leaves its DER header, which says how long it is; an unknown file leaves the
number of bytes that came. What breaks if this is wrong: a PIN or a person's certificate in a log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from reader import commands
from reader.profiles import PROFILES, TOKEN_INFO
from reader.status import MORE_DATA, SW, WRONG_LE

HEADER: Final = 4
JPKI_AID: Final = bytes.fromhex("D392F000260100000001")
"""The one application whose files are known; its whole name, because a prefix may select another one (§1.1)."""
LONGEST_NAME: Final = 16
"""Most bytes of an AID (ISO/IEC 7816-4, 8.2.1.2)."""
CLASSES: Final = frozenset({*range(0x10), *range(0x80, 0x90)})
"""Class bytes whose headers are shown. Anything else may be no command at all: digits, say, start at 30."""

FLAGS: Final = range(96, 100)
"""CK_TOKEN_INFO.flags in EF 0006. Between label and flags stands a serial number, which is withheld."""
DER_HEADER: Final = bytes.fromhex("3082")
"""A SEQUENCE with a length of two bytes, which is all that the first four bytes of a certificate say."""

Parts = tuple[range, ...]
"""Positions in a file or an answer that may be shown."""
NOTHING: Final[Parts] = ()
EVERYTHING: Final[Parts] = (range(65_536),)

CERTIFICATES: Final = frozenset(
    ef
    for profile in PROFILES.values()
    for ef in (
        profile.authentication_certificate,
        profile.authentication_ca,
        profile.signing_certificate,
        profile.signing_ca,
    )
    if ef is not None
)
"""The certificates' files of every kind of card (§1.2)."""
SHOWN_PARTS: Final[dict[int, Parts]] = {
    TOKEN_INFO: (range(32), FLAGS),
    **{profile.presence: (range(3),) for profile in PROFILES.values() if profile.presence is not None},
}
"""Of the application's other files, what says nothing about a person: label, flags, which certificates exist."""


def shown_command(command: bytes | bytearray) -> str:
    """A command for a trace: upper-case hex, and in place of what may be secret `[withheld]` or the number of bytes.

    Depends on the command alone. Two VERIFY commands with different PINs are shown alike.
    """
    if len(command) < HEADER or command[0] not in CLASSES:
        return "[withheld]"
    header = bytes(command[:HEADER]).hex().upper()
    if len(command) == HEADER:
        return header
    if _is_harmless(command):
        return bytes(command).hex().upper()
    length = _signed_length(command)
    if length is None:
        return f"{header} [withheld]"
    le = bytes(command[HEADER + 1 + length :]).hex().upper()
    return f"{header} [{length} bytes withheld] {le}".rstrip()


def _is_harmless(command: bytes | bytearray) -> bool:
    """Whether it is a well-formed command of an instruction whose body holds no secret. Copies nothing of it."""
    cla, ins, length = command[0], command[1], len(command) - HEADER
    if cla != 0x00:
        return False
    if ins == commands.INS_SELECT:
        return length <= 1 or (command[HEADER] <= LONGEST_NAME and length - 1 - command[HEADER] in (0, 1))
    asks_only = length <= 1 or (length == 3 and command[HEADER] == 0)
    return asks_only and ins in (commands.INS_READ_BINARY, commands.INS_GET_CHALLENGE, commands.INS_GET_RESPONSE)


def _signed_length(command: bytes | bytearray) -> int | None:
    """How many bytes a well-formed short COMPUTE DIGITAL SIGNATURE carries; None for any other command."""
    if (command[0], command[1]) != (commands.PROPRIETARY, commands.INS_COMPUTE_DIGITAL_SIGNATURE):
        return None
    lc = command[HEADER]
    return lc if lc and len(command) - HEADER - 1 - lc in (0, 1) else None


@dataclass(frozen=True, slots=True)
class _Source:
    """Where an answer's data come from: its first byte is at `position`, and `parts` of the whole may be shown."""

    parts: Parts
    position: int = 0
    is_certificate: bool = False

    def with_data(self, data: bytes) -> _Source:
        """The same, or nothing to show where a certificate should begin and something else does."""
        begin = data[: max(0, len(DER_HEADER) - self.position)]
        is_other = self.is_certificate and not DER_HEADER[self.position :].startswith(begin)
        return _HIDDEN if is_other else self

    def behind(self, length: int) -> _Source:
        """Where what comes after the next `length` bytes comes from."""
        return replace(self, position=self.position + length)


_HIDDEN: Final = _Source(NOTHING)


class AnswerMask:
    """Follows what is said over one connection, from power-on, and says what of each answer may be shown."""

    def __init__(self) -> None:
        self._in_jpki = False
        self._file: int | None = None
        self._waiting = _HIDDEN
        """What GET RESPONSE goes on with."""

    def shown_data(self, command: bytes | bytearray, answer: bytes) -> str:
        """The data of an answer to `command`: hex and `[N bytes withheld]` in turn; "" where there are none.

        Call it once for every exchange, in order. An answer of less than a status word has no data.
        """
        if len(answer) < 2 or len(command) < HEADER or command[0] not in CLASSES:
            self._lose_track()
            return _withheld(max(0, len(answer) - 2))
        data, sw = answer[:-2], int.from_bytes(answer[-2:], "big")
        source = self._source(command, sw).with_data(data)
        more_waits = sw & 0xFF00 == MORE_DATA or (sw & 0xFF00 == WRONG_LE and command[1] == commands.INS_GET_RESPONSE)
        self._waiting = source.behind(len(data)) if more_waits else _HIDDEN
        return " ".join(_pieces(source, data))

    def nobody_answered(self) -> None:
        """Say that an exchange ended without an answer: what is selected now is not known."""
        self._lose_track()

    def _source(self, command: bytes | bytearray, sw: int) -> _Source:
        cla, ins, p2 = command[0], command[1], command[3]
        succeeded = sw in (SW.OK, SW.END_OF_FILE) or sw & 0xFF00 == MORE_DATA
        if _is_harmless(command):
            if ins == commands.INS_SELECT:
                self._select(command, succeeded=succeeded)
                # Only what was asked for: where no file information was, what came is something else.
                asked = p2 & commands.NO_FILE_INFORMATION != commands.NO_FILE_INFORMATION
                return _Source(EVERYTHING if asked else NOTHING)
            if ins == commands.INS_READ_BINARY:
                return self._reading(command, succeeded=succeeded)
            return self._waiting if ins == commands.INS_GET_RESPONSE else _Source(EVERYTHING)
        if (cla, ins) not in _BY_SHORT_ID:
            self._lose_track()
        elif p2 != commands.CURRENT_FILE:
            self._file = None  # it makes a PIN's or a key's file current
        return _HIDDEN

    def _select(self, command: bytes | bytearray, *, succeeded: bool) -> None:
        name = bytes(command[HEADER + 1 : HEADER + 1 + command[HEADER]]) if len(command) > HEADER else b""
        if command[2] == commands.BY_FILE_ID and len(name) == 2:
            self._file = int.from_bytes(name, "big") if succeeded else None
        elif command[2] == commands.BY_NAME:
            self._in_jpki, self._file = succeeded and name == JPKI_AID, None
        elif name or command[2]:
            self._lose_track()

    def _reading(self, command: bytes | bytearray, *, succeeded: bool) -> _Source:
        offset = command[2] << 8 | command[3]
        if command[2] & commands.SHORT_ID:
            # Where it failed, the file that was current before may be so still, and is not known.
            self._file, offset = command[2] & ~commands.SHORT_ID if succeeded else None, command[3]
        if not self._in_jpki or self._file is None:
            return _HIDDEN
        if self._file in CERTIFICATES:
            return _Source(NOTHING if offset else (range(HEADER),), offset, is_certificate=True)
        return _Source(SHOWN_PARTS.get(self._file, NOTHING), offset)

    def _lose_track(self) -> None:
        self._in_jpki, self._file, self._waiting = False, None, _HIDDEN


_BY_SHORT_ID: Final = frozenset(
    {
        (0x00, commands.INS_VERIFY),
        (0x00, commands.INS_CHANGE_REFERENCE_DATA),
        (commands.PROPRIETARY, commands.INS_COMPUTE_DIGITAL_SIGNATURE),
    }
)
"""Commands that name a file by its short identifier or mean the current one, and leave the application selected."""


def _pieces(source: _Source, data: bytes) -> Iterator[str]:
    def is_shown(index: int) -> bool:
        return any(source.position + index in part for part in source.parts)

    for shown, indexes in groupby(range(len(data)), is_shown):
        run = list(indexes)
        yield data[run[0] : run[-1] + 1].hex().upper() if shown else _withheld(len(run))


def _withheld(length: int) -> str:
    return f"[{length} bytes withheld]" if length else ""
