"""One subject of `madoguchi ask` as JSON has it, in one language, at one moment.

What a person reads is made from the same object, so that it cannot differ from what a script reads. What breaks if it
is wrong: a help line that is said to be open when nobody answers.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # annotations only: heavy
    from eligibility.guidance_lines import Line
    from eligibility.help_lines import HelpLine
    from eligibility.insurer_profiles import InsurerProfile
    from eligibility.insurers import InsurerNumber
    from eligibility.rule_dates import Rules
    from eligibility.topic_details import Item
    from eligibility.topics import Topic

_BETWEEN_SENTENCES = {"ja": "。", "en": ". "}
_BEFORE_BRACKETS = {"ja": "", "en": " "}


def answer_as_dict(
    topic: Topic, *, number: InsurerNumber | None, at: datetime, rules: Rules, lang: str
) -> dict[str, Any]:
    """The subject for a member of the insurer `number` (None: not known) at the moment `at`."""
    from eligibility.insurer_profiles import profile_of
    from eligibility.topic_details import details_of
    from eligibility.topics import days, help_lines_for

    profile = None if number is None else profile_of(number)
    dates = days(rules)

    def said(message_id: str) -> str:
        return _text(lang, (message_id, dict(dates)))

    return {
        "word": topic.word,
        "title": said(topic.title_id),
        "staff": [said(message_id) for message_id in topic.staff],
        "patient": [said(message_id) for message_id in topic.patient],
        "share": said(topic.share_id),
        "details": [
            {
                "heading": _text(lang, section.heading),
                "inline": section.inline,
                "items": [_item(item, lang) for item in section.items],
            }
            for section in details_of(topic, profile, at.date())
        ],
        "help_lines": [_help_line(line, topic, at, lang) for line in help_lines_for(topic, profile)],
        "other_members": _other_members(topic, profile, lang),
        "sources": list(topic.sources),
        "site_setting": topic.site_setting,
        "unverified": topic.unverified,
        "unverified_because": said(topic.unverified_id) if topic.unverified else None,
    }


def _item(item: Item, lang: str) -> dict[str, str]:
    first, *more = (_text(lang, line).rstrip("。.") for line in item.lines)
    said = first + "".join(
        (_BEFORE_BRACKETS if sentence.startswith("(") else _BETWEEN_SENTENCES)[lang] + sentence for sentence in more
    )
    return {"mark": item.mark.value, "text": said}


def _other_members(topic: Topic, profile: InsurerProfile | None, lang: str) -> str | None:
    """Whom those call for whom a line of this subject is not, if anybody is left over."""
    from eligibility.topics import help_lines_for

    if all(line.profile in {None, profile} for line in help_lines_for(topic)):
        return None
    return _text(lang, ("detail.other_members" if profile is None else "detail.own_insurer", {}))


def _help_line(line: HelpLine, topic: Topic, at: datetime, lang: str) -> dict[str, Any]:
    from eligibility.help_lines import state, state_message

    now = state(line, at)
    return {
        "word": line.word,
        "name": _text(lang, (f"help_line.{line.word}", {})),
        "number": line.number,
        "audience": line.audience.value,
        "members": None if line.profile is None else _text(lang, (f"help_line.members.{line.profile.value}", {})),
        "for": [_text(lang, (f"help_line.topic.{use.value}", {})) for use in line.topics if use in topic.help_topics],
        "notes": [_text(lang, (f"help_line.note.{note}", {})) for note in line.notes],
        "hours": _text(lang, (f"help_line.{line.word}.hours", {})),
        "open": now.open,
        "until": None if now.until is None else now.until.isoformat(),
        "opens_at": None if now.opens_at is None else now.opens_at.isoformat(),
        "now": _text(lang, state_message(now)),
        "as_of": None if line.as_of is None else line.as_of.isoformat(),
        "verified": now.verified,
    }


def _text(lang: str, line: Line) -> str:
    from eligibility.words import text

    message_id, params = line
    return text(lang, message_id, **params)
