"""Status words, commands and DER headers as literal bytes (facts: jpki-card.md §1.2–§1.4, §2.4)."""

from __future__ import annotations

from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from reader import commands
from reader.apdu import CommandApdu
from reader.errors import CardProtocolError
from reader.status import attempts_left, name_of
from reader.tlv import ecdsa_sig_value, sequence_length


@pytest.mark.parametrize(
    ("sw", "left"),
    [
        (0x63C0, 0),
        (0x63C1, 1),
        (0x63C3, 3),
        (0x63CF, 15),
        (0x6983, 0),
        (0x6984, 0),
        (0x9000, None),
        (0x6300, None),
        (0x6700, None),
        (0x6982, None),
        (0x6985, None),
        (0x6A82, None),
    ],
)
def test_only_a_counter_or_a_locked_pin_says_how_many_tries_are_left(sw: int, left: int | None) -> None:
    assert attempts_left(sw) == left


@given(st.integers(0, 0xFFFF))
def test_every_other_status_word_says_nothing_of_tries(sw: int) -> None:
    if sw not in (0x6983, 0x6984) and not 0x63C0 <= sw <= 0x63CF:
        assert attempts_left(sw) is None


def test_status_words_have_names_for_a_trace() -> None:
    assert name_of(0x9000) == "ok"
    assert name_of(0x63C2) == "tries left 2"
    assert name_of(0x6982) == "security status not satisfied"
    assert name_of(0x6110) == "more data"
    assert name_of(0x6C20) == "wrong le"
    assert name_of(0x1234) == ""


@pytest.mark.parametrize(
    ("command", "raw"),
    [
        (
            commands.select_application(bytes.fromhex("D392F000260100000001")),
            "00A4040C0AD392F000260100000001",
        ),
        (commands.select_file(0x0018), "00A4020C020018"),
        (commands.read_binary(0), "00B0000000"),
        (commands.read_binary(0x0500, 0x0E), "00B005000E"),
        (commands.read_binary(0x0100, 0x0101), "00B00100000101"),
        (commands.read_binary_of(0x0A, 0), "00B08A0000"),
        (commands.query_tries(), "00200080"),
        (commands.verify(bytearray(b"1234")), "002000800431323334"),
        (commands.change_reference_data(bytearray(b"9999")), "002401800439393939"),
        (commands.compute_digital_signature(b"\x30\x31"), "802A008002303100"),
        (commands.compute_digital_signature(b"\x30", commands.CURRENT_FILE | 0x17), "802A0097013000"),
        (commands.get_response(16), "00C0000010"),
    ],
)
def test_commands_are_these_bytes(command: CommandApdu, raw: str) -> None:
    assert command.to_bytes().hex().upper() == raw


def test_an_offset_of_more_than_15_bits_cannot_be_asked_for() -> None:
    assert commands.read_binary(0x7FFF, 1).to_bytes().hex().upper() == "00B07FFF01"
    with pytest.raises(ValueError, match="32767"):
        commands.read_binary(0x8000)
    with pytest.raises(ValueError, match="255"):
        commands.read_binary_of(0x0A, 256)


@pytest.mark.parametrize(
    ("start", "length"),
    [("3003020105", 5), ("307F", 129), ("308180", 131), ("3082050A", 1294), ("30820100", 260)],
)
def test_a_der_header_tells_the_whole_length(start: str, length: int) -> None:
    assert sequence_length(bytes.fromhex(start), 8192) == length


@pytest.mark.parametrize(
    "start",
    [
        "",
        "30",
        "3182050A",  # another tag
        "3080",  # indefinite length is BER
        "30817F",  # not the shortest form
        "308200FF",
        "3082 05",  # cut off
        "30830100 00",  # more than a card holds
        "3083000200",  # three bytes where two would do
        "30827FFF",  # above the limit
        "FFFFFFFF",
    ],
)
def test_what_is_no_certificate_is_refused(start: str) -> None:
    with pytest.raises(CardProtocolError):
        sequence_length(bytes.fromhex(start), 8192)


@given(st.binary(max_size=8))
def test_any_bytes_give_a_length_within_the_limit_or_a_refusal(start: bytes) -> None:
    with suppress(CardProtocolError):
        assert 2 <= sequence_length(start, 8192) <= 8192


@pytest.mark.parametrize(
    ("pair", "der"),
    [
        ("0101", "3006020101020101"),
        ("7F80", "300702017F02020080"),  # a first bit that is set would be a sign
        ("00010080", "300702010102020080"),  # no leading zeros but that one
        ("FF" * 96, "3066" + ("0231" + "00" + "FF" * 48) * 2),
        ("80" + "00" * 59 + "80" + "00" * 59, "307E" + ("023D" + "00" + "80" + "00" * 59) * 2),
        ("80" + "00" * 60 + "80" + "00" * 60, "308180" + ("023E" + "00" + "80" + "00" * 60) * 2),
    ],
)
def test_two_numbers_of_a_card_become_a_der_signature(pair: str, der: str) -> None:
    assert ecdsa_sig_value(bytes.fromhex(pair)).hex().upper() == der


@given(st.integers(1, 2**384 - 1), st.integers(1, 2**384 - 1))
def test_a_der_signature_is_what_another_library_writes_and_reads(r: int, s: int) -> None:
    der = ecdsa_sig_value(r.to_bytes(48, "big") + s.to_bytes(48, "big"))
    assert der == encode_dss_signature(r, s)
    assert decode_dss_signature(der) == (r, s)


@pytest.mark.parametrize("pair", ["", "01", "0001", "0100", "0000", "010101"])
def test_what_cannot_be_a_signature_is_refused(pair: str) -> None:
    with pytest.raises(CardProtocolError):
        ecdsa_sig_value(bytes.fromhex(pair))
