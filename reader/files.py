"""How the files of the selected application are named to a card: by short identifier, or by SELECT (jpki-card.md §1.3).

A short form saves the SELECT before it. One source alone reports that the card takes them, so each card is asked; but
never with a PIN:

- **Reading.** The session reads the label by short identifier first and calls `accept_short_ids` where a known label
  came. A read that is refused later is done once more after SELECT; where SELECT gives what the short form was
  refused, the rest of the session keeps to SELECT.
- **Tries.** An empty VERIFY by short identifier spends nothing. Its answer counts only if it is `63Cx` with at least
  one try and no more than the PIN has, and only if no PIN file can be current: a card that does not look at the
  identifier would then ask its current file, which is no PIN, and refuse. Everything else (a refusal, no tries, more
  tries than this PIN has: another PIN's counter) is decided by SELECT and a second question, and where the two
  differ, the card's short forms are not used again.
- **VERIFY** carries the reference (P2) under which the tries were told, so it is no trial: whatever PIN the card means
  by that reference, the tries that were checked are those of that PIN. It is sent once, in one form, whatever comes.
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
from reader.status import RETRY_COUNTER, SW, attempts_left
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
        self._pin_may_be_current = False
        """Whether a PIN file was named since a SELECT, or a plain read, last showed that another file is current."""
        self._proven: set[int] = set()
        """PIN files whose tries were told by short identifier while no PIN file could be current."""
        self._references: dict[int, int] = {}
        """P2 under which the tries of a PIN file were told last."""

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
        self._pin_may_be_current = False

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
        """The answer (status word) to the question for a PIN's tries; spends none. See the head of this module.

        Raises:
            StatusWordError: The card has no such PIN.
        """
        by_short_id: int | None = None
        if self._short_ids and (pin.ef in self._proven or not self._pin_may_be_current):
            reference = CURRENT_FILE | pin.ef
            self._pin_may_be_current, self._current = True, None
            by_short_id = self._protocol.exchange(commands.query_tries(reference)).sw
            if by_short_id & 0xFFF0 == RETRY_COUNTER and 1 <= by_short_id & 0x000F <= pin.tries:
                self._proven.add(pin.ef)
                self._references[pin.ef] = reference
                return by_short_id
        # Selected anew even where it should be current: after a failed exchange nothing is certain.
        self._current = None
        self._select_pin(pin)
        sw = self._on_current(commands.query_tries()).sw
        self._references[pin.ef] = CURRENT_FILE
        if by_short_id not in (None, sw):
            self._short_ids = False
        return sw

    def prepare_verify(self, pin: PinFile) -> None:
        """Send what must come before `verify`: a SELECT, or nothing. Raises StatusWordError; no PIN is involved."""
        if self._references[pin.ef] == CURRENT_FILE:
            self._select_pin(pin)

    def verify(self, pin: PinFile, secret: bytearray) -> int:
        """The answer to one VERIFY, under the reference of the last `query` of this PIN, after `prepare_verify`."""
        reference = self._references[pin.ef]
        if reference == CURRENT_FILE:
            return self._on_current(commands.verify(secret)).sw
        self._pin_may_be_current, self._current = True, None
        sw = self._protocol.exchange(commands.verify(secret, reference)).sw
        if sw != SW.OK and attempts_left(sw) is None:
            # It told the tries and does not take the PIN: no more short forms on this card, and nothing sent again.
            self._short_ids = False
            self._proven.discard(pin.ef)
        return sw

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

    def _select_pin(self, pin: PinFile) -> None:
        self._pin_may_be_current = True
        self.select(pin.ef)
        self._pin_may_be_current = True

    def _on_current(self, command: CommandApdu) -> ResponseApdu:
        """A command for the current file, which still is when an answer came, and is not known when none did."""
        current, self._current = self._current, None
        answer = self._protocol.exchange(command)
        self._current = current
        return answer

    def _read_on(self, offset: int, length: int) -> ResponseApdu:
        """READ BINARY of the current file. Whatever gives bytes to it is no PIN."""
        answer = self._on_current(commands.read_binary(offset, length))
        if answer.sw in READ and answer.data:
            self._pin_may_be_current = False
        return answer

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
