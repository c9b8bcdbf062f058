"""The invented people as the service knows them: values only, no storage, no message.

What breaks if wrong: an answer about a person. Formats are those of the messages (online-qualification.md §1.3, §2.3):
`name` with a full-width blank, `kana` half-width with a half-width blank, numbers as text with their leading zeros.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Membership:
    """One membership in one insurer. Ratios are percent; a day is inclusive where it says so."""

    insurer_number: str
    """8 digits, or 6 for a 国保, without padding."""
    insurer_name: str
    number: str
    qualified_on: date
    """資格取得年月日: the first day."""
    symbol: str = ""
    """記号; "" for 後期高齢者医療, which has none (validation.md §2)."""
    branch: str = ""
    """枝番, two digits; "" is not 00 (validation.md §2)."""
    family: str = "1"
    """本人・家族の別: 1 本人, 2 家族 (OQSCD009)."""
    card_class: str = "01"
    """被保険者証区分 (OQSCD010)."""
    holder_name: str = ""
    """被保険者(世帯主)氏名; "" means the person."""
    issued_on: date | None = None
    valid_until: date | None = None
    """The last day printed on the document, inclusive; None where none is printed."""
    lost_on: date | None = None
    """資格喪失年月日: the first day without the membership."""
    reason_of_loss: str = ""
    """資格喪失事由 (OQSCD008)."""
    burden_ratio: int | None = None
    """一部負担金割合: set for 後期高齢者医療 only (online-qualification.md §2.3, row 22)."""
    elderly_ratio: int | None = None
    """Ratio of the 高齢受給者証 (70–74, row 26)."""

    def is_current(self, on: date) -> bool:
        """Whether the membership counts on that day."""
        return self.qualified_on <= on and (self.lost_on is None or on < self.lost_on)

    def has_ended(self, on: date) -> bool:
        """Whether the membership is over on that day."""
        return self.lost_on is not None and self.lost_on <= on


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person, as filed with the insurer. Personal data stay out of the repr."""

    key: str
    """The persona's name, such as `taro`."""
    name: str = field(repr=False)
    kana: str = field(repr=False)
    birthdate: date = field(repr=False)
    sex: str
    """1 男, 2 女, 3 未設定 (OQSCD007)."""
    post_number: str = field(repr=False)
    address: str = field(repr=False)
    memberships: tuple[Membership, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class CardHolder:
    """Whom a certificate's serial number belongs to, and whether that card has the 利用登録."""

    person: Person
    registered: bool


@dataclass(frozen=True, slots=True)
class NumbersKey:
    """What a query by numbers asks for. "" for `symbol` or `branch` means: not given, so any."""

    insurer_number: str = field(repr=False)
    symbol: str = field(repr=False)
    number: str = field(repr=False)
    branch: str = field(repr=False)
    birthdate: str = field(repr=False)
    """YYYYMMDD, as the message has it."""


_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: None, 0x20: None}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−ー－"), "-")


def fold_number(text: str) -> str:
    """Half-width form of a 記号 or 番号 for comparing: width, dashes, blanks; never kanji (validation.md §2, §5)."""
    return text.translate(_DASHES).translate(_WIDTH)
