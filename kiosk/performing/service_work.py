"""What the service is asked in a visit: by card, vouched for, by a paper, by four items; 利用登録 and 同意.

Every question ends in Answered or ServiceFailed, what is told to the service in its own event; a question that is not
waited for any more ends as if the service were down. What breaks if it is wrong: the answer of one visit in another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from eligibility.papers.paper import Paper
from kiosk.flow import events as ev
from kiosk.flow.answer import Qualification
from kiosk.flow.events import Event
from kiosk.flow.facts import FourItems, Way
from kiosk.flow.states import Trouble
from kiosk.performing.card_work import CardWork, certificate_of
from kiosk.performing.challenges import QUALIFICATION, REGISTRATION, Challenges
from kiosk.performing.memory import Memory
from kiosk.performing.workshop import Workshop
from kiosk.services.interfaces import CardStopped, Proof, QualificationClient, ServiceStopped

T = TypeVar("T")


class ServiceWork:
    """Every method is awaited on the event loop's thread. `patience` is how many seconds an answer is waited for;
    `answered` hears of each question that the service answered.
    """

    def __init__(
        self,
        workshop: Workshop,
        card: CardWork,
        challenges: Challenges,
        patience: float,
        answered: Callable[[], None] = lambda: None,
    ) -> None:
        self._workshop = workshop
        self._card = card
        self._challenges = challenges
        self._patience = patience
        self._answered = answered

    async def warm_up(self) -> None:
        """Connect and say hello before anybody needs it; a failure is told when it is needed."""
        await self._workshop.attempt(lambda: self._challenges.connected().health())

    async def ask_by_card(self, visit: int, memory: Memory) -> None:
        """With what the card signed; where that was used before, the card signs once more without its PIN."""

        async def asked() -> Qualification:
            proof = memory.signed or await self._proof(memory, QUALIFICATION)
            memory.signed = None  # a signature is sent a single time
            return await self._ask(memory, proof.ask)

        await self._answer(visit, memory, asked, "ask_by_card")

    async def ask_attested(self, visit: int, memory: Memory, way: Way) -> None:
        """With the certificate alone: the institution vouches for the person. Nothing is signed."""

        async def asked() -> Qualification:
            certificate = certificate_of(memory)
            return await self._ask(memory, lambda client: client.check_attested(certificate, way))

        await self._answer(visit, memory, asked, "ask_attested")

    async def ask_by_paper(self, visit: int, memory: Memory, paper: Paper) -> None:
        """With the numbers of a paper."""
        await self._answer(
            visit, memory, lambda: self._ask(memory, lambda client: client.check_by_paper(paper)), "ask_by_paper"
        )

    async def ask_by_four_items(self, visit: int, memory: Memory, items: FourItems) -> None:
        """In a disaster: by what stands on the card's face."""
        await self._answer(
            visit,
            memory,
            lambda: self._ask(memory, lambda client: client.check_by_four_items(items, disaster=True)),
            "ask_by_four_items",
        )

    async def register(self, visit: int, memory: Memory) -> None:
        """利用登録: the card signs a challenge for it, under the PIN it has verified."""
        if memory.over:
            return
        memory.given_up.clear()
        event: Event
        try:
            proof = await self._proof(memory, REGISTRATION)
            already = await self._ask(
                memory, lambda client: client.register_card(proof.challenge, proof.certificate, proof.signature)
            )
            event = ev.CardRegistered(already)
        except CardStopped as stopped:
            event = ev.CardFailed(stopped.trouble, stopped.detail)
        except ServiceStopped as stopped:
            event = ev.ServiceFailed(stopped.trouble, stopped.detail)
        except Exception as error:
            self._workshop.report(error, "register")
            event = ev.ServiceFailed(Trouble.INTERNAL)
        self._workshop.tell(visit, memory, event)

    async def send_consent(self, visit: int, memory: Memory, answers: tuple[tuple[str, bool], ...]) -> None:
        """Tell the service what was agreed to; a consent that could not be told is none."""
        if memory.over:
            return
        memory.given_up.clear()
        until: datetime | None = None
        try:
            token = memory.answer.visit if memory.answer is not None else ""
            if token:
                until = await self._ask(memory, lambda client: client.give_consent(token, dict(answers)))
        except ServiceStopped:
            pass
        except Exception as error:
            self._workshop.report(error, "send_consent")
        self._workshop.tell(visit, memory, ev.ConsentSent(until))

    async def withdraw_consent(self, memory: Memory, answers: tuple[tuple[str, bool], ...]) -> None:
        """Say that nothing of it is agreed to. Nobody waits for it: the counter uses nothing of it either way."""
        token = memory.answer.visit if memory.answer is not None else ""
        if memory.over or not token:
            return
        memory.given_up.clear()
        try:
            await self._ask(memory, lambda client: client.give_consent(token, dict(answers)))
        except ServiceStopped:
            return
        except Exception as error:
            self._workshop.report(error, "withdraw_consent")

    async def _answer(
        self, visit: int, memory: Memory, asked: Callable[[], Awaitable[Qualification]], part: str
    ) -> None:
        if memory.over:
            return
        memory.given_up.clear()  # an earlier wait of this visit was given up, not this one
        event: Event
        try:
            answer = await asked()
        except (ServiceStopped, CardStopped) as stopped:
            event = ev.ServiceFailed(stopped.trouble, stopped.detail)
        except Exception as error:
            self._workshop.report(error, part)
            event = ev.ServiceFailed(Trouble.INTERNAL)
        else:
            if answer.by == "card" and not memory.over:
                memory.answer = answer
            event = ev.Answered(answer)
        self._workshop.tell(visit, memory, event)

    async def _proof(self, memory: Memory, purpose: str) -> Proof:
        """A challenge of this purpose, signed without asking for the PIN again.

        Raises:
            CardStopped: The card is gone, or was never verified in this visit.
            ServiceStopped: There is no challenge.
        """
        if not memory.verified:
            raise CardStopped(Trouble.CARD_PULLED)
        challenge = await self._challenges.fresh(memory, purpose)
        return await self._card.sign_again(memory, challenge)

    async def _ask(self, memory: Memory, question: Callable[[QualificationClient], T]) -> T:
        asked = asyncio.create_task(self._workshop.attempt(lambda: question(self._challenges.connected())))
        answer = await self._workshop.unless_given_up(memory, asked, self._patience)
        self._answered()
        return answer
