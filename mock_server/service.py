"""The mock オンライン資格確認: who asks, who is meant, what is known. Knows no HTTP and no SQL.

Every method is (part of) a job of the ledger: it gets the open transaction, and what it decides is acknowledged when
the ledger has committed. Every request that got as far as a genuine challenge, and every one that needs none, is one
exchange, masked, and kept when it is refused. The source of nonces is an argument; the clock is the transaction's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from eligibility.calendar import CertificateState
from eligibility.oqs.codes import ReferenceClassification
from eligibility.oqs.messages import QualificationConfirmSearchInfo, QualificationRequest, QualificationResult
from eligibility.oqs.signed_message import PURPOSE_QUALIFICATION, PURPOSE_REGISTRATION, signed_message
from mock_server import registrations
from mock_server.answers import Asked, found
from mock_server.asked_days import asked_day
from mock_server.bare_key import BareKey
from mock_server.callers import Caller, check_institution
from mock_server.card_answers import CardAnswer, CardAnswers, outcome_of
from mock_server.certificate_path import Credential
from mock_server.challenges import Challenge
from mock_server.enrolment import Enrolments
from mock_server.errors import QualificationError, Refusal, SetupError
from mock_server.exchange_scope import exchange_of
from mock_server.findings import find_by_four_items, find_by_numbers
from mock_server.four_items import MODES, fits, read_four_items
from mock_server.masking import masked, masked_values
from mock_server.people import CardHolder, NumbersKey
from mock_server.registrations import Registration
from mock_server.registry.exchanges import Exchange
from mock_server.registry.transaction import Transaction
from mock_server.scenarios.meeting import recognised
from mock_server.serials import serial_number
from mock_server.trust import Trust
from mock_server.visit_service import VisitService, check_own
from mock_server.visits import VisitBook

__all__ = ["ATTESTED_METHODS", "CardAnswer", "QualificationService", "numbers_key"]

ATTESTED_METHODS: Final = ("face", "visual")
"""顔認証 and 目視確認: somebody else vouches, possession of the card is not proven (design.md §2)."""


def _nobody(_: str) -> bool:
    """No institution has a folder for faces."""
    return False


class QualificationService(VisitService):
    """Answers questions. Every method raises QualificationError when it refuses, and what the transaction raises."""

    def __init__(
        self,
        trust: Trust,
        random_bytes: Callable[[int], bytes],
        enrolments: Enrolments | None = None,
        *,
        faces: Callable[[str], bool] = _nobody,
    ) -> None:
        """Put together from its parts; `random_bytes` is `os.urandom` but in tests.

        Without `enrolments` no real card is known. `faces` says for which institutions (code) somebody makes files in
        `face` out of card answers.
        """
        self._enrolments = enrolments
        self._trust = trust
        self._random_bytes = random_bytes
        # The key behind challenges serves visits too: what is signed for each begins with a label of its own.
        visits = VisitBook(trust.challenges.server, trust.challenges.key)
        super().__init__(visits, CardAnswers(visits, random_bytes, faces))

    @property
    def server_name(self) -> str:
        """The name that challenges and signed messages carry."""
        return self._trust.challenges.server

    def challenge(self, tx: Transaction, caller: Caller, purpose: str = PURPOSE_QUALIFICATION) -> Challenge:
        """A fresh challenge for one institution and purpose. Nothing is written unless a scenario strikes."""
        with exchange_of(tx, caller, "challenge", purpose=purpose, quiet=True) as exchange:
            challenge = self._trust.challenge(caller.institution, purpose, tx.now(), self._random_bytes)
            exchange.outcome = "issued"
            return challenge

    # ── 資格確認 ──

    def check_by_card(
        self, tx: Transaction, caller: Caller, *, purpose: str, nonce: str, certificate: bytes, signature: bytes
    ) -> CardAnswer:
        """What is known about the holder of the card that signed this challenge. Uses the challenge up."""
        _check_purpose(purpose)
        self._trust.check_challenge(nonce, caller.institution, purpose, tx.now())
        effects = self._cards.write(caller.institution)
        with exchange_of(tx, caller, "qualification.card", purpose=purpose, nonce=nonce, effects=effects) as exchange:
            credential = self._credential(tx, caller, exchange, certificate, signature)
            return self._cards.answer(tx, caller, exchange, _holder(tx, caller, credential), credential.state)

    def check_attested(self, tx: Transaction, caller: Caller, *, certificate: bytes, method: str) -> CardAnswer:
        """What is known about the holder of a software card for whom somebody else vouches: 顔認証 or 目視.

        `method` is a word of ATTESTED_METHODS. The answer is marked: possession of the card was not proven. A phone
        cannot be looked at so: there the phone itself asks for face or PIN (reception.md §4).

        Raises:
            QualificationError: Also REQUEST_FIELD for another method, ATTESTED_PHONE.
        """
        check_institution(caller.institution)
        if method not in ATTESTED_METHODS:
            raise QualificationError(Refusal.REQUEST_FIELD, where="method")
        effects = self._cards.write(caller.institution)
        with exchange_of(
            tx, caller, "qualification.attested", purpose=PURPOSE_QUALIFICATION, effects=effects
        ) as exchange:
            exchange.request = masked_values({"method": method})
            credential = self._trust.check_attested(certificate=certificate, now=tx.now())
            exchange.request = masked_values({"method": method, **_seen(credential)})
            if credential.phone:
                raise QualificationError(Refusal.ATTESTED_PHONE)
            holder = _holder(tx, caller, credential)
            return self._cards.answer(tx, caller, exchange, holder, credential.state, possession_proven=False)

    def check_enrolled(
        self, tx: Transaction, caller: Caller, *, purpose: str, nonce: str, public_key: bytes, signature: bytes
    ) -> CardAnswer:
        """What is known about the invented patient for whom an enrolled real card stands. Uses the challenge up.

        Nothing of the card is written down, and of the messages only codes.
        """
        _check_purpose(purpose)
        self._trust.check_challenge(nonce, caller.institution, purpose, tx.now())
        effects = self._cards.write(caller.institution)
        with exchange_of(
            tx, caller, "qualification.enrolled", purpose=purpose, nonce=nonce, effects=effects
        ) as exchange:
            key = BareKey(public_key)
            key.check(signature, signed_message(self.server_name, caller.institution, purpose, nonce))
            persona = self._enrolled(key)
            # An enrolled card stands in for the first card that was issued to the persona.
            holder = None if persona is None else tx.card_holder(serial_number(persona), caller.run)
            if holder is None:
                raise QualificationError(Refusal.ENROLMENT_UNKNOWN)
            return self._cards.answer(tx, caller, exchange, holder, None)

    def check_by_numbers(self, tx: Transaction, caller: Caller, request: QualificationRequest) -> QualificationResult:
        """What is known about the numbers of a paper, on the day the request names.

        The institution in the message is the caller's.
        """
        now, header, query = tx.now(), request.message_header, request.query
        check_own(caller, header.medical_institution_code)
        asked = Asked(
            at=now,
            on=asked_day(header.qualification_confirmation_date) or now.date(),
            institution=header.medical_institution_code,
            by=ReferenceClassification.INSURED_DATA,
            file_identifier=header.arbitrary_file_identifier,
            query=query,
        )
        with exchange_of(tx, caller, "qualification.numbers", purpose=PURPOSE_QUALIFICATION) as exchange:
            exchange.request = masked(request)
            members = tx.members_with(numbers_key(query))
            script = recognised(tx, caller, exchange, find_by_numbers(members, asked.on).person)

            def ordinary(asked: Asked) -> QualificationResult:
                message = found(asked, find_by_numbers(members, asked.on))
                exchange.outcome = outcome_of(message)
                return message

            message = script.play(asked, ordinary)
            exchange.answer = masked(message)
            return message

    def check_by_four_items(
        self, tx: Transaction, caller: Caller, *, mode: str, name: str, birthdate: str, sex: str, address: str
    ) -> QualificationResult:
        """What is known today about the one person with this 氏名, 生年月日 (YYYYMMDD), 性別 and 住所.

        `mode` is a word of `mock_server.four_items.MODES`. Several people who fit are 複数該当, none is 該当なし. The
        whole search is invented (`mock_server.four_items`); nothing of the items is kept.

        Raises:
            QualificationError: Also REQUEST_FIELD, REQUEST_INDIVIDUAL_NUMBER.
        """
        check_institution(caller.institution)
        if mode not in MODES:
            raise QualificationError(Refusal.REQUEST_FIELD, where="mode")
        items = read_four_items(name=name, birthdate=birthdate, sex=sex, address=address)
        now = tx.now()
        asked = Asked(now, now.date(), caller.institution, ReferenceClassification.INSURED_DATA)
        with exchange_of(tx, caller, "qualification.four_items", purpose=PURPOSE_QUALIFICATION) as exchange:
            exchange.request = masked_values({"mode": mode})
            people = [person for person in tx.born_on(items.birthdate) if fits(items, person)]
            script = recognised(tx, caller, exchange, people[0] if len(people) == 1 else None)

            def ordinary(asked: Asked) -> QualificationResult:
                message = found(asked, find_by_four_items(people, asked.on))
                exchange.outcome = outcome_of(message)
                return message

            message = script.play(asked, ordinary)
            exchange.answer = masked(message)
            return message

    # ── 利用登録 ──

    def register(
        self,
        tx: Transaction,
        caller: Caller,
        *,
        nonce: str,
        certificate: bytes,
        signature: bytes,
        method: str = "",
        public_key: bytes = b"",
    ) -> Registration:
        """利用登録 of the card that signed a challenge for `registration`. Asked for twice it is registered once.

        `method` (somebody vouches) and `public_key` (an enrolled real card) are only there to be refused by name.

        Raises:
            QualificationError: As for a card; also REGISTRATION_ATTESTED, REGISTRATION_ENROLLED, REGISTRATION_GRACE
                (in grace a certificate is good for 資格確認 only, reception.md §4), SELF_INFO_REFUSED.
        """
        check_institution(caller.institution)
        if method or public_key:
            with exchange_of(tx, caller, "registration", purpose=PURPOSE_REGISTRATION):
                raise QualificationError(Refusal.REGISTRATION_ATTESTED if method else Refusal.REGISTRATION_ENROLLED)
        self._trust.check_challenge(nonce, caller.institution, PURPOSE_REGISTRATION, tx.now())
        with exchange_of(
            tx, caller, "registration", purpose=PURPOSE_REGISTRATION, nonce=nonce, effects=True
        ) as exchange:
            credential = self._credential(tx, caller, exchange, certificate, signature)
            holder = _holder(tx, caller, credential)
            recognised(tx, caller, exchange, holder.person)
            if holder.person.self_info_refused:
                raise QualificationError(Refusal.SELF_INFO_REFUSED)
            if credential.state is CertificateState.GRACE:
                raise QualificationError(Refusal.REGISTRATION_GRACE)
            made = (
                Registration(already=True, at=registrations.registered_at(tx, credential.serial, caller.run))
                if holder.registered
                else registrations.register(tx, credential.serial, caller.run)
            )
            exchange.outcome = "registered:already" if made.already else "registered"
            exchange.answer = masked_values({"already": made.already})
            return made

    # ── parts ──

    def _credential(
        self, tx: Transaction, caller: Caller, exchange: Exchange, certificate: bytes, signature: bytes
    ) -> Credential:
        credential = self._trust.check_credential(
            certificate=certificate,
            signature=signature,
            nonce=exchange.nonce or "",
            institution=caller.institution,
            purpose=exchange.purpose,
            now=tx.now(),
        )
        exchange.request = masked_values(_seen(credential))
        return credential

    def _enrolled(self, key: BareKey) -> str | None:
        if self._enrolments is None:
            return None
        try:
            return self._enrolments.persona_of(key)
        except SetupError:
            raise QualificationError(Refusal.STORE_UNAVAILABLE) from None


def _check_purpose(purpose: str) -> None:
    """A challenge that was signed for something else answers no question. Raises QualificationError."""
    if purpose != PURPOSE_QUALIFICATION:
        raise QualificationError(Refusal.REQUEST_PURPOSE, known=PURPOSE_QUALIFICATION)


def _holder(tx: Transaction, caller: Caller, credential: Credential) -> CardHolder:
    """Whose card it is. Raises QualificationError: CERTIFICATE_UNKNOWN."""
    holder = tx.card_holder(credential.serial, caller.run)
    if holder is None:
        raise QualificationError(Refusal.CERTIFICATE_UNKNOWN)
    return holder


def _seen(credential: Credential) -> dict[str, str | bool]:
    """What an exchange says about a certificate that was believed."""
    return {"certificate": credential.state.value, "on": "phone" if credential.phone else "card"}


def numbers_key(query: QualificationConfirmSearchInfo) -> NumbersKey:
    """The numbers of a query, for looking up."""
    return NumbersKey(
        insurer_number=query.insurer_number,
        symbol=query.insured_card_symbol or "",
        number=query.insured_identification_number,
        branch=query.insured_branch_number or "",
        birthdate=query.birthdate,
    )
