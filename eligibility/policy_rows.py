"""The order of the rows: the first that fits wins (design.md §5).

This module alone owns the order; what each row says is in `policy_rows_first` and `policy_rows_later`. If the order
changes, people are sent down the wrong path: the order is the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from eligibility import policy_rows_first as first
from eligibility import policy_rows_later as later
from eligibility.case import Case
from eligibility.policy_verdict import Passed, Verdict
from eligibility.rule_dates import Rules


def way_through(case: Case, rules: Rules) -> Iterator[Verdict | Passed]:
    """The rows one by one until one fits: every `Passed`, then one Verdict. The last row always fits."""
    rows = iter(_ROWS)
    while isinstance(step := next(rows)(case, rules), Passed):
        yield step
    yield step


def first_fitting_row(case: Case, rules: Rules) -> Verdict:
    """The verdict of the first row that fits."""
    return next(step for step in way_through(case, rules) if isinstance(step, Verdict))


_ROWS: tuple[Callable[[Case, Rules], Verdict | Passed], ...] = (
    first.row_1_disaster,
    first.row_2_self_info_refused,
    first.row_3_not_this_person,
    first.row_4_online,
    first.row_5_ask_again,
    first.row_6_certifying_paper,
    first.row_7_outage,
    later.row_8_not_registered,
    later.row_9_not_asked_by_card,
    later.row_10_card_in_hand,
    later.row_11_leniency,
    later.row_12_phone,
    later.row_13_nothing,
)
