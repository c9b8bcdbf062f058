"""A handful of quirks in a real pcscd: what the other ways to a card are tried with in every pair."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from reader.card.contactless import contactless
from reader.card.quirks import parse_quirk, with_quirks
from reader.connection import SmartCardConnection
from reader.errors import CardRemovedError, ReaderError
from reader.jpki import AUTHENTICATION_PIN, JpkiSession
from reader.pin import PinHandle
from reader.recording import Recording
from reader.replay import ReplayedCard
from reader.trace import Exchange, TracedConnection
from reader.transports.pcsc import PcscSlot
from tests.card_factory import make_card, throw_away_pair
from tests.daemons.private_pcscd import PrivatePcscd
from tests.daemons.virtual_card import inserted

pytestmark = [pytest.mark.pcsc, pytest.mark.daemon]

MESSAGE = b"MADOGUCHI TEST"


def visit(connection: SmartCardConnection) -> bytes:
    session = JpkiSession(connection)
    session.kind()
    session.authentication_certificate()
    session.attempts_left(AUTHENTICATION_PIN)
    session.verify(AUTHENTICATION_PIN, PinHandle(bytearray(b"1234")))
    return session.sign_message(MESSAGE)


def assert_valid(signature: bytes) -> None:
    throw_away_pair("user authentication").key.public_key().verify(signature, MESSAGE, PKCS1v15(), SHA256())


@pytest.mark.parametrize(
    "quirks", [["first-6f00", "chaining-61xx"], ["wrong-le-6cxx", "short-only"], ["chaining-61xx=31", "slow=1"]]
)
def test_with_lawful_quirks_a_visit_over_pcscd_succeeds(private_pcscd: PrivatePcscd, quirks: list[str]) -> None:
    with inserted(with_quirks(make_card(), map(parse_quirk, quirks)), private_pcscd) as name:
        slot = PcscSlot(name)
        for _ in range(2):
            connection = slot.connect()
            assert_valid(visit(connection))
            connection.close()
        slot.close()


@pytest.mark.parametrize(
    "quirks",
    [["chaining-61xx", "tear-off=7:after"], ["garbage=4", "slow=1"], ["flip-byte=2:sw", "wrong-length=4:long"]],
)
def test_a_fault_over_pcscd_ends_in_an_error_of_ours_and_the_next_visit_works(
    private_pcscd: PrivatePcscd, quirks: list[str]
) -> None:
    inner = make_card()
    with inserted(with_quirks(inner, map(parse_quirk, quirks)), private_pcscd) as name:
        slot = PcscSlot(name)
        connection = slot.connect()
        with pytest.raises(ReaderError) as failure:
            visit(connection)
        connection.close()
        slot.close()
    assert isinstance(failure.value, CardRemovedError) == any(quirk.startswith("tear-off") for quirk in quirks)
    assert inner.image.pins[0x18].tries_left == 3
    with inserted(inner, private_pcscd) as name:
        slot = PcscSlot(name)
        connection = slot.connect()
        assert_valid(visit(connection))
        connection.close()
        slot.close()


def test_a_contactless_card_over_pcscd_gives_the_same_answers_in_the_modelled_time(private_pcscd: PrivatePcscd) -> None:
    card = contactless(make_card(), 848)
    with inserted(card, private_pcscd) as name:
        slot = PcscSlot(name)
        connection = slot.connect()
        exchanges: list[Exchange] = []
        assert_valid(visit(TracedConnection(connection, exchanges.append)))
        connection.close()
        slot.close()
    assert len(card.exchange_times_s) == len(exchanges)
    waited_ms = sum(exchange.duration_ms or 0.0 for exchange in exchanges)
    assert waited_ms >= 1000 * card.modelled_s * 0.9


def test_a_visit_that_was_recorded_over_pcscd_is_replayed_over_pcscd(private_pcscd: PrivatePcscd) -> None:
    """From a card that came to grief, over a file, to a card that comes to grief at the same place."""
    recordings: list[Recording] = []
    card = with_quirks(make_card(), [parse_quirk("first-6f00"), parse_quirk("tear-off=6")])
    for lying in (card, None):
        again = lying if lying is not None else ReplayedCard(Recording.parse(recordings[0].as_text().encode()))
        with inserted(again, private_pcscd) as name:
            slot = PcscSlot(name)
            connection = slot.connect()
            exchanges: list[Exchange] = []
            with pytest.raises(CardRemovedError):
                visit(TracedConnection(connection, exchanges.append, clock=lambda: 0.0))
            recordings.append(Recording(tuple(exchanges), connection.atr, name))
            connection.close()
            slot.close()
    assert recordings[0] == recordings[1]
    assert len(recordings[0].exchanges) == 6
