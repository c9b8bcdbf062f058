"""How a lost or damaged 資格情報のお知らせ is had again, per insurer.

This module alone knows it. The お知らせ is never enough alone and never goes back: those are others' rules. If it is
wrong, a patient fills in a form that nobody needs. Facts: facts/reception.md §2.4, S1, S3, S4.
"""

from __future__ import annotations

from eligibility.certificate_issue import Step
from eligibility.insurer_profiles import InsurerProfile

_ASK = Step("ask_insurer", ("reception.md §2.4 (no source of that insurer)",))
_REISSUES: dict[InsurerProfile, tuple[Step, ...]] = {
    InsurerProfile.KYOKAI: (Step("application", ("S3",)),),
    InsurerProfile.CHIBA_MEDICAL: (Step("form", ("S1",)), Step("portal_is_enough", ("S1",))),
    InsurerProfile.COMPANY: (Step("print_pdf", ("S4",)),),
}


def reissue_of(profile: InsurerProfile | None) -> tuple[Step, ...]:
    """What a member does, in order; the words are `notice_reissue.<word>`. None: the insurer is not known."""
    return (_ASK,) if profile is None else _REISSUES.get(profile, (_ASK,))
