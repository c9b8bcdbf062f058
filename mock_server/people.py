"""The invented people as the service knows them: values only, no storage, no message.

What breaks if wrong: an answer about a person. Formats are those of the messages (online-qualification.md §1.3, §2.3):
`name` with a full-width blank, `kana` half-width with a half-width blank, numbers as text with their leading zeros,
codes as the lists of §3 have them. Days are inclusive unless it says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

MEDICAL_ASSISTANCE = "A1"
"""被保険者証区分 of 医療扶助 (OQSCD010; one source)."""


@dataclass(frozen=True, slots=True)
class Limit:
    """限度額適用認定証関連情報: how much a person pays in a month at most. Renewed every 1 August while it lasts."""

    classification: str
    """限度額適用認定証区分, 01 to 03 (OQSCD011)."""
    flag: str
    """適用区分, A01 to A06 below 70 and B01 to B10 from 70 on (OQSCD012)."""
    valid_from: date
    valid_until: date | None = None
    """The last day for good; None while it goes on."""
    long_term_on: date | None = None
    """長期入院該当年月日."""


@dataclass(frozen=True, slots=True)
class SpecificDisease:
    """特定疾病療養受療証: one disease for which a person pays a small amount a month only."""

    category: str
    """認定疾病区分, 1 to 3 (OQSCD013)."""
    valid_from: date
    self_pay: int
    """自己負担限度額 in yen a month."""
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class MedicalTicket:
    """医療券 or 調剤券 of a person under 医療扶助, issued anew every month (OQSCD018–026; one source)."""

    ticket_type: str
    """券種別: 01 or 02."""
    issue_number: str
    treatment_type: str
    """01 入院, 02 入院外, 03 歯科, 04 調剤, 05 訪問看護."""
    institution_code: str = ""
    """Whom it is written for, 10 digits; "" for whichever institution asks."""
    institution_name: str = ""
    injuries: tuple[str, ...] = ()
    """傷病名, three at most."""
    self_pay: int = 0
    """本人支払額 in yen."""
    district_contact: str = ""
    handling_contact: str = ""
    combined_use: str = "01"
    """単独・併用: 01 or 02."""
    remarks: tuple[str, ...] = ()
    """備考, three at most."""


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
    limit: Limit | None = None
    diseases: tuple[SpecificDisease, ...] = ()
    tickets: tuple[MedicalTicket, ...] = ()
    """医療券・調剤券: for 医療扶助 only."""

    def is_current(self, on: date) -> bool:
        """Whether the membership counts on that day."""
        return self.qualified_on <= on and (self.lost_on is None or on < self.lost_on)

    def has_ended(self, on: date) -> bool:
        """Whether the membership is over on that day."""
        return self.lost_on is not None and self.lost_on <= on


@dataclass(frozen=True, slots=True)
class Medicine:
    """One medicine that was dispensed: the contents of 薬剤情報. Products are invented, ingredients are real names."""

    dispensed_on: date
    name: str
    ingredient: str
    """一般名: by it a program sees that two products are one medicine."""
    quantity: str
    """One day's, as a number."""
    unit: str
    """What the quantity counts, such as 錠."""
    usage: str
    """用法, such as 「1日3回 毎食後」."""
    days: int
    institution: str
    """Who dispensed it; invented."""
    avoid_with: tuple[str, ...] = ()
    """Ingredients which this invented label forbids beside it (併用禁忌). Part of the rehearsal, no medical advice."""


@dataclass(frozen=True, slots=True)
class CheckupValue:
    """One item of a 特定健診, as text with its unit ("" where it has none)."""

    item: str
    value: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Checkup:
    """One 特定健診 of a person."""

    on: date
    institution: str
    values: tuple[CheckupValue, ...]


CONSENT_ITEMS = ("specific_diseases", "checkups", "medicines", "diagnosis", "operation")
"""What a patient can agree to share: 特定疾病, 特定健診, 薬剤, 診療, 手術 (online-qualification.md §2.3, 30–45)."""


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
    name_of_other: str = field(default="", repr=False)
    """氏名その他: what else the person is called, such as a 通称."""
    kana_of_other: str = field(default="", repr=False)
    sex2: str = field(default="", repr=False)
    """The sex written on the back of a paper where the front has another (OQSCD007); "" for none."""
    self_info_refused: bool = field(default=False, repr=False)
    """自己情報提供不可フラグ: the card can be neither used nor registered, the address is hidden (reception.md §7)."""
    undisclosed: bool = field(default=False, repr=False)
    """不開示該当フラグ: the address is not told to a query by numbers (reception.md §7)."""
    prescription: str = field(default="", repr=False)
    """処方箋発行形態 chosen at the reader: 1 電子, 2 紙; "" where nobody asked (OQSCD017)."""
    consents: tuple[str, ...] = field(default=CONSENT_ITEMS, repr=False)
    """What the person agrees to when the reader asks, words of `CONSENT_ITEMS`."""
    medicines: tuple[Medicine, ...] = field(default=(), repr=False)
    checkups: tuple[Checkup, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class CardHolder:
    """Whom a certificate's serial number belongs to, and whether that card has the 利用登録."""

    person: Person
    registered: bool
    kind: str = "card"
    """`card`, or `phone` for the certificate in a smartphone."""


@dataclass(frozen=True, slots=True)
class NumbersKey:
    """What a query by numbers asks for. "" for `symbol` or `branch` means: not given, so any."""

    insurer_number: str = field(repr=False)
    symbol: str = field(repr=False)
    number: str = field(repr=False)
    branch: str = field(repr=False)
    birthdate: str = field(repr=False)
    """YYYYMMDD, as the message has it; "" where it has none (YZK, TKK and 照会番号), so any."""


_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: None, 0x20: None}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−ー－"), "-")


def fold_number(text: str) -> str:
    """Half-width form of a 記号 or 番号 for comparing: width, dashes, blanks; never kanji (validation.md §2, §5)."""
    return text.translate(_DASHES).translate(_WIDTH)
