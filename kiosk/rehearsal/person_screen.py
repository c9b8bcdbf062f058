"""The person before the counter, for whoever plays both sides alone: who it is, what is said, what is brought.

Lies above the counter (F5); the visit goes on beneath. Shows what the script says and nothing of what would be right.
What breaks if it is wrong: a trainee types what nobody handed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen

from eligibility.papers.fields import PaperField
from eligibility.papers.paper import Paper, Shown
from kiosk.forms.field_order import CHOICES
from kiosk.rehearsal.day import Day
from kiosk.rehearsal.script import Pin, Visit
from kiosk.widgets.choice import Choice
from kiosk.widgets.lines import KeyHint, KeyLine
from kiosk.widgets.plain import PLAIN, place_cursor
from kiosk.widgets.prose import Prose
from kiosk.words import Words


class Asked(Enum):
    """What is to happen."""

    LAY_CARD = "lay_card"
    TAKE_CARD = "take_card"
    NEXT = "next"
    END = "end"


class PersonScreen(ModalScreen[Asked | None]):
    """Number keys, arrows or the mouse; Esc goes back to the counter."""

    DEFAULT_CSS = """
    PersonScreen { align: center middle; background: $background; }
    PersonScreen .sheet { height: 22; max-height: 100%; }
    PersonScreen #person-what { height: 1fr; scrollbar-size-vertical: 1; }
    PersonScreen .title { margin-top: 0; }
    PersonScreen KeyLine { dock: bottom; }
    PersonScreen #person-warning { margin: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [("escape,f5", "close")]

    def __init__(self, words: Words, day: Day, names: dict[str, str], pins: dict[str, str], *, warned: bool) -> None:
        """`names` and `pins` are the personas'; `warned`: the visit has not ended, and that was said."""
        super().__init__()  # no id: F5 may be pressed again while the last one is still being taken away
        self._words = words
        self._day = day
        self._names = names
        self._pins = pins
        self._warned = warned

    def compose(self) -> ComposeResult:
        """Head, what is said and brought, what can be done."""
        t, day = self._words.text, self._day
        visit = day.visit
        with Vertical(classes="sheet"):
            yield Prose(self._title(), classes="title")
            with VerticalScroll(id="person-what", can_focus=False):
                yield from (Prose(line) for line in (self._of_nobody() if visit is None else self._of(visit)))
            more = Prose(t("rehearsal.person.scroll"), id="person-more", classes="quiet")
            more.display = False
            yield more
            if self._warned:
                yield Prose(t("rehearsal.person.not_over"), id="person-warning", classes="lead warning")
            with Vertical(classes="answers"):
                yield from self._answers(visit)
        yield KeyLine((("escape", t("rehearsal.person.close")), ("ctrl+q", t("key.quit"))))

    def _answers(self, visit: Visit | None) -> Iterator[Choice]:
        """What can be done, numbered from 1."""
        t, day, number = self._words.text, self._day, 1
        if visit is not None and visit.card:
            word = "take" if day.card_lies_there else "lay"
            yield Choice("1", t(f"rehearsal.person.{word}"), self._ask_card, id="person-card")
            number = 2
        word = "end" if day.is_over else "first" if visit is None else "next"
        yield Choice(str(number), t(f"rehearsal.person.{word}"), self._ask_next, id="person-next")
        yield Choice("escape", t("rehearsal.person.close"), self.action_close, id="person-escape")

    def _title(self) -> str:
        t, day = self._words.text, self._day
        every = len(day.script.visits)
        if day.visit is None:
            return t("rehearsal.person.over") if day.is_over else day.script.said(day.script.title, self._words.lang)
        name = self._names.get(day.visit.who, day.visit.who)
        return t("rehearsal.person.title", number=day.index + 1, every=every, at=f"{day.visit.at:%H:%M}", name=name)

    def _of_nobody(self) -> Iterator[str]:
        t, script = self._words.text, self._day.script
        if self._day.is_over:
            yield t("rehearsal.person.report_follows")
            return
        yield script.said(script.about, self._words.lang)
        yield t("rehearsal.person.how", visits=len(script.visits), minutes=script.minutes)

    def _of(self, visit: Visit) -> Iterator[str]:
        t = self._words.text
        yield t("rehearsal.person.says", said=self._day.script.said(visit.says, self._words.lang))
        late = int(self._day.late.total_seconds() // 60)
        if late:
            yield t("rehearsal.person.waited", minutes=late)
        yield t("rehearsal.person.card" if visit.card or visit.card_in_hand else "rehearsal.person.no_card")
        pin = self._pins.get(visit.card, "")
        if pin and visit.card == visit.who:
            word = "rehearsal.person.pin_forgotten" if visit.pin is Pin.FORGOTTEN else "rehearsal.person.pin"
            yield t(word, pin=pin) if visit.pin is not Pin.FORGOTTEN else t(word)
        if visit.four_items is not None:
            items = visit.four_items
            sex = t(f"rehearsal.person.{items.sex}")
            born = items.birthdate.isoformat()
            yield t("rehearsal.person.face", name=items.name, birthdate=born, sex=sex, address=items.address)
        for paper in visit.papers:
            yield self._paper(paper)

    def _paper(self, paper: Paper) -> str:
        t = self._words.text
        how = "" if paper.shown is Shown.ITSELF else f" [{t(f'paper.shown.{paper.shown.value}')}]"
        typed = paper.typed()
        values = "\n".join(
            f"  {t(f'paper_field.{at.value}')}  {self._value(at, typed[at.value])}" for at in paper.given
        )
        return f"{t(f'paper.form.{paper.form.word}')}{how}\n{values}"

    def _value(self, at: PaperField, typed: str) -> str:
        """As it stands on the paper: 男, 3割."""
        return self._words.text(f"forms.option.{at.value}.{typed}") if typed in CHOICES.get(at, ()) else typed

    def on_mount(self) -> None:
        """The first answer has the focus."""
        self.set_class(self.app.screen_stack[0].has_class(PLAIN), PLAIN)
        self.set_focus(self.query(Choice).first())
        self.call_after_refresh(self._say_more)

    def on_resize(self) -> None:
        """There may be more room, or less."""
        self.call_after_refresh(self._say_more)

    def _say_more(self) -> None:
        if self.is_mounted:
            box = self.query_one("#person-what", VerticalScroll)
            self.query_one("#person-more").display = box.virtual_size.height > box.size.height

    def on_descendant_focus(self) -> None:
        """In plain text the terminal's cursor follows."""
        self.call_after_refresh(place_cursor, self, None)

    def on_key(self, event: events.Key) -> None:
        """A number chooses, the arrows scroll what is brought."""
        box = self.query_one("#person-what", VerticalScroll)
        if event.key in ("up", "down"):
            event.stop()
            box.scroll_relative(y=-1 if event.key == "up" else 1, animate=False)
        for choice in self.query(Choice):
            if event.key == choice.key:
                event.stop()
                choice.act()
                return

    @on(Choice.Picked)
    def _picked(self, message: Choice.Picked) -> None:
        message.stop()
        message.choice.act()

    @on(KeyHint.Pressed)
    async def _key_clicked(self, message: KeyHint.Pressed) -> None:
        """A click on a key below is that key."""
        message.stop()
        if message.key == "escape":
            self.action_close()
        else:
            await self.app.run_action("quit")

    def action_close(self) -> None:
        """Back to the counter."""
        self._leave(None)

    def _ask_card(self) -> None:
        self._leave(Asked.TAKE_CARD if self._day.card_lies_there else Asked.LAY_CARD)

    def _ask_next(self) -> None:
        self._leave(Asked.END if self._day.is_over else Asked.NEXT)

    def _leave(self, asked: Asked | None) -> None:
        """A key that was pressed while this screen was being taken away means nothing any more."""
        if self.is_active:
            self.dismiss(asked)
