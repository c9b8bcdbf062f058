"""Exit codes and the one error every command raises; sentences are composed in `kiosk.cli.output`.

What breaks if it is wrong: scripts of other people, which rely on codes and exit codes (design.md §4).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of design.md §4. Where several hold, the highest wins."""

    DONE = 0
    """Done and positive."""
    NEGATIVE = 1
    """Done and negative."""
    USAGE = 2
    """Usage, settings, data folder, terminal."""
    CARD = 3
    """Card or reader, wrong or locked PIN."""
    SERVER = 4
    """Server or network."""
    REFUSED = 5
    """Refused for safety: last PIN try, real card, 個人番号."""


class CommandError(Exception):
    """A command cannot go on. `code` is stable and names the words `error.<code>` and `error.<code>.remedy`.

    `params` fill the sentence; never a PIN, a number of a person or an exception's own text. `words` gives message and
    remedy in a language where another package has the sentences.
    """

    def __init__(
        self,
        code: str,
        exit_code: ExitCode = ExitCode.USAGE,
        *,
        words: Callable[[str], tuple[str, str]] | None = None,
        **params: object,
    ) -> None:
        super().__init__(code)
        self.words = words
        self.code = code
        self.exit_code = exit_code
        self.params = params


class InterruptedByTermError(BaseException):
    """SIGTERM came: leave in order, with exit code 0. Not an Exception, so that no handler takes it for a fault."""


def gravest(errors: list[CommandError]) -> CommandError:
    """Of several errors that hold at once, the one whose exit code wins (5 > 4 > 3 > 2 > 1); the first of equals."""
    return max(errors, key=lambda error: error.exit_code)
