"""What is true of every card that speaks ISO/IEC 7816-4: `61xx` chaining, `6Cxx`, answers that make no sense.

Rule: a command is never sent twice, but where the card said `6Cxx` to one that asked for data. A VERIFY asks for none,
so no PIN try is ever spent twice. Every command buffer is wiped after it was sent, because some hold a PIN.
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


class SmartCardProtocol:
    """Commands and answers over one connection."""

    def __init__(self, connection: SmartCardConnection) -> None:
        self._connection = connection

    def exchange(self, command: CommandApdu) -> ResponseApdu:
        """Send a command and put its whole answer together; any status word is an answer.

        Raises:
            TransportError: Nobody answered.
            CardProtocolError: The answer is no APDU, or its chain has no end.
        """
        answer = self._transmit(command)
        if answer.sw & 0xFF00 == WRONG_LE and command.le is not None:
            answer = self._transmit(replace(command, le=answer.sw & 0xFF or SHORT_LE_LIMIT))
        if answer.sw & 0xFF00 != MORE_DATA:
            return answer
        parts = [answer.data]
        for _ in range(LONGEST_CHAIN):
            answer = self._transmit(commands.get_response(answer.sw & 0xFF or SHORT_LE_LIMIT))
            parts.append(answer.data)
            if answer.sw & 0xFF00 != MORE_DATA:
                return ResponseApdu(b"".join(parts), answer.sw)
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
