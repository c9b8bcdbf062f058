"""One page in the right part of the staff side: いま, a dialog, a list. All have keys, choices and a way back.

Rule: a page acts through `Hands` and knows no service. It is made for the moment it is shown and gone afterwards, with
everything in it. What breaks if it is wrong: a page of one visit is answered in another.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, Final, Protocol

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Static

from kiosk.flow.answer import Qualification
from kiosk.flow.events import Event
from kiosk.screens.messages import HintsChanged
from kiosk.screens.view import Setting, View
from kiosk.staff.actions import Action, Ask
from kiosk.staff.interfaces import DayEntry, Desk, QueuedPerson
from kiosk.staff.standing import Standing
from kiosk.staff.today import DayLine
from kiosk.widgets.choice import Choice
from kiosk.widgets.prose import Prose, wrap

_DOT: Final = "・"
_BEHIND_DOT: Final = "  "
ON_KEYPAD: Final = {"asterisk": "escape", "plus": "pagedown", "minus": "pageup"}
"""What a keypad without its second meaning has in place of these keys: as on the forms, `*` goes back."""
_SCROLLING: Final = ".middle, .below"


class Hands(Protocol):
    """What a page can have done."""

    @property
    def desk(self) -> Desk:
        """What is outside."""
        ...

    @property
    def standing(self) -> Standing:
        """Where the counter stands now."""
        ...

    def do(self, action: Action) -> None:
        """Send the events of an action, or open its page."""
        ...

    def open(self, ask: Ask) -> None:
        """Show a page."""
        ...

    def back(self) -> None:
        """Close the page: いま again."""
        ...

    def send(self, *events: Event, to_patient: bool = False) -> None:
        """Tell the flow, and show いま again; `to_patient`: what follows happens on the patient's side."""
        ...

    def say(self, sentence: str) -> None:
        """Tell staff something, below."""
        ...

    def work(self, slow: Callable[[], Coroutine[None, None, None]]) -> None:
        """Do something slow while the page stands."""
        ...

    def show_actions_from(self, first: int) -> None:
        """いま again, with the numbers beginning at another action."""
        ...

    def show_entry(self, line: DayLine) -> None:
        """One visit of today in full."""
        ...

    def show_numbers(self, person: QueuedPerson, who: str) -> None:
        """Type the numbers of somebody in 保留 who was noted without them."""
        ...

    def show_correction(self, entry: DayEntry) -> None:
        """Take a visit back that is over."""
        ...

    def show_copy(self, recorded: str) -> None:
        """A visit that is over as text, before it is copied."""
        ...

    def show_reference(self, answer: Qualification) -> None:
        """Register 照会番号 for the person of a visit that is over."""
        ...

    def read_today(self) -> None:
        """Read 今日の受付 again."""
        ...

    def copy(self, text: str) -> None:
        """Put a text into the clipboard for a while."""
        ...

    @property
    def real_name(self) -> str:
        """How the person of this visit is really written, "" where nobody noted it."""
        ...

    def name_as(self, name: str) -> None:
        """How the person of this visit is really written."""
        ...


class Point(Prose):
    """One of several sentences: a mark of two cells, and its lines behind the mark."""

    def __init__(self, text: str, *, mark: str = _DOT, classes: str | None = None) -> None:
        super().__init__(text, classes=classes)
        self._mark = mark

    def render(self) -> Content:
        """The sentence at the present width."""
        lines = wrap(self.text, self.content_size.width - len(_BEHIND_DOT))
        return Content(self._mark + f"\n{_BEHIND_DOT}".join(lines))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Lines at this width."""
        return len(wrap(self.text, width - len(_BEHIND_DOT)))


class Row(Horizontal):
    """A label, and beside it what belongs to it."""

    DEFAULT_CSS = """
    Row { width: 1fr; height: auto; }
    Row > .row-label { width: 16; height: 1; }
    Row > .row-body { width: 1fr; height: auto; }
    """

    def __init__(
        self,
        label: str,
        *lines: str,
        mark: str = "",
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        """`mark` (two cells) stands before each line, also where there is one only."""
        super().__init__(id=id, classes=classes)
        self._label = label
        self._lines = lines
        self._mark = mark

    @property
    def lines(self) -> tuple[str, ...]:
        """The sentences beside the label."""
        return self._lines

    def compose(self) -> ComposeResult:
        """Both columns."""
        yield Static(self._label, classes="row-label", markup=False)
        with Vertical(classes="row-body"):
            yield from self.beside()

    def beside(self) -> ComposeResult:
        """The right column; several sentences have a dot each."""
        mark = self._mark or (_DOT if len(self._lines) > 1 else "")
        yield from (Point(line, mark=mark) if mark else Prose(line) for line in self._lines)


class ChoiceRow(Row):
    """A label and numbered choices beside it, then sentences."""

    def __init__(self, label: str, choices: tuple[Choice, ...], *lines: str, id: str | None = None) -> None:  # noqa: A002
        super().__init__(label, *lines, id=id)
        self._choices = choices

    def beside(self) -> ComposeResult:
        """Choices first: they are what is done; the sentences are what is minded."""
        yield from self._choices
        yield from (Point(line, classes="quiet") for line in self._lines)


class Page(View):
    """The body of the right part. `NAME` is the stem of its words and of its help (`help.<NAME>`)."""

    OTHER_LANGUAGES: ClassVar[bool] = False
    BACK: ClassVar[bool] = True
    """Whether Esc and 0 lead back to いま."""

    def __init__(self, setting: Setting, hands: Hands) -> None:
        super().__init__(setting)
        self.hands = hands
        self._more = False
        """There is more to read than the page holds."""

    def on_mount(self) -> None:
        """From the top, wherever the focus is."""
        self.call_after_refresh(self.from_the_top)

    def from_the_top(self) -> None:
        """Show the beginning."""
        for part in self.query(_SCROLLING):
            part.scroll_home(animate=False)

    def on_resize(self) -> None:
        """Whether everything fits is known once it has been laid out."""
        self.has_grown()

    def has_grown(self) -> None:
        """Something came to the page after it was drawn."""
        self.call_after_refresh(self._look_for_more)

    def _look_for_more(self) -> None:
        more = any(part.max_scroll_y > 0 for part in self.query(_SCROLLING))
        if more is not self._more and self.is_attached:
            self._more = more
            self.post_message(HintsChanged())

    def key_hints(self) -> tuple[tuple[str, str], ...]:
        """PageDown only where there is more to read."""
        return (*super().key_hints(), *((("pagedown", self.t("key.more")),) if self._more else ()))

    @property
    def title(self) -> str:
        """What stands above the right part."""
        return self.t(f"{self.NAME}.title")

    def back_choice(self) -> Choice:
        """`0` back to いま."""
        return self.choice("0", "side.back", self.hands.back)

    def numbered(self, key: str, label: str, act: Callable[[], None]) -> Choice:
        """A choice whose words are made already."""
        return Choice(key, label, act, id=f"choice-{key}")

    def press(self, key: str) -> bool:
        """A choice's key; Esc goes back. `*`, `+` and `-` are Esc, PageDown and PageUp of a numeric keypad."""
        key = ON_KEYPAD.get(key, key)
        if key == "escape" and self.BACK:
            self.hands.back()
            return True
        if key in ("pageup", "pagedown"):
            for part in self.query(_SCROLLING):
                part.scroll_relative(y=max(1, part.size.height - 1) * (1 if key == "pagedown" else -1), animate=False)
            return True
        return super().press(key)

    def renew(self, state: Any) -> bool:
        """A dialog stays while its visit does; いま is made anew."""
        del state
        return False
