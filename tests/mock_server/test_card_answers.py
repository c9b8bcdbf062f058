"""Answers to cards that signed nothing, and to real ones: how they are marked, refused and written down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from eligibility.oqs.signed_message import signed_message
from mock_server.bare_key import BareKey
from mock_server.enrolment import Enrolments
from mock_server.errors import QualificationError, Refusal
from mock_server.issuer import TestAuthority
from mock_server.registry.ledger import Ledger
from mock_server.service import CardAnswer, QualificationService
from mock_server.trust import Trust
from tests.card_factory import throw_away_pair
from tests.mock_server.clinic import Clinic, refusal_of, told
from tests.mock_server.conftest import SERVER, counting_bytes

PERSON = throw_away_pair("user authentication")
"""A card of an authority that is not ours: to the project that is a real person's card."""


@pytest.fixture
def enrolments(tmp_path: Path) -> Enrolments:
    return Enrolments.open(tmp_path / "keystore")


@pytest.fixture
def service(trust: Trust, enrolments: Enrolments) -> QualificationService:
    return QualificationService(trust, counting_bytes(), enrolments)


@pytest.fixture
def clinic(ledger: Ledger, service: QualificationService, authority: TestAuthority) -> Clinic:
    return Clinic(ledger, service, authority)


def enrolled(clinic: Clinic, enrolments: Enrolments, persona: str = "taro") -> CardAnswer:
    """A card check with the real card, which stands for a persona."""
    assert isinstance(PERSON.key, rsa.RSAPrivateKey)
    public_key = PERSON.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    enrolments.enrol(BareKey(public_key), persona, counting_bytes())
    caller = clinic.caller
    nonce = clinic.do(lambda tx: clinic.service.challenge(tx, caller), reads=True).nonce
    message = signed_message(SERVER, clinic.institution, "qualification", nonce)
    signature = PERSON.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    return clinic.do(
        lambda tx: clinic.service.check_enrolled(
            tx, caller, purpose="qualification", nonce=nonce, public_key=public_key, signature=signature
        )
    )


# ── 顔認証 and 目視 ──


@pytest.mark.parametrize("method", ["face", "visual"])
def test_an_attested_card_is_answered_and_marked(clinic: Clinic, method: str) -> None:
    answer = clinic.attested("taro", method)
    assert (answer.possession_proven, answer.registered, answer.message.is_valid) == (False, True, True)
    (row,) = clinic.exchanges()
    assert (row.call, row.nonce, row.person, row.outcome) == ("qualification.attested", None, "taro", "validity:1")
    assert json.loads(row.request) == {"method": method, "certificate": "valid", "on": "card"}


def test_a_signed_card_is_not_marked(clinic: Clinic) -> None:
    assert clinic.card("taro").possession_proven


@pytest.mark.parametrize("method", ["", "pin", "FACE"])
def test_another_way_of_vouching_is_refused(clinic: Clinic, method: str) -> None:
    assert refusal_of(lambda: clinic.attested("taro", method)) is Refusal.REQUEST_FIELD
    assert clinic.exchanges() == []


def test_a_phone_cannot_be_attested(clinic: Clinic) -> None:
    certificate, caller = clinic.authority.phone("yoshino").certificate, clinic.caller
    refusal = refusal_of(
        lambda: clinic.do(lambda tx: clinic.service.check_attested(tx, caller, certificate=certificate, method="face"))
    )
    assert refusal is Refusal.ATTESTED_PHONE
    (row,) = clinic.exchanges()
    assert (row.outcome, row.person) == ("MOCK-ATTESTED-PHONE", "")


def test_a_real_persons_card_cannot_be_attested(clinic: Clinic) -> None:
    caller = clinic.caller
    refusal = refusal_of(
        lambda: clinic.do(lambda tx: clinic.service.check_attested(tx, caller, certificate=PERSON.der, method="face"))
    )
    assert refusal is Refusal.CERTIFICATE_ISSUER_UNKNOWN
    (row,) = clinic.exchanges()
    assert json.loads(row.request) == {"method": "face"}


def test_a_revoked_card_cannot_be_attested(clinic: Clinic) -> None:
    with pytest.raises(QualificationError) as refused:
        clinic.attested("shikkou")
    assert refused.value.code.startswith("MOCK-CERTIFICATE-REVOKED")


# ── enrolled real cards ──


def test_of_a_real_cards_exchange_only_codes_are_kept(clinic: Clinic, enrolments: Enrolments) -> None:
    answer = enrolled(clinic, enrolments)
    assert told(answer.message)["Name"] == "協会　太郎"
    (row,) = clinic.exchanges()
    assert row.request == ""
    assert json.loads(row.answer) == {
        "ReferenceClassification": "1",
        "SegmentOfResult": "1",
        "ProcessingResultStatus": "1",
        "QualificationValidity": "1",
    }


def test_a_visit_with_a_real_card_goes_on_like_any_other(clinic: Clinic, enrolments: Enrolments) -> None:
    answer = enrolled(clinic, enrolments)
    assert (answer.certificate_state, answer.possession_proven) == (None, True)
    clinic.consent(answer.visit, medicines="given")
    assert told(enrolled(clinic, enrolments).message)["PharmacistsInfoConsFlg"] == "1"


def test_a_real_card_for_a_persona_without_registration_is_told_so(clinic: Clinic, enrolments: Enrolments) -> None:
    answer = enrolled(clinic, enrolments, "shiro")
    assert (answer.registered, answer.message.result_code) == (False, "MOCK-NOT-REGISTERED")
    assert json.loads(clinic.exchanges()[-1].answer)["ProcessingResultCode"] == "MOCK-NOT-REGISTERED"


# ── what is said of the card ──


def test_the_exchange_says_which_certificate_was_seen(clinic: Clinic) -> None:
    clinic.card("hamazuka")
    (row,) = clinic.exchanges()
    assert json.loads(row.request) == {"certificate": "grace", "on": "card"}
    assert row.outcome == "validity:1"


def test_a_card_of_somebody_who_refuses_self_information_is_told_so(clinic: Clinic) -> None:
    answer = clinic.card("kakure")
    assert answer.message.result_code == "MOCK-SELF-INFO-REFUSED"
    assert clinic.exchanges()[-1].outcome == "MOCK-SELF-INFO-REFUSED"


def test_the_token_of_a_visit_is_another_one_each_time(clinic: Clinic) -> None:
    assert clinic.card("taro").visit != clinic.card("taro").visit


def test_no_token_is_in_a_repr(clinic: Clinic) -> None:
    answer = clinic.card("taro")
    assert answer.visit not in repr(answer)
