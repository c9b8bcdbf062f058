"""Which sentences belong to an outcome, a reason and the rest of a decision, for staff and for the patient.

This module alone maps the words of a decision to message ids: whoever adds an outcome or a reason adds its sentences
here and in the catalogue. It composes nothing. If it is wrong, somebody at the desk reads nothing, or what is not meant
for them: patients read no jargon, no blame, and nothing that tells of another person or of a protection flag.
"""

from __future__ import annotations

from eligibility.help_lines import Topic as HelpTopic
from eligibility.outcome import Charge, ChargeKind, OutcomeWord

Line = tuple[str, dict[str, str]]
"""One sentence: a message id and what fills it."""

_STAFF_LINES = {
    OutcomeWord.OK_ONLINE: 3,
    OutcomeWord.OK_ONLINE_LIMITED: 3,
    OutcomeWord.OK_CERTIFICATE: 4,
    OutcomeWord.OK_OLD_CARD: 3,
    OutcomeWord.OK_MANUAL_PORTAL: 2,
    OutcomeWord.OK_MANUAL_NOTICE: 3,
    OutcomeWord.OK_VERBAL: 2,
    OutcomeWord.OK_DECLARATION: 2,
    OutcomeWord.OK_LENIENT: 3,
    OutcomeWord.OK_DISASTER: 2,
    OutcomeWord.PENDING_4INFO: 2,
    OutcomeWord.IDENTIFY: 1,
    OutcomeWord.REQUERY: 1,
    OutcomeWord.OFFER_REGISTRATION: 3,
    OutcomeWord.NEED_CERTIFICATE: 3,
    OutcomeWord.NOT_CONFIRMED: 1,
}
_LAST_STAFF_LINES = {
    OutcomeWord.OK_ONLINE: 1,
    OutcomeWord.OK_ONLINE_LIMITED: 1,
    OutcomeWord.OK_CERTIFICATE: 1,
    OutcomeWord.OK_OLD_CARD: 1,
    OutcomeWord.OK_MANUAL_NOTICE: 1,
    OutcomeWord.OK_DECLARATION: 2,
}
"""How many of them wait until everything was asked for: nothing is handed back that is still to be copied, and nobody
checks a form that is not there yet."""
_PATIENT_LINES = dict.fromkeys(OutcomeWord, 1) | {
    OutcomeWord.OK_ONLINE: 2,
    OutcomeWord.OK_ONLINE_LIMITED: 2,
    OutcomeWord.OK_VERBAL: 2,
    OutcomeWord.OK_DISASTER: 2,
    OutcomeWord.OFFER_REGISTRATION: 2,
}

TOLD_TO_PATIENT = frozenset(
    {
        "spoken_consent",
        "certificate_without_application",
        "register_here",
        "ask_new_membership",
        "number_not_at_insurer",
        "pin_reset_at_city_office",
        "renew_certificate",
        "settle_later",
        "special_treatment_refund",
        "difference_refunded",
        "bring_next_time",
        "numbers_later",
        "elderly_insurer_expected",
        "return_documents",
    }
)
"""The things to tell (`Outcome.tell`) that are said to the patient too; the others are for staff to mind."""

MINDED_FIRST = frozenset(
    {"identity_by_card_face", "expired_card_is_no_photo_id", "four_items", "address_hidden", "spoken_consent"}
)
"""The things to tell or mind that come before everything else staff do."""

WHY_CHARGED = frozenset(
    {
        "share_from_answer",
        "share_from_recipient_certificate",
        "share_from_document",
        "share_declared",
        "share_by_age",
        "share_unknown",
        "ratio_paper_not_in_effect",
        "declared_ratio_ignored",
        "ratio_differs",
        "birthdate_unknown",
        "special_treatment",
        "special_treatment_child",
        "special_treatment_on_fallback",
        "no_charge_at_checkup",
        "no_charge_for_booking",
        "full_until_confirmed",
    }
)
"""The reasons that explain the charge; they are read beside it."""

ABOUT_SOMEBODY_ELSE = frozenset({"face_mismatch", "different_person"})
"""With these the patient reads nothing but that the desk looks once more: neither what was seen nor whose it is."""

ONLY_WITH_REGISTERED_CARD = frozenset({"notice_needs_card"})
"""The reasons that name what a registered card would do; whose card is not registered reads that instead."""

OPEN_AT_BOOKING = frozenset(
    {
        OutcomeWord.NOT_CONFIRMED,
        OutcomeWord.IDENTIFY,
        OutcomeWord.REQUERY,
        OutcomeWord.OFFER_REGISTRATION,
        OutcomeWord.OK_DECLARATION,
        OutcomeWord.PENDING_4INFO,
    }
)
"""The outcomes that want something of the person at the desk, which nobody can ask for at a booking (S0)."""

HELP_BY_REASON: dict[str, tuple[HelpTopic, ...]] = {
    "disaster": (HelpTopic.INSTITUTION,),
    "different_person": (HelpTopic.INSTITUTION,),
    "outage": (HelpTopic.OUTAGE_MODE,),
    "answer_newer_membership": (HelpTopic.ONLINE_QUALIFICATION,),
    "answer_ended": (HelpTopic.ONLINE_QUALIFICATION,),
    "answer_nothing_found": (HelpTopic.ONLINE_QUALIFICATION,),
    "chip_certificate_in_grace": (HelpTopic.MYNUMBER_CARD,),
    "chip_certificate_expired": (HelpTopic.MYNUMBER_CARD,),
    "chip_certificate_revoked": (HelpTopic.MYNUMBER_CARD,),
    "paper_out_of_date": (HelpTopic.ELIGIBILITY_CERTIFICATE,),
    "notice_needs_card": (HelpTopic.ELIGIBILITY_NOTICE,),
    "nothing_shown": (HelpTopic.ELIGIBILITY_CERTIFICATE,),
}
"""What a help line may be asked, by the reason of a decision."""
HELP_BY_TELLING: dict[str, tuple[HelpTopic, ...]] = {
    "certificate_without_application": (HelpTopic.CERTIFICATE_NOT_ARRIVED,),
    "pin_reset_at_city_office": (HelpTopic.MYNUMBER_CARD,),
}
"""The same, by what is told."""
HELP_BY_ASKING: dict[str, tuple[HelpTopic, ...]] = {"portal": (HelpTopic.PORTAL,)}
"""The same, by what is asked for."""


def staff_lines(outcome: OutcomeWord) -> tuple[str, ...]:
    """The ids of what staff do at an outcome, in order."""
    return numbered(f"staff.outcome.{outcome.value}", _STAFF_LINES[outcome])


def staff_lines_before_asking(outcome: OutcomeWord) -> tuple[str, ...]:
    """Those of them that come before what is asked for."""
    lines = staff_lines(outcome)
    return lines[: len(lines) - _LAST_STAFF_LINES.get(outcome, 0)]


def staff_lines_after_asking(outcome: OutcomeWord) -> tuple[str, ...]:
    """The others, which wait until everything was asked for."""
    return staff_lines(outcome)[len(staff_lines_before_asking(outcome)) :]


def patient_lines(outcome: OutcomeWord) -> tuple[str, ...]:
    """The ids of what the patient reads at an outcome, in order."""
    return numbered(f"patient.outcome.{outcome.value}", _PATIENT_LINES[outcome])


def numbered(stem: str, count: int) -> tuple[str, ...]:
    """`stem.1` to `stem.<count>`: one action, one id."""
    return tuple(f"{stem}.{number}" for number in range(1, count + 1))


def booking_lines() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of what staff do and of what the patient reads at a booking: those of the subject of `ask`."""
    return numbered("topic.booking.staff", 3), numbered("topic.booking.patient", 1)


def charge_line(outcome: OutcomeWord, charge: Charge | None) -> Line:
    """What it means for the share, without its audience: `staff.` or `patient.` comes before the id."""
    match charge:
        case None:
            return "charge.not_yet", {}
        case Charge(ChargeKind.RATIO, int() as percent):
            return "charge.ratio", shares(percent)
        case Charge(ChargeKind.ASK, int() as percent):
            return "charge.ask.provisional", shares(percent)
        case Charge(ChargeKind.ASK):
            return "charge.ask.unknown", {}
        case Charge(ChargeKind.FULL):
            why = "unconfirmed" if outcome is OutcomeWord.NOT_CONFIRMED else "special_treatment"
            return f"charge.full.{why}", {}
        case _:
            return "charge.none", {}


def shares(percent: int) -> dict[str, str]:
    """A share as both languages write it: 30 percent is 3割."""
    return {"percent": str(percent), "tenths": str(percent // 10)}
