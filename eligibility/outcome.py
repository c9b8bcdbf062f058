"""What a visit comes to: the outcome's word and everything the desk does with it (design.md §5).

This module alone owns the shape that goes to screens, journals and scripts. Reasons and things to tell are words with
a sentence in the catalogue (`reason.<word>`, `tell.<word>`). If a key changes, every consumer of `--json` breaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class OutcomeWord(StrEnum):
    """Every way a visit can be decided."""

    OK_ONLINE = "OK_ONLINE"
    OK_ONLINE_LIMITED = "OK_ONLINE_LIMITED"
    OK_CERTIFICATE = "OK_CERTIFICATE"
    OK_OLD_CARD = "OK_OLD_CARD"
    OK_MANUAL_PORTAL = "OK_MANUAL_PORTAL"
    OK_MANUAL_NOTICE = "OK_MANUAL_NOTICE"
    OK_VERBAL = "OK_VERBAL"
    OK_DECLARATION = "OK_DECLARATION"
    OK_LENIENT = "OK_LENIENT"
    OK_DISASTER = "OK_DISASTER"
    PENDING_4INFO = "PENDING_4INFO"
    IDENTIFY = "IDENTIFY"
    REQUERY = "REQUERY"
    OFFER_REGISTRATION = "OFFER_REGISTRATION"
    NEED_CERTIFICATE = "NEED_CERTIFICATE"
    NOT_CONFIRMED = "NOT_CONFIRMED"


class ChargeKind(StrEnum):
    """How much the patient pays now: a share, a share to be asked for, everything, or nothing."""

    RATIO = "ratio"
    ASK = "ask"
    FULL = "full"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Charge:
    """`percent` is the share of a `ratio`; of an `ask` it is the provisional one, None where there is none."""

    kind: ChargeKind
    percent: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """`{"kind": "ratio", "percent": 30}`, `{"kind": "ask", "provisional": 30}`, or the kind alone."""
        match self.kind:
            case ChargeKind.RATIO:
                return {"kind": self.kind.value, "percent": self.percent}
            case ChargeKind.ASK:
                return {"kind": self.kind.value, "provisional": self.percent}
            case _:
                return {"kind": self.kind.value}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The decision. `row` is the row of design.md §5 that fitted first; lists are best or most important first."""

    outcome: OutcomeWord
    row: int
    charge: Charge | None = None
    consent: str | None = None
    """`ask` where the consent items may be asked, else None."""
    ask_for: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()
    queue: str | None = None
    """`four_items`, `recheck` or None: what is checked again later."""
    registration: str | None = None
    """`offer`, `declined` or None: 利用登録 on the spot."""
    returns: tuple[str, ...] = ()
    """Documents that go back to the insurer."""
    reasons: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the person is treated as insured now."""
        return self.outcome.value.startswith("OK_")

    def as_dict(self) -> dict[str, Any]:
        """The JSON of design.md §5."""
        return {
            "outcome": self.outcome.value,
            "row": self.row,
            "charge": None if self.charge is None else self.charge.as_dict(),
            "consent": self.consent,
            "ask_for": list(self.ask_for),
            "tell": list(self.tell),
            "queue": self.queue,
            "registration": self.registration,
            "returns": list(self.returns),
            "reasons": list(self.reasons),
        }
