"""The table of design.md §5: one function per row, told in the row's own words. The first that fits wins.

Owns the order and the conditions of the thirteen rows. Knows no charge. If it is wrong in the same way as the real
rows, both are wrong and no test says so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tests.independent_policy.ages import is_under_one
from tests.independent_policy.papers import (
    answer_2_names_its_insurer,
    certificate_is_enough,
    leniency_covers,
    old_card_is_enough,
)
from tests.independent_policy.reading import IDENTIFIED, USABLE, Json, day, says, shown

Fit = tuple[str, Json | None]
"""An outcome's word and the document it accepts, if any."""


def can_be_read_here(case: Json, device: Json) -> bool:
    """A card, or a smartphone with “that path”, which is not “not equipped, before 2025-09-19, expired, revoked”."""
    if device["document"] == "myna_card":
        return True
    equipped: bool = case["equipped_for_smartphone"] and day(case["on"]) >= date(2025, 9, 19)
    return equipped and device["certificate"] in USABLE


def devices_read_here(case: Json) -> list[Json]:
    """What the reader can be asked to read."""
    devices = shown(case, "myna_card", "smartphone")
    return [device for device in devices if device["readable"] and can_be_read_here(case, device)]


def row_1(case: Json) -> Fit | None:
    """“`disaster` → OK_DISASTER”"""
    return ("OK_DISASTER", best_paper(case)) if case["disaster"] else None


def row_2(case: Json) -> Fit | None:
    """“`self_info_refused`: a document of row 6 → its outcome; else NEED_CERTIFICATE. The card path … closed”"""
    if "self_info_refused" not in case["flags"]:
        return None
    return document_of_row_6(case) or ("NEED_CERTIFICATE", None)


def row_3(case: Json) -> Fit | None:
    """“identity mismatch, or `answer.person: different` → NOT_CONFIRMED; `unsure` → REQUERY”"""
    person = None if case["answer"] is None else case["answer"]["person"]
    mismatch = any(device["identity"] == "mismatch" for device in shown(case, "myna_card", "smartphone"))
    if mismatch or person == "different":
        return "NOT_CONFIRMED", None
    return ("REQUERY", None) if person == "unsure" else None


def row_4(case: Json) -> Fit | None:
    """“answer 1 by card → OK_ONLINE; in grace OK_ONLINE_LIMITED”"""
    if not says(case, 1, by="card"):
        return None
    in_grace = all(device["certificate"] == "grace" for device in asked_with(case))
    return ("OK_ONLINE_LIMITED" if in_grace else "OK_ONLINE"), None


def asked_with(case: Json) -> list[Json]:
    """“A readable registered card or phone identified by pin, face or visual with a usable certificate.”"""
    return [
        device
        for device in shown(case, "myna_card", "smartphone")
        if device["readable"]
        and device["registered"]
        and device["identity"] in IDENTIFIED
        and device["certificate"] in USABLE
    ]


def row_5(case: Json) -> Fit | None:
    """“answer 3 or 5 → REQUERY”"""
    return ("REQUERY", None) if says(case, 3, 5) else None


def row_6(case: Json) -> Fit | None:
    """“a document enough by itself”"""
    return document_of_row_6(case)


def document_of_row_6(case: Json) -> Fit | None:
    """“OK_CERTIFICATE (newest 交付年月日) · OK_OLD_CARD”"""
    certificates = [p for p in shown(case, "eligibility_certificate") if certificate_is_enough(case, p)]
    if certificates:
        return "OK_CERTIFICATE", max(certificates, key=lambda paper: paper["issued_on"] or "")
    cards = [paper for paper in shown(case, "insurance_card") if old_card_is_enough(case, paper)]
    return ("OK_OLD_CARD", cards[0]) if cards else None


def row_7(case: Json) -> Fit | None:
    """“`outage`: with a registered card PENDING_4INFO, else NOT_CONFIRMED”"""
    if not case["outage"]:
        return None
    registered = any(card["registered"] for card in shown(case, "myna_card"))
    return ("PENDING_4INFO", best_paper(case)) if registered else ("NOT_CONFIRMED", None)


def best_paper(case: Json) -> Json | None:
    """What would be accepted if nothing were broken: PENDING_4INFO + the ladder's paper (reception.md §13, row 13)."""
    fit = (
        document_of_row_6(case)
        or paper_of_the_ladder(case, "portal", "OK_MANUAL_PORTAL")
        or paper_of_the_ladder(case, "eligibility_notice", "OK_MANUAL_NOTICE")
    )
    return None if fit is None else fit[1]


def row_8(case: Json) -> Fit | None:
    """“readable unregistered card, not declined → OFFER_REGISTRATION”"""
    devices = devices_read_here(case)
    offer = any(not device["registered"] and not device["registration_declined"] for device in devices)
    return ("OFFER_REGISTRATION", None) if offer else None


def row_9(case: Json) -> Fit | None:
    """“readable registered card, usable certificate, no answer by card: nobody identified: IDENTIFY; else REQUERY”"""
    asked = case["answer"] is not None and case["answer"]["by"] == "card"
    devices = devices_of_row_9(case)
    if asked or not devices:
        return None
    if any(device["identity"] in IDENTIFIED for device in devices):
        return "REQUERY", None
    return ("IDENTIFY", None) if any(ways_still_open(case, device) for device in devices) else None


def ways_still_open(case: Json, device: Json) -> set[str]:
    """“Never pin for `face_only`, pin_locked, pin_forgotten.” A phone looks at the face itself (reception.md §4.8).

    “Under-one card without photo: 顔認証 and 目視 impossible, PIN only” (reception.md §13b).
    """
    no_pin: bool = device["identity"] in ("pin_locked", "pin_forgotten") or device.get("face_only", False)
    ways = {"face", "pin"}
    if device["document"] == "myna_card":
        no_photo = case["birthdate"] is not None and is_under_one(day(case["birthdate"]), day(case["on"]))
        ways = {"pin"} if no_photo else {"face", "pin", "visual"}
    return ways - {"pin"} if no_pin else ways


def devices_of_row_9(case: Json) -> list[Json]:
    """“readable registered card, usable certificate”"""
    return [d for d in devices_read_here(case) if d["registered"] and d["certificate"] in USABLE]


def row_10(case: Json) -> Fit | None:
    """“portal → OK_MANUAL_PORTAL; お知らせ → OK_MANUAL_NOTICE; return visit, … → OK_VERBAL; else OK_DECLARATION”"""
    if not registered_card_in_hand(case):
        return None
    return (
        paper_of_the_ladder(case, "portal", "OK_MANUAL_PORTAL")
        or paper_of_the_ladder(case, "eligibility_notice", "OK_MANUAL_NOTICE")
        or confirmed_by_mouth(case)
        or ("OK_DECLARATION", None)
    )


def nobody_can_be_identified(case: Json) -> bool:
    """“PIN locked or forgotten is never a dead end”: a card with no way left is one that cannot be used."""
    devices = devices_of_row_9(case)
    unidentified = all(device["identity"] not in IDENTIFIED for device in devices)
    return bool(devices) and unidentified and not any(ways_still_open(case, device) for device in devices)


def registered_card_in_hand(case: Json) -> bool:
    """“registered card in hand (unreadable, certificate expired or revoked, or answer 2 or 4)”

    A phone is the card in hand only where the service answered it: what it could not show nobody has seen.
    """
    cards = [card for card in shown(case, "myna_card") if card["registered"]]
    if cards and nobody_can_be_identified(case):
        return True
    broken = any(not card["readable"] or card["certificate"] not in USABLE for card in cards)
    return broken or (says(case, 2, 4) and bool(cards)) or (says(case, 2, 4, by="card") and bool(asked_with(case)))


def paper_of_the_ladder(case: Json, word: str, outcome: str) -> Fit | None:
    """“Paper of an insurer that answer 2 names as ended counts as not shown.”"""
    papers = [paper for paper in shown(case, word) if not answer_2_names_its_insurer(case, paper)]
    return (outcome, papers[0]) if papers else None


def confirmed_by_mouth(case: Json) -> Fit | None:
    """“return visit, `known_patient`, and not answer 2 → OK_VERBAL”"""
    by_mouth = case["visit"] == "return" and case["known_patient"] and not says(case, 2)
    return ("OK_VERBAL", None) if by_mouth else None


def row_11(case: Json) -> Fit | None:
    """“leniency …; and answer 1 by numbers → OK_LENIENT. Without an answer: NOT_CONFIRMED …”

    “Alone”: a paper beside a phone with the portal on it is row 12's. Of two papers お知らせ may print a share.
    """
    covered = [p for p in shown(case, "insurance_card", "eligibility_notice") if leniency_covers(case, p)]
    if not covered or accepted_by_phone(case):
        return None
    if case["answer"] is None:
        return "NOT_CONFIRMED", None
    if not says(case, 1, by="numbers"):
        return None
    return "OK_LENIENT", max(covered, key=lambda paper: paper["document"] == "eligibility_notice")


def row_12(case: Json) -> Fit | None:
    """“smartphone without that path (…): with portal OK_MANUAL_PORTAL; else NOT_CONFIRMED”"""
    phones = [phone for phone in shown(case, "smartphone") if phone_has_no_path(case, phone)]
    return (accepted_by_phone(case) or ("NOT_CONFIRMED", None)) if phones else None


def accepted_by_phone(case: Json) -> Fit | None:
    """“with portal OK_MANUAL_PORTAL”"""
    phones = [phone for phone in shown(case, "smartphone") if phone_has_no_path(case, phone)]
    return paper_of_the_ladder(case, "portal", "OK_MANUAL_PORTAL") if phones else None


def phone_has_no_path(case: Json, phone: Json) -> bool:
    """“not equipped, before 2025-09-19, expired, revoked”; nor has one that cannot be read (reception.md §4.8)."""
    return not phone["readable"] or not can_be_read_here(case, phone)


def row_13(_: Json) -> Fit | None:
    """“anything else → NOT_CONFIRMED”"""
    return "NOT_CONFIRMED", None


ROWS: tuple[Callable[[Json], Fit | None], ...] = (
    row_1,
    row_2,
    row_3,
    row_4,
    row_5,
    row_6,
    row_7,
    row_8,
    row_9,
    row_10,
    row_11,
    row_12,
    row_13,
)
