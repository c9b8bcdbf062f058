"""The card desk over the software reader: what is asked before the PIN, and what every failure becomes."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import date, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from kiosk.flow.states import CardSummary, Trouble
from kiosk.services import card_desk
from kiosk.services.card_desk import SlotCardDesk, stopped_by
from kiosk.services.interfaces import CardStopped, ExchangeCount, PinRefused
from reader import errors
from reader.apdu import CommandApdu
from reader.card.applet import SoftwareCard
from reader.connection import SlotReport, SlotState, SmartCardConnection
from reader.transports.in_process import SoftwareReader
from tests.card_factory import NOT_AFTER, make_card, throw_away_ca, throw_away_pair
from tests.kiosk.services.samples import JST, TODAY, pin

LAST_DAY = NOT_AFTER.astimezone(JST).date()
MESSAGE = b"what the counter wants signed"
LONG_ENOUGH = 30.0


def ours() -> list[bytes]:
    return [throw_away_ca("user authentication").der]


def desk_over(slot: SoftwareReader, *, on: date = TODAY) -> SlotCardDesk:
    return SlotCardDesk(slot, test_authorities=ours, on=lambda: on)


def desk_with(slot: SoftwareReader, card: SoftwareCard) -> SlotCardDesk:
    slot.place(card)
    return desk_over(slot)


def test_reading_gives_kind_tries_and_the_last_day(slot: SoftwareReader) -> None:
    desk = desk_with(slot, make_card(tries_left=2))
    assert desk.read() == CardSummary("plastic", 2, LAST_DAY)
    assert desk.certificate == throw_away_pair("user authentication").der
    assert desk.count.after_pin == 0


def test_after_the_pin_there_are_exactly_two_commands_and_the_signature_is_right(slot: SoftwareReader) -> None:
    desk = desk_with(slot, make_card())
    desk.read()
    before = desk.count
    signature = desk.verify_and_sign(pin(), MESSAGE)
    assert desk.count.after_pin == 2
    assert desk.count.total == before.total + 2
    assert desk.count.total_bytes > before.total_bytes
    throw_away_pair("user authentication").key.public_key().verify(
        signature, MESSAGE, padding.PKCS1v15(), hashes.SHA256()
    )


def test_a_second_message_is_signed_under_the_same_pin_with_one_command(slot: SoftwareReader) -> None:
    desk = desk_with(slot, make_card())
    desk.read()
    desk.verify_and_sign(pin(), MESSAGE)
    before = desk.count.total
    again = desk.sign_again(b"another message")
    assert desk.count.total == before + 1, "neither VERIFY nor SELECT"
    certificate = x509.load_der_x509_certificate(desk.certificate)
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(again, b"another message", padding.PKCS1v15(), hashes.SHA256())


def test_nothing_is_signed_again_before_a_pin_or_after_the_card_was_let_go_of(slot: SoftwareReader) -> None:
    desk = desk_with(slot, make_card())
    desk.read()
    with pytest.raises(CardStopped) as never_verified:
        desk.sign_again(MESSAGE)
    desk.read()
    desk.verify_and_sign(pin(), MESSAGE)
    desk.release()
    desk.read()
    with pytest.raises(CardStopped) as released:
        desk.sign_again(MESSAGE)
    assert never_verified.value.trouble is released.value.trouble is Trouble.CARD_PULLED


def test_a_card_that_is_pulled_before_it_signs_again(slot: SoftwareReader) -> None:
    desk = desk_with(slot, make_card())
    desk.read()
    desk.verify_and_sign(pin(), MESSAGE)
    slot.remove()
    with pytest.raises(CardStopped) as stopped:
        desk.sign_again(MESSAGE)
    assert stopped.value.trouble is Trouble.CARD_PULLED
    assert desk.certificate == b"", "it was let go of"


def test_whether_a_card_has_a_photo_is_asked_by_its_certificate(slot: SoftwareReader) -> None:
    slot.place(make_card())
    asked: list[bytes] = []

    def has_none(certificate: bytes) -> bool:
        asked.append(certificate)
        return False

    desk = SlotCardDesk(slot, test_authorities=ours, on=lambda: TODAY, has_photo=has_none)
    card = desk.read()
    assert not card.has_photo
    assert asked == [desk.certificate]


def test_a_wrong_pin_spends_one_try_and_the_next_one_works(slot: SoftwareReader) -> None:
    desk = desk_with(slot, make_card())
    desk.read()
    wrong = pin("0000")
    with pytest.raises(PinRefused) as refusal:
        desk.verify_and_sign(wrong, MESSAGE)
    assert refusal.value.attempts_left == 2
    with wrong.spend() as digits:
        assert digits == b"", "the handle is spent"
    assert desk.verify_and_sign(pin(), MESSAGE)
    desk.release()
    assert desk.read().attempts_left == 3, "a success resets the counter"


def test_the_last_try_is_spent_here_because_the_flow_has_asked(slot: SoftwareReader) -> None:
    desk = desk_with(slot, make_card(tries_left=1))
    assert desk.read().attempts_left == 1
    with pytest.raises(PinRefused) as refusal:
        desk.verify_and_sign(pin("0000"), MESSAGE)
    assert refusal.value.attempts_left == 0
    assert desk.read().attempts_left == 0


def test_a_locked_card_is_told_without_a_verify(slot: SoftwareReader) -> None:
    desk = desk_with(slot, make_card(tries_left=0))
    assert desk.read().attempts_left == 0
    with pytest.raises(PinRefused) as refusal:
        desk.verify_and_sign(pin(), MESSAGE)
    assert refusal.value.attempts_left == 0
    assert desk.count.after_pin == 0


@pytest.mark.parametrize(("typed", "reason"), [("123", "pin_length"), ("12a4", "pin_digits"), ("", "pin_length")])
def test_what_is_no_pin_never_reaches_the_card(slot: SoftwareReader, typed: str, reason: str) -> None:
    desk = desk_with(slot, make_card())
    desk.read()
    with pytest.raises(CardStopped) as stopped:
        desk.verify_and_sign(pin(typed), MESSAGE)
    assert (stopped.value.trouble, stopped.value.detail) == (Trouble.INTERNAL, reason)
    assert desk.read().attempts_left == 3


def test_without_a_card_the_pin_is_wiped_and_nothing_is_asked(slot: SoftwareReader) -> None:
    handle = pin()
    with pytest.raises(CardStopped) as stopped:
        desk_over(slot).verify_and_sign(handle, MESSAGE)
    assert stopped.value.trouble is Trouble.CARD_PULLED
    with handle.spend() as digits:
        assert digits == b""


def test_a_release_powers_the_card_down_so_that_a_pin_does_not_outlive_the_visit(slot: SoftwareReader) -> None:
    desk = desk_with(slot, make_card())
    desk.read()
    desk.verify_and_sign(pin(), MESSAGE)
    said = desk.count
    desk.release()
    desk.release()
    assert desk.certificate == b""
    assert desk.count == said
    connection = slot.connect()
    for select in ("00A4040C0AD392F000260100000001", "00A4020C020017"):
        assert connection.transmit(bytes.fromhex(select)) == b"\x90\x00"
    digest_info = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(MESSAGE).digest()
    sign = CommandApdu(0x80, 0x2A, 0x00, 0x80, digest_info, 256).to_bytes()
    assert connection.transmit(sign)[-2:] == bytes.fromhex("6982")
    connection.close()


def test_every_reading_begins_its_count_anew_and_lets_go_of_the_card_before(slot: SoftwareReader) -> None:
    desk = desk_with(slot, make_card())
    desk.read()
    first = desk.count
    desk.read()
    assert desk.count == first


# --- whose card is it? ------------------------------------------------------------------------------------------


def stranger(name: x509.Name) -> bytes:
    """Another CA that calls itself like ours."""
    key = rsa.generate_private_key(65537, 2048)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(datetime(2026, 1, 1)).not_valid_after(datetime(2036, 1, 1))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def test_a_card_of_another_authority_is_a_real_card_whatever_the_name_says(slot: SoftwareReader) -> None:
    slot.place(make_card())
    same_name = stranger(throw_away_ca("user authentication").certificate.subject)
    for authorities in ([], [same_name], [throw_away_ca("digital signature").der]):
        desk = SlotCardDesk(slot, test_authorities=lambda given=authorities: given, on=lambda: TODAY)  # type: ignore[misc]
        with pytest.raises(CardStopped) as stopped:
            desk.read()
        assert stopped.value.trouble is Trouble.REAL_CARD
        assert desk.certificate == b"", "it never leaves the reading"
        slot.connect().close()  # would be busy, were the card not released


def test_a_real_cards_pin_file_is_not_even_selected(slot: SoftwareReader) -> None:
    asked = Eavesdropper(slot)
    slot.place(make_card())
    with pytest.raises(CardStopped):
        SlotCardDesk(asked, test_authorities=list, on=lambda: TODAY).read()
    assert asked.said
    assert not any(command[:2] == b"\x00\x20" or command.endswith(b"\x00\x18") for command in asked.said)


def test_one_of_several_generations_of_the_ca_is_enough(slot: SoftwareReader) -> None:
    slot.place(make_card())
    generations = [stranger(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "old")])), *ours()]
    assert SlotCardDesk(slot, test_authorities=lambda: generations, on=lambda: TODAY).read().attempts_left == 3


@pytest.mark.parametrize(
    ("on", "accepted"),
    [(date(2031, 1, 1), True), (date(2031, 1, 2), True), (date(2031, 4, 30), True), (date(2031, 5, 1), False)],
)
def test_a_certificate_counts_until_its_grace_ends(slot: SoftwareReader, on: date, *, accepted: bool) -> None:
    slot.place(make_card())
    desk = desk_over(slot, on=on)
    if accepted:
        assert desk.read().certificate_until == LAST_DAY
        return
    with pytest.raises(CardStopped) as stopped:
        desk.read()
    assert (stopped.value.trouble, stopped.value.detail) == (Trouble.CERTIFICATE_REFUSED, "expired")


def test_an_authority_that_cannot_be_asked_leaves_no_card_open(slot: SoftwareReader) -> None:
    slot.place(make_card())

    def unreadable() -> list[bytes]:
        raise PermissionError("the key store")

    with pytest.raises(PermissionError):
        SlotCardDesk(slot, test_authorities=unreadable, on=lambda: TODAY).read()
    assert desk_over(slot).read().attempts_left == 3


# --- everything that goes wrong ---------------------------------------------------------------------------------


READ_CERTIFICATE = bytes.fromhex("00B08A")
"""READ BINARY of EF 000A by its short identifier (jpki-card.md §1.3)."""


class Eavesdropper:
    """A slot that hears every command, and can answer one itself."""

    def __init__(self, slot: SoftwareReader, answer: Callable[[bytes], bytes | None] = lambda _: None) -> None:
        self._slot = slot
        self._answer = answer
        self._inner: SmartCardConnection | None = None
        self.said: list[bytes] = []

    name = "eavesdropper"
    atr = b""
    extended_length = False

    def connect(self) -> SmartCardConnection:
        self._inner = self._slot.connect()
        return self

    def transmit(self, command: bytes | bytearray) -> bytes:
        self.said.append(bytes(command))
        assert self._inner is not None
        own = self._answer(bytes(command))
        return self._inner.transmit(command) if own is None else own

    def cancel(self) -> None:
        if self._inner is not None:
            self._inner.cancel()

    def close(self) -> None:
        if self._inner is not None:
            self._inner.close()

    def wait_for_change(self, known: SlotReport | None, timeout: float) -> SlotReport:
        return SlotReport(SlotState.EMPTY)

    def interrupt(self) -> None:
        """Nobody waits."""


MAPPING: list[tuple[errors.ReaderError, Trouble, str]] = [
    (errors.NoCardError(), Trouble.CARD_PULLED, ""),
    (errors.CardRemovedError(), Trouble.CARD_PULLED, ""),
    (errors.CardBusyError(), Trouble.CARD_BUSY, ""),
    (errors.CardUnresponsiveError(), Trouble.CARD_UNREADABLE, "mute"),
    (errors.CardTimeoutError(), Trouble.CARD_UNREADABLE, "timeout"),
    (errors.OperationCancelledError(), Trouble.CARD_PULLED, "cancelled"),
    (errors.CardProtocolError("broken"), Trouble.CARD_UNREADABLE, "protocol"),
    (errors.TransportError("something else"), Trouble.CARD_UNREADABLE, "transport"),
    (errors.StatusWordError(0x6982), Trouble.CARD_UNREADABLE, "6982"),
    (errors.NotMynaCardError("SOMEBODY'S NAME"), Trouble.NOT_MYNA_CARD, ""),
    (errors.ReaderUnavailableError("SONY"), Trouble.READER_LOST, ""),
    (errors.AmbiguousReaderError("SONY", ("a", "b")), Trouble.READER_LOST, ""),
    (errors.ServiceUnavailableError("no_service"), Trouble.NO_PCSC_SERVICE, "no_service"),
    (errors.ServiceUnavailableError("no_pyscard"), Trouble.NO_PYSCARD, ""),
    (errors.AccessDeniedError(), Trouble.ACCESS_DENIED, ""),
    (errors.PinBlockedError(0x6984), Trouble.PIN_LOCKED, ""),
    (errors.WrongPinError(0x63C1, 1), Trouble.CARD_UNREADABLE, "63C1"),
    (errors.UnsafePinError("order"), Trouble.INTERNAL, "pin_order"),
    (errors.UnsafePinError("face_only"), Trouble.FACE_ONLY, ""),
    (errors.ReaderError("new"), Trouble.INTERNAL, "ReaderError"),
]


@pytest.mark.parametrize(("error", "trouble", "detail"), MAPPING, ids=[type(case[0]).__name__ for case in MAPPING])
def test_every_error_has_its_trouble(error: errors.ReaderError, trouble: Trouble, detail: str) -> None:
    stopped = stopped_by(error)
    assert (stopped.trouble, stopped.detail) == (trouble, detail)


def test_every_error_of_the_family_is_in_the_table() -> None:
    def family(kind: type[errors.ReaderError]) -> set[type[errors.ReaderError]]:
        return {kind}.union(*(family(child) for child in kind.__subclasses__()))

    assert {type(case[0]) for case in MAPPING} == family(errors.ReaderError)


def test_a_card_that_is_pulled_while_it_is_read(slot: SoftwareReader) -> None:
    def pull_at_the_certificate(command: bytes) -> None:
        if command[:3] == READ_CERTIFICATE:
            slot.remove()

    slot.place(make_card())
    desk = SlotCardDesk(Eavesdropper(slot, pull_at_the_certificate), test_authorities=ours, on=lambda: TODAY)
    with pytest.raises(CardStopped) as stopped:
        desk.read()
    assert stopped.value.trouble is Trouble.CARD_PULLED


def test_a_card_that_is_pulled_before_it_signs(slot: SoftwareReader) -> None:
    desk = desk_with(slot, make_card())
    desk.read()
    slot.remove()
    with pytest.raises(CardStopped) as stopped:
        desk.verify_and_sign(pin(), MESSAGE)
    assert stopped.value.trouble is Trouble.CARD_PULLED
    assert desk.certificate == b""
    assert desk.count.after_pin == 1, "the VERIFY that nobody answered"


def test_an_empty_a_broken_and_an_unplugged_reader(slot: SoftwareReader) -> None:
    desk = desk_over(slot)
    troubles = []
    for make_trouble in (slot.remove, slot.break_card, slot.unplug):
        slot.plug_in()
        slot.place(make_card())
        make_trouble()
        with pytest.raises(CardStopped) as stopped:
            desk.read()
        troubles.append((stopped.value.trouble, stopped.value.detail))
    assert troubles == [
        (Trouble.CARD_PULLED, ""),
        (Trouble.CARD_UNREADABLE, "mute"),
        (Trouble.READER_LOST, ""),
    ]


def test_a_card_that_another_program_holds_is_busy(slot: SoftwareReader) -> None:
    slot.place(make_card())
    other = slot.connect()
    with pytest.raises(CardStopped) as stopped:
        desk_over(slot).read()
    assert stopped.value.trouble is Trouble.CARD_BUSY
    other.close()
    assert desk_over(slot).read().attempts_left == 3


def test_another_kind_of_card_is_no_myna_card(slot: SoftwareReader) -> None:
    for select_answer, label_answer in (
        (bytes.fromhex("6A82"), None),
        (None, b"SOMETHING ELSE".ljust(32) + b"\x90\x00"),
    ):

        def other_card(
            command: bytes, select: bytes | None = select_answer, label: bytes | None = label_answer
        ) -> bytes | None:
            if command[:4] == bytes.fromhex("00A4040C"):
                return select
            return label if command[:2] == b"\x00\xb0" else None

        slot.place(make_card())
        desk = SlotCardDesk(Eavesdropper(slot, other_card), test_authorities=ours, on=lambda: TODAY)
        with pytest.raises(CardStopped) as stopped:
            desk.read()
        assert stopped.value.trouble is Trouble.NOT_MYNA_CARD


def test_a_file_that_holds_no_certificate_is_unreadable(slot: SoftwareReader) -> None:
    slot.place(make_card())

    def scrambled(command: bytes) -> bytes | None:
        return bytes.fromhex("3003020101") + b"\x90\x00" if command[:3] == READ_CERTIFICATE else None

    desk = SlotCardDesk(Eavesdropper(slot, scrambled), test_authorities=ours, on=lambda: TODAY)
    with pytest.raises(CardStopped) as stopped:
        desk.read()
    assert (stopped.value.trouble, stopped.value.detail) == (Trouble.CARD_UNREADABLE, "certificate")


def test_no_text_form_carries_the_pin(slot: SoftwareReader) -> None:
    desk = desk_with(slot, make_card(pin="8642"))
    desk.read()
    with pytest.raises(PinRefused) as refusal:
        desk.verify_and_sign(pin("9753"), MESSAGE)
    chain: BaseException | None = refusal.value
    while chain is not None:
        assert "9753" not in repr(chain)
        assert "8642" not in repr(chain)
        chain = chain.__cause__ or chain.__context__


def test_nothing_was_said_before_a_card_was_opened(slot: SoftwareReader) -> None:
    assert desk_over(slot).count == ExchangeCount()


def test_a_parser_that_cannot_be_loaded_ahead_is_told_by_whoever_needs_it_and_not_by_its_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[object] = []
    monkeypatch.setattr(threading, "excepthook", told.append)
    monkeypatch.setattr(card_desk, "_PARSER", "kiosk.services.there_is_no_such_module")
    before = set(threading.enumerate())
    card_desk._load_parser()
    for thread in set(threading.enumerate()) - before:
        thread.join(LONG_ENOUGH)
    assert told == []
