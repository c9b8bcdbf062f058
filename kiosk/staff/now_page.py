"""いま: what is wrong, why, what to do next, what to charge, what comes later, whom to call.

The words are `kiosk.staff.panel`'s, the keys `kiosk.staff.actions`'. What breaks if it is wrong: staff search
the screen for the next step.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.screens.view import Setting
from kiosk.staff.actions import Action, Ask, actions_for
from kiosk.staff.page import ChoiceRow, Hands, Page, Row
from kiosk.staff.panel import CARE, FINE, Panel, panel_for
from kiosk.staff.sizes import is_short
from kiosk.staff.standing import Standing
from kiosk.widgets.choice import Choice
from kiosk.widgets.prose import Prose

KEYS_OF_ACTIONS: Final = tuple("12345678")
"""9 turns the page of actions, 0 leads to the other operations: a numeric keypad is enough."""

SHOWN_HELP: Final = 2
"""Help lines on this page, the most useful; the others have a page of their own."""


class NowPage(Page):
    """The page that stands while nothing else is open."""

    NAME: ClassVar[str] = "side-now"
    BACK: ClassVar[bool] = False

    def __init__(self, setting: Setting, hands: Hands, now: Standing, first: int = 0) -> None:
        """`first` is the action the numbers begin with: there may be more actions than keys."""
        super().__init__(setting, hands)
        self._now = now
        self._first = first
        self._actions = actions_for(now)
        self.real_name = hands.real_name
        """As it stands beside the record."""
        self._panel = panel_for(now, setting.words, hands.desk.now())
        self._is_short = False

    @property
    def title(self) -> str:
        """The headline is this page's own."""
        return ""

    @property
    def panel(self) -> Panel:
        """What is shown."""
        return self._panel

    def compose(self) -> ComposeResult:
        """What scrolls where it must, and what always stays in its place."""
        panel = self._panel
        self._is_short = is_short(self.app.size)
        with Vertical(classes="middle"):
            classes = {FINE: "title accepted", CARE: "title warning"}.get(panel.sign, "title")
            code = f"  [{panel.code}]" if panel.code else ""
            yield Prose(f"{panel.sign} {panel.headline}{code}".strip(), classes=classes, id="now-headline")
            yield from self._row("caution", panel.cautions, mark=f"{CARE} ")
            beside = (self.t("side.record.real_name", name=self.real_name),) if self.real_name and panel.record else ()
            yield from self._row("record", (*panel.record[:1], *beside, *panel.record[1:]))
            choices = tuple(self._choices())
            if self._is_short:  # what is read first is what can be done; why, and how, come after it
                yield ChoiceRow(self.t("side.row.next"), choices, id="now-next")
                yield from self._row("reasons", panel.reasons)
                yield from self._row("guidance", panel.guidance)
            else:
                yield from self._row("reasons", panel.reasons)
                yield ChoiceRow(self.t("side.row.next"), choices, *panel.guidance, id="now-next")
        with Vertical(classes="below"):
            # How much, and why: one line each, so that the bill is read without paging.
            why = self.t("side.stop").join(panel.charge[1:])
            yield from self._row("charge", (*panel.charge[:1], why) if why else panel.charge)
            yield from self._row("later", panel.later)
            yield from self._row("help", panel.help[:SHOWN_HELP])

    def _row(self, name: str, lines: tuple[str, ...], mark: str = "") -> Iterator[Row]:
        if lines:
            yield Row(self.t(f"side.row.{name}"), *lines, mark=mark, id=f"now-{name}")

    def _choices(self) -> Iterator[Choice]:
        shown = self._actions[self._first : self._first + len(KEYS_OF_ACTIONS)]
        for key, action in zip(KEYS_OF_ACTIONS, shown, strict=False):
            yield Choice(key, self.words_of(action), partial(self.hands.do, action), id=f"choice-{key}")
        if len(self._actions) > len(KEYS_OF_ACTIONS):
            yield self.choice("9", "side.do.further", self._turn)
        yield self.choice("0", "side.do.more", lambda: self.hands.open(Ask.MORE))

    def words_of(self, action: Action) -> str:
        """What stands beside the number."""
        return self.t(action.word, **dict(action.params))

    def on_resize(self) -> None:
        """Another order fits."""
        super().on_resize()
        if is_short(self.app.size) is not self._is_short:
            self.hands.show_actions_from(self._first)

    def _turn(self) -> None:
        following = self._first + len(KEYS_OF_ACTIONS)
        self.hands.show_actions_from(following if following < len(self._actions) else 0)

    def unchanged(self, now: Standing) -> bool:
        """Whether `now` would look the same: then what has the focus keeps it."""
        if self.real_name != self.hands.real_name:
            return False
        return now == self._now and panel_for(now, self.setting.words, self.hands.desk.now()) == self._panel
