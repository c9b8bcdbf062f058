"""What a subject of `ask` adds from the data of the insurers: reasons for a 資格確認書, returns, paths, shares …

This module alone turns those data into sections of lines, and marks what is unverified. It holds no rule of its own.
Where no insurer is known, only what is general is told. If it is wrong, a member is told another insurer's rules.
Facts: facts/reception.md §2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from eligibility.certificate_grounds import Way, grounds_for, not_grounds
from eligibility.certificate_issue import Step, joining_lines, who_issues
from eligibility.documents import (
    ElderlyRecipientCertificate,
    EligibilityCertificate,
    EligibilityNotice,
    InsuranceCard,
)
from eligibility.guidance_lines import Line
from eligibility.help_lines import KYOKAI_MYNA
from eligibility.insurer_profiles import BASES, InsurerProfile
from eligibility.notice_reissue import reissue_of
from eligibility.papers.fields import PaperField
from eligibility.papers.form_types import PaperForm
from eligibility.papers.forms import DECLARATION, FORMS, RECIPIENT_CERTIFICATE, where_printed
from eligibility.paths import EligibilityPath, Point, in_time, worth
from eligibility.return_rules import Holding, return_rule
from eligibility.rule_dates import OLD_CARD_UNTIL
from eligibility.topic import Detail, Topic

_UNVERIFIED: Line = ("detail.unverified", {})
_SHARE_IS_ASKED_FOR = frozenset({"recipient_certificate", "seventies", "share_by_age"})
"""The subjects that add where the share is printed."""
_NOTICE_IS_ASKED_FOR = frozenset({"notice_with_card", "notice_only"})
"""The subjects that add how a lost お知らせ is had again."""


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


def details_of(topic: Topic, profile: InsurerProfile | None, on: date) -> tuple[Section, ...]:
    """All that a subject adds for members of an insurer (None: not known) on day `on`.

    Where insurers differ and one of a kind stands for all of it, the last section says so.
    """
    found = sections(topic.detail, profile, on)
    if topic.word in _SHARE_IS_ASKED_FOR:
        found += _share_places(profile)
    if topic.word in _NOTICE_IS_ASKED_FOR:
        found += _reissue(profile)
    if profile is None or not BASES[profile].model or all(section.inline for section in found):
        return found
    return *found, Section(("detail.basis", {}), (_item(f"detail.basis.{profile.value}"),))


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
            return (_returns(profile, on),)
        case Detail.PATHS:
            return tuple(_path(path, known, on) for path in EligibilityPath if in_time(path, on))
        case Detail.LANGUAGES:
            # The line is for its members only.
            words = KYOKAI_MYNA.language_ids() if profile in {None, KYOKAI_MYNA.profile} else ()
            return (Section(("detail.languages", {}), tuple(map(_item, words)), inline=True),)


def _item(*message_ids: str) -> Item:
    return Item(tuple((message_id, {}) for message_id in message_ids))


def _marked(message_id: str, told: Step | Point, mark: Mark = Mark.PLAIN) -> Item:
    """One sentence, and behind it that it is unverified where it is."""
    unsure = () if told.verified else (_UNVERIFIED,)
    return Item(((message_id, {}), *unsure), mark)


def _grounds(profile: InsurerProfile, on: date) -> tuple[Section, ...]:
    grounds = grounds_for(profile, on)
    issue = who_issues(profile)
    steps = (
        *(_marked(f"issuer.apply.{step.word}", step) for step in issue.apply),
        *(_marked(f"issuer.delivery.{step.word}", step) for step in issue.delivery),
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


def _returns(profile: InsurerProfile | None, on: date) -> Section:
    known = profile or InsurerProfile.OTHER
    certificate = Holding(EligibilityCertificate.document, known, on)
    card = Holding(InsuranceCard.document, known, on)
    # What was lost while it counted goes back on later days too (S0, S1, S2).
    lost_card = replace(card, lost_on=min(on, OLD_CARD_UNTIL.day))
    # Without a number S2's rule for 任意継続 is told all the same: its words say whose it is.
    voluntary = replace(lost_card, profile=profile or InsurerProfile.KYOKAI, voluntary=True)
    rules = (
        return_rule(holding)
        for holding in (
            replace(certificate, lost=True),
            replace(certificate, lost=True, voluntary=True),
            replace(certificate, arrived_after_loss=True),
            replace(certificate, older_of_two=True),
            replace(certificate, expired=True),
            lost_card,
            voluntary,
            replace(card, expired=True),
            Holding(EligibilityNotice.document, known, on),
            Holding(ElderlyRecipientCertificate.document, known, on),
        )
    )
    return Section(("topic.detail.returns", {}), tuple(_item(*rule.message_ids()) for rule in dict.fromkeys(rules)))


def _share_places(profile: InsurerProfile | None) -> tuple[Section, ...]:
    """Where the share of a person of 70–74 is printed, and where not (reception.md §2.3).

    Without a number, the insurers whose own papers were seen are told: the forms' names say whose they are.
    """
    told = [known for known in InsurerProfile if known is profile or (profile is None and not BASES[known].model)]
    printed = dict.fromkeys(form for known in told for form in where_printed(PaperField.BURDEN_RATIO, known))
    # What the patient writes is declared, not printed.
    printed.pop(DECLARATION, None)
    missing = [form for form in FORMS if form.issuer in told and PaperField.BURDEN_RATIO in form.lacks]
    issues_none = [known for known in told if known in RECIPIENT_CERTIFICATE.never_from]
    items = (
        *(_place(form, Mark.GIVES) for form in printed),
        *(_place(form, Mark.LACKS) for form in missing),
        *(replace(_item(f"detail.no_recipient.{none.value}"), mark=Mark.LACKS) for none in issues_none),
    )
    return (Section(("detail.share_places", {}), items),)


def _place(form: PaperForm, mark: Mark) -> Item:
    unsure = (_UNVERIFIED,) if PaperField.BURDEN_RATIO in form.unverified else ()
    return Item(((f"paper.form.{form.word}", {}), *unsure), mark)


def _reissue(profile: InsurerProfile | None) -> tuple[Section, ...]:
    steps = tuple(_marked(f"notice_reissue.{step.word}", step) for step in reissue_of(profile))
    return (Section(("detail.notice_reissue", {}), steps),)


def _path(path: EligibilityPath, profile: InsurerProfile, on: date) -> Section:
    value = worth(path, profile, on)
    gives = (_marked(f"path.gives.{point.word}", point, Mark.GIVES) for point in value.gives)
    lacks = (_marked(f"path.lacks.{point.word}", point, Mark.LACKS) for point in value.lacks)
    return Section((f"path.{path.value}", {}), (*gives, *lacks))
