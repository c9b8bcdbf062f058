"""Files that lie in `res` or `face` until somebody collects them, or until their stay time is over.

Gone means collected. What nobody collects is removed, and a `del_….txt` in `res` says so: that such notices pile up
there is recorded, what stands in them is ours (online-qualification.md §1.1). What breaks if wrong: a file is removed
that is still wanted, or a folder grows for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from eligibility.oqs.charset import Encoding, encode, fit
from mock_server.folders.places import Place
from mock_server.folders.troubles import Troubles
from mock_server.words import LANGUAGES, text


@dataclass(frozen=True, slots=True)
class LyingFile:
    """What was written for one key; gone when the first of its names is. The key is "" for a copy left behind."""

    key: str
    names: tuple[str, ...]
    written_at: datetime


class Lying:
    """The files of one folder that nobody has collected."""

    def __init__(self, place: Place, stay_minutes: int) -> None:
        self._place = place
        self._stay = timedelta(minutes=stay_minutes) if stay_minutes else None
        self._files: dict[str, list[LyingFile]] = {}

    def add(self, file: LyingFile) -> None:
        """It was put there just now, or lay there before a restart. One of that name from before goes with it."""
        self._files.setdefault(file.names[0], []).append(file)

    def holds(self, name: str) -> bool:
        """Whether a file of that name is one of these."""
        return any(name in file.names for files in self._files.values() for file in files)

    def collected(self) -> list[str]:
        """The keys of files that are gone; they are forgotten, but for further copies that still lie there.

        Raises:
            OSError: The folder cannot be listed now.
        """
        if not self._files:
            return []
        present = {entry.name for entry in self._place.entries()}
        gone = [name for name in self._files if name not in present]
        copies = [
            LyingFile("", tuple(name for name in file.names if name in present), file.written_at)
            for name in gone
            for file in self._files[name]
        ]
        keys = self.forget(gone)
        for copy in copies:
            if copy.names:
                self.add(copy)
        return keys

    def overdue(self, now: datetime) -> list[LyingFile]:
        """Those whose stay time is over: of each name the newest file."""
        stay = self._stay
        newest = [files[-1] for files in self._files.values()]
        return [] if stay is None else [file for file in newest if file.written_at + stay <= now]

    def forget(self, names: Iterable[str]) -> list[str]:
        """They are no longer there; the keys of what lay under these names."""
        return [file.key for name in names for file in self._files.pop(name, []) if file.key]


def removal_notice(file: LyingFile, removed_at: datetime, encoding: Encoding) -> tuple[str, bytes]:
    """Name and content of the notice that a file was removed."""
    name = file.names[0]
    params = {"name": name, "written": f"{file.written_at:%Y-%m-%d %H:%M:%S}", "at": f"{removed_at:%Y-%m-%d %H:%M:%S}"}
    lines = [text(lang, "folders.removal_notice", **params) for lang in LANGUAGES]
    content = encode(fit("\r\n".join([*lines, ""]), encoding), encoding)
    return f"del_{name.rpartition('.')[0]}.txt", content


def remove_overdue(
    lying: Lying, place: Place, *, res: Place, hidden: Place, now: datetime, encoding: Encoding, troubles: Troubles
) -> list[str]:
    """Remove what is overdue, each with its notice; the keys of what was removed. What cannot be is tried again."""
    removed = []
    for file in lying.overdue(now):
        try:
            name, content = removal_notice(file, now, encoding)
            hidden.write(name, [content])
            hidden.move(name, res, name, replace=True)
            for one in file.names:
                place.remove(one)
        except OSError as error:
            troubles.have_os("unremovable", str(place.path / file.names[0]), error)
            continue
        removed.append(file.names[0])
    return lying.forget(removed)
