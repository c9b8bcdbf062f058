"""What one visit says to a card, command for command (design.md §2: everything before the PIN that can be)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from reader.card import layout
from reader.card.applet import SoftwareCard
from reader.card.image import CardImage, FileRecord
from reader.card.variants import Variant
from reader.connection import SmartCardConnection
from reader.jpki import JpkiSession
from reader.pin import PinHandle
from reader.trace import CountedConnection
from tests.card_factory import make_image, make_variant_image
from tests.reader.fakes import CardConnection, RecordingConnection, pin
from tests.reader.short_id_manners import Refuses

MESSAGE = b"MADOGUCHI TEST"
DIGEST_INFO = "3031300D060960864801650304020105000420" + hashlib.sha256(MESSAGE).hexdigest().upper()
LENGTH = 1_294
"""Bytes of a JPKI certificate, as measured peers read it."""
FLOOR, FLOOR_BYTES = 13, 1_712
"""Of a visit with short APDUs, tries asked for, without the label: what the best of the peers could do."""
LABEL, LABEL_BYTES = 2, 48
"""SELECT and READ BINARY of the label."""


def certificate(length: int = LENGTH) -> bytes:
    return b"\x30\x82" + (length - 4).to_bytes(2, "big") + bytes(length - 4)


def with_certificate(image: CardImage, ef: int, read_pin: int | None = None) -> CardImage:
    return image.with_file(ef, FileRecord(certificate(), filler=100, read_pin=read_pin))


def visit(connection: SmartCardConnection) -> tuple[list[str], CountedConnection]:
    """A visit in the order of the kind of card: its certificate before the PIN where that can be."""
    record = RecordingConnection(connection)
    count = CountedConnection(record)
    session = JpkiSession(count)
    profile = session.profile
    if not profile.certificate_needs_pin:
        session.authentication_certificate()
    session.attempts_left(profile.authentication_pin)
    session.verify(profile.authentication_pin, PinHandle(pin()))
    if profile.certificate_needs_pin:
        session.authentication_certificate()
    session.sign_message(MESSAGE)
    return record.sent, count


READ_ON = ["00B0010000", "00B0020000", "00B0030000", "00B0040000", "00B005000E"]


def test_a_card_that_takes_short_identifiers_hears_these_commands_and_no_other() -> None:
    sent, count = visit(CardConnection(SoftwareCard(with_certificate(make_image(), 0x000A))))
    assert sent == [
        "00A4040C0AD392F000260100000001",  # SELECT the application
        "00B0860020",  # label, by short identifier: its answer shows that the card takes these
        "00B08A0000",  # certificate: its length is in the first block, and it is the current file from here on
        *READ_ON,
        "00A4020C020018",  # the PIN file is selected on every card: what is asked for its tries is what pays for digits
        "00200080",  # tries left
        "002000800431323334",  # the PIN: two commands from here
        f"802A009733{DIGEST_INFO}00",
    ]
    assert (count.total, count.after_pin, count.total_bytes) == (12, 2, 1_733)
    assert count.total <= FLOOR
    assert count.total_bytes <= FLOOR_BYTES + LABEL_BYTES


@pytest.mark.parametrize("sw", ["6A82", "6A86", "6A81", "6981", "6986", "6B00", "6D00", "6700", "6F00"])
def test_a_card_that_refuses_them_hears_the_same_after_select(sw: str) -> None:
    sent, count = visit(Refuses(SoftwareCard(with_certificate(make_image(), 0x000A)), sw))
    assert sent == [
        "00A4040C0AD392F000260100000001",
        "00B0860020",  # refused: the one command that such a card costs
        "00A4020C020006",
        "00B0000020",
        "00A4020C02000A",
        "00B0000000",
        *READ_ON,
        "00A4020C020018",
        "00200080",
        "002000800431323334",  # the PIN: three commands from here
        "00A4020C020017",
        f"802A008033{DIGEST_INFO}00",
    ]
    refused = len("00B0860020") // 2 + 2
    assert (count.total, count.after_pin) == (FLOOR + LABEL + 1, 3)
    assert count.total_bytes == FLOOR_BYTES + LABEL_BYTES + refused == 1_767


@pytest.mark.parametrize(("short_ids", "numbers"), [(True, (12, 8, 1_733)), (False, (16, 10, 1_767))])
def test_an_android_phone_gives_the_certificate_after_the_pin_and_hears_no_more_in_all(
    short_ids: bool, numbers: tuple[int, int, int]
) -> None:
    card = SoftwareCard(with_certificate(make_variant_image(Variant.ANDROID), 0x000A, read_pin=0x0018))
    sent, count = visit(CardConnection(card) if short_ids else Refuses(card))
    assert (count.total, count.after_pin, count.total_bytes) == numbers
    assert sent.index("00B005000E") > sent.index("002000800431323334")


@pytest.mark.parametrize(("short_ids", "numbers"), [(True, (12, 2, 1_570)), (False, (16, 3, 1_604))])
def test_a_card_of_the_next_generation_hears_the_same_commands_about_other_files(
    short_ids: bool, numbers: tuple[int, int, int]
) -> None:
    place = layout.NEXT_GENERATION
    card = SoftwareCard(with_certificate(make_variant_image(Variant.NEXT_GENERATION), place.auth.certificate))
    sent, count = visit(CardConnection(card) if short_ids else Refuses(card))
    assert (count.total, count.after_pin, count.total_bytes) == numbers
    digest = hashlib.sha384(MESSAGE).hexdigest().upper()
    if short_ids:
        assert sent[-4:] == ["00A4020C020014", "00200080", "002000800431323334", f"802A009330{digest}00"]
    else:
        assert sent[-3:] == ["002000800431323334", "00A4020C020013", f"802A008030{digest}00"]


@pytest.mark.parametrize(
    ("short_ids", "sign"), [(True, f"802A009733{DIGEST_INFO}00"), (False, f"802A008033{DIGEST_INFO}00")]
)
def test_a_second_signature_needs_the_sign_command_only(short_ids: bool, sign: str) -> None:
    card = SoftwareCard(make_image())
    record = RecordingConnection(CardConnection(card) if short_ids else Refuses(card))
    session = JpkiSession(record)
    session.attempts_left(session.profile.authentication_pin)
    session.verify(session.profile.authentication_pin, PinHandle(pin()))
    session.sign_message(MESSAGE)
    before = len(record.sent)
    session.sign_message(MESSAGE)
    assert record.sent[before:] == [sign]


@pytest.mark.parametrize("connection", [CardConnection, Refuses], ids=["takes short ids", "refuses them"])
def test_the_pin_file_is_selected_again_when_something_else_was_read_in_between(
    connection: Callable[[SoftwareCard], SmartCardConnection],
) -> None:
    record = RecordingConnection(connection(SoftwareCard(make_image())))
    session = JpkiSession(record)
    session.attempts_left(session.profile.authentication_pin)
    session.authentication_certificate()
    before = len(record.sent)
    session.verify(session.profile.authentication_pin, PinHandle(pin()))
    assert record.sent[before:] == ["00A4020C020018", "002000800431323334"]
