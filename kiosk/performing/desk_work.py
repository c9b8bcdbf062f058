"""What the desk of a visit needs: the rules, the facility passcode. What breaks: a screen that waits for the rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kiosk.flow import events as ev
from kiosk.flow.answer import Reception
from kiosk.flow.events import Event
from kiosk.flow.facts import VisitFacts
from kiosk.performing.card_work import CardWork
from kiosk.performing.memory import Memory
from kiosk.performing.workshop import Workshop
from kiosk.services.interfaces import Services
from reader.pin import PinHandle

UNDECIDED: Final = Reception("NOT_CONFIRMED", 13, "")
"""What is shown where the rules themselves failed, which is told as a fault of the program: nothing is confirmed."""


class DeskWork:
    """Every method is awaited on the event loop's thread."""

    def __init__(self, services: Services, workshop: Workshop, card: CardWork) -> None:
        self._services = services
        self._workshop = workshop
        self._card = card

    async def decide(self, visit: int, memory: Memory, facts: VisitFacts) -> None:
        """Ask the rules: Decided, always."""
        await self._ask_rules(visit, memory, facts, ev.Decided)

    async def advise(self, visit: int, memory: Memory, facts: VisitFacts) -> None:
        """Ask the rules what a trouble means as it stands: Advised, always."""
        await self._ask_rules(visit, memory, facts, ev.Advised)

    async def check_passcode(self, visit: int, memory: Memory, handle: PinHandle) -> None:
        """Compare the facility passcode: PasscodeAccepted or PasscodeRejected. It is wiped in any case."""
        event: Event
        try:
            if memory.over:
                return
            checked = await self._workshop.on(self._workshop.desk, self._services.passcodes.check, handle)
        except Exception as error:
            self._workshop.report(error, "passcode")
            event = ev.PasscodeRejected(0)
        else:
            event = (
                ev.PasscodeAccepted()
                if checked.accepted
                else ev.PasscodeRejected(checked.tries_left, checked.wait_seconds)
            )
        finally:
            self._card.wipe(handle)
        self._workshop.tell(visit, memory, event)

    async def _ask_rules(
        self, visit: int, memory: Memory, facts: VisitFacts, event: Callable[[Reception], Event]
    ) -> None:
        if memory.over:
            return
        try:
            reception = await self._workshop.on(self._workshop.desk, self._services.decider.decide, facts)
        except Exception as error:
            self._workshop.report(error, "decide")
            reception = UNDECIDED
        self._workshop.tell(visit, memory, event(reception))
