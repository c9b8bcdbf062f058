"""What a server received, to be asserted: what, how often, in which order; and what came near where nothing fits.

Pure: exchanges come in as the JSON of `/admin/exchanges`, from wherever. Light, because a pytest plugin loads it. What
breaks if wrong: a test of a レセコン passes although it never asked, or fails without saying what it asked instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from mock_server.words import LANGUAGES, text

MOST_NEAR_MISSES: Final = 3
MOST_SHOWN: Final = 50
"""Exchanges listed in one complaint at most."""
_GROUPS: Final = {"call": ".", "outcome": ":"}
"""What stands behind the word of a group: `qualification` means `qualification.card` too."""

Exchange = Mapping[str, Any]
"""One exchange as `/admin/exchanges` has it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request that is looked for; None where it does not matter.

    `call` and `outcome` may name a group (`qualification`, `validity`). `request` and `answer` are parts of the masked
    JSON: every key given must be there with that value, however deep.
    """

    call: str | None = None
    persona: str | None = None
    outcome: str | None = None
    institution: str | None = None
    via: str | None = None
    scenario: str | None = None
    request: Mapping[str, Any] | None = None
    answer: Mapping[str, Any] | None = None

    def differences(self, exchange: Exchange) -> list[tuple[str, Any, Any]]:
        """Where the exchange is another one: what is looked at, what was wanted, what it is."""
        return [difference for name, value in self._given() for difference in _compare(name, value, exchange)]

    @property
    def reads_messages(self) -> bool:
        """Whether it cannot be told without the request or the answer themselves."""
        return self.request is not None or self.answer is not None

    def __str__(self) -> str:
        """As it was asked for: `call=qualification.card, persona=taro`."""
        return ", ".join(f"{name}={value}" for name, value in self._given())

    def _given(self) -> Iterator[tuple[str, Any]]:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None:
                yield field.name, value


@dataclass(frozen=True, slots=True)
class Times:
    """How often something is expected."""

    lowest: int
    highest: int | None
    """None: as often as it likes."""

    @classmethod
    def of(cls, times: int | None = None, at_least: int | None = None, at_most: int | None = None) -> Times:
        """As it was asked for; where nothing is said, at least once.

        Raises:
            TypeError: An exact number and a range at once.
        """
        if times is not None:
            if at_least is not None or at_most is not None:
                raise TypeError("times cannot be combined with at_least or at_most")
            return cls(times, times)
        return cls(at_least if at_least is not None else 0 if at_most is not None else 1, at_most)

    def hold(self, found: int) -> bool:
        """Whether so many are as many as expected."""
        return self.lowest <= found and (self.highest is None or found <= self.highest)

    def said(self, lang: str) -> str:
        """As words."""
        if self.highest is None:
            return text(lang, "received.at_least", count=str(self.lowest))
        return str(self.lowest) if self.lowest == self.highest else f"{self.lowest}–{self.highest}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it was received as wanted, what fits, and in words of one language what is wrong."""

    ok: bool
    matches: tuple[Exchange, ...]
    complaint: str = ""
    near_misses: tuple[Exchange, ...] = ()


def check_times(
    exchanges: Sequence[Exchange],
    wanted: Wanted,
    *,
    times: int | None = None,
    at_least: int | None = None,
    at_most: int | None = None,
    lang: str = LANGUAGES[0],
) -> Verdict:
    """Whether it came so often; where nothing is said, at least once."""
    expected = Times.of(times, at_least, at_most)
    matches = tuple(one for one in exchanges if not wanted.differences(one))
    if expected.hold(len(matches)):
        return Verdict(True, matches)
    near = near_misses(exchanges, wanted) if len(matches) < expected.lowest else ()
    complaint = complain_of_times(wanted, expected, len(matches), matches[:MOST_SHOWN], near, lang)
    return Verdict(False, matches, complaint, near)


def complain_of_times(
    wanted: Wanted, expected: Times, found: int, shown: Sequence[Exchange], near: Sequence[Exchange], lang: str
) -> str:
    """Why `found` are not as many as expected: with what came near where they are too few, else with those that fit.

    `shown` are the first of those that fit.
    """
    asked = str(wanted) or text(lang, "received.any")
    lines = [text(lang, "received.times", wanted=asked, expected=expected.said(lang), found=str(found))]
    if found >= expected.lowest:
        lines += _listed(shown, found, lang)
    elif near:
        lines += _shown_near(lang, wanted, near)
    elif not found:
        lines.append(text(lang, "received.nothing"))
    return "\n".join(lines)


def check_order(exchanges: Sequence[Exchange], wanted: Sequence[Wanted], *, lang: str = LANGUAGES[0]) -> Verdict:
    """Whether they came one after the other; others may have come between."""
    matches: list[Exchange] = []
    rest = iter(exchanges)
    for number, one in enumerate(wanted, 1):
        found = next((exchange for exchange in rest if not one.differences(exchange)), None)
        if found is None:
            complaint = complain_of_order(number, one, exchanges[:MOST_SHOWN], len(exchanges), lang)
            return Verdict(False, tuple(matches), complaint, near_misses(exchanges, one))
        matches.append(found)
    return Verdict(True, tuple(matches))


def complain_of_order(number: int, wanted: Wanted, shown: Sequence[Exchange], came: int, lang: str) -> str:
    """Why the expectation of that number (from 1) does not hold; `shown` are the first of the `came` exchanges."""
    asked = str(wanted) or text(lang, "received.any")
    head = text(lang, "received.order", number=str(number), wanted=asked)
    return "\n".join([head, *(_listed(shown, came, lang) or [text(lang, "received.nothing")])])


def near_misses(exchanges: Sequence[Exchange], wanted: Wanted) -> tuple[Exchange, ...]:
    """What came nearest to it without being it, the nearest first."""
    rated = [(len(differences), one) for one in exchanges if (differences := wanted.differences(one))]
    return tuple(one for _, one in sorted(rated, key=lambda pair: pair[0])[:MOST_NEAR_MISSES])


class Received:
    """The exchanges of one test run, to be asserted. `fetch` gives them as they are now, oldest first."""

    def __init__(self, fetch: Callable[[], Sequence[Exchange]], lang: str = LANGUAGES[0]) -> None:
        self._fetch = fetch
        self._lang = lang

    def all(self, **wanted: Any) -> list[Exchange]:
        """Those that fit (keys of `Wanted`), oldest first; all of them where nothing is wanted."""
        looked_for = Wanted(**wanted)
        return [one for one in self._fetch() if not looked_for.differences(one)]

    def count(self, **wanted: Any) -> int:
        """How many fit."""
        return len(self.all(**wanted))

    def last(self, **wanted: Any) -> Exchange:
        """The newest that fits. Raises AssertionError where none does."""
        return self.assert_called(**wanted)[-1]

    def assert_called(
        self, *, times: int | None = None, at_least: int | None = None, at_most: int | None = None, **wanted: Any
    ) -> tuple[Exchange, ...]:
        """Those that fit, if they are so many (nothing said: at least one).

        Raises:
            AssertionError: They are not; it shows what came nearest.
        """
        verdict = check_times(
            self._fetch(), Wanted(**wanted), times=times, at_least=at_least, at_most=at_most, lang=self._lang
        )
        return _approved(verdict)

    def assert_not_called(self, **wanted: Any) -> None:
        """Raise AssertionError where something fits."""
        self.assert_called(times=0, **wanted)

    def assert_in_order(self, *wanted: Wanted | Mapping[str, Any]) -> tuple[Exchange, ...]:
        """One exchange for each, in that order; others may stand between.

        Raises:
            AssertionError: It was not so; it shows what came.
        """
        orders = [one if isinstance(one, Wanted) else Wanted(**one) for one in wanted]
        return _approved(check_order(self._fetch(), orders, lang=self._lang))


def _approved(verdict: Verdict) -> tuple[Exchange, ...]:
    __tracebackhide__ = True
    if not verdict.ok:
        raise AssertionError(verdict.complaint)
    return verdict.matches


def _compare(name: str, wanted: Any, exchange: Exchange) -> Iterator[tuple[str, Any, Any]]:
    if name in ("request", "answer"):
        yield from _part(name, wanted, exchange.get(name))
        return
    is_there = exchange.get("person" if name == "persona" else name)
    if name == "scenario":
        fits = wanted in str(is_there).split(", ")
    else:
        group = _GROUPS.get(name)
        fits = is_there == wanted or (group is not None and str(is_there).startswith(f"{wanted}{group}"))
    if not fits:
        yield name, wanted, is_there


def _part(where: str, wanted: Any, is_there: Any) -> Iterator[tuple[str, Any, Any]]:
    """Where `wanted` is no part of what is there."""
    if not isinstance(wanted, Mapping):
        if wanted != is_there:
            yield where, wanted, is_there
        return
    for key, value in wanted.items():
        there = is_there.get(key) if isinstance(is_there, Mapping) else None
        yield from _part(f"{where}.{key}", value, there)


def _listed(shown: Sequence[Exchange], count: int, lang: str) -> list[str]:
    left = count - len(shown)
    lines = [f"  {_line(one)}" for one in shown]
    return [*lines, text(lang, "received.more", count=str(left))] if left > 0 else lines


def _shown_near(lang: str, wanted: Wanted, near: Sequence[Exchange]) -> list[str]:
    lines = [text(lang, "received.near")]
    for one in near:
        lines.append(f"  {_line(one)}")
        lines += [
            "    " + text(lang, "received.difference", name=name, wanted=str(value), found=str(there))
            for name, value, there in wanted.differences(one)
        ]
    return lines


def _line(exchange: Exchange) -> str:
    """One exchange on one line."""
    parts = [str(exchange.get(name) or "-") for name in ("at", "call", "person", "outcome", "institution")]
    struck = exchange.get("scenario")
    return " ".join([f"#{exchange.get('id', '?')}", *parts, *([f"[{struck}]"] if struck else [])])
