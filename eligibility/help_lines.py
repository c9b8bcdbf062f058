"""Whom to call: the public help lines, what each is for, and whether somebody answers now.

This module alone holds the numbers and hours. They are printed data, not a promise: each line names its sources, the
newest dated one, and whether a seed prints it. It reads no clock: the moment is an argument. If it is wrong, a patient
stands at the desk with a telephone that nobody answers. Facts: facts/reception.md §9, S0, S2, S3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from eligibility.insurer_profiles import InsurerProfile
from eligibility.opening_hours import ALL_DAY, Hours, OpenState, WeekHours, open_state

THREE_WAY_LANGUAGES = (
    "en",
    "zh",
    "ko",
    "es",
    "tl",
    "pt",
    "vi",
    "th",
    "id",
    "ne",
    "my",
    "fr",
    "de",
    "it",
    "ru",
    "ms",
    "km",
    "mn",
    "si",
    "hi",
    "bn",
    "ur",
)
"""The 22 languages of the call between caller, operator and interpreter, in S0's order (ISO 639-1).

S0 announces them (対応予定); that each is served today is unverified.
"""


class Audience(StrEnum):
    """Who may call."""

    PATIENT = "patient"
    STAFF = "staff"
    """Institutions only."""


class Topic(StrEnum):
    """What a line is for."""

    MYNA_INSURANCE = "myna_insurance"
    ONLINE_QUALIFICATION = "online_qualification"
    ELIGIBILITY_NOTICE = "eligibility_notice"
    ELIGIBILITY_CERTIFICATE = "eligibility_certificate"
    CERTIFICATE_NOT_ARRIVED = "certificate_not_arrived"
    LAST_FOUR_DIGITS = "last_four_digits"
    """The お知らせ names other last four digits than the person's own."""
    MYNUMBER_CARD = "mynumber_card"
    PORTAL = "portal"
    MYNUMBER_SYSTEM = "mynumber_system"
    LOSS = "loss"
    """Loss or theft of the card, or of a phone that carries its certificates."""
    INSTITUTION = "institution"
    """オンライン資格確認 as the institution sees it: its terminals and its messages."""
    OUTAGE_MODE = "outage_mode"
    """Opening システム障害時モード (reception.md §6.6)."""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One service under one number, with its hours.

    `profile` limits the line to one insurer's members. `as_of` is the day of the newest source that is dated, None
    where none is. `verified` is False where no seed prints the line.
    """

    word: str
    number: str
    audience: Audience
    topics: tuple[Topic, ...]
    week: WeekHours
    sources: tuple[str, ...]
    as_of: date | None
    verified: bool = True
    profile: InsurerProfile | None = None
    languages: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def message_ids(self) -> tuple[str, ...]:
        """What there is to say about the line: name, hours, audience, members, topics, notes, and how sure we are.

        `help_line.as_of` takes the parameter `date`.
        """
        return (
            f"help_line.{self.word}",
            f"help_line.{self.word}.hours",
            f"help_line.for.{self.audience.value}",
            *(() if self.profile is None else (f"help_line.members.{self.profile.value}",)),
            *(f"help_line.topic.{topic.value}" for topic in self.topics),
            *(f"help_line.note.{note}" for note in self.notes),
            *(() if self.as_of is None else ("help_line.as_of",)),
            *(() if self.verified else ("help_line.unverified",)),
        )

    def language_ids(self) -> tuple[str, ...]:
        """The names of the languages that are spoken, in the source's order."""
        return tuple(f"language.{language}" for language in self.languages)


_FREE_DIAL = "0120-95-0178"
_FREE_DIAL_HOLIDAY = Hours(time(9, 30), time(17, 30))
_CENTRE = "0800-080-4583"
_CENTRE_SOURCES = ("reception.md §9: ons.planetworks.co.jp/?p=2319", "reception.md §9: hodanren 2024-01-05")

KYOKAI_MYNA = HelpLine(
    "kyokai_myna",
    "0570-015-369",
    Audience.PATIENT,
    (
        Topic.MYNA_INSURANCE,
        Topic.ONLINE_QUALIFICATION,
        Topic.ELIGIBILITY_NOTICE,
        Topic.ELIGIBILITY_CERTIFICATE,
        Topic.CERTIFICATE_NOT_ARRIVED,
        Topic.LAST_FOUR_DIGITS,
    ),
    week=WeekHours(
        weekday=Hours(time(8, 30), time(17, 15)),
        saturday=None,
        sunday=None,
        holiday=None,
        closed_at_year_end=True,
    ),
    sources=("S0", "S2", "S3"),
    as_of=date(2025, 6, 12),
    profile=InsurerProfile.KYOKAI,
    languages=THREE_WAY_LANGUAGES,
    notes=("not_a_branch", "three_way"),
)
"""協会けんぽマイナンバー専用ダイヤル.

S3 prints 2026-02-27 as the last day of something it opened: of its special site, it seems (reception.md §9). That it
means this line is not ruled out.
"""

MYNUMBER = HelpLine(
    "mynumber",
    _FREE_DIAL,
    Audience.PATIENT,
    (Topic.MYNUMBER_CARD, Topic.PORTAL, Topic.MYNUMBER_SYSTEM),
    week=WeekHours(
        weekday=Hours(time(9, 30), time(20)),
        saturday=_FREE_DIAL_HOLIDAY,
        sunday=_FREE_DIAL_HOLIDAY,
        holiday=_FREE_DIAL_HOLIDAY,
        closed_at_year_end=True,
    ),
    sources=("S0", "S3 (年末年始を除く)", "terumokenpo.or.jp/info/topics/20240910.html"),
    as_of=date(2024, 9, 10),
)
"""マイナンバー総合フリーダイヤル. S0 does not say that it rests at 年末年始; S3 does."""

MYNUMBER_LOSS = HelpLine(
    "mynumber_loss",
    _FREE_DIAL,
    Audience.PATIENT,
    (Topic.LOSS,),
    week=WeekHours(
        weekday=ALL_DAY,
        saturday=ALL_DAY,
        sunday=ALL_DAY,
        holiday=ALL_DAY,
        closed_at_year_end=False,
    ),
    sources=("S3 (24時間受付)", "city.nomi.ishikawa.jp/www/contents/1001000000043 (24時間365日)"),
    as_of=None,
)
"""The same number for loss and theft: day and night, at 年末年始 too."""

QUALIFICATION_CENTRE = HelpLine(
    "qualification_centre",
    _CENTRE,
    Audience.STAFF,
    (Topic.INSTITUTION,),
    week=WeekHours(
        weekday=Hours(time(8), time(18)),
        saturday=Hours(time(8), time(16)),
        sunday=None,
        holiday=None,
        # The sources name holidays only. Staff who call in vain lose a minute; staff who do not call lose the line.
        closed_at_year_end=False,
    ),
    sources=_CENTRE_SOURCES,
    as_of=date(2024, 1, 5),
    verified=False,
)
"""オンライン資格確認等コールセンター, for institutions. No seed names it: public pages, medium confidence."""

QUALIFICATION_CENTRE_OUTAGE = HelpLine(
    "qualification_centre_outage",
    _CENTRE,
    Audience.STAFF,
    (Topic.OUTAGE_MODE,),
    week=WeekHours(
        weekday=Hours(time(9), time(17)),
        saturday=None,
        sunday=None,
        holiday=None,
        closed_at_year_end=False,
    ),
    sources=_CENTRE_SOURCES,
    as_of=date(2024, 1, 5),
    verified=False,
    notes=("outage_call_back",),
)
"""The same number for opening システム障害時モード."""

HELP_LINES = (KYOKAI_MYNA, MYNUMBER, MYNUMBER_LOSS, QUALIFICATION_CENTRE, QUALIFICATION_CENTRE_OUTAGE)
"""Patients' lines first."""


def state(line: HelpLine, at: datetime) -> OpenState:
    """Whether somebody answers at the moment `at` (with a time zone), else when next.

    Raises:
        ValueError: `at` has no time zone: a mistake of the program.
    """
    return open_state(line.week, at, verified=line.verified)


def state_message(now: OpenState) -> tuple[str, dict[str, str]]:
    """What to say about a line's state, as a message id and parameters: `time` as 17:15, `date` as 2026-11-24."""
    if now.open:
        return ("help_line.open_until", {"time": _clock(now.until)}) if now.until else ("help_line.open", {})
    if now.opens_at is None:
        return "help_line.closed", {}
    return "help_line.opens_at", {"date": now.opens_at.date().isoformat(), "time": _clock(now.opens_at)}


def lines_for(topic: Topic, profile: InsurerProfile | None = None) -> tuple[HelpLine, ...]:
    """The lines for a topic. Where the insurer is known, a line of another insurer is left out."""
    return tuple(
        line
        for line in HELP_LINES
        if topic in line.topics and (profile is None or line.profile is None or line.profile is profile)
    )


def _clock(moment: datetime) -> str:
    return f"{moment.hour}:{moment.minute:02}"
