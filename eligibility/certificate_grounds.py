"""Why a person may get a 資格確認書, per insurer and day.

This module alone holds the grounds: those somebody applies on (申請), and those on which the insurer acts by itself
(職権). Who then sends it is `certificate_issue`'s. If it is wrong, somebody is sent to apply for what comes by itself,
or is promised what the insurer refuses. Facts: facts/reception.md §2.4, §3, §13b, S0–S4.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from eligibility.insurer_profiles import InsurerProfile
from eligibility.rule_dates import ELDERLY_CERTIFICATE_FOR_ALL_UNTIL, OLD_CARD_ISSUED_UNTIL, OLD_CARD_UNTIL

_ONE_DAY = timedelta(days=1)
_NOTES = {
    # One clinic's page (reception.md §3: tagoclinic.or.jp/2025/11/23): unverified, and said so.
    "certificate_expired": "mailed_after_grace",
}
_FIRST_DAY = OLD_CARD_ISSUED_UNTIL.day + _ONE_DAY
"""A 資格確認書 is issued from the day on which 健康保険証 no longer is."""


class Way(StrEnum):
    """Who has to act."""

    APPLICATION = "application"
    """申請: the person (or the employer for the person) applies."""
    EX_OFFICIO = "ex_officio"
    """職権: the insurer sends it without an application."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason for which an insurer issues a 資格確認書, on the days from `first` to `last` (None: no end)."""

    word: str
    way: Way
    sources: tuple[str, ...]
    first: date = _FIRST_DAY
    last: date | None = None
    verified: bool = True
    """False: one place speaks for all, or it is our reading."""

    def holds_on(self, day: date) -> bool:
        """Whether the ground counts on that day."""
        return self.first <= day and (self.last is None or day <= self.last)

    @property
    def message_id(self) -> str:
        """The sentence that says it."""
        return f"ground.{self.word}"

    @property
    def way_id(self) -> str:
        """The sentence that says who has to act."""
        return f"ground.way.{self.way.value}"

    def message_ids(self) -> tuple[str, ...]:
        """All there is to say: the ground, who has to act, a note, and how sure we are."""
        note = (f"ground.note.{_NOTES[self.word]}",) if self.word in _NOTES else ()
        return (self.message_id, self.way_id, *note, *(() if self.verified else ("ground.unverified",)))


@dataclass(frozen=True, slots=True)
class NotAGround:
    """What people ask for and no insurer issues it for."""

    word: str
    sources: tuple[str, ...]

    @property
    def message_id(self) -> str:
        """The sentence that says it."""
        return f"ground.not.{self.word}"


_GENERAL = "reception.md §3"
_ELDERLY_CHANGES = ELDERLY_CERTIFICATE_FOR_ALL_UNTIL.day + _ONE_DAY
_ELDERLY_SOURCES = ("reception.md §13b", "saitama-koukikourei.org/seido/taisho/hokensho-2-2-2-2-2")


def _applied(word: str, *sources: str, last: date | None = None, verified: bool = True) -> Ground:
    return Ground(word, Way.APPLICATION, sources, last=last, verified=verified)


def _ex_officio(word: str, *sources: str) -> Ground:
    return Ground(word, Way.EX_OFFICIO, sources)


_PROTECTED = _ex_officio("self_info_refused", _GENERAL, "reception.md §7")
"""自己情報提供不可フラグ: of every insurer, as the card is closed to the person. No seed lists it, S1 neither."""

_GENERAL_GROUNDS = (
    _applied("lost_or_renewing", _GENERAL),
    _applied("needs_helper", _GENERAL),
    _ex_officio("no_card", _GENERAL),
    _ex_officio("not_registered", _GENERAL),
    _ex_officio("deregistered", _GENERAL),
    _ex_officio("certificate_expired", _GENERAL),
    _ex_officio("card_returned", _GENERAL),
)
"""What holds where no seed speaks for the insurer."""

GROUNDS: dict[InsurerProfile, tuple[Ground, ...]] = {
    InsurerProfile.KYOKAI: (
        _applied("joiner_ticks_box", "S3", "S0"),
        _applied("application_form", "S0"),
        _applied("lost_or_renewing", _GENERAL),
        _applied("needs_helper", _GENERAL),
        _ex_officio("no_card", "S2", "S0"),
        _ex_officio("number_not_submitted", "S2", "S0"),
        _ex_officio("not_registered", "S2", "S0"),
        _ex_officio("deregistered", _GENERAL),
        _ex_officio("certificate_expired", "S2"),
        _ex_officio("card_returned", _GENERAL),
        _ex_officio("joiner_did_not_tick", "S3", "S0"),
        _PROTECTED,
    ),
    # Exactly two by application: every other reason is refused (S1).
    InsurerProfile.CHIBA_MEDICAL: (
        _applied("lost_or_renewing", "S1"),
        _applied("needs_helper", "S1"),
        _ex_officio("no_card", "S1"),
        _ex_officio("not_registered", "S1"),
        _ex_officio("deregistered", "S1"),
        _ex_officio("certificate_expired", "S1"),
        _ex_officio("card_returned", "S1"),
        _PROTECTED,
    ),
    # A to G of August 2024, what October 2024 adds, and those who hold card and 資格確認書.
    InsurerProfile.COMPANY: (
        _applied("lost_or_renewing", "S4 (A)"),
        _applied("needs_helper", "S4 (B)"),
        _applied("new_joiner", "S4 (2024-10)"),
        _applied("old_card_lost", "S4 (2024-10)", last=OLD_CARD_UNTIL.day),
        # S4 does not say by which way. It is a need of the holder, which nobody else can know.
        _applied("entrusted", "S4 (2024-08)", verified=False),
        _ex_officio("no_card", "S4 (C)"),
        _ex_officio("not_registered", "S4 (D)"),
        _ex_officio("deregistered", "S4 (E)"),
        _ex_officio("certificate_expired", "S4 (F)"),
        _ex_officio("card_returned", "S4 (G)"),
        _PROTECTED,
    ),
    InsurerProfile.NATIONAL: (*_GENERAL_GROUNDS, _PROTECTED),
    InsurerProfile.ELDERLY: (
        Ground(
            "elderly_everyone",
            Way.EX_OFFICIO,
            (ELDERLY_CERTIFICATE_FOR_ALL_UNTIL.source,),
            last=ELDERLY_CERTIFICATE_FOR_ALL_UNTIL.day,
            verified=False,
        ),
        # One 広域連合 prints this; a municipality elsewhere names the general reasons only (city.uonuma.lg.jp).
        Ground("elderly_on_request", Way.APPLICATION, _ELDERLY_SOURCES, first=_ELDERLY_CHANGES, verified=False),
        Ground("elderly_from_85", Way.EX_OFFICIO, _ELDERLY_SOURCES, first=_ELDERLY_CHANGES, verified=False),
        *(replace(ground, first=_ELDERLY_CHANGES) for ground in _GENERAL_GROUNDS),
        _PROTECTED,
    ),
    InsurerProfile.OTHER: (*_GENERAL_GROUNDS, _PROTECTED),
}
"""Per insurer, in the order of its sources."""

_NOT_ENOUGH = {
    InsurerProfile.KYOKAI: ("S3 (only who has no マイナ保険証)", _GENERAL),
    InsurerProfile.CHIBA_MEDICAL: ("S1 (no other reasons)",),
    InsurerProfile.COMPANY: (_GENERAL,),
    InsurerProfile.NATIONAL: ("reception.md §3: city.hiroshima.lg.jp",),
    InsurerProfile.OTHER: (_GENERAL,),
}


def grounds_for(profile: InsurerProfile, on: date) -> tuple[Ground, ...]:
    """For which reasons that insurer issues one on day `on`, those to apply on first; none before 2024-12-02."""
    holding = [ground for ground in GROUNDS[profile] if ground.holds_on(on)]
    return tuple(ground for way in Way for ground in holding if ground.way is way)


def not_grounds(profile: InsurerProfile) -> tuple[NotAGround, ...]:
    """What is no reason: "just in case", disliking the card.

    Empty for 後期高齢者医療, which sends it to everybody and later to whoever asks. 千葉県医業健康保険組合 refuses all
    that it does not name (S1).
    """
    sources = _NOT_ENOUGH.get(profile, ())
    words = ("just_in_case", "dislikes_card") if sources else ()
    others = ("other_reasons",) if profile is InsurerProfile.CHIBA_MEDICAL else ()
    return tuple(NotAGround(word, sources) for word in (*others, *words))
