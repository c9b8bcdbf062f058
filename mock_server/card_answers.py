"""The answer to a card, however it was believed: message, what is kept of it, token of the visit, face file.

One place for signed, attested and enrolled cards alike. What breaks if wrong: an answer without the patient's consent
in it, a row that shows a patient, or a card after which no file comes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from eligibility.calendar import CertificateState
from eligibility.oqs.codes import ProcessingResultStatus, ReferenceClassification, SegmentOfResult
from eligibility.oqs.messages import QualificationResult
from mock_server import face_outbox
from mock_server.answers import CERTIFICATE_NOTES, Asked, card_obstacle, found, not_answered
from mock_server.callers import Caller
from mock_server.findings import find_by_card
from mock_server.masking import codes_only, masked
from mock_server.people import CardHolder, Person
from mock_server.registry.exchanges import Exchange
from mock_server.registry.transaction import Transaction
from mock_server.scenarios.meeting import recognised
from mock_server.standing import Standing, standing_of
from mock_server.visits import VISIT_LIFE, Visit, VisitBook


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """The answer to a card: the message, the certificate's state today, and whether the card has the 利用登録."""

    message: QualificationResult
    certificate_state: str | None
    """`valid`, `expiring` or `grace`; None for an enrolled card, whose certificate nobody sent."""
    registered: bool
    possession_proven: bool = True
    """False where the card signed nothing: 顔認証, 目視."""
    visit: str = field(default="", repr=False)
    """The token by which consent, medical information and the face file refer to this answer (`mock_server.visits`)."""


def outcome_of(message: QualificationResult) -> str:
    """How an exchange with this answer ended: `validity:1` …, or the code of why there is none."""
    return message.result_code if message.validity is None else f"validity:{message.validity.value}"


class CardAnswers:
    """Makes them. `faces` says for which institutions answers become files in `face` as well."""

    def __init__(self, visits: VisitBook, random_bytes: Callable[[int], bytes], faces: Callable[[str], bool]) -> None:
        self._visits = visits
        self._random_bytes = random_bytes
        self._faces = faces

    def write(self, institution: str) -> bool:
        """Whether an answer to this institution changes something: then its exchange has to be written before it."""
        return self._faces(institution)

    def answer(
        self,
        tx: Transaction,
        caller: Caller,
        exchange: Exchange,
        holder: CardHolder,
        state: CertificateState | None,
        *,
        possession_proven: bool = True,
    ) -> CardAnswer:
        """The answer about a card's holder today; what became of it goes into the exchange.

        `state` is that of the certificate, None for an enrolled real card: of its message only codes are kept.

        Raises:
            NotServed: A scenario says that the service is closed or fails.
        """
        script = recognised(tx, caller, exchange, holder.person)

        def ordinary(asked: Asked) -> QualificationResult:
            obstacle = card_obstacle(holder)
            message = (
                not_answered(asked, obstacle)
                if obstacle is not None
                else self._found(tx, caller, holder.person, asked, state)
            )
            exchange.outcome = outcome_of(message)
            return message

        message = script.play(self._asked(tx, caller), ordinary)
        exchange.answer = codes_only(message) if state is None else masked(message)
        if _tells(message) and self._faces(caller.institution):
            face_outbox.put(tx, caller, exchange.key, message, self._random_bytes)
        visit = Visit(
            exchange=exchange.key,
            institution=caller.institution,
            run=caller.run,
            person=holder.person.key,
            certificate_state="" if state is None else state.value,
            validity=message.validity or "",
            expires_at=exchange.at.replace(microsecond=0) + VISIT_LIFE,
        )
        return CardAnswer(
            message,
            None if state is None else state.value,
            holder.registered,
            possession_proven,
            self._visits.token(visit),
        )

    def tell_again(self, tx: Transaction, caller: Caller, visit: Visit, person: Person) -> None:
        """Let a file follow with what is known now: the patient has said something about the visit."""
        if not self._faces(caller.institution):
            return
        state = CertificateState(visit.certificate_state) if visit.certificate_state else None
        message = self._found(tx, caller, person, self._asked(tx, caller), state)
        face_outbox.put(tx, caller, visit.exchange, message, self._random_bytes)

    def _asked(self, tx: Transaction, caller: Caller) -> Asked:
        now = tx.now()
        return Asked(now, now.date(), caller.institution, ReferenceClassification.CARD)

    def _found(
        self, tx: Transaction, caller: Caller, person: Person, asked: Asked, state: CertificateState | None
    ) -> QualificationResult:
        finding = find_by_card(person, asked.on)
        standing = Standing()
        if finding.membership is not None:
            standing = standing_of(tx, caller.institution, caller.run, person, finding.membership)
        # In grace nothing medical is told, so nobody is asked (reception.md §4).
        consent = None if state is CertificateState.GRACE else standing.consent
        note = None if state is None else CERTIFICATE_NOTES.get(state)
        return found(asked, finding, note, consent, standing.reference_number)


def _tells(message: QualificationResult) -> bool:
    """Whether the answer says something about a person's insurance, so that a reader pushes it to the レセコン."""
    return (
        message.message_header.segment_of_result is SegmentOfResult.DONE
        and message.message_body is not None
        and message.message_body.processing_result_status is ProcessingResultStatus.DONE
    )
