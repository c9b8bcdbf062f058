"""What each way of showing eligibility gives, and what it does not: the text behind "why should I use the card?".

This module alone compares the paths. It decides nothing: whether a path is open to a person is the policy's. A newer
source overtakes an older one by its date. If it is wrong, a patient is promised what only the card can do, or fears a
paper that is not needed. Facts: facts/reception.md §2.7, §4, S0, S2, S3, S4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from eligibility.insurer_profiles import InsurerProfile
from eligibility.rule_dates import CONSENT_SCREENS_CHANGED, OLD_CARD_ISSUED_UNTIL, OLD_CARD_UNTIL, SMARTPHONE_FROM


class EligibilityPath(StrEnum):
    """The ways of showing eligibility, best first."""

    CARD = "card"
    """マイナ保険証, read."""
    PHONE = "phone"
    """マイナ保険証 on a phone, read."""
    CARD_IN_GRACE = "card_in_grace"
    """The card, read, its certificate expired but in grace."""
    CERTIFICATE = "certificate"
    """資格確認書."""
    PORTAL_WITH_CARD = "portal_with_card"
    NOTICE_WITH_CARD = "notice_with_card"
    """資格情報のお知らせ beside the card."""
    DECLARATION = "declaration"
    """被保険者資格申立書 beside the card."""
    INSURANCE_CARD = "insurance_card"
    """健康保険証, in its time."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a path gives or lacks. `verified` is False where it is our reading of a source."""

    word: str
    sources: tuple[str, ...]
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Worth:
    """What a path gives and lacks for one insurer's members on one day, in order; both empty out of its time."""

    path: EligibilityPath
    gives: tuple[Point, ...]
    lacks: tuple[Point, ...]

    def message_ids(self) -> tuple[str, ...]:
        """The path's name, what it gives, what it lacks. How sure we are of each stands at the point."""
        return (
            f"path.{self.path.value}",
            *(f"path.gives.{point.word}" for point in self.gives),
            *(f"path.lacks.{point.word}" for point in self.lacks),
        )


_READ = frozenset({EligibilityPath.CARD, EligibilityPath.PHONE, EligibilityPath.CARD_IN_GRACE})
_BESIDE_CARD = frozenset(
    {EligibilityPath.PORTAL_WITH_CARD, EligibilityPath.NOTICE_WITH_CARD, EligibilityPath.DECLARATION}
)
_WITHOUT_RECIPIENT_CERTIFICATE = frozenset({InsurerProfile.CHIBA_MEDICAL, InsurerProfile.ELDERLY})
"""Who issues no 高齢受給者証: S1 prints the share on the 資格確認書, 後期高齢者医療 has none."""

_CARE = Point("insured_care", ("S0", "S1", "S2", "S3", "S4"))
_SHARED = (
    Point("treatment_and_medicine", ("S0", "S2", "S4")),
    Point("checkup", ("S0", "S2")),
    Point("anywhere", ("S0",)),
)
_LIMIT_BY_CONSENT = Point("limit_by_consent", ("S2 (the bundled old flyer)",))
_LIMIT = Point("limit_without_paper", ("S0", "S2", "reception.md §4 step 6"))
# In grace the service answers eligibility only; 限度額 is part of that answer since 2024-10-07 (reception.md §4).
_LIMIT_IN_GRACE = Point("limit_without_paper", ("reception.md §4",), verified=False)
_NO_RECIPIENT_CERTIFICATE = Point("no_recipient_certificate", ("S0", "S3"))
_SHARE_PRINTED = Point("share_printed", ("S1",))
_OF_MYNA_INSURANCE = (
    Point("no_change_at_job_change", ("S0",)),
    Point("expense_notice", ("S0", "S2")),
    Point("identity_checked", ("S4",)),
    Point("no_typing", ("S4",)),
)

_NOTHING_SHARED = Point("sharing", ("S0", "S4", "reception.md §6.7"))
_NOTHING_SHARED_IN_GRACE = Point("sharing_in_grace", ("reception.md §4",))
_LIMIT_NEEDS_APPLICATION = Point("limit_needs_application", ("S2 (a week)", "reception.md §2.7"))
# The source speaks of 資格確認書; beside a card that is not read the desk sees no 限度額 either.
_LIMIT_NOT_SEEN = replace(_LIMIT_NEEDS_APPLICATION, verified=False)
_RECIPIENT_CERTIFICATE_NEEDED = Point("recipient_certificate_needed", ("S3", "reception.md §5"))
_OF_PAPER = (
    Point("new_document_at_job_change", ("S0",)),
    Point("no_expense_notice", ("S0",)),
    # S4 says both of the old card; a 資格確認書 has no photo and is typed in the same way.
    Point("no_photo_or_pin", ("S4",), verified=False),
    Point("typed_by_hand", ("S4",), verified=False),
)
_ONLY_EQUIPPED_SITES = Point("equipped_sites_only", ("reception.md §4 step 8",))
_NO_GRACE = Point("no_grace", ("reception.md §2.1",))
_RENEW = Point("renew_soon", ("reception.md §4",))
_NOT_ALONE = Point("not_alone", ("S0", "S1", "S3", "S4"))
_NUMBERS_LATER = Point("numbers_later", ("reception.md §6.4",))
_ONE_VISIT = Point("one_visit", ("reception.md §2.1",))

_OWN_LIMITS = {
    EligibilityPath.PHONE: (_ONLY_EQUIPPED_SITES, _NO_GRACE),
    EligibilityPath.CARD_IN_GRACE: (_NOTHING_SHARED_IN_GRACE, _RENEW),
    EligibilityPath.NOTICE_WITH_CARD: (_NOT_ALONE,),
    EligibilityPath.DECLARATION: (_NUMBERS_LATER, _ONE_VISIT),
}
"""What is the path's own to lack, said first."""


def in_time(path: EligibilityPath, on: date) -> bool:
    """Whether the path exists at all on day `on`."""
    match path:
        case EligibilityPath.PHONE:
            return on >= SMARTPHONE_FROM.day
        case EligibilityPath.CERTIFICATE:
            return on > OLD_CARD_ISSUED_UNTIL.day
        case EligibilityPath.INSURANCE_CARD:
            return on <= OLD_CARD_UNTIL.day
        case _:
            return True


def worth(path: EligibilityPath, profile: InsurerProfile, on: date) -> Worth:
    """What the path gives and lacks for a member of that insurer on day `on`.

    S2 still bundles a flyer by which 限度額 needs the patient's consent: since 2024-10-07 it does not.
    """
    if not in_time(path, on):
        return Worth(path, (), ())
    return Worth(path, _gives(path, profile, on), _lacks(path, profile))


def _gives(path: EligibilityPath, profile: InsurerProfile, on: date) -> tuple[Point, ...]:
    if path not in _READ:
        printed = path is EligibilityPath.CERTIFICATE and profile is InsurerProfile.CHIBA_MEDICAL
        return (_CARE, _SHARE_PRINTED) if printed else (_CARE,)
    without_paper = on >= CONSENT_SCREENS_CHANGED.day
    needless = () if profile in _WITHOUT_RECIPIENT_CERTIFICATE else (_NO_RECIPIENT_CERTIFICATE,)
    if path is EligibilityPath.CARD_IN_GRACE:
        limit = (_LIMIT_IN_GRACE,) if without_paper else ()
        return (_CARE, *limit, *needless, *_OF_MYNA_INSURANCE)
    limit = (_LIMIT if without_paper else _LIMIT_BY_CONSENT,)
    return (_CARE, *_SHARED, *limit, *needless, *_OF_MYNA_INSURANCE)


def _lacks(path: EligibilityPath, profile: InsurerProfile) -> tuple[Point, ...]:
    own = _OWN_LIMITS.get(path, ())
    if path in _READ:
        return own
    # Only 協会けんぽ says so of its papers; of the others nothing was found.
    needed = (_RECIPIENT_CERTIFICATE_NEEDED,) if profile is InsurerProfile.KYOKAI else ()
    if path is EligibilityPath.DECLARATION:
        # The share is what the person declares in it (reception.md §6.4).
        return (*own, _NOTHING_SHARED, _LIMIT_NOT_SEEN)
    if path in _BESIDE_CARD:
        return (*own, _NOTHING_SHARED, _LIMIT_NOT_SEEN, *needed)
    return (*own, _NOTHING_SHARED, _LIMIT_NEEDS_APPLICATION, *needed, *_OF_PAPER)
