"""The trainer's drawer (F2 with `--trainer`): the service's troubles, the camera's answer, cards where there are any.

What it can do at a real reader is what needs no software card. What breaks if it is wrong: somebody who is no trainer
puts a counter out of order, or a trouble that was announced does not come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import ClassVar, Protocol

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen

import kiosk.app
from kiosk.app import KioskApp
from kiosk.services.face_camera import SimulatedCamera
from kiosk.services.interfaces import Services
from kiosk.settings.model import Settings
from kiosk.widgets.choice import Choice
from kiosk.widgets.plain import PLAIN, place_cursor
from kiosk.widgets.prose import Prose
from kiosk.words import Words

OUTAGE = "maintenance"
"""The scenario that closes the service until it is reset."""
ONCE = 1
"""How many calls a chosen scenario strikes."""


class ServerControls(Protocol):
    """The scenarios of the server in this process."""

    def order(self, scenario: str, *, times: int | None = None) -> None:
        """Let one begin. Raises ValueError."""
        ...

    def reset(self) -> None:
        """All of them end."""
        ...

    def close(self) -> None:
        """Let go of the server's store."""
        ...


class Deed(Enum):
    """What the trainer can do."""

    CARDS = "cards"
    FACE = "face"
    OUTAGE = "outage"
    RESET = "reset"
    ARM = "arm"


@dataclass(frozen=True, slots=True)
class TrainerChoice:
    """Do this; `scenario` is set for ARM."""

    deed: Deed
    scenario: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """What there is to do now. `scenarios` are name and title; empty where the server is another program's."""

    cards: bool
    face_matches: bool | None
    """None: the camera is no simulated one."""
    scenarios: tuple[tuple[str, str], ...] = ()


class TrainerScreen(ModalScreen[TrainerChoice | None]):
    """Number keys, arrows or the mouse; Esc closes."""

    DEFAULT_CSS = """
    TrainerScreen { align: center middle; }
    TrainerScreen .title { margin-top: 0; }
    TrainerScreen #trainer-scenarios { height: auto; max-height: 10; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [("escape,f2", "close")]

    def __init__(self, words: Words, offered: Offered) -> None:
        super().__init__()  # no id: F2 may be pressed again while the last one is still being taken away
        self._words = words
        self._offered = offered

    def compose(self) -> ComposeResult:
        """What can be done, the service's troubles last: there are many."""
        t, offered = self._words.text, self._offered
        with Vertical(classes="sheet"):
            yield Prose(t("trainer.title"), classes="title")
            with Vertical(classes="answers"):
                if offered.cards:
                    yield self._choice("1", "trainer.cards", Deed.CARDS)
                if offered.face_matches is not None:
                    word = "trainer.face_differs" if offered.face_matches else "trainer.face_matches"
                    yield self._choice("2", word, Deed.FACE)
                if offered.scenarios:
                    yield self._choice("3", "trainer.outage", Deed.OUTAGE)
                    yield self._choice("4", "trainer.reset", Deed.RESET)
                else:
                    yield Prose(t("trainer.no_server"), classes="lead quiet")
                yield Choice("escape", t("drawer.close"), self.action_close, id="trainer-escape")
            if offered.scenarios:
                yield Prose(t("trainer.once"), classes="lead")
                with VerticalScroll(id="trainer-scenarios", can_focus=False):
                    for name, title in offered.scenarios:
                        choice = TrainerChoice(Deed.ARM, name)
                        yield Choice("enter", title, self._answer(choice), id=f"trainer-{name}")

    def _choice(self, key: str, word: str, deed: Deed) -> Choice:
        return Choice(key, self._words.text(word), self._answer(TrainerChoice(deed)), id=f"trainer-{deed.value}")

    def _answer(self, choice: TrainerChoice) -> Callable[[], None]:
        def answer() -> None:
            self._leave(choice)

        return answer

    def action_close(self) -> None:
        """Do nothing."""
        self._leave(None)

    def _leave(self, choice: TrainerChoice | None) -> None:
        """A key that was pressed while this screen was being taken away means nothing any more."""
        if self.is_active:
            self.dismiss(choice)

    def on_mount(self) -> None:
        """The first answer has the focus."""
        self.set_class(self.app.screen_stack[0].has_class(PLAIN), PLAIN)
        self.set_focus(self.query(Choice).first())

    def on_descendant_focus(self) -> None:
        """In plain text the terminal's cursor follows."""
        self.call_after_refresh(place_cursor, self, None)

    def on_key(self, event: events.Key) -> None:
        """A number chooses, the arrows move."""
        if event.key in ("up", "down"):
            event.stop()
            (self.focus_previous if event.key == "up" else self.focus_next)(Choice)
            return
        for choice in self.query(Choice):
            if event.key == choice.key and event.key != "enter":
                event.stop()
                choice.act()
                return

    @on(Choice.Picked)
    def _picked(self, message: Choice.Picked) -> None:
        message.stop()
        message.choice.act()


class TrainerApp(KioskApp):
    """The counter with the trainer's drawer."""

    CSS_PATH = str(Path(kiosk.app.__file__).with_name("kiosk.tcss"))
    HAS_DRAWER = True

    def __init__(
        self,
        load: Callable[[], Services],
        server: ServerControls | None,
        scenarios: tuple[tuple[str, str], ...],
        *,
        data_dir: Path,
        lang: str,
        place: str | None,
        settings: Settings,
        quick_load: bool = True,
    ) -> None:
        """`server` None: another program's server is asked, whose troubles are not this drawer's."""
        self._kept: Services | None = None

        def load_and_keep() -> Services:
            self._kept = load()
            return self._kept

        super().__init__(
            load_and_keep, data_dir=data_dir, lang=lang, place=place, settings=settings, quick_load=quick_load
        )
        self._server = server
        self._scenarios = scenarios if server is not None else ()
        self._own_words = Words(lang)

    async def on_unmount(self) -> None:
        """The store is let go of; what was armed stays until it strikes or is reset."""
        if self._server is not None:
            await asyncio.to_thread(self._server.close)

    def action_drawer(self) -> None:
        """F2: the trainer's drawer; before the counter is ready, as ever."""
        if self._kept is None or self.counter is None:
            super().action_drawer()
        elif len(self.screen_stack) == 1:
            camera = self._kept.camera
            matches = camera.matches if isinstance(camera, SimulatedCamera) else None
            offered = Offered(self._kept.shelf is not None, matches, self._scenarios)
            self.push_screen(TrainerScreen(self._own_words, offered), self._choice_made)

    def _choice_made(self, choice: TrainerChoice | None) -> None:
        if choice is None or self._kept is None:
            return
        camera = self._kept.camera
        match choice.deed:
            case Deed.CARDS:
                super().action_drawer()
            case Deed.FACE if isinstance(camera, SimulatedCamera):
                camera.matches = not camera.matches
                self.frame.news(self._own_words.text("trainer.news.face" if camera.matches else "trainer.news.no_face"))
            case _ if self._server is not None:
                self.run_worker(self._at_the_server(choice, self._server), exclusive=False)

    async def _at_the_server(self, choice: TrainerChoice, server: ServerControls) -> None:
        t = self._own_words.text
        try:
            match choice.deed:
                case Deed.RESET:
                    await asyncio.to_thread(server.reset)
                    said = t("trainer.news.reset")
                case Deed.OUTAGE:
                    await asyncio.to_thread(server.order, OUTAGE)
                    said = t("trainer.news.outage")
                case _:
                    await asyncio.to_thread(lambda: server.order(choice.scenario, times=ONCE))
                    said = t("trainer.news.armed", title=dict(self._scenarios).get(choice.scenario, ""))
        except (ValueError, OSError):
            said = t("trainer.news.failed")
        self.frame.news(said)
