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
    from eligibility.insurers import InsurerNumber
    from eligibility.rule_dates import Rules
    from eligibility.topic_details import Item
    from eligibility.topics import Topic

_BETWEEN_SENTENCES = {"ja": "。", "en": ". "}


def answer_as_dict(
    topic: Topic, *, number: InsurerNumber | None, at: datetime, rules: Rules, lang: str
) -> dict[str, Any]:
    """The subject for a member of the insurer `number` (None: not known) at the moment `at`."""
    from eligibility.insurer_profiles import profile_of
    from eligibility.topic_details import sections
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
            for section in sections(topic.detail, profile, at.date())
        ],
        "help_lines": [_help_line(line, at, lang) for line in help_lines_for(topic, profile)],
        "sources": list(topic.sources),
        "site_setting": topic.site_setting,
        "unverified": topic.unverified,
        "unverified_because": said(topic.unverified_id) if topic.unverified else None,
    }


def _item(item: Item, lang: str) -> dict[str, str]:
    sentences = (_text(lang, line).rstrip("。.") for line in item.lines)
    return {"mark": item.mark.value, "text": _BETWEEN_SENTENCES[lang].join(sentences)}


def _help_line(line: HelpLine, at: datetime, lang: str) -> dict[str, Any]:
    from eligibility.help_lines import state, state_message

    now = state(line, at)
    return {
        "word": line.word,
        "name": _text(lang, (f"help_line.{line.word}", {})),
        "number": line.number,
        "audience": line.audience.value,
        "hours": _text(lang, (f"help_line.{line.word}.hours", {})),
        "open": now.open,
        "until": None if now.until is None else now.until.isoformat(),
        "opens_at": None if now.opens_at is None else now.opens_at.isoformat(),
        "now": _text(lang, state_message(now)),
        "verified": now.verified,
    }


def _text(lang: str, line: Line) -> str:
    from eligibility.words import text

    message_id, params = line
    return text(lang, message_id, **params)
