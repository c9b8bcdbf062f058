"""The second opinion on a case: plain JSON in, what design.md §5 fixes out. README.md says why.

Owns the bullets after the table that are not about money: consent, queue, registration, what is asked for. If it is
wrong in the same way as the real policy, both are wrong and no test says so.
"""

from __future__ import annotations

from tests.independent_policy.papers import returns
from tests.independent_policy.reading import Json, complete, says, shown
from tests.independent_policy.rows import ROWS, devices_of_row_9, devices_read_here, ways_still_open
from tests.independent_policy.share import (
    a_declared_ratio_is_ignored,
    answer_and_paper_differ,
    charge,
    papers_unlike_the_answer,
)


def decide(short: Json) -> Json:
    """The second opinion: what design.md §5 fixes exactly. `returns`, `ask_for` and `silent` are sets.

    `ask_for` holds what must be asked for, for IDENTIFY all of it, `never_ask_for` what must not; the last three are
    reasons. `silent` names the keys of which the text says nothing in this case.
    """
    case = complete(short)
    row, (outcome, accepted) = next(
        (number, fit) for number, fits in enumerate(ROWS, start=1) if (fit := fits(case)) is not None
    )
    charged = charge(case, outcome, accepted)
    shares = charged is not None and charged["kind"] in ("ratio", "ask")
    return {
        "outcome": outcome,
        "row": row,
        "charge": charged,
        "consent": consent(case, outcome),
        "queue": queue(case, row, outcome),
        "registration": registration(case, row),
        "returns": returns(case),
        "ask_for": must_ask_for(case, row, outcome),
        "never_ask_for": must_not_ask_for(case),
        "asks_for_the_share": charged is not None and charged["kind"] == "ask",
        "confirmed_by_numbers": row == 10 and says(case, 1, by="numbers"),
        "ratio_differs": shares and answer_and_paper_differ(case),
        "declared_ratio_ignored": shares and a_declared_ratio_is_ignored(case, accepted),
        "silent": silent(case, row),
    }


def silent(case: Json, row: int) -> set[str]:
    """Keys that the text leaves open in this case; the two policies may differ in them."""
    keys: set[str] = set()
    if row < 6 or row == 7:
        # Registration on the spot is spoken of from row 6 on, and not in an outage.
        keys.add("registration")
    if row != 10:
        # "confirmed" is a word of row 10; whether row 11's answer 1 is told with it as well is nobody's business.
        keys.add("confirmed_by_numbers")
    if papers_unlike_the_answer(case) and not answer_and_paper_differ(case):
        # A paper that prints something else, but is not in effect: it differs to the eye and not to the rule.
        keys.add("ratio_differs")
    return keys


def consent(case: Json, outcome: str) -> str | None:
    """“`ask` only for OK_ONLINE outside a limited site and a booking.”"""
    return "ask" if outcome == "OK_ONLINE" and case["site"] != "limited" and case["visit"] != "booking" else None


def queue(case: Json, row: int, outcome: str) -> str | None:
    """“four_items (PENDING_4INFO) · recheck (row 6 after answer 4 or in an outage, row 10 unless confirmed)”"""
    if outcome == "PENDING_4INFO":
        return "four_items"
    by_a_document_of_row_6 = outcome in ("OK_CERTIFICATE", "OK_OLD_CARD")
    if by_a_document_of_row_6 and (says(case, 4) or case["outage"]):
        return "recheck"
    return "recheck" if row == 10 and not says(case, 1, by="numbers") else None


def registration(case: Json, row: int) -> str | None:
    """“An unregistered card beside it: `registration` offer” (row 6), and row 8's; “declined” where none is left.

    A phone is no card: beside a paper it is offered where row 8 offers it, which is where it can be read.
    """
    devices = [device for device in shown(case, "myna_card", "smartphone") if not device["registered"]]
    open_yet = [device for device in devices if not device["registration_declined"]]
    cards = [device for device in open_yet if device["document"] == "myna_card"]
    if row == 8 or (row == 6 and (cards or any(device in devices_read_here(case) for device in open_yet))):
        return "offer"
    return "declined" if devices and not open_yet else None


def must_ask_for(case: Json, row: int, outcome: str) -> set[str]:
    """What the table and the bullets name. IDENTIFY: "the ways still open"."""
    if outcome == "IDENTIFY":
        return set().union(*(ways_still_open(case, device) for device in devices_of_row_9(case)))
    if outcome == "OK_DECLARATION":
        return set() if shown(case, "declaration") else {"declaration"}
    if outcome == "NOT_CONFIRMED" and row == 11:
        return {"numbers_query"}
    if outcome == "NOT_CONFIRMED" and row == 12:
        return {"myna_card", "portal"} - must_not_ask_for(case)
    return set()


def must_not_ask_for(case: Json) -> set[str]:
    """“A `face_only` holder is never asked for the portal”, nor for a PIN that is not there, locked or forgotten."""
    never: set[str] = set()
    devices = shown(case, "myna_card", "smartphone")
    if any(device.get("face_only") for device in devices):
        never.add("portal")
    if devices and all("pin" not in ways_still_open(case, device) for device in devices):
        never.add("pin")
    return never
