"""The software card: selecting and reading (jpki-card.md §1.1–§1.4, §2.4). Literal commands, literal answers."""

from __future__ import annotations

import pytest

from reader.card.applet import SoftwareCard
from reader.card.image import FileRecord
from reader.card.layout import Label
from tests.card_factory import make_card, make_image
from tests.reader.conftest import Send

SELECT_AP = "00A4040C0AD392F000260100000001"


def select(ef: str) -> str:
    return f"00A4020C02{ef}"


def test_the_application_is_selected_by_its_name_or_a_prefix_of_it(send: Send) -> None:
    assert send(SELECT_AP) == "9000"
    assert send("00A4040C05D392F00026") == "9000"
    assert send("00A4040C0BD392F00026010000000100") == "6A82"
    assert send("00A4040C05D392F00027") == "6A82"


def test_an_application_without_a_name_is_none(send: Send) -> None:
    assert send("00A4040C") == "6A82"
    assert send("00A4040000") == "6A82"


def test_selecting_the_application_again_leaves_no_file_current(send: Send) -> None:
    send(SELECT_AP)
    send(select("000A"))
    send(SELECT_AP)
    assert send("00B0000004") == "6986"


def test_a_reset_leaves_neither_application_nor_file_current(card: SoftwareCard, send: Send) -> None:
    for lose in (card.reset, card.power_off, card.power_on):
        send(SELECT_AP)
        send(select("000A"))
        lose()
        assert send("00B0000004") == "6986"
        assert send("00B08A0004") == "6A82"
        assert send(select("000A")) == "6A82"


def test_a_name_that_is_not_here_leaves_the_application_selected(send: Send) -> None:
    send(SELECT_AP)
    assert send("00A4040007A000000003000000") == "6A82"
    assert send(select("000A")) == "9000"


def test_there_is_no_master_file(send: Send) -> None:
    for command in ("00A40000023F00", "00A4000C023F00"):
        assert send(command) == "6A82"


def test_an_empty_select_is_refused_cold_and_changes_nothing_later(send: Send) -> None:
    assert send("00A40000") == "6A86"
    send(SELECT_AP)
    send(select("0018"))
    assert send("00A40000") == "9000"
    assert send("00A4000C") == "6A86"  # only the form above is known
    assert send("00200080") == "63C3"


def test_files_need_the_application(send: Send) -> None:
    assert send(select("000A")) == "6A82"
    send(SELECT_AP)
    assert send(select("000A")) == "9000"
    assert send(select("000C")) == "6A82"
    assert send("00A4020C0100") == "6700"


def test_without_a_current_file_nothing_is_read(send: Send) -> None:
    send(SELECT_AP)
    assert send("00B0000000") == "6986"
    assert send("00200080") == "6986"
    assert send("802A0080013000") == "6986"


def test_the_label_stands_in_front_of_160_bytes_of_token_information(send: Send) -> None:
    send(SELECT_AP)
    send(select("0006"))
    answer = bytes.fromhex(send("00B0000000"))
    assert len(answer) == 160 + 2
    assert answer[:32] == b"JPKIAPICCTOKEN2".ljust(32)
    assert answer[140:144] == b"0301"  # hardware and firmware version


def test_file_0008_says_which_certificates_there_are(send: Send) -> None:
    send(SELECT_AP)
    send(select("0008"))
    assert send("00B0000000") == "8F8F009000"
    child = make_card(with_signing=False)
    child.process(bytes.fromhex(SELECT_AP))
    child.process(bytes.fromhex(select("0008")))
    assert child.process(bytes.fromhex("00B0000000")).hex() == "008f009000"


def test_a_certificate_is_followed_by_filler_to_the_end_of_its_file() -> None:
    card = make_card(filler=300)
    certificate = card.image.auth_certificate
    card.process(bytes.fromhex(SELECT_AP))
    card.process(bytes.fromhex(select("000A")))
    content = b""
    while (answer := card.process(bytes.fromhex(f"00B0{len(content):04X}00")))[-2:] == b"\x90\x00":
        content += answer[:-2]
    assert answer == b"\x6b\x00"
    assert content == certificate + b"\xff" * 300


def test_reading_stops_at_the_end_of_the_file(send: Send) -> None:
    send(SELECT_AP)
    send(select("0008"))
    assert send("00B0000205") == "009000"
    assert send("00B0000301") == "6B00"
    assert send("00B0000000") == "8F8F009000"


def test_offsets_have_15_bits(card: SoftwareCard, send: Send) -> None:
    send(SELECT_AP)
    send(select("000A"))
    assert send("00B0020004") == card.image.auth_certificate[512:516].hex().upper() + "9000"
    assert send("00B07FFF01") == "6B00"


def test_a_short_id_reads_and_makes_the_file_current(card: SoftwareCard, send: Send) -> None:
    send(SELECT_AP)
    start = card.image.auth_certificate[:8].hex().upper()
    assert send("00B08A0004") == start[:8] + "9000"
    assert send("00B08A0404") == start[8:] + "9000"
    assert send("00B0000004") == start[:8] + "9000"
    assert send("00B08C0001") == "6A82"
    assert send("00B0800001") == "6A82"
    assert send("00B0AA0001") == "6A86"


def test_short_ids_end_at_30() -> None:
    card = SoftwareCard(make_image().with_file(0x1E, FileRecord(b"30")).with_file(0x1F, FileRecord(b"31")))
    card.process(bytes.fromhex(SELECT_AP))
    assert card.process(bytes.fromhex("00B09E0002")) == b"30\x90\x00"
    assert card.process(bytes.fromhex("00B09F0002")).hex() == "6a82"


def test_an_extended_read_gives_the_file_in_one_answer(card: SoftwareCard, send: Send) -> None:
    send(SELECT_AP)
    send(select("000A"))
    assert send("00B00000000000").startswith(card.image.auth_certificate.hex().upper())


@pytest.mark.parametrize("command", ["00B00000", "00B000000101", "00B00000010100"])
def test_reading_needs_a_length_and_no_data(send: Send, command: str) -> None:
    send(SELECT_AP)
    send(select("000A"))
    assert send(command) == "6700"


def test_pins_and_keys_cannot_be_read(send: Send) -> None:
    send(SELECT_AP)
    for ef in ("0017", "0018", "001A", "001B"):
        send(select(ef))
        assert send("00B0000000") == "6981"


def test_the_sign_certificate_is_behind_its_password(send: Send) -> None:
    send(SELECT_AP)
    send(select("0001"))
    assert send("00B0000004") == "6982"
    assert send("0020009B06414243313233") == "9000"
    assert send("00B0810004").startswith("3082")


def test_the_pin_of_the_other_key_does_not_open_the_sign_certificate(send: Send) -> None:
    send(SELECT_AP)
    assert send("002000980431323334") == "9000"
    assert send("00B0810004") == "6982"


def test_on_an_android_phone_the_auth_certificate_is_behind_the_pin() -> None:
    card = make_card(label=Label.ANDROID)
    card.process(bytes.fromhex(SELECT_AP))
    assert card.process(bytes.fromhex("00B08A0004")).hex() == "6982"
    card.process(bytes.fromhex("002000980431323334"))
    assert card.process(bytes.fromhex("00B08A0002")).hex() == "30829000"


def test_get_challenge_gives_as_many_bytes_as_asked_for(send: Send) -> None:
    assert len(send("0084000008")) == 2 * (8 + 2)
    assert len(send("0084000000")) == 2 * (256 + 2)
    assert send("00840000000010") == "6985"
    assert send("0084010008") == "6A86"
    assert send("00840000") == "6700"


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("00CADF3005", "6D00"),  # OpenSC probes
        ("00CB3FFF035C017E00", "6D00"),
        ("00C0000010", "6D00"),
        ("80CADF3005", "6D00"),
        ("002A0080013000", "6D00"),  # signing has class 80
        ("80A4040C05D392F00026", "6D00"),
        ("01A4040C05D392F00026", "6881"),
        ("40A4040C05D392F00026", "6881"),
        ("0CA4040C05D392F00026", "6882"),
        ("F0A4040C05D392F00026", "6E00"),
        ("00A4080C023F00", "6A86"),
        ("00A4040405D392F00026", "6A86"),
        ("", "6700"),
        ("00A4", "6700"),
        ("00A4040C0AD3", "6700"),
    ],
)
def test_what_the_card_does_not_know_it_refuses_by_number(send: Send, command: str, answer: str) -> None:
    assert send(command) == answer


def test_there_are_no_records(send: Send) -> None:
    assert send("00B2010400") == "6986"
    send(SELECT_AP)
    assert send("00B2010400") == "6986"
    send(select("000A"))
    assert send("00B2010400") == "6981"
    assert send("00B2010C00") == "6981"  # the short id of 0001, which is transparent too
    assert send("00B2016400") == "6A82"
    assert send("00B2010500") == "6A86"
