"""Who issues a 資格確認書, how one applies for it, how it arrives, and what a new member waits for.

This module alone knows the ways of applications and envelopes; for which reasons an insurer issues is
`certificate_grounds`'. It reads no clock. If it is wrong, a patient asks the employer for what lies in the letter box.
Facts: facts/reception.md §2.4, S0–S4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from eligibility.holidays import usable_from
from eligibility.insurer_profiles import InsurerProfile

Line = tuple[str, dict[str, str]]
"""One sentence: a message id and what fills it."""

UNTICKED_JOINER_DAYS = (30, 50)
"""Who did not tick 発行要否欄 is sent one this many days after 資格取得 (S3: 30～50日後)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody does on the way to a 資格確認書. `word` ends its message id."""

    word: str
    sources: tuple[str, ...]
    verified: bool = True
    """False: single places speak for all, or another insurer's rule is taken as a model."""


@dataclass(frozen=True, slots=True)
class Issue:
    """Who issues it, how to apply, and how it arrives, each in order."""

    profile: InsurerProfile
    apply: tuple[Step, ...]
    delivery: tuple[Step, ...]

    def message_ids(self) -> tuple[str, ...]:
        """The issuer, the steps of an application, then the ways of delivery."""
        return (
            f"issuer.{self.profile.value}",
            *(f"issuer.apply.{step.word}" for step in self.apply),
            *(f"issuer.delivery.{step.word}" for step in self.delivery),
        )


_MUNICIPAL_SOURCES = ("city.sagamihara.kanagawa.jp (1007842)", "city.uonuma.lg.jp/page/1027242.html")
_ELDERLY_SOURCES = ("saitama-koukikourei.org/seido/taisho/hokensho-2-2-2-2-2", "town.agui.lg.jp/0000007589.html")

ISSUES: dict[InsurerProfile, Issue] = {
    InsurerProfile.KYOKAI: Issue(
        InsurerProfile.KYOKAI,
        apply=(Step("tick_box", ("S3", "S0")), Step("form", ("S0",))),
        delivery=(
            Step("joiner_by_employer", ("S0", "S3")),
            Step("home", ("S2",)),
            Step("undelivered_to_employer", ("S2",)),
            Step("several_envelopes", ("S2",)),
        ),
    ),
    InsurerProfile.CHIBA_MEDICAL: Issue(
        InsurerProfile.CHIBA_MEDICAL,
        apply=(Step("tick_box", ("S1",)), Step("form_with_reason", ("S1",)), Step("tell_employer", ("S1",))),
        delivery=(Step("by_employer", ("S1",)), Step("voluntary_direct", ("S4 as a model",), verified=False)),
    ),
    InsurerProfile.COMPANY: Issue(
        InsurerProfile.COMPANY,
        apply=(Step("wish_box", ("S4",)),),
        delivery=(Step("by_employer", ("S4",)), Step("voluntary_direct", ("S4",))),
    ),
    InsurerProfile.NATIONAL: Issue(
        InsurerProfile.NATIONAL,
        apply=(Step("municipal_counter", _MUNICIPAL_SOURCES, verified=False),),
        delivery=(Step("to_household", _MUNICIPAL_SOURCES, verified=False),),
    ),
    InsurerProfile.ELDERLY: Issue(
        InsurerProfile.ELDERLY,
        apply=(Step("municipal_counter", _ELDERLY_SOURCES, verified=False),),
        delivery=(Step("by_post", _ELDERLY_SOURCES, verified=False),),
    ),
    InsurerProfile.OTHER: Issue(
        InsurerProfile.OTHER, apply=(Step("ask_insurer", ("reception.md §3",), verified=False),), delivery=()
    ),
}


def who_issues(profile: InsurerProfile) -> Issue:
    """From whom a 資格確認書 of that insurer comes, and how."""
    return ISSUES[profile]


def unticked_joiner_window(acquired_on: date) -> tuple[date, date]:
    """The days between which 協会けんぽ sends one to a joiner who did not tick the box (S3).

    `acquired_on` is the 資格取得年月日. Where the calendar of dates ends first (the year 9999), its last day.
    """
    room = date.max - acquired_on
    first, last = (acquired_on + min(timedelta(days=days), room) for days in UNTICKED_JOINER_DAYS)
    return first, last


def joining_lines(
    profile: InsurerProfile, *, acquired_on: date | None = None, accepted_on: date | None = None
) -> tuple[Line, ...]:
    """What a new member of that insurer waits for, in order; empty where no source says it.

    `acquired_on`: 資格取得年月日. `accepted_on`: the day 日本年金機構 accepted the 資格取得届. With them the lines name
    days (ISO), else spans.
    """
    if profile is InsurerProfile.KYOKAI:
        return (
            ("ground.joining.file_within_5_days", {}),
            ("ground.joining.number_on_the_form", {}),
            _usable(accepted_on),
            ("ground.joining.longer_without_number", {}),
            _unticked(acquired_on),
        )
    if profile is InsurerProfile.CHIBA_MEDICAL:
        return ("ground.joining.works_with_the_notice", {}), ("ground.joining.earlier_by_portal", {})
    return ()


def _usable(accepted_on: date | None) -> Line:
    if accepted_on is None:
        return "ground.joining.usable", {}
    earliest, latest = usable_from(accepted_on)
    return "ground.joining.usable_between", {"earliest": earliest.isoformat(), "latest": latest.isoformat()}


def _unticked(acquired_on: date | None) -> Line:
    if acquired_on is None:
        return "ground.joining.unticked", {}
    first, last = unticked_joiner_window(acquired_on)
    return "ground.joining.unticked_between", {"first": first.isoformat(), "last": last.isoformat()}
