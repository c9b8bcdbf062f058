"""Languages and looks that somebody chose under F3, and the check that they are only that person's.

Seen by what the patient's screen is drawn with, not by what the counter remembers of it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import astuple, dataclass, field, replace

from kiosk.app import KioskApp
from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.counter import Counter
from kiosk.settings.model import Settings

USUAL = Settings(privacy_seconds=120, auto_lock_seconds=60)
CLINICS = (
    replace(USUAL, easy_japanese=True, theme="day"),
    USUAL,
    replace(USUAL, big_digits=True, high_contrast=True),
    replace(USUAL, plain=True),
)
"""What the clinic itself chose, by turns of the seed. In plain text there are languages to choose and no looks."""


@dataclass(frozen=True)
class Drawn:
    """What the patient's screen is drawn with."""

    lang: str
    big: bool
    plain: bool
    theme: str


def drawn(app: KioskApp) -> Drawn:
    setting = app.view.setting
    return Drawn(setting.words.lang, setting.look.big, setting.look.plain, app.theme)


@dataclass
class Wardrobe:
    """Who wears what: each choice holds for whoever made it, and goes with them."""

    clinics: Drawn
    met: Mapping[int, Collection[int]]
    """Whose values were seen in each visit."""
    leak: Callable[[str], Exception]
    asked: set[int] = field(default_factory=set)
    """Visits in which somebody chose something."""
    worn_in: set[int] = field(default_factory=set)
    """Visits through which what is drawn has not been the clinic's own."""
    going_on: set[int] = field(default_factory=set)
    """Visits of whoever is here: what stops a visit is its end, and the same person goes on in the next."""
    last: Drawn | None = None
    turned: int = 0
    """How often something was drawn neither as before nor as the clinic has it."""

    def stepped(self, before: Counter, event: ev.Event, after: Counter) -> None:
        """A step of the flow, before it is looked at."""
        if after.visit == before.visit:
            return
        another = isinstance(after.state, st.Idle | st.ReadingCard) or isinstance(event, ev.NextOfFamily)
        self.going_on = {after.visit} if another else {*self.going_on, before.visit, after.visit}
        if isinstance(event, ev.NextOfFamily):  # they stand there together, before one screen
            self.worn_in.clear()

    def see(self, seen: Drawn, *visits: int) -> None:
        """What is drawn, and the visit it is drawn for; of a step of the flow, the visits before and after it.

        Raises what `leak` makes: it is drawn for somebody who did not choose it.
        """
        before, self.last = self.last or self.clinics, seen
        if seen == self.clinics:
            self.worn_in.clear()
            return
        if any(value not in old for value, *old in zip(*map(astuple, (seen, before, self.clinics)), strict=True)):
            self.turned += 1
            if self.asked.isdisjoint(visits):
                raise self.leak(f"{seen} in visit {visits[-1]}, where nobody asked for it")
        self.worn_in.add(visits[-1])
        if len(people := self.people(self.worn_in)) > 1:
            raise self.leak(f"{seen} was chosen by one of the people {sorted(people)} and drawn for another")

    def people(self, visits: Collection[int]) -> set[int]:
        return {person for visit in visits for person in self.met.get(visit, ())}

    def still_here(self) -> set[int]:
        """Whoever chose something and goes on."""
        return self.people(self.worn_in & self.going_on)
