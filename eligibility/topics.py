"""All subjects of `ask`, in the order in which they are listed.

This module alone puts them together and gives their sentences the days they name: those of the rule dates, so that a
day which was moved is told as it was moved. Each subject stands in the file of its group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from eligibility.help_lines import HelpLine, lines_for
from eligibility.insurer_profiles import InsurerProfile
from eligibility.rule_dates import RULE_DATES, STANDARD_RULES, Rules
from eligibility.topic import Detail, Group, Share, Topic
from eligibility.topics_answers import ANSWER_TOPICS
from eligibility.topics_card import CARD_TOPICS
from eligibility.topics_desk import DESK_TOPICS
from eligibility.topics_identity import IDENTITY_TOPICS
from eligibility.topics_insurers import INSURER_TOPICS
from eligibility.topics_money import MONEY_TOPICS
from eligibility.topics_papers import PAPER_TOPICS
from eligibility.topics_people import PEOPLE_TOPICS

__all__ = ["TOPICS", "Detail", "Group", "Share", "Topic", "days", "help_lines_for"]

TOPICS: tuple[Topic, ...] = (
    *ANSWER_TOPICS,
    *PAPER_TOPICS,
    *INSURER_TOPICS,
    *IDENTITY_TOPICS,
    *CARD_TOPICS,
    *PEOPLE_TOPICS,
    *MONEY_TOPICS,
    *DESK_TOPICS,
)
"""Every subject, by group in the order of `Group`."""


def days(rules: Rules = STANDARD_RULES) -> Mapping[str, str]:
    """What fills the sentences of a subject: every rule date by its word, as YYYY-MM-DD."""
    known = {rule.word: rule.day for rule in RULE_DATES}
    known |= {field.name: getattr(rules, field.name) for field in fields(rules)}
    return {word: day.isoformat() for word, day in known.items()}


def help_lines_for(topic: Topic, profile: InsurerProfile | None = None) -> tuple[HelpLine, ...]:
    """Whom to call about a subject. Where the insurer is known, a line of another insurer is left out."""
    found = (line for asked in topic.help_topics for line in lines_for(asked, profile))
    return tuple(dict.fromkeys(found))
