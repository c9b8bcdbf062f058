"""The wire between a virtual card and a virtual reader (vsmartcard's vpcd protocol), both ends of it.

Owns: frames (a two-byte length and a body), the control codes, the card's side (`plug_in`: a software card in the real
pcscd) and a reader's side (`VpcdReader`: the same wire without pcscd). Knows no APDU and no file of a card.
What breaks if this is wrong: a frame split by the network kills the reader; 40 ms per APDU instead of 0.2.
Facts: jpki-card.md §3, libraries.md 0.12.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from enum import Enum, IntEnum

from reader.card.interface import CardTornError, EmulatedCard
from reader.errors import (
    CardProtocolError,
    CardRemovedError,
    CardTimeoutError,
    CardUnresponsiveError,
    NoCardError,
    OperationCancelledError,
    ServiceUnavailableError,
)
from reader.pin import wipe

DEFAULT_PORT = 35_963
"""Where vpcd listens for the card of slot 0; slot 1 is the next port."""
FRAME_LIMIT = 65_535
"""Most bytes one frame carries."""
MUTE_ANSWER = b"\x00"
"""What a mute card says: a byte that is neither an ATR nor an APDU. vpcd has no word for silence: a card that sends
nothing stops pcscd's thread, and an empty frame makes the driver hang up, which means "card removed"."""

_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)
"""Linux only. Elsewhere an older vpcd costs 40 ms per APDU."""


class Control(IntEnum):
    """Frames of one byte: what the reader does to the card rather than says to it."""

    POWER_OFF = 0
    POWER_ON = 1
    RESET = 2
    GET_ATR = 4


class Parting(Enum):
    """Who ended it: the card was taken out (`stop`), the reader hung up (pcscd ended), or the card tore itself off."""

    CARD = "card"
    READER = "reader"
    TORN = "torn"


class FrameDecoder:
    """Cuts a stream into frames, however the network chopped it."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take what arrived; return the bodies of the frames that are complete now (an empty body is a frame too)."""
        buffer = self._buffer
        buffer += chunk
        frames, start = [], 0
        while len(buffer) - start >= 2:
            end = start + 2 + int.from_bytes(buffer[start : start + 2], "big")
            if len(buffer) < end:
                break
            frames.append(bytes(buffer[start + 2 : end]))
            start = end
        del buffer[:start]
        return frames

    @property
    def pending(self) -> int:
        """Bytes that wait for the rest of their frame."""
        return len(self._buffer)


def encode_frame(body: bytes | bytearray) -> bytearray:
    """`body` with its length in front, in a new buffer that can be wiped.

    Raises:
        CardProtocolError: The body is longer than a frame can be.
    """
    if len(body) > FRAME_LIMIT:
        raise CardProtocolError(f"{len(body)} bytes do not fit a frame of at most {FRAME_LIMIT}")
    frame = bytearray(len(body).to_bytes(2, "big"))
    frame += body
    return frame


def plug_in(
    card: EmulatedCard,
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    *,
    stop: threading.Event,
    on_atr: Callable[[], None] = lambda: None,
    patience_s: float = 0.0,
    first_atr_s: float | None = None,
) -> Parting:
    """Put `card` into the virtual reader that listens at host:port and answer for it until `stop` is set.

    `on_atr` is called after each ATR that went out: from the first on the reader knows that a card lies there.
    `patience_s`: how long a port where nobody listens yet is tried again; `first_atr_s`: how long the reader may take
    to ask for the first ATR (None: for ever). The card has no power afterwards.

    Raises:
        ServiceUnavailableError: `vpcd_not_listening`: nobody listened there within the patience, or `host` can be no
            host's name. `vpcd_slot_taken`: no question for the ATR came in time, as happens while another card is in
            that slot.
    """
    wire = _dial(host, port, stop, patience_s)
    if wire is None:
        return Parting.CARD
    with wire:
        return serve_card(card, wire, stop=stop, on_atr=on_atr, first_atr_s=first_atr_s)


def serve_card(
    card: EmulatedCard,
    wire: socket.socket,
    *,
    stop: threading.Event,
    on_atr: Callable[[], None] = lambda: None,
    first_atr_s: float | None = None,
    look_up_s: float = 0.1,
) -> Parting:
    """Answer for `card` on an open connection to a reader until `stop` is set (noticed within `look_up_s`).

    A card that is torn off in the middle of a command (`CardTornError`) answers no more; whoever closes `wire` then
    takes it out, and laying it down again is the caller's business. The rest is as `plug_in` has it.
    """
    decoder, asked = FrameDecoder(), False
    latest = None if first_atr_s is None else time.monotonic() + first_atr_s
    wire.settimeout(look_up_s)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        while not stop.is_set():
            # The option does not last. An older driver sends length and body apart and its kernel holds the body back
            # until the length is acknowledged, which without this takes 40 ms.
            if _QUICKACK is not None:
                wire.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
            try:
                chunk = wire.recv(FRAME_LIMIT)
            except TimeoutError:
                if latest is not None and not asked and time.monotonic() > latest:
                    raise ServiceUnavailableError("vpcd_slot_taken") from None
                continue
            if not chunk:
                return Parting.READER
            for frame in decoder.feed(chunk):
                answer = _answer(card, frame)
                if stop.is_set():  # taken out while it was asked: nothing more is heard of it
                    return Parting.CARD
                if answer is not None:
                    wire.sendall(encode_frame(answer))
                if frame == bytes([Control.GET_ATR]):
                    asked = True
                    on_atr()
    except CardTornError:
        return Parting.TORN
    except OSError:
        return Parting.READER
    finally:
        card.power_off()
    return Parting.CARD


def _answer(card: EmulatedCard, frame: bytes) -> bytes | None:
    """The body to send back, or None where the reader expects nothing."""
    match list(frame):
        case []:
            return None
        case [Control.POWER_OFF]:
            card.power_off()
            return None
        case [Control.POWER_ON]:
            card.power_on()
            return None
        case [Control.RESET]:
            card.reset()
            return None
        case [Control.GET_ATR]:
            return MUTE_ANSWER if card.mute else card.atr
        case [_]:
            return None
    return card.process(frame) or MUTE_ANSWER


def _dial(host: str, port: int, stop: threading.Event, patience_s: float) -> socket.socket | None:
    deadline = time.monotonic() + patience_s
    while not stop.is_set():
        try:
            return socket.create_connection((host, port), timeout=max(1.0, deadline - time.monotonic()))
        except UnicodeError as error:  # no host can have this name: waiting does not help
            raise ServiceUnavailableError("vpcd_not_listening") from error
        except OSError as error:
            if time.monotonic() >= deadline:
                raise ServiceUnavailableError("vpcd_not_listening") from error
        stop.wait(0.05)
    return None


class VpcdReader:
    """A reader without pcscd: listens on loopback, and the card that plugs in there can be connected to.

    For tests and for machines without PC/SC. One card at a time, as vpcd has it.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, *, answer_timeout_s: float = 10.0) -> None:
        self._listening = socket.create_server((host, port), backlog=1)
        self._answer_timeout_s = answer_timeout_s
        self._wire: socket.socket | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Where the card has to plug in."""
        host, port = self._listening.getsockname()[:2]
        return host, port

    def connect(self, *, wait_s: float = 0.0) -> VpcdConnection:
        """Power up the card that is plugged in; waits at most `wait_s` for one.

        Raises:
            NoCardError: No card is there.
            CardUnresponsiveError: It gave no ATR.
        """
        wire = self._accept(wait_s)
        wire.settimeout(self._answer_timeout_s)
        try:
            return VpcdConnection(wire)
        except CardRemovedError as error:
            self._eject()
            raise NoCardError from error

    def _accept(self, wait_s: float) -> socket.socket:
        if self._wire is not None and _hung_up(self._wire):
            self._eject()
        if self._wire is None:
            self._listening.settimeout(wait_s)
            try:
                self._wire, _ = self._listening.accept()
            except OSError as error:  # a time-out, or with no wait "would block"
                raise NoCardError from error
            self._wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._wire

    def _eject(self) -> None:
        if self._wire is not None:
            self._wire.close()
        self._wire = None

    def close(self) -> None:
        """Stop listening and hang up. Safe to call twice."""
        self._eject()
        self._listening.close()


def _hung_up(wire: socket.socket) -> bool:
    """Whether the card's side closed; between two connections the card has nothing to say."""
    wire.settimeout(0)
    try:
        return wire.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


class VpcdConnection:
    """A powered card behind `VpcdReader`."""

    def __init__(self, wire: socket.socket) -> None:
        self._wire: socket.socket | None = wire
        self._decoder = FrameDecoder()
        self._cancelled = False
        self._send(bytes([Control.POWER_ON]))
        self._send(bytes([Control.GET_ATR]))
        self._atr = self._receive()
        if len(self._atr) < 2:  # ISO/IEC 7816-3, 8.2: TS and T0 at least
            self.close()
            raise CardUnresponsiveError

    @property
    def atr(self) -> bytes:
        """The answer to reset."""
        return self._atr

    @property
    def extended_length(self) -> bool:
        """Always: a frame carries them."""
        return True

    def transmit(self, command: bytes | bytearray) -> bytes:
        """One APDU there and back. Raises CardRemovedError, CardTimeoutError, OperationCancelledError."""
        try:
            self._send(command)
            answer = self._receive()
        except (CardRemovedError, CardTimeoutError):
            if self._cancelled:
                raise OperationCancelledError from None
            raise
        if len(answer) < 2:
            raise CardTimeoutError
        return answer

    def cancel(self) -> None:
        """From any thread: hang up, so that an answer still to come is nobody's; the card has to plug in again."""
        self._cancelled = True
        wire = self._wire
        if wire is not None:
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Take the card's power away; it stays plugged in. Safe to call twice; never raises."""
        wire, self._wire = self._wire, None
        if wire is not None:
            with contextlib.suppress(OSError):
                wire.sendall(encode_frame(bytes([Control.POWER_OFF])))

    def _send(self, body: bytes | bytearray) -> None:
        if self._wire is None:
            raise CardRemovedError
        frame = encode_frame(body)
        try:
            self._wire.sendall(frame)
        except OSError as error:
            raise CardRemovedError from error
        finally:
            wipe(frame)  # it may have carried a PIN

    def _receive(self) -> bytes:
        if self._wire is None:
            raise CardRemovedError
        while True:
            try:
                chunk = self._wire.recv(FRAME_LIMIT)
            except TimeoutError as error:
                # Hang up: the late answer must never be taken for that of the next command.
                self._wire.close()
                self._wire = None
                raise CardTimeoutError from error
            except OSError as error:
                raise CardRemovedError from error
            if not chunk:
                raise CardRemovedError
            if frames := self._decoder.feed(chunk):
                return frames[0]
