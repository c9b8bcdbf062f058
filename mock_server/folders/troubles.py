"""What does not work in a set of folders right now: told once when it begins, kept until it is over.

What breaks if wrong: a full disk nobody hears of, or a log that fills it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from types import MappingProxyType

from mock_server.words import text

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    """One trouble: the id of a sentence in the catalogue, and its parameters."""

    code: str
    params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def sentence(self, lang: str) -> str:
        """The words for people."""
        return text(lang, self.code, **self.params)


def log_notice(notice: Notice) -> None:
    """Tell a trouble on the log, in Japanese, with its id for whoever searches."""
    _log.warning("%s (%s)", notice.sentence("ja"), notice.code)


class Troubles:
    """The troubles of one set of folders. Read by any thread, written by the worker's."""

    def __init__(self, tell: Callable[[Notice], None]) -> None:
        self._tell = tell
        self._lock = Lock()
        self._present: dict[tuple[str, str], Notice] = {}
        self._seen: set[tuple[str, str]] = set()

    def have(self, code: str, **params: str) -> None:
        """There is this trouble, now; `path` in the parameters tells it from others of its kind."""
        key = (code, params.get("path", ""))
        notice = Notice(f"folders.{code}", MappingProxyType(params))
        with self._lock:
            self._seen.add(key)
            is_new = key not in self._present
            self._present[key] = notice
        if is_new:
            self._tell(notice)

    def have_os(self, code: str, path: str, error: OSError) -> None:
        """As `have`, with the system's reason."""
        self.have(code, path=path, reason=error.strerror or type(error).__name__)

    def round_is_over(self) -> None:
        """What was not met again in this round is over."""
        with self._lock:
            self._present = {key: notice for key, notice in self._present.items() if key in self._seen}
            self._seen.clear()

    def present(self) -> tuple[Notice, ...]:
        """What does not work right now."""
        with self._lock:
            return tuple(self._present.values())
