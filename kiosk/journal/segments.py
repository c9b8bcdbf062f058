"""The files of a journal: one segment a day, in the order of their first sequence number.

Knows names, lines and torn ends; no keys.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

SUFFIX = ".journal"
_NAME = re.compile(r"\d{10,15}-\d{4}-\d\d-\d\d\.journal")


def segment_path(folder: Path, sequence: int, day: date) -> Path:
    """Where the segment that begins with link `sequence` on `day` lies."""
    return folder / f"{sequence:010d}-{day.isoformat()}{SUFFIX}"


def segment_paths(folder: Path) -> list[Path]:
    """Every segment, oldest first. A folder that is not there has none."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


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
