"""The software card: its applications and what is in each, and that a 個人番号 is nowhere (jpki-card.md §1.1–§1.5)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cryptography import x509

from reader.card.applet import SoftwareCard
from reader.card.applications import ISD_AID, NEXT_SURFACE_AID, card_number
from reader.card.image import save_image
from reader.card.variants import Variant
from tests.card_factory import make_card, make_variant, make_variant_image
from tests.reader.conftest import Send

ISD = "A0000001510000"
JPKI = "D392F000260100000001"
COMMON = "D3921000310001010100"
JUKI = "D3921000310001010401"
SURFACE = "D3921000310001010402"
TEXT = "D3921000310001010408"
HERE = "00A40000"
"""Refused when no application but the card's own is current, accepted without any change otherwise."""


def select(aid: str) -> str:
    return f"00A4040C{len(aid) // 2:02X}{aid}"


def says(send: Send) -> str:
    """Which application is current, by what each alone does."""
    if send(HERE) == "6A86":
        return ISD
    for aid, command, answer in (
        (JPKI, "00200098", "63C"),
        (COMMON, "00B2010C01", "019000"),
        (JUKI, "0020009C", "63C"),
        (SURFACE, "00200093", "63C"),
        (TEXT, "00200094", "63C"),
    ):
        if send(command).startswith(answer):
            return aid
    raise AssertionError("an application that nobody knows")


# ── selecting ──


@pytest.mark.parametrize("aid", [ISD, JPKI, COMMON, JUKI, SURFACE, TEXT])
def test_every_application_is_selected_by_its_name(send: Send, aid: str) -> None:
    send(select(TEXT))
    assert send(select(aid)) == "9000"
    assert says(send) == aid


@pytest.mark.parametrize(
    ("prefix", "chosen"),
    [
        ("A0", ISD),
        ("A000000151", ISD),
        ("D392F0", JPKI),
        ("D392F0002601000000", JPKI),
        ("D39210003100010101", COMMON),
    ],
)
def test_a_prefix_of_one_name_is_as_good_as_the_name(send: Send, prefix: str, chosen: str) -> None:
    send(select(JUKI))
    assert send(select(prefix)) == "9000"
    assert says(send) == chosen


@pytest.mark.parametrize(
    ("prefix", "chosen"),
    [("D3", JPKI), ("D392", JPKI), ("D39210", COMMON), ("D392100031000101", COMMON), ("D39210003100010104", JUKI)],
)
def test_a_prefix_of_several_names_means_the_signing_application_then_the_first_in_order(
    send: Send, prefix: str, chosen: str
) -> None:
    """A SELECT that succeeds does not prove the right application (jpki-card.md §1.1)."""
    send(select(TEXT))
    assert send(select(prefix)) == "9000"
    assert says(send) == chosen


@pytest.mark.parametrize("name", [JPKI + "00", ISD + "00", COMMON + "00", "D3921000310001010403", "D4"])
def test_a_longer_or_another_name_is_not_here_and_changes_nothing(send: Send, name: str) -> None:
    send(select(SURFACE))
    assert send(select(name)) == "6A82"
    assert says(send) == SURFACE


def test_after_power_on_and_after_a_warm_reset_the_cards_own_application_is_current(
    card: SoftwareCard, send: Send
) -> None:
    assert says(send) == ISD
    for lose in (card.reset, card.power_off, card.power_on):
        send(select(JPKI))
        assert says(send) == JPKI
        lose()
        assert says(send) == ISD


def test_selecting_the_cards_own_application_is_the_state_after_power_on(send: Send) -> None:
    send(select(JPKI))
    send(select(ISD))
    assert send(HERE) == "6A86"
    assert send("00A4020C02000A") == "6A82"
    assert send("00B0000000") == "6986"


def test_a_pin_verified_in_one_application_stays_verified_when_another_was_selected(send: Send) -> None:
    """Only a loss of power ends it (jpki-card.md §1.7)."""
    send(select(JPKI))
    assert send("002000980431323334") == "9000"
    send(select(TEXT))
    send(select(JPKI))
    assert send("802A0097013000").endswith("9000")


# ── GET DATA ──


def test_get_data_answers_for_the_cards_own_application_only(send: Send) -> None:
    number = card_number("throw-away").hex().upper()
    for cla in ("00", "80"):
        assert send(f"{cla}CA004500") == number + "9000"
        assert send(f"{cla}CA004501") == "6700"
        assert send(f"{cla}CA0045") == "6700"
        assert send(f"{cla}CA00F000") == b"MIHON".hex().upper() + "9000"
        assert send(f"{cla}CA004200") == "6A88"
    send(select(JPKI))
    assert send("00CA004500") == "6A88"


def test_a_tag_that_only_other_cards_have_is_an_unknown_command(send: Send) -> None:
    assert send("00CADF3005") == "6D00"
    assert send("00CB3FFF035C017E00") == "6D00"


# ── 公的個人認証AP ──

CLOSED = ("6982", "6981", "6981", "6981")
FREE = ("9000", "6981", "6981", "6981")
GATED = ("6982", "6981", "6981", "6981")
KEY = ("6981", "6981", "6981", "6982")
ONLY_NAMED = ("6981", "6981", "6981", "6981")
ABSENT = ("6A82", "6A82", "6A82", "6A82")


def counter(tries: str) -> tuple[str, ...]:
    return ("6981", "6981", tries, "6981")


@pytest.mark.parametrize(
    ("ef", "answers"),
    [
        ("01", GATED),
        ("02", FREE),
        ("03", ABSENT),
        ("05", CLOSED),
        ("06", FREE),
        ("08", FREE),
        ("09", CLOSED),
        ("0A", FREE),
        ("0B", FREE),
        ("10", counter("63CA")),
        ("16", ONLY_NAMED),
        ("17", KEY),
        ("18", counter("63C3")),
        ("1A", KEY),
        ("1B", counter("63C5")),
        ("1E", ABSENT),
    ],
)
def test_every_file_of_the_jpki_application_by_its_short_id_and_by_select(
    send: Send, ef: str, answers: tuple[str, ...]
) -> None:
    """READ BINARY, READ RECORD, the counter, a signature: one row of jpki-card.md §1.2 each."""
    send(select(JPKI))
    number = int(ef, 16)
    by_short_id = (
        f"00B0{0x80 + number:02X}0001",
        f"00B201{number << 3 | 4:02X}01",
        f"002000{0x80 + number:02X}",
        f"802A00{0x80 + number:02X}013000",
    )
    assert tuple(send(command)[-4:] for command in by_short_id) == answers
    selected = send(f"00A4020C0200{ef}")
    assert selected == ("6A82" if answers == ABSENT else "9000")
    if selected == "9000":
        current = ("00B0000001", "00B2010401", "00200080", "802A0080013000")
        assert tuple(send(command)[-4:] for command in current) == answers


def test_the_unknown_key_reference_counts_tries_and_matches_nothing(send: Send) -> None:
    send(select(JPKI))
    assert send("002000900431323334") == "63C9"
    assert send("00200090") == "63C9"


@pytest.mark.parametrize("p1p2", ["0000", "00AE", "8000", "00B6"])
def test_the_terminals_certificate_is_refused_as_it_was_when_somebody_tried(send: Send, p1p2: str) -> None:
    """The details of this command are not public (jpki-card.md §1.9)."""
    send(select(JPKI))
    assert send(f"80A2{p1p2}000133{'00' * 307}") == "6A86"
    assert send(f"80A2{p1p2}0100") == "6A86"
    assert send(f"80AE{p1p2}000100{'00' * 256}") == "6A86"


# ── the others ──


def test_the_common_application_gives_one_record_with_an_invented_number(send: Send) -> None:
    send(select(COMMON))
    record = bytes.fromhex(send("00B2010C00"))
    assert record[-2:] == b"\x90\x00"
    assert record[:2] == bytes((0x01, 28))
    assert len(record) == 2 + 28 + 2
    assert record[2:17] == card_number("throw-away")
    assert send("00A4020C020001") == "9000"
    assert bytes.fromhex(send("00B2010400")) == record
    assert bytes.fromhex(send("00B2010405")) == record[:5] + b"\x90\x00"
    assert send("00B2020C00") == "6A83"
    assert send("00B2000C00") == "6A83"
    assert send("00B2010C") == "6700"
    assert send("00B0810000") == "6981"


def test_a_card_number_is_its_own_and_has_no_digit() -> None:
    numbers = [card_number(persona) for persona in ("taro", "hanako", "throw-away")]
    assert len(set(numbers)) == 3
    for number in numbers:
        assert re.fullmatch(rb"MADOGUCHI[A-Z]{6}", number)


@pytest.mark.parametrize(("aid", "last"), [(SURFACE, 6), (TEXT, 8)])
def test_what_is_printed_on_the_card_is_behind_pins_that_nobody_set(send: Send, aid: str, last: int) -> None:
    send(select(aid))
    for ef in range(1, last + 1):
        assert send(f"00B0{0x80 + ef:02X}0000") == "6982"
        assert send(f"00A4020C02{ef:04X}") == "9000"
        assert send("00B0000000") == "6982"
    assert send(f"00A4020C02{last + 1:04X}") == "6A82"


@pytest.mark.parametrize(
    ("aid", "ef", "tries", "guesses"),
    [
        (SURFACE, 0x11, 10, (b"510428",)),
        (SURFACE, 0x12, 10, (b"0" * 14,)),
        (SURFACE, 0x13, 10, (b"0" * 12,)),
        (TEXT, 0x11, 3, (b"1234", b"0000")),
        (TEXT, 0x14, 10, (b"0" * 12,)),
        (TEXT, 0x15, 10, (b"0" * 14,)),
        (COMMON, 0x1C, 3, (b"1234",)),
        (JUKI, 0x1C, 3, (b"1234",)),
    ],
)
def test_pins_of_the_other_applications_count_and_match_nothing(
    aid: str, ef: int, tries: int, guesses: tuple[bytes, ...]
) -> None:
    saved: list[int] = []
    card = make_card(save=lambda image: saved.append(image.applications[bytes.fromhex(aid)].pins[ef].tries_left))

    def send(command: str) -> str:
        return card.process(bytes.fromhex(command)).hex().upper()

    send(select(aid))
    query = f"002000{0x80 + ef:02X}"
    assert send(query) == f"63C{tries:X}"
    for spent, guess in enumerate(guesses, 1):
        assert send(f"{query}{len(guess):02X}{guess.hex()}") == f"63C{tries - spent:X}"
    assert saved == [tries - spent for spent in range(1, len(guesses) + 1)]
    assert SoftwareCard(card.image).image.applications[bytes.fromhex(aid)].pins[ef].tries_left == saved[-1]


# ── 個人番号 ──

DIGITS = re.compile(rb"[0-9]{12,}")


def everything_read(card: SoftwareCard) -> list[bytes]:
    """All that a card gives to anybody who knows its PIN and password, over every file and object."""
    answers = [card.process(bytes((0x80, 0xCA, *tag.to_bytes(2, "big"), 0))) for tag in range(0x10000)]
    for aid in card.image.applications:
        card.process(bytes((0x00, 0xA4, 0x04, 0x0C, len(aid))) + aid)
        for pin, reference in ((b"1234", 0x98), (b"ABC123", 0x9B), (b"1234", 0x94)):
            card.process(bytes((0x00, 0x20, 0x00, reference, len(pin))) + pin)
        for ef in range(0x20):
            card.process(bytes((0x00, 0xA4, 0x02, 0x0C, 2, 0, ef)))
            answers.append(card.process(bytes.fromhex("00B00000000000")))
            answers += [card.process(bytes((0x00, 0xB2, number, 0x04, 0))) for number in range(4)]
    return [answer[:-2] for answer in answers if answer[-2:] == b"\x90\x00"]


def lives(image_files: list[bytes]) -> set[bytes]:
    """The begin and end of every certificate as it is written there: YYMMDDhhmmss, twelve digits by their nature."""
    certificates = [x509.load_der_x509_certificate(content) for content in image_files]
    moments = [moment for one in certificates for moment in (one.not_valid_before_utc, one.not_valid_after_utc)]
    return {moment.strftime("%y%m%d%H%M%S").encode() for moment in moments}


@pytest.mark.parametrize("variant", [variant for variant in Variant if variant is not Variant.MUTE])
def test_no_application_gives_or_holds_twelve_digits_in_a_row(variant: Variant) -> None:
    card = make_variant(variant)
    certificates = [record.content for record in card.image.files.values() if record.content[:1] == b"\x30"]
    held = [
        content
        for application in card.image.applications.values()
        for content in (
            *(record.content for record in application.files.values()),
            *(record for records in application.records.values() for record in records),
            *(pin.value for pin in application.pins.values()),
        )
    ]
    read = everything_read(card)
    assert read or variant is Variant.NOT_MYNA
    for content in (*held, *card.image.objects.values(), *read):
        assert set(DIGITS.findall(content)) <= lives(certificates)


@pytest.mark.parametrize("variant", Variant)
def test_no_image_file_holds_twelve_digits_in_a_row(variant: Variant, tmp_path: Path) -> None:
    save_image(make_variant_image(variant), tmp_path / "card.json")
    assert DIGITS.findall((tmp_path / "card.json").read_bytes()) == []


def test_the_next_generation_has_two_applications() -> None:
    """次期個人番号カード: four become two (jpki-card.md §1.9); the second one's name is invented."""
    image = make_variant_image(Variant.NEXT_GENERATION)
    assert set(image.applications) == {image.aid, ISD_AID, NEXT_SURFACE_AID}
    assert image.aid == bytes.fromhex(JPKI)
