"""What one subject of `ask` is made of: the words people use for it, and which sentences answer.

This module alone owns that shape. The subjects themselves stand in `topics_*`, their sentences in the catalogue under
`topic.<word>.…`; `topics` puts them together. A subject holds no rule: what is decided stays the policy's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from eligibility.guidance_lines import numbered
from eligibility.help_lines import Topic as HelpTopic
from eligibility.outcome import OutcomeWord


class Group(StrEnum):
    """The headings under which all subjects are listed, in this order."""

    ANSWERS = "answers"
    PAPERS = "papers"
    CARD = "card"
    PEOPLE = "people"
    MONEY = "money"
    PLACES = "places"
    STAFF = "staff"


class Share(StrEnum):
    """What a subject means for the share; the sentence is `topic.share.<word>`."""

    RATIO = "ratio"
    """That of the answer or the paper, else by age."""
    LADDER = "ladder"
    """Never everything: the person holds a registered card (reception.md §6.3)."""
    FULL = "full"
    """Everything until eligibility is confirmed; never with a registered card, which opens the ladder (§6.3)."""
    DOUBT = "doubt"
    """Everything until it is clear whose card or answer it is: a card in hand opens nothing (design.md §5 row 3)."""
    LENIENT = "lenient"
    """That of the answer while the leniency lasts; after it as `FULL`."""
    PHONE = "phone"
    """That of the answer; at a desk without the reader for it, and with nothing else shown, everything."""
    NONE = "none"
    SAME = "same"
    """The subject does not touch it."""
    LATER = "later"
    """Nothing is charged before eligibility is decided."""
    PUBLIC = "public"
    """What the paper of the public scheme says."""
    PRESCHOOL = "preschool"
    SEVENTIES = "seventies"
    ELDERLY = "elderly"
    SELF_PAY = "self_pay"
    SPECIAL = "special"
    """特別療養: everything first, refunded by the insurer."""


class Detail(StrEnum):
    """What a subject adds from data that differ per insurer, or from a list that is kept elsewhere."""

    GROUNDS = "grounds"
    """Why somebody may get a 資格確認書, and how (`certificate_grounds`, `certificate_issue`)."""
    JOINING = "joining"
    """What a new member waits for (`certificate_issue`)."""
    RETURNS = "returns"
    """What goes back, to whom (`return_rules`)."""
    PATHS = "paths"
    """What each path gives (`paths`)."""
    LANGUAGES = "languages"
    """The languages of the three-way line (`help_lines`)."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One subject. `ja` and `en` are what staff type or read on screens; blanks separate parts that stand anywhere.

    `staff` and `patient` are ids of sentences, one action each, in order. `unverified`: something in it stands in no
    firm source; the sentence `topic.<word>.unverified` says what. `site_setting`: the clinic decides, not a rule.
    """

    word: str
    group: Group
    ja: tuple[str, ...]
    en: tuple[str, ...]
    staff: tuple[str, ...]
    patient: tuple[str, ...]
    share: Share
    sources: tuple[str, ...]
    outcomes: tuple[OutcomeWord, ...] = ()
    reasons: tuple[str, ...] = ()
    help_topics: tuple[HelpTopic, ...] = ()
    detail: Detail | None = None
    unverified: bool = False
    site_setting: bool = False

    @property
    def keywords(self) -> tuple[str, ...]:
        """Those of every language: who works in English still reads Japanese screens."""
        return (*self.ja, *self.en)

    @property
    def title_id(self) -> str:
        """The id of its title."""
        return f"topic.{self.word}.title"

    @property
    def share_id(self) -> str:
        """The id of what it means for the share."""
        return f"topic.share.{self.share.value}"

    @property
    def unverified_id(self) -> str:
        """The id of what in it is unverified; it has words only where `unverified` is set."""
        return f"topic.{self.word}.unverified"


def topic(
    word: str,
    group: Group,
    *,
    ja: tuple[str, ...],
    en: tuple[str, ...],
    staff: int,
    patient: int,
    share: Share,
    sources: tuple[str, ...],
    outcomes: tuple[OutcomeWord, ...] = (),
    reasons: tuple[str, ...] = (),
    help_topics: tuple[HelpTopic, ...] = (),
    detail: Detail | None = None,
    unverified: bool = False,
    site_setting: bool = False,
) -> Topic:
    """A subject with `staff` sentences of its own for staff, and `patient` for the patient."""
    return Topic(
        word,
        group,
        ja,
        en,
        numbered(f"topic.{word}.staff", staff),
        numbered(f"topic.{word}.patient", patient),
        share,
        sources,
        outcomes,
        reasons,
        help_topics,
        detail,
        unverified,
        site_setting,
    )
