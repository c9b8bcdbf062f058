"""Something stopped the card path: what happened, what to do next, what to charge, and four doors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Vertical

from kiosk.flow.events import Abandoned, ManualRequested, RetryRequested
from kiosk.flow.states import InTrouble, Trouble
from kiosk.screens.view import Setting, View
from kiosk.widgets.choice import Choice
from kiosk.widgets.fact import Fact

_SAME_CARD_FAILS_AGAIN = frozenset(
    {
        Trouble.PIN_LOCKED,
        Trouble.FACE_ONLY,
        Trouble.REAL_CARD,
        Trouble.REAL_CARD_NOT_ENROLLED,
        Trouble.NOT_MYNA_CARD,
    }
)
"""Reading the same card again changes nothing: another card, or none, has to lie there first."""


_STEPS: Final = {
    Trouble.PIN_LOCKED: 2,
    Trouble.PIN_UNKNOWN: 2,
    Trouble.FACE_ONLY: 2,
    Trouble.CERTIFICATE_REFUSED: 3,
    Trouble.NOT_REGISTERED: 3,
    Trouble.SERVER_DOWN: 3,
    Trouble.SERVER_REFUSED: 3,
}
"""Where in the visit a trouble is met; all others while the card is read."""

NOT_REACHED: Final = ("", "connect", "protocol", "closed")
"""Details of SERVER_DOWN where no answer came at all."""
UNREADABLE: Final = "service_unreadable"
"""The words for every other detail of SERVER_DOWN that has none of its own: something came, and it is not believed."""
MORE_EXACT: Final[Mapping[Trouble, Mapping[str, str]]] = {
    Trouble.CERTIFICATE_REFUSED: {
        "expired": "certificate_expired",
        "MOCK-CERTIFICATE-EXPIRED": "certificate_expired",
        "MOCK-CERTIFICATE-REVOKED-": "certificate_revoked",
        "MOCK-CERTIFICATE-NOT-YET-VALID": "certificate_early",
        "MOCK-CERTIFICATE-ISSUER-": "certificate_foreign",
        "MOCK-CERTIFICATE-UNKNOWN": "certificate_foreign",
    },
    Trouble.SERVER_DOWN: {
        "timeout": "service_late",
        "other_day": "service_other_day",
        "segment_2": "service_busy",
        "segment_9": "service_failed",
        "crashed": "service_failed",
        "HTTP-": "service_failed",
        "MOCK-SERVICE-PROCESSING": "service_busy",
        "MOCK-SERVICE-MAINTENANCE": "service_closed",
        "MOCK-SERVICE-NIGHT-CLOSURE": "service_closed",
        "MOCK-": "service_failed",
    },
    Trouble.SERVER_REFUSED: {
        "validity_6": "not_decided",
        "MOCK-INSTITUTION-": "counter_unknown",
        "MOCK-REQUEST-INSTITUTION": "counter_unknown",
        "MOCK-RATE-LIMIT": "service_busy",
    },
}
"""What the beginning of a detail tells more exactly: the first that fits. `trouble.<word>.<part>` then stands in place
of the trouble's own words, for the parts that it has."""


def exact_word(trouble: Trouble, detail: str) -> str | None:
    """The more exact word for a trouble with this detail, or None where the trouble's own words say it all."""
    for beginning, word in MORE_EXACT.get(trouble, {}).items():
        if detail.startswith(beginning):
            return word
    return UNREADABLE if trouble is Trouble.SERVER_DOWN and detail not in NOT_REACHED else None


class TroubleView(View):
    """The words are `trouble.<trouble>.what` and `.next` for the person, `.staff` for the desk; see `MORE_EXACT`."""

    NAME: ClassVar[str] = "trouble"
    KEYS: ClassVar[tuple[tuple[str, str], ...]] = (("f8", "key.manual"),)

    def __init__(self, setting: Setting, state: InTrouble) -> None:
        super().__init__(setting)
        self._state = state

    def compose(self) -> ComposeResult:
        """For the person what happened and what to do; for the desk what next, what to charge, a code; the doors."""
        what, following, staff = (self._word(part) for part in ("what", "next", "staff"))
        with Vertical(classes="middle"):
            if self._state.trouble is Trouble.CALLED_STAFF:
                yield self.say(what, classes="title")
            else:
                yield self.warn(what)
            yield self.say(following, classes="lead")
            with Vertical(classes="desk"):
                yield Fact(self.t("desk.for_staff"), self.t(staff), id="desk-next")
                yield Fact(self.t("desk.charge"), self.t("trouble.charge"), id="desk-charge")
                if self._state.detail:
                    yield Fact(self.t("trouble.code"), self._state.detail, id="desk-code")
        with Vertical(classes="answers"):
            yield Choice("1", self.t(self._retry_words()), lambda: self.send(RetryRequested()), id="choice-1")
            yield self.choice("2", "trouble.manual", ManualRequested())
            yield self.choice("9", "choice.end", Abandoned())
            yield self.ring_for_staff()

    def _word(self, part: str) -> str:
        """The id of what is said: the more exact words where there are such."""
        exact = f"trouble.{exact_word(self._state.trouble, self._state.detail)}.{part}"
        return exact if self.setting.words.has(exact) else f"trouble.{self._state.trouble.value}.{part}"

    @property
    def step(self) -> int:
        """The step at which the visit came to a stop."""
        return _STEPS.get(self._state.trouble, 1)

    def _retry_words(self) -> str:
        if not self._state.card_on_reader:
            return "trouble.retry_place"
        return "trouble.retry_other" if self._state.trouble in _SAME_CARD_FAILS_AGAIN else "trouble.retry_read"

    def press(self, key: str) -> bool:
        """F8 is the second door."""
        return super().press("2" if key == "f8" else key)

    def renew(self, state: Any) -> bool:
        """A card taken or put back changes one word only."""
        if not isinstance(state, InTrouble) or (state.trouble, state.detail) != (
            self._state.trouble,
            self._state.detail,
        ):
            return False
        self._state = state
        self.query_one("#choice-1", Choice).relabel(self.t(self._retry_words()))
        return True
