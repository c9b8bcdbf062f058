"""61xx and 6Cxx, and that nothing else is ever sent twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reader import commands
from reader.apdu import CommandApdu
from reader.errors import CardProtocolError, CardRemovedError, StatusWordError
from reader.protocol import LONGEST_CHAIN, SmartCardProtocol
from tests.reader.fakes import ScriptedConnection, pin


def test_an_answer_that_is_announced_in_parts_is_put_together() -> None:
    connection = ScriptedConnection("01026103", "03046102", "05069000")
    assert SmartCardProtocol(connection).command(commands.read_binary(0)) == bytes.fromhex("010203040506")
    assert connection.sent == ["00B0000000", "00C0000003", "00C0000002"]


def test_61_00_asks_for_256() -> None:
    connection = ScriptedConnection("6100", "AA9000")
    SmartCardProtocol(connection).command(commands.read_binary(0))
    assert connection.sent[1] == "00C0000000"


def test_the_status_word_after_a_chain_counts() -> None:
    connection = ScriptedConnection("6102", "6982")
    with pytest.raises(StatusWordError) as refusal:
        SmartCardProtocol(connection).command(commands.read_binary(0))
    assert refusal.value.sw == 0x6982


def test_a_chain_without_end_is_given_up() -> None:
    connection = ScriptedConnection(*["6101"] * (LONGEST_CHAIN + 1), "9000")
    with pytest.raises(CardProtocolError):
        SmartCardProtocol(connection).command(commands.read_binary(0))
    assert connection.answers == ["9000"]


def test_a_card_that_wants_another_length_gets_it_once() -> None:
    connection = ScriptedConnection("6C20", "6C10")
    with pytest.raises(StatusWordError) as refusal:
        SmartCardProtocol(connection).command(commands.read_binary(0))
    assert refusal.value.sw == 0x6C10
    assert connection.sent == ["00B0000000", "00B0000020"]


def test_a_part_that_wants_another_length_gets_it_and_the_chain_goes_on() -> None:
    connection = ScriptedConnection("6104", "6C02", "01026102", "03049000")
    assert SmartCardProtocol(connection).command(commands.read_binary(0)) == bytes.fromhex("01020304")
    assert connection.sent == ["00B0000000", "00C0000004", "00C0000002", "00C0000002"]


def test_another_length_and_then_a_chain_is_put_together_too() -> None:
    connection = ScriptedConnection("6C04", "6102", "01026102", "03049000")
    assert SmartCardProtocol(connection).command(commands.read_binary(0)) == bytes.fromhex("01020304")


@pytest.mark.parametrize(
    "answers",
    [
        ("AABBCC9000",),  # to two bytes
        ("6C01", "AABB9000"),  # to the one that the card itself named
        ("6101", "AABB9000"),  # to a GET RESPONSE of one
        ("AA6102", "BBCC9000"),  # in parts
        ("AABBCC6982",),  # with a refusal
    ],
)
def test_more_than_was_asked_for_makes_no_sense(answers: tuple[str, ...]) -> None:
    with pytest.raises(CardProtocolError, match="asked for"):
        SmartCardProtocol(ScriptedConnection(*answers)).exchange(commands.read_binary(0, 2))


def test_data_where_none_was_asked_for_are_not_looked_at() -> None:
    connection = ScriptedConnection("6F008400" + "9000", "610A", "6F00" + "9000")
    protocol = SmartCardProtocol(connection)
    for _ in range(2):  # file information that SELECT did not ask for, at once and in parts
        protocol.command(commands.select_file(0x0018))


@pytest.mark.parametrize("answer", ["6C04", "6C00", "6100", "6110", "6F00", "6700", "63C2", "AABB9000", "6282"])
@pytest.mark.parametrize(
    ("command", "sent"),
    [
        (lambda: commands.verify(pin()), "002000800431323334"),
        (commands.query_tries, "00200080"),
        (lambda: commands.change_reference_data(pin()), "002401800431323334"),
    ],
    ids=["verify", "query", "change"],
)
def test_after_a_verify_or_a_change_nothing_is_sent_whatever_is_answered(
    answer: str, command: Callable[[], CommandApdu], sent: str
) -> None:
    connection = ScriptedConnection(answer, "9000")
    assert SmartCardProtocol(connection).exchange(command()).sw == int(answer[-4:], 16)
    assert connection.sent == [sent]


@pytest.mark.parametrize("answer", ["", "90"])
def test_less_than_a_status_word_is_a_fault_of_the_card(answer: str) -> None:
    with pytest.raises(CardProtocolError):
        SmartCardProtocol(ScriptedConnection(answer)).exchange(commands.read_binary(0))


def test_the_buffer_that_carried_a_pin_is_wiped_whatever_happens() -> None:
    kept: list[bytes | bytearray] = []

    class Keeping(ScriptedConnection):
        def transmit(self, command: bytes | bytearray) -> bytes:
            kept.append(command)
            if not self.answers:
                raise CardRemovedError
            return super().transmit(command)

    SmartCardProtocol(Keeping("9000")).exchange(commands.verify(pin()))
    with pytest.raises(CardRemovedError):
        SmartCardProtocol(Keeping()).exchange(commands.verify(pin()))
    assert [bytes(buffer) for buffer in kept] == [bytes(9), bytes(9)]
