"""Masks: what holds no secret is shown, what may hold one is not, and what is not known is not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader.masking import AnswerMask, shown_command

APPLICATION = "00A4040C0AD392F000260100000001"
TOKEN_INFO = "00A4020C020006"
CERTIFICATE = "00A4020C02000A"
PRESENCE = "00A4020C020008"


def shown(*said: tuple[str, str]) -> list[str]:
    """The data shown of each answer (with status word), for commands and answers in hex over one connection."""
    mask = AnswerMask()
    return [mask.shown_data(bytes.fromhex(command), bytes.fromhex(answer)) for command, answer in said]


# Commands


@pytest.mark.parametrize(
    "command",
    ["002000800431323334", "0020009804" + "31323334", "0C20008004" + "31323334", "002401800431323334",
     "002C00800431323334", "00210080048002313233", "8020008031323334", "00DA000004" + "31323334",
     "0020008000", "002000800B" + "3132333435363738393031", "00200080000004" + "31323334", "802A0080",
     "00CADF3005", "80A4040C0AD392F000260100000001", "00B000000431323334", "0084000004" + "31323334",
     "00A4040C1131323334353637383930313233343536373839",
     "00A400000431323334", "00A4020C0431323334", "00A4040C0431323334", "00A4040C06414243313233", "00A4020C03000A00",
     "00A4080C043F00000A", "00A404000000"],
)  # fmt: skip
def test_a_body_that_may_be_secret_is_never_shown(command: str) -> None:
    expected = command if len(command) == 8 else f"{command[:8]} [withheld]"
    assert shown_command(bytes.fromhex(command)) == expected


@pytest.mark.parametrize(
    "command", ["", "31", "313233", "31323334", "3132333435363738", "4142433132333435", "FF000000"]
)
def test_what_may_be_no_command_at_all_is_not_shown(command: str) -> None:
    assert shown_command(bytes.fromhex(command)) == "[withheld]"


@pytest.mark.parametrize(
    "command",
    [APPLICATION, APPLICATION + "00", "00A40000", "00A4000000", TOKEN_INFO, "00B0000000", "00B08A0004",
     "00B00000000500", "0084000008", "00C0000040", "00200080"],
)  # fmt: skip
def test_commands_that_hold_no_secret_are_shown_whole(command: str) -> None:
    assert shown_command(bytes.fromhex(command)) == command


def test_of_what_is_signed_the_length_is_shown() -> None:
    assert shown_command(bytes.fromhex("802A009733" + "AB" * 51 + "00")) == "802A0097 [51 bytes withheld] 00"
    assert shown_command(bytes.fromhex("802A009733" + "AB" * 51)) == "802A0097 [51 bytes withheld]"
    assert shown_command(bytes.fromhex("802A009734" + "AB" * 51)) == "802A0097 [withheld]"


@given(st.binary(max_size=40), st.binary(min_size=1, max_size=16), st.binary(min_size=1, max_size=16))
def test_verify_and_change_are_shown_alike_whatever_they_carry(rest: bytes, one: bytes, other: bytes) -> None:
    for header in ("00200080", "00200098", "0020009B", "00240180", "00240198"):
        head = bytes.fromhex(header)
        first = head + bytes((len(one),)) + one + rest[:1]
        second = head + bytes((len(other),)) + other + rest[1:2]
        assert shown_command(first) == shown_command(second) == f"{header} [withheld]"


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_any_command_and_any_answer_can_be_shown(command: bytes, answer: bytes) -> None:
    mask = AnswerMask()
    for said in (bytes.fromhex(APPLICATION), bytes.fromhex(TOKEN_INFO)):
        mask.shown_data(said, b"\x90\x00")
    text = shown_command(command) + mask.shown_data(command, answer)
    assert text.isascii()
    assert text.isprintable()


# Answers


READ = "00B0000000"
LABEL = b"JPKIAPICCTOKEN2".ljust(32).hex().upper()


def test_label_and_flags_are_shown_and_the_serial_number_between_them_is_not() -> None:
    content = LABEL + "AA" * 64 + "0000040C" + "BB" * 60
    expected = f"{LABEL} [64 bytes withheld] 0000040C [60 bytes withheld]"
    assert shown((APPLICATION, "9000"), (TOKEN_INFO, "9000"), (READ, content + "9000"))[-1] == expected
    assert shown((APPLICATION, "9000"), ("00B0860000", content + "9000"))[-1] == expected
    assert shown((APPLICATION, "9000"), ("00B0865E04", "AAAA00009000"))[-1] == "[2 bytes withheld] 0000"


def test_which_certificates_there_are_is_shown() -> None:
    assert shown((APPLICATION, "9000"), (PRESENCE, "9000"), ("00B0000003", "8F8F009000"))[-1] == "8F8F00"


def test_of_a_certificate_its_length_is_shown() -> None:
    start, rest = "3082050A" + "CC" * 252, "CC" * 256
    said = [(APPLICATION, "9000"), (CERTIFICATE, "9000"), (READ, start + "9000"), ("00B0010000", rest + "9000")]
    assert shown(*said)[2:] == ["3082050A [252 bytes withheld]", "[256 bytes withheld]"]
    assert shown(*said[:2], ("00B0000004", "3082050A9000"))[-1] == "3082050A"
    assert shown(*said[:2], ("00B0000003", "3082059000"))[-1] == "308205"
    assert shown(*said[:2], ("00B0000204", "050ACCCC9000"))[-1] == "[4 bytes withheld]"


def test_a_certificates_length_is_shown_however_small_the_pieces_are() -> None:
    said = [(APPLICATION, "9000"), (CERTIFICATE, "9000"), (READ, "6100")]
    pieces = [("00C0000001", f"{byte}6100") for byte in ("30", "82", "05", "0A", "CC", "CC")]
    assert shown(*said, *pieces)[3:] == ["30", "82", "05", "0A", "[1 bytes withheld]", "[1 bytes withheld]"]
    pieces = [("00C0000001", f"{byte}6100") for byte in ("30", "31", "05", "0A")]
    assert shown(*said, *pieces)[3:] == ["30", *["[1 bytes withheld]"] * 3]


@pytest.mark.parametrize("data", ["4E414D45", "30810501", "3181", "31", "313233343536373839303132"])
def test_what_is_no_header_in_a_certificates_file_is_not_shown(data: str) -> None:
    length = len(data) // 2
    said = [(APPLICATION, "9000"), (CERTIFICATE, "9000"), (READ, data + "9000")]
    assert shown(*said)[-1] == f"[{length} bytes withheld]"


UNKNOWN = "313233343536373839303132"
NOT_SHOWN = "[12 bytes withheld]"


@pytest.mark.parametrize(
    "before",
    [
        [],
        [(APPLICATION, "9000")],
        [(TOKEN_INFO, "9000")],
        [("00A4040C0AD3921000310001010408", "9000"), (TOKEN_INFO, "9000")],
        [("00A4040C04D392F000", "9000"), (TOKEN_INFO, "9000")],  # a prefix may select another application
        [(APPLICATION, "6A82"), (TOKEN_INFO, "9000")],
        [(APPLICATION, "6F00"), (TOKEN_INFO, "9000")],
        [(APPLICATION, "9000"), (TOKEN_INFO, "6A82")],
        [(APPLICATION, "9000"), (TOKEN_INFO, "9000"), ("00A4020C020099", "9000")],
        [(APPLICATION, "9000"), (TOKEN_INFO, "9000"), ("00A4020C020005", "9000")],
        [(APPLICATION, "9000"), (CERTIFICATE, "9000"), ("00B0860020", "6A82")],  # still the certificate, perhaps
        [(APPLICATION, "9000"), (TOKEN_INFO, "9000"), ("00200098", "63C3")],  # the PIN's file is current
        [(APPLICATION, "9000"), (TOKEN_INFO, "9000"), ("002000980431323334", "9000")],
        [(APPLICATION, "9000"), (TOKEN_INFO, "9000"), ("00A4000C023F00", "9000")],
        [(APPLICATION, "9000"), (TOKEN_INFO, "9000"), ("00CADF3005", "9000")],
        [(APPLICATION, "9000"), (TOKEN_INFO, "9000"), ("31323334", "9000")],
        [(APPLICATION, "9000"), (TOKEN_INFO, "9000"), (APPLICATION, "9000")],
        [(APPLICATION, "9000"), (TOKEN_INFO, "9000"), ("00A4040C0AD3921000310001010408", "9000")],
        [(APPLICATION, "9000"), (TOKEN_INFO, "9000"), (READ, "90")],
    ],
)
def test_what_an_unknown_file_holds_is_not_shown(before: list[tuple[str, str]]) -> None:
    assert shown(*before, (READ, UNKNOWN + "9000"))[-1] == NOT_SHOWN


def test_the_query_for_tries_of_the_current_file_and_a_refusal_lose_no_track() -> None:
    for harmless in (("00200080", "63C3"), ("00A40000", "9000"), ("0084000008", "00" * 8 + "9000"), (READ, "6700")):
        said = [(APPLICATION, "9000"), (TOKEN_INFO, "9000"), harmless, ("00B0000020", LABEL + "9000")]
        assert shown(*said)[-1] == LABEL


def test_a_chained_answer_is_shown_as_what_it_continues() -> None:
    whole = LABEL + "AA" * 64 + "0000040C" + "BB" * 60
    said = [(APPLICATION, "9000"), (TOKEN_INFO, "9000"), (READ, "61A0")]
    said += [("00C0000040", whole[:128] + "6160"), ("00C0000060", "6C50"), ("00C0000050", whole[128:] + "9000")]
    expected = ["", f"{LABEL} [32 bytes withheld]", "", "[32 bytes withheld] 0000040C [60 bytes withheld]"]
    assert shown(*said)[2:] == expected
    certificate = [(APPLICATION, "9000"), (CERTIFICATE, "9000"), (READ, "6100")]
    certificate += [("00C0000040", "3082050A" + "CC" * 60 + "61C0"), ("00C0000040", "3082050A" + "CC" * 60 + "9000")]
    assert shown(*certificate)[3:] == ["3082050A [60 bytes withheld]", "[64 bytes withheld]"]
    signature = [(APPLICATION, "9000"), ("802A009733" + "00" * 51 + "00", "6100")]
    assert shown(*signature, ("00C0000000", "AB" * 256 + "9000"))[-1] == "[256 bytes withheld]"


def test_what_get_response_brings_without_an_announcement_is_not_shown() -> None:
    said = [(APPLICATION, "9000"), (TOKEN_INFO, "9000"), (READ, "6120"), (TOKEN_INFO, "9000")]
    assert shown(*said, ("00C0000020", LABEL + "9000"))[-1] == "[32 bytes withheld]"


INFORMATION = "6F05840100A500"


@pytest.mark.parametrize("data", ["6F028400", INFORMATION, "6204820238FF", "6400", "6F7F" + "AB" * 127])
def test_file_information_is_shown_where_it_was_asked_for_and_fits_its_own_length(data: str) -> None:
    assert shown(("00A4040000", data + "9000")) == [data]
    assert shown(("00A4020002000A", data + "6283")) == [data]
    assert shown(("00A4040000", f"61{len(data) // 2:02X}"), ("00C0000000", data + "9000")) == ["", data]
    assert shown((APPLICATION, data + "9000")) == [f"[{len(data) // 2} bytes withheld]"]
    for command in ("0084000000", READ, "00C0000000"):
        assert shown((APPLICATION, "9000"), (command, data + "9000"))[-1] == f"[{len(data) // 2} bytes withheld]"


@pytest.mark.parametrize(
    "data",
    ["6F008400", "6F038400", "6F", "30028400", "6F8180" + "AB" * 128, "6F80" + "AB" * 128, "30820500" + "AB" * 252,
     "31323334", "AB" * 252],
    ids=lambda data: data[:12],
)  # fmt: skip
def test_what_came_in_place_of_file_information_is_not_shown(data: str) -> None:
    withheld = f"[{len(data) // 2} bytes withheld]"
    for command in ("00A4040000", "00A4020002000A", APPLICATION[:6] + "00" + APPLICATION[8:] + "00"):
        assert shown((command, data + "9000")) == [withheld]
        assert shown((command, "6100"), ("00C0000000", data + "9000")) == ["", withheld]


def test_of_file_information_in_pieces_only_a_whole_one_is_shown_and_nothing_behind_it() -> None:
    pieces = [
        ("00A4040000", "6107"),
        ("00C0000007", INFORMATION[:4] + "6105"),
        ("00C0000005", INFORMATION[4:] + "9000"),
    ]
    assert shown(*pieces)[1:] == ["[2 bytes withheld]", "[5 bytes withheld]"]
    behind = [("00A4040000", INFORMATION + "6100"), ("00C0000000", INFORMATION + "9000")]
    assert shown(*behind) == [INFORMATION, "[7 bytes withheld]"]


def test_a_challenge_and_data_that_nobody_expects_are_not_shown() -> None:
    assert shown(("0084000004", "AABBCCDD9000")) == ["[4 bytes withheld]"]
    assert shown(("0084000004", "AABB6102"), ("00C0000002", "CCDD9000")) == ["[2 bytes withheld]"] * 2
    for command in ("00200080", "002000980431323334", "002401800431323334", "00B2010C00", "00CADF3005", "0C84000004"):
        assert shown((APPLICATION, "9000"), (command, "AABB9000"))[-1] == "[2 bytes withheld]"


# A reader that is out of step gives one command's answer to another


def test_what_came_in_place_of_a_label_is_not_shown() -> None:
    for label in ("CC" * 32, "41" * 31 + "0A", "00" * 32, "30820500" + "41" * 28):
        content = label + "AA" * 64 + "0000040C" + "BB" * 60
        assert shown((APPLICATION, "9000"), ("00B0860000", content + "9000"))[-1] == "[160 bytes withheld]"
        assert shown((APPLICATION, "9000"), ("00B0860020", label + "9000"))[-1] == "[32 bytes withheld]"


CERTIFICATE_BYTES = bytes.fromhex("30820500") + bytes(0x80 | (7 * place) % 0x80 for place in range(0x500))
"""As long as a certificate, and without a run of printable characters, so that whatever is shown is found."""
ASKING = (
    *(APPLICATION, APPLICATION + "00", "00A4040000", "00A4020002000A", "00A40000", TOKEN_INFO, CERTIFICATE, PRESENCE),
    *("00B0000000", "00B0000004", "00B0010000", "00B0860000", "00B0860020", "00B0865E04", "00B0880003", "00B08A0000"),
    *("00B08B0000", "00B0000000051F", "00C0000000", "00C0000040", "0084000000", "0084000008", "00200080", "0020009A"),
    *("002000980431323334", "802A0097010000", "00CADF3005", "00B2010C00", "8031", "31323334"),
)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(ASKING),
            st.integers(0, len(CERTIFICATE_BYTES)),
            st.sampled_from([0, 0, 1, 4, 32, 252, 256, 1284]),
            st.sampled_from(["9000", "9000", "6100", "6140", "6C04", "6282", "6283", "6A82"]),
        ),
        max_size=8,
    )
)
def test_whatever_is_asked_a_certificate_that_comes_instead_leaves_four_bytes_at_most(
    said: list[tuple[str, int, int, str]],
) -> None:
    mask = AnswerMask()
    for command, start, length, sw in said:
        data = CERTIFICATE_BYTES[start : start + length]
        text = mask.shown_data(bytes.fromhex(command), data + bytes.fromhex(sw))
        assert len(re.sub(r"\[[0-9]+ bytes withheld\]| ", "", text)) <= 2 * 4, text
