"""Performs what the flow asks for: which effect is whose work (`kiosk.performing`), and how it all ends.

Rule: nothing here decides what happens next or touches a widget; every effect ends in exactly one event for its visit
(or in none, where nobody waits). Exceptions stop here: the flow gets an event, a crash report gets the class and place.
What breaks if it is wrong: a screen that waits for ever, or a PIN try spent while the service was down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from kiosk.flow import effects as do
from kiosk.flow.effects import Effect
from kiosk.flow.events import Event
from kiosk.performing.card_work import CardWork
from kiosk.performing.challenges import Challenges
from kiosk.performing.desk_work import DeskWork
from kiosk.performing.journal_work import JournalWork
from kiosk.performing.service_work import ServiceWork
from kiosk.performing.workshop import Workshop
from kiosk.services.interfaces import Services

CHALLENGE_PATIENCE: Final = 10.0
"""Seconds VERIFY waits for a challenge before it gives up without having spent a try."""
ANSWER_PATIENCE: Final = 30.0
"""Seconds an answer is waited for; the screen offers the way on without it long before."""


class Performer:
    """The hands of the counter. Made and called on the event loop's thread."""

    def __init__(
        self,
        services: Services,
        post: Callable[[int, Event], None],
        report: Callable[[BaseException, str], None],
        journal_failed: Callable[[], None],
        form_lost: Callable[[], None] = lambda: None,
        *,
        challenge_patience: float = CHALLENGE_PATIENCE,
        answer_patience: float = ANSWER_PATIENCE,
    ) -> None:
        """`post` takes an event of a visit, `report` an unexpected exception and the part it came from.

        `journal_failed` hears of what the disk refused and that waits for it, `form_lost` of a half-typed form.
        """
        self._services = services
        self._workshop = Workshop(post, report)
        self._challenges = Challenges(services, self._workshop, challenge_patience)
        self._card = CardWork(services, self._workshop, self._challenges)
        self._service = ServiceWork(
            self._workshop, self._card, self._challenges, answer_patience, self._service_answered
        )
        self._desk = DeskWork(services, self._workshop, self._card)
        self._journal = JournalWork(services, self._workshop, journal_failed, form_lost)

    def perform(self, effect: Effect) -> None:
        """Begin; returns at once. The outcome is posted as an event of the effect's visit."""
        # A visit is looked up here, not where its work begins: one that ends in between stays over.
        self._at_card(effect)
        self._at_service(effect)
        self._at_desk(effect)
        self._on_disk(effect)

    def _service_answered(self) -> None:
        """Whoever was noted while the service was away is asked about now, without anybody's key."""
        if self._services.queue is not None:
            self._services.queue.service_answered()

    def _at_card(self, effect: Effect) -> None:
        shop, card = self._workshop, self._card
        match effect:
            case do.ReadCard(visit):
                shop.start(card.read(visit, shop.memory(visit)))
            case do.VerifyPin(visit, handle):
                card.keep_until_used(handle)
                shop.start(card.verify(visit, shop.memory(visit), handle))
            case do.CompareFace(visit):
                shop.start(card.compare_face(visit, shop.memory(visit)))
            case do.DiscardPin(_, handle):
                handle.discard()
            case do.ReleaseCard(visit):
                card.give_up(visit)
                shop.start(card.release())
            case do.ForgetPatient(visit):
                shop.forget(visit)

    def _at_service(self, effect: Effect) -> None:
        shop, service = self._workshop, self._service
        match effect:
            case do.FetchChallenge(visit):
                self._challenges.fetch_early(shop.memory(visit))
            case do.AskByCard(visit):
                shop.start(service.ask_by_card(visit, shop.memory(visit)))
            case do.AskAttested(visit, way):
                shop.start(service.ask_attested(visit, shop.memory(visit), way))
            case do.AskByPaper(visit, paper):
                shop.start(service.ask_by_paper(visit, shop.memory(visit), paper))
            case do.AskByFourItems(visit, items):
                shop.start(service.ask_by_four_items(visit, shop.memory(visit), items))
            case do.RegisterCard(visit):
                shop.start(service.register(visit, shop.memory(visit)))
            case do.SendConsent(visit, answers):
                shop.start(service.send_consent(visit, shop.memory(visit), answers))
            case do.WithdrawConsent(visit, answers):
                shop.start(service.withdraw_consent(shop.memory(visit), answers))
            case do.AskQueue() if self._services.queue is not None:
                self._services.queue.ask_now()
            case do.HoldQueue() if self._services.queue is not None:
                self._services.queue.hold()

    def _at_desk(self, effect: Effect) -> None:
        shop, desk = self._workshop, self._desk
        match effect:
            case do.Decide(visit, facts):
                shop.start(desk.decide(visit, shop.memory(visit), facts))
            case do.Advise(visit, facts):
                shop.start(desk.advise(visit, shop.memory(visit), facts))
            case do.CheckPasscode(visit, handle):
                self._card.keep_until_used(handle)
                shop.start(desk.check_passcode(visit, shop.memory(visit), handle))

    def _on_disk(self, effect: Effect) -> None:
        shop, journal = self._workshop, self._journal
        match effect:
            case do.RecordVisit():
                shop.start_entry(journal.record(effect))
            case do.OpenVisit(visit):
                shop.start_entry(journal.open_visit(visit))
            case do.QueueLater():
                shop.start_entry(journal.queue_later(effect))
            case do.WithdrawLater(visit):
                shop.start_entry(journal.withdraw_later(visit))
            case do.KeepDraft():
                shop.start_entry(journal.keep_draft(effect))
            case do.DropDraft():
                shop.start_entry(journal.drop_draft(effect))

    @property
    def form_kept_of(self) -> int:
        """The last visit a half-typed form of which the disk has; 0: of none."""
        return self._journal.form_kept_of

    def warm_up(self) -> None:
        """Connect to the service before anybody needs it; a failure is told when it is needed."""
        self._workshop.start(self._service.warm_up())

    def give_up_waiting(self, visit: int) -> None:
        """Staff go on without the service: a wait of this visit ends now, as if the service were down."""
        memory = self._workshop.known(visit)
        if memory is not None:
            memory.given_up.set()

    async def close(self) -> None:
        """Let go of everything: the card is powered down, the journal finished, a hanging call left behind."""
        self._workshop.stop()
        self._services.desk.cancel()  # a reader that hangs must not keep the counter open
        self._card.wipe_all()
        if self._services.queue is not None:
            self._services.queue.stop()
        loop = asyncio.get_running_loop()
        waits = [loop.run_in_executor(self._workshop.card, self._services.desk.release)]
        if (client := self._challenges.client) is not None:
            waits.append(loop.run_in_executor(None, client.close))
        await asyncio.wait(waits, timeout=3)
        await self._workshop.finish_entries()
        await self._journal.close()
        self._workshop.close()
