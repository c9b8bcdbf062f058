"""The client's question for an enrolled real card, and what it believes of the answer."""

from __future__ import annotations

import base64
import json

import pytest

from kiosk.flow.answer import Qualification
from kiosk.flow.states import Trouble
from kiosk.services.interfaces import Proof
from kiosk.services.qualification_client import HttpQualificationClient
from kiosk.services.server_address import is_this_machine, safe_base_url
from tests.kiosk.services.samples import INSTITUTION
from tests.kiosk.services.small_server import TARO, Json, SmallServer, a_challenge, by_card, stopped


def ask(client: HttpQualificationClient) -> Qualification:
    return client.check_enrolled(a_challenge(), b"public key", b"signature")


def enrolled(**changes: object) -> Json:
    return {**by_card(TARO), "certificate_state": None, **changes}


def test_one_request_with_public_key_and_signature_and_nothing_else_of_the_card(
    client: HttpQualificationClient, server: SmallServer
) -> None:
    server.answers(enrolled())
    answer = ask(client)
    assert (answer.by, answer.validity, answer.certificate_state, answer.name) == ("card", 1, "", "協会　太郎")
    [(method, path, asked)] = server.asked
    assert (method, path) == ("POST", "/mock/v1/qualification/enrolled")
    assert base64.b64decode(asked.pop("public_key")) == b"public key"
    assert base64.b64decode(asked.pop("signature")) == b"signature"
    assert asked == {"institution": INSTITUTION, "purpose": "qualification", "nonce": "bm9uY2U"}


def test_a_card_that_is_not_registered_is_an_answer(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers(enrolled(registered=False))
    assert ask(client).registered is False


@pytest.mark.parametrize(
    "body",
    [
        by_card(TARO),
        {name: value for name, value in enrolled().items() if name != "certificate_state"},
        enrolled(certificate_state=""),
        enrolled(registered=None),
        enrolled(message={}),
    ],
    ids=["of a certificate", "says nothing of one", "empty", "registered missing", "no message"],
)
def test_an_answer_to_another_question_is_none(
    client: HttpQualificationClient, server: SmallServer, body: Json
) -> None:
    server.answers(body)
    assert stopped(lambda: ask(client))[0] is Trouble.SERVER_DOWN


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        ("MOCK-ENROLMENT-UNKNOWN", Trouble.REAL_CARD_NOT_ENROLLED),
        ("MOCK-ENROLMENT-KEY", Trouble.SERVER_REFUSED),
        ("MOCK-REQUEST-NOT-LOCAL", Trouble.SERVER_REFUSED),
        ("MOCK-SIGNATURE-INVALID", Trouble.SERVER_REFUSED),
    ],
)
def test_what_a_refusal_means(
    client: HttpQualificationClient, server: SmallServer, code: str, trouble: Trouble
) -> None:
    server.answers(json.dumps({"error": {"code": code, "message": "m", "remedy": "r"}}).encode(), 403)
    assert stopped(lambda: ask(client)) == (trouble, code)


def test_a_proof_without_a_public_key_is_a_test_cards(client: HttpQualificationClient, server: SmallServer) -> None:
    server.answers(by_card(TARO))
    Proof(a_challenge(), b"signature", certificate=b"certificate").ask(client)
    server.answers(enrolled())
    Proof(a_challenge(), b"signature", public_key=b"public key").ask(client)
    assert [path.rpartition("/")[2] for _, path, _ in server.asked] == ["card", "enrolled"]


def test_a_proof_shows_nothing_of_the_card_in_its_text() -> None:
    proof = Proof(a_challenge(), b"a signature", b"a certificate", b"a public key")
    assert not any(word in repr(proof) for word in ("a signature", "a certificate", "a public key"))


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://127.0.0.1", True),
        ("http://127.8.9.1:8765/mock", True),
        ("http://[::1]:8765", True),
        ("https://127.0.0.1", True),
        ("https://localhost", False),
        ("https://127.0.0.1.example", False),
        ("https://192.0.2.1", False),
        ("https://[2001:db8::1]", False),
        ("https://0.0.0.0", False),
    ],
)
def test_this_machine_is_a_literal_loopback_address_and_never_a_name(address: str, *, here: bool) -> None:
    assert is_this_machine(safe_base_url(address)) is here
