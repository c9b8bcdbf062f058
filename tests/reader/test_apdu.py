"""Commands and answers as bytes: the seven forms of ISO/IEC 7816-3, 12.1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader.apdu import CommandApdu, MalformedApduError, ResponseApdu

BYTE = st.integers(0, 255)
SHORT = st.builds(
    CommandApdu, BYTE, BYTE, BYTE, BYTE, st.binary(max_size=255), st.none() | st.integers(1, 256), st.just(False)
)
EXTENDED = st.builds(
    CommandApdu, BYTE, BYTE, BYTE, BYTE, st.binary(max_size=600), st.none() | st.integers(1, 65_536), st.just(True)
).filter(lambda command: bool(command.data) or command.le is not None)


@pytest.mark.parametrize(
    ("raw", "data", "le", "extended"),
    [
        ("00200080", "", None, False),
        ("00B0000000", "", 256, False),
        ("00B0000020", "", 32, False),
        ("00A4020C020018", "0018", None, False),
        ("802A0080020102FF", "0102", 255, False),
        ("00B00000000000", "", 65_536, True),
        ("00B000000007D0", "", 2000, True),
        ("00A4020C0000020018", "0018", None, True),
        ("00A4020C00000200180100", "0018", 256, True),
    ],
)
def test_every_form_is_read_and_written_back(raw: str, data: str, le: int | None, extended: bool) -> None:
    command = CommandApdu.parse(bytes.fromhex(raw))
    assert (bytes(command.data).hex().upper(), command.le, command.extended) == (data, le, extended)
    assert command.to_bytes().hex().upper() == raw


@given(SHORT | EXTENDED)
def test_what_is_written_is_read_back(command: CommandApdu) -> None:
    assert CommandApdu.parse(command.to_bytes()) == command


@pytest.mark.parametrize("raw", ["", "00A404", "00A40400021", "0020008005313233", "00B000000000", "00A404000000"])
def test_lengths_that_do_not_agree_are_refused(raw: str) -> None:
    with pytest.raises(MalformedApduError):
        CommandApdu.parse(bytes.fromhex(raw.ljust(len(raw) + len(raw) % 2, "0")))


@pytest.mark.parametrize(
    "command",
    [
        CommandApdu(0x100, 0, 0, 0),
        CommandApdu(0, 0, 0, 0, bytes(256)),
        CommandApdu(0, 0, 0, 0, le=0),
        CommandApdu(0, 0, 0, 0, le=257),
        CommandApdu(0, 0, 0, 0, bytes(65_536), extended=True),
    ],
)
def test_what_does_not_fit_is_not_written(command: CommandApdu) -> None:
    with pytest.raises(MalformedApduError):
        command.to_bytes()


def test_neither_a_command_nor_an_answer_shows_its_data() -> None:
    assert "1234" not in repr(CommandApdu(0, 0x20, 0, 0x80, b"1234"))
    assert "secret" not in repr(ResponseApdu(b"secret", 0x9000))


def test_an_answer_needs_a_status_word() -> None:
    assert ResponseApdu.parse(bytes.fromhex("01029000")) == ResponseApdu(b"\x01\x02", 0x9000)
    with pytest.raises(MalformedApduError):
        ResponseApdu.parse(b"\x90")
