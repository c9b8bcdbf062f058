"""From the bytes of a request that was taken away to the decision what goes back, in one transaction with the service.

What breaks if wrong: after `kill -9` a request is asked twice, or a refusal leaves no trace.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Final

from eligibility.calendar import JST
from eligibility.oqs.charset import Encoding
from eligibility.oqs.elements import Element
from eligibility.oqs.file_names import Extension, MessageKind
from eligibility.oqs.medical_information import (
    HealthCheckupsRequest,
    MedicinesRequest,
)
from mock_server.callers import Caller
from mock_server.errors import QualificationError, Refusal
from mock_server.folders import records
from mock_server.folders.desk import CALLS, UNKNOWN_CALL, Clerks
from mock_server.folders.failed import failed
from mock_server.folders.names import RequestFile
from mock_server.folders.parcels import is_never_sent
from mock_server.folders.reading import Problem, encoding_of, largest, may_be_given_back, read_request
from mock_server.folders.records import Decision, State
from mock_server.folders.refusals import FolderRefusal
from mock_server.folders.rendering import Rendering
from mock_server.folders.replies import Reply
from mock_server.folders.settings import Answers
from mock_server.medical_information import refused
from mock_server.registry.exchanges import Exchange
from mock_server.registry.ledger import Ledger
from mock_server.registry.transaction import Transaction
from mock_server.scenarios.delivery import AS_IT_IS, Delivery

VIA: Final = "folder"
_ENDINGS: Final[tuple[Extension, ...]] = (".xml", ".zip", ".pdf")


@dataclass(frozen=True)
class _Question:
    """A request file under the name it was taken away, and the encoding of what goes back."""

    claim: str
    file: RequestFile
    raw: bytes = field(repr=False)
    encoding: Encoding

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return hashlib.sha256(self.raw).hexdigest()

    @cached_property
    def comes_back(self) -> bool:
        """Whether it comes back as a copy where it is refused; what is too large does not."""
        return len(self.raw) <= largest(self.file.kind) and may_be_given_back(self.raw)

    @property
    def kind(self) -> MessageKind:
        """The kind of a file that could be read."""
        if self.file.kind is None:
            raise ValueError("a file of no known kind was read")
        return self.file.kind


class Deciding:
    """Decides for one set of folders. `folder` is its name in the store, `encoding` the setting for answers."""

    def __init__(
        self,
        ledger: Ledger,
        clerks: Clerks,
        rendering: Rendering,
        *,
        encoding: Answers,
        institution: str,
        run: str,
        folder: str,
    ) -> None:
        self._ledger = ledger
        self._clerks = clerks
        self._rendering = rendering
        self._encoding = encoding
        self._institution = institution
        self._run = run
        self._folder = folder

    def decide(self, files: Sequence[tuple[str, RequestFile, bytes]]) -> list[Decision]:
        """What goes back for requests: claim, name and bytes of each. The same when asked again.

        Those about one person are asked in one transaction, in their order; bulk requests after them.

        Raises:
            RegistryError: The store cannot be used now.
            OSError: A large answer cannot be written now.
        """
        read = [(self._question(*file), read_request(file[1], file[2], self._institution)) for file in files]
        single = [
            (question, request)
            for question, request in read
            if isinstance(request, Problem) or question.kind in self._clerks.single
        ]
        decisions = self._ledger.run_sync(lambda tx: [self._decide(tx, *one) for one in single]) if single else []
        for question, request in read:
            if isinstance(request, Element) and question.kind in self._clerks.bulk:
                decisions.append(self._ask_for_many(question, request))
        return decisions

    def _decide(self, tx: Transaction, question: _Question, request: Element | Problem) -> Decision:
        if isinstance(request, Problem):
            return self._refuse(tx, question, request)
        return self._ask(tx, question, request)

    def give_up(self, claim: str, file: RequestFile, raw: bytes) -> Decision:
        """A refusal, after the service broke over this request."""
        question = self._question(claim, file, raw)
        return self._ledger.run_sync(lambda tx: self._refuse(tx, question, Problem(Refusal.INTERNAL)))

    def _question(self, claim: str, file: RequestFile, raw: bytes) -> _Question:
        encoding = encoding_of(raw) if self._encoding == "as_asked" else self._encoding
        return _Question(claim, file, raw, encoding)

    # ── in one transaction ──

    def _ask(self, tx: Transaction, question: _Question, request: Element) -> Decision:
        known = self._known(tx, question)
        if known is not None:
            return known
        caller = Caller(self._institution, self._run, via=VIA)
        kind = question.kind
        try:
            message = self._clerks.single[kind](tx, caller, request)
        except QualificationError as refusal:
            return self._refused(tx, question, request, refusal, caller.delivery.answer)
        delivery = caller.delivery.answer
        return self._keep(tx, question, self._rendering.answer(request, message, question.encoding, delivery), delivery)

    def _known(self, tx: Transaction, question: _Question) -> Decision | None:
        """What was decided before a crash, or the refusal of a name under which another answer lies uncollected."""
        decided = records.find(tx, question.claim)
        if decided is not None:
            return decided
        names = [question.file.answer_as(ending) for ending in _ENDINGS]
        uncollected = {digest for name in names for digest in records.uncollected_under(tx, self._folder, name)}
        if uncollected - {question.digest}:
            return self._refuse(tx, question, Problem(FolderRefusal.NAME_IN_USE))
        return None

    def _refuse(self, tx: Transaction, question: _Question, problem: Problem) -> Decision:
        """An `.err` for a file that never reached the service; the exchange is written here."""
        decided = records.find(tx, question.claim)
        if decided is not None:
            return decided
        kind = question.file.kind
        tx.record(
            Exchange(
                at=tx.now(),
                call=UNKNOWN_CALL if kind is None else CALLS[kind],
                institution=self._institution,
                run=self._run,
                via=VIA,
                outcome=problem.code,
            )
        )
        reply = Reply(
            "refusal", question.encoding, code=problem.code, params=problem.params, copied=question.comes_back
        )
        return self._keep(tx, question, reply, AS_IT_IS)

    def _refused(
        self, tx: Transaction, question: _Question, request: Element, refusal: QualificationError, delivery: Delivery
    ) -> Decision:
        """The service refused: as an answer that says so where its layout can, else as an `.err`."""
        if refusal.refusal is Refusal.SERVICE_NOT_TAKEN:
            return self._keep(tx, question, Reply("put_back", question.encoding), AS_IT_IS)
        is_about_the_file = refusal.refusal is Refusal.SERVICE_REJECTED_FILE or refusal.code.startswith("MOCK-REQUEST-")
        if is_about_the_file:
            params = MappingProxyType(dict(refusal.params))
            reply = Reply("refusal", question.encoding, code=refusal.code, params=params, copied=question.comes_back)
            return self._keep(tx, question, reply, delivery)
        now = tx.now().astimezone(JST)
        message: Element
        if isinstance(request, MedicinesRequest | HealthCheckupsRequest):
            message = refused(request, refusal, now)
        else:
            message = failed(question.kind, request, refusal, now)
        return self._keep(tx, question, self._rendering.answer(request, message, question.encoding, delivery), delivery)

    def _keep(self, tx: Transaction, question: _Question, reply: Reply, delivery: Delivery) -> Decision:
        if is_never_sent(delivery) and reply.form != "put_back":
            reply = Reply("nothing", question.encoding)
        withheld = reply.form in ("nothing", "put_back")
        name = ""
        if reply.form == "refusal":
            name = question.file.error
        elif not withheld:
            name = question.file.answer_as(reply.extension)
        state = State.WITHHELD if withheld else State.WAITING
        decision = Decision(question.claim, question.file.name, question.digest, tx.now(), name, reply, delivery, state)
        records.keep(tx, decision, self._institution, self._run)
        return decision

    # ── many people ──

    def _ask_for_many(self, question: _Question, request: Element) -> Decision:
        known = self._ledger.run_sync(lambda tx: self._known(tx, question))
        if known is not None:
            return known
        caller = Caller(self._institution, self._run, via=VIA)
        try:
            answer = self._clerks.bulk[question.kind](caller, request, question.claim)
        except QualificationError as error:
            refusal = error
            return self._ledger.run_sync(
                lambda tx: self._refused(tx, question, request, refusal, caller.delivery.answer)
            )
        delivery = caller.delivery.answer
        encoding, name = question.encoding, question.file.answer
        if answer.units is None or is_never_sent(delivery):
            reply = self._rendering.answer(request, answer.message, encoding, delivery)
        else:
            reply = self._rendering.list_of_people(question.claim, name, answer, encoding, delivery)
        return self._ledger.run_sync(lambda tx: self._keep(tx, question, reply, delivery))
