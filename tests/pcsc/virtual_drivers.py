"""vpcd's driver as far as a card can tell it from the real one: for tests of slots that need no pcscd."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from reader.transports.vpcd import Control, FrameDecoder, encode_frame
from tests.daemons.virtual_card import LONG_ENOUGH_S


class Wire:
    """The driver's end of one connection."""

    def __init__(self, wire: socket.socket) -> None:
        wire.settimeout(LONG_ENOUGH_S)
        self._wire = wire
        self._decoder = FrameDecoder()

    def tell(self, code: Control) -> None:
        """Power off, on or reset: nothing comes back."""
        self._wire.sendall(encode_frame(bytes([code])))

    def atr(self) -> bytes:
        """The answer to the question for the ATR; b"" where the card hung up."""
        return self.ask(bytes([Control.GET_ATR]))

    def ask(self, command: bytes) -> bytes:
        """The answer to a command; b"" where the card hung up."""
        try:
            self._wire.sendall(encode_frame(command))
            while chunk := self._wire.recv(4_096):
                if frames := self._decoder.feed(chunk):
                    return frames[0]
        except ConnectionError:
            pass
        return b""

    def close(self) -> None:
        """Hang up, as pcscd does when it ends."""
        self._wire.close()


@contextmanager
def listening_driver() -> Iterator[tuple[int, queue.Queue[Wire]]]:
    """The normal mode: the port, and every connection a card makes, once it was asked for its ATR."""
    wires, all_wires = queue.Queue[Wire](), list[Wire]()
    listening = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                wire, _ = listening.accept()
            except OSError:
                return
            card = Wire(wire)
            all_wires.append(card)
            card.tell(Control.POWER_ON)
            if card.atr():
                wires.put(card)

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield listening.getsockname()[1], wires
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()
        for card in all_wires:
            card.close()


@contextmanager
def dialled(port: int) -> Iterator[Wire]:
    """The reversed mode: one connection to a card that listens, which the driver keeps for good."""
    wire = Wire(socket.create_connection(("127.0.0.1", port), timeout=LONG_ENOUGH_S))
    try:
        yield wire
    finally:
        wire.close()
