"""What a persona is: an invented patient, their card and paper, and what must come out of a visit.

Values only. What breaks if wrong: everything that lists or plays a persona. The expected outcomes are words of
design.md §5; nothing here knows the rules of the desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from mock_server.people import Person

CERTIFICATE_STATES = ("valid", "expiring", "grace", "expired", "revoked", "revoked_ocsp", "not_yet_valid")
"""What the certificate on a card can be: `revoked` is on the CRL and known to OCSP, `revoked_ocsp` so new that only
OCSP knows it; the other words are those of design.md §5 and the calendar."""
SMARTPHONE_STATES = ("", "valid", "expired", "revoked")
"""What the certificate on a smartphone can be; a phone has no grace period (reception.md §4)."""
CARD_KINDS = ("plastic", "face-only", "child")
"""Which kind of card the person has (`reader.card.variants`)."""
PAPERS = ("eligibility_certificate", "eligibility_notice", "insurance_card")
"""On what the numbers of a person are printed: words of design.md §5."""
ERROR_EXIT_CODES = (1, 2, 3, 4, 5)
"""With which a command tells an error (design.md §4)."""


@dataclass(frozen=True, slots=True)
class CardPlan:
    """What the persona's card is issued with. Tries are those left; no `sign_password`, no 署名用 certificate."""

    pin: str = field(repr=False)
    sign_password: str = field(default="", repr=False)
    tries_left: int = 3
    sign_tries_left: int = 5
    name: str = field(default="", repr=False)
    """氏名 as the resident register spells it, where that differs from what the insurer filed."""
    certificate: str = "valid"
    """State of the 利用者証明用 certificate on the day it is issued, a word of `CERTIFICATE_STATES`."""
    smartphone: str = ""
    """State of the certificate on a smartphone of the person, a word of `SMARTPHONE_STATES`; "" for no such phone."""
    readable: bool = True
    """Whether the chip answers at all; False for a broken or demagnetised card."""
    kind: str = "plastic"
    """A word of `CARD_KINDS`."""
    expires_on: date | None = None
    """The last day printed on the plastic, where that matters."""

    @property
    def has_pin(self) -> bool:
        """Whether there is a PIN on the card; a 顔認証マイナンバーカード has none (reception.md §4)."""
        return self.kind != "face-only"

    @property
    def is_usable(self) -> bool:
        """Whether the service answers a query made with it."""
        return self.readable and self.certificate in ("valid", "expiring", "grace")


@dataclass(frozen=True, slots=True)
class PaperNumbers:
    """The numbers on the paper the person carries. Half-width or full-width as printed; "" where there is none."""

    insurer_number: str
    symbol: str
    number: str
    branch: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out of a first visit with this card and nothing else, in words of design.md §5.

    True from 2026-11-20 (or the day after the expectation before it) to `holds_until` (inclusive; None: for good).
    `outcome` is None where the counter does not decide it (資格有効性 6), `percent` where no ratio is charged, and
    `validity` where the service gives no 資格有効性.
    """

    identity: str
    outcome: str | None
    validity: int | None
    percent: int | None
    holds_until: date | None


@dataclass(frozen=True, slots=True)
class ExpectedByNumbers:
    """What must come out on 2026-11-20 of the numbers of the paper, brought without any card.

    `outcome` is None where no form of the counter takes such numbers.
    """

    validity: int
    outcome: str | None = None
    percent: int | None = None
    document: str = "eligibility_certificate"
    """A word of `PAPERS`."""
    expires_on: date | None = None
    """The last day printed on the paper."""
    burden_ratio: int | None = None
    """The share printed on the paper, in percent."""


@dataclass(frozen=True, slots=True)
class ExpectedByPhone:
    """What must come out on 2026-11-20 of the person's smartphone and nothing else."""

    outcome: str
    unequipped: str
    """The outcome at a counter without the reader for phones."""
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class ExpectedByCheck:
    """What must come out of `madoguchi check` with the right PIN and without options, while `expected` holds.

    That command knows the PIN only: no face, no paper, nobody at the desk. So it can end before the visit would.
    """

    exit_code: int
    """By design.md §4."""
    outcome: str | None = None
    """A word of design.md §5; None where it ends with an error instead."""
    error: str | None = None
    """The code of the error; None where there is an outcome."""
    percent: int | None = None
    """The share; None where it knows none, or no ratio is charged."""
    options: tuple[str, ...] = ()
    """With these it comes to what is `expected`; () where it does so without, or never."""


@dataclass(frozen=True, slots=True)
class Persona:
    """One invented patient with card, memberships and expected outcome. PIN and personal data stay out of the repr."""

    name: str
    order: int
    registered: bool
    what_happens: Mapping[str, str]
    """One sentence per language, keys `ja` and `en`."""
    person: Person = field(repr=False)
    card: CardPlan = field(repr=False)
    paper: PaperNumbers = field(repr=False)
    expected: Expected
    later: tuple[Expected, ...] = ()
    """What must come out after `expected.holds_until`, one after the other."""
    by_numbers: ExpectedByNumbers | None = None
    by_phone: ExpectedByPhone | None = None
    by_check: ExpectedByCheck | None = None
    """Where `madoguchi check` comes to something else than `expected`; never None where `expected` has no outcome."""
    when_noticed: str = ""
    """The outcome once staff sees that the record is somebody else's; "" where it is the person's own."""
    scenarios: tuple[str, ...] = ()
    """Which entries of the failure catalogue it plays: F01 to F32 (reception.md §12)."""

    @property
    def title(self) -> str:
        """How the person is called on screens, such as 「協会　太郎」, as on the card."""
        return self.card.name or self.person.name

    @property
    def pin(self) -> str:
        """The 利用者証明用 PIN to type."""
        return self.card.pin

    @property
    def check(self) -> ExpectedByCheck:
        """What must come out of `madoguchi check` with the right PIN and without options, while `expected` holds."""
        if self.by_check is not None:
            return self.by_check
        return ExpectedByCheck(exit_code_of(self.expected.outcome), self.expected.outcome, None, self.expected.percent)

    def numbers(self) -> dict[str, str]:
        """What to type into the form: numbers as printed and the birthdate as YYYY-MM-DD."""
        return {
            "insurer_number": self.paper.insurer_number,
            "symbol": self.paper.symbol,
            "number": self.paper.number,
            "branch": self.paper.branch,
            "birthdate": self.person.birthdate.isoformat(),
        }


def exit_code_of(outcome: str | None) -> int:
    """With which exit code `madoguchi check` tells an outcome: 0 for OK_*, else 1 (design.md §4)."""
    return 0 if (outcome or "").startswith("OK_") else 1
