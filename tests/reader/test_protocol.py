"""61xx and 6Cxx, and that nothing else is ever sent twice."""

from __future__ import annotations

import pytest

from reader import commands
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


@pytest.mark.parametrize("answer", ["6C04", "6C00", "6100", "6F00", "6700", "63C2"])
def test_no_answer_makes_it_send_a_verify_twice(answer: str) -> None:
    connection = ScriptedConnection(answer, "9000")
    SmartCardProtocol(connection).exchange(commands.verify(pin()))
    assert [command for command in connection.sent if command.startswith("0020")] == ["002000800431323334"]


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
