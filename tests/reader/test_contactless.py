"""The model of the field: its arithmetic by hand, and waits that make the time pass which the model says."""

from __future__ import annotations

import itertools

import pytest

from reader.card.applet import SoftwareCard
from reader.card.contactless import KEPT, RATES, ContactlessCard, ContactlessModel, contactless
from reader.card.interface import CardTornError, EmulatedCard
from reader.card.quirks import parse_quirk, with_quirks
from tests.card_factory import make_card
from tests.reader.cards import ListeningCard

SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")
VERIFY = bytes.fromhex("0020009804") + b"1234"
WRONG = bytes.fromhex("0020009804") + b"0000"
SIGN = bytes.fromhex("802A009733") + bytes(51) + b"\x00"

BARE = ContactlessModel(turnaround_s=0.0, exchange_s=0.0, rsa_2048_s=0.0, ecdsa_p384_s=0.0, write_s=0.0)
"""Nothing but the bits."""


class Time:
    """A clock that moves when somebody sleeps, and by `computing` at each command."""

    def __init__(self, *, oversleep: float = 0.0) -> None:
        self.now = 100.0
        self.oversleep = oversleep
        self.waits: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds + self.oversleep


class Computing(ListeningCard):
    """A card that takes its time."""

    def __init__(self, time: Time, seconds: float) -> None:
        super().__init__()
        self._time = time
        self._seconds = seconds

    def process(self, command: bytes | bytearray) -> bytes:
        self._time.now += self._seconds
        return super().process(command)


def in_field(card: EmulatedCard, time: Time, model: ContactlessModel | None = None, rate: int = 106) -> ContactlessCard:
    return contactless(card, rate, model=model, sleep=time.sleep, clock=lambda: time.now)


def powered(card: SoftwareCard) -> SoftwareCard:
    card.power_on()
    card.process(SELECT)
    return card


def test_an_apdu_is_its_bytes_three_more_and_the_frame_at_the_rate_of_the_field() -> None:
    # 105 937.5 bit/s; ten bits a byte; 22 for start and end of the frame.
    assert BARE.transfer_s(5, 106) == pytest.approx(((5 + 3) * 10 + 22) / 105_937.5)
    assert BARE.transfer_s(253, 106) == pytest.approx(((253 + 3) * 10 + 22) / 105_937.5)


def test_what_is_longer_than_a_frame_is_chained_and_acknowledged() -> None:
    # 258 bytes: a block of 253, an acknowledgement, a block of 5.
    bits = (253 + 3) * 10 + 3 * 10 + (5 + 3) * 10 + 3 * 22
    assert BARE.transfer_s(258, 106) == pytest.approx(bits / 105_937.5)


def test_twice_the_rate_is_half_the_time() -> None:
    for slow, fast in itertools.pairwise(RATES):
        assert BARE.transfer_s(258, slow) == pytest.approx(2 * BARE.transfer_s(258, fast))


def test_every_frame_has_its_turnaround_and_every_exchange_its_own_time() -> None:
    model = ContactlessModel(turnaround_s=1.0, exchange_s=10.0)
    total = model.exchange_total_s(SELECT, b"\x90\x00", 848)
    assert 12.0 < total < 12.01
    assert 14.0 < model.exchange_total_s(SELECT, bytes(256) + b"\x90\x00", 848) < 14.01


@pytest.mark.parametrize(
    ("command", "answer", "seconds"),
    [
        (SIGN, bytes(256) + b"\x90\x00", 100.0),
        (SIGN, b"\x61\x00", 100.0),
        (SIGN, bytes(96) + b"\x90\x00", 1000.0),
        (SIGN, b"\x61\x60", 1000.0),
        (SIGN, b"\x69\x82", 0.0),
        (VERIFY, b"\x90\x00", 2.0),
        (WRONG, b"\x63\xc2", 1.0),
        (VERIFY, b"\x69\x84", 0.0),
        (bytes.fromhex("00200080"), b"\x63\xc3", 0.0),
        (bytes.fromhex("0024018004") + b"1234", b"\x90\x00", 1.0),
        (bytes.fromhex("0024018004") + b"1234", b"\x69\x82", 0.0),
        (SELECT, b"\x90\x00", 0.0),
        (SIGN, b"\x90", 0.0),
        (b"", b"", 0.0),
    ],
)
def test_signatures_and_writes_take_their_time_where_they_happened(
    command: bytes, answer: bytes, seconds: float
) -> None:
    model = ContactlessModel(turnaround_s=0, exchange_s=0, rsa_2048_s=100.0, ecdsa_p384_s=1000.0, write_s=1.0)
    assert model.exchange_total_s(command, answer, 848) == pytest.approx(seconds, abs=0.01)


def test_the_card_answers_when_the_model_says_so_whatever_computing_took() -> None:
    time = Time()
    card = in_field(Computing(time, 0.002), time)
    for _ in range(10):
        card.process(SELECT)
    assert time.now - 100.0 == pytest.approx(card.modelled_s)
    assert sum(card.exchange_times_s) == pytest.approx(card.modelled_s)
    assert all(wait == pytest.approx(card.modelled_s / 10 - 0.002) for wait in time.waits)


def test_a_sleep_that_took_too_long_shortens_the_next() -> None:
    time = Time(oversleep=0.001)
    card = in_field(ListeningCard(), time)
    for _ in range(100):
        card.process(SELECT)
    assert time.now - 100.0 == pytest.approx(card.modelled_s + 0.001)


def test_a_pause_of_the_machine_is_not_caught_up_with() -> None:
    time = Time(oversleep=5.0)
    card = in_field(ListeningCard(), time, ContactlessModel(exchange_s=1.0))
    card.process(SELECT)
    card.process(SELECT)
    assert time.waits[1] > 0.98


def test_a_card_that_is_slower_than_the_model_is_not_held_up() -> None:
    time = Time()
    card = in_field(Computing(time, 3.0), time)
    card.process(SELECT)
    assert time.waits == []
    assert time.now == 103.0
    assert card.modelled_s < 0.1


def test_answers_are_those_of_the_card_inside() -> None:
    time = Time()
    inner = make_card()
    card = in_field(inner, time)
    card.power_on()
    assert card.process(SELECT) == b"\x90\x00"
    assert card.process(VERIFY) == b"\x90\x00"
    assert card.process(SIGN) == inner.process(SIGN)
    card.power_off()
    card.power_on()
    card.process(SELECT)
    assert card.process(SIGN) == b"\x69\x82"
    assert (card.rate, card.inner, card.atr) == (106, inner, inner.atr)


def test_the_field_carries_the_rounds_of_a_chained_answer_too() -> None:
    time = Time()
    card = in_field(with_quirks(powered(make_card()), [parse_quirk("chaining-61xx=128")]), time, BARE)
    before = card.modelled_s
    assert card.process(bytes.fromhex("00B08A0000")) == b"\x61\x00"
    card.process(bytes.fromhex("00C0000000"))
    card.process(bytes.fromhex("00C0000000"))
    apdus = [5, 2, 5, 130, 5, 130]
    assert card.modelled_s - before == pytest.approx(sum(BARE.transfer_s(length, 106) for length in apdus))


def test_a_command_to_a_card_that_is_torn_off_is_counted_and_not_waited_for() -> None:
    time = Time()
    card = in_field(ListeningCard({SELECT.hex().upper(): CardTornError()}), time)
    with pytest.raises(CardTornError):
        card.process(SELECT)
    assert card.modelled_s == pytest.approx(ContactlessModel().transfer_s(len(SELECT), 106))
    assert time.waits == []


def test_only_the_last_times_are_kept() -> None:
    time = Time()
    card = in_field(ListeningCard(), time)
    for _ in range(KEPT + 10):
        card.process(SELECT)
    assert len(card.exchange_times_s) == KEPT
    assert card.modelled_s == pytest.approx(sum(card.exchange_times_s) / KEPT * (KEPT + 10))


@pytest.mark.parametrize("rate", [0, 105, 106.5, 1695, -106])
def test_another_rate_is_refused(rate: int) -> None:
    with pytest.raises(ValueError, match="106, 212, 424, 848"):
        contactless(ListeningCard(), rate)
