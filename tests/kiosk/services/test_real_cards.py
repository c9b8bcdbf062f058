"""Real cards and other kinds of card at the desk: what is asked of them, in which order, and what leaves it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from cryptography.x509 import load_der_x509_certificate

from kiosk.flow.states import CardSummary, Trouble
from kiosk.services.card_desk import SlotCardDesk
from kiosk.services.card_origin import is_signed_by_one_of, is_test_card, public_key_of, read_certificate
from kiosk.services.interfaces import CardStopped, PinRefused
from reader.card import layout
from reader.card.applet import SoftwareCard
from reader.card.image import FileRecord
from reader.card.variants import Variant, as_variant
from reader.connection import SmartCardConnection
from reader.errors import OperationCancelledError
from reader.jpki import JpkiSession
from reader.transports.in_process import SoftwareReader
from tests.card_factory import NOT_AFTER, make_image, throw_away_ca, throw_away_pair
from tests.kiosk.services.foreign import Book, another_installation, card_of, desk_for, its_authority
from tests.kiosk.services.samples import JST, TODAY, pin
from tests.kiosk.services.test_card_desk import MESSAGE, Eavesdropper, stranger

LAST_DAY = NOT_AFTER.astimezone(JST).date()
PAIR = throw_away_pair("user authentication")
PUBLIC_KEY = PAIR.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def trouble_of(desk: SlotCardDesk) -> tuple[Trouble, str]:
    with pytest.raises(CardStopped) as stopped:
        desk.read()
    return stopped.value.trouble, stopped.value.detail


def verifies(said: list[bytes]) -> list[bytes]:
    """The VERIFY commands that carried a PIN."""
    return [command for command in said if command[1] == 0x20 and len(command) > 5]


# --- a real card -------------------------------------------------------------------------------------------------


def test_a_real_card_that_is_allowed_and_enrolled_is_read_and_called_real(slot: SoftwareReader) -> None:
    slot.place(card_of())
    desk = desk_for(slot, enrolled=Book(PUBLIC_KEY))
    assert desk.read() == CardSummary("plastic", 3, LAST_DAY, real=True)


def test_only_its_public_key_and_a_signature_ever_leave_the_desk(slot: SoftwareReader) -> None:
    slot.place(card_of())
    desk = desk_for(slot, enrolled=Book(PUBLIC_KEY))
    desk.read()
    assert (desk.certificate, desk.public_key) == (b"", PUBLIC_KEY)
    signature = desk.verify_and_sign(pin(), MESSAGE)
    assert (desk.certificate, desk.public_key) == (b"", PUBLIC_KEY)
    PAIR.key.public_key().verify(signature, MESSAGE, padding.PKCS1v15(), hashes.SHA256())
    kept = [value for value in vars(desk).values() if isinstance(value, bytes)]
    assert PUBLIC_KEY in kept
    assert PAIR.der not in kept
    desk.release()
    assert desk.public_key == b""


def test_a_test_card_shows_its_certificate_and_no_bare_key(slot: SoftwareReader) -> None:
    slot.place(card_of())
    desk = desk_for(slot, ours=its_authority(), enrolled=Book())
    assert desk.read().real is False
    assert (desk.certificate, desk.public_key) == (PAIR.der, b"")


def test_a_real_card_that_is_not_enrolled_is_let_go_of_before_its_pin_file_is_touched(slot: SoftwareReader) -> None:
    slot.place(card_of())
    heard = Eavesdropper(slot)
    book = Book()
    assert trouble_of(desk_for(heard, enrolled=book)) == (Trouble.REAL_CARD_NOT_ENROLLED, "")
    assert book.asked == [PUBLIC_KEY]
    assert not any(command[1] == 0x20 for command in heard.said)
    slot.connect().close()  # would be busy, were the card not released


@pytest.mark.parametrize("variant", [Variant.PLASTIC, Variant.ANDROID, Variant.IPHONE, Variant.FACE_ONLY])
def test_without_the_option_no_kind_of_real_card_is_used(slot: SoftwareReader, variant: Variant) -> None:
    slot.place(card_of(variant))
    heard, book = Eavesdropper(slot), Book(everybody=True)
    assert trouble_of(desk_for(heard, allow_real=False, enrolled=book)) == (Trouble.REAL_CARD, "")
    assert not any(command[1] == 0x20 for command in heard.said), "nothing about a PIN was asked"
    assert book.asked == []


@pytest.mark.parametrize(("on", "accepted"), [(LAST_DAY, True), (date(2031, 4, 30), True), (date(2031, 5, 1), False)])
def test_a_real_cards_certificate_counts_as_long_as_any(slot: SoftwareReader, on: date, *, accepted: bool) -> None:
    slot.place(card_of())
    desk = desk_for(slot, on=on)
    if accepted:
        assert desk.read().certificate_until == LAST_DAY
    else:
        assert trouble_of(desk) == (Trouble.CERTIFICATE_REFUSED, "expired")


# --- phones ------------------------------------------------------------------------------------------------------


def test_a_phone_that_hides_its_certificate_is_ours_by_its_ca_and_proven_after_the_pin(slot: SoftwareReader) -> None:
    slot.place(card_of(Variant.ANDROID))
    heard = Eavesdropper(slot)
    desk = desk_for(heard, ours=its_authority(), allow_real=False)
    assert desk.read() == CardSummary("android", 3, None)
    assert desk.certificate == b""
    before = len(heard.said)
    signature = desk.verify_and_sign(pin(), MESSAGE)
    assert desk.certificate == PAIR.der
    PAIR.key.public_key().verify(signature, MESSAGE, padding.PKCS1v15(), hashes.SHA256())
    instructions = [command[1] for command in heard.said[before:]]
    assert (instructions[0], instructions[-1]) == (0x20, 0x2A)
    assert set(instructions[1:-1]) == {0xB0}, "between VERIFY and signing the certificate is read, and nothing else"


def test_a_phone_whose_ca_is_ours_and_whose_certificate_is_not_signs_nothing(slot: SoftwareReader) -> None:
    image = make_image()
    ours = stranger(throw_away_ca("user authentication").certificate.subject)
    copied = image.with_file(layout.AUTH_CA_CERTIFICATE, FileRecord(ours))
    slot.place(SoftwareCard(as_variant(copied, Variant.ANDROID)))
    heard = Eavesdropper(slot)
    desk = desk_for(heard, ours=[ours])
    assert desk.read().real is False
    with pytest.raises(CardStopped) as stopped:
        desk.verify_and_sign(pin(), MESSAGE)
    assert stopped.value.trouble is Trouble.REAL_CARD
    assert not any(command[1] == 0x2A for command in heard.said)
    assert (desk.certificate, desk.public_key) == (b"", b"")
    slot.connect().close()  # the card lost its power, and the verified PIN with it


def test_a_phone_of_a_ca_that_only_calls_itself_like_ours_is_real(slot: SoftwareReader) -> None:
    slot.place(card_of(Variant.ANDROID))
    same_name = stranger(throw_away_ca("user authentication").certificate.subject)
    assert trouble_of(desk_for(slot, ours=[same_name], allow_real=False))[0] is Trouble.REAL_CARD


@pytest.mark.parametrize("everybody", [True, False])
def test_a_real_phone_that_hides_its_certificate_is_let_go_of_before_its_pin_because_it_cannot_be_enrolled(
    slot: SoftwareReader, *, everybody: bool
) -> None:
    slot.place(card_of(Variant.ANDROID))
    heard = Eavesdropper(slot)
    desk = desk_for(heard, enrolled=Book(everybody=everybody))
    assert trouble_of(desk) == (Trouble.REAL_CARD_NOT_ENROLLED, "")
    assert not any(command[1] == 0x20 for command in heard.said)
    with pytest.raises(CardStopped):
        desk.verify_and_sign(pin(), MESSAGE)
    assert not verifies(heard.said)


@pytest.mark.parametrize("variant", [Variant.ANDROID, Variant.IPHONE])
@pytest.mark.parametrize(("on", "good"), [(LAST_DAY, True), (date(2031, 1, 2), False)])
def test_a_phone_has_no_grace(slot: SoftwareReader, variant: Variant, on: date, *, good: bool) -> None:
    slot.place(card_of(variant))
    desk = desk_for(slot, ours=its_authority(), on=on)
    outcome: tuple[Trouble, str] | bool
    try:
        desk.read()
        outcome = bool(desk.verify_and_sign(pin(), MESSAGE))
    except CardStopped as stopped:
        outcome = stopped.trouble, stopped.detail
    assert outcome == (True if good else (Trouble.CERTIFICATE_REFUSED, "expired"))


def test_a_wrong_pin_on_a_phone_spends_a_try_and_the_next_one_works(slot: SoftwareReader) -> None:
    slot.place(card_of(Variant.ANDROID))
    desk = desk_for(slot, ours=its_authority())
    desk.read()
    with pytest.raises(PinRefused) as refused:
        desk.verify_and_sign(pin("0000"), MESSAGE)
    assert refused.value.attempts_left == 2
    assert desk.verify_and_sign(pin(), MESSAGE)


# --- cards without a PIN, and what is no My Number card ----------------------------------------------------------


def test_a_face_only_card_says_so_and_is_never_sent_a_pin(slot: SoftwareReader) -> None:
    slot.place(card_of(Variant.FACE_ONLY))
    heard = Eavesdropper(slot)
    desk = desk_for(heard, ours=its_authority())
    assert desk.read() == CardSummary("plastic", 0, LAST_DAY, face_only=True)
    with pytest.raises(CardStopped) as stopped:
        desk.verify_and_sign(pin(), MESSAGE)
    assert stopped.value.trouble is Trouble.FACE_ONLY
    assert verifies(heard.said) == []


def test_a_locked_card_is_not_taken_for_one_without_a_pin(slot: SoftwareReader) -> None:
    for card in (card_of(tries_left=0), card_of(Variant.CHILD, tries_left=0)):
        slot.place(card)
        assert desk_for(slot, ours=its_authority()).read() == CardSummary("plastic", 0, LAST_DAY)


@pytest.mark.parametrize("variant", [Variant.JUKI, Variant.NOT_MYNA])
@pytest.mark.parametrize("allow_real", [True, False])
def test_what_is_no_my_number_card_is_told_before_anything_about_a_pin(
    slot: SoftwareReader, variant: Variant, *, allow_real: bool
) -> None:
    slot.place(card_of(variant))
    heard = Eavesdropper(slot)
    assert trouble_of(desk_for(heard, allow_real=allow_real)) == (Trouble.NOT_MYNA_CARD, "")
    assert not any(command[1] == 0x20 for command in heard.said)


def test_a_mute_card_is_unreadable(slot: SoftwareReader) -> None:
    slot.place(card_of(Variant.MUTE))
    assert trouble_of(desk_for(slot)) == (Trouble.CARD_UNREADABLE, "mute")


# --- the next generation -----------------------------------------------------------------------------------------


def test_a_card_of_the_next_generation_is_known_by_its_own_ca_and_signs_by_ecdsa(
    slot: SoftwareReader, tmp_path: Path
) -> None:
    authority = another_installation(tmp_path)
    slot.place(SoftwareCard(authority.card("taro", Variant.NEXT_GENERATION)))
    desk = desk_for(slot, ours=authority.ca_certificates(), allow_real=False)
    card = desk.read()
    assert (card.kind, card.attempts_left, card.real) == ("next_generation", 3, False)
    signature = desk.verify_and_sign(pin("4093"), MESSAGE)
    key = load_der_x509_certificate(desk.certificate).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signature, MESSAGE, ec.ECDSA(hashes.SHA384()))


def test_a_next_card_of_another_installation_is_real_and_shows_only_its_key(
    slot: SoftwareReader, tmp_path: Path
) -> None:
    elsewhere, here = another_installation(tmp_path / "a"), another_installation(tmp_path / "b")
    slot.place(SoftwareCard(elsewhere.card("taro", Variant.NEXT_GENERATION)))
    here.card("taro", Variant.NEXT_GENERATION)
    ours = here.ca_certificates()
    assert trouble_of(desk_for(slot, ours=ours, allow_real=False))[0] is Trouble.REAL_CARD
    desk = desk_for(slot, ours=ours)
    assert desk.read().real is True
    signature = desk.verify_and_sign(pin("4093"), MESSAGE)
    key = load_der_public_key(desk.public_key)
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signature, MESSAGE, ec.ECDSA(hashes.SHA384()))


# --- whose card, by itself ---------------------------------------------------------------------------------------


def test_a_ca_of_another_kind_of_key_is_never_the_issuer(tmp_path: Path) -> None:
    authority = another_installation(tmp_path)
    rsa_leaf, ec_leaf = (
        read_certificate(authority.card("taro", variant).auth_certificate)
        for variant in (Variant.PLASTIC, Variant.NEXT_GENERATION)
    )
    rsa_ca, ec_ca = authority.ca_certificates()
    assert is_signed_by_one_of(rsa_leaf, [ec_ca, rsa_ca])
    assert is_signed_by_one_of(ec_leaf, [rsa_ca, ec_ca])
    assert not is_signed_by_one_of(rsa_leaf, [ec_ca])
    assert not is_signed_by_one_of(ec_leaf, [rsa_ca])


def test_whether_a_card_is_ours_can_be_asked_of_a_session_alone(slot: SoftwareReader) -> None:
    for variant in (Variant.PLASTIC, Variant.ANDROID):
        slot.place(card_of(variant))
        for authorities, expected in ((its_authority(), True), ([], False)):
            connection = slot.connect()
            assert is_test_card(JpkiSession(connection), authorities) is expected
            connection.close()


def test_the_public_key_is_the_certificates(slot: SoftwareReader) -> None:
    assert public_key_of(read_certificate(PAIR.der)) == PUBLIC_KEY


# --- calling it off ----------------------------------------------------------------------------------------------


class Hanging(Eavesdropper):
    """A reader that hangs at the label until it is called off."""

    def __init__(self, slot: SoftwareReader) -> None:
        super().__init__(slot)
        self.reached, self.called_off = threading.Event(), threading.Event()

    def transmit(self, command: bytes | bytearray) -> bytes:
        if command[1] == 0xB0 and not self.called_off.is_set():
            self.reached.set()
            assert self.called_off.wait(30)
        return super().transmit(command)

    def cancel(self) -> None:
        super().cancel()
        self.called_off.set()


def test_a_reading_that_hangs_is_called_off_from_another_thread_and_the_next_one_works(slot: SoftwareReader) -> None:
    slot.place(card_of())
    hanging = Hanging(slot)
    desk = desk_for(hanging, ours=its_authority())
    outcome: list[Trouble] = []

    def read() -> None:
        outcome.append(trouble_of(desk)[0])

    thread = threading.Thread(target=read)
    thread.start()
    assert hanging.reached.wait(30)
    desk.cancel()
    thread.join(30)
    assert outcome == [Trouble.CARD_PULLED]
    desk.release()
    assert desk.read().attempts_left == 3


def test_what_was_called_off_before_it_began_does_not_begin_until_the_card_was_let_go(slot: SoftwareReader) -> None:
    slot.place(card_of())
    heard = Eavesdropper(slot)
    desk = desk_for(heard, ours=its_authority())
    desk.cancel()
    assert trouble_of(desk) == (Trouble.CARD_PULLED, "cancelled")
    assert heard.said == []
    desk.release()
    assert desk.read().attempts_left == 3


def test_calling_off_when_nothing_is_under_way_changes_nothing_for_the_next_card(slot: SoftwareReader) -> None:
    slot.place(card_of())
    desk = desk_for(slot, ours=its_authority())
    desk.read()
    desk.release()
    desk.cancel()
    desk.release()
    assert desk.read().attempts_left == 3


def test_a_connect_that_hangs_is_called_off_as_well(slot: SoftwareReader) -> None:
    class HangsAtOnce(Hanging):
        def connect(self) -> SmartCardConnection:
            self.reached.set()
            if not self.called_off.is_set():
                assert self.called_off.wait(30)
                raise OperationCancelledError
            return super().connect()

    slot.place(card_of())
    hanging = HangsAtOnce(slot)
    desk = desk_for(hanging, ours=its_authority())
    outcome: list[Trouble] = []
    thread = threading.Thread(target=lambda: outcome.append(trouble_of(desk)[0]))
    thread.start()
    assert hanging.reached.wait(30)
    desk.cancel()
    thread.join(30)
    assert outcome == [Trouble.CARD_PULLED]
    desk.release()
    assert desk.read().attempts_left == 3


# --- a trace around it -------------------------------------------------------------------------------------------


def test_what_is_put_around_the_connection_hears_every_command_and_the_count_stays_right(slot: SoftwareReader) -> None:
    slot.place(card_of())
    heard: list[Eavesdropper] = []

    class Around(Eavesdropper):
        def __init__(self, inner: SmartCardConnection) -> None:
            super().__init__(slot)
            self._inner = inner
            heard.append(self)

    desk = SlotCardDesk(slot, test_authorities=its_authority, on=lambda: TODAY, wrap=Around)
    desk.read()
    desk.verify_and_sign(pin(), MESSAGE)
    desk.release()
    assert len(heard) == 1
    assert len(heard[0].said) == desk.count.total
    assert replace(desk.count, total_bytes=0) == replace(desk.count, total_bytes=0, after_pin=2)
