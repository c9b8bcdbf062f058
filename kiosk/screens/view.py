"""What every screen of the counter has in common: words, keys, its place in the visit, and one way to answer.

Rule: a view knows its words and keys, not cards or services. It takes a state in and posts facts out, so it runs alone
with sample data. It stands in the frame (`kiosk.screens.frame`), which draws the lines around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import events, on
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from kiosk.day_readings import day_reading, month_reading
from kiosk.screens.messages import BellRung, FlowEvent, LanguageAsked, LookAsked
from kiosk.screens.placing import Placing, worded
from kiosk.widgets.choice import Choice
from kiosk.widgets.prose import Prose
from kiosk.words import Words

if TYPE_CHECKING:
    from kiosk.flow.events import Event


CARE: Final = "!"
"""Stands before what needs care, on every screen."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the patient side is drawn and heard (reception.md §11); the clinic chooses, a person for their own visit."""

    big: bool = False
    """The places of the PIN and the tries left are drawn large, from reversed blanks."""
    plain: bool = False
    """Plain text for screen readers and braille displays (`kiosk.widgets.plain`)."""
    bells: frozenset[str] = frozenset({"call", "trouble"})
    """What the bell rings for: `call`, `trouble`, `accepted`, `card_left`."""
    contrast: bool = False
    """The theme in use is one of the strongest contrast (`kiosk.settings.themes`)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a view may know beside its state."""

    words: Words
    visit: int
    today: Callable[[], date]
    """The practice day, Asia/Tokyo."""
    clock: Callable[[], float]
    """Seconds, monotonic."""
    look: Look = Look()
    phones: bool = False
    """There is a reader for phones (スマホ, reception.md §4 step 8)."""
    practice_passcode: str = field(default="", repr=False)
    """The facility passcode (施設のパスコード) where it is one for practice and may be shown; "": it is not."""
    placing: Placing = Placing.LAY
    """How a card comes onto this counter's reader, and off it."""
    outage: bool = False
    """システム障害時モード is on: nobody is asked by card."""


class View(Vertical):
    """One screen: its body. Sub-classes compose `Prose` and `Choice`s and say what their keys do."""

    STEP: ClassVar[int] = 0
    """Which of the four steps is now, 0 for none."""
    NAME: ClassVar[str] = ""
    """The stem of its words, and of its help (`help.<NAME>`)."""
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Keys beside those every screen has: (key, message id), in the order of the line below."""
    PAPER_KEY: ClassVar[bool] = False
    """Whether F8 goes on with a paper here."""
    OTHER_LANGUAGES: ClassVar[bool] = True
    """Whether F3 offers the languages here: not where a view counts seconds or belongs to the desk."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(id=f"view-{self.NAME}")
        self.setting = setting

    # --- words ---

    def t(self, message_id: str, **params: object) -> str:
        """The sentence in the language of the visit, in the words for this kind of reader."""
        return self.setting.words.text(worded(message_id, self.setting.placing), **params)

    def say(self, message_id: str, *, classes: str = "", id: str | None = None, **params: object) -> Prose:  # noqa: A002
        """A sentence to compose."""
        return Prose(self.t(message_id, **params), id=id, classes=classes)

    def day(self, day: date) -> str:
        """A day as people of this language write it."""
        readings = {"month_read": month_reading(day.month), "day_read": day_reading(day.day)}
        return self.t("day", year=day.year, month=day.month, day=day.day, **readings)

    def warn(self, message_id: str, *, classes: str = "title warning", **params: object) -> Prose:
        """A sentence that needs care: with its sign, not by its colour alone."""
        return Prose(f"{CARE} {self.t(message_id, **params)}", classes=classes)

    def choice(self, key: str, message_id: str, event: Event | Callable[[], None], **params: object) -> Choice:
        """A numbered answer that posts `event`, or calls it."""
        act = event if callable(event) else lambda: self.send(event)
        return Choice(key, self.t(message_id, **params), act, id=f"choice-{key}")

    def call_staff(self) -> Choice:
        """`0` 係を呼ぶ where the flow knows what to do about it."""
        from kiosk.flow.events import StaffCalled

        return self.choice("0", "choice.staff", StaffCalled())

    def ring_for_staff(self) -> Choice:
        """`0` 係を呼ぶ where the visit goes on meanwhile."""
        return self.choice("0", "choice.staff", self.ring)

    def ring(self) -> None:
        """Call staff without changing the visit."""
        self.tell(BellRung())

    # --- answers ---

    def tell(self, message: Message) -> bool:
        """Hand a message to the application; False where that is ending.

        Not by bubbling: a key comes to a view from its frame, and Textual stops a message at its sender.
        """
        return self.app.post_message(message)

    def send(self, event: Event) -> None:
        """A person did something: tell the flow, in the visit this screen belongs to."""
        self.tell(FlowEvent(self.setting.visit, event, by_key=True))

    @on(Choice.Picked)
    def _picked(self, message: Choice.Picked) -> None:
        message.stop()
        message.choice.act()

    def choices(self) -> Iterator[Choice]:
        """The answers that can be given now, from the top."""
        return (choice for choice in self.walk_children(Choice) if choice.display and choice.visible)

    def press(self, key: str) -> bool:
        """Do what `key` does on this screen; False where it does nothing."""
        for choice in self.choices():
            if choice.key == key:
                choice.act()
                return True
        if key == "f3" and self.OTHER_LANGUAGES:
            self.ask_for_language()
            return True
        if key == "f8" and self.PAPER_KEY:
            from kiosk.flow.events import ManualRequested

            self.send(ManualRequested())
            return True
        if key in ("up", "down"):
            self._move(-1 if key == "up" else 1)
            return True
        if key in ("pageup", "pagedown"):
            self._turn_page(-1 if key == "pageup" else 1)
            return True
        return False

    def ask_for_language(self) -> None:
        """Show the languages and looks; what is chosen holds for this visit."""
        from kiosk.screens.language_menu import LOOKS, LanguageMenu

        def chosen(answer: str | None) -> None:
            if answer in LOOKS:
                self.tell(LookAsked(self.setting.visit, answer))
            elif answer is not None and answer != self.setting.words.lang:
                self.tell(LanguageAsked(self.setting.visit, answer))

        if len(self.app.screen_stack) == 1:
            self.app.push_screen(LanguageMenu(self.setting.words, self.setting.look), chosen)

    def ring_bell(self, occasion: str) -> None:
        """The terminal's bell, where the clinic wants it for this."""
        if occasion in self.setting.look.bells:
            self.app.bell()

    def _turn_page(self, by: int) -> None:
        """Where there is more to read than the screen holds."""
        for middle in self.query(".middle"):
            middle.scroll_relative(y=by * max(1, middle.size.height - 1), animate=False)

    def _move(self, by: int) -> None:
        answers = list(self.choices())
        if not answers:
            return
        focused = self.screen.focused
        here = answers.index(focused) if isinstance(focused, Choice) and focused in answers else -1
        self.screen.set_focus(answers[(here + by) % len(answers) if here >= 0 else 0])

    # --- for the frame ---

    @property
    def step(self) -> int:
        """Which of the four steps is now, 0 for none."""
        return self.STEP

    @property
    def steps_left_out(self) -> frozenset[int]:
        """Steps that this visit went past without taking them: not to be read as done."""
        return frozenset()

    def first_focus(self) -> Widget | None:
        """What has the focus when the screen appears."""
        return next(self.choices(), None)

    def was_typed_for(self, event: events.Event, behind: View) -> bool:
        """Whether a key typed right behind one of the view before, and before this one was seen, is meant for this."""
        del event, behind
        return False

    def renew(self, state: Any) -> bool:
        """Show another state of the same kind in place, keeping what was typed; False: make a new screen."""
        del state
        return False

    def key_hints(self) -> tuple[tuple[str, str], ...]:
        """The keys of the line below: (key, word)."""
        keys = (*self.KEYS, *((("f3", "key.language"),) if self.OTHER_LANGUAGES else ()))
        return tuple((key, self.t(message_id)) for key, message_id in keys)
