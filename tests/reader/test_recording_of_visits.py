"""Whatever our own trace writes down of a visit is a recording: of every card, however it is read and goes wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache

import pytest

from reader.card.applet import SoftwareCard
from reader.card.interface import EmulatedCard
from reader.card.quirks import QUIRKS, parse_quirk, with_quirks
from reader.card.variants import Variant
from reader.connection import SmartCardConnection
from reader.errors import CardTimeoutError, ReaderError
from reader.jpki import AUTHENTICATION_PIN, SIGNING_PIN, JpkiSession
from reader.pin import PinHandle
from reader.recording import Recording
from reader.replay import ReplayedCard
from reader.trace import Exchange, TracedConnection
from reader.transports.in_process import SoftwareReader
from tests.card_factory import PIN, SIGN_PASSWORD, make_card, make_variant
from tests.reader.fakes import CardConnection, FaultyConnection, ScriptedConnection, pin
from tests.reader.short_id_manners import READ_BINARY, SIGN, ForgetsTheFile, LooksPast, Refuses

pytestmark = pytest.mark.broad

Exchanges = list[Exchange]


def traced(connection: SmartCardConnection, *, extended: bool = False) -> Exchanges:
    """Everything that may be asked of a card; a step that is refused is left out, and the next one is taken."""
    exchanges: Exchanges = []
    connection = TracedConnection(connection, exchanges.append)
    with suppress(ReaderError):
        for step in steps(JpkiSession(connection, extended=extended)):
            with suppress(ReaderError):
                step()
    connection.close()
    return exchanges


def steps(session: JpkiSession) -> Iterator[Callable[[], object]]:
    yield session.kind
    yield session.certificates_present
    yield session.token_flags
    yield session.authentication_certificate
    yield session.authentication_ca_certificate
    yield session.is_face_only
    for secret_file, secret, wrong in (
        (session.profile.authentication_pin, PIN.encode(), b"0000"),
        (AUTHENTICATION_PIN, PIN.encode(), b"0000"),
        (SIGNING_PIN, SIGN_PASSWORD.encode(), b"WRONG0"),
    ):
        for digits in (wrong, secret):
            yield lambda ef=secret_file: session.attempts_left(ef)  # type: ignore[misc]
            yield lambda ef=secret_file, digits=digits: session.verify(ef, PinHandle(pin(digits)))  # type: ignore[misc]
        yield lambda: session.sign_message(b"MADOGUCHI TEST")
        yield session.signing_certificate
        yield session.authentication_certificate


def on_a_reader(card: EmulatedCard, *, visits: int = 1, extended: bool = False) -> Exchanges:
    """So many visits in turn on a reader in this process; a card that was torn off is laid down again."""
    reader = SoftwareReader()
    exchanges: Exchanges = []
    for _ in range(visits):
        if reader.card is None:
            reader.place(card)
        with suppress(ReaderError):
            exchanges += traced(reader.connect(), extended=extended)
    reader.close()
    return exchanges


def is_a_recording(exchanges: Exchanges) -> None:
    """Both forms are taken and come back as they were, but for the times in the text."""
    assert exchanges
    recording = Recording(tuple(exchanges), bytes.fromhex("3B888001000005E0B381A1007F"), "a reader")
    document = Recording.parse(json.dumps(recording.as_dict()).encode())
    assert document == recording
    text = Recording.parse(recording.as_text().encode())
    assert text.as_text() == recording.as_text()
    assert [(one.command, one.answer, one.sw, one.error) for one in text.exchanges] == [
        (one.command, one.answer, one.sw, one.error) for one in exchanges
    ]


@cache
def twelve_bytes_each(content: bytes) -> frozenset[str]:
    """Every twelve bytes of it, as a recording would write them."""
    written = content.hex().upper()
    return frozenset(written[start : start + 24] for start in range(0, len(written) - 24, 2))


def holds_nothing_of(exchanges: Exchanges, card: SoftwareCard) -> None:
    """No twelve bytes of a certificate, which is more than it shares with any label, and no PIN."""
    text = Recording(tuple(exchanges)).as_text()
    certificates = [record.content for record in card.image.files.values() if record.content[:1] == b"\x30"]
    secret = frozenset[str]().union(*map(twelve_bytes_each, certificates))
    shown = re.findall("[0-9A-F]{24,}", text)
    assert [piece for run in shown for at in range(len(run) - 23) if (piece := run[at : at + 24]) in secret] == []
    assert PIN.encode().hex() not in text
    assert SIGN_PASSWORD.encode().hex().upper() not in text


VARIANTS = [variant for variant in Variant if variant is not Variant.MUTE]  # which nobody can connect to
LAWFUL = [kind.name for kind in QUIRKS.values() if kind.lawful]


@pytest.mark.parametrize("extended", [False, True], ids=["short", "extended"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_visit_with_every_kind_of_card(variant: Variant, extended: bool) -> None:
    card = make_variant(variant)
    exchanges = on_a_reader(card, visits=2, extended=extended)
    is_a_recording(exchanges)
    holds_nothing_of(exchanges, card)


@pytest.mark.parametrize("quirk", [*LAWFUL, "chaining-61xx=1", "chaining-61xx=3", "chaining-61xx=256"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_visit_with_every_lawful_quirk(variant: Variant, quirk: str) -> None:
    card = make_variant(variant)
    quirks = [parse_quirk(quirk), *([parse_quirk("wrong-le-6cxx")] if quirk.startswith("chaining") else [])]
    exchanges = on_a_reader(with_quirks(card, quirks, sleep=lambda _seconds: None), visits=2, extended=True)
    is_a_recording(exchanges)
    holds_nothing_of(exchanges, card)


@pytest.mark.parametrize("chained", [False, True], ids=["whole", "chained"])
@pytest.mark.parametrize("fault", ["garbage={}", "wrong-length={}:short", "wrong-length={}:long", "flip-byte={}:data",
                                   "flip-byte={}:sw", "tear-off={}:before", "tear-off={}:after"])  # fmt: skip
def test_a_visit_with_every_fault_at_every_command(fault: str, chained: bool) -> None:
    for number in range(1, 30):
        card = make_card()
        quirks = [parse_quirk(fault.format(number)), *([parse_quirk("chaining-61xx=100")] if chained else [])]
        exchanges = on_a_reader(with_quirks(card, quirks), visits=2)
        is_a_recording(exchanges)
        holds_nothing_of(exchanges, card)


@pytest.mark.parametrize(
    "manner",
    [CardConnection, Refuses, lambda card: Refuses(card, instructions=(READ_BINARY,)),
     lambda card: Refuses(card, instructions=(SIGN,)), LooksPast, lambda card: LooksPast(card, (READ_BINARY,)),
     lambda card: LooksPast(card, (SIGN,)), ForgetsTheFile],
    ids=["takes", "refuses", "no read", "no sign", "past", "past read", "past sign", "forgets"],
)  # fmt: skip
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_visit_however_files_are_named(
    variant: Variant, manner: Callable[[SoftwareCard], SmartCardConnection]
) -> None:
    card = make_variant(variant)
    exchanges = traced(manner(card), extended=True)
    is_a_recording(exchanges)
    holds_nothing_of(exchanges, card)


def test_a_visit_in_which_nobody_answers() -> None:
    for number in range(30):
        for before, after in (((number,), ()), ((), (number,)), ((number, number + 2), (number + 4,))):
            is_a_recording(traced(FaultyConnection(CardConnection(make_card()), before, after)))


def test_answers_of_less_than_a_status_word_and_a_time_out() -> None:
    class Late(ScriptedConnection):
        def transmit(self, command: bytes | bytearray) -> bytes:
            if not self.answers:
                raise CardTimeoutError
            return super().transmit(command)

    label = b"JPKIAPICCTOKEN2".ljust(32).hex() + "9000"
    for answers in ([], [""], ["90"], ["9000"], ["9000", label], ["9000", label, "90", "9000", ""]):
        is_a_recording(traced(Late(*answers)))


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_visit_that_is_played_back_is_the_same_recording_again(variant: Variant) -> None:
    def said(exchanges: Exchanges) -> list[tuple[str, str, int | None]]:
        return [(one.command, one.answer, one.sw) for one in exchanges]

    exchanges = on_a_reader(with_quirks(make_variant(variant), [parse_quirk("chaining-61xx=90")]))
    again = on_a_reader(ReplayedCard(Recording.parse(Recording(tuple(exchanges)).as_text().encode())))
    is_a_recording(again)
    assert said(again) == said(exchanges)
