"""What a form is: whose it is, what shape it has, what it prints, whether it is enough by itself, whether it goes back.

This module alone owns the words for shapes and return rules. The forms themselves are data in the modules beside it. If
it is wrong, a field that is printed cannot be typed. Facts: facts/reception.md §2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from eligibility.insurer_profiles import InsurerProfile, profile_of
from eligibility.insurers import InsurerNumber
from eligibility.papers.fields import PaperField


class Shape(StrEnum):
    """What is handed over. Words: `paper.shape.<value>`."""

    CARD = "card"
    POSTCARD = "postcard"
    A4 = "a4"
    STRIP = "strip"
    """The part cut out to carry along."""
    SHEET = "sheet"
    """The rest of the same letter."""
    WEB_DISPLAY = "web_display"
    """A 資格確認書 on the holder's phone, shown live: it has a running clock or lives for hours (reception.md §2.6)."""
    SCREEN = "screen"
    PDF = "pdf"
    """A file on the phone, or its print-out."""
    PHONE = "phone"
    FILLED_IN_FORM = "filled_in_form"


_NUMBERLESS_OF_ELDERLY = frozenset({PaperField.SYMBOL, PaperField.BRANCH})


@dataclass(frozen=True, slots=True)
class PaperForm:
    """One document as one kind of insurer prints it. Its words are `paper.form.<word>`.

    `document` is the word of design.md §5, `issuer` whose it is (None: the same for everybody). `carries` is printed on
    every one, `optional` on some (on request, from 70 on, by municipality), `lacks` is stated absent or missing from a
    list of fields that its source gives as complete; the three never overlap, and what is in none of them the sources
    do not tell (`unknown`). `unverified` marks what rests on one weak source or an inference. `never_from` names
    insurers that do not issue it. `proves_alone`: enough by itself while it counts, without the card. `sources` are
    places in the fact sheets and seeds.
    """

    word: str
    document: str
    issuer: InsurerProfile | None
    shapes: frozenset[Shape]
    carries: frozenset[PaperField]
    optional: frozenset[PaperField]
    lacks: frozenset[PaperField]
    proves_alone: bool
    sources: tuple[str, ...]
    unverified: frozenset[PaperField] = frozenset()
    never_from: frozenset[InsurerProfile] = frozenset()

    @property
    def unknown(self) -> frozenset[PaperField]:
        """What the sources say nothing about: it may be printed, and may be typed where it is."""
        return frozenset(PaperField) - self.carries - self.optional - self.lacks

    @property
    def has_no_symbol(self) -> bool:
        """Whether its insurer gives no 記号 and no 枝番 at all, so that a query does without (validation.md §2)."""
        return self.issuer is InsurerProfile.ELDERLY

    @property
    def refuses(self) -> frozenset[PaperField]:
        """What cannot be typed from it. A 記号 or 枝番 on a paper of 後期高齢者医療 is only looked at again."""
        return self.lacks - _NUMBERLESS_OF_ELDERLY if self.has_no_symbol else self.lacks

    def fits(self, number: InsurerNumber) -> bool:
        """Whether the insurer of this number can have issued it, as far as the number tells."""
        profile = profile_of(number)
        return profile not in self.never_from and self.issuer in {None, profile}


def everything_but(*printed: frozenset[PaperField]) -> frozenset[PaperField]:
    """What a document lacks whose source lists all that it prints."""
    return frozenset(PaperField).difference(*printed)
