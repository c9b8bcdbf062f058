"""What is true of every card that speaks ISO/IEC 7816-4: `61xx` chaining, `6Cxx`, answers that make no sense.

Rule: a command is never sent twice, but where the card said `6Cxx` to one that asked for data. VERIFY and CHANGE ask
for none, and nothing at all is sent because of what they were answered: no PIN try is ever spent twice. Every command
buffer is wiped after it was sent, because some hold a PIN.
What breaks if this is wrong: a try that nobody spent is gone, or a card that talks without end stops the counter.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from reader import commands
from reader.apdu import SHORT_LE_LIMIT, CommandApdu, MalformedApduError, ResponseApdu
from reader.connection import SmartCardConnection
from reader.errors import CardProtocolError, StatusWordError
from reader.pin import wipe
from reader.status import MORE_DATA, SW, WRONG_LE

LONGEST_CHAIN: Final = 256
"""Most GET RESPONSE rounds for one command (64 KiB): a card that goes on longer is broken."""
SECRET_BEARING: Final = frozenset({commands.INS_VERIFY, commands.INS_CHANGE_REFERENCE_DATA})
"""Instructions whose first answer is the answer, whatever it announces."""


class SmartCardProtocol:
    """Commands and answers over one connection."""

    def __init__(self, connection: SmartCardConnection) -> None:
        self._connection = connection

    def exchange(self, command: CommandApdu) -> ResponseApdu:
        """Send a command and put its whole answer together; any status word is an answer.

        Raises:
            TransportError: Nobody answered.
            CardProtocolError: The answer is no APDU, is longer than what was asked for, or its chain has no end.
        """
        answer, asked = self._ask(command)
        if answer.sw & 0xFF00 != MORE_DATA or command.ins in SECRET_BEARING:
            return answer
        whole = answer.data
        for _ in range(LONGEST_CHAIN):
            answer, _asked = self._ask(commands.get_response(answer.sw & 0xFF or SHORT_LE_LIMIT))
            whole = _within(whole + answer.data, asked)
            if answer.sw & 0xFF00 != MORE_DATA:
                return ResponseApdu(whole, answer.sw)
        raise CardProtocolError("the card announces more data without end")

    def command(self, command: CommandApdu) -> bytes:
        """Send a command that must succeed; the answer's data.

        Raises:
            StatusWordError: The card said no.
            TransportError, CardProtocolError: As `exchange`.
        """
        answer = self.exchange(command)
        if answer.sw != SW.OK:
            raise StatusWordError(answer.sw)
        return answer.data

    def _ask(self, command: CommandApdu) -> tuple[ResponseApdu, int | None]:
        """The answer to one command, and how many bytes it was asked for: other than in `command` after `6Cxx`."""
        answer = self._transmit(command)
        if answer.sw & 0xFF00 == WRONG_LE and command.le is not None:
            command = replace(command, le=answer.sw & 0xFF or SHORT_LE_LIMIT)
            answer = self._transmit(command)
        _within(answer.data, command.le)
        return answer, command.le

    def _transmit(self, command: CommandApdu) -> ResponseApdu:
        raw = command.to_bytearray()
        try:
            answer = self._connection.transmit(raw)
        finally:
            wipe(raw)
        try:
            return ResponseApdu.parse(answer)
        except MalformedApduError as error:
            raise CardProtocolError("the card answered less than a status word") from error


def _within(data: bytes, asked: int | None) -> bytes:
    """`data`, unless it is more than was asked for. Data where none was asked for is harmless: nobody looks at it."""
    if asked is not None and len(data) > asked:
        raise CardProtocolError(f"{len(data)} bytes came where {asked} were asked for")
    return data
