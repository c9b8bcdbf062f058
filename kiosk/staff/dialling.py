"""Whom to call, in one line each: number, open or not, about what, and who calls.

The numbers and hours are `eligibility.help_lines`'. An insurer is asked about membership, the association's line only
by its own members, the free dial about the card, the call centre by staff alone (reception.md §9). Pure. What breaks if
it is wrong: somebody is sent to a line that cannot answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from eligibility.errors import FieldError
from eligibility.guidance_lines import HELP_BY_REASON, HELP_BY_TELLING
from eligibility.help_lines import HELP_LINES, KYOKAI_MYNA, HelpLine, Topic, state
from eligibility.insurer_profiles import InsurerProfile, profile_of
from eligibility.insurers import parse_insurer_number
from kiosk.flow.answer import Reception
from kiosk.words import Words

_OF_MEMBERSHIP: Final = frozenset(
    {
        Topic.MYNA_INSURANCE,
        Topic.ONLINE_QUALIFICATION,
        Topic.ELIGIBILITY_NOTICE,
        Topic.ELIGIBILITY_CERTIFICATE,
        Topic.CERTIFICATE_NOT_ARRIVED,
        Topic.LAST_FOUR_DIGITS,
    }
)
"""What an insurer is asked, whichever it is."""
_ENDED: Final = 2
"""資格有効性 2: the named insurer is the last one, and no newer one is known."""


def dial_lines(reception: Reception, words: Words, at: datetime) -> tuple[str, ...]:
    """Whom to call about this decision at the moment `at`, most useful first."""
    return tuple(_lines(reception, words, at))


def dial_words(line: HelpLine, words: Words, at: datetime, *, about: str = "") -> str:
    """`0570-015-369  受付中(17:15まで)  …`: the number first, which is what is dialled.

    `about` stands in place of what is asked there and who calls. A mark says where no source prints the hours.
    """
    now = state(line, at)
    if now.open:
        said = (
            words.text("side.help.open_until", time=f"{now.until:%H:%M}") if now.until else words.text("side.help.open")
        )
    elif now.opens_at is None:
        said = words.text("side.help.closed")
    elif now.opens_at.date() == at.date():
        said = words.text("side.help.opens_today", time=f"{now.opens_at:%H:%M}")
    else:
        said = words.text("side.help.opens_at", at=f"{now.opens_at:%m-%d %H:%M}")
    sure = "" if now.verified else words.text("side.help.unverified")
    return f"{line.number}  {said}{sure}  {about or words.text(f'side.dial.{line.word}')}"


def _lines(reception: Reception, words: Words, at: datetime) -> Iterator[str]:
    known = {line.word: line for line in HELP_LINES}
    lines = tuple(known[word] for word in reception.help_lines if word in known)
    if not _is_about_membership(reception):
        yield from (dial_words(line, words, at) for line in lines)
        return
    if reception.validity == _ENDED:
        yield words.text("side.dial.new_insurer")
    elif KYOKAI_MYNA not in lines:  # the rules left it out: the person is another insurer's
        named = reception.insurer_name
        yield words.text("side.dial.insurer", insurer=named) if named else words.text("side.dial.its_insurer")
    for line in lines:
        yield dial_words(line, words, at)
        if line is KYOKAI_MYNA and reception.validity != _ENDED and not _is_of_kyokai(reception):
            yield words.text("side.dial.other_insurers")


def _is_about_membership(reception: Reception) -> bool:
    topics = [HELP_BY_REASON.get(word, ()) for word in reception.reasons]
    topics += [HELP_BY_TELLING.get(word, ()) for word in reception.tell]
    return any(topic in _OF_MEMBERSHIP for found in topics for topic in found)


def _is_of_kyokai(reception: Reception) -> bool:
    try:
        return profile_of(parse_insurer_number(reception.insurer_number)) is InsurerProfile.KYOKAI
    except FieldError:  # none came, or none that is a number
        return False
