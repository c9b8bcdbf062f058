"""Everything the command writes: one JSON object on one line, or lines for a person, and one error shape.

Rule: no other module of `kiosk.cli` writes to stdout or stderr. A reader who has gone away (broken pipe) is no error;
a full disk is. What breaks if it is wrong: a script that reads half an object, or a traceback at somebody's desk.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from kiosk.cli.errors import CommandError
from kiosk.cli.told import told
from kiosk.cli.words import Words
from kiosk.started_as import with_command
from kiosk.steering import harmless

SAMPLE = "窓口✓×●!…"
"""What a stream must be able to write."""

CANNOT_ENCODE = (
    "madoguchi: this output cannot show Japanese (its encoding is {encoding}). Remedy: set {remedy} and start again.\n"
)
"""Said in ASCII, because nothing else can be said there (design.md: Python's UTF-8 mode is enough)."""


class Output:
    """Where results and errors go. `as_json`: exactly one object on stdout."""

    def __init__(self, words: Words, *, as_json: bool) -> None:
        self.words = words
        self.as_json = as_json
        self._said_object = False
        self._met_broken_pipe = False

    @property
    def reader_has_gone(self) -> bool:
        """Whether nobody reads standard output any more, so that what goes on only to tell may end."""
        return self._met_broken_pipe or _is_read_by_nobody(sys.stdout)

    def check_encoding(self, *, terminal: bool = False) -> None:
        """Raise CommandError `output_encoding` where Japanese cannot be written.

        JSON can always be written (it escapes). `terminal`: the screens are drawn through stderr, so it counts too.
        """
        streams = (sys.stdout, sys.stderr) if terminal else () if self.as_json else (sys.stdout,)
        for stream in streams:
            if stream is not None and not _can_write_japanese(stream):
                raise CommandError("output_encoding", encoding=stream.encoding)

    def result(self, document: Mapping[str, Any], lines: Iterable[str]) -> None:
        """Say the result: `document` with --json, else `lines`. At most one object is ever written."""
        if self.as_json:
            if not self._said_object:
                self._said_object = True
                self.text(_to_json(document, sys.stdout))
        else:
            self.text("".join(f"{with_command(harmless(line))}\n" for line in lines))

    def text(self, text: str) -> None:
        """Write help or a version as it is, also with --json."""
        if not _write(sys.stdout, text):
            self._met_broken_pipe = True

    def note(self, line: str) -> None:
        """Tell a person something beside the result, on stderr."""
        _write(sys.stderr, "".join(f"{part}\n" for part in told(line, sys.stderr)), forgiving=True)

    def over(self, line: str) -> None:
        """Write a line of progress over the last one, on stderr; an empty line takes it away."""
        _write(sys.stderr, f"\r\x1b[K{line}", forgiving=True)

    def failure(self, error: CommandError) -> None:
        """Say what was wrong and what helps: the error object with --json, else two lines on stderr.

        What could not be written to stdout is told on stderr in any case.
        """
        if error.code == "output_encoding" and not self.as_json:
            _write(sys.stderr, cannot_encode(str(error.params["encoding"])), forgiving=True)
            return
        said = self.error_object(error)
        if self.as_json and error.code != "output_failed":
            self.result({"error": said}, ())
        else:
            self.note(f"madoguchi: {said['message']}")
            self.note(f"{self.words.text('remedy')}{said['remedy']}")

    def error_object(self, error: CommandError) -> dict[str, str]:
        """The error as docs/schemas/error.json has it below `error`."""
        message, remedy = self.sentences(error)
        return {"code": error.code, "message": message, "remedy": remedy}

    def sentences(self, error: CommandError) -> tuple[str, str]:
        """Message and remedy of an error in the chosen language."""
        if error.words is not None:
            return error.words(self.words.lang)
        params = {name: self._shown(value) for name, value in error.params.items()}
        if params.get("near"):
            params["near"] = self.words.text("near", names=params["near"])
        message = self.words.text(f"error.{error.code}", **params)
        return message, self.words.text(f"error.{error.code}.remedy", **params)

    def _shown(self, value: object) -> str:
        if isinstance(value, OSError):
            return self.reason(value)
        if isinstance(value, tuple):
            return ", ".join(str(part) for part in value)
        return str(value)

    def reason(self, error: OSError) -> str:
        """Why the operating system refused, in the chosen language."""
        import errno

        name = errno.errorcode.get(error.errno or 0, type(error).__name__)
        return self.words.one_of(f"os.{name}", "os.other", name=name)


def cannot_encode(encoding: str) -> str:
    """The ASCII sentence for an output without Japanese."""
    override = os.environ.get("PYTHONIOENCODING")
    remedy = "PYTHONIOENCODING=utf-8" if override else "PYTHONUTF8=1"
    return CANNOT_ENCODE.format(encoding=encoding, remedy=remedy)


def _can_write_japanese(stream: TextIO) -> bool:
    return _can_write(SAMPLE, stream)


def _can_write(text: str, stream: TextIO, errors: str = "strict") -> bool:
    try:
        text.encode(stream.encoding or "ascii", errors)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _to_json(document: Mapping[str, Any], stream: TextIO | None) -> str:
    import json

    text = json.dumps(document, ensure_ascii=False)
    if stream is not None and not _can_write(text, stream):  # a file's name may hold bytes that are no text at all
        text = json.dumps(document)
    return text + "\n"


def _write(stream: TextIO | None, text: str, *, forgiving: bool = False) -> bool:
    """Write and flush; False where the reader has gone away.

    `forgiving`: what cannot be written to a terminal's error stream is left unsaid. A letter that the stream cannot
    write is written by its number.

    Raises:
        CommandError: `output_failed` where it is not forgiving.
    """
    if stream is None:
        return True
    if forgiving or not _can_write(text, stream, stream.errors or "strict"):
        text = text.encode(stream.encoding or "ascii", "backslashreplace").decode(stream.encoding or "ascii")
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _close_quietly(stream)
        return False
    except OSError as error:
        _close_quietly(stream)
        if not forgiving:
            raise CommandError("output_failed", reason=error) from error
    return True


def _is_read_by_nobody(stream: TextIO | None) -> bool:
    """Whether the stream is a pipe whose other end is closed. False where that cannot be known without writing."""
    import select
    import stat

    poll = getattr(select, "poll", None)  # Windows has none
    if stream is None or poll is None:
        return False
    try:
        number = stream.fileno()
        if not stat.S_ISFIFO(os.fstat(number).st_mode):
            return False
        looks = poll()
        looks.register(number, 0)  # asked for nothing, it still tells of errors
        return any(event & (select.POLLERR | select.POLLHUP) for _, event in looks.poll(0))
    except (OSError, ValueError):
        return False


def _close_quietly(stream: TextIO) -> None:
    """Point the stream nowhere, so that Python's own flush at exit finds nothing to complain about."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stream.fileno())
    except (OSError, ValueError):
        return
    finally:
        os.close(nowhere)
