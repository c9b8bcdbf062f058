"""`madoguchi check`: one visit without a screen, for scripts.

Rule: a PIN try is the patient's. Everything that can be refused is refused before VERIFY, and the last try is spent
only when it was asked for in words. The PIN comes from standard input, never from an argument.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from kiosk.cli import troubles, values
from kiosk.cli.context import Context
from kiosk.cli.decision_lines import headline, next_steps
from kiosk.cli.errors import CommandError, ExitCode, gravest
from kiosk.cli.parsing import CommandParser
from kiosk.cli.pin_input import read_pin
from kiosk.cli.trace_file import Wrap, traced_into
from kiosk.cli.visit_options import add_visit_options
from kiosk.cli.words import Words
from kiosk.flow.answer import Qualification
from reader.pin import PinHandle

if TYPE_CHECKING:  # annotations only: these modules are heavy
    from eligibility.policy import Outcome
    from kiosk.cli.composition import CounterPlan, LazyAuthority
    from kiosk.flow.states import CardSummary
    from kiosk.services.interfaces import CardDesk, Challenge, ExchangeCount, QualificationClient
    from reader.card.variants import Variant
    from reader.connection import CardSlot


def fill(parser: CommandParser, words: Words) -> None:
    """Add the options of a visit without a screen."""
    add_visit_options(parser, words)
    parser.add_argument("--pin-stdin", action="store_true", help=words.text("option.pin_stdin"))
    parser.add_argument("--allow-last-try", action="store_true", help=words.text("option.allow_last_try"))
    parser.add_argument("--variant", metavar="NAME", help=words.text("option.variant"))
    parser.add_argument("--register", action="store_true", help=words.text("option.register"))
    parser.add_argument("--consent", metavar="ITEMS", help=words.text("option.consent"))
    parser.add_argument("--trace", metavar="FILE", help=words.text("option.trace"))
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Card, PIN, answer, decision. 0 where the person may be treated as insured, else 1.

    Raises:
        CommandError: What stopped the visit, by the exit codes of design.md §4.
    """
    persona, reader = context.typed("persona"), context.typed("reader")
    if persona is not None and reader is not None:
        raise CommandError("persona_and_reader")
    reader = reader or (context.config.reader if persona is None else None)
    if persona is None and reader is None:
        raise CommandError("card_source_missing")
    if not context.option("pin_stdin"):
        raise CommandError("pin_stdin_needed")
    variant = _variant(context, persona)
    agreed = _consent(context.typed("consent"))
    from kiosk.cli import composition

    if persona is not None:
        composition.check_persona(persona)
    plan = composition.CounterPlan(
        context.open_data_dir(),
        context.now(),
        context.words.lang,
        reader,
        context.server(),
        context.institution(),
        context.site(),
        context.option("allow_real_card"),
        context.rules(),
        context.login(),
    )
    pin = read_pin()
    try:
        with troubles.told(), traced_into(context.typed("trace")) as wrap:
            visit = Visit(
                plan,
                persona,
                allow_last_try=context.option("allow_last_try"),
                variant=variant,
                agreed=agreed,
                register=context.option("register"),
                wrap=wrap,
            )
            document = visit.run(pin)
    finally:
        pin.discard()
    accepted = document["outcome"].startswith("OK_")
    context.output.result(document, _lines(document, context.words))
    return ExitCode.DONE if accepted else ExitCode.NEGATIVE


ANSWER_FIELDS: Final = (
    "by",
    "registered",
    "validity",
    "code",
    "certificate_state",
    "card_class",
    "insurer_number",
    "insurer_name",
    "symbol",
    "number",
    "branch",
    "name",
    "name_kana",
    "birthdate",
    "burden_ratio",
    "elderly_burden_ratio",
    "valid_until",
    "lost_on",
    "visit",
)
"""What scripts are told of an answer; the counter knows more."""
CONSENT_ITEMS: Final = ("checkups", "medicines", "diagnosis", "operation", "specific_diseases")
"""特定健診, 薬剤, 診療, 手術, 特定疾病: what a patient is asked for one by one (reception.md §4)."""
EVERYTHING: Final = "all"


def _consent(wanted: str | None) -> dict[str, bool] | None:
    """What the patient agrees to, by item; None where nothing is said of it. Raises CommandError `bad_consent`."""
    if wanted is None:
        return None
    words = {word.strip() for word in wanted.split(",") if word.strip()}
    if words == {EVERYTHING}:
        words = set(CONSENT_ITEMS)
    if not words or not words <= set(CONSENT_ITEMS):
        raise CommandError("bad_consent", where="--consent", value=wanted, choices=(EVERYTHING, *CONSENT_ITEMS))
    return {item: item in words for item in CONSENT_ITEMS}


def _variant(context: Context, persona: str | None) -> Variant | None:
    """The kind of software card asked for. Raises CommandError `variant_without_persona`, `unknown_variant`."""
    wanted = context.typed("variant")
    if wanted is None:
        return None
    if persona is None:
        raise CommandError("variant_without_persona")
    return values.variant(wanted)


class Visit:
    """One visit from the card on the reader to the decision. Holds card and client only while `run` runs.

    `agreed` is said to the service where the rules ask for a consent; with `register` a card without 利用登録 is
    registered where they offer it, and asked about again. `wrap` is put around the connection to the card,
    such as a trace.
    """

    def __init__(
        self,
        plan: CounterPlan,
        persona: str | None,
        *,
        allow_last_try: bool,
        variant: Variant | None = None,
        agreed: dict[str, bool] | None = None,
        register: bool = False,
        wrap: Wrap = lambda connection: connection,
    ) -> None:
        self._plan = plan
        self._persona = persona
        self._allow_last_try = allow_last_try
        self._variant = variant
        self._agreed = agreed
        self._register = register
        self._wrap = wrap
        self._timings: dict[str, float] = {}

    def run(self, pin: PinHandle) -> dict[str, Any]:
        """The visit as `check --json` tells it (design.md §4).

        Raises:
            CommandError, CardStopped, PinRefused, ServiceStopped, ReaderError: What stopped it.
        """
        from kiosk.cli import composition

        started = time.perf_counter()
        authority = composition.LazyAuthority(self._plan)
        with ExitStack() as kept:
            service = _Asked(self._plan, self._timed)
            kept.callback(service.close)
            try:
                with troubles.told():
                    slot = self._slot(kept, authority)
            except CommandError as error:
                service.start()
                raise gravest([error, *service.faults()]) from error
            desk = composition.card_desk(self._plan, slot, authority, self._wrap)
            kept.callback(desk.release)
            card = self._read(desk, service)
            answer = self._ask(desk, service, pin)
            outcome = self._decide(card, answer)
            registration = None
            if self._register and outcome.registration == "offer" and desk.certificate:
                already, answer = self._registered(desk, service)
                outcome, registration = self._decide(card, answer), {"already": already}
            consent = self._give_consent(service, answer, outcome)
            document = self._document(desk.count, answer, outcome, started)
            return document | {"consent": consent, "registration": registration}

    def _slot(self, kept: ExitStack, authority: LazyAuthority) -> CardSlot:
        """Where the card lies; let go of with `kept`."""
        from kiosk.cli import composition

        if self._persona is not None:
            return kept.enter_context(composition.software_slot(self._persona, authority, self._variant))
        slot = composition.real_slot(self._plan.reader)
        kept.callback(slot.close)
        return slot

    def _read(self, desk: CardDesk, service: _Asked) -> CardSummary:
        """Read the card while the challenge is fetched; of what went wrong, the gravest is told (design.md §4)."""

        wrong: list[CommandError] = []
        card: CardSummary | None = None
        service.start()
        try:
            with troubles.told(), self._timed("card"):
                card = desk.read()
        except CommandError as error:
            wrong.append(error)
        if card is not None and card.face_only:
            wrong.append(CommandError("face_only", ExitCode.CARD))
        elif card is not None and card.attempts_left == 0:
            wrong.append(CommandError("pin_locked", ExitCode.CARD, detail="63C0"))
        if card is not None and card.attempts_left == 1 and not self._allow_last_try:
            wrong.append(CommandError("last_try", ExitCode.REFUSED))
        wrong += service.faults()
        if wrong:
            raise gravest(wrong)
        assert card is not None
        return card

    def _ask(self, desk: CardDesk, service: _Asked, pin: PinHandle) -> Qualification:
        from eligibility.oqs.signed_message import signed_message
        from kiosk.services.interfaces import Proof

        client, challenge = service.wait()
        message = signed_message(challenge.server, challenge.institution, challenge.purpose, challenge.nonce)
        with self._timed("verify_and_sign"):
            signature = desk.verify_and_sign(pin, message)
        with self._timed("answer"):
            return Proof(challenge, signature, desk.certificate, desk.public_key).ask(client)

    def _registered(self, desk: CardDesk, service: _Asked) -> tuple[bool, Qualification]:
        from kiosk.cli.check_registration import register

        client, _ = service.wait()
        with self._timed("registration"):
            return register(desk, client)

    def _decide(self, card: CardSummary, answer: Qualification) -> Outcome:
        from kiosk.cli.composition import policy_decider
        from kiosk.flow.facts import VisitFacts, Way
        from kiosk.flow.presented import device_of

        with self._timed("decide"):
            decider = policy_decider(self._plan)
            device = device_of(card, None, Way.PIN, answer)
            facts = VisitFacts(device, certificate_until=card.certificate_until, by_card=answer)
            return decider.outcome(decider.case(facts))

    def _give_consent(self, service: _Asked, answer: Qualification, outcome: Outcome) -> dict[str, Any] | None:
        """What was agreed to and until when; None where nothing was said or the rules ask for no consent."""
        if self._agreed is None or outcome.consent != "ask" or not answer.visit:
            return None
        client, _ = service.wait()
        with self._timed("consent"):
            ends = client.give_consent(answer.visit, self._agreed)
        return {"items": self._agreed, "expires_at": ends.isoformat()}

    def _document(
        self, count: ExchangeCount, answer: Qualification, outcome: Outcome, started: float
    ) -> dict[str, Any]:
        from reader.jpki import AUTHENTICATION_PIN

        self._timings["total"] = (time.perf_counter() - started) * 1000
        return {
            "outcome": outcome.outcome.value,
            "decision": outcome.as_dict(),
            "answer": answer_as_dict(answer),
            "apdus": {"total": count.total, "after_pin": count.after_pin, "bytes": count.total_bytes},
            "timings_ms": {name: round(value, 2) for name, value in self._timings.items()},
            # The right PIN sets the counter back; asking for it would be one command more after the PIN.
            "attempts_left": AUTHENTICATION_PIN.tries,
        }

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self._timings[name] = (time.perf_counter() - started) * 1000


class _Asked:
    """The client and its challenge, fetched in a thread while the card is read: nothing about the patient is sent."""

    def __init__(self, plan: CounterPlan, timed: Any) -> None:
        self._plan = plan
        self._timed = timed
        self._client: QualificationClient | None = None
        self._challenge: Challenge | None = None
        self._failure: Exception | None = None
        self._thread = Thread(target=self._fetch, name="challenge", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _fetch(self) -> None:
        from kiosk.cli import composition

        try:
            with self._timed("challenge"):
                self._client = composition.connect_service(self._plan)
                self._challenge = self._client.challenge()
        except Exception as error:
            self._failure = error

    def wait(self) -> tuple[QualificationClient, Challenge]:
        """Both, when they are there; raises what the thread met."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        assert self._client is not None
        assert self._challenge is not None
        return self._client, self._challenge

    def faults(self) -> list[CommandError]:
        """What keeps the service from being asked: nothing, or one error."""
        try:
            with troubles.told():
                self.wait()
        except CommandError as error:
            return [error]
        return []

    def close(self) -> None:
        if self._thread.ident is not None:
            self._thread.join()
        if self._client is not None:
            self._client.close()


def answer_as_dict(answer: Qualification) -> dict[str, Any]:
    """The service's answer, field by field as docs/schemas/check.json has them; days as YYYY-MM-DD."""
    told = {name: getattr(answer, name) for name in ANSWER_FIELDS}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in told.items()}


def _lines(document: dict[str, Any], words: Words) -> list[str]:
    """The visit for a person: decision, share, whose card, what is next and why, and what was said to the card."""
    decision, answer = document["decision"], document["answer"]
    lines = headline(decision, words)
    if answer["validity"] is not None:
        lines.append(words.text("check.validity", validity=answer["validity"]))
    if answer["insurer_number"]:
        numbers = (answer["insurer_number"], answer["symbol"], answer["number"], answer["branch"])
        lines.append(words.text("check.numbers", numbers=" ".join(part for part in numbers if part)))
        lines.append(words.text("check.insurer", insurer=answer["insurer_name"]))
    if answer["name"]:
        lines.append(words.text("check.name", name=answer["name"]))
    if document["registration"] is not None:
        lines.append(words.text("check.registered"))
    if document["consent"] is not None:
        given = [words.text(f"consent.{item}") for item, agreed in document["consent"]["items"].items() if agreed]
        lines.append(words.text("check.consent", items=" ".join(given), until=document["consent"]["expires_at"][:16]))
    return [*lines, *next_steps(decision, words), words.text("check.apdus", **document["apdus"])]
