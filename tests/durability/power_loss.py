"""A disk that records what it is asked for, and what a power loss at any moment would have left of it.

Stricter than any file system: data counts only once its file was synced, a name only once its folder was; of what was
not synced a random beginning stays, its last write torn, or as zeros that were never filled.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk.journal.files import Disk

Step = tuple[Any, ...]


@dataclass
class _Held:
    """An open file."""

    inode: int
    appends: bool


class RecordingDisk(Disk):
    """Does what it is asked for in a folder, and writes down each step. `note` puts marks between the steps."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.steps: list[Step] = []
        self._inodes: dict[Path, int] = {}
        self._sizes: dict[int, int] = {}
        self._open: dict[int, _Held] = {}
        self._count = 0

    def note(self, *mark: Any) -> None:
        """What was acknowledged, or begun, at this moment."""
        self.steps.append(("note", mark))

    def open(self, path: Path, flags: int) -> int:
        new = not path.exists()
        descriptor = super().open(path, flags)
        if new:
            self._count += 1
            self._inodes[path] = self._count
            self._sizes[self._count] = 0
            self.steps.append(("name", path.parent, path.name, self._count))
        self._open[descriptor] = _Held(self._inodes[path], bool(flags & os.O_APPEND))
        return descriptor

    def write(self, descriptor: int, content: bytes) -> int:
        held = self._open[descriptor]
        taken = super().write(descriptor, content)
        offset = self._sizes[held.inode] if held.appends else 0
        self._written(held.inode, content[:taken], offset)
        return taken

    def write_at(self, descriptor: int, content: bytes, offset: int) -> int:
        taken = super().write_at(descriptor, content, offset)
        self._written(self._open[descriptor].inode, content[:taken], offset)
        return taken

    def _written(self, inode: int, content: bytes, offset: int) -> None:
        self.steps.append(("write", inode, offset, content))
        self._sizes[inode] = max(self._sizes[inode], offset + len(content))

    def truncate(self, descriptor: int, size: int) -> None:
        super().truncate(descriptor, size)
        inode = self._open[descriptor].inode
        self.steps.append(("truncate", inode, size))
        self._sizes[inode] = size

    def sync(self, descriptor: int) -> None:
        super().sync(descriptor)
        self.steps.append(("sync", self._open[descriptor].inode))

    def close(self, descriptor: int) -> None:
        super().close(descriptor)
        del self._open[descriptor]

    def rename(self, old: Path, new: Path) -> None:
        super().rename(old, new)
        inode = self._inodes[new] = self._inodes.pop(old)
        self.steps.append(("rename", new.parent, old.name, new.name, inode))

    def unlink(self, path: Path) -> None:
        super().unlink(path)
        self._inodes.pop(path)
        self.steps.append(("name", path.parent, path.name, None))

    def link(self, old: Path, new: Path) -> None:
        super().link(old, new)
        self._inodes[new] = self._inodes[old]
        self.steps.append(("name", new.parent, new.name, self._inodes[old]))

    def make_folder(self, path: Path) -> None:
        super().make_folder(path)
        self.steps.append(("name", path.parent, path.name, path))

    def sync_folder(self, folder: Path) -> None:
        super().sync_folder(folder)
        self.steps.append(("sync_folder", folder))


@dataclass
class _Pending:
    """What was done to one file or folder: the first `durable` of the steps are on the disk."""

    steps: list[Step] = field(default_factory=list)
    durable: int = 0


def notes(steps: list[Step]) -> list[Step]:
    """The marks among these steps."""
    return [step[1] for step in steps if step[0] == "note"]


def left_after(steps: list[Step], root: Path, target: Path, chance: random.Random) -> None:
    """Build in `target` what a power loss after these steps may have left of `root`."""
    files: dict[int, _Pending] = {}
    folders: dict[Path, _Pending] = {}
    for step in steps:
        match step[0]:
            case "write" | "truncate":
                files.setdefault(step[1], _Pending()).steps.append(step)
            case "sync":
                one = files.setdefault(step[1], _Pending())
                one.durable = len(one.steps)
            case "name" | "rename":
                folders.setdefault(step[1], _Pending()).steps.append(step)
            case "sync_folder":
                folder = folders.setdefault(step[1], _Pending())
                folder.durable = len(folder.steps)
    contents = {inode: _content(one, chance) for inode, one in files.items()}
    _build(root, target, folders, contents, chance)


def _kept(pending: _Pending, chance: random.Random) -> int:
    """How many steps stay: all that are durable, and often everything, as after a kill."""
    return len(pending.steps) if chance.random() < 0.3 else chance.randint(pending.durable, len(pending.steps))


def _content(pending: _Pending, chance: random.Random) -> bytes:
    kept = _kept(pending, chance)
    content = bytearray()
    for step in pending.steps[:kept]:
        _apply(content, step)
    if kept < len(pending.steps) and pending.steps[kept][0] == "write":
        _, inode, offset, written = pending.steps[kept]
        part = written[: chance.randint(0, len(written))]
        _apply(content, ("write", inode, offset, part if chance.random() < 0.7 else bytes(len(part))))
    return bytes(content)


def _apply(content: bytearray, step: Step) -> None:
    if step[0] == "truncate":
        del content[step[2] :]
    else:
        _, _, offset, written = step
        content.extend(bytes(max(0, offset + len(written) - len(content))))
        content[offset : offset + len(written)] = written


def _build(
    folder: Path, target: Path, folders: dict[Path, _Pending], contents: dict[int, bytes], chance: random.Random
) -> None:
    target.mkdir(parents=True, exist_ok=True)
    pending = folders.get(folder, _Pending())
    names: dict[str, int | Path | None] = {}
    for step in pending.steps[: _kept(pending, chance)]:
        if step[0] == "rename":
            _, _, old, new, inode = step
            names[old], names[new] = None, inode
        else:
            _, _, name, what = step
            names[name] = what
    for name, what in names.items():
        if isinstance(what, Path):
            _build(what, target / name, folders, contents, chance)
        elif what is not None:
            (target / name).write_bytes(contents.get(what, b""))
            (target / name).chmod(0o600)
