"""The commands with which a running `card emulate` is told what lies in its slots: their grammar, and nothing else.

Pure: bytes become lines, a line becomes a command or a mistake with a code. No mistake carries a part of the line,
because a person may have typed a PIN or an individual number into the wrong window. What names exist (personas,
variants, quirks) is the caller's knowledge. The language is told to people in docs/card-emulate.md.
What breaks if this is wrong: a CI waits for an answer to a line that was never taken for one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

LINE_LIMIT: Final = 1_000
"""Most bytes of one line, without its end."""

Mistake = Literal[
    "no_command",
    "unknown_command",
    "line_too_long",
    "not_text",
    "persona_missing",
    "too_many_words",
    "bad_slot",
    "bad_option",
    "option_twice",
]
"""What can be wrong with a line as such. Codes are added, never renamed."""


class ControlMistakeError(ValueError):
    """A line is no command. `code` says why; what stood there is not repeated."""

    def __init__(self, code: Mistake) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class CardWish:
    """Which card is wanted. None and () mean: as the program was started."""

    persona: str
    variant: str | None = None
    quirks: tuple[str, ...] | None = None
    contactless: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """`place PERSONA [SLOT] [OPTION…]`: lay a card into an empty slot."""

    card: CardWish
    slot: int = 0


@dataclass(frozen=True, slots=True)
class Swap:
    """`swap PERSONA [SLOT] [OPTION…]`: take away what lies in the slot, if anything, and lay this card there."""

    card: CardWish
    slot: int = 0


@dataclass(frozen=True, slots=True)
class Remove:
    """`remove [SLOT]`: take the card away."""

    slot: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    """`status`: what lies where."""


@dataclass(frozen=True, slots=True)
class Help:
    """`help`: the commands."""


@dataclass(frozen=True, slots=True)
class Quit:
    """`quit`: take all cards away and end."""


ControlCommand = Place | Swap | Remove | Status | Help | Quit
_ALONE: Final[dict[str, ControlCommand]] = {"status": Status(), "help": Help(), "quit": Quit()}

USAGE: Final = (
    "place PERSONA [SLOT] [OPTION...]",
    "swap PERSONA [SLOT] [OPTION...]",
    "remove [SLOT]",
    "status",
    "help",
    "quit",
)
"""How each command is written."""
OPTIONS: Final = ("variant=NAME", "quirk=NAME[=VALUE]", "contactless=RATE")
"""The options of `place` and `swap`; `quirk` may be given several times, and `quirk=none` means none at all."""
NO_QUIRKS: Final = "none"


class LineDecoder:
    """Cuts what arrives into lines, however it was chopped. What is too long is a mistake once, up to its end."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._skipping = False

    def feed(self, chunk: bytes) -> list[str | ControlMistakeError]:
        """Take what arrived; return the lines that are complete now, in order, without their ends."""
        found: list[str | ControlMistakeError] = []
        *ended, rest = chunk.split(b"\n")
        for piece in ended:
            self._take(piece, found)
            if not self._skipping:
                found.append(_as_text(bytes(self._buffer)))
            self._buffer.clear()
            self._skipping = False
        self._take(rest, found)
        return found

    def _take(self, piece: bytes, found: list[str | ControlMistakeError]) -> None:
        if self._skipping:
            return
        self._buffer += piece
        # One more for the carriage return of a line that ends in two characters.
        if len(self._buffer) > LINE_LIMIT + 1:
            self._buffer.clear()
            self._skipping = True
            found.append(ControlMistakeError("line_too_long"))

    def end(self) -> list[str | ControlMistakeError]:
        """Nothing more will arrive: what is left is a line too, if it is anything."""
        return self.feed(b"\n") if self._buffer else []

    @property
    def pending(self) -> int:
        """Bytes that wait for the rest of their line."""
        return len(self._buffer)


def _as_text(line: bytes) -> str | ControlMistakeError:
    line = line.removesuffix(b"\r")
    if len(line) > LINE_LIMIT:
        return ControlMistakeError("line_too_long")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return ControlMistakeError("not_text")


def parse_command(line: str, *, slots: int = 2) -> ControlCommand:
    """Read one line; words are separated by blanks. `slots`: how many there are, numbered from 0.

    Raises:
        ControlMistakeError: It is no command.
    """
    if any(not letter.isprintable() and letter != "\t" for letter in line):
        raise ControlMistakeError("not_text")
    verb, *words = line.split() or [""]
    match verb:
        case "":
            raise ControlMistakeError("no_command")
        case "place":
            return Place(*_card_and_slot(words, slots))
        case "swap":
            return Swap(*_card_and_slot(words, slots))
        case "remove":
            if len(words) > 1:
                raise ControlMistakeError("too_many_words")
            return Remove(_slot(words[0], slots) if words else 0)
        case "status" | "help" | "quit":
            if words:
                raise ControlMistakeError("too_many_words")
            return _ALONE[verb]
    raise ControlMistakeError("unknown_command")


def _card_and_slot(words: list[str], slots: int) -> tuple[CardWish, int]:
    plain = [word for word in words if "=" not in word]
    if not plain or "=" in words[0]:
        raise ControlMistakeError("persona_missing")
    if len(plain) > 2:
        raise ControlMistakeError("too_many_words")
    if len(plain) == 2 and words[1] != plain[1]:  # the slot stands before the options
        raise ControlMistakeError("too_many_words")
    slot = _slot(plain[1], slots) if len(plain) == 2 else 0
    return _wish(plain[0], [word for word in words if "=" in word]), slot


def _wish(persona: str, options: list[str]) -> CardWish:
    quirks: list[str] = []
    single: dict[str, str] = {}
    for option in options:
        name, _, value = option.partition("=")
        if name not in ("variant", "quirk", "contactless") or not value:
            raise ControlMistakeError("bad_option")
        if name == "quirk":
            quirks.append(value)
        elif name in single:
            raise ControlMistakeError("option_twice")
        else:
            single[name] = value
    if NO_QUIRKS in quirks and len(quirks) > 1:
        raise ControlMistakeError("bad_option")
    wanted = () if NO_QUIRKS in quirks else tuple(quirks) or None
    return CardWish(persona, single.get("variant"), wanted, single.get("contactless"))


def _slot(word: str, slots: int) -> int:
    if len(word) != 1 or word not in "0123456789" or int(word) >= slots:
        raise ControlMistakeError("bad_slot")
    return int(word)
