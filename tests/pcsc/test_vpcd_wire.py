"""Both ends of vpcd's wire over real sockets on loopback, without pcscd."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest

from reader.errors import (
    CardRemovedError,
    CardTimeoutError,
    CardUnresponsiveError,
    NoCardError,
    OperationCancelledError,
    ServiceUnavailableError,
)
from reader.transports.vpcd import Control, Parting, VpcdReader, encode_frame, plug_in, serve_card
from tests.daemons.virtual_card import LONG_ENOUGH_S, plugged_in
from tests.pcsc.fakes import ConstantCard, HeldUpCard

COMMAND = bytes.fromhex("00A4020C020018")


@pytest.fixture
def reader() -> Iterator[VpcdReader]:
    reader = VpcdReader(answer_timeout_s=LONG_ENOUGH_S)
    yield reader
    reader.close()


class RecordingSocket(socket.socket):
    """A real socket that notes in which order options were set and bytes received."""

    def note(self, what: str) -> None:
        self.__dict__.setdefault("log", []).append(what)

    def setsockopt(self, *args: Any) -> None:
        if args == (socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1):
            self.note("quickack")
        super().setsockopt(*args)

    def recv(self, *args: int) -> bytes:
        self.note("recv")
        return super().recv(*args)


def receive_exactly(wire: socket.socket, count: int) -> bytes:
    received = b""
    while len(received) < count:
        chunk = wire.recv(count - len(received))
        assert chunk, f"hung up after {len(received)} of {count} bytes"
        received += chunk
    return received


@contextmanager
def tcp_pair() -> Iterator[tuple[socket.socket, RecordingSocket]]:
    """The reader's end and the card's end of one connection."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        dialled = socket.create_connection(listening.getsockname())
        accepted, _ = listening.accept()
    with accepted, RecordingSocket(fileno=dialled.detach()) as recording:
        accepted.settimeout(LONG_ENOUGH_S)
        yield accepted, recording


@pytest.mark.skipif(not hasattr(socket, "TCP_QUICKACK"), reason="TCP_QUICKACK is Linux's")
def test_every_receive_is_preceded_by_the_option_that_saves_40_ms() -> None:
    """The option lapses, so once is not enough; and an old driver sends length and body apart."""
    stop = threading.Event()
    with tcp_pair() as (reader_end, card_end):
        thread = threading.Thread(target=serve_card, args=(ConstantCard(), card_end), kwargs={"stop": stop})
        thread.start()
        for _ in range(20):
            frame = encode_frame(COMMAND)
            reader_end.sendall(frame[:2])
            reader_end.sendall(frame[2:])
            assert receive_exactly(reader_end, 4) == b"\x00\x02\x90\x00"
        stop.set()
        thread.join()
        log: list[str] = card_end.__dict__["log"]
    receives = [index for index, what in enumerate(log) if what == "recv"]
    assert len(receives) >= 20
    assert all(log[index - 1] == "quickack" for index in receives)


def test_a_card_split_over_many_packets_is_understood() -> None:
    stop = threading.Event()
    card = ConstantCard()
    with tcp_pair() as (reader_end, card_end):
        thread = threading.Thread(target=serve_card, args=(card, card_end), kwargs={"stop": stop})
        thread.start()
        for byte in encode_frame(COMMAND):
            reader_end.sendall(bytes([byte]))
        assert receive_exactly(reader_end, 4) == b"\x00\x02\x90\x00"
        stop.set()
        thread.join()
    assert card.commands == [COMMAND]


def test_control_codes_reach_the_card_and_only_the_atr_is_answered() -> None:
    stop = threading.Event()
    card = ConstantCard()
    asked = []
    with tcp_pair() as (reader_end, card_end):
        thread = threading.Thread(
            target=serve_card, args=(card, card_end), kwargs={"stop": stop, "on_atr": lambda: asked.append(1)}
        )
        thread.start()
        for code in (Control.POWER_ON, Control.RESET, Control.POWER_OFF, 0x7F, Control.GET_ATR, Control.GET_ATR):
            reader_end.sendall(encode_frame(bytes([code])))
        expected = encode_frame(card.atr) * 2
        assert receive_exactly(reader_end, len(expected)) == expected
        assert card.done == ["power on", "reset", "power off"]
        reader_end.close()
        thread.join()
    assert asked == [1, 1]
    assert card.done[-1] == "power off"


def test_who_ends_it_is_told(reader: VpcdReader) -> None:
    card, stop = ConstantCard(), threading.Event()
    stop.set()
    assert plug_in(card, *reader.address, stop=stop) is Parting.CARD
    stop.clear()
    partings = []
    thread = threading.Thread(target=lambda: partings.append(plug_in(card, *reader.address, stop=stop)))
    thread.start()
    reader.connect(wait_s=LONG_ENOUGH_S)
    reader.close()
    thread.join()
    assert partings == [Parting.READER]


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = listening.getsockname()
    with pytest.raises(ServiceUnavailableError) as refusal:
        plug_in(ConstantCard(), *address, stop=threading.Event())
    assert refusal.value.reason == "vpcd_not_listening"


@pytest.mark.parametrize("host", ["é..x", "a..b", "x" * 80, "\udcff"], ids=ascii)
def test_what_can_be_no_hosts_name_is_given_up_at_once(host: str) -> None:
    with pytest.raises(ServiceUnavailableError) as refusal:
        plug_in(ConstantCard(), host, 5, stop=threading.Event(), patience_s=LONG_ENOUGH_S)
    assert refusal.value.reason == "vpcd_not_listening"


def test_a_slot_that_another_card_holds() -> None:
    """vpcd's backlog takes a second card's connection and never asks it anything (jpki-card.md §3.1)."""
    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.raises(ServiceUnavailableError) as refusal:
        plug_in(ConstantCard(), *listening.getsockname(), stop=threading.Event(), first_atr_s=0.0)
    assert refusal.value.reason == "vpcd_slot_taken"


def test_no_card_is_told(reader: VpcdReader) -> None:
    with pytest.raises(NoCardError):
        reader.connect()


def test_a_mute_card(reader: VpcdReader) -> None:
    card = ConstantCard(mute=True)
    with plugged_in(card, reader.address):
        with pytest.raises(CardUnresponsiveError):
            reader.connect(wait_s=LONG_ENOUGH_S)
        card.mute = False
        connection = reader.connect()
        card.mute = True
        with pytest.raises(CardTimeoutError):
            connection.transmit(COMMAND)


def test_a_card_taken_out_in_the_middle_and_put_back(reader: VpcdReader) -> None:
    card = ConstantCard()
    with plugged_in(card, reader.address):
        connection = reader.connect(wait_s=LONG_ENOUGH_S)
        assert connection.transmit(COMMAND) == b"\x90\x00"
    for _ in range(2):
        with pytest.raises(CardRemovedError):
            connection.transmit(COMMAND)
    with pytest.raises(NoCardError):
        reader.connect()
    with plugged_in(card, reader.address):
        assert reader.connect(wait_s=LONG_ENOUGH_S).transmit(COMMAND) == b"\x90\x00"


def test_an_answer_that_came_too_late_is_never_taken_for_the_next() -> None:
    release = threading.Event()

    class SlowCard(ConstantCard):
        def process(self, command: bytes | bytearray) -> bytes:
            super().process(command)
            if len(self.commands) == 1:
                release.wait(LONG_ENOUGH_S)
                return b"\x69\x85"
            return b"\x90\x00"

    card = SlowCard()
    for doubled in range(10):
        with closing(VpcdReader(answer_timeout_s=0.05 * 2**doubled)) as reader, plugged_in(card, reader.address):
            try:
                connection = reader.connect(wait_s=LONG_ENOUGH_S)
            except CardTimeoutError:  # the limit is the ATR's too, and the machine is too busy for it
                continue
            try:
                with pytest.raises(CardTimeoutError):
                    connection.transmit(COMMAND)
            finally:
                release.set()
            with pytest.raises(CardRemovedError):
                connection.transmit(COMMAND)
            return
    raise AssertionError("the ATR never came in time")


def test_cancelling_ends_the_wait_for_a_slow_card_and_it_has_to_plug_in_again(reader: VpcdReader) -> None:
    slow, errors = HeldUpCard(from_command=1), []
    with plugged_in(slow, reader.address):
        connection = reader.connect(wait_s=LONG_ENOUGH_S)
        assert connection.extended_length
        connection.transmit(COMMAND)

        def send() -> None:
            with pytest.raises(OperationCancelledError) as error:
                connection.transmit(COMMAND)
            errors.append(error.type)

        thread = threading.Thread(target=send)
        thread.start()
        try:
            assert slow.asked.wait(LONG_ENOUGH_S)
            connection.cancel()
            thread.join(LONG_ENOUGH_S)
            with pytest.raises(OperationCancelledError):
                connection.transmit(COMMAND)
            connection.close()
            connection.cancel()
        finally:
            slow.let_go.set()
    assert errors == [OperationCancelledError]
    with plugged_in(slow, reader.address):
        assert reader.connect(wait_s=LONG_ENOUGH_S).transmit(COMMAND) == b"\x90\x00"
