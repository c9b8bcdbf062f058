"""What the service said, in plain fields, and what the rules make of a visit: the two values every side shows.

Values only; both are made elsewhere (`kiosk.services`). What breaks if a field is wrong: screens, journal and rules
speak of different visits. Facts: online-qualification.md §2, design.md §5.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

SELF_INFO_REFUSED = "MOCK-SELF-INFO-REFUSED"
"""The service's code for a card whose holder stopped sharing their own data (自己情報提供不可, reception.md §7)."""


@dataclass(frozen=True, slots=True)
class Limit:
    """限度額適用認定証関連情報 (online-qualification.md §2.3): class and level codes as the service sent them."""

    classification: str
    level: str


@dataclass(frozen=True, slots=True)
class SpecificDisease:
    """One 特定疾病療養受療証関連情報: code, and the monthly self-pay limit in yen (None where none was sent)."""

    code: str
    self_pay_limit: int | None


@dataclass(frozen=True, slots=True)
class Qualification:
    """The service's answer in plain fields (the siquc01 result), before the rules saw it.

    `validity` 資格有効性 1–5; ratios in percent; `registered` False where the card's owner has no 利用登録 (then
    `validity` is None). Personal data stay out of the repr.
    """

    by: str
    """`card` or `numbers` (照会区分 1 or 2), or `four_items`."""
    registered: bool = True
    validity: int | None = None
    code: str = ""
    """ProcessingResultCode, invented (`MOCK-…`), or ""."""
    certificate_state: str = ""
    """`valid`, `expiring` or `grace` as the service saw the card's certificate; "" where it saw none."""
    card_class: str = ""
    insurer_number: str = field(default="", repr=False)
    insurer_name: str = field(default="", repr=False)
    symbol: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    branch: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    name_kana: str = field(default="", repr=False)
    birthdate: date | None = field(default=None, repr=False)
    burden_ratio: int | None = None
    elderly_burden_ratio: int | None = None
    valid_until: date | None = None
    lost_on: date | None = None
    visit: str = field(default="", repr=False)
    """What the service calls this visit: consents refer to it. "" for a query by numbers."""
    sex: str = field(default="", repr=False)
    """`male`, `female` or ""."""
    address: str = field(default="", repr=False)
    """"" where it is withheld (不開示該当フラグ) or was not sent."""
    insured_name: str = field(default="", repr=False)
    relation: str = ""
    """`insured`, `dependant` or ""."""
    valid_from: date | None = None
    acquired_on: date | None = None
    issued_on: date | None = None
    limit: Limit | None = None
    specific_diseases: tuple[SpecificDisease, ...] = ()
    possession_not_proven: bool = False
    """By 顔認証 or 目視: attested by the institution, no signature (design.md §3)."""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One line to say: a message id of the eligibility catalogue and its parameters."""

    message_id: str
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reception:
    """A visit as it is shown: what the service said and what the rules make of it.

    `validity` is 資格有効性 1–5 or None where nobody could be asked; texts are as the service sent them;
    `outcome` and `reasons` are the policy's words; `charge` is `ratio:30`, `ask:30`, `ask:`, `full`, `none` or "".
    """

    outcome: str
    row: int
    charge: str
    reasons: tuple[str, ...] = ()
    ask_for: tuple[str, ...] = ()
    tell: tuple[str, ...] = ()
    queue: str | None = None
    by: str = ""
    """`card`, `numbers`, `four_items`, or "" where the service was not asked or did not answer."""
    validity: int | None = None
    insurer_number: str = field(default="", repr=False)
    insurer_name: str = field(default="", repr=False)
    symbol: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    branch: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    name_kana: str = field(default="", repr=False)
    birthdate: date | None = field(default=None, repr=False)
    ratio: int | None = None
    """Percent the service named for this person today, or None."""
    valid_until: date | None = None
    lost_on: date | None = None
    consent: str | None = None
    """`ask` where the consent items may be asked."""
    registration: str | None = None
    """利用登録 on the spot: `offer`, `declined` or None."""
    returns: tuple[str, ...] = ()
    """Documents that go back to the insurer, by their words."""
    staff: tuple[Told, ...] = ()
    """What staff read (`eligibility.guidance`), in the order of use."""
    patient: tuple[Told, ...] = ()
    help_lines: tuple[str, ...] = ()
    """Words of `eligibility.help_lines`, most useful first."""
    certificate: str = ""
    """Of the 利用者証明用電子証明書: valid, expiring, grace, expired, revoked; "" where no card was looked at."""
    certificate_until: date | None = None
    """Last day of that certificate (inclusive), where it was seen."""
    registered: bool | None = None
    """Whether 利用登録 is made; None where no card was asked."""
    case_json: str = field(default="", repr=False)
    """The case of design.md §5 the rules were asked with, as JSON: what "why" shows and `decide` takes."""

    @property
    def accepted(self) -> bool:
        """Whether the person may be treated as insured."""
        return self.outcome.startswith("OK_")

    def without_record(self) -> Reception:
        """The same decision, with nothing of the record in it: for an answer that turned out to be somebody else's."""
        return replace(
            self,
            validity=None,
            insurer_number="",
            insurer_name="",
            symbol="",
            number="",
            branch="",
            name="",
            name_kana="",
            birthdate=None,
            ratio=None,
            valid_until=None,
            lost_on=None,
            consent=None,
        )

    @property
    def complete(self) -> bool:
        """Whether nothing is left to show: the person is received, and the desk has nothing to ask for."""
        return self.accepted and not self.ask_for
