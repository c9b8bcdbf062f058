"""Running `madoguchi card emulate` programs of this user: what lies in their slots, and laying a card there.

They are found by their control sockets below the data folder; the grammar of a line is theirs (docs/card-emulate.md).
Blocks for two seconds at most, so never on an event loop. What breaks if wrong: a click that lays down no card.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mock_server.errors import QualificationError, Refusal

FOLDER: Final = "emulators"
PATIENCE_S: Final = 8.0
"""A reader that has to dial in is waited for by the program itself for five."""
MOST_BYTES: Final = 65_536
_PAIR = re.compile(r"(\w+)=(.*?)(?=\s+\w+=|$)")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot of a running program. "" for `persona` and `reader` where there is none."""

    emulator: str
    """Which program: its process number."""
    slot: int
    state: str
    """`empty`, `placed`, `waiting` or `torn`."""
    persona: str
    reader: str


class Emulators:
    """The programs whose sockets lie below one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER

    def slots(self) -> list[Slot]:
        """Every slot of every program that answers; one that does not is passed over."""
        found: list[Slot] = []
        for path in sorted(self._folder.glob("*.sock")):
            said = _ask(path, "status")
            if said is not None and said.startswith("ok "):
                found += _slots(path.stem, said.removeprefix("ok "))
        return found

    def place(self, emulator: str, slot: int, persona: str) -> str:
        """Lay a persona's card into a slot, in place of what lies there; what the program said.

        Raises:
            QualificationError: EMULATOR_GONE, EMULATOR_REFUSED.
        """
        return self._told(emulator, f"swap {_word(persona)} {slot}")

    def remove(self, emulator: str, slot: int) -> str:
        """Take the card away; what the program said. Raises as `place`."""
        return self._told(emulator, f"remove {slot}")

    def _told(self, emulator: str, line: str) -> str:
        said = _ask(self._folder / f"{_word(emulator)}.sock", line)
        if said is None:
            raise QualificationError(Refusal.EMULATOR_GONE)
        if not said.startswith("ok"):
            code = said.split(" ", 2)[1] if " " in said else ""
            raise QualificationError(Refusal.EMULATOR_REFUSED, reason=code if _WORD.fullmatch(code) else "-")
        return said.removeprefix("ok ")


def _word(text: str) -> str:
    if not _WORD.fullmatch(text):
        raise QualificationError(Refusal.EMULATOR_REFUSED, reason="-")
    return text


def _slots(emulator: str, said: str) -> Iterator[Slot]:
    for part in said.split("; "):
        values = dict(_PAIR.findall(part))
        if values.get("slot", "").isdigit():
            persona, reader = values.get("persona", ""), values.get("reader", "")
            yield Slot(
                emulator,
                int(values["slot"]),
                values.get("state", ""),
                "" if persona == "-" else persona,
                "" if reader == "-" else reader,
            )


def _ask(path: Path, line: str) -> str | None:
    """One line asked, one answered; None where nobody does."""
    try:
        with socket.socket(socket.AF_UNIX) as wire:
            wire.settimeout(PATIENCE_S)
            wire.connect(str(path))
            wire.sendall(f"{line}\n".encode())
            said = bytearray()
            while b"\n" not in said and len(said) < MOST_BYTES:
                piece = wire.recv(4096)
                if not piece:
                    break
                said += piece
    except (OSError, ValueError):
        return None
    return said.partition(b"\n")[0].decode("utf-8", "replace") or None
