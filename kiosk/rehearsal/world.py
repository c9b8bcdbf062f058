"""What happens around the counter in a rehearsal: cards laid down and taken, the reader pulled, the service in trouble.

Over what the counter itself rehearses with: the drawer's shelf, the simulated camera, the scenarios of the server in
this process. Every method may take a moment: call it on a thread. What breaks if it is wrong: something else goes wrong
than the script says.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from kiosk.flow import states as st
from kiosk.rehearsal.script import Trouble, Visit, What, When
from kiosk.services.face_camera import SimulatedCamera
from kiosk.services.interfaces import CardShelf, Services


class Scenarios(Protocol):
    """The troubles of the server in this process (docs/scenarios.md)."""

    def arm(self, trouble: Trouble) -> None:
        """Let it begin. Raises ValueError where the server does not know it so."""
        ...

    def reset(self) -> None:
        """Every armed one ends."""
        ...


class NoSoftwareCardError(Exception):
    """A rehearsal needs the software reader and the simulated camera."""


_STATES = {
    When.READING: st.ReadingCard,
    When.PIN: st.EnteringPin,
    When.ASKING: st.AskingService,
    When.ANSWER: st.ShowingAnswer,
}


class World:
    """One for a rehearsal."""

    def __init__(self, services: Services, scenarios: Scenarios) -> None:
        """Raises NoSoftwareCardError with a real reader."""
        if services.shelf is None or not isinstance(services.camera, SimulatedCamera):
            raise NoSoftwareCardError
        self._shelf: CardShelf = services.shelf
        self._camera = services.camera
        self._scenarios = scenarios

    @property
    def card_lies_there(self) -> bool:
        """Whether a card is on the reader."""
        return self._shelf.lies_there is not None

    def person_comes(self, visit: Visit) -> None:
        """Whoever stands there now has this face; nothing is laid down yet."""
        self._camera.matches = visit.face_is_the_cards and visit.card in ("", visit.who)

    def lay_card(self, visit: Visit) -> None:
        """The person lays the card down, where there is a reader."""
        if visit.card and self._shelf.reader_attached:
            self._shelf.place(visit.card)

    def take_card(self) -> None:
        """The person takes it away."""
        if self._shelf.lies_there is not None:
            self._shelf.remove()

    def go_wrong(self, trouble: Trouble) -> None:
        """One trouble begins, or ends."""
        match trouble.what:
            case What.UNPLUG_READER:
                if self._shelf.reader_attached:
                    self._shelf.unplug_reader()
            case What.PLUG_IN_READER:
                if not self._shelf.reader_attached:
                    self._shelf.plug_reader_in()
            case What.PULL_CARD:
                self.take_card()
            case What.BREAK_CARD:
                self._shelf.break_card()
            case What.ARM:
                self._scenarios.arm(trouble)
            case What.DISARM:
                self._scenarios.reset()

    def skip(self, visit: Visit) -> None:
        """A visit that is not played: only what lasts beyond it happens."""
        for trouble in visit.troubles:
            if trouble.what not in (What.PULL_CARD, What.BREAK_CARD):
                self.go_wrong(trouble)


class Troubles:
    """What is still to go wrong in one visit."""

    def __init__(self, visit: Visit) -> None:
        self._left = list(visit.troubles)

    def at_arrival(self) -> Iterable[Trouble]:
        """Before anything is laid down."""
        return self._take(lambda trouble: trouble.when is When.ARRIVAL)

    def at(self, state: st.State) -> Iterable[Trouble]:
        """Now that the counter has come to this state."""
        return self._take(lambda trouble: trouble.when in _STATES and isinstance(state, _STATES[trouble.when]))

    def _take(self, due: object) -> tuple[Trouble, ...]:
        assert callable(due)
        taken = tuple(trouble for trouble in self._left if due(trouble))
        self._left = [trouble for trouble in self._left if trouble not in taken]
        return taken
