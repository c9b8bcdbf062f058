"""A session on a card: who it is, its certificate, its tries, VERIFY and sign, against cards that behave and do not."""

from __future__ import annotations

from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

from reader.card.applet import SoftwareCard
from reader.card.image import FileRecord
from reader.card.layout import Label
from reader.card.variants import Variant
from reader.connection import SmartCardConnection
from reader.errors import CardProtocolError, NotMynaCardError, PinBlockedError, StatusWordError, WrongPinError
from reader.jpki import AUTHENTICATION_KEY, AUTHENTICATION_PIN, SIGNING_PIN, JpkiSession
from reader.pin import PinHandle
from tests.card_factory import (
    make_card,
    make_image,
    make_variant_image,
    throw_away_ca,
    throw_away_next_pair,
    throw_away_pair,
)
from tests.reader.fakes import CardConnection, ScriptedConnection, pin

LABEL = b"JPKIAPICCTOKEN2".ljust(32).hex()
BY_SHORT_ID = ("9000", LABEL + "9000")
"""A card that takes short identifiers, up to its label."""
AFTER_SELECT = ("9000", "6A86", "9000", LABEL + "9000")
"""A card that does not, up to its label."""


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("JPKIAPICCTOKEN2", "plastic"),
        ("JPKIAPICCTOKEN", "juki"),
        ("JPKIAPGPSETOKEN", "android"),
        ("JPKIAPIOSTOKEN", "ios"),
        ("MADOGUCHI NEXTGEN TEST", "next_generation"),
    ],
)
def test_the_label_says_what_lies_on_the_reader(label: str, kind: str) -> None:
    session = JpkiSession(CardConnection(make_card(label=label)))
    assert session.kind() == kind
    assert session.token_label() == label


@pytest.mark.parametrize("sw", ["6A82", "6A81", "6D00", "6E00"])
def test_a_card_without_the_application_is_no_my_number_card(sw: str) -> None:
    with pytest.raises(NotMynaCardError):
        JpkiSession(ScriptedConnection(sw))


def test_another_refusal_of_the_application_stays_what_it_is() -> None:
    with pytest.raises(StatusWordError) as refusal:
        JpkiSession(ScriptedConnection("6985"))
    assert refusal.value.sw == 0x6985


def test_the_first_command_after_power_up_may_fail_without_diagnosis() -> None:
    connection = ScriptedConnection("6F00", "9000")
    JpkiSession(connection)
    assert connection.sent == ["00A4040C0AD392F000260100000001"] * 2
    with pytest.raises(StatusWordError):
        JpkiSession(ScriptedConnection("6F00", "6F00", "9000"))


def test_an_application_with_an_unknown_label_is_no_my_number_card() -> None:
    session = JpkiSession(CardConnection(make_card(label="SOMETHING ELSE")))
    with pytest.raises(NotMynaCardError) as refusal:
        session.kind()
    assert refusal.value.label == "SOMETHING ELSE"


def test_an_application_without_the_label_file_is_no_my_number_card() -> None:
    with pytest.raises(NotMynaCardError):
        JpkiSession(ScriptedConnection("9000", "6A82", "6A82")).token_label()
    with pytest.raises(StatusWordError):
        JpkiSession(ScriptedConnection("9000", "6A82", "9000", "6982")).token_label()


def test_a_label_shows_no_control_characters() -> None:
    raw = "1B5B324A41E3" + "9000"
    session = JpkiSession(ScriptedConnection("9000", raw, "9000", raw))
    assert session.token_label() == "?[2JA?"


def test_a_label_is_32_bytes_however_many_come() -> None:
    with pytest.raises(CardProtocolError):
        JpkiSession(ScriptedConnection("9000", "41" * 33 + "9000")).token_label()
    session = JpkiSession(ScriptedConnection("9000", "9000", "9000", "9000"))
    assert session.token_label() == ""
    with pytest.raises(NotMynaCardError):
        session.kind()


def test_the_label_is_read_once() -> None:
    for answers in (BY_SHORT_ID, AFTER_SELECT, ("9000", "414243" + "9000", "9000", "414243" + "9000")):
        session = JpkiSession(ScriptedConnection(*answers))
        assert len({session.token_label() for _ in range(3)}) == 1


def test_nothing_is_asked_of_a_card_whose_kind_is_not_known() -> None:
    session = JpkiSession(CardConnection(make_card(label="SOMETHING ELSE")))
    for ask in (
        session.authentication_certificate,
        session.signing_certificate,
        session.certificates_present,
        session.is_face_only,
        lambda: session.sign_message(b"MADOGUCHI TEST"),
    ):
        with pytest.raises(NotMynaCardError):
            ask()


@pytest.mark.parametrize("length", [260, 511, 512, 513, 1294, 8192])
@pytest.mark.parametrize("filler", [0, 1, 300])
def test_the_certificate_ends_where_its_header_says(length: int, filler: int) -> None:
    certificate = b"\x30\x82" + (length - 4).to_bytes(2, "big") + bytes(range(256)) * 32
    certificate = certificate[:length]
    card = SoftwareCard(make_image().with_file(0x000A, FileRecord(certificate, filler)))
    assert JpkiSession(CardConnection(card)).authentication_certificate() == certificate


def test_a_certificate_behind_the_pin_is_refused_before_it_and_read_after_it() -> None:
    card = make_card(label=Label.ANDROID)
    session = JpkiSession(CardConnection(card))
    with pytest.raises(StatusWordError) as refusal:
        session.authentication_certificate()
    assert refusal.value.sw == 0x6982
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert session.authentication_certificate() == card.image.auth_certificate


def test_short_answers_are_read_on_from_where_they_ended() -> None:
    answers = ("3006AABB9000", "CC9000", "DDEEFF9000")
    connection = ScriptedConnection(*BY_SHORT_ID, *answers)
    assert JpkiSession(connection).authentication_certificate().hex() == "3006aabbccddeeff"
    assert connection.sent[2:] == ["00B08A0000", "00B0000404", "00B0000503"]
    connection = ScriptedConnection(*AFTER_SELECT, "9000", *answers)
    assert JpkiSession(connection).authentication_certificate().hex() == "3006aabbccddeeff"
    assert connection.sent[4:] == ["00A4020C02000A", "00B0000000", "00B0000404", "00B0000503"]


def test_a_header_may_come_in_crumbs() -> None:
    connection = ScriptedConnection(*BY_SHORT_ID, "309000", "04AA9000", "BB6282", "CC9000", "DD9000")
    assert JpkiSession(connection).authentication_certificate().hex() == "3004aabbccdd"
    assert connection.sent[2:] == ["00B08A0000", "00B0000100", "00B0000300", "00B0000402", "00B0000501"]


def test_a_card_that_gives_its_certificate_byte_by_byte_is_given_up() -> None:
    connection = ScriptedConnection(*BY_SHORT_ID, "308204009000", *["AA9000"] * 300)
    with pytest.raises(CardProtocolError, match="256 reads"):
        JpkiSession(connection).authentication_certificate()


def test_what_follows_a_short_certificate_in_its_file_is_left_out() -> None:
    connection = ScriptedConnection(*BY_SHORT_ID, "3003020101FFFF9000")
    assert JpkiSession(connection).authentication_certificate().hex() == "3003020101"


@pytest.mark.parametrize(
    "answers",
    [
        ("FFFFFFFF9000",),  # an empty file
        ("9000",),
        ("30827FFF009000",),  # longer than any certificate
        ("3006AABB9000", "6B00"),  # ends before its own length
        ("3006AABB9000", "9000"),
        ("3006AABB9000", "6282"),
        ("3006AABB9000", "AA"),  # no status word
        ("3006AABB9000", "CCDDEEFF00" + "9000"),  # more than was asked for
        ("AA" * 257 + "9000",),
    ],
)
def test_what_is_no_whole_certificate_makes_no_sense(answers: tuple[str, ...]) -> None:
    with pytest.raises(CardProtocolError):
        JpkiSession(ScriptedConnection(*AFTER_SELECT, "9000", *answers)).authentication_certificate()
    # By short identifier, what is refused is asked for once more after SELECT.
    more = ("9000", answers[-1]) if answers[-1] == "6B00" else ()
    with pytest.raises(CardProtocolError):
        JpkiSession(ScriptedConnection(*BY_SHORT_ID, *answers, *more)).authentication_certificate()


def test_a_refusal_in_the_middle_of_a_certificate_stays_what_it_is() -> None:
    session = JpkiSession(ScriptedConnection(*AFTER_SELECT, "9000", "3006AABB9000", "6F00"))
    with pytest.raises(StatusWordError) as refusal:
        session.authentication_certificate()
    assert refusal.value.sw == 0x6F00


def test_the_signing_certificate_is_behind_its_own_password() -> None:
    card = make_card()
    session = JpkiSession(CardConnection(card))
    with pytest.raises(StatusWordError) as refusal:
        session.signing_certificate()
    assert refusal.value.sw == 0x6982
    session.attempts_left(SIGNING_PIN)
    session.verify(SIGNING_PIN, PinHandle(pin(b"ABC123")))
    assert session.signing_certificate() == card.image.files[0x0001].content


def test_the_certificate_of_the_ca_is_free(connection: SmartCardConnection) -> None:
    der = throw_away_ca("user authentication").der
    assert JpkiSession(connection).authentication_ca_certificate() == der


def test_the_tries_of_both_pins_are_asked_for_without_spending_any(connection: SmartCardConnection) -> None:
    session = JpkiSession(connection)
    for _ in range(4):
        assert session.attempts_left(AUTHENTICATION_PIN) == 3
        assert session.attempts_left(SIGNING_PIN) == 5


def test_the_pin_file_is_selected_for_every_question() -> None:
    connection = ScriptedConnection("9000", "9000", "63C3", "9000", "63C2")
    session = JpkiSession(connection)
    assert [session.attempts_left(AUTHENTICATION_PIN) for _ in range(2)] == [3, 2]
    assert connection.sent[1:] == ["00A4020C020018", "00200080"] * 2


def test_after_a_select_that_failed_no_file_counts_as_current() -> None:
    connection = ScriptedConnection("9000", "9000", "63C3", "6A82", "9000", "AA" * 256 + "9000")
    session = JpkiSession(connection)
    session.attempts_left(AUTHENTICATION_PIN)
    for _ in range(2):
        with suppress(StatusWordError):
            session.sign_digest(bytes(32), AUTHENTICATION_KEY)
    assert connection.sent[3:5] == ["00A4020C020017"] * 2


def test_a_failed_select_makes_the_file_before_it_be_selected_again() -> None:
    file = ("9000", "3003020101" + "9000")
    connection = ScriptedConnection(*AFTER_SELECT, *file, "6A82", *file)
    session = JpkiSession(connection)
    session.authentication_certificate()
    with pytest.raises(StatusWordError):
        session.sign_digest(bytes(32))
    session.authentication_certificate()
    assert connection.sent[7] == "00A4020C02000A"


@pytest.mark.parametrize("sw", ["63C0", "6983", "6984"])
def test_every_way_to_say_locked_means_no_try_left(sw: str) -> None:
    assert JpkiSession(ScriptedConnection("9000", "9000", sw)).attempts_left(AUTHENTICATION_PIN) == 0


def test_a_card_that_does_not_tell_its_tries_is_not_guessed_at() -> None:
    with pytest.raises(CardProtocolError):
        JpkiSession(ScriptedConnection("9000", "9000", "9000")).attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(StatusWordError):
        JpkiSession(ScriptedConnection("9000", "9000", "6300")).attempts_left(AUTHENTICATION_PIN)
    with pytest.raises(StatusWordError):
        JpkiSession(ScriptedConnection("9000", "6A82")).attempts_left(AUTHENTICATION_PIN)


def at_pin(*answers: str) -> tuple[JpkiSession, ScriptedConnection]:
    """A session before the PIN, on a card that goes on with `answers`."""
    connection = ScriptedConnection(*AFTER_SELECT, "9000", "63C3", *answers)
    session = JpkiSession(connection)
    session.kind()
    session.attempts_left(AUTHENTICATION_PIN)
    return session, connection


@pytest.mark.parametrize("sw", ["6983", "6984"])
def test_locked_is_locked_by_either_word(sw: str) -> None:
    session, _ = at_pin(sw)
    with pytest.raises(PinBlockedError) as refusal:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert refusal.value.sw == int(sw, 16)


@pytest.mark.parametrize("sw", ["6700", "6300", "6982", "6F00", "6A82"])
def test_an_unknown_refusal_of_a_pin_is_neither_wrong_nor_locked(sw: str) -> None:
    session, _ = at_pin(sw)
    with pytest.raises(StatusWordError) as refusal:
        session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    assert type(refusal.value) is StatusWordError


def test_a_signature_of_another_length_makes_no_sense() -> None:
    session, _ = at_pin("9000", "9000", "AA" * 255 + "9000")
    session.verify(AUTHENTICATION_PIN, PinHandle(pin()))
    with pytest.raises(CardProtocolError, match="255"):
        session.sign_digest(bytes(32))


def test_the_signing_key_signs_after_its_password() -> None:
    session = JpkiSession(CardConnection(make_card()))
    key = session.profile.signing_key
    with pytest.raises(StatusWordError):
        session.sign_digest(bytes(32), key)
    session.attempts_left(SIGNING_PIN)
    session.verify(SIGNING_PIN, PinHandle(pin(b"ABC123")))
    signature = session.sign_digest(bytes(32), key)
    public_key = throw_away_pair("digital signature").key.public_key()
    public_key.verify(signature, bytes(32), PKCS1v15(), Prehashed(SHA256()))


def test_a_card_of_the_next_generation_signs_as_its_own_algorithm_asks_for() -> None:
    card = SoftwareCard(make_variant_image(Variant.NEXT_GENERATION))
    session = JpkiSession(CardConnection(card))
    place = session.profile
    assert place.invented
    assert session.authentication_certificate() == card.image.files[place.authentication_certificate].content
    assert session.attempts_left(place.authentication_pin) == 3
    with pytest.raises(WrongPinError):
        session.verify(place.authentication_pin, PinHandle(pin(b"0000")))
    session.verify(place.authentication_pin, PinHandle(pin()))
    public_key = throw_away_next_pair().key.public_key()
    for number in range(8):
        message = b"MADOGUCHI TEST %d" % number
        public_key.verify(session.sign_message(message), message, ECDSA(SHA384()))
    with pytest.raises(ValueError, match="48"):
        session.sign_digest(bytes(32))
    with pytest.raises(StatusWordError):
        session.signing_certificate()
    with pytest.raises(StatusWordError):
        session.certificates_present()


def test_only_a_hash_is_signed(connection: SmartCardConnection) -> None:
    with pytest.raises(ValueError, match="32"):
        JpkiSession(connection).sign_digest(b"a message somebody else chose")
