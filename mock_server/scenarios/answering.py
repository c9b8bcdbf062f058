"""What the service says in place of what it knows: 処理中, 異常終了, an old answer, another person's, a damaged one.

The ordinary answer is made by the service; a script decides whether that is what is said. What breaks if wrong: a
rehearsed fault looks like another one, or the exchange claims that it was the truth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from eligibility.oqs.codec import from_json, to_json
from eligibility.oqs.codes import QualificationValidity, SegmentOfResult
from eligibility.oqs.messages import QualificationResult, ResultList, ResultOfQualificationConfirmation
from mock_server.answers import Asked, found, not_answered
from mock_server.errors import Refusal
from mock_server.findings import Finding, find_by_card
from mock_server.people import Person
from mock_server.registry import tables
from mock_server.registry.exchanges import Exchange
from mock_server.registry.transaction import Transaction
from mock_server.scenarios.delivery import Trouble

Ordinary = Callable[[Asked], QualificationResult]
"""Makes the true answer to a question; may be asked about an earlier moment and day."""

LACKING: Final = "●"
"""What stands for a character that could not be told (online-qualification.md §8)."""
OPTIONAL_ITEMS: Final = (
    "insured_name",
    "name_of_other",
    "name_kana",
    "name_of_other_kana",
    "sex2",
    "address",
    "post_number",
    "qualification_date",
    "insured_certificate_issuance_date",
    "insured_card_valid_date",
    "insurer_name",
)
"""Elements that `missing_items` leaves out: an answer is understood without them."""
UNKNOWN_ITEM: Final = "MockUnknownItem"
"""An element that no layout has."""
_OWN = tables.exchange.c


def segment_outcome(refusal: Refusal) -> str:
    """How an exchange ended whose message says 処理中 or 異常終了: `segment:2`, `segment:9`."""
    running = refusal is Refusal.SERVICE_PROCESSING
    return f"segment:{(SegmentOfResult.RUNNING if running else SegmentOfResult.FAILED).value}"


@dataclass(slots=True)
class Script:
    """What is to be said in one exchange; without troubles the truth."""

    tx: Transaction
    exchange: Exchange
    person: Person | None
    troubles: tuple[Trouble, ...] = ()

    def play(self, asked: Asked, ordinary: Ordinary) -> QualificationResult:
        """The answer to be sent. The exchange keeps the person it was about, and gets the outcome that was said."""
        if not self.troubles:
            return ordinary(asked)
        message: QualificationResult | None = None
        for trouble in self.troubles:
            message = self._instead(trouble, asked, ordinary) or message
        if message is None:
            message = ordinary(asked)
        for trouble in self.troubles:
            change = _CHANGES.get(trouble.name)
            message = change(message) if change else message
        self.exchange.person = "" if self.person is None else self.person.key
        return message

    def _instead(self, trouble: Trouble, asked: Asked, ordinary: Ordinary) -> QualificationResult | None:
        """Another answer in place of the ordinary one; None where the trouble is of another kind."""
        match trouble.name:
            case "processing":
                return self._not_served(asked, Refusal.SERVICE_PROCESSING)
            case "failed":
                return self._not_served(asked, Refusal.SERVICE_FAILED)
            case "no_such_person":
                return self._found(asked, Finding(QualificationValidity.NONE_FOUND))
            case "validity":
                return self._found(asked, self._finding(QualificationValidity(str(trouble.params["value"])), asked))
            case "wrong_person":
                return self._about(self._somebody_else(trouble.params["other"]), asked)
            case "stale_answer" if trouble.params["of"] == "day":
                past = timedelta(days=trouble.params["days"])
                return ordinary(replace(asked, at=asked.at - past, on=asked.on - past))
            case "stale_answer":
                return self._previous(asked)
        return None

    def _not_served(self, asked: Asked, refusal: Refusal) -> QualificationResult:
        self.exchange.outcome = segment_outcome(refusal)
        running = refusal is Refusal.SERVICE_PROCESSING
        return unserved(asked, SegmentOfResult.RUNNING if running else SegmentOfResult.FAILED, refusal.value)

    def _found(self, asked: Asked, finding: Finding) -> QualificationResult:
        self.exchange.outcome = f"validity:{finding.validity.value}"
        return found(asked, finding)

    def _finding(self, validity: QualificationValidity, asked: Asked) -> Finding:
        """That 資格有効性, with the membership that an answer of its kind names (reception.md §6.1)."""
        named = validity in (QualificationValidity.INVALID, QualificationValidity.INVALID_NEWER_EXISTS)
        if not named or self.person is None:
            return Finding(validity)
        return replace(find_by_card(self.person, asked.on), validity=validity)

    def _somebody_else(self, name: str) -> Person | None:
        """That person; where it is the one who is asked about, the first other one."""
        if self.person is not None and self.person.key == name:
            own = tables.person.c.key
            query = select(own).where(own != name).order_by(own).limit(1)
            name = self.tx.connection.execute(query).scalar() or ""
        return self.tx.person(name)

    def _about(self, other: Person | None, asked: Asked) -> QualificationResult | None:
        return None if other is None else self._found(asked, find_by_card(other, asked.on))

    def _previous(self, asked: Asked) -> QualificationResult | None:
        """What was said last to this institution, whoever it was about; None where that was nothing."""
        query = (
            select(_OWN.person, _OWN.at)
            .where(
                _OWN.institution == self.exchange.institution,
                _OWN.run == self.exchange.run,
                _OWN.call.startswith("qualification."),
                _OWN.person != "",
                _OWN.key != self.exchange.key,
            )
            .order_by(_OWN.id.desc())
            .limit(1)
        )
        row = self.tx.connection.execute(query).one_or_none()
        if row is None:
            return None
        at = datetime.fromisoformat(row.at)
        return self._about(self.tx.person(row.person), replace(asked, at=at, on=at.date()))


def unserved(asked: Asked, segment: SegmentOfResult, code: str) -> QualificationResult:
    """A message that says 処理中 or 異常終了 with a code, and nothing about anybody (online-qualification.md §2.1)."""
    ordinary = not_answered(asked, code)
    body = ordinary.message_body
    sentence = body.processing_result_message if body is not None else None
    header = ordinary.message_header.model_copy(
        update={"segment_of_result": segment, "error_code": code, "error_message": sentence}
    )
    nothing = {"processing_result_status": None, "processing_result_code": None, "processing_result_message": None}
    echo = None if body is None or asked.query is None else body.model_copy(update=nothing)
    return QualificationResult.model_construct(message_header=header, message_body=echo)


def _with_results(
    message: QualificationResult,
    change: Callable[[ResultOfQualificationConfirmation], ResultOfQualificationConfirmation],
) -> QualificationResult:
    if not message.results or message.message_body is None:
        return message
    changed = ResultList.model_construct(results=tuple(change(result) for result in message.results))
    return message.model_copy(update={"message_body": message.message_body.model_copy(update={"result_list": changed})})


def _garbled(message: QualificationResult) -> QualificationResult:
    def garble(result: ResultOfQualificationConfirmation) -> ResultOfQualificationConfirmation:
        update = {"name": _first_lacking(result.name), "address": _first_lacking(result.address)}
        return result.model_copy(update={key: value for key, value in update.items() if value is not None})

    return _with_results(message, garble)


def _first_lacking(text: str | None) -> str | None:
    return LACKING + text[1:] if text else None


def _poorer(message: QualificationResult) -> QualificationResult:
    return _with_results(message, lambda result: result.model_copy(update=dict.fromkeys(OPTIONAL_ITEMS)))


def _richer(message: QualificationResult) -> QualificationResult:
    said: Any = to_json(message)
    root = said["XmlMsg"]
    root["MessageHeader"][UNKNOWN_ITEM] = "MOCK"
    for one in (root.get("MessageBody") or {}).get("ResultList", ()):
        one["ResultOfQualificationConfirmation"][UNKNOWN_ITEM] = "MOCK"
    return from_json(QualificationResult, said)


_CHANGES: Final[dict[str, Callable[[QualificationResult], QualificationResult]]] = {
    "garbled_name": _garbled,
    "missing_items": _poorer,
    "unknown_items": _richer,
}
