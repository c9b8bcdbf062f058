"""Whose rules hold: the insurers that the sources describe, each with what its rules rest on.

Where insurers differ, rules are kept per profile; this module alone says which profile a 保険者番号 belongs to. It
holds none of those rules. If it is wrong, a member is told another insurer's rules. Facts: facts/reception.md §2.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from eligibility.insurers import InsurerKind, InsurerNumber


class InsurerProfile(StrEnum):
    """The insurers whose rules are told apart."""

    KYOKAI = "kyokai"
    """協会けんぽ (01…)."""
    CHIBA_MEDICAL = "chiba_medical"
    """千葉県医業健康保険組合, the society of S1."""
    COMPANY = "company"
    """Any other 健康保険組合 (06…)."""
    NATIONAL = "national"
    """国民健康保険 (6 digits), of a municipality or a 国保組合."""
    ELDERLY = "elderly"
    """後期高齢者医療 (39…)."""
    OTHER = "other"
    """Everybody else (船員, 共済, 自衛官 …), and an insurer that is not known: only what is general holds."""


CHIBA_MEDICAL_NUMBER = "06129993"
"""Invented: it stands for 千葉県医業健康保険組合 in rehearsals (validation.md §1.6)."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What the rules of a profile rest on. `model`: the rules of one insurer stand for all of that profile."""

    sources: tuple[str, ...]
    model: bool = False


BASES: dict[InsurerProfile, Basis] = {
    InsurerProfile.KYOKAI: Basis(("S0", "S2", "S3")),
    InsurerProfile.CHIBA_MEDICAL: Basis(("S1",)),
    # S4 is one company's society: what it says is a model for the others, not a rule they all print.
    InsurerProfile.COMPANY: Basis(("S4",), model=True),
    # No seed is by one of these: single municipalities and 広域連合 stand for all.
    InsurerProfile.NATIONAL: Basis(("reception.md §2.1, §3, §7",), model=True),
    InsurerProfile.ELDERLY: Basis(("reception.md §1, §13b",), model=True),
    InsurerProfile.OTHER: Basis(("reception.md §3",), model=True),
}

_PROFILE_OF_KIND = {
    InsurerKind.KYOKAI: InsurerProfile.KYOKAI,
    InsurerKind.SOCIETY: InsurerProfile.COMPANY,
    InsurerKind.NATIONAL: InsurerProfile.NATIONAL,
    InsurerKind.ELDERLY: InsurerProfile.ELDERLY,
}


def profile_of(number: InsurerNumber | None) -> InsurerProfile:
    """The profile whose rules hold for an insurer; None (not known) is `OTHER`."""
    if number is None:
        return InsurerProfile.OTHER
    if number.digits == CHIBA_MEDICAL_NUMBER:
        return InsurerProfile.CHIBA_MEDICAL
    return _PROFILE_OF_KIND.get(number.kind, InsurerProfile.OTHER)
