"""The days on which the rules of the counter change, each with its source. All are inclusive days in Japan.

This module alone holds them, so that a new notice changes one line here and no code. A date that no public page
confirms says so. If one is wrong, a whole period is decided wrongly. Facts: facts/reception.md §1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RuleDate:
    """One day the rules turn on. `source` is where the fact sheet has it, with the notice or page it names."""

    word: str
    day: date
    source: str


LENIENCY_NATIONAL_FROM = RuleDate(
    "leniency_national_from",
    date(2025, 6, 27),
    "reception.md §1: notice of 2025-06-27 for 国保, extended to 後期高齢 on 2025-08-04 (§5); "
    "hodanren.doc-net.or.jp/info/news/2025-06-30",
)
"""An expired 健康保険証 or お知らせ alone of 国保 or 後期高齢 may count after a query by numbers."""

SMARTPHONE_FROM = RuleDate("smartphone_from", date(2025, 9, 19), "reception.md §1: ascii.jp/elem/000/004/316/4316751")
"""The phone counts at equipped sites."""

OLD_CARD_UNTIL = RuleDate(
    "old_card_until", date(2025, 12, 1), "reception.md §1: 協会けんぽ 福岡支部 2024, 協会けんぽ letter of 2025-06-12"
)
"""The last day of every issued 健康保険証."""

LENIENCY_ALL_FROM = RuleDate(
    "leniency_all_from",
    date(2025, 12, 2),
    "reception.md §1: notice of 2025-11-12; hodanren.doc-net.or.jp/info/news/2025-11-12-4",
)
"""The leniency covers every insurer."""

LENIENCY_UNTIL = RuleDate(
    "leniency_until",
    date(2026, 3, 31),
    "reception.md §1: MHLW reminder of 2026-01-09 (enomoto-cc.jp/information/information-1806), "
    "news.livedoor.com/topics/detail/30634237; no extension was found (unverified)",
)
"""The last day of the leniency."""

RULE_DATES = (LENIENCY_NATIONAL_FROM, SMARTPHONE_FROM, OLD_CARD_UNTIL, LENIENCY_ALL_FROM, LENIENCY_UNTIL)
"""In the order of the calendar."""
