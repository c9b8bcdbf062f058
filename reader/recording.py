"""What was said to a card, kept: as text for people, as JSON for programs, and back.

A recording is a trace (`reader.trace`), so nothing in it is secret; where a command or an answer is not what the masks
of a trace show of it, the file is refused: it may hold a PIN or a certificate. The masks need every exchange of a
connection from its first on. Any bytes may be tried as a file: what is wrong is said with its place, nothing crashes.
What breaks if this is wrong: a reader's trouble cannot be handed on, or is handed on with somebody's PIN in it.

Text form: `# atr HEX` and `# reader NAME` before the first exchange (other lines with `#`, there or anywhere, are
remarks), then the two lines of each exchange (`Exchange.as_text`); a blank line is a new connection. JSON form:
`Recording.as_dict`.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from reader.apdu import EXTENDED_LIMIT
from reader.masking import AnswerMask, shown_command
from reader.trace import NO_STATUS_WORD, Exchange

LARGEST_FILE: Final = 8 * 1024 * 1024
"""Bytes. A whole visit is a few thousand."""
LONGEST_NAME: Final = 256
"""Characters of a reader's name."""
LONGEST_ATR: Final = 33
"""Bytes (ISO/IEC 7816-3, 8.2.1)."""
LONGEST_TIME_MS: Final = 3_600_000.0
"""Of one exchange."""
LONGEST_CONNECTION_MS: Final = 7 * 24 * LONGEST_TIME_MS
"""From its begin to the last exchange: a card may lie there, connected to, while somebody thinks."""
LONGEST_LINE: Final = 2 * EXTENDED_LIMIT + 1024
"""Characters of a line that says something: the longest answer, what is withheld of it, meaning and time."""
FILLER: Final = b"\x00"
"""Stands for every withheld byte, and for an answer without a status word. It is nothing that a mask looks for, so that
the masks show of an exchange that was rebuilt with it what they showed of the exchange itself."""

_WITHHELD = r"\[[0-9]{1,5} bytes withheld\]"
_HEX = r"(?:[0-9A-F]{2})+"
_COMMAND = re.compile(rf"\[withheld\]|[0-9A-F]{{8}} \[withheld\]|[0-9A-F]{{8}} {_WITHHELD}(?: {_HEX})?|{_HEX}")
_SIGNED = re.compile(rf"(?P<header>[0-9A-F]{{8}}) \[(?P<length>[0-9]{{1,5}}) bytes withheld\](?: (?P<tail>{_HEX}))?")
_NO_BODY: Final = b"\xff\xff"
"""What makes any header a command whose body is withheld with its length: two bytes, of which one promises 255 more."""
_PIECE = rf"(?:{_HEX}|{_WITHHELD})"
_ANSWER = re.compile(rf"(?:{_PIECE}(?: {_PIECE})*)?")
_ERROR = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_SECOND = re.compile(
    rf"(?:! (?P<error>{_ERROR.pattern})|< (?P<none>{re.escape(NO_STATUS_WORD)})"
    rf"|< (?:(?P<answer>{_PIECE}(?: {_PIECE})*) )?(?P<sw>[0-9A-F]{{4}})(?: [a-z][a-z0-9 ]*?)?)"
    r"(?:   \((?P<ms>[0-9]{1,9}(?:\.[0-9]{1,3})?) ms\))?"
)
UNANSWERED: Final = "Unanswered"
"""The error of a command after which the file ends: whoever wrote it was ended while it waited."""


class RecordingError(ValueError):
    """A file is no recording. `where` is a line, an exchange or ""; `expected` says what should stand there."""

    def __init__(self, where: str, expected: str) -> None:
        super().__init__(f"{where}: {expected}" if where else expected)
        self.where = where
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Recording:
    """Exchanges in order, over one connection or several: where `number` is 1 again, a new one begins.

    `atr` is the card's answer to reset and `reader` the reader's name, both empty where not known.
    """

    exchanges: tuple[Exchange, ...]
    atr: bytes = b""
    reader: str = ""

    @property
    def sessions(self) -> tuple[tuple[Exchange, ...], ...]:
        """The exchanges of each connection."""
        sessions: list[list[Exchange]] = []
        for exchange in self.exchanges:
            if exchange.number == 1 or not sessions:
                sessions.append([])
            sessions[-1].append(exchange)
        return tuple(map(tuple, sessions))

    def as_text(self) -> str:
        """The text form, for people."""
        head = [f"# atr {self.atr.hex().upper()}"] if self.atr else []
        name = _printable(self.reader)
        head += [f"# reader {name}"] if name else []
        bodies = ("".join(exchange.as_text() + "\n" for exchange in session) for session in self.sessions)
        return "".join(line + "\n" for line in head) + "\n".join(bodies)

    def as_dict(self) -> dict[str, Any]:
        """The JSON form: `atr`, `reader`, and `exchanges`, a list of objects."""
        return {
            "atr": self.atr.hex().upper(),
            "reader": _printable(self.reader),
            "exchanges": [exchange.as_dict() for exchange in self.exchanges],
        }

    def save(self, path: Path) -> None:
        """Write it, as JSON where the name ends so, else as text. Raises OSError."""
        text = json.dumps(self.as_dict(), indent=2) + "\n" if path.suffix == ".json" else self.as_text()
        path.write_text(text, encoding="utf-8", newline="\n")

    @classmethod
    def load(cls, path: Path) -> Recording:
        """Read a file in either form. Waits for nobody: a pipe or a device is refused.

        Raises:
            OSError: It cannot be read.
            RecordingError: It is no recording.
        """
        with open(path, "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise RecordingError("", "a plain file, no pipe and no device")
            return cls.parse(file.read(LARGEST_FILE + 1))

    @classmethod
    def parse(cls, content: bytes) -> Recording:
        """Read a file's content in either form. Raises RecordingError."""
        if len(content) > LARGEST_FILE:
            raise RecordingError("", f"at most {LARGEST_FILE} bytes")
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise RecordingError(f"byte {error.start}", "text in UTF-8") from None
        recording = _from_json(text) if text.lstrip()[:1] in ("{", "[") else _from_text(text)
        if not recording.exchanges:
            raise RecordingError("", "at least one exchange")
        return recording


def _without_waiting(path: str, flags: int) -> int:
    """Open it also where it is a pipe into which nobody writes. The flag is POSIX's alone."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _printable(name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in name)[:LONGEST_NAME].strip()


# Text


def _from_text(text: str) -> Recording:
    atr, reader = b"", ""
    exchanges: list[Exchange] = []
    masks = _Masks()
    number, command, new = 0, "", True
    for line_number, raw in enumerate(text.split("\n"), 1):
        line, where = raw.rstrip(), f"line {line_number}"
        if line.startswith("#"):
            if number:  # a remark may begin with these words too
                continue
            key, _, value = line[1:].strip().partition(" ")
            atr = _atr(where, value.strip()) if key == "atr" else atr
            reader = _printable(value) if key == "reader" else reader
        elif not line:
            new = True
        elif command:
            exchanges.append(masks.checked(where, _second_line(where, line, number, command)))
            command = ""
        else:
            if not line.startswith("> "):
                raise RecordingError(where, "a command, `> ` and hex")
            number = 1 if new else number + 1
            command, new = _command(where, line[2:]), False
    if command:
        exchanges.append(Exchange(number, None, None, command, error=UNANSWERED))
    return Recording(tuple(exchanges), atr, reader)


def _second_line(where: str, line: str, number: int, command: str) -> Exchange:
    found = _SECOND.fullmatch(line) if len(line) <= LONGEST_LINE else None
    if found is None:
        raise RecordingError(where, "an answer, `< ` and hex with a status word, or `! ` and an error")
    took = found["ms"]
    return Exchange(
        number,
        None,
        None if took is None else _milliseconds(where, float(took), LONGEST_TIME_MS),
        command,
        _answer(where, found["answer"] or ""),
        None if found["sw"] is None else int(found["sw"], 16),
        found["error"],
    )


# JSON


def _from_json(text: str) -> Recording:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise RecordingError(f"line {error.lineno}", "JSON") from None
    except (ValueError, RecursionError):  # a number of thousands of digits; a list in a list in a list …
        raise RecordingError("", "JSON of a sensible size and depth") from None
    if isinstance(document, list):
        document = {"exchanges": document}
    entries = document.get("exchanges") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise RecordingError("", "an object with a list `exchanges`, or such a list")
    atr = _atr("atr", _text("atr", document.get("atr", "")))
    reader = _printable(_text("reader", document.get("reader", "")))
    return Recording(tuple(_numbered(entries)), atr, reader)


def _numbered(entries: list[Any]) -> Iterator[Exchange]:
    masks, before = _Masks(), 0
    for position, entry in enumerate(entries, 1):
        where = f"exchange {position}"
        if not isinstance(entry, dict):
            raise RecordingError(where, "an object")
        number = entry.get("number")
        if isinstance(number, bool) or not isinstance(number, int) or number not in (1, before + 1):
            raise RecordingError(where, f"`number` {before + 1}, or 1 for a new connection")
        yield masks.checked(where, _entry(where, entry, number))
        before = number


def _entry(where: str, entry: dict[str, Any], number: int) -> Exchange:
    sw, error = entry.get("sw"), entry.get("error")
    if sw is not None and not (isinstance(sw, str) and re.fullmatch(r"[0-9A-F]{4}", sw)):
        raise RecordingError(where, "`sw`, four upper-case hex digits, or null")
    if error is not None and not (isinstance(error, str) and _ERROR.fullmatch(error)):
        raise RecordingError(where, "`error`, the name of an error, or null")
    answer = _answer(where, _text(f"{where}: answer", entry.get("answer", "")))
    if (error is not None and sw is not None) or (answer and sw is None):
        raise RecordingError(where, "an answer with its status word, or an error, but not both")
    return Exchange(
        number,
        _milliseconds(where, entry.get("started_ms"), LONGEST_CONNECTION_MS),
        _milliseconds(where, entry.get("duration_ms"), LONGEST_TIME_MS),
        _command(where, _text(f"{where}: command", entry.get("command"))),
        answer,
        None if sw is None else int(sw, 16),
        error,
    )


def _text(where: str, value: object) -> str:
    if not isinstance(value, str):
        raise RecordingError(where, "text")
    return value


# Values


class _Masks:
    """The masks of a trace over what stands in a file, connection by connection."""

    def __init__(self) -> None:
        self._mask = AnswerMask()

    def checked(self, where: str, exchange: Exchange) -> Exchange:
        """The exchange, in its order. Raises RecordingError where its answer is not what a trace shows of it.

        The answer is not repeated there: it may be a person's.
        """
        if exchange.number == 1:
            self._mask = AnswerMask()
        if exchange.error is not None:
            self._mask.nobody_answered()
        elif self._mask.shown_data(rebuilt_command(exchange.command), rebuilt_answer(exchange)) != exchange.answer:
            raise RecordingError(
                where,
                "an answer without what a trace withholds after the commands so far: it may be a certificate",
            )
        return exchange


def _command(where: str, shown: str) -> str:
    if len(shown) > 2 * (EXTENDED_LIMIT + 9) or not _COMMAND.fullmatch(shown):
        raise RecordingError(where, "a command: hex, or a header and how much is withheld")
    # What a trace would withhold must not stand in a recording: it may be a PIN, and is not repeated here either.
    if shown_command(rebuilt_command(shown)) != shown:
        raise RecordingError(where, "a command without what a trace withholds: it may be secret")
    return shown


def rebuilt_command(shown: str) -> bytes:
    """A command that a trace shows so, with filler for what is withheld. `shown` is one that a recording may hold."""
    signed = _SIGNED.fullmatch(shown)
    if signed is not None:
        length = int(signed["length"])
        lc = min(length, 0xFF)  # a body that no Lc can tell of is shown otherwise, so it is refused
        return bytes.fromhex(signed["header"]) + bytes((lc,)) + FILLER * length + bytes.fromhex(signed["tail"] or "")
    header, withheld, _ = shown.partition("[")
    return bytes.fromhex(header) + (_NO_BODY if header and withheld else b"")


def rebuilt_answer(exchange: Exchange) -> bytes:
    """What was answered, with filler for what is withheld; less than a status word where none was recorded."""
    if exchange.sw is None:
        return FILLER
    pieces = (FILLER * piece if isinstance(piece, int) else piece for piece in answer_pieces(exchange.answer))
    return b"".join(pieces) + exchange.sw.to_bytes(2, "big")


def _answer(where: str, shown: str) -> str:
    if len(shown) > LONGEST_LINE or not _ANSWER.fullmatch(shown) or answer_length(shown) > EXTENDED_LIMIT + 1:
        raise RecordingError(where, "an answer: hex, and how much is withheld")
    return shown


def answer_pieces(shown: str) -> Iterator[bytes | int]:
    """The pieces of a shown answer in order: bytes, or how many are withheld."""
    for piece in re.findall(_PIECE, shown):
        yield int(piece[1:].split()[0]) if piece.startswith("[") else bytes.fromhex(piece)


def answer_length(shown: str) -> int:
    """How many bytes a shown answer had, without its status word."""
    return sum(piece if isinstance(piece, int) else len(piece) for piece in answer_pieces(shown))


def _atr(where: str, shown: str) -> bytes:
    if not re.fullmatch(rf"(?:{_HEX})?", shown) or len(shown) > 2 * LONGEST_ATR:
        raise RecordingError(where, f"an ATR: hex of at most {LONGEST_ATR} bytes")
    return bytes.fromhex(shown)


def _milliseconds(where: str, value: object, longest: float) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= longest:
        raise RecordingError(where, f"milliseconds from 0 to {longest:.0f}, or null")
    return float(value)
