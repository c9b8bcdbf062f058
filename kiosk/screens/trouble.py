"""Something stopped the card path: what happened, in words about the world; who comes; and the doors.

What the desk does about it, what it charges and every code are on the staff side.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from kiosk.flow.events import Abandoned, ManualRequested, RetryRequested, WayChosen
from kiosk.flow.facts import Way
from kiosk.flow.states import CALLS_STAFF, InTrouble, Trouble
from kiosk.screens.view import Setting, View
from kiosk.widgets.choice import Choice
from kiosk.words import Words

_SAME_CARD_FAILS_AGAIN = frozenset(
    {
        Trouble.PIN_LOCKED,
        Trouble.FACE_ONLY,
        Trouble.REAL_CARD,
        Trouble.REAL_CARD_NOT_ENROLLED,
        Trouble.NOT_MYNA_CARD,
        Trouble.PHONE_NOT_EQUIPPED,
    }
)
"""Reading the same card again changes nothing: another card, or none, has to lie there first."""


_PATIENTS_OWN: Final = frozenset(
    {
        Trouble.CARD_PULLED,
        Trouble.CARD_UNREADABLE,
        Trouble.CARD_BUSY,
        Trouble.NOT_MYNA_CARD,
        Trouble.CALLED_STAFF,
    }
)
"""Where the words tell the person what to do about the card, or staff are on their way already."""

_STEPS: Final = {
    Trouble.PIN_LOCKED: 2,
    Trouble.PIN_UNKNOWN: 2,
    Trouble.FACE_ONLY: 2,
    Trouble.FACE_REJECTED: 2,
    Trouble.FACE_LOCKED: 2,
    Trouble.NO_PHOTO: 2,
    Trouble.CERTIFICATE_REFUSED: 3,
    Trouble.NOT_REGISTERED: 3,
    Trouble.SERVER_DOWN: 3,
    Trouble.SERVER_REFUSED: 3,
}
"""Where in the visit a trouble is met; all others while the card is read."""

_SAID_AS: Final[Mapping[Trouble, Trouble]] = {
    Trouble.NO_PCSC_SERVICE: Trouble.NO_READER,
    Trouble.ACCESS_DENIED: Trouble.NO_READER,
    Trouble.NO_PYSCARD: Trouble.NO_READER,
    Trouble.SERVER_REFUSED: Trouble.SERVER_DOWN,
}
"""Troubles that differ for the desk only: the person reads the same words."""

_FACE_HELPS: Final = frozenset({Trouble.PIN_LOCKED, Trouble.PIN_UNKNOWN, Trouble.CALLED_STAFF})

MORE_EXACT: Final[Mapping[Trouble, Mapping[str, str]]] = {
    Trouble.CERTIFICATE_REFUSED: {
        "expired": "certificate_expired",
        "MOCK-CERTIFICATE-EXPIRED": "certificate_expired",
        "MOCK-CERTIFICATE-REVOKED-": "certificate_revoked",
    },
    Trouble.SERVER_REFUSED: {"validity_6": "not_decided"},
}
"""Where the beginning of a detail changes what the person reads: `trouble.<word>.<part>`, for the parts that it has.
What it tells the desk is `kiosk.staff.trouble_words`."""


def words_of(trouble: Trouble, part: str, words: Words, detail: str = "") -> str:
    """The id of one part of what a person reads about a trouble: `what` happened, or what to do `next`."""
    for beginning, word in MORE_EXACT.get(trouble, {}).items():
        if detail.startswith(beginning) and words.has(f"trouble.{word}.{part}"):
            return f"trouble.{word}.{part}"
    return f"trouble.{_SAID_AS.get(trouble, trouble).value}.{part}"


class TroubleView(View):
    """What happened, what to do, and four doors at most."""

    NAME: ClassVar[str] = "trouble"
    PAPER_KEY: ClassVar[bool] = True

    def __init__(self, setting: Setting, state: InTrouble) -> None:
        super().__init__(setting)
        self._state = state

    def compose(self) -> ComposeResult:
        """Two sentences and the doors."""
        trouble = self._state.trouble
        what, following = (words_of(trouble, part, self.setting.words, self._state.detail) for part in ("what", "next"))
        with Vertical(classes="middle"):
            if trouble is Trouble.CALLED_STAFF:
                yield self.say(what, classes="title")
            else:
                yield self.warn(what)
            yield self.say(following, classes="lead")
        with Vertical(classes="answers"):
            yield Choice("1", self.t(self._retry_words()), lambda: self.send(RetryRequested()), id="choice-1")
            yield self.choice("2", "trouble.manual", ManualRequested())
            if self._face_is_left():
                yield self.choice("3", "method.face", WayChosen(Way.FACE))
            else:
                yield self.choice("9", "choice.end", Abandoned())
            yield self.ring_for_staff()

    def first_focus(self) -> Widget | None:
        """The answer that the words speak of: what to do with the card, else staff."""
        return self.query_one("#choice-1" if self._state.trouble in _PATIENTS_OWN else "#choice-0")

    def on_mount(self) -> None:
        """Staff hear of it where the clinic wants that; where they are called, the counter rings by itself."""
        if self._state.trouble not in CALLS_STAFF:
            self.ring_bell("trouble")

    @property
    def step(self) -> int:
        """The step at which the visit came to a stop."""
        return _STEPS.get(self._state.trouble, 1)

    def _face_is_left(self) -> bool:
        """A card whose PIN is of no use may still be shown to be somebody's own by the face (reception.md §4)."""
        state = self._state
        return (
            state.trouble in _FACE_HELPS
            and state.card_on_reader
            and state.card is not None
            and Way.FACE in state.card.ways
        )

    def key_hints(self) -> tuple[tuple[str, str], ...]:
        """9 ends the visit also where four other answers are more useful."""
        end = (("9", self.t("choice.end.short")),) if self._face_is_left() else ()
        return (*end, *super().key_hints())

    def press(self, key: str) -> bool:
        """9 works on every trouble."""
        if key == "9" and self._face_is_left():
            self.send(Abandoned())
            return True
        return super().press(key)

    def _retry_words(self) -> str:
        if not self._state.card_on_reader:
            return "trouble.retry_place"
        return "trouble.retry_other" if self._state.trouble in _SAME_CARD_FAILS_AGAIN else "trouble.retry_read"

    def renew(self, state: Any) -> bool:
        """A card taken or put back changes one word only."""
        if not isinstance(state, InTrouble) or (state.trouble, state.detail) != (
            self._state.trouble,
            self._state.detail,
        ):
            return False
        offered = self._face_is_left()
        self._state = state
        if self._face_is_left() is not offered:
            return False
        self.query_one("#choice-1", Choice).relabel(self.t(self._retry_words()))
        return True
