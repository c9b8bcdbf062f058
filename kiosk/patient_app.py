"""The patient's side of the application: the view of the flow's state, in the words and the look that hold.

Reads what the flow says and moves nothing in it; whoever extends this does. Modules the first frame does not need are
imported after it, on a thread; so flow and views are imported inside functions. What breaks if it is wrong: a screen
that belongs to another visit, or a language that somebody else chose.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.screen import Screen

from kiosk.equipped_app import EquippedApp
from kiosk.loading import practice_passcode
from kiosk.painting import paint_sparingly
from kiosk.screens.frame import CounterScreen
from kiosk.screens.idle import IdleView
from kiosk.screens.messages import BellRung, LanguageAsked, LookAsked
from kiosk.screens.view import Look, Setting, View
from kiosk.settings.model import Settings
from kiosk.settings.themes import register_themes, theme_name
from kiosk.visit_look import VisitLook
from kiosk.words import Words

if TYPE_CHECKING:
    from kiosk.flow.counter import Counter
    from kiosk.services.interfaces import Services


class PatientApp(EquippedApp):
    """Shows where the flow stands."""

    def __init__(
        self,
        load: Callable[[], Services],
        data_dir: Path,
        lang: str,
        *,
        place: str | None,
        settings: Settings,
        clock: Callable[[], float],
        quick_load: bool,
    ) -> None:
        """As `kiosk.app.KioskApp` says, which names what is raised."""
        staff_words = Words(lang)
        words = Words("ja_easy") if settings.easy_japanese and lang == "ja" else staff_words
        super().__init__(load, data_dir, words, place=place, quick_load=quick_load, without_colour=settings.plain)
        paint_sparingly()
        register_themes(self)
        self.theme = theme_name(settings)
        self.counter: Counter | None = None
        """What the flow remembers; None until the counter is ready."""
        self._default_words = words
        self._staff_words = staff_words
        self._settings = settings
        bells = frozenset(settings.bell_for) if settings.bell else frozenset()
        self._look = VisitLook(self, Look(settings.big_digits, settings.plain, bells))
        self._clock = clock
        self._shown: object = None
        """The state that the view shows; None is none of the flow's."""
        self._staff_called = ""
        """What the person was told last when they called staff, in their language."""

    def get_default_screen(self) -> Screen[None]:
        """The frame with the idle screen in it."""
        head = (self._words.text("head.title"), self._words.text("head.preparing"))
        return CounterScreen(self._words, IdleView(self._setting(1), ready=False), self._common_keys(), head)

    @property
    def frame(self) -> CounterScreen:
        """The counter's screen, whatever lies above it."""
        screen = self.screen_stack[0]
        assert isinstance(screen, CounterScreen)
        return screen

    @property
    def view(self) -> View:
        """The view of the present state."""
        return self.frame.view

    async def _show(self, *, anew: bool = False) -> None:
        """The view of the present state, the old one renewed where that is enough."""
        from kiosk.flow.states import VouchingByEye
        from kiosk.screens.catalogue import view_for
        from kiosk.screens.overlays import HelpScreen

        assert self.counter is not None
        assert self._services is not None
        frame, counter = self.frame, self.counter
        self._say_head()
        shown, self._shown = self._shown, counter.state
        if not anew and frame.view.setting.visit == counter.visit and frame.view.renew(counter.state):
            return
        if not anew and frame.view.setting == self._setting(counter.visit) and shown == counter.state:
            return  # made anew, it would have lost what is half-typed on it
        for screen in self.screen_stack[1:]:
            if isinstance(screen, HelpScreen):  # it explains a screen that is gone
                screen.take_away()
        if isinstance(counter.state, VouchingByEye):  # a passcode may have been set in another terminal meanwhile
            self._practice_passcode = await asyncio.to_thread(practice_passcode, self._services)
        view = view_for(counter.state, self._setting(counter.visit))
        await frame.show(view, self._words, self._common_keys())

    def _setting(self, visit: int) -> Setting:
        phones = self._settings.equipped_for_smartphone
        look, passcode = self._look.now, self._practice_passcode
        outage = self.counter is not None and self.counter.outage
        return Setting(self._words, visit, self._today, self._clock, look, phones, passcode, self._placing(), outage)

    def _today(self) -> date:
        assert self._services is not None
        return self._services.now().date()

    # --- what stands around the view ---

    def _common_keys(self) -> tuple[tuple[str, str], ...]:
        drawer = (("f2", "key.drawer"),) if self.has_drawer else ()
        return (("f1", "key.help"), ("f4", "key.staff"), *drawer, ("ctrl+q", "key.quit"))

    def _say_head(self) -> None:
        if self._services is None or self.counter is None:
            return
        trouble = self.counter.reader_trouble
        state = "head.reader_ok" if trouble is None else "head.reader_bad"
        title = f"{self._words.text('head.title')}  {self._today().isoformat()}"
        self.frame.head(title, self._words.text(state, reader=self._services.slot.name))

    def _say(self, sentence: str) -> None:
        """A sentence for staff below the patient's screen; "" takes it back."""
        if not self.is_ending:
            self.frame.news(sentence)

    # --- what the person asks of the screen ---

    def action_explain(self) -> None:
        """F1: what this screen is for."""
        from kiosk.screens.overlays import HelpScreen

        if len(self.screen_stack) == 1:
            self.push_screen(HelpScreen(self._words, self.view.NAME))

    @on(BellRung)
    def _ring(self) -> None:
        """「係を呼ぶ」 while the visit goes on."""
        self._call()
        self._staff_called = self._words.text("news.staff_called")
        self._say(self._staff_called)

    def _call(self) -> None:
        if "call" in self._look.now.bells:
            self.bell()

    @on(LanguageAsked)
    @on(LookAsked)
    async def _chosen(self, message: LanguageAsked | LookAsked) -> None:
        """Only while its person is here: the next one chose nothing."""
        if self.counter is None or self.counter.visit != message.visit or self.is_ending:
            return
        if isinstance(message, LanguageAsked):
            self._words = Words(message.lang)
        else:
            self._look.turn(message.look)
        await self._show(anew=True)

    def _forget_choices(self) -> bool:
        """Language and look as the clinic has them: they were one person's choice. Whether anything was otherwise."""
        changed = self._look.back() or self._words is not self._default_words
        self._words = self._default_words
        return changed
