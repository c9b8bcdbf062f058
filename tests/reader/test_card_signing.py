"""The software card: COMPUTE DIGITAL SIGNATURE, P1 00–05 (jpki-card.md §1.3), judged by `cryptography`."""

from __future__ import annotations

import dataclasses
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from reader.card.applet import SoftwareCard
from reader.card.image import KeyRecord
from tests.card_factory import make_card, make_image, throw_away_pair
from tests.reader.conftest import Send

MESSAGE = b"MADOGUCHI TEST"
DIGEST = hashlib.sha256(MESSAGE).digest()
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420") + DIGEST


@pytest.fixture
def ready(card: SoftwareCard) -> SoftwareCard:
    """The PIN is verified and the key file is current."""
    for command in ("00A4040C0AD392F000260100000001", "00A4020C020018", "002000800431323334", "00A4020C020017"):
        assert card.process(bytes.fromhex(command)) == b"\x90\x00"
    return card


def sign(card: SoftwareCard, mode: int, data: bytes, p2: int = 0x80) -> bytes:
    return card.process(bytes((0x80, 0x2A, mode, p2, len(data))) + data + b"\x00")


def signature(card: SoftwareCard, mode: int, data: bytes) -> bytes:
    answer = sign(card, mode, data)
    assert answer[-2:] == b"\x90\x00"
    assert len(answer) == 256 + 2
    return answer[:-2]


def padded(value: bytes, purpose: str = "user authentication") -> bytes:
    """What lies under a signature: the padded block, by the public key alone."""
    numbers = throw_away_pair(purpose).key.public_key().public_numbers()
    return pow(int.from_bytes(value, "big"), numbers.e, numbers.n).to_bytes(256, "big")


def block(content: bytes) -> bytes:
    """PKCS#1 v1.5 type 1 (RFC 8017, 9.2)."""
    return b"\x00\x01" + b"\xff" * (253 - len(content)) + b"\x00" + content


@pytest.mark.parametrize("content", [b"\x30", DIGEST, DIGEST_INFO, bytes(245)], ids=len)
def test_mode_00_pads_what_it_gets_and_nothing_else(ready: SoftwareCard, content: bytes) -> None:
    assert padded(signature(ready, 0x00, content)) == block(content)


def test_mode_01_signs_the_bare_hash(ready: SoftwareCard) -> None:
    assert padded(signature(ready, 0x01, MESSAGE)) == block(DIGEST)


def test_modes_02_and_03_add_the_digest_info(ready: SoftwareCard) -> None:
    assert padded(signature(ready, 0x02, DIGEST)) == block(DIGEST_INFO)
    assert padded(signature(ready, 0x03, MESSAGE)) == block(DIGEST_INFO)
    assert signature(ready, 0x03, MESSAGE) == signature(ready, 0x00, DIGEST_INFO)


def test_modes_04_and_05_are_pss_with_a_random_salt(ready: SoftwareCard) -> None:
    public_key = throw_away_pair("user authentication").key.public_key()
    for mode, data in ((0x04, DIGEST), (0x05, MESSAGE)):
        first, second = signature(ready, mode, data), signature(ready, mode, data)
        assert first != second
        for value in (first, second):
            public_key.verify(value, DIGEST, PSS(MGF1(SHA256()), PSS.AUTO), Prehashed(SHA256()))


@pytest.mark.parametrize(
    ("mode", "data"),
    [(0x00, bytes(246)), (0x02, bytes(31)), (0x02, bytes(33)), (0x04, bytes(51))],
)
def test_input_of_another_size_does_not_meet_the_conditions(ready: SoftwareCard, mode: int, data: bytes) -> None:
    assert sign(ready, mode, data).hex() == "6985"


@pytest.mark.parametrize("mode", [0x06, 0x9E, 0xFF])
def test_another_mode_is_a_wrong_parameter(ready: SoftwareCard, mode: int) -> None:
    assert sign(ready, mode, DIGEST_INFO).hex() == "6a86"


@pytest.mark.parametrize("command", ["802A0080", "802A008000", "802A00800130", "802A008001300F"])
def test_without_input_or_room_for_the_answer_the_length_is_wrong(ready: SoftwareCard, command: str) -> None:
    assert ready.process(bytes.fromhex(command)).hex() == "6700"


def test_the_key_may_be_named_by_its_short_id(ready: SoftwareCard) -> None:
    ready.process(bytes.fromhex("00A4020C020006"))
    assert padded(sign(ready, 0x00, DIGEST_INFO, p2=0x97)[:-2]) == block(DIGEST_INFO)
    assert sign(ready, 0x00, DIGEST_INFO, p2=0x98).hex() == "6981"


def test_each_key_needs_its_own_pin(ready: SoftwareCard) -> None:
    assert sign(ready, 0x00, DIGEST_INFO, p2=0x9A).hex() == "6982"
    assert ready.process(bytes.fromhex("0020009B06414243313233")).hex() == "9000"
    value = sign(ready, 0x00, DIGEST_INFO, p2=0x9A)[:-2]
    assert padded(value, "digital signature") == block(DIGEST_INFO)


def test_one_verify_allows_many_signatures(ready: SoftwareCard) -> None:
    public_key = throw_away_pair("user authentication").key.public_key()
    for _ in range(3):
        public_key.verify(signature(ready, 0x00, DIGEST_INFO), MESSAGE, PKCS1v15(), SHA256())


def test_a_card_whose_key_takes_mode_00_only_refuses_the_others() -> None:
    image = make_image()
    card = SoftwareCard(image.with_key(0x17, dataclasses.replace(image.keys[0x17], modes=(0,))))
    for command in ("00A4040C0AD392F000260100000001", "002000980431323334"):
        card.process(bytes.fromhex(command))
    assert len(sign(card, 0x00, DIGEST_INFO, p2=0x97)) == 258
    assert sign(card, 0x02, DIGEST, p2=0x97).hex() == "6a86"


def test_a_key_that_cannot_be_used_gives_no_diagnosis_and_the_card_lives_on() -> None:
    card = SoftwareCard(make_image().with_key(0x17, KeyRecord(b"no key", 0x18)))
    for command in ("00A4040C0AD392F000260100000001", "002000980431323334"):
        card.process(bytes.fromhex(command))
    assert sign(card, 0x00, DIGEST_INFO, p2=0x97).hex() == "6f00"
    assert card.process(bytes.fromhex("00200098")).hex() == "63c3"


def test_a_card_without_the_signing_pair_has_no_such_key(send: Send) -> None:
    card = make_card(with_signing=False)
    card.process(bytes.fromhex("00A4040C0AD392F000260100000001"))
    assert card.process(bytes.fromhex("00A4020C02001A")).hex() == "6a82"
    assert card.process(bytes.fromhex("00A4020C020001")).hex() == "6a82"
    assert card.process(bytes.fromhex("00A4020C02001B")).hex() == "9000"  # OpenSC needs it
