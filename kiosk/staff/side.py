"""Opens and closes the staff side: passcode, lock by itself, clipboard, and the facts of it for the journal.

The application makes one, tells it of every key, every step of the flow and every second, and asks it to open. It keeps
no visit: what it shows is on the screen it made, which is gone when it locks. What breaks if it is wrong: the desk's
matters stay open, or staff stand before a closed door.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from textual.app import App

from kiosk.flow import states as st
from kiosk.flow.counter import Counter
from kiosk.flow.events import Back, Event, Expired, FourItemsRequested, ManualRequested, PaperChosen
from kiosk.forgetting import forget_texts
from kiosk.screens.messages import FlowEvent
from kiosk.screens.view import Setting, View
from kiosk.settings.model import LANGUAGES
from kiosk.settings.passcodes import PasscodeFileError
from kiosk.staff.actions import Ask, paper_key_works
from kiosk.staff.clipboard import StaffClipboard
from kiosk.staff.interfaces import Desk
from kiosk.staff.lock import Lock
from kiosk.staff.lock_prompt import LockPrompt
from kiosk.staff.palette import Command, PaletteScreen
from kiosk.staff.staff_screen import StaffScreen
from kiosk.staff.standing import standing_of
from kiosk.words import Words

if TYPE_CHECKING:
    from textual.worker import Worker

WARNING_SECONDS = 20.0
"""So long before it locks itself the staff side says so."""
DEAF_SECONDS = 2.0
"""So long after it closed by itself, keys that were meant for the desk do nothing on the patient's side."""
_STILL_HEARD = re.compile(r"f[0-9]+|ctrl\+.*")
"""Keys that mean the same on both sides."""

DeskView = Callable[[st.State, Setting], View]


class Surroundings(Protocol):
    """What the staff side needs of the application around it."""

    def counter_now(self) -> Counter | None:
        """Where the flow stands; None before it is ready."""
        ...

    def setting_for_staff(self, visit: int) -> Setting:
        """What a view may know, for a visit."""
        ...

    def to_clipboard(self, text: str) -> None:
        """Write to the terminal's clipboard (OSC 52)."""
        ...

    def news(self, sentence: str) -> None:
        """Tell staff something on the patient's side: why the door stays shut."""
        ...

    def commands(self) -> tuple[Command, ...]:
        """The application's own commands of the palette: themes, language."""
        ...


class StaffSide:
    """F4, F6, F8 and Ctrl+P, and what they open."""

    def __init__(self, app: App[Any], around: Surroundings, desk: Desk, words: Words, desk_view: DeskView) -> None:
        """`words` are the counter's own, whatever language a patient chose."""
        self._app = app
        self._around = around
        self._desk = desk
        self._words = words
        self._desk_view = desk_view
        self._lock = Lock(desk.auto_lock_seconds)
        self._clipboard = StaffClipboard(around.to_clipboard, desk.clock, desk.clipboard_seconds)
        self._then: Ask | Event | None = None
        """What was wanted when the door was knocked at."""
        self._opening = False
        self._laying = False
        """The door is open, and the screen comes as soon as the flow has moved on."""
        self._unset_notice = ""
        """What the open screen says where nobody set a passcode."""
        self._said_unset = False
        """It was said in this run."""
        self._warned = False
        """It is about to lock itself, and says so."""
        self._made: StaffScreen | None = None
        """The open screen, also while the application takes it down."""
        self._deaf_until = -math.inf
        """It closed by itself: until then what is typed on is nobody's."""
        self._form_lost = False
        """A half-typed form could not be kept, and nobody was told."""
        self._said_closed = False
        """The patient's screen says that it closed by itself."""

    # --- for the application ---

    @property
    def is_open(self) -> bool:
        """Whether the desk's matters are on the screen."""
        return self._lock.open

    @property
    def is_laying(self) -> bool:
        """Whether the door is open and its screen still comes; keys typed behind are for that."""
        return self._laying

    @property
    def screen(self) -> StaffScreen | None:
        """The open screen."""
        return next((screen for screen in self._app.screen_stack if isinstance(screen, StaffScreen)), None)

    def knock(self, then: Ask | Event | None = None) -> None:
        """F4, or F6 (`Ask.OUTAGE`), or F8 (`ManualRequested()`): open, by the passcode where there is one."""
        if self._lock.open or self._opening or self._around.counter_now() is None:
            return
        self._then = then
        self._opening = True
        # At once, before the disk is asked: the next key may be the passcode's first digit, and on the patient's
        # screen it would be a digit of the card's 暗証番号, which has three tries.
        prompt = LockPrompt(self._words, self._desk.passcode, self._refused)
        self._app.push_screen(prompt, partial(self._answered, prompt))
        self._work(partial(self._knocked, prompt))

    def touch(self) -> None:
        """A key or the mouse."""
        self._lock = self._lock.used(self._desk.clock())
        if self._said_closed and self._desk.clock() >= self._deaf_until:
            self._said_closed = False
            self._around.news("")
        if self._warned:
            self._warned = False
            if (screen := self.screen) is not None:
                screen.quiet()

    def second(self) -> None:
        """Once a second: the lock closes by itself, the clipboard is cleared."""
        self._clipboard.tick()
        if self._lock.due(self._desk.clock()):
            self._expire()
        else:
            self._warn_when(self._lock.left(self._desk.clock()))

    def drops(self, key: str) -> bool:
        """Whether this key was on its way when the side closed by itself: it is not the patient's."""
        return self._desk.clock() < self._deaf_until and not _STILL_HEARD.fullmatch(key)

    def _closed_by_time(self) -> None:
        """Nobody pressed a key for so long; the patient's screen says why the desk is gone."""
        self._deaf_until = self._desk.clock() + DEAF_SECONDS
        self._said_closed = True
        self._app.call_later(self._around.news, self._words.text("side.closed_by_time"))

    def _warn_when(self, left: float) -> None:
        """Shortly before it locks itself: any key goes on. The head line counts, below it is said once."""
        screen = self.screen
        if screen is None or not 0 < left <= min(WARNING_SECONDS, self._lock.seconds / 2):
            return
        screen.warn(self._words.text("side.closing_in", seconds=math.ceil(left)))
        if not self._warned:
            self._warned = True
            screen.say(self._words.text("side.still_there"))
            screen.warn_by_bell()

    async def show(self, before: Counter, now: Counter) -> None:
        """After every step of the flow."""
        if before.visit != now.visit:
            self._clipboard.clear()
        screen = self.screen
        if screen is not None:
            await screen.show(standing_of(now))

    def lock(self) -> None:
        """F4 on the staff side: nothing of the desk stands on any screen afterwards, and nothing typed is lost."""
        if self._lock.open:
            self._keep_typed()
            self._shut()

    def _keep_typed(self) -> None:
        """What stands half-typed goes into the flow, one step back and forth: the form comes back as it was."""
        screen, counter = self.screen, self._around.counter_now()
        if screen is None or counter is None:
            return
        draft = screen.half_typed()
        again: Event
        match counter.state:
            case st.TypingPaper(form=form):
                again = PaperChosen(form)
            case st.TakingFourItems():
                again = FourItemsRequested()
            case _:
                return
        if draft and draft != counter.state.draft:
            for event in (Back(draft), again):
                self._app.post_message(FlowEvent(counter.visit, event, by_key=True))

    def _shut(self) -> None:
        """Take the desk off the screen."""
        self._lock = self._lock.closed()
        self._clipboard.clear()
        self._made = None
        screen = self.screen
        while screen is not None and screen in self._app.screen_stack:
            self._app.pop_screen()
        self._app.call_after_refresh(forget_texts)
        self._note("locked")

    def half_typed(self) -> tuple[tuple[str, str], ...]:
        """What stands in a form that is open, also where the application ends and its screen is gone already."""
        return () if self._made is None else self._made.half_typed()

    def close(self) -> None:
        """The application ends: nothing of ours stays in the clipboard."""
        self._clipboard.clear()

    def clipboard_told(self, said: str) -> None:
        """What the page says of its browser's clipboard: staff read it on whichever side is in front."""
        sentence = self._clipboard.told(said)
        if sentence and self._app.is_running:
            self._tell(self._words.text(sentence))

    def say_in_front(self, sentence: str) -> None:
        """Staff read it on whichever side is in front."""
        self._tell(sentence)

    def disk_refused(self) -> None:
        """Said on the open side only: no patient has to know. The head line counts what waits, as long as it does."""
        if (screen := self.screen) is not None:
            screen.say(self._words.text("side.disk"))

    def form_lost(self) -> None:
        """The disk refused a half-typed form. Nothing counts those: a closed side tells of it when it opens."""
        if (screen := self.screen) is not None:
            screen.say(self._words.text("side.form_lost"))
        else:
            self._form_lost = True

    # --- for the screen ---

    def copy(self, text: str) -> None:
        """Into the clipboard for a while."""
        self._clipboard.put(text)

    def palette(self) -> None:
        """Ctrl+P, on the open staff side."""
        screen = self.screen
        if screen is not None and self._app.screen is screen:
            self._app.push_screen(PaletteScreen(self._words, self._commands(screen)), _take)

    # --- the door ---

    async def _knocked(self, prompt: LockPrompt) -> None:
        wait: int | None = None
        notice, sentence = "", ""
        try:
            if await asyncio.to_thread(self._desk.passcode.is_set):
                wait = await asyncio.to_thread(self._desk.passcode.wait_seconds)
            else:
                notice = self._words.text("side.lock.unset")
        except PasscodeFileError as error:
            sentence = self._words.text("side.lock.file", path=error.path)
        except OSError:
            sentence = self._words.text("side.lock.disk")
        finally:
            self._opening = False
        if sentence:
            self._tell(sentence)
        if not prompt.is_active:
            return  # given up meanwhile
        if wait is not None:
            prompt.looked(wait)
        else:
            self._unset_notice = notice
            prompt.give(bool(notice))

    def _answered(self, prompt: LockPrompt, right: bool | None) -> None:
        notice, self._unset_notice = self._unset_notice, ""
        if right:
            self._open("" if self._said_unset else notice)
            self._said_unset = self._said_unset or bool(notice)
        else:
            self._then = None
            if prompt.timed_out:
                self._closed_by_time()

    def _refused(self) -> None:
        """On the thread that compared: a wrong passcode leaves its trace, whoever still waits for the answer."""
        try:
            self._desk.journal.note_lock("refused")
        except OSError:
            if self._app.is_running:
                self._app.call_from_thread(self.disk_refused)

    def _open(self, notice: str) -> None:
        counter = self._around.counter_now()
        if counter is None or self._lock.open:
            return
        self._lock = self._lock.opened(self._desk.clock())
        if self._form_lost:
            self._form_lost, notice = False, self._words.text("side.form_lost")
        then, self._then = self._then, None
        if then is None or isinstance(then, Ask):
            self._lay(notice, then)
        elif isinstance(then, ManualRequested) and not paper_key_works(counter.state):
            screen = self._lay(notice)
            screen.call_after_refresh(screen.action_paper)  # it says what has to come first
        else:
            # The flow first: a digit typed right behind is for the page that follows, not for one that passes.
            self._laying = True
            self._app.post_message(FlowEvent(counter.visit, then, by_key=True))
            self._app.call_later(self._lay, notice)

    def _lay(self, notice: str, first: Ask | None = None) -> StaffScreen:
        """The screen over the patient's; `first` is the page to begin with, いま where it is None."""
        counter = self._around.counter_now()
        assert counter is not None  # there was one when the door opened
        screen = self._new_screen(counter, notice, first)
        self._app.push_screen(screen)
        self._laying = False
        self._note("opened")
        return screen

    def _other_language(self) -> None:
        """The staff side in the counter's other language; what is half-typed stays."""
        counter, screen = self._around.counter_now(), self.screen
        if counter is None or screen is None:
            return
        following = LANGUAGES[(LANGUAGES.index(self._words.lang) + 1) % len(LANGUAGES)]
        self._keep_typed()
        self._words = Words(following)
        while screen in self._app.screen_stack:
            self._app.pop_screen()
        self._app.push_screen(self._new_screen(counter, ""))

    def _new_screen(self, counter: Counter, notice: str, first: Ask | None = None) -> StaffScreen:
        setting = replace(self._around.setting_for_staff(counter.visit), words=self._words)
        standing = standing_of(counter)
        self._made = StaffScreen(self._desk, setting, standing, self, self._desk_view, notice=notice, first=first)
        return self._made

    def _expire(self) -> None:
        """Nobody pressed a key: what is half-typed is kept, then it locks."""
        screen, counter = self.screen, self._around.counter_now()
        draft = () if screen is None else screen.half_typed()
        if counter is not None and isinstance(counter.state, st.DESK_STATES):
            self._app.post_message(FlowEvent(counter.visit, Expired(draft), by_key=True))
        self._shut()
        self._closed_by_time()

    def _note(self, word: str) -> None:
        """A fact for the journal; a disk that refuses keeps nobody out and nobody in."""
        self._work(partial(self._write_note, word))

    async def _write_note(self, word: str) -> None:
        try:
            await asyncio.to_thread(self._desk.journal.note_lock, word)
        except OSError:
            self.disk_refused()

    def _tell(self, sentence: str) -> None:
        """Below, on whichever side is in front."""
        screen = self.screen
        if screen is not None:
            screen.say(sentence)
        else:
            self._around.news(sentence)

    def _work(self, slow: Callable[[], Coroutine[None, None, None]]) -> Worker[None]:
        return self._app.run_worker(slow, exclusive=False)

    def _commands(self, screen: StaffScreen) -> tuple[Command, ...]:
        text = self._words.text
        asks = (Ask.TODAY, Ask.QUEUE, Ask.DRAFTS, Ask.OUTAGE, Ask.DISASTER, Ask.WHY, Ask.HELP_LINES)
        return (
            Command(text("side.palette.lock"), self.lock),
            Command(text("side.palette.help"), screen.action_explain),
            Command(text("side.do.paper"), screen.action_paper),
            Command(text("side.palette.language"), self._other_language),
            *(Command(text(f"{_NAMES[ask]}.title"), partial(screen.open, ask)) for ask in asks),
            *self._around.commands(),
        )


_NAMES = {
    Ask.TODAY: "side-today",
    Ask.QUEUE: "side-queue",
    Ask.DRAFTS: "side-drafts",
    Ask.OUTAGE: "side-outage",
    Ask.DISASTER: "side-disaster",
    Ask.WHY: "side-why",
    Ask.HELP_LINES: "side-help-lines",
}


def _take(command: Command | None) -> None:
    if command is not None:
        command.act()


MANUAL = ManualRequested()
"""What F8 wants."""
