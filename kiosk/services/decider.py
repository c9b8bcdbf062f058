"""From what happened at the counter to a case of the rules, and from their outcome to what is shown.

Translates and nothing else: which row fits is `eligibility.policy`'s. What breaks if it is wrong: the right rules are
asked about another visit than the one that took place.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from eligibility.calendar import certificate_state, seventy_rule_from
from eligibility.case import CARD_CLASSES
from eligibility.documents import (
    Certificate,
    Document,
    EligibilityCertificate,
    EligibilityNotice,
    Identity,
    MynaCard,
    Smartphone,
)
from eligibility.insurers import InsurerNumber
from eligibility.policy import Answer, AskedBy, Case, Charge, ChargeKind, Flag, Outcome, Person, Rules, Site, decide
from eligibility.rule_dates import STANDARD_RULES
from kiosk.flow import states
from kiosk.flow.states import CardSummary, ManualEntry, Reception, Trouble
from kiosk.services.interfaces import Now, Qualification

SELF_INFO_REFUSED = "MOCK-SELF-INFO-REFUSED"
"""The service's code for a card whose holder stopped the sharing of their own data."""


class PolicyDecider:
    """The rules of the desk for one site (`clinic`, `checkup` or `limited`)."""

    def __init__(self, now: Now, site: str, rules: Rules | None = None) -> None:
        """`rules` None: the rule dates as the sources have them. Raises ValueError for a site that is none of these."""
        self._now = now
        self._site = Site(site)
        self._rules = rules or STANDARD_RULES

    def by_card(self, card: CardSummary, answer: Qualification) -> Reception:
        """What a card identified by PIN and the service's answer amount to today."""
        case = self.case_by_card(card, answer)
        return _reception(self.decide(case), answer, case.on)

    def decide(self, case: Case) -> Outcome:
        """What a case amounts to under this counter's rule dates."""
        return decide(case, self._rules)

    def case_by_card(self, card: CardSummary, answer: Qualification) -> Case:
        """The case of a card identified by PIN, for whoever wants the whole outcome of `eligibility.policy`."""
        on = self._now().date()
        certificate = _certificate(card, answer, on)
        document = Smartphone if card.is_phone else MynaCard
        return Case(
            on,
            self._site,
            birthdate=answer.birthdate,
            presented=(document(registered=answer.registered, identity=Identity.PIN, certificate=certificate),),
            answer=_answer(answer, AskedBy.CARD),
            flags=_flags(answer),
            # Whoever has read a phone is equipped for it.
            equipped_for_smartphone=card.is_phone,
        )

    def by_paper(self, entry: ManualEntry, answer: Qualification | None, card_trouble: Trouble | None) -> Reception:
        """What a typed paper amounts to; `answer` is None where the service could not be asked.

        `card_trouble` says what is known of the card in hand besides that it was not read.
        """
        paper = _paper(entry)
        presented: tuple[Document, ...] = (_card_in_hand(card_trouble), paper) if entry.card_in_hand else (paper,)
        said = None if answer is None else _answer(answer, AskedBy.NUMBERS)
        if said is not None and answer is not None and answer.birthdate not in (None, entry.birthdate):
            # Asked with one date of birth, answered with another: whose record is that?
            said = replace(said, person=Person.UNSURE)
        case = Case(
            self._now().date(),
            self._site,
            birthdate=entry.birthdate,
            presented=presented,
            answer=said,
            outage=answer is None,
        )
        return _with_typed_numbers(_reception(self.decide(case), answer, case.on), entry)


def _flags(answer: Qualification) -> frozenset[Flag]:
    """自己情報提供不可, which the service tells of a card that it does not answer (reception.md §7)."""
    return frozenset({Flag.SELF_INFO_REFUSED} if answer.code == SELF_INFO_REFUSED else ())


def _certificate(card: CardSummary, answer: Qualification, on: date) -> Certificate:
    """The certificate's state as the service saw it; where it does not say, by the calendar.

    It was answered, so it counted: at worst a card's is in grace, which withholds most, and a phone's, which has no
    grace, is about to end.
    """
    worst = Certificate.EXPIRING if card.is_phone else Certificate.GRACE
    if answer.certificate_state:
        state = Certificate(answer.certificate_state)
    elif card.certificate_until is None:  # behind the PIN, and looked at there
        return Certificate.VALID
    else:
        state = Certificate(certificate_state(card.certificate_until, on, phone=card.is_phone).value)
    return worst if state in (Certificate.GRACE, Certificate.EXPIRED) else state


def _answer(answer: Qualification, by: AskedBy) -> Answer | None:
    if answer.validity is None:
        return None
    return Answer(
        by,
        answer.validity,
        answer.burden_ratio,
        answer.elderly_burden_ratio,
        # As the service names it: whether its check digit is right is not for the desk to doubt.
        InsurerNumber(answer.insurer_number) if answer.insurer_number else None,
        # The list may grow; a class the rules do not know changes nothing.
        answer.card_class if answer.card_class in CARD_CLASSES else None,
    )


def _paper(entry: ManualEntry) -> EligibilityCertificate | EligibilityNotice:
    insurer = InsurerNumber(entry.insurer_number)
    if entry.document is states.Document.ELIGIBILITY_NOTICE:
        return EligibilityNotice(insurer, entry.burden_ratio, expires_on=entry.expires_on)
    return EligibilityCertificate(insurer, entry.issued_on, entry.expires_on, entry.burden_ratio)


def _card_in_hand(trouble: Trouble | None) -> MynaCard:
    """The person's card as far as it is known: registered unless the service said otherwise."""
    match trouble:
        case Trouble.NOT_REGISTERED:
            return MynaCard(registered=False)
        case Trouble.CERTIFICATE_REFUSED:
            return MynaCard(certificate=Certificate.EXPIRED)
        case Trouble.PIN_LOCKED:
            return MynaCard(readable=False, identity=Identity.PIN_LOCKED)
        case Trouble.PIN_UNKNOWN:
            return MynaCard(readable=False, identity=Identity.PIN_FORGOTTEN)
        case Trouble.FACE_ONLY:
            # Face and eye are not this counter's: for it, the card cannot be used.
            return MynaCard(readable=False, face_only=True)
        case _:
            return MynaCard(readable=False)


def _reception(outcome: Outcome, answer: Qualification | None, on: date) -> Reception:
    shown = Reception(
        outcome.outcome.value,
        outcome.row,
        _charge(outcome.charge),
        outcome.reasons,
        outcome.ask_for,
        outcome.tell,
        outcome.queue,
    )
    if answer is None:
        return shown
    return replace(
        shown,
        by=answer.by,
        validity=answer.validity,
        insurer_number=answer.insurer_number,
        insurer_name=answer.insurer_name,
        symbol=answer.symbol,
        number=answer.number,
        branch=answer.branch,
        name=answer.name,
        name_kana=answer.name_kana,
        birthdate=answer.birthdate,
        ratio=_ratio_named(answer, on),
        valid_until=answer.valid_until,
        lost_on=answer.lost_on,
    )


def _with_typed_numbers(shown: Reception, entry: ManualEntry) -> Reception:
    """Where the service sent no record, what was typed stays: it is what will be asked again."""
    if shown.insurer_number:
        return shown
    return replace(
        shown,
        insurer_number=entry.insurer_number,
        symbol=entry.symbol,
        number=entry.number,
        branch=entry.branch,
        birthdate=entry.birthdate,
    )


def _charge(charge: Charge | None) -> str:
    if charge is None:
        return ""
    if charge.kind in (ChargeKind.RATIO, ChargeKind.ASK):
        return f"{charge.kind.value}:{'' if charge.percent is None else charge.percent}"
    return charge.kind.value


def _ratio_named(answer: Qualification, on: date) -> int | None:
    """The share the service names today: from 70 the elderly one first, each standing in for the other (§5)."""
    ratios = [answer.burden_ratio, answer.elderly_burden_ratio]
    if answer.birthdate is not None and on >= seventy_rule_from(answer.birthdate):
        ratios.reverse()
    return next((ratio for ratio in ratios if ratio is not None), None)
