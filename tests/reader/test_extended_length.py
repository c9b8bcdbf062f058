"""A long certificate in one extended READ BINARY: only when asked for, only where the reader carries it."""

from __future__ import annotations

import pytest

from reader.card.applet import SoftwareCard
from reader.card.image import FileRecord
from reader.errors import CardProtocolError, CardRemovedError
from reader.jpki import JpkiSession
from tests.card_factory import make_image
from tests.reader.fakes import CardConnection, FaultyConnection, RecordingConnection

CERTIFICATE = b"\x30\x82\x05\x0a" + bytes(range(256)) * 6
CERTIFICATE = CERTIFICATE[:1294]
IN_BLOCKS = ["00B0010000", "00B0020000", "00B0030000", "00B0040000", "00B005000E"]


class Carrying(CardConnection):
    """A reader that says whether it carries extended APDUs, before a card that answers one in a way of its own."""

    def __init__(self, *, extended_length: bool = True, answer: bytes | None = None) -> None:
        super().__init__(SoftwareCard(make_image().with_file(0x000A, FileRecord(CERTIFICATE, filler=100))))
        self.extended_length = extended_length
        self.answer = answer

    def transmit(self, command: bytes | bytearray) -> bytes:
        if self.answer is not None and len(command) == 7 and command[1] == 0xB0:
            return self.answer
        return super().transmit(command)


def read(connection: CardConnection, *, extended: bool = True) -> list[str]:
    record = RecordingConnection(connection)
    assert JpkiSession(record, extended=extended).authentication_certificate() == CERTIFICATE
    return record.sent[2:]


def test_the_rest_of_the_certificate_comes_at_once() -> None:
    assert read(Carrying()) == ["00B08A0000", "00B0010000040E"]


@pytest.mark.parametrize(("asked_for", "carried"), [(False, True), (True, False), (False, False)])
def test_unless_asked_for_and_carried_every_apdu_is_short(asked_for: bool, carried: bool) -> None:
    assert read(Carrying(extended_length=carried), extended=asked_for) == ["00B08A0000", *IN_BLOCKS]


@pytest.mark.parametrize("sw", ["6700", "6985", "6D00", "6F00", "6B00", "9000", "6282"])
def test_a_card_that_does_not_give_it_is_read_in_blocks_and_not_asked_so_again(sw: str) -> None:
    record = RecordingConnection(Carrying(answer=bytes.fromhex(sw)))
    session = JpkiSession(record, extended=True)
    assert session.authentication_certificate() == CERTIFICATE
    asked = [command for command in record.sent if len(command) == 14 and command.startswith("00B0")]
    assert asked == ["00B0010000040E"]
    session.authentication_certificate()
    assert len([command for command in record.sent if len(command) == 14 and command.startswith("00B0")]) == 1


def test_what_comes_short_is_read_on_in_blocks() -> None:
    sent = read(Carrying(answer=CERTIFICATE[256:512] + b"\x90\x00"))
    assert sent == ["00B08A0000", "00B0010000040E", "00B0020000", "00B0030000", "00B0040000", "00B005000E"]


def test_more_than_was_asked_for_makes_no_sense() -> None:
    session = JpkiSession(Carrying(answer=bytes(1039) + b"\x90\x00"), extended=True)
    with pytest.raises(CardProtocolError):
        session.authentication_certificate()


def test_a_card_that_is_torn_off_at_it_is_not_read_on() -> None:
    connection = FaultyConnection(Carrying(), after=(3,))
    with pytest.raises(CardRemovedError):
        JpkiSession(connection, extended=True).authentication_certificate()


def test_what_is_left_of_a_short_object_is_read_short() -> None:
    short = Carrying()
    short.card = SoftwareCard(make_image().with_file(0x000A, FileRecord(CERTIFICATE[:2] + b"\x01\x80" + bytes(0x180))))
    record = RecordingConnection(short)
    assert len(JpkiSession(record, extended=True).authentication_certificate()) == 4 + 0x180
    assert record.sent[-1] == "00B0010084"
