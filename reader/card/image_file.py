"""A card image on disk: one JSON file, readable by eye, written whole, for its owner only.

It holds a PIN and private keys, so it is written with mode 0600 and nothing of it is ever quoted. Format 2 keeps every
application; format 1, which kept the signing one alone, is still read, because people have cards with spent tries.
AIDs are written byte by byte, so that a search for twelve digits in a row finds nothing here.
What breaks if this is wrong: a try that was spent comes back, or a half-written card stops a rehearsal.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from reader.card import applications, layout
from reader.card.layout import KeyAlgorithm
from reader.card.private_file import write_private
from reader.card.records import ApplicationRecord, FileRecord, KeyRecord, PinRecord

FORMAT: Final = 2
"""Version of the shape that is written."""
FIRST_FORMAT: Final = 1
FIELDS: Final = ("persona", "label", "applications", "aid", "atr", "objects", "variant", "generation", "mute")
"""What an image consists of: the names of `CardImage`."""


class CardImageError(ValueError):
    """A file is not a card image we can use: `path` and what is wrong with it. Carries none of its content."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


def read(path: Path) -> dict[str, Any]:
    """The parts of the image in a file, by the names of `FIELDS`.

    Raises:
        CardImageError: The file is there but is no image of a format we know.
        OSError: The file cannot be read.
    """
    raw = path.read_bytes()
    try:
        return _from_json(json.loads(raw))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        # The cause stays away: its text could quote the content, and the content is a PIN and keys.
        problem = f"not a card image of format {FORMAT}; delete it and a new card is issued ({type(error).__name__})"
    raise CardImageError(path, problem)


def write(path: Path, image: Mapping[str, Any]) -> None:
    """Write the parts of an image; a crash leaves the old file or the new one.

    Raises:
        OSError: The folder does not exist or cannot be written.
    """
    write_private(path, json.dumps(_to_json(image), ensure_ascii=False, indent=1).encode() + b"\n")


def _to_json(image: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "persona": image["persona"],
        "label": image["label"],
        "variant": image["variant"],
        "generation": image["generation"],
        "mute": image["mute"],
        "aid": _spaced(image["aid"]),
        "atr": _spaced(image["atr"]),
        "objects": {_fid(tag): _text(content) for tag, content in image["objects"].items()},
        "applications": {_spaced(aid): _application_to_json(one) for aid, one in image["applications"].items()},
    }


def _from_json(data: dict[str, Any]) -> dict[str, Any]:
    common: dict[str, Any] = {
        "persona": str(data["persona"]),
        "label": str(data["label"]),
        "aid": bytes.fromhex(data["aid"]),
        "atr": bytes.fromhex(data["atr"]),
    }
    if data["format"] == FIRST_FORMAT:
        return common | _what_format_1_lacked(common["persona"], common["label"], common["aid"], data)
    if data["format"] != FORMAT or data["generation"] not in layout.LAYOUTS:
        raise ValueError("format")
    return common | {
        "variant": str(data["variant"]),
        "generation": data["generation"],
        "mute": data["mute"] is True,
        "objects": {int(tag, 16): _bytes(content) for tag, content in data["objects"].items()},
        "applications": {bytes.fromhex(aid): _application_from_json(one) for aid, one in data["applications"].items()},
    }


def _what_format_1_lacked(persona: str, label: str, aid: bytes, data: dict[str, Any]) -> dict[str, Any]:
    """The signing application as it was, with everything that a card of that time did not have yet."""
    old = _application_from_json(data)
    files = dict(old.files)
    if layout.TOKEN_INFO in files:
        files[layout.TOKEN_INFO] = FileRecord(layout.token_info(label))  # its flags were all 0
    main = ApplicationRecord(files, old.pins, old.keys)
    return {
        "variant": "plastic",
        "generation": layout.MY_NUMBER.name,
        "mute": False,
        "objects": applications.objects(persona, layout.MY_NUMBER),
        "applications": {
            aid: applications.furnished(main, layout.MY_NUMBER),
            **applications.beside(persona, layout.MY_NUMBER),
        },
    }


def _application_to_json(application: ApplicationRecord) -> dict[str, Any]:
    return {
        "files": {
            _fid(ef): {
                "content": _text(f.content),
                "filler": f.filler,
                "read_pin": None if f.read_pin is None else _fid(f.read_pin),
                "closed": f.closed,
            }
            for ef, f in application.files.items()
        },
        "pins": {
            _fid(ef): {
                "value": p.value.decode("ascii"),
                "tries_left": p.tries_left,
                "limit": p.limit,
                "length": [p.min_length, p.max_length],
                "characters": p.characters.decode("ascii"),
            }
            for ef, p in application.pins.items()
        },
        "keys": {
            _fid(ef): {
                "pem": k.pem.decode("ascii"),
                "pin": _fid(k.pin),
                "modes": list(k.modes),
                "algorithm": k.algorithm.value,
            }
            for ef, k in application.keys.items()
        },
        "records": {_fid(ef): [_text(one) for one in many] for ef, many in application.records.items()},
        "references": [_fid(ef) for ef in sorted(application.references)],
    }


def _application_from_json(data: dict[str, Any]) -> ApplicationRecord:
    application = ApplicationRecord(
        files={_ef(ef): _file_from_json(f) for ef, f in data["files"].items()},
        pins={_ef(ef): _pin_from_json(p) for ef, p in data["pins"].items()},
        keys={_ef(ef): _key_from_json(k) for ef, k in data["keys"].items()},
        records={_ef(ef): tuple(map(_bytes, many)) for ef, many in data.get("records", {}).items()},
        references=frozenset(map(_ef, data.get("references", ()))),
    )
    # No two things share an id, and whatever names a PIN names one that exists.
    tables = (application.files, application.pins, application.keys, application.records, application.references)
    if len(application.ids) != sum(len(table) for table in tables):
        raise ValueError("ids")
    wanted = {f.read_pin for f in application.files.values()} | {k.pin for k in application.keys.values()}
    if not wanted <= {None, *application.pins}:
        raise ValueError("pins")
    return application


def _file_from_json(data: dict[str, Any]) -> FileRecord:
    read_pin = None if data["read_pin"] is None else _ef(data["read_pin"])
    closed = data.get("closed", False) is not False  # whatever else stands there: closed is the safe side
    return FileRecord(_bytes(data["content"]), _whole(data["filler"], 0xFFFF), read_pin, closed)


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


def _key_from_json(data: dict[str, Any]) -> KeyRecord:
    modes = tuple(_whole(mode, 0xFF) for mode in data["modes"])
    algorithm = KeyAlgorithm(data.get("algorithm", KeyAlgorithm.RSA_2048))
    return KeyRecord(data["pem"].encode("ascii"), _ef(data["pin"]), modes, algorithm)


def _whole(value: object, highest: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= highest:
        raise ValueError("number")
    return value


def _ef(text: str) -> int:
    return _whole(int(text, 16), 0xFFFF)


def _fid(ef: int) -> str:
    return f"{ef:04X}"


def _spaced(value: bytes) -> str:
    return value.hex(" ").upper()


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
