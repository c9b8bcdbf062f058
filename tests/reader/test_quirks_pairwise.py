"""Our reader code, unchanged, against the software card with every two quirks at once, on two ways to a card.

Lawful quirks: the whole visit succeeds and its signature is valid. A fault among them, at every command of the visit in
turn: the visit succeeds or ends in one of our errors, spends no try that nobody submitted, and the next one works.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

from reader.card.applet import SoftwareCard
from reader.card.interface import EmulatedCard
from reader.card.quirks import QUIRKS, Quirk, QuirkKind, parse_quirk, with_quirks
from reader.card.variants import Variant
from reader.connection import SmartCardConnection
from reader.errors import CardRemovedError, ReaderError, WrongPinError
from reader.jpki import AUTHENTICATION_PIN, JpkiSession
from reader.pin import PinHandle
from reader.trace import CountedConnection
from reader.transports.in_process import SoftwareReader
from reader.transports.vpcd import VpcdReader
from tests.card_factory import make_card, make_variant, throw_away_next_pair, throw_away_pair
from tests.daemons.virtual_card import LONG_ENOUGH_S, plugged_in
from tests.reader.fakes import RecordingConnection, pin

pytestmark = pytest.mark.broad

MESSAGE = b"MADOGUCHI TEST"
RIGHT, WRONG = b"1234", b"0000"
TRIES = 3

Way = Callable[[EmulatedCard], AbstractContextManager[SmartCardConnection]]


@contextmanager
def in_process(card: EmulatedCard) -> Iterator[SmartCardConnection]:
    reader = SoftwareReader()
    reader.place(card)
    connection = reader.connect()
    try:
        yield connection
    finally:
        connection.close()
        reader.close()
        for (
            ended
        ) in reader._at_work:  # a torn card loses its power on its own thread; it is laid on another reader next
            assert ended.worker.wait(LONG_ENOUGH_S)


@contextmanager
def over_vpcd(card: EmulatedCard) -> Iterator[SmartCardConnection]:
    reader = VpcdReader(answer_timeout_s=LONG_ENOUGH_S)
    with plugged_in(card, reader.address):
        try:
            connection = reader.connect(wait_s=LONG_ENOUGH_S)
            yield connection
            connection.close()
        finally:
            reader.close()  # first, so that the card's side ends at once


WAYS: list[Way] = [in_process, over_vpcd]


@dataclass(frozen=True)
class Visit:
    """What a visit brought."""

    kind: str
    certificate: bytes
    tries_left: int
    signature: bytes


def visit(connection: SmartCardConnection, digits: bytes, *, extended: bool = False) -> Visit:
    """Everything a visit asks of a card. One PIN is submitted, at most."""
    session = JpkiSession(connection, extended=extended)
    kind = session.kind()
    certificate = session.authentication_certificate()
    tries = session.attempts_left(AUTHENTICATION_PIN)
    session.verify(AUTHENTICATION_PIN, PinHandle(pin(digits)))
    return Visit(kind, certificate, tries, session.sign_message(MESSAGE))


def assert_good(result: Visit) -> None:
    pair = throw_away_pair("user authentication")
    assert (result.kind, result.tries_left) == ("plastic", TRIES)
    assert result.certificate == pair.der
    pair.key.public_key().verify(result.signature, MESSAGE, PKCS1v15(), SHA256())


def quirky(card: EmulatedCard, *quirks: Quirk) -> EmulatedCard:
    return with_quirks(card, quirks, sleep=lambda _seconds: None)


def usual(kind: QuirkKind) -> Quirk:
    """A quirk as it is without saying more; far away where it must be said when."""
    return parse_quirk(kind.name if not kind.number or kind.default is not None else f"{kind.name}=1000")


def at(kind: QuirkKind, number: int, word: str) -> Quirk:
    return parse_quirk(f"{kind.name}={number}" + (f":{word}" if word else ""))


def commands_of_a_visit(*quirks: Quirk) -> int:
    with in_process(quirky(make_card(), *quirks)) as connection:
        counted = CountedConnection(connection)
        assert_good(visit(counted, RIGHT))
    return counted.total


PAIRS = list(itertools.combinations(QUIRKS.values(), 2))
LAWFUL = [pair for pair in PAIRS if all(kind.lawful for kind in pair)]
HARMFUL = [pair for pair in PAIRS if not all(kind.lawful for kind in pair)]


def names(pairs: list[tuple[QuirkKind, QuirkKind]]) -> list[str]:
    return ["+".join(kind.name for kind in pair) for pair in pairs]


def test_every_pair_is_tried() -> None:
    assert len(LAWFUL) + len(HARMFUL) == len(QUIRKS) * (len(QUIRKS) - 1) // 2 == 36
    assert len(LAWFUL) == 10


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("pair", LAWFUL, ids=names(LAWFUL))
@pytest.mark.parametrize("order", [1, -1], ids=["", "turned"])
def test_with_two_lawful_quirks_the_whole_visit_succeeds(
    pair: tuple[QuirkKind, QuirkKind], order: int, way: Way
) -> None:
    inner = make_card(filler=0)
    card = quirky(inner, *[usual(kind) for kind in pair][::order])
    for extended in (False, True):
        with way(card) as connection, pytest.raises(WrongPinError):
            visit(connection, WRONG, extended=extended)
        assert inner.image.pins[0x18].tries_left == TRIES - 1
        restore(inner)
        with way(card) as connection:
            assert_good(visit(connection, RIGHT, extended=extended))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("chunk", [1, 31, 128, 255])
def test_with_all_lawful_quirks_at_once_the_whole_visit_succeeds(chunk: int, way: Way) -> None:
    quirks = [usual(kind) for kind in QUIRKS.values() if kind.lawful and kind.name != "chaining-61xx"]
    card = quirky(make_card(filler=0), parse_quirk(f"chaining-61xx={chunk}"), *quirks)
    with way(card) as connection:
        assert_good(visit(connection, RIGHT))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("pair", LAWFUL, ids=names(LAWFUL))
def test_a_card_of_the_next_generation_bears_them_too(pair: tuple[QuirkKind, QuirkKind], way: Way) -> None:
    """Its signatures are shorter than what is asked for, so that `6Cxx` is met on the way."""
    with way(quirky(make_variant(Variant.NEXT_GENERATION), *map(usual, pair))) as connection:
        heard = RecordingConnection(connection)
        session = JpkiSession(heard)
        tries = session.profile.authentication_pin
        assert session.authentication_certificate() == throw_away_next_pair().der
        assert session.attempts_left(tries) == TRIES
        session.verify(tries, PinHandle(pin(RIGHT)))
        signature = session.sign_message(MESSAGE)
    throw_away_next_pair().key.public_key().verify(signature, MESSAGE, ECDSA(SHA384()))
    signed = [command for command in heard.sent if command.startswith("802A")]
    assert len(signed) == (2 if "wrong-le-6cxx" in [kind.name for kind in pair] and not chained_first(pair) else 1)


def chained_first(pair: tuple[QuirkKind, QuirkKind]) -> bool:
    """Whether GET RESPONSE fetches the signature, so that nobody asks for too much of it."""
    return [kind.name for kind in pair] == ["chaining-61xx", "wrong-le-6cxx"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("pair", HARMFUL, ids=names(HARMFUL))
def test_a_fault_at_any_command_ends_in_success_or_an_error_of_ours_and_the_next_visit_works(
    pair: tuple[QuirkKind, QuirkKind], way: Way
) -> None:
    lawful = [usual(kind) for kind in pair if kind.lawful]
    faults = [kind for kind in pair if not kind.lawful]
    last = commands_of_a_visit(*lawful)
    inner = make_card()
    words = itertools.product(*(kind.words or ("",) for kind in faults))
    for number, said, digits in itertools.product(range(1, last + 1), words, (RIGHT, WRONG)):
        quirks = [
            at(kind, number + further, word) for further, (kind, word) in enumerate(zip(faults, said, strict=True))
        ]
        ended = outcome(way, quirky(inner, *lawful, *quirks), digits)
        where = f"{'+'.join(map(str, [*lawful, *quirks]))}: {ended!r}"
        if [kind.name for kind in faults] == ["tear-off"] and digits == RIGHT:
            assert isinstance(ended, CardRemovedError), where
        left = inner.image.pins[0x18].tries_left
        assert left >= TRIES - 1, where
        assert left == TRIES or digits == WRONG, where
        restore(inner)
        with way(inner) as connection:
            assert_good(visit(connection, RIGHT))


def outcome(way: Way, card: EmulatedCard, digits: bytes) -> Visit | ReaderError:
    """What became of a visit with a fault; any other exception than ours fails the test."""
    try:
        with way(card) as connection:
            return visit(connection, digits)
    except ReaderError as error:
        return error


def restore(card: SoftwareCard) -> None:
    """Give the card back the try that a wrong PIN cost, as its holder would: with the right one."""
    with in_process(card) as connection:
        session = JpkiSession(connection)
        session.kind()
        session.attempts_left(AUTHENTICATION_PIN)
        session.verify(AUTHENTICATION_PIN, PinHandle(pin(RIGHT)))
