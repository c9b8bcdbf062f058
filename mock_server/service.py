"""The mock オンライン資格確認: who asks, who is meant, what is known. Knows no HTTP and no SQL.

Every request that got as far as a genuine challenge, and every query by numbers, is one exchange in the registry,
written before it is verified and kept when it is refused. The clock and the source of nonces are arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from eligibility.calendar import JST
from eligibility.oqs.codes import QualificationValidity, ReferenceClassification
from eligibility.oqs.messages import QualificationConfirmSearchInfo, QualificationRequest, QualificationResult
from eligibility.oqs.signed_message import PURPOSE_QUALIFICATION, signed_message
from eligibility.oqs.values import read_date
from mock_server.answers import CERTIFICATE_NOTES, NOT_REGISTERED, Asked, found, not_answered
from mock_server.bare_key import BareKey
from mock_server.challenges import Challenge
from mock_server.enrolment import Enrolments
from mock_server.errors import QualificationError, Refusal, SetupError
from mock_server.findings import find_by_card, find_by_numbers
from mock_server.people import CardHolder, NumbersKey
from mock_server.registry.interface import Exchange, NonceUsedError, Registry, RegistryError
from mock_server.serials import serial_number
from mock_server.trust import Trust


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """The answer to a card: the message, the certificate's state today, and whether the card has the 利用登録."""

    message: QualificationResult
    certificate_state: str | None
    """`valid`, `expiring` or `grace`; None for an enrolled card, whose certificate nobody sent."""
    registered: bool


class QualificationService:
    """Answers questions. Every method raises QualificationError when it refuses."""

    def __init__(
        self,
        registry: Registry,
        trust: Trust,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        enrolments: Enrolments | None = None,
    ) -> None:
        """Put together from its parts; `now` gives aware date-times, `random_bytes` is `os.urandom` but in tests.

        Without `enrolments` no real card is known.
        """
        self._enrolments = enrolments
        self._registry = registry
        self._trust = trust
        self._now = now
        self._random_bytes = random_bytes

    @property
    def server_name(self) -> str:
        """The name that challenges and signed messages carry."""
        return self._trust.challenges.server

    def now(self) -> datetime:
        """The server's clock, in Japan."""
        return self._now().astimezone(JST)

    def challenge(self, institution: str, purpose: str = PURPOSE_QUALIFICATION) -> Challenge:
        """A fresh challenge for one institution and purpose. Nothing is written."""
        return self._trust.challenge(institution, purpose, self.now(), self._random_bytes)

    def check_by_card(
        self, *, institution: str, purpose: str, nonce: str, certificate: bytes, signature: bytes
    ) -> CardAnswer:
        """What is known about the holder of the card that signed this challenge. Uses the challenge up."""
        now = self.now()
        self._trust.check_challenge(nonce, institution, purpose, now)
        with self._exchange(now, institution, "card", purpose, nonce) as exchange:
            credential = self._trust.check_credential(
                certificate=certificate,
                signature=signature,
                nonce=nonce,
                institution=institution,
                purpose=purpose,
                now=now,
            )
            holder = exchange.card_holder(credential.serial)
            if holder is None:
                raise QualificationError(Refusal.CERTIFICATE_UNKNOWN)
            asked = Asked(now, now.date(), institution, ReferenceClassification.CARD)
            message = _answered(exchange, holder, asked, CERTIFICATE_NOTES.get(credential.state))
            return CardAnswer(message, credential.state.value, holder.registered)

    def check_enrolled(
        self, *, institution: str, purpose: str, nonce: str, public_key: bytes, signature: bytes
    ) -> CardAnswer:
        """What is known about the invented patient for whom an enrolled real card stands. Uses the challenge up.

        Nothing of the card is written down: the exchange names the persona, as for a test card.
        """
        now = self.now()
        self._trust.check_challenge(nonce, institution, purpose, now)
        with self._exchange(now, institution, "enrolled", purpose, nonce) as exchange:
            key = BareKey(public_key)
            key.check(signature, signed_message(self.server_name, institution, purpose, nonce))
            persona = self._enrolled(key)
            # An enrolled card stands in for the first card that was issued to the persona.
            holder = None if persona is None else exchange.card_holder(serial_number(persona))
            if holder is None:
                raise QualificationError(Refusal.ENROLMENT_UNKNOWN)
            asked = Asked(now, now.date(), institution, ReferenceClassification.CARD)
            return CardAnswer(_answered(exchange, holder, asked, None), None, holder.registered)

    def _enrolled(self, key: BareKey) -> str | None:
        if self._enrolments is None:
            return None
        try:
            return self._enrolments.persona_of(key)
        except SetupError:
            raise QualificationError(Refusal.STORE_UNAVAILABLE) from None

    def check_by_numbers(self, request: QualificationRequest) -> QualificationResult:
        """What is known about the numbers of a paper, on the day the request names."""
        now, header, query = self.now(), request.message_header, request.query
        key = _key(query)
        asked = Asked(
            at=now,
            on=read_date(header.qualification_confirmation_date) or now.date(),
            institution=header.medical_institution_code,
            by=ReferenceClassification.INSURED_DATA,
            file_identifier=header.arbitrary_file_identifier,
            query=query,
        )
        with self._exchange(now, asked.institution, "numbers", PURPOSE_QUALIFICATION, None) as exchange:
            finding = find_by_numbers(exchange.members_with(key), asked.on)
            exchange.outcome = _outcome(finding.validity)
            exchange.person = finding.person.key if finding.person else ""
            return found(asked, finding)

    def close(self) -> None:
        """Let go of the registry. Safe to call twice."""
        self._registry.close()

    @contextmanager
    def _exchange(
        self, at: datetime, institution: str, kind: str, purpose: str, nonce: str | None
    ) -> Iterator[Exchange]:
        try:
            with self._registry.exchange(
                at=at, institution=institution, kind=kind, purpose=purpose, nonce=nonce
            ) as exchange:
                try:
                    yield exchange
                except QualificationError as refusal:
                    exchange.outcome = refusal.code
                    raise
        except NonceUsedError:
            raise QualificationError(Refusal.CHALLENGE_REPLAYED) from None
        except RegistryError as error:
            raise QualificationError(Refusal.STORE_UNAVAILABLE) from error


def _answered(exchange: Exchange, holder: CardHolder, asked: Asked, note: str | None) -> QualificationResult:
    """The message about a card's holder today; who and how it ended goes into the exchange."""
    exchange.person = holder.person.key
    if not holder.registered:
        exchange.outcome = NOT_REGISTERED
        return not_answered(asked, NOT_REGISTERED)
    finding = find_by_card(holder.person, asked.on)
    exchange.outcome = _outcome(finding.validity)
    return found(asked, finding, note)


def _outcome(validity: QualificationValidity) -> str:
    return f"validity:{validity.value}"


def _key(query: QualificationConfirmSearchInfo) -> NumbersKey:
    return NumbersKey(
        insurer_number=query.insurer_number,
        symbol=query.insured_card_symbol or "",
        number=query.insured_identification_number,
        branch=query.insured_branch_number or "",
        birthdate=query.birthdate,
    )
