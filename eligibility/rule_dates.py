"""The days on which the rules of the counter change, each with its source. All are inclusive days in Japan.

This module is the data file of the rules: a new notice changes one line here and no code. A day that the sources only
announce, or on which they say nothing certain, is marked unverified; such a day, and no other, can be moved by the
settings. If one is wrong, a whole period is decided wrongly. Facts: facts/reception.md §1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from eligibility.errors import FieldError

SEEDS = {
    "S0": "全国健康保険協会 福岡支部「医療機関等の受診はマイナ保険証で」2024年",
    "S1": "千葉県医業健康保険組合「健康保険証は令和6年12月2日以降、新規発行・再発行ともに終了となります」2024年",
    "S2": "全国健康保険協会「職権発行による資格確認書の送付について(協力依頼)」2025年6月12日 とチラシ",
    "S3": "全国健康保険協会「保険証のルールが変わります。」事業主向けチラシ",
    "S4": "ある健康保険組合の「資格情報のお知らせ」ほか 2024年8月・10月",
}
"""The documents that the rules come from first; where they speak they win over every other source."""


class Use(StrEnum):
    """What a date is for."""

    DECIDES = "decides"
    """The decision turns on it."""
    GUIDES = "guides"
    """It changes what the desk says, never what is decided."""
    BACKGROUND = "background"
    """It explains how things came to be."""


@dataclass(frozen=True, slots=True)
class RuleDate:
    """One day the rules turn on. `source` is the notice or page that has it; S0–S4 are the documents of `SEEDS`."""

    word: str
    day: date
    source: str
    use: Use = Use.DECIDES
    verified: bool = True
    """False: announced in advance, one weak source, or no source for how long it holds. It can be moved."""


ONLINE_QUALIFICATION_FROM = RuleDate(
    "online_qualification_from",
    date(2021, 10, 20),
    "nicho.co.jp/pharmacy/kakaritsuke/myna",
    Use.BACKGROUND,
)
"""オンライン資格確認 in full operation."""

ONLINE_QUALIFICATION_OBLIGATORY = RuleDate(
    "online_qualification_obligatory",
    date(2023, 4, 1),
    "news.livedoor.com/article/detail/29681264 (the month only)",
    Use.BACKGROUND,
)
"""Institutions are obliged to offer it, in principle."""

FACE_ONLY_CARD_FROM = RuleDate("face_only_card_from", date(2023, 12, 15), "kyotoihou.t-reader.jp/?p=19011", Use.GUIDES)
"""顔認証マイナンバーカード, a card without a PIN."""

CONSENT_SCREENS_CHANGED = RuleDate(
    "consent_screens_changed",
    date(2024, 10, 7),
    "media.shaho.co.jp/n/nf650364b1e76; it overtakes the flyer that asks consent for 限度額 (S2)",
    Use.GUIDES,
)
"""No consent screen for 限度額 any more; 包括同意 added."""

OLD_CARD_ISSUED_UNTIL = RuleDate("old_card_issued_until", date(2024, 12, 1), "S0, S1, S2 (letter of 2025-06-12), S4")
"""The last day on which a 健康保険証 was issued; 資格確認書 from the day after."""

VISUAL_ON_READER_FROM = RuleDate(
    "visual_on_reader_from",
    date(2025, 4, 1),
    "wic-net.com/material/document/22095/12 (the month only)",
    Use.GUIDES,
)
"""目視確認 on the reader itself, with the facility's passcode."""

LENIENCY_NATIONAL_FROM = RuleDate(
    "leniency_national_from",
    date(2025, 6, 27),
    "notice of 2025-06-27 for 国保, extended to 後期高齢者 on 2025-08-04; hodanren.doc-net.or.jp/info/news/2025-06-30",
)
"""An expired 健康保険証 or お知らせ alone of 国保 or 後期高齢 may count after a query by numbers."""

NATIONAL_CARD_LIMIT = RuleDate("national_card_limit", date(2025, 7, 31), "city.yonago.lg.jp/1148.htm", Use.GUIDES)
"""The limit that most cards of 国保 and 後期高齢者医療 print."""

SMARTPHONE_FROM = RuleDate("smartphone_from", date(2025, 9, 19), "ascii.jp/elem/000/004/316/4316751")
"""The phone counts at equipped sites."""

LENIENCY_NOTICE = RuleDate(
    "leniency_notice",
    date(2025, 11, 12),
    "hodanren.doc-net.or.jp/info/news/2025-11-12-4",
    Use.BACKGROUND,
)
"""The notice that extends the leniency to every insurer."""

OLD_CARD_UNTIL = RuleDate("old_card_until", date(2025, 12, 1), "S0, S1, S2, S3, S4")
"""The last day of every issued 健康保険証."""

LENIENCY_ALL_FROM = RuleDate(
    "leniency_all_from",
    date(2025, 12, 2),
    "notice of 2025-11-12; hodanren.doc-net.or.jp/info/news/2025-11-12-4",
)
"""The leniency covers every insurer."""

LENIENCY_REMINDER = RuleDate(
    "leniency_reminder",
    date(2026, 1, 9),
    "enomoto-cc.jp/information/information-1806",
    Use.GUIDES,
)
"""The ministry's reminder that the leniency is no permit to go on: people are not to repeat it."""

LENIENCY_UNTIL = RuleDate(
    "leniency_until",
    date(2026, 3, 31),
    "reminder of 2026-01-09 (enomoto-cc.jp/information/information-1806), "
    "news.livedoor.com/topics/detail/30634237; whether it was extended was not found either way",
    verified=False,
)
"""The last day of the leniency."""

READER_SUPPORT_UNTIL = RuleDate(
    "reader_support_until",
    date(2026, 3, 31),
    "wic-net.com/material/document/19438/11 (in stages from this day)",
    Use.GUIDES,
    verified=False,
)
"""Maintenance of the first-generation readers begins to end."""

ELDERLY_CERTIFICATE_FOR_ALL_UNTIL = RuleDate(
    "elderly_certificate_for_all_until",
    date(2026, 7, 31),
    "city.fukushima.fukushima.jp/soshiki/7/1030/3/13609.html, limo.media/articles/-/90643; announced in advance",
    Use.GUIDES,
    verified=False,
)
"""The last day on which 後期高齢者医療 sends everybody a 資格確認書: who is sent one changes, not what is accepted."""

CHIBA_CERTIFICATE_LIMIT = RuleDate("chiba_certificate_limit", date(2029, 12, 1), "S1 (some are shorter)", Use.GUIDES)
"""The limit that 千葉県医業健康保険組合 prints on its 資格確認書."""

RULE_DATES = (
    ONLINE_QUALIFICATION_FROM,
    ONLINE_QUALIFICATION_OBLIGATORY,
    FACE_ONLY_CARD_FROM,
    CONSENT_SCREENS_CHANGED,
    OLD_CARD_ISSUED_UNTIL,
    VISUAL_ON_READER_FROM,
    LENIENCY_NATIONAL_FROM,
    NATIONAL_CARD_LIMIT,
    SMARTPHONE_FROM,
    LENIENCY_NOTICE,
    OLD_CARD_UNTIL,
    LENIENCY_ALL_FROM,
    LENIENCY_REMINDER,
    LENIENCY_UNTIL,
    READER_SUPPORT_UNTIL,
    ELDERLY_CERTIFICATE_FOR_ALL_UNTIL,
    CHIBA_CERTIFICATE_LIMIT,
)
"""In the order of the calendar."""


MOVABLE = tuple(rule.word for rule in RULE_DATES if not rule.verified)
"""The days that the settings can move: those without a firm source."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The days that decisions turn on and those that can be moved: as above, unless an unverified one was moved."""

    old_card_issued_until: date = OLD_CARD_ISSUED_UNTIL.day
    leniency_national_from: date = LENIENCY_NATIONAL_FROM.day
    smartphone_from: date = SMARTPHONE_FROM.day
    old_card_until: date = OLD_CARD_UNTIL.day
    leniency_all_from: date = LENIENCY_ALL_FROM.day
    leniency_until: date = LENIENCY_UNTIL.day
    reader_support_until: date = READER_SUPPORT_UNTIL.day
    elderly_certificate_for_all_until: date = ELDERLY_CERTIFICATE_FOR_ALL_UNTIL.day

    def moved(self, word: str, day: date) -> Rules:
        """These rules with one day moved.

        Raises:
            FieldError: `rules.unknown_date` with `known`, the days that can be moved; `rules.verified_date` for a day
                that has a firm source and stays where it is; `rules.too_early` with `first`, where a leniency would end
                before it holds for everybody.
        """
        if word not in MOVABLE:
            known = any(word == rule.word for rule in RULE_DATES)
            raise FieldError("rules.verified_date" if known else "rules.unknown_date", known=", ".join(MOVABLE))
        if word == LENIENCY_UNTIL.word and day < self.leniency_all_from:
            raise FieldError("rules.too_early", first=self.leniency_all_from.isoformat())
        return replace(self, **{word: day})


STANDARD_RULES = Rules()
"""What holds where nobody moved anything."""
