"""The files of a journal: one segment a day, in the order of their first sequence number, or what a purge left of it.

Knows names, lines and torn ends; no keys.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

SUFFIX = ".journal"
TOMBSTONE_SUFFIX = ".purged"
_NAME = re.compile(r"(\d{10,15})-(\d{4}-\d\d-\d\d)\.(journal|purged)")


def segment_path(folder: Path, sequence: int, day: date) -> Path:
    """Where the segment that begins with link `sequence` on `day` lies."""
    return folder / f"{sequence:010d}-{day.isoformat()}{SUFFIX}"


@dataclass(frozen=True, slots=True)
class Part:
    """One day's part of the chain: a segment, or the tombstone in its place."""

    path: Path
    first: int
    day: date
    purged: bool

    @property
    def segment(self) -> Path:
        """Where the segment lies or lay."""
        return self.path.with_suffix(SUFFIX)

    @property
    def tombstone(self) -> Path:
        """Where its tombstone lies once it is purged."""
        return self.path.with_suffix(TOMBSTONE_SUFFIX)


def parts(folder: Path) -> list[Part]:
    """Every part of the chain, oldest first. A folder that is not there has none.

    A segment with a tombstone is what an interrupted purge left: only the tombstone counts.
    """
    if not folder.is_dir():
        return []
    found: dict[str, Part] = {}
    for path in folder.iterdir():
        name = _NAME.fullmatch(path.name)
        if name is None:
            continue
        try:
            day = date.fromisoformat(name[2])
        except ValueError:
            continue
        part = Part(path, int(name[1]), day, name[3] == "purged")
        if part.purged or path.stem not in found:
            found[path.stem] = part
    return sorted(found.values(), key=lambda part: (part.first, part.day))


def unfinished_purges(folder: Path) -> list[Path]:
    """Segments whose tombstone is there already."""
    return [part.segment for part in parts(folder) if part.purged and part.segment.exists()]


@dataclass(frozen=True, slots=True)
class SegmentText:
    """The complete lines of a segment, and how many bytes of an incomplete one follow."""

    lines: tuple[str, ...]
    size: int
    """Bytes of the complete lines."""
    torn: int


def read_segment(path: Path) -> SegmentText:
    """The lines of a segment. Raises OSError.

    A line is torn where it is the last and has no end, or holds bytes the disk never wrote (zeros after a power loss):
    nobody was told that such an entry was written. Anything else that makes no sense stays, for the reader to report.
    """
    raw = path.read_bytes()
    size = raw.rfind(b"\n") + 1
    lines = raw[:size].split(b"\n")[:-1]
    if lines and b"\0" in lines[-1]:
        size -= len(lines.pop()) + 1
    return SegmentText(tuple(line.decode("ascii", "replace") for line in lines), size, len(raw) - size)
