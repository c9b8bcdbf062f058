"""What lies in the slots of a running `card emulate`, and the commands that change it.

Owns: which card is in which slot, that a person's card is in one slot only, and the one-line answer to every command.
The grammar is `reader.transports.card_control`, the wire is `control_lines`. Nothing that was typed is answered back:
it may be a PIN or an individual number in the wrong window.
What breaks if it is wrong: a script waits for a card that nobody laid down.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kiosk.cli import values
from kiosk.cli.emulated_card import CardPlan, TakenCard
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.output import Output
from kiosk.cli.troubles import as_command_error
from reader.errors import ServiceUnavailableError
from reader.transports.card_control import (
    OPTIONS,
    USAGE,
    ControlMistakeError,
    Help,
    Place,
    Quit,
    Remove,
    Status,
    Swap,
    parse_command,
)
from reader.transports.emulated_slot import SlotState
from reader.transports.emulator import CardEmulator, EmulatedReader

if TYPE_CHECKING:  # annotations only: heavy
    from mock_server.issuer import TestAuthority

LISTENING_S: Final = 5.0
"""How long a command waits for a reader that has to dial in."""
_UNSAID: Final = {"name": "…", "value": "…"}
"""What stands in an answer's sentence in place of what was typed."""


class EmulatedDesk:
    """The slots with their cards. `default` is the kind of card that a command's options change.

    Commands come from one thread at a time; `close` from any, when none is under way.
    """

    def __init__(
        self,
        emulator: CardEmulator,
        authority: Callable[[], TestAuthority],
        output: Output,
        stop: threading.Event,
        default: CardPlan,
    ) -> None:
        self._emulator = emulator
        self._authority = authority
        self._output = output
        self._stop = stop
        self._default = default
        self._lying: list[TakenCard | None] = [None] * len(emulator)

    def place(self, slot: int, plan: CardPlan, wait_s: float | None = None) -> EmulatedReader | None:
        """Take the card and lay it into the empty slot; where programs find it, or None where nobody asked yet.

        Raises:
            CommandError: `persona_in_other_slot`, `slot_occupied`.
            CardHeldElsewhereError: The card lies in another program's reader.
            ServiceUnavailableError: As `CardEmulator.place`; the slot is empty then.
        """
        if self._lying[slot] is not None:
            raise CommandError("slot_occupied", ExitCode.CARD, slot=slot)
        self._refuse_twin(slot, plan)
        return self._lay(slot, self._take(plan), wait_s)

    def swap(self, slot: int, plan: CardPlan, wait_s: float | None = None) -> EmulatedReader | None:
        """As `place`, in place of what lies there. Where the new card cannot be had the old one stays.

        Raises as `place`, but never `slot_occupied`.
        """
        self._refuse_twin(slot, plan)
        before = self._lying[slot]
        if before is not None and before.plan.persona == plan.persona:
            self._clear(slot)  # it cannot be taken a second time while it lies here
        taken = self._take(plan)
        self._clear(slot)
        return self._lay(slot, taken, wait_s)

    def remove(self, slot: int) -> str:
        """Take the card away; whose it was. Raises CommandError `slot_empty`."""
        taken = self._lying[slot]
        if taken is None:
            raise CommandError("slot_empty", ExitCode.CARD, slot=slot)
        self._clear(slot)
        return taken.persona

    def close(self) -> None:
        """Take every card away and put it back."""
        for taken in self._lying:
            if taken is not None:
                taken.leaving.set()
        self._emulator.close()
        for slot, taken in enumerate(self._lying):
            self._lying[slot] = None
            if taken is not None:
                taken.let_go()

    def _refuse_twin(self, slot: int, plan: CardPlan) -> None:
        others = (taken for number, taken in enumerate(self._lying) if number != slot and taken is not None)
        if plan.persona is not None and plan.persona in (taken.plan.persona for taken in others):
            raise CommandError("persona_in_other_slot", ExitCode.CARD, persona=plan.persona)

    def _take(self, plan: CardPlan) -> TakenCard:
        return plan.take(None if plan.persona is None else self._authority())

    def _lay(self, slot: int, taken: TakenCard, wait_s: float | None) -> EmulatedReader | None:
        self._lying[slot] = taken
        try:
            return self._emulator.place(slot, taken.card, gone=taken.leaving, wait_s=wait_s)
        except ServiceUnavailableError:
            self._lying[slot] = None
            taken.let_go()
            raise

    def _clear(self, slot: int) -> None:
        taken, self._lying[slot] = self._lying[slot], None
        if taken is not None:
            taken.leaving.set()
            self._emulator.remove(slot)
            taken.let_go()

    # ── one line, one answer ──

    def answer(self, line: str | ControlMistakeError) -> str:
        """The answer to a line: `ok …`, or `error CODE sentence`. Never raises, never two lines."""
        try:
            said = f"ok {self._done(line)}" if isinstance(line, str) else self._mistaken(line)
        except ControlMistakeError as mistake:
            said = self._mistaken(mistake)
        except Exception as error:
            said = self._refused(error)
        return " ".join(said.split())

    def _mistaken(self, mistake: ControlMistakeError) -> str:
        return f"error {mistake.code} {self._output.words.text(f'control.{mistake.code}')}"

    def _done(self, line: str) -> str:
        values.refuse_individual_number(line, *line.replace("=", " ").split())
        command = parse_command(line, slots=len(self._lying))
        match command:
            case Place():
                plan = self._plan(command)
                return self._where(command.slot, self.place(command.slot, plan, LISTENING_S))
            case Swap():
                plan = self._plan(command)
                return self._where(command.slot, self.swap(command.slot, plan, LISTENING_S))
            case Remove():
                return f"slot={command.slot} persona={self.remove(command.slot)}"
            case Status():
                return "; ".join(map(self._status, range(len(self._lying))))
            case Help():
                return f"{'; '.join(USAGE)}; OPTION: {', '.join(OPTIONS)}"
            case Quit():
                self._stop.set()
                return "bye"

    def _plan(self, command: Place | Swap) -> CardPlan:
        from kiosk.cli.composition import check_persona

        check_persona(command.card.persona)
        return self._default.with_wish(command.card)

    def _where(self, slot: int, found: EmulatedReader | None) -> str:
        taken = self._lying[slot]
        persona = "-" if taken is None else taken.persona
        return f"reader={'-' if found is None else found.name} slot={slot} persona={persona}"

    def _status(self, slot: int) -> str:
        taken, state = self._lying[slot], self._emulator.state(slot)
        if taken is None:
            return f"slot={slot} state={SlotState.EMPTY.value}"
        plan, found = taken.plan, self._emulator.reader(slot)
        quirks = ",".join(map(str, plan.quirks)) or "-"
        kind = "recording" if plan.recording is not None else plan.kind.value
        return (
            f"slot={slot} state={state.value} persona={taken.persona} variant={kind} quirks={quirks} "
            f"contactless={plan.rate or '-'} reader={'-' if found is None else found.name}"
        )

    def _refused(self, error: Exception) -> str:
        """The answer for an error; one that nobody foresaw is told by its kind only, and the program goes on."""
        known = as_command_error(error) or CommandError("control_failed", kind=type(error).__name__)
        if isinstance(error, ServiceUnavailableError):
            known = CommandError(error.reason, ExitCode.CARD, host="-", port="-")
        unsaid = {name: said for name, said in _UNSAID.items() if name in known.params}
        told = CommandError(known.code, known.exit_code, words=known.words, **{**known.params, **unsaid})
        message, remedy = self._output.sentences(told)
        return f"error {known.code} {message} {remedy}"
