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
from eligibility.oqs.signed_message import PURPOSE_QUALIFICATION
from eligibility.oqs.values import read_date
from mock_server.answers import CERTIFICATE_NOTES, NOT_REGISTERED, Asked, found, not_answered
from mock_server.challenges import Challenge
from mock_server.errors import QualificationError, Refusal
from mock_server.findings import find_by_card, find_by_numbers
from mock_server.people import NumbersKey
from mock_server.registry.interface import Exchange, NonceUsedError, Registry, RegistryError
from mock_server.trust import Trust


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """The answer to a card: the message, the certificate's state today, and whether the card has the 利用登録."""

    message: QualificationResult
    certificate_state: str
    """`valid`, `expiring` or `grace`."""
    registered: bool


class QualificationService:
    """Answers questions. Every method raises QualificationError when it refuses."""

    def __init__(
        self,
        registry: Registry,
        trust: Trust,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
    ) -> None:
        """Put together from its parts; `now` gives aware date-times, `random_bytes` is `os.urandom` but in tests."""
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
            exchange.person = holder.person.key
            asked = Asked(now, now.date(), institution, ReferenceClassification.CARD)
            if not holder.registered:
                exchange.outcome = NOT_REGISTERED
                message = not_answered(asked, NOT_REGISTERED)
            else:
                finding = find_by_card(holder.person, asked.on)
                exchange.outcome = _outcome(finding.validity)
                message = found(asked, finding, CERTIFICATE_NOTES.get(credential.state))
            return CardAnswer(message, credential.state.value, holder.registered)

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
