"""A clinic's program that does everything a counter may have to rely on, and remembers what it was told is done.

An operation whose answer never came, or was that the store cannot be used, is asked for again, as a real program does
it: neither side knows whether it was done. Everything else that is not the expected answer breaks the test.
"""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx2

from eligibility.oqs.bulk_messages import (
    BulkQualificationRequest,
    BulkRequestBody,
    BulkResultRequest,
    BulkResultRequestBody,
)
from eligibility.oqs.codec import to_json
from eligibility.oqs.codes import LimitConsent
from eligibility.oqs.headers import PlainRequestHeader, RequestHeader
from eligibility.oqs.messages import QualificationConfirmSearchInfo
from eligibility.oqs.reference_numbers import (
    ReferenceNumberRegistrationInfo,
    ReferenceNumberRequest,
    ReferenceNumberRequestBody,
)
from eligibility.oqs.signed_message import PURPOSE_QUALIFICATION, PURPOSE_REGISTRATION, signed_message
from mock_server.people import Membership
from tests.eventually import LONG_ENOUGH_S
from tests.mock_server.deck import DeckCard, now

INSTITUTION = "1312345678"
PAUSE_S = 0.02
"""Before something is asked for again."""


class UnknownError(Exception):
    """Nobody answered, or the store could not be used."""


@dataclass
class Acknowledged:
    """What was said to be done, by kind; each entry once, however often it was asked for."""

    nonces: list[str] = field(default_factory=list)
    """Of card checks."""
    registrations: list[str] = field(default_factory=list)
    """Names of people."""
    consents: list[str] = field(default_factory=list)
    """Names of people."""
    reference_numbers: dict[str, str] = field(default_factory=dict)
    """By name of the person."""
    batches: dict[str, str] = field(default_factory=dict)
    """受付番号 by identifier."""
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _count: int = 0

    def note(self, put: Callable[[], object]) -> None:
        """One thing more is done."""
        with self._changed:
            put()
            self._count += 1
            self._changed.notify_all()

    @property
    def count(self) -> int:
        """How many things so far."""
        return self._count

    def wait_for(self, count: int) -> bool:
        """Whether that many things were done before a busy machine would have been given up."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count >= count, timeout=4 * LONG_ENOUGH_S)


class Clinic:
    """One connection of it. Every operation ends when it is acknowledged, or when the clinic closes."""

    def __init__(self, url: str, done: Acknowledged, closing: threading.Event) -> None:
        self._http = httpx2.Client(base_url=url, trust_env=False, timeout=LONG_ENOUGH_S)
        self._done = done
        self._closing = closing

    def close(self) -> None:
        """End the connection."""
        self._http.close()

    # ── operations ──

    def check(self, card: DeckCard) -> None:
        """資格確認 by card. Where the answer was lost the same question is asked again: it may have been used up."""
        nonce, question = self._until_known(lambda: self._signed(card, PURPOSE_QUALIFICATION))

        def once() -> None:
            status, answer = self._post("/v1/qualification/card", question)
            if status == 409:
                assert answer["error"]["code"] == "MOCK-CHALLENGE-REPLAYED"
            else:
                assert (status, _validity(answer)) == (200, "1"), answer

        self._until_known(once)
        self._done.note(lambda: self._done.nonces.append(nonce))

    def register(self, card: DeckCard) -> None:
        """利用登録 of a card that has none."""
        asked = 0

        def once() -> None:
            nonlocal asked
            _, question = self._signed(card, PURPOSE_REGISTRATION)
            asked += 1
            answer = self._expected("/v1/registration", question)
            assert answer["registered"] is True
            assert asked > 1 or answer["already"] is False, "registered before it was ever asked for"

        self._until_known(once)
        self._done.note(lambda: self._done.registrations.append(card.person.key))

    def consent(self, card: DeckCard) -> None:
        """A card answer, then the patient's consent in this visit."""

        def visit() -> str:
            _, question = self._signed(card, PURPOSE_QUALIFICATION)
            return str(self._expected("/v1/qualification/card", question)["visit"])

        given = {"institution": INSTITUTION, "visit": self._until_known(visit), "items": {"medicines": "given"}}
        answer = self._until_known(lambda: self._expected("/v1/consent", given))
        assert answer["items"]["medicines"] == "given"
        self._done.note(lambda: self._done.consents.append(card.person.key))

    def remember(self, card: DeckCard, number: str) -> None:
        """照会番号 of a person."""
        request = {"message": to_json(_reference_number_request(card.person.memberships[0], number))}
        answer = self._until_known(lambda: self._expected("/v1/reference-number", request))
        assert answer["message"]["XmlMsg"]["MessageBody"]["ProcessingResultStatus"] == "1", answer
        self._done.note(lambda: self._done.reference_numbers.update({card.person.key: number}))

    def batch(self, cards: list[DeckCard], identifier: str) -> None:
        """一括照会: handed in twice, it is one; then every result."""
        request = {"message": to_json(_bulk_request(cards, identifier))}

        def once() -> str:
            body = self._expected("/v1/batch", request)["message"]["XmlMsg"]["MessageBody"]
            return str(body["ReceptionNumber"])

        number = self._until_known(once)
        self._done.note(lambda: self._done.batches.update({identifier: number}))
        assert self._until_known(once) == number
        question = {"message": to_json(_bulk_result_request(number))}
        while True:
            answer = self._until_known(lambda: self._expected("/v1/batch/result", question))
            if answer["done"] == answer["total"]:
                break
            self._closing.wait(PAUSE_S)
        units = answer["message"]["XmlMsg"]["MessageBody"]["BulkConfirmUnit"]
        asked = [unit["QualificationConfirmSearchInfo"]["InsuredIdentificationNumber"] for unit in units]
        assert asked == [_current(card).number for card in cards]
        assert {unit["QualificationValidity"] for unit in units} == {"1"}

    # ── asking ──

    def _signed(self, card: DeckCard, purpose: str) -> tuple[str, dict[str, str]]:
        challenge = self._expected("/v1/challenge", {"institution": INSTITUTION, "purpose": purpose})
        nonce = str(challenge["nonce"])
        question = {
            "institution": INSTITUTION,
            "nonce": nonce,
            "certificate": b64encode(card.certificate).decode(),
            "signature": b64encode(
                card.sign(signed_message(challenge["server"], INSTITUTION, purpose, nonce))
            ).decode(),
        }
        return nonce, question | ({"purpose": purpose} if purpose == PURPOSE_QUALIFICATION else {})

    def _until_known(self, ask: Callable[[], Any]) -> Any:
        while True:
            try:
                return ask()
            except UnknownError:
                self._closing.wait(PAUSE_S)

    def _expected(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        status, answer = self._post(path, body)
        assert status == 200, (path, status, answer)
        return answer

    def _post(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        try:
            answer = self._http.post(path, json=body)
            told: dict[str, Any] = answer.json()
        except (httpx2.TransportError, ValueError) as error:
            raise UnknownError from error
        if answer.status_code == 503:
            raise UnknownError(told)
        return answer.status_code, told


def _validity(answer: dict[str, Any]) -> object:
    return answer["message"]["XmlMsg"]["MessageBody"].get("QualificationValidity")


def _current(card: DeckCard) -> Membership:
    return next(own for own in card.person.memberships if own.lost_on is None)


def _numbers(own: Membership) -> dict[str, Any]:
    return {
        "insurer_number": own.insurer_number,
        "insured_card_symbol": own.symbol or None,
        "insured_identification_number": own.number,
        "insured_branch_number": own.branch or None,
    }


def _reference_number_request(own: Membership, number: str) -> ReferenceNumberRequest:
    info = ReferenceNumberRegistrationInfo(reference_number=number, **_numbers(own))
    return ReferenceNumberRequest(
        message_header=PlainRequestHeader(medical_institution_code=INSTITUTION),
        message_body=ReferenceNumberRequestBody(reference_number_registration_info=info),
    )


def _bulk_request(cards: list[DeckCard], identifier: str) -> BulkQualificationRequest:
    header = RequestHeader(
        qualification_confirmation_date=f"{now():%Y%m%d}",
        medical_institution_code=INSTITUTION,
        arbitrary_file_identifier=identifier,
    )
    people = tuple(
        QualificationConfirmSearchInfo(
            **_numbers(_current(card)),
            birthdate=f"{card.person.birthdate:%Y%m%d}",
            limit_application_certificate_related_cons_flg=LimitConsent.NOT_GIVEN,
        )
        for card in cards
    )
    return BulkQualificationRequest(message_header=header, message_body=BulkRequestBody(people=people))


def _bulk_result_request(number: str) -> BulkResultRequest:
    return BulkResultRequest(
        message_header=PlainRequestHeader(medical_institution_code=INSTITUTION),
        message_body=BulkResultRequestBody(reception_number=number),
    )
