"""What of an exchange with a card may be shown or kept: an allow-list, byte by byte.

Rule: what is not known to be harmless is withheld. A PIN leaves nothing, not even its length; a signature and what was
signed leave their lengths; a certificate leaves its DER header, which says how long it is; an unknown file leaves the
number of bytes that came. No answer is shown for what was asked alone: a reader that is out of step may give another
one's, so what is shown looks like what it should be, where anything can be said about that.
What breaks if this is wrong: a PIN or a person's certificate in a log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from reader import commands
from reader.profiles import LABEL_LENGTH, PROFILES, TOKEN_INFO
from reader.status import MORE_DATA, SW, WRONG_LE

HEADER: Final = 4
JPKI_AID: Final = bytes.fromhex("D392F000260100000001")
"""The one application whose files are known; its whole name, because a prefix may select another one (§1.1)."""
LONGEST_NAME: Final = 16
"""Most bytes of an AID (ISO/IEC 7816-4, 8.2.1.2)."""
LOWEST_NAME: Final = 0xA0
"""First byte from which on an AID is a registered or proprietary one. Below are digits and letters, as in a PIN."""
FILE_ID: Final = 2
"""Bytes of a file identifier."""
CLASSES: Final = frozenset({*range(0x10), *range(0x80, 0x90)})
"""Class bytes whose headers are shown. Anything else may be no command at all: digits, say, start at 30."""

FLAGS: Final = range(96, 100)
"""CK_TOKEN_INFO.flags in EF 0006. Between label and flags stands a serial number, which is withheld."""
DER_HEADER: Final = bytes.fromhex("3082")
"""A SEQUENCE with a length of two bytes, which is all that the first four bytes of a certificate say."""
FILE_INFORMATION: Final = frozenset({0x62, 0x64, 0x6F})
"""Tags of what SELECT tells of a file: FCP, FMD and FCI templates (ISO/IEC 7816-4, 7.4.3)."""
LONGEST_FILE_INFORMATION: Final = 2 + 0x7F
"""Bytes: with a length of one byte. What a reader gives of a certificate in one answer is longer, but for its end."""

Parts = tuple[range, ...]
"""Positions in a file or an answer that may be shown, from the front to the back, none touching the next."""
NOTHING: Final[Parts] = ()

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
    TOKEN_INFO: (range(LABEL_LENGTH), FLAGS),
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
        return length <= 1 or (length - 1 - command[HEADER] in (0, 1) and _names_a_file(command))
    asks_only = length <= 1 or (length == 3 and command[HEADER] == 0)
    return asks_only and ins in (commands.INS_READ_BINARY, commands.INS_GET_CHALLENGE, commands.INS_GET_RESPONSE)


def _names_a_file(command: bytes | bytearray) -> bool:
    """Whether the body of a SELECT is a file identifier, or the name of an application."""
    lc = command[HEADER]
    if command[2] == commands.BY_NAME:
        return 0 < lc <= LONGEST_NAME and command[HEADER + 1] >= LOWEST_NAME
    return lc == FILE_ID


def _signed_length(command: bytes | bytearray) -> int | None:
    """How many bytes a well-formed short COMPUTE DIGITAL SIGNATURE carries; None for any other command."""
    if (command[0], command[1]) != (commands.PROPRIETARY, commands.INS_COMPUTE_DIGITAL_SIGNATURE):
        return None
    lc = command[HEADER]
    return lc if lc and len(command) - HEADER - 1 - lc in (0, 1) else None


Fits = Callable[[int, bytes], bool]
"""Whether what came may be what is expected, for the position of its first byte and the data."""


def _may_be_anything(_position: int, _data: bytes) -> bool:
    return True


def _may_be_certificate(position: int, data: bytes) -> bool:
    return DER_HEADER[position:].startswith(data[: max(0, len(DER_HEADER) - position)])


def _may_be_token_info(position: int, data: bytes) -> bool:
    """The label is printable ASCII, which DER hardly ever is."""
    return all(0x20 <= byte < 0x7F for byte in data[: max(0, LABEL_LENGTH - position)])


def _may_be_file_information(position: int, data: bytes) -> bool:
    """A whole template in one answer: of one in pieces nobody can say whether it fits until they have been shown."""
    if not data:
        return True
    fits = 2 <= len(data) <= LONGEST_FILE_INFORMATION and data[1] == len(data) - 2
    return position == 0 and fits and data[0] in FILE_INFORMATION


@dataclass(frozen=True, slots=True)
class _Source:
    """Where an answer's data come from: its first byte is at `position`, and `parts` of the whole may be shown."""

    parts: Parts
    position: int = 0
    fits: Fits = _may_be_anything

    def with_data(self, data: bytes) -> _Source:
        """The same, or nothing to show where the data cannot be from here."""
        return self if self.fits(self.position, data) else _HIDDEN

    def behind(self, length: int) -> _Source:
        """Where what comes after the next `length` bytes comes from."""
        return replace(self, position=self.position + length)


_HIDDEN: Final = _Source(NOTHING)
_FILE_INFORMATION: Final = _Source((range(LONGEST_FILE_INFORMATION),), fits=_may_be_file_information)


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
            return " ".join(_withheld(max(0, len(answer) - 2)))
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
                return _FILE_INFORMATION if asked else _HIDDEN
            if ins == commands.INS_READ_BINARY:
                return self._reading(command, succeeded=succeeded)
            # Of a challenge nothing can be said that would tell it from any other bytes.
            return self._waiting if ins == commands.INS_GET_RESPONSE else _HIDDEN
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
            return _Source(NOTHING if offset else (range(HEADER),), offset, _may_be_certificate)
        fits = _may_be_token_info if self._file == TOKEN_INFO else _may_be_anything
        return _Source(SHOWN_PARTS.get(self._file, NOTHING), offset, fits)

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
    done = 0
    for part in source.parts:
        start, stop = (min(max(end - source.position, done), len(data)) for end in (part.start, part.stop))
        if start < stop:
            yield from _withheld(start - done)
            yield data[start:stop].hex().upper()
            done = stop
    yield from _withheld(len(data) - done)


def _withheld(length: int) -> Iterator[str]:
    if length:
        yield f"[{length} bytes withheld]"
