"""What a software card remembers between two visits, and its file on disk.

The image holds everything that makes one card differ from another (files, PINs and their counters, keys), as data.
It holds a PIN and private keys, so it is written with mode 0600 and its parts stay out of every repr.
What breaks if this is wrong: a try that was spent comes back, or a half-written card stops a rehearsal.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from reader.card import layout
from reader.card.private_file import write_private

FORMAT: Final = 1
"""Version of the file's shape; another one is refused."""


class CardImageError(ValueError):
    """A file is not a card image we can use: `path` and what is wrong with it. Carries none of its content."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A transparent EF: `content`, then `filler` bytes of `FF` that belong to the EF but not to the object in it."""

    content: bytes = field(repr=False)
    filler: int = 0
    read_pin: int | None = None
    """The PIN EF that must be verified before reading; None: free."""


@dataclass(frozen=True, slots=True)
class PinRecord:
    """One PIN and its counter. An empty `value` is a PIN that was never set: nothing matches it."""

    value: bytes = field(repr=False)
    tries_left: int
    limit: int
    min_length: int
    max_length: int
    characters: bytes = field(repr=False, default=layout.DIGITS)


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A private key (PKCS#8 PEM, not encrypted), the PIN EF it needs, and the sign modes (P1) it takes."""

    pem: bytes = field(repr=False)
    pin: int
    modes: tuple[int, ...] = (0, 1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class CardImage:
    """One card as data. Changing it gives a new image; file ids are the keys of the three tables."""

    persona: str
    label: str
    files: Mapping[int, FileRecord] = field(repr=False)
    pins: Mapping[int, PinRecord] = field(repr=False)
    keys: Mapping[int, KeyRecord] = field(repr=False)
    aid: bytes = layout.JPKI_AID
    atr: bytes = layout.ATR

    def with_pin(self, ef: int, record: PinRecord) -> CardImage:
        """The same card with another PIN record at `ef`."""
        return replace(self, pins={**self.pins, ef: record})

    def with_tries_left(self, tries_left: int, ef: int = layout.AUTH_PIN) -> CardImage:
        """The same card with another counter: 0 is a locked PIN."""
        return self.with_pin(ef, replace(self.pins[ef], tries_left=tries_left))

    def with_file(self, ef: int, record: FileRecord) -> CardImage:
        """The same card with another file at `ef`."""
        return replace(self, files={**self.files, ef: record})

    @property
    def auth_certificate(self) -> bytes:
        """利用者証明用電子証明書, DER, without filler. Raises KeyError where the card has none."""
        return self.files[layout.AUTH_CERTIFICATE].content


def load_image(path: Path) -> CardImage:
    """Read an image.

    Raises:
        CardImageError: The file is there but is no image of this format.
        OSError: The file cannot be read.
    """
    raw = path.read_bytes()
    try:
        return _from_json(json.loads(raw))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # The cause stays away: its text could quote the content, and the content is a PIN and keys.
        problem = f"not a card image of format {FORMAT}; delete it and a new card is issued ({type(error).__name__})"
    raise CardImageError(path, problem)


def save_image(image: CardImage, path: Path) -> None:
    """Write an image so that a crash leaves the old one or the new one, never a mixture. Mode 0600.

    Raises:
        OSError: The folder does not exist or cannot be written.
    """
    write_private(path, json.dumps(_to_json(image), ensure_ascii=False, indent=1).encode() + b"\n")


def _to_json(image: CardImage) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "persona": image.persona,
        "label": image.label,
        "aid": image.aid.hex().upper(),
        "atr": image.atr.hex().upper(),
        "files": {
            _fid(ef): {
                "content": base64.b64encode(f.content).decode(),
                "filler": f.filler,
                "read_pin": _fid(f.read_pin),
            }
            for ef, f in image.files.items()
        },
        "pins": {
            _fid(ef): {
                "value": p.value.decode("ascii"),
                "tries_left": p.tries_left,
                "limit": p.limit,
                "length": [p.min_length, p.max_length],
                "characters": p.characters.decode("ascii"),
            }
            for ef, p in image.pins.items()
        },
        "keys": {
            _fid(ef): {"pem": k.pem.decode("ascii"), "pin": _fid(k.pin), "modes": list(k.modes)}
            for ef, k in image.keys.items()
        },
    }


def _from_json(data: dict[str, Any]) -> CardImage:
    if data["format"] != FORMAT:
        raise ValueError("format")
    files = {
        int(ef, 16): FileRecord(
            base64.b64decode(f["content"], validate=True),
            _whole(f["filler"], 0xFFFF),
            None if f["read_pin"] is None else int(f["read_pin"], 16),
        )
        for ef, f in data["files"].items()
    }
    pins = {int(ef, 16): _pin_from_json(p) for ef, p in data["pins"].items()}
    keys = {
        int(ef, 16): KeyRecord(k["pem"].encode("ascii"), int(k["pin"], 16), tuple(_whole(m, 0xFF) for m in k["modes"]))
        for ef, k in data["keys"].items()
    }
    # A file, a PIN and a key cannot share an id, and whatever names a PIN names one that exists.
    if len({*files, *pins, *keys}) != len(files) + len(pins) + len(keys):
        raise ValueError("ids")
    wanted = {f.read_pin for f in files.values()} | {k.pin for k in keys.values()}
    if not wanted <= {None, *pins}:
        raise ValueError("pins")
    return CardImage(
        persona=str(data["persona"]),
        label=str(data["label"]),
        files=files,
        pins=pins,
        keys=keys,
        aid=bytes.fromhex(data["aid"]),
        atr=bytes.fromhex(data["atr"]),
    )


def _pin_from_json(data: dict[str, Any]) -> PinRecord:
    limit = _whole(data["limit"], 0x0F)
    shortest, longest = data["length"]
    return PinRecord(
        value=data["value"].encode("ascii"),
        tries_left=_whole(data["tries_left"], limit),
        limit=limit,
        min_length=_whole(shortest, 0xFF),
        max_length=_whole(longest, 0xFF),
        characters=data["characters"].encode("ascii"),
    )


def _whole(value: object, highest: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= highest:
        raise ValueError("number")
    return value


def _fid(ef: int | None) -> str | None:
    return None if ef is None else f"{ef:04X}"
