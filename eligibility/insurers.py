"""保険者番号: its shape, its check digit, and which kind of insurer it names.

This module alone owns the table of 法別番号 and the numbers of 協会けんぽ's branches. Nothing here knows which numbers
are in use: a number is judged by its shape only. If it is wrong, a patient's right number is refused at the desk.
Facts: facts/validation.md §1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from eligibility.check_digits import insurer_digit
from eligibility.errors import FieldError
from eligibility.text import narrow, refuse_individual_number


class InsurerKind(StrEnum):
    """The kinds of insurers a desk tells apart."""

    KYOKAI = "kyokai"
    SEAMEN = "seamen"
    DAY_LABOUR = "day_labour"
    SOCIETY = "society"
    SDF = "sdf"
    MUTUAL = "mutual"
    ELDERLY = "elderly"
    SPECIAL_RETIRED = "special_retired"
    NATIONAL = "national"
    OTHER = "other"


_KIND_OF_SCHEME = {
    "": InsurerKind.NATIONAL,
    "01": InsurerKind.KYOKAI,
    "02": InsurerKind.SEAMEN,
    "03": InsurerKind.DAY_LABOUR,
    "04": InsurerKind.DAY_LABOUR,
    "06": InsurerKind.SOCIETY,
    "07": InsurerKind.SDF,
    "31": InsurerKind.MUTUAL,
    "32": InsurerKind.MUTUAL,
    "33": InsurerKind.MUTUAL,
    "34": InsurerKind.MUTUAL,
    "39": InsurerKind.ELDERLY,
    "63": InsurerKind.SPECIAL_RETIRED,
    # 国保 退職者医療, a closed scheme: legacy (validation.md §1.3, unverified)
    "67": InsurerKind.NATIONAL,
    "72": InsurerKind.SPECIAL_RETIRED,
    "73": InsurerKind.SPECIAL_RETIRED,
    "74": InsurerKind.SPECIAL_RETIRED,
    "75": InsurerKind.SPECIAL_RETIRED,
}
_KYOKAI_BRANCH = re.compile("01(0[1-9]|[1-3][0-9]|4[0-7])001[0-9]")
_INVENTED_SERIAL = "999"
"""Serial of the invented insurers in rehearsals (validation.md §1.6)."""


@dataclass(frozen=True, slots=True)
class InsurerNumber:
    """A 保険者番号 as the paper prints it: 8 digits, or 6 for 国保. Make it with `parse_insurer_number`."""

    digits: str

    @property
    def scheme(self) -> str:
        """法別番号, or "" for 国保 (6 digits)."""
        return self.digits[:2] if len(self.digits) == 8 else ""

    @property
    def wire(self) -> str:
        """Eight characters as the qualification messages carry it: two leading blanks before 6 digits."""
        return self.digits.rjust(8)

    @property
    def kind(self) -> InsurerKind:
        """What kind of insurer the 法別番号 names."""
        return _KIND_OF_SCHEME.get(self.scheme, InsurerKind.OTHER)

    def same_as(self, other: InsurerNumber | None) -> bool:
        """Whether both are known and name the same insurer."""
        return other is not None and self.digits == other.digits

    def __str__(self) -> str:
        return self.digits


def parse_insurer_number(text: str) -> InsurerNumber:
    """The 保険者番号 that `text` writes: full-width or half-width, with blanks or dashes, padded or not.

    Exchange formats pad 国保's 6 digits with two zeros or two blanks: both are taken off. The prefecture is not
    limited to 01–47: renumbered insurers use other values (validation.md §1.1).

    Raises:
        FieldError: `field.insurer_number.empty`, `.not_digits`, `.length`, `.four_digits` (the old 政管健保 form),
            `.check_digit`, `.scheme` (such as a 公費負担者番号), or `field.individual_number`. `.check_digit` carries
            `suggestion`, the right last digit, only where that digit alone explains a number that can exist.
    """
    refuse_individual_number(text)
    digits = re.sub("[ -]", "", narrow(text))
    if not digits:
        raise FieldError("field.insurer_number.empty")
    if not re.fullmatch("[0-9]+", digits):
        raise FieldError("field.insurer_number.not_digits")
    if len(digits) == 8 and digits.startswith("00"):
        digits = digits[2:]
    if len(digits) == 4:
        raise FieldError("field.insurer_number.four_digits")
    if len(digits) not in (6, 8):
        raise FieldError("field.insurer_number.length", length=str(len(digits)))
    right = insurer_digit(digits[:-1])
    if digits[-1] != right:
        explained = _could_exist(InsurerNumber(digits[:-1] + right))
        raise FieldError("field.insurer_number.check_digit", **({"suggestion": right} if explained else {}))
    number = InsurerNumber(digits)
    if number.kind is InsurerKind.OTHER:
        raise FieldError("field.insurer_number.scheme", scheme=number.scheme)
    return number


def insurer_title(number: InsurerNumber) -> tuple[str, dict[str, str]]:
    """Who it is, as a message id and parameters: 協会けんぽ 東京支部 for 01130012, else the kind of insurer."""
    if _KYOKAI_BRANCH.fullmatch(number.digits):
        return f"insurer.kyokai.{number.digits[2:4]}", {}
    # The third digit of a 6-digit number is 3 for a 国保組合 (validation.md §1.1).
    if number.scheme == "" and number.digits[2] == "3":
        return "insurer.national_union", {}
    return f"insurer.{number.kind.value}", {}


def _could_exist(number: InsurerNumber) -> bool:
    """Whether a number of this shape is given out: 協会けんぽ's are known, of others only the 法別番号 is."""
    if number.kind is InsurerKind.KYOKAI:
        return bool(_KYOKAI_BRANCH.fullmatch(number.digits)) or number.digits[4:7] == _INVENTED_SERIAL
    return number.kind is not InsurerKind.OTHER
