"""A case from a file or standard input, for `madoguchi decide`.

Reads and nothing else; what a case may say is `eligibility.case_json`'s. What breaks if it is wrong: a script's case is
read half, or its mistake is told as a fault of this program.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk.cli.errors import CommandError, ExitCode

if TYPE_CHECKING:  # annotations only
    from eligibility.case import Case
    from eligibility.errors import CaseError

STANDARD_INPUT: Final = "-"
LONGEST: Final = 1_000_000
"""Bytes. A case with every document takes two thousand."""


def read_case(source: str) -> Case:
    """The case in the file `source`, or on standard input where it is `-`.

    Raises:
        CommandError: `case_unreadable`, `case_encoding` (with the line), `case_too_long`; the codes of
            `eligibility.case_json` with the path of what is wrong; `individual_number` (exit 5).
    """
    from eligibility.case_json import parse_case
    from eligibility.errors import CaseError

    raw = _bytes(source)
    if len(raw) > LONGEST:
        raise CommandError("case_too_long", most=LONGEST)
    try:
        return parse_case(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise CommandError("case_encoding", line=raw.count(b"\n", 0, error.start) + 1) from error
    except CaseError as error:
        raise _refused(error) from error


def _bytes(source: str) -> bytes:
    try:
        if source == STANDARD_INPUT:
            if sys.stdin is None:
                raise CommandError("case_no_input")
            return sys.stdin.buffer.read(LONGEST + 1)
        with Path(source).open("rb") as file:
            return file.read(LONGEST + 1)
    except ValueError as error:  # a NUL in the name, or an input that was closed
        raise CommandError("case_no_input") from error
    except OSError as error:
        raise CommandError("case_unreadable", path=source, reason=error) from error


def _refused(error: CaseError) -> CommandError:
    if error.code == "field.individual_number":
        return CommandError("individual_number", ExitCode.REFUSED)
    return CommandError(error.code, words=lambda lang: _sentences(lang, error))


def _sentences(lang: str, error: CaseError) -> tuple[str, str]:
    from eligibility.words import text
    from kiosk.cli.words import Words

    said = text(lang, error.code, **error.params)
    # What is wrong inside one value knows nothing of paths.
    message = said if error.code.startswith("case.") else f"{error.path}: {said}"
    return message, Words(lang).text("decide.remedy")
