"""The quirks a software card can be given by name, and how their names are read.

A quirk is written `name`, `name=NUMBER` or `name=NUMBER:WORD`, as in `slow=200` or `tear-off=13:after`. Several go over
one card in any combination; the first one named lies next to the card. What each does is in `manners` (lawful) and
`faults` (not). What breaks if this is wrong: a rehearsal meets another fault than the one that was asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from reader.card.faults import FlippedByte, Garbage, TornOff, WrongLength
from reader.card.interface import EmulatedCard
from reader.card.manners import ChainedAnswers, ExactLengthOnly, FirstCommandRefused, ShortOnly, Slow

Sleep = Callable[[float], None]
Mistake = Literal["unknown", "number_missing", "number_unwanted", "number_range", "word"]

FURTHEST: Final = 100_000
"""The latest command at which a fault can be asked for."""


@dataclass(frozen=True, slots=True)
class QuirkKind:
    """One row of the table of quirks, which a command's help shows.

    `number` names what the number means (`MS`, `BYTES`, `N`) or is "" where none is taken; `default` is None where it
    must be given. The first of `words` is meant where none is written. `lawful` quirks keep to ISO/IEC 7816, so that
    a visit succeeds with them.
    """

    name: str
    message: str
    """Id of its sentence in a catalogue."""
    lawful: bool
    make: Callable[[EmulatedCard, int, str, Sleep], EmulatedCard]
    number: str = ""
    default: int | None = None
    lowest: int = 1
    highest: int = FURTHEST
    words: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        """How it is written, with what may be left out in brackets: `flip-byte[=N[:data|sw]]`."""
        if not self.number:
            return self.name
        number = f"={self.number}" + (f"[:{'|'.join(self.words)}]" if self.words else "")
        return self.name + (number if self.default is None else f"[{number}]")


_KINDS: Final = (
    QuirkKind("first-6f00", "quirk.first_refused", True, lambda card, _n, _w, _s: FirstCommandRefused(card)),
    QuirkKind(
        "chaining-61xx",
        "quirk.chaining",
        True,
        lambda card, number, _w, _s: ChainedAnswers(card, number),
        "BYTES",
        default=64,
        highest=256,
    ),
    QuirkKind("wrong-le-6cxx", "quirk.wrong_le", True, lambda card, _n, _w, _s: ExactLengthOnly(card)),
    QuirkKind("short-only", "quirk.short_only", True, lambda card, _n, _w, _s: ShortOnly(card)),
    QuirkKind(
        "slow",
        "quirk.slow",
        True,
        lambda card, number, _w, sleep: Slow(card, number / 1000, sleep),
        "MS",
        default=200,
        highest=60_000,
    ),
    QuirkKind("garbage", "quirk.garbage", False, lambda card, number, _w, _s: Garbage(card, number), "N", default=3),
    QuirkKind(
        "tear-off",
        "quirk.tear_off",
        False,
        lambda card, number, word, _s: TornOff(card, number, after=word == "after"),
        "N",
        words=("before", "after"),
    ),
    QuirkKind(
        "wrong-length",
        "quirk.wrong_length",
        False,
        lambda card, number, word, _s: WrongLength(card, number, longer=word == "long"),
        "N",
        default=3,
        words=("short", "long"),
    ),
    QuirkKind(
        "flip-byte",
        "quirk.flip_byte",
        False,
        lambda card, number, word, _s: FlippedByte(card, number, in_status=word == "sw"),
        "N",
        default=3,
        words=("data", "sw"),
    ),
)
QUIRKS: Final[Mapping[str, QuirkKind]] = MappingProxyType({kind.name: kind for kind in _KINDS})
"""Every quirk by its name, in the order of the help."""


class QuirkError(ValueError):
    """A quirk was asked for that does not exist, or with a number or word that it does not take.

    `mistake` says which of these; `quirk` is what was written, `names` are all names there are, and `usage` is how
    the quirk is written ("" where the name is unknown). `lowest` and `highest` are the bounds of its number.
    """

    def __init__(self, mistake: Mistake, quirk: str, kind: QuirkKind | None = None) -> None:
        super().__init__(f"quirk {quirk!r}: {mistake}")
        self.mistake = mistake
        self.quirk = quirk
        self.names = tuple(QUIRKS)
        self.usage = kind.usage if kind is not None else ""
        self.lowest = kind.lowest if kind is not None else 0
        self.highest = kind.highest if kind is not None else 0


@dataclass(frozen=True, slots=True)
class Quirk:
    """One quirk with its number and word, as it was asked for. Made by `parse_quirk`, which knows what is allowed."""

    kind: QuirkKind
    number: int = 0
    word: str = ""

    def __str__(self) -> str:
        """As it would be written, with everything said: `tear-off=13:before`."""
        number = f"={self.number}" if self.kind.number else ""
        return self.kind.name + number + (f":{self.word}" if self.word else "")

    def over(self, card: EmulatedCard, *, sleep: Sleep = time.sleep) -> EmulatedCard:
        """A card that is `card` with this quirk."""
        return self.kind.make(card, self.number, self.word, sleep)


def parse_quirk(text: str) -> Quirk:
    """Read `name[=NUMBER[:WORD]]`.

    Raises:
        QuirkError: No quirk has this name, or it takes no such number or word.
    """
    name, has_number, rest = text.partition("=")
    digits, has_word, word = rest.partition(":")
    kind = QUIRKS.get(name)
    if kind is None:
        raise QuirkError("unknown", text)
    if not kind.number and has_number:
        raise QuirkError("number_unwanted", text, kind)
    if has_word and word not in kind.words:
        raise QuirkError("word", text, kind)
    return Quirk(kind, _number(kind, text, digits, given=bool(has_number)), word or next(iter(kind.words), ""))


def _number(kind: QuirkKind, text: str, digits: str, *, given: bool) -> int:
    if not given:
        if kind.number and kind.default is None:
            raise QuirkError("number_missing", text, kind)
        return kind.default or 0
    # Nothing longer than the highest number is turned into one: Python itself refuses numbers of thousands of digits.
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(kind.highest)):
        raise QuirkError("number_range", text, kind)
    number = int(digits)
    if not kind.lowest <= number <= kind.highest:
        raise QuirkError("number_range", text, kind)
    return number


def with_quirks(card: EmulatedCard, quirks: Iterable[Quirk], *, sleep: Sleep = time.sleep) -> EmulatedCard:
    """`card` with all of `quirks` over it, the first next to the card. With none it is `card` itself.

    `sleep` is how slow ones wait.
    """
    for quirk in quirks:
        card = quirk.over(card, sleep=sleep)
    return card
