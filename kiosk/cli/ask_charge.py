"""What a subject of `madoguchi ask` makes of the share and the table of yen, for one insurer and day.

What breaks if it is wrong: full charge stands beside a card that counts, or a share beside a checkup that costs
nothing. Facts: facts/reception.md §5, §13b.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # annotations only: heavy
    from eligibility.insurers import InsurerNumber
    from eligibility.topics import Topic
    from kiosk.cli.ask_question import Charge

_OLD_CARD = "old_card"
_GIVEN = "given"
"""The share was typed: `yen.why.given`."""


def on_day(topic: Topic, day: date) -> Topic:
    """The subject with the share it has on that day: a 健康保険証 counted until 2025-12-01 (reception.md §5)."""
    from eligibility.rule_dates import OLD_CARD_UNTIL
    from eligibility.topics import Share

    counts = topic.word == _OLD_CARD and day <= OLD_CARD_UNTIL.day
    return replace(topic, share=Share.RATIO) if counts else topic


def fitting(charge: Charge | None, topic: Topic | None, insurer: InsurerNumber | None) -> Charge | None:
    """The table as the best subject leaves it.

    None where nothing is charged; only everything where health insurance pays nothing. A share that was asked for by
    number stays as asked, and so does what an insurer 39… leaves open at any age.
    """
    from eligibility.charges import ELDERLY, FULL, UNKNOWN, payments
    from eligibility.insurers import InsurerKind
    from eligibility.topics import Share

    if charge is None or (topic is not None and topic.share is Share.NONE):
        return None
    if topic is not None and topic.share is Share.SELF_PAY:
        return replace(charge, payments=payments(charge.points, (FULL,)), why=("self_pay",))
    by_age, *others = charge.why
    if insurer is None or insurer.kind is not InsurerKind.ELDERLY or by_age in {UNKNOWN.word, ELDERLY.word}:
        return charge
    if by_age == _GIVEN:
        # There the age forbids no share.
        return replace(charge, why=(_GIVEN,))
    kept = tuple(payment for payment in charge.payments if payment.percent == FULL)
    return replace(charge, payments=(*payments(charge.points, ELDERLY.shares), *kept), why=(ELDERLY.word, *others))
