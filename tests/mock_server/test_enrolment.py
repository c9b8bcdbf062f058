"""Enrolled real cards: what is kept of them, who is believed, and what the exchange knows afterwards."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Row, select

from eligibility.oqs.signed_message import signed_message
from mock_server.app import create_app
from mock_server.bare_key import BareKey
from mock_server.callers import Caller
from mock_server.enrolment import Enrolments
from mock_server.errors import QualificationError, Refusal, SetupError
from mock_server.registry import tables
from mock_server.registry.interface import NonceUsedError
from mock_server.registry.ledger import Ledger
from mock_server.routes.common import FrontDesk
from mock_server.routes.qualification import qualification_router
from mock_server.service import CardAnswer, QualificationService
from mock_server.trust import Trust
from tests.card_factory import throw_away_pair
from tests.mock_server.conftest import INSTITUTION, SERVER, counting_bytes

RANDOM = random.Random(5).randbytes
PERSON = throw_away_pair("user authentication")
"""A card of an authority that is not ours: to the project that is a real person's card."""
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def spki(key: Key) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def signed(key: Key, message: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(message, ec.ECDSA(hashes.SHA384()))


@dataclass
class Desk:
    """A service that knows enrolled cards, and its store."""

    ledger: Ledger
    service: QualificationService

    def nonce(self) -> str:
        return self.ledger.run_sync(lambda tx: self.service.challenge(tx, Caller(INSTITUTION))).nonce

    def check(self, *, purpose: str, nonce: str, public_key: bytes, signature: bytes) -> CardAnswer:
        return self.ledger.run_sync(
            lambda tx: self.service.check_enrolled(
                tx, Caller(INSTITUTION), purpose=purpose, nonce=nonce, public_key=public_key, signature=signature
            )
        )

    def exchanges(self) -> Sequence[Row[Any]]:
        query = select(tables.exchange).order_by(tables.exchange.c.id)
        return self.ledger.run_sync(lambda tx: tx.connection.execute(query).all(), reads=True)


@pytest.fixture
def enrolments(tmp_path: Path) -> Enrolments:
    return Enrolments.open(tmp_path / "keystore")


@pytest.fixture
def desk(ledger: Ledger, trust: Trust, enrolments: Enrolments) -> Desk:
    return Desk(ledger, QualificationService(trust, counting_bytes(), enrolments))


def ask(desk: Desk, key: Key, *, nonce: str | None = None, message: bytes | None = None) -> CardAnswer:
    nonce = nonce or desk.nonce()
    said = signed_message(SERVER, INSTITUTION, "qualification", nonce) if message is None else message
    return desk.check(
        purpose="qualification",
        nonce=nonce,
        public_key=spki(key),
        signature=signed(key, said),
    )


def refusal_of(call: Callable[[], object]) -> Refusal:
    with pytest.raises(QualificationError) as refused:
        call()
    return refused.value.refusal


# ── what is kept ──


def test_only_a_keyed_hash_of_the_public_key_is_kept_for_the_owner_only(enrolments: Enrolments) -> None:
    public_key = spki(PERSON.key)
    enrolments.enrol(BareKey(public_key), "taro", RANDOM)
    document = json.loads(enrolments.path.read_text())
    assert set(document) == {"version", "key", "cards"}
    assert list(document["cards"].values()) == ["taro"]
    assert enrolments.path.stat().st_mode & 0o777 == 0o600
    content = enrolments.path.read_bytes()
    [kept] = document["cards"]
    for known in (public_key, PERSON.der, PERSON.certificate.signature):
        assert hashlib.sha256(known).hexdigest() != kept, "a hash without a key could be looked up"
        assert known.hex().encode() not in content
        assert base64.b64encode(known)[:40] not in content
    assert format(PERSON.certificate.serial_number, "x").encode() not in content
    assert format(PERSON.key.public_key().public_numbers().n, "x").encode() not in content


def test_two_installations_keep_different_hashes_of_one_card(enrolments: Enrolments, tmp_path: Path) -> None:
    other = Enrolments.open(tmp_path / "elsewhere")
    for book in (enrolments, other):
        book.enrol(BareKey(spki(PERSON.key)), "taro", RANDOM)
    first, second = (set(json.loads(book.path.read_text())["cards"]) for book in (enrolments, other))
    assert first & second == set()


def test_a_card_stands_for_one_patient_and_a_patient_may_have_several(enrolments: Enrolments) -> None:
    one, two = BareKey(spki(PERSON.key)), BareKey(spki(throw_away_pair("digital signature").key))
    enrolments.enrol(one, "taro", RANDOM)
    enrolments.enrol(one, "hanako", RANDOM)
    enrolments.enrol(two, "hanako", RANDOM)
    assert enrolments.persona_of(one) == enrolments.persona_of(two) == "hanako"
    assert enrolments.counts() == {"hanako": 2}


def test_with_the_last_card_everything_is_gone(enrolments: Enrolments) -> None:
    key = BareKey(spki(PERSON.key))
    assert enrolments.remove("taro") == 0
    enrolments.enrol(key, "taro", RANDOM)
    enrolments.enrol(BareKey(spki(throw_away_pair("digital signature").key)), "hanako", RANDOM)
    assert enrolments.remove("taro") == 1
    assert (enrolments.persona_of(key), enrolments.counts()) == (None, {"hanako": 1})
    assert enrolments.remove("hanako") == 1
    assert not enrolments.path.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"version": 2, "key": "%b", "cards": {}}' % (b"00" * 32),
        b'{"version": 1, "key": "00", "cards": {}}',
        b'{"version": 1, "key": "%b", "cards": {"zz": "taro"}}' % (b"00" * 32),
        b'{"version": 1, "key": "%b", "cards": {"00": "taro"}}' % (b"00" * 32),
        b'{"version": 1, "key": "%b", "cards": []}' % (b"00" * 32),
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_told_of_and_never_written_over(enrolments: Enrolments, content: bytes) -> None:
    enrolments.path.write_bytes(content)
    for call in (
        lambda: enrolments.persona_of(BareKey(spki(PERSON.key))),
        lambda: enrolments.enrol(BareKey(spki(PERSON.key)), "taro", RANDOM),
        lambda: enrolments.remove("taro"),
        enrolments.counts,
    ):
        with pytest.raises(SetupError) as damaged:
            call()
        assert damaged.value.code == "setup.keystore.damaged"
    assert enrolments.path.read_bytes() == content


# ── who is believed ──


def test_an_enrolled_card_is_answered_as_its_personas_own_card(desk: Desk, enrolments: Enrolments) -> None:
    enrolments.enrol(BareKey(spki(PERSON.key)), "taro", RANDOM)
    answer = ask(desk, PERSON.key)
    assert (answer.registered, answer.certificate_state) == (True, None)
    assert answer.message.only_result is not None
    assert answer.message.only_result.name == "協会　太郎"


def test_a_key_of_the_next_generation_is_believed_too(desk: Desk, enrolments: Enrolments) -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    enrolments.enrol(BareKey(spki(key)), "shiro", RANDOM)
    assert ask(desk, key).registered is False


def test_a_card_nobody_enrolled_has_a_code_of_its_own(desk: Desk, enrolments: Enrolments) -> None:
    assert refusal_of(lambda: ask(desk, PERSON.key)) is Refusal.ENROLMENT_UNKNOWN
    enrolments.enrol(BareKey(spki(PERSON.key)), "nobody-any-more", RANDOM)
    assert refusal_of(lambda: ask(desk, PERSON.key)) is Refusal.ENROLMENT_UNKNOWN


OTHER = throw_away_pair("digital signature").key
FORGERIES: list[tuple[Callable[[bytes], bytes], Refusal]] = [
    (lambda message: signed(OTHER, message), Refusal.SIGNATURE_INVALID),
    (lambda message: signed(PERSON.key, message + b"!"), Refusal.SIGNATURE_INVALID),
    (lambda message: PERSON.key.sign(message, padding.PKCS1v15(), hashes.SHA384()), Refusal.SIGNATURE_ALGORITHM),
    (lambda _: b"", Refusal.SIGNATURE_MISSING),
    (lambda _: b"\x00", Refusal.SIGNATURE_LENGTH),
]


@pytest.mark.parametrize(("forge", "expected"), FORGERIES, ids=[case[1].value for case in FORGERIES])
def test_whoever_has_only_the_public_key_is_not_believed(
    desk: Desk, enrolments: Enrolments, forge: Callable[[bytes], bytes], expected: Refusal
) -> None:
    enrolments.enrol(BareKey(spki(PERSON.key)), "taro", RANDOM)
    nonce = desk.nonce()
    signature = forge(signed_message(SERVER, INSTITUTION, "qualification", nonce))
    refused = refusal_of(
        lambda: desk.check(
            purpose="qualification",
            nonce=nonce,
            public_key=spki(PERSON.key),
            signature=signature,
        )
    )
    assert refused is expected


@pytest.mark.parametrize(
    "public_key",
    [
        b"",
        b"junk",
        spki(rsa.generate_private_key(65537, 1024)),
        spki(rsa.generate_private_key(65537, 3072)),
        spki(ec.generate_private_key(ec.SECP256R1())),
        PERSON.der,
        spki(PERSON.key) + b"\x00" * 1024,
    ],
    ids=["empty", "junk", "RSA-1024", "RSA-3072", "P-256", "a certificate", "too long"],
)
def test_a_key_no_card_has_is_refused(desk: Desk, public_key: bytes) -> None:
    nonce = desk.nonce()
    refused = refusal_of(
        lambda: desk.check(purpose="qualification", nonce=nonce, public_key=public_key, signature=b"x")
    )
    assert refused is Refusal.ENROLMENT_KEY


def test_a_challenge_answers_once(desk: Desk, enrolments: Enrolments) -> None:
    enrolments.enrol(BareKey(spki(PERSON.key)), "taro", RANDOM)
    nonce = desk.nonce()
    ask(desk, PERSON.key, nonce=nonce)
    with pytest.raises(NonceUsedError):
        ask(desk, PERSON.key, nonce=nonce)


def test_a_key_store_that_cannot_be_read_is_a_fault_of_the_store(desk: Desk, enrolments: Enrolments) -> None:
    enrolments.path.write_bytes(b"damaged")
    assert refusal_of(lambda: ask(desk, PERSON.key)) is Refusal.STORE_UNAVAILABLE


def test_the_exchange_names_the_patient_and_nothing_of_the_card(
    desk: Desk, enrolments: Enrolments, tmp_path: Path
) -> None:
    enrolments.enrol(BareKey(spki(PERSON.key)), "taro", RANDOM)
    ask(desk, PERSON.key)
    refusal_of(lambda: ask(desk, throw_away_pair("digital signature").key))
    rows = [row._mapping for row in desk.exchanges()]
    assert [(row["call"], row["person"], row["outcome"]) for row in rows] == [
        ("qualification.enrolled", "taro", "validity:1"),
        ("qualification.enrolled", "", "MOCK-ENROLMENT-UNKNOWN"),
    ]
    kept_of_messages = "".join(row["request"] + row["answer"] for row in rows)
    assert not any(own in kept_of_messages for own in ("協会", "1155", "ｷｮｳｶｲ", "見本区"))
    [kept] = json.loads(enrolments.path.read_text())["cards"]
    desk.ledger.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("registry.sqlite*"))
    assert b"enrolled" in stored
    for known in (kept.encode(), bytes.fromhex(kept), spki(PERSON.key), spki(PERSON.key)[-64:]):
        assert known not in stored


# ── over HTTP ──


def query(desk: Desk, key: Key) -> dict[str, str]:
    nonce = desk.nonce()
    return {
        "institution": INSTITUTION,
        "purpose": "qualification",
        "nonce": nonce,
        "public_key": base64.b64encode(spki(key)).decode(),
        "signature": base64.b64encode(
            signed(key, signed_message(SERVER, INSTITUTION, "qualification", nonce))
        ).decode(),
    }


async def post(desk: Desk, body: dict[str, str], peer: tuple[str, int] | None, **headers: str) -> httpx2.Response:
    front = FrontDesk(desk.ledger)
    app = create_app(front, [qualification_router(front, desk.service)])
    transport = httpx2.ASGITransport(app, client=peer)  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8765", headers=headers) as client:
        return await client.post("/v1/qualification/enrolled", json=body)


@pytest.mark.parametrize("peer", [("127.0.0.1", 5000), ("127.4.5.6", 5000), ("::1", 5000)])
async def test_it_is_answered_on_this_machine(desk: Desk, enrolments: Enrolments, peer: tuple[str, int]) -> None:
    enrolments.enrol(BareKey(spki(PERSON.key)), "taro", RANDOM)
    answer = await post(desk, query(desk, PERSON.key), peer)
    assert answer.status_code == 200
    assert set(answer.json()) == {"message", "certificate_state", "registered", "visit"}
    assert answer.json()["certificate_state"] is None


@pytest.mark.parametrize("header", ["Forwarded", "Via", "X-Forwarded-For", "X-Real-IP"])
async def test_what_somebody_passes_on_is_not_from_here(desk: Desk, enrolments: Enrolments, header: str) -> None:
    enrolments.enrol(BareKey(spki(PERSON.key)), "taro", RANDOM)
    body = query(desk, PERSON.key)
    answer = await post(desk, body, ("127.0.0.1", 5000), **{header: "127.0.0.1"})
    assert answer.json()["error"]["code"] == Refusal.REQUEST_NOT_LOCAL
    assert (await post(desk, body, ("127.0.0.1", 5000))).status_code == 200


@pytest.mark.parametrize("peer", [("192.0.2.7", 5000), ("2001:db8::1", 5000), ("", 0), ("testclient", 1), None])
async def test_it_is_refused_to_everybody_else_and_uses_nothing_up(
    desk: Desk, enrolments: Enrolments, peer: tuple[str, int] | None
) -> None:
    enrolments.enrol(BareKey(spki(PERSON.key)), "taro", RANDOM)
    body = query(desk, PERSON.key)
    answer = await post(desk, body, peer)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "MOCK-REQUEST-NOT-LOCAL")
    assert [(row.outcome, row.nonce, row.person) for row in desk.exchanges()] == [("MOCK-REQUEST-NOT-LOCAL", None, "")]
    assert (await post(desk, body, ("127.0.0.1", 1))).status_code == 200


async def test_a_certificate_is_no_field_of_this_question(desk: Desk) -> None:
    body = query(desk, PERSON.key) | {"certificate": base64.b64encode(PERSON.der).decode()}
    answer = await post(desk, body, ("127.0.0.1", 1))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "MOCK-REQUEST-UNKNOWN-FIELD")
    assert base64.b64encode(PERSON.der).decode()[:40] not in answer.text


async def test_an_enrolled_card_nobody_knows_is_a_403_with_its_remedy(desk: Desk) -> None:
    answer = await post(desk, query(desk, PERSON.key), ("127.0.0.1", 1))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (403, "MOCK-ENROLMENT-UNKNOWN")
    assert "madoguchi card enrol" in error["remedy"]
