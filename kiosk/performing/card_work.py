"""What is done with the card of a visit: read it, let it sign, compare its face, let it go. One thread for all of it.

What breaks if it is wrong: a PIN try is spent while the service was down, or on the next person's card.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from kiosk.flow import events as ev
from kiosk.flow.events import Event
from kiosk.flow.states import CardSummary, Trouble
from kiosk.performing.challenges import Challenges
from kiosk.performing.memory import Memory
from kiosk.performing.workshop import Workshop
from kiosk.services.interfaces import CardStopped, Challenge, PinRefused, Proof, Services, ServiceStopped
from reader.pin import PinHandle

P = ParamSpec("P")
T = TypeVar("T")


class CardWork:
    """Every method but `close` is called on the event loop's thread and returns at once, or is awaited there."""

    def __init__(self, services: Services, workshop: Workshop, challenges: Challenges) -> None:
        self._services = services
        self._workshop = workshop
        self._challenges = challenges
        self._pins: list[PinHandle] = []
        """PINs and passcodes on their way: wiped at the latest when the counter ends."""

    def keep_until_used(self, handle: PinHandle) -> None:
        """A PIN was typed: it is wiped when it is used, and at the latest when the counter ends."""
        self._pins.append(handle)

    def wipe(self, handle: PinHandle) -> None:
        """It was used, or will not be."""
        handle.discard()
        if handle in self._pins:
            self._pins.remove(handle)

    def wipe_all(self) -> None:
        """The counter ends: a task that is cancelled before it began wipes nothing."""
        for handle in self._pins:
            handle.discard()

    async def read(self, visit: int, memory: Memory) -> None:
        """Open the card and read it: CardRead or CardFailed."""
        if memory.over:
            return
        event: Event
        try:
            card, certificate = await self.at_card(memory, self._read_card)
        except CardStopped as stopped:
            event = ev.CardFailed(stopped.trouble, stopped.detail)
        except Exception as error:
            self._workshop.report(error, "read")
            event = ev.CardFailed(Trouble.INTERNAL)
        else:
            if not memory.over:
                memory.card, memory.certificate = card, certificate
            event = ev.CardRead(card)
        self._workshop.tell(visit, memory, event)

    async def verify(self, visit: int, memory: Memory, handle: PinHandle) -> None:
        """No try is spent before there is something to sign: the challenge comes first."""
        if not memory.over:
            memory.given_up.clear()  # an earlier wait of this visit was given up, not this one
        event: Event
        try:
            challenge = await self._challenges.for_qualification(memory)
            if memory.over:
                return
            proof = await self.at_card(memory, self._verify_on_card, handle, challenge)
        except PinRefused as refused:
            event = ev.PinRejected(refused.attempts_left)
        except CardStopped as stopped:
            event = ev.CardFailed(stopped.trouble, stopped.detail)
        except ServiceStopped as stopped:
            event = ev.ServiceFailed(stopped.trouble, stopped.detail)
        except Exception as error:
            self._workshop.report(error, "verify")
            event = ev.CardFailed(Trouble.INTERNAL)
        else:
            if not memory.over:
                memory.signed, memory.verified = proof, True
            event = ev.PinAccepted()
        finally:
            self.wipe(handle)
        self._workshop.tell(visit, memory, event)

    async def sign_again(self, memory: Memory, challenge: Challenge) -> Proof:
        """Another challenge signed under the PIN that was verified in this visit. Raises CardStopped."""
        if not memory.verified:
            raise CardStopped(Trouble.CARD_PULLED)
        return await self.at_card(memory, self._sign_on_card, challenge)

    async def compare_face(self, visit: int, memory: Memory) -> None:
        """Let the simulated camera look: FaceMatched, FaceRejected, or CardFailed."""
        if memory.over:
            return
        event: Event
        try:
            card = certificate_of(memory)
            await asyncio.sleep(self._services.camera.look_seconds)
            if self._workshop.known(visit) is not memory:
                return  # gone meanwhile, before the camera looked: no miss is counted
            look = await self._workshop.on(self._workshop.desk, self._services.camera.look, card)
        except CardStopped as stopped:
            event = ev.CardFailed(stopped.trouble, stopped.detail)
        except Exception as error:
            self._workshop.report(error, "compare_face")
            event = ev.CardFailed(Trouble.INTERNAL)
        else:
            event = ev.FaceMatched() if look.matched else ev.FaceRejected(look.tries_left, look.no_photo)
        self._workshop.tell(visit, memory, event)

    def give_up(self, visit: int) -> None:
        """The next visit does not wait for a reader that hangs in this one."""
        memory = self._workshop.known(visit)
        if memory is not None:
            memory.verified = False
            if memory.at_card:
                self._services.desk.cancel()

    async def release(self) -> None:
        """Power the card down and let go of it."""
        await self._workshop.on(self._workshop.card, self._services.desk.release)

    async def at_card(self, memory: Memory, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something with the card of a visit; it is called off when the visit is given up meanwhile."""

        def unless_over() -> T:
            if memory.over:  # given up while the card before it was still being let go of
                raise CardStopped(Trouble.CARD_PULLED)
            return call(*args, **kwargs)

        memory.at_card = True
        try:
            return await self._workshop.on(self._workshop.card, unless_over)
        finally:
            memory.at_card = False

    def _read_card(self) -> tuple[CardSummary, bytes]:
        desk = self._services.desk
        return desk.read(), desk.certificate

    def _verify_on_card(self, handle: PinHandle, challenge: Challenge) -> Proof:
        desk = self._services.desk
        signature = desk.verify_and_sign(handle, _message(challenge))
        return Proof(challenge, signature, desk.certificate, desk.public_key)

    def _sign_on_card(self, challenge: Challenge) -> Proof:
        desk = self._services.desk
        signature = desk.sign_again(_message(challenge))
        return Proof(challenge, signature, desk.certificate, desk.public_key)


def certificate_of(memory: Memory) -> bytes:
    """The certificate of the test card that was read in this visit. Raises CardStopped where there is none."""
    if not memory.certificate:
        raise CardStopped(Trouble.CARD_PULLED)
    return memory.certificate


def _message(challenge: Challenge) -> bytes:
    from eligibility.oqs.signed_message import signed_message

    return signed_message(challenge.server, challenge.institution, challenge.purpose, challenge.nonce)
