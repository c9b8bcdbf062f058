"""How long a card takes in the field of a contactless reader, as a model laid over a software card.

Owns the arithmetic and its assumptions. **A model, not a measurement**: no timings of a real My Number card are public
(jpki-card.md §8). Its use is comparison: two programs that talk to the same modelled card differ in nothing but
themselves. What breaks if this is wrong: an optimisation that helps nobody with a real card.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from reader.card.interface import CardTornError, EmulatedCard
from reader.card.wrapper import CardWrapper

CARRIER_HZ: Final = 13_560_000
"""The frequency of the field (ISO/IEC 14443-2)."""
RATES: Final = (106, 212, 424, 848)
"""The bit rates in kbit/s as they are spoken of; exactly they are the carrier divided by 128, 64, 32 and 16."""
KEPT: Final = 4_096
"""How many of the last exchanges' times are kept."""
OVERSLEEP_LIMIT_S: Final = 0.01
"""The most that one sleep which took too long shortens the next: more would be a pause of the whole machine."""

INS_VERIFY: Final = 0x20
INS_CHANGE_REFERENCE_DATA: Final = 0x24
INS_COMPUTE_DIGITAL_SIGNATURE: Final = 0x2A
OK: Final = 0x90
TRY_SPENT: Final = 0x63
MORE_DATA: Final = 0x61
"""SW1 of a command that was done, of a wrong PIN, and of an answer that waits for GET RESPONSE."""
POINT_PAIR_LENGTH: Final = 96
"""An ECDSA P-384 signature as r‖s; every other signature is taken for one of RSA-2048."""


@dataclass(frozen=True, slots=True)
class ContactlessModel:
    """The assumptions, each of which can be replaced. Seconds unless the name says otherwise. **None was measured.**

    From ISO/IEC 14443, Type B, which this card is (§1.8):
    `bits_per_byte`: start bit, eight bits, stop bit; the extra guard time is taken to be 0, its lower limit.
    `bits_per_frame`: start of frame (10 + 2) and end of frame (10), at their lower limits.
    `frame_limit_bytes`: the longest frame (FSD and FSC 256); what is longer is chained, each block acknowledged.
    `block_overhead_bytes`: PCB and two bytes of CRC; neither CID nor NAD.
    `turnaround_s`: what passes before a frame in the other direction: TR0 and TR1 at the least, 64 and 80 periods of
    the 847.5 kHz sub-carrier.

    Assumed, in the order of magnitude of contactless chips and USB readers in general:
    `exchange_s`: what the chip needs to understand a command and find its file, and two USB transfers.
    `rsa_2048_s`, `ecdsa_p384_s`: one signature with the chip's coprocessor.
    `write_s`: one write to the chip's EEPROM. VERIFY writes its counter before it compares and, where the PIN is right,
    once more; CHANGE writes the new value.
    """

    bits_per_byte: int = 10
    bits_per_frame: int = 22
    frame_limit_bytes: int = 256
    block_overhead_bytes: int = 3
    turnaround_s: float = (64 + 80) / 847_500
    exchange_s: float = 0.003
    rsa_2048_s: float = 0.2
    ecdsa_p384_s: float = 0.1
    write_s: float = 0.004

    def transfer_s(self, length: int, rate: int) -> float:
        """One APDU of `length` bytes in one direction at `rate` kbit/s, with the blocks and acknowledgements it takes.

        Raises:
            ValueError: No such rate.
        """
        bits_per_s = CARRIER_HZ / _divisor(rate)
        payload = self.frame_limit_bytes - self.block_overhead_bytes
        blocks = max(1, -(-length // payload))
        acknowledgements = blocks - 1
        frames = blocks + acknowledgements
        bits = (length + frames * self.block_overhead_bytes) * self.bits_per_byte + frames * self.bits_per_frame
        return bits / bits_per_s + frames * self.turnaround_s

    def exchange_total_s(self, command: bytes | bytearray, answer: bytes, rate: int) -> float:
        """One command and its answer. Raises ValueError as `transfer_s`."""
        there, back = self.transfer_s(len(command), rate), self.transfer_s(len(answer), rate)
        return there + back + self.exchange_s + self._work_s(command, answer)

    def _work_s(self, command: bytes | bytearray, answer: bytes) -> float:
        if len(command) < 6 or len(answer) < 2:
            return 0.0
        ins, sw1 = command[1], answer[-2]
        if ins == INS_VERIFY:
            return {OK: 2 * self.write_s, TRY_SPENT: self.write_s}.get(sw1, 0.0)
        if ins == INS_CHANGE_REFERENCE_DATA and sw1 == OK:
            return self.write_s
        if ins == INS_COMPUTE_DIGITAL_SIGNATURE and sw1 in (OK, MORE_DATA):
            length = answer[-1] if sw1 == MORE_DATA else len(answer) - 2
            return self.ecdsa_p384_s if length == POINT_PAIR_LENGTH else self.rsa_2048_s
        return 0.0


def _divisor(rate: int) -> int:
    if rate not in RATES:
        raise ValueError(f"a contactless card talks at one of {RATES} kbit/s, not at {rate}")
    return 128 * RATES[0] // rate


class ContactlessCard(CardWrapper):
    """A card whose every answer comes when the model says that it would come over the air.

    What computing the answer took is taken off the wait, so that the time that passes is the model's; where computing
    alone takes longer, the answer comes when it is there. Lay it over quirks, not under them: then the field carries
    the `61xx` rounds too. A torn-off command's way to the card is counted and not waited for. Activation after
    power-on is not modelled.
    """

    def __init__(
        self,
        inner: EmulatedCard,
        rate: int,
        model: ContactlessModel,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
    ) -> None:
        super().__init__(inner)
        _divisor(rate)
        self._rate = rate
        self._model = model
        self._sleep = sleep
        self._clock = clock
        self._overslept = 0.0
        self.modelled_s = 0.0
        """Seconds that all exchanges take by the model, since this object was made."""
        self.exchange_times_s: deque[float] = deque(maxlen=KEPT)
        """The model's seconds of each of the last exchanges, the latest last."""

    @property
    def rate(self) -> int:
        """The bit rate in kbit/s."""
        return self._rate

    def _answer(self, command: bytes | bytearray) -> bytes:
        began = self._clock()
        try:
            answer = self._inner.process(command)
        except CardTornError:
            self._note(self._model.transfer_s(len(command), self._rate))
            raise
        seconds = self._model.exchange_total_s(command, answer, self._rate)
        self._note(seconds)
        computed = self._clock()
        wait = seconds - (computed - began) - self._overslept
        if wait > 0:
            self._sleep(wait)
            late = self._clock() - computed - wait
            self._overslept = min(max(late, -OVERSLEEP_LIMIT_S), OVERSLEEP_LIMIT_S)
        else:
            self._overslept = max(0.0, self._overslept - max(0.0, seconds - (computed - began)))
        return answer

    def _note(self, seconds: float) -> None:
        self.modelled_s += seconds
        self.exchange_times_s.append(seconds)


def contactless(
    card: EmulatedCard,
    rate: int,
    *,
    model: ContactlessModel | None = None,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.perf_counter,
) -> ContactlessCard:
    """`card` in the field of a reader at `rate` kbit/s (one of `RATES`).

    Raises:
        ValueError: No such rate.
    """
    return ContactlessCard(card, rate, model if model is not None else ContactlessModel(), sleep, clock)
