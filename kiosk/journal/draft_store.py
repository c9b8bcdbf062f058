"""Half-typed forms of the staff side: sealed, one beside the other, offered again, and gone at closing time.

A draft is lost rather than kept too long: one that cannot be opened, or whose time is over, is destroyed when it is
met, and `kiosk.journal.draft_sweep` looks when their time is over. What breaks if it is wrong: yesterday's patient in
today's form.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from eligibility.text import holds_individual_number
from kiosk.journal.chain import FIRST_TAG, NONCE_SIZE, Place, SealBrokenError, own_key, seal, unseal
from kiosk.journal.errors import JournalKeyError
from kiosk.journal.files import DISK, Disk, locked
from kiosk.journal.key_file import KeyFile, as_key_file, create_key

Draft = tuple[tuple[str, str], ...]
CLOSING_TIME: Final = time(19, 0)
"""Ours; a setting of the counter moves it."""
_PURPOSE: Final = "draft"
_BLOCK: Final = 1024
_SUFFIX: Final = ".draft"
_WORD_SIZE: Final = 16


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """What was kept of a form, and since when. `word` is its own: two people's papers may be of one form."""

    form: str
    draft: Draft = field(repr=False)
    since: datetime
    word: str


class DraftStore:
    """Drafts in a folder of their own (`kiosk.services.desk_interfaces.DraftStore`).

    `now` is an aware clock. Methods raise OSError where the disk refuses, and JournalKeyError for the key.
    """

    def __init__(
        self,
        folder: Path,
        key_file: Path | KeyFile,
        *,
        now: Callable[[], datetime],
        random_bytes: Callable[[int], bytes],
        closing_time: time = CLOSING_TIME,
        disk: Disk = DISK,
    ) -> None:
        self._folder = folder
        self._keys = as_key_file(key_file)
        self._now = now
        self._random_bytes = random_bytes
        self._closing_time = closing_time
        self._disk = disk

    def keep(self, form: str, draft: Sequence[tuple[str, str]]) -> None:
        """Keep what stands in `form` until closing time, beside what was kept before; nothing typed: keep nothing.

        Of a field that looks like a 個人番号 nothing is kept. What is typed after closing time ends with the day.
        """
        kept = [[word, text] for word, text in draft if text and not holds_individual_number(text)]
        if not kept:
            return
        now = self._now()
        said = {"form": form, "since": now.isoformat(), "until": self.end_of(now).isoformat(), "draft": kept}
        text = json.dumps(said, ensure_ascii=False).encode()
        self._disk.folder(self._folder)
        create_key(self._keys.path, self._random_bytes, self._disk)
        nonce, path = self._random_bytes(NONCE_SIZE), self._path(self._random_bytes(_WORD_SIZE).hex())
        sealed = seal(self._key(), nonce, _place(path), text + b" " * (-len(text) % _BLOCK))
        with self._alone():
            self._disk.replace(path, nonce + sealed)

    def load(self, form: str) -> Draft:
        """What was kept of `form` last, or () where there is nothing, or its time is over."""
        return next((one.draft for one in self.kept() if one.form == form), ())

    def kept(self) -> list[KeptDraft]:
        """Every draft whose time is not over, the newest first; the others are destroyed.

        One that the disk or its key refuses keeps no other from its end: OSError is raised once all were looked at.
        Without the key, the time of the file says when one is over.
        """
        found: list[KeptDraft] = []
        refused: OSError | None = None
        with self._paths() as paths:
            for path in paths:
                try:
                    found += self._read(path)
                except OSError as error:
                    refused = error
        if refused is not None:
            raise refused
        return sorted(found, key=lambda one: one.since, reverse=True)

    def drop(self, word: str) -> None:
        """Destroy one draft: it was finished, or thrown away. Twice does no harm."""
        with self._paths() as paths:
            for path in paths:
                if path.stem == word:
                    self._disk.destroy(path)

    def drop_all(self) -> None:
        """Destroy every draft: at closing time, and by a purge."""
        with self._paths() as paths:
            for path in paths:
                self._disk.destroy(path)

    def destroy_ended(self) -> None:
        """Destroy every draft whose time is over, and what a crash left half-written."""
        self.kept()

    def end_of(self, moment: datetime) -> datetime:
        """When a draft that is kept at this moment ends: closing time, or after that midnight."""
        closing = datetime.combine(moment.date(), self._closing_time, moment.tzinfo)
        return (
            closing if moment < closing else datetime.combine(moment.date() + timedelta(days=1), time(), moment.tzinfo)
        )

    def _read(self, path: Path) -> list[KeptDraft]:
        """The draft, or none: what is over, or was kept by a clock that was days ahead, is destroyed."""
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return []
        try:
            said: Any = json.loads(unseal(self._key(), raw[:NONCE_SIZE], _place(path), raw[NONCE_SIZE:]))
            now, since = self._now(), datetime.fromisoformat(said["since"])
            if since.date() <= now.date() and datetime.fromisoformat(said["until"]) > now:
                draft = tuple((str(word), str(text)) for word, text in said["draft"])
                return [KeptDraft(str(said["form"]), draft, since, path.stem)]
        except JournalKeyError:
            if not self._is_over_by_its_file(path):
                raise
        except (SealBrokenError, ValueError):  # of another key, changed, or cut off: nothing to offer
            pass
        self._disk.destroy(path)
        return []

    def _is_over_by_its_file(self, path: Path) -> bool:
        """The same of one that no key opens, by when its file was written."""
        now = self._now()
        since = datetime.fromtimestamp(path.stat().st_mtime, now.tzinfo)
        return since.date() > now.date() or self.end_of(since) <= now

    @contextmanager
    def _paths(self) -> Iterator[list[Path]]:
        """Every draft, also what a crash left half-written; of no counter of this folder what it is just writing."""
        if not self._folder.is_dir():
            yield []
            return
        with self._alone():
            yield sorted(path for path in self._folder.iterdir() if _SUFFIX in path.name)

    def _alone(self) -> AbstractContextManager[None]:
        """One at a time, among all counters of this folder. The lock lies beside it: in it lie drafts only."""
        return locked(self._folder.parent, f"{self._folder.name}.lock")

    def _path(self, word: str) -> Path:
        return self._folder / f"{word}{_SUFFIX}"

    def _key(self) -> bytes:
        return own_key(self._keys.master(), _PURPOSE)


def _place(path: Path) -> Place:
    return Place(_PURPOSE, path.name, date.min, 0, FIRST_TAG)
