"""What one visit says to a card, command for command (design.md §2: everything before the PIN that can be)."""

from __future__ import annotations

import hashlib

from reader.card.applet import SoftwareCard
from reader.card.image import FileRecord
from reader.jpki import AUTHENTICATION_PIN, JpkiSession
from reader.pin import PinHandle
from reader.trace import CountedConnection
from tests.card_factory import make_image
from tests.reader.fakes import CardConnection, RecordingConnection, pin

MESSAGE = b"MADOGUCHI TEST"
DIGEST_INFO = "3031300D060960864801650304020105000420" + hashlib.sha256(MESSAGE).hexdigest().upper()
LENGTH = 1_294
"""Bytes of a JPKI certificate, as measured peers read it."""


def visit(connection: CountedConnection) -> None:
    session = JpkiSession(connection)
    session.kind()
    session.authentication_certificate()
    session.attempts_left(AUTHENTICATION_PIN)
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    session.sign_message(MESSAGE)


def test_a_whole_visit_is_these_commands_and_no_other() -> None:
    certificate = b"\x30\x82" + (LENGTH - 4).to_bytes(2, "big") + bytes(LENGTH - 4)
    card = SoftwareCard(make_image().with_file(0x000A, FileRecord(certificate, filler=100)))
    record = RecordingConnection(CardConnection(card))
    count = CountedConnection(record)
    visit(count)
    assert record.sent == [
        "00A4040C0AD392F000260100000001",  # SELECT the application
        "00A4020C020006",  # label
        "00B0000020",
        "00A4020C02000A",  # certificate: its length is in the first block
        "00B0000000",
        "00B0010000",
        "00B0020000",
        "00B0030000",
        "00B0040000",
        "00B005000E",
        "00A4020C020018",  # tries left
        "00200080",
        "002000800431323334",  # the PIN: three commands from here
        "00A4020C020017",
        f"802A008033{DIGEST_INFO}00",
    ]
    # 1 712 bytes and 13 commands without the label, which costs two commands and 48 bytes.
    assert (count.total, count.after_pin, count.total_bytes) == (13 + 2, 3, 1_712 + 48)


def test_a_second_signature_needs_the_sign_command_only() -> None:
    record = RecordingConnection(CardConnection(SoftwareCard(make_image())))
    session = JpkiSession(record)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    session.sign_message(MESSAGE)
    before = len(record.sent)
    session.sign_message(MESSAGE)
    assert record.sent[before:] == [f"802A008033{DIGEST_INFO}00"]


def test_when_something_else_was_read_in_between_the_pin_file_is_selected_first() -> None:
    record = RecordingConnection(CardConnection(SoftwareCard(make_image())))
    session = JpkiSession(record)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    session.authentication_certificate()
    before = len(record.sent)
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert record.sent[before:] == ["00A4020C020018", "002000800431323334"]
