"""How the files of the selected application are named to a card: by short identifier, or by SELECT (jpki-card.md §1.3).

A short form saves the SELECT before it. One source alone reports that the card takes them, so each card is asked; and
never about a PIN:

- **Reading.** The session reads the label by short identifier first and calls `accept_short_ids` where a known label
  came. A read that is refused later is done once more after SELECT; where SELECT gives what the short form was
  refused, the rest of the session keeps to SELECT.
- **Tries and VERIFY** are about the file that SELECT made current, on every card. A reference in P2 of which a card
  thinks otherwise than its label promises would ask one PIN for its tries and let another pay for the digits, and no
  answer gives that away when the numbers fit. It costs one command more before the PIN and none after it.
- **Signing** sends no PIN: where a short form is refused as such, it is signed once more after SELECT.

What breaks if this is wrong: a PIN goes to a file whose tries nobody asked for.
"""

from __future__ import annotations

from typing import Final

from reader import commands
from reader.apdu import SHORT_LE_LIMIT, CommandApdu, ResponseApdu
from reader.commands import CURRENT_FILE, HIGHEST_SHORT_OFFSET
from reader.errors import CardProtocolError, StatusWordError
from reader.profiles import PinFile
from reader.protocol import SmartCardProtocol
from reader.status import SW
from reader.tlv import LONGEST_HEADER, sequence_length

READ: Final = frozenset({SW.OK, SW.END_OF_FILE})
NOT_BY_SHORT_ID: Final = frozenset(
    {
        SW.WRONG_FILE_TYPE,
        SW.CONDITIONS_NOT_SATISFIED,
        SW.NO_CURRENT_FILE,
        SW.FUNCTION_NOT_SUPPORTED,
        SW.FILE_NOT_FOUND,
        SW.WRONG_P1_P2,
        SW.REFERENCE_NOT_FOUND,
        SW.OFFSET_BEYOND_FILE,
    }
)
"""Answers to a signature that may mean its short identifier: it is looked past, or not known. `6982` is not one of
them: it speaks of the PIN, and only the person can change that."""
MOST_READS: Final = 256
"""Most READ BINARY for one object: a card that gives it in crumbs must not keep a person waiting for minutes."""


class CardFiles:
    """The files of one selected application. What is learned about the card's short forms dies with the object."""

    def __init__(self, protocol: SmartCardProtocol, *, extended: bool = False) -> None:
        """`extended`: one extended READ BINARY may be tried for a long object. Only where the reader carries it."""
        self._protocol = protocol
        self._extended = extended
        self._short_ids = False
        self._current: int | None = None
        """The current EF; None where it is not known."""

    def accept_short_ids(self, ef: int) -> None:
        """The card has shown with `ef`, which is current now, that it knows them: use them from here on."""
        self._short_ids = True
        self._current = ef

    def select(self, ef: int) -> None:
        """Make a file current, unless it is. Raises StatusWordError."""
        if self._current == ef:
            return
        self._current = None
        self._protocol.command(commands.select_file(ef))
        self._current = ef

    def read_by_short_id(self, ef: int, offset: int, length: int) -> ResponseApdu:
        """READ BINARY by short identifier, whatever is answered. `offset` is 0–255. Which file is current is open."""
        self._current = None
        return self._protocol.exchange(commands.read_binary_of(ef, offset, length))

    def read(self, ef: int, offset: int, length: int) -> ResponseApdu:
        """At most `length` (1–256) bytes of a file from `offset`: one command, or up to three where it is refused.

        Raises:
            StatusWordError: The file cannot be selected. Any answer to the reading itself is returned.
        """
        refused = False
        if self._short_ids and (self._current == ef or offset <= HIGHEST_SHORT_OFFSET):
            answer = self._read_on(offset, length) if self._current == ef else self.read_by_short_id(ef, offset, length)
            self._current = ef if answer.sw in READ else None
            if answer.sw in READ or answer.sw == SW.SECURITY_STATUS_NOT_SATISFIED:
                return answer
            refused = True
        self.select(ef)
        answer = self._read_on(offset, length)
        if refused and answer.sw in READ:
            self._short_ids = False
        return answer

    def read_object(self, ef: int, limit: int) -> bytes:
        """The DER object at the start of a file, without what follows it there. Reads no more of it than that.

        Raises:
            StatusWordError: The card said no.
            CardProtocolError: No DER SEQUENCE came, one of more than `limit` bytes, or the file ends before it does.
        """
        content = bytearray()
        total = LONGEST_HEADER
        for _ in range(MOST_READS):
            wanted = min(total - len(content), SHORT_LE_LIMIT) if len(content) >= LONGEST_HEADER else SHORT_LE_LIMIT
            content += self._part(ef, len(content), wanted)
            if len(content) < LONGEST_HEADER:
                continue
            total = sequence_length(bytes(content[:LONGEST_HEADER]), limit)
            if self._extended and total - len(content) > SHORT_LE_LIMIT:
                content += self._rest_at_once(len(content), total - len(content))
            if len(content) >= total:
                return bytes(content[:total])
        raise CardProtocolError(f"{len(content)} of {total} bytes came after {MOST_READS} reads")

    def query(self, pin: PinFile) -> int:
        """The answer (status word) to the question for a PIN's tries; spends none. Its file is current afterwards.

        Raises:
            StatusWordError: The card has no such PIN.
        """
        # Selected anew even where it should be current: after a failed exchange nothing is certain.
        self._current = None
        self.select(pin.ef)
        return self._on_current(commands.query_tries()).sw

    def prepare_verify(self, pin: PinFile) -> None:
        """Send what must come before `verify`: SELECT, or nothing right after `query`. Raises StatusWordError."""
        self.select(pin.ef)

    def verify(self, secret: bytearray) -> int:
        """The answer (status word) to one VERIFY of the file that `prepare_verify` made current."""
        return self._on_current(commands.verify(secret)).sw

    def sign(self, ef: int, signed: bytes) -> bytes:
        """What a key makes of `signed`: one command by short identifier, else SELECT and one.

        Raises:
            StatusWordError: The card said no, `6982` where the PIN was not verified.
        """
        refused = False
        if self._short_ids:
            self._current = None
            answer = self._protocol.exchange(commands.compute_digital_signature(signed, CURRENT_FILE | ef))
            if answer.sw == SW.OK:
                return answer.data
            if answer.sw not in NOT_BY_SHORT_ID:
                raise StatusWordError(answer.sw)
            refused = True
        self.select(ef)
        answer = self._on_current(commands.compute_digital_signature(signed))
        if answer.sw != SW.OK:
            raise StatusWordError(answer.sw)
        self._short_ids = self._short_ids and not refused
        return answer.data

    def _on_current(self, command: CommandApdu) -> ResponseApdu:
        """A command for the current file, which still is when an answer came, and is not known when none did."""
        current, self._current = self._current, None
        answer = self._protocol.exchange(command)
        self._current = current
        return answer

    def _read_on(self, offset: int, length: int) -> ResponseApdu:
        return self._on_current(commands.read_binary(offset, length))

    def _part(self, ef: int, offset: int, wanted: int) -> bytes:
        answer = self.read(ef, offset, wanted)
        if answer.sw == SW.OFFSET_BEYOND_FILE or (answer.sw in READ and not answer.data):
            raise CardProtocolError(f"the certificate ends after {offset} bytes, before its own length")
        if answer.sw not in READ:
            raise StatusWordError(answer.sw)
        return answer.data

    def _rest_at_once(self, offset: int, wanted: int) -> bytes:
        """What one extended READ BINARY gives. Where that is not all of it, or nothing, it is not tried again."""
        answer = self._read_on(offset, wanted)
        given = answer.data if answer.sw in READ else b""
        self._extended = len(given) == wanted
        return given
