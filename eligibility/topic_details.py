"""What a subject of `ask` adds from the data of the insurers: reasons for a 資格確認書, returns, paths, languages.

This module alone turns those data into sections of lines. It holds no rule of its own. Where no insurer is known, only
what is general is told. If it is wrong, a member is told another insurer's rules. Facts: facts/reception.md §2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from eligibility.certificate_grounds import Way, grounds_for, not_grounds
from eligibility.certificate_issue import joining_lines, who_issues
from eligibility.documents import (
    ElderlyRecipientCertificate,
    EligibilityCertificate,
    EligibilityNotice,
    InsuranceCard,
)
from eligibility.guidance_lines import Line
from eligibility.help_lines import KYOKAI_MYNA
from eligibility.insurer_profiles import InsurerProfile
from eligibility.paths import EligibilityPath, in_time, worth
from eligibility.return_rules import Holding, return_rule
from eligibility.topic import Detail


class Mark(StrEnum):
    """What an item of a section is."""

    PLAIN = "plain"
    GIVES = "gives"
    LACKS = "lacks"


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its sentences, read one after the other."""

    lines: tuple[Line, ...]
    mark: Mark = Mark.PLAIN


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its items. `inline`: the items are single words, read in one line."""

    heading: Line
    items: tuple[Item, ...]
    inline: bool = False


def sections(detail: Detail | None, profile: InsurerProfile | None, on: date) -> tuple[Section, ...]:
    """The sections of a detail for members of an insurer (None: not known) on day `on`; those without items are left
    out."""
    found = () if detail is None else _found(detail, profile, on)
    return tuple(section for section in found if section.items)


def _found(detail: Detail, profile: InsurerProfile | None, on: date) -> tuple[Section, ...]:
    known = profile or InsurerProfile.OTHER
    match detail:
        case Detail.GROUNDS:
            return _grounds(known, on)
        case Detail.JOINING:
            lines = joining_lines(known)
            return (Section(("topic.detail.joining", {}), tuple(Item((line,)) for line in lines)),)
        case Detail.RETURNS:
            return (_returns(known, on, is_known=profile is not None),)
        case Detail.PATHS:
            return tuple(_path(path, known, on) for path in EligibilityPath if in_time(path, on))
        case Detail.LANGUAGES:
            words = tuple(_item(language) for language in KYOKAI_MYNA.language_ids())
            return (Section((f"help_line.{KYOKAI_MYNA.word}", {}), words, inline=True),)


def _item(*message_ids: str) -> Item:
    return Item(tuple((message_id, {}) for message_id in message_ids))


def _grounds(profile: InsurerProfile, on: date) -> tuple[Section, ...]:
    grounds = grounds_for(profile, on)
    issue = who_issues(profile)
    steps = (
        *(_item(f"issuer.apply.{step.word}") for step in issue.apply),
        *(_item(f"issuer.delivery.{step.word}") for step in issue.delivery),
    )
    by_way = tuple(
        Section(
            (f"ground.way.{way.value}", {}),
            tuple(
                _item(*(message_id for message_id in ground.message_ids() if message_id != ground.way_id))
                for ground in grounds
                if ground.way is way
            ),
        )
        for way in Way
    )
    refused = tuple(_item(wish.message_id) for wish in not_grounds(profile))
    return *by_way, Section(("topic.detail.no_grounds", {}), refused), Section((f"issuer.{profile.value}", {}), steps)


def _returns(profile: InsurerProfile, on: date, *, is_known: bool) -> Section:
    certificate = Holding(EligibilityCertificate.document, profile, on)
    card = Holding(InsuranceCard.document, profile, on)
    rules = (
        return_rule(holding)
        for holding in (
            replace(certificate, lost=True),
            replace(certificate, arrived_after_loss=True),
            replace(certificate, older_of_two=True),
            replace(certificate, expired=True),
            replace(card, lost=True),
            replace(card, expired=True),
            Holding(EligibilityNotice.document, profile, on),
            Holding(ElderlyRecipientCertificate.document, profile, on),
        )
    )
    # "Unverified for this insurer" says nothing where none was named.
    told = (rule if is_known else replace(rule, verified=True) for rule in dict.fromkeys(rules))
    return Section(("topic.detail.returns", {}), tuple(_item(*rule.message_ids()) for rule in told))


def _path(path: EligibilityPath, profile: InsurerProfile, on: date) -> Section:
    value = worth(path, profile, on)
    gives = (replace(_item(f"path.gives.{point.word}"), mark=Mark.GIVES) for point in value.gives)
    lacks = (replace(_item(f"path.lacks.{point.word}"), mark=Mark.LACKS) for point in value.lacks)
    return Section((f"path.{path.value}", {}), (*gives, *lacks))
