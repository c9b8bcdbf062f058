"""The question of `madoguchi ask`: words and options put together, checked, and worked out.

Options win over what stands among the words. A value that was refused is never repeated: it may be personal. What
breaks if it is wrong: a price for another person, or a 個人番号 that goes in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from kiosk.cli import values
from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode

if TYPE_CHECKING:  # annotations only: heavy
    from eligibility.charges import OpenShares, Payment
    from eligibility.errors import FieldError
    from eligibility.topic_search import Found
    from eligibility.topics import Topic

_Value = TypeVar("_Value")

LONGEST_QUESTION = 200
"""Letters. The longest subject has thirty; looking up a whole page would take seconds."""

_AGE_WORDS = {
    "preschool": "未就学",
    "may_be_preschool": "未就学",
    "under_seventy": "年齢",
    "seventies": "70歳",
    "elderly": "75歳",
}
"""What an age is looked up by, after the shares it leaves open."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What points come to: the table, and as ids of `yen.why` why it has these lines."""

    points: int
    payments: tuple[Payment, ...]
    why: tuple[str, ...]


class Asked:
    """A question on day `on`. `query` is what was typed, `lookup` what is looked up: "" for nothing.

    Raises:
        CommandError: On construction: `bad_points`, `bad_ratio`, `bad_age`, `bad_birthdate`, `bad_insurer`, or
            `individual_number` (exit 5), which no single argument needs to be.
    """

    def __init__(self, context: Context, on: date) -> None:
        from eligibility.calendar import parse_birthdate
        from eligibility.charges import parse_share, shares_by_age, shares_by_birthdate
        from eligibility.insurers import parse_insurer_number
        from eligibility.question import parse_question, points_of

        def given(name: str, parse: Callable[[str], _Value], otherwise: _Value | None) -> _Value | None:
            text = context.typed(name)
            return otherwise if text is None else _checked(context, f"--{name}", lambda: parse(text))

        self.query = " ".join(" ".join(context.option("question")).split())
        values.refuse_individual_number(self.query)
        if len(self.query) > LONGEST_QUESTION:
            raise CommandError("question_too_long", most=LONGEST_QUESTION)
        among_words = context.words.text("ask.words")
        question = _checked(context, among_words, lambda: parse_question(self.query, on))
        self._points = given("points", points_of, question.points)
        self._percent = given("ratio", parse_share, question.percent)
        self.insurer = given("insurer", parse_insurer_number, None)
        birthdate = given("birthdate", lambda text: parse_birthdate(text, on), question.birthdate)
        age = question.age
        if birthdate is None and age is not None:
            self._open: OpenShares = _checked(context, among_words, lambda: shares_by_age(age, self.insurer))
        else:
            self._open = shares_by_birthdate(birthdate, on, self.insurer)
        # An age alone is a question of its own.
        tells_age = birthdate is not None or age is not None
        of_age = tells_age and self._points is None and not question.other_words
        self.lookup = f"{question.words} {_AGE_WORDS[self._open.word]}".strip() if of_age else question.words

    def topics(self) -> tuple[Topic, ...]:
        """The subjects that fit for sure, best first."""
        return self._found.sure

    def perhaps(self) -> tuple[Topic, ...]:
        """The subjects that may be meant where none fits for sure, best first."""
        return self._found.perhaps

    @cached_property
    def _found(self) -> Found:
        from eligibility.topic_search import search
        from eligibility.topics import TOPICS
        from eligibility.words import LANGUAGES, text

        titles = {topic.word: [text(lang, topic.title_id) for lang in LANGUAGES] for topic in TOPICS}
        return search(self.lookup, TOPICS, titles)

    def charge(self, topic: Topic | None) -> Charge | None:
        """What the points come to; None without points.

        A subject by which everything is charged first adds 10割, and so does knowing nothing at all; whoever asks
        about the ladder of fallbacks never sees it (reception.md §6.3). A share that was given counts; that the age
        forbids it is told.
        """
        from eligibility.charges import FULL, payments
        from eligibility.topics import Share

        if self._points is None:
            return None
        if self._percent is not None:
            against_age = () if self._percent in (*self._open.shares, FULL) else ("given_against_age", self._open.word)
            return Charge(self._points, payments(self._points, (self._percent,)), ("given", *against_age))
        shares = self._open.shares
        why: tuple[str, ...] = (self._open.word,)
        if topic is not None and topic.share in (Share.FULL, Share.SPECIAL):
            shares, why = (*shares, FULL), (*why, "may_be_full")
        elif topic is None and self._open.word == "unknown":
            shares = (*shares, FULL)
        return Charge(self._points, payments(self._points, shares), why)


def _checked(context: Context, where: str, parse: Callable[[], _Value]) -> _Value:
    from eligibility.errors import FieldError
    from eligibility.words import text

    try:
        return parse()
    except FieldError as error:
        raise _refusal(error, where, text(context.words.lang, error.code, **error.params)) from error


def _refusal(error: FieldError, where: str, reason: str) -> CommandError:
    """What was wrong, with the sentence of the rules."""
    match error.code:
        case "field.individual_number":
            return CommandError("individual_number", ExitCode.REFUSED)
        case "yen.points":
            return CommandError("bad_points", where=where, reason=reason)
        case "yen.percent":
            return CommandError("bad_ratio", where=where, reason=reason)
        case "yen.age":
            return CommandError("bad_age", where=where, reason=reason)
        case code if code.startswith("field.insurer_number"):
            return CommandError("bad_insurer", where=where, reason=reason)
        case _:
            return CommandError("bad_birthdate", where=where, reason=reason)
