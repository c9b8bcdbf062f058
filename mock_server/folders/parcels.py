"""From a decided answer to files: how many, under which names, when, and whether they grow in full view.

Pure: no clock, no disk. Which scenario does what to a file stands here and nowhere else (scenarios of the transport;
what the service says wrongly is decided before). What breaks if wrong: an armed trouble does not happen.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from eligibility.oqs.charset import Encoding, declaration, decode
from mock_server.scenarios.delivery import Delivery, Trouble

_FACE: Final = "res_face_"
_OTHER_DECLARATION: Final[dict[str, Encoding]] = {"cp932": "utf-8"}
"""What a file in the wrong encoding declares; Shift_JIS for every other."""


@dataclass(frozen=True, slots=True)
class Step:
    """A growing file: after `pause_s` it holds this share of its bytes."""

    pause_s: float
    share: float


@dataclass(frozen=True, slots=True)
class Parcel:
    """One file: `after_s` is counted from when the first one is due. Without `steps` it appears whole, in one step."""

    name: str
    after_s: float = 0.0
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """When the first file is due, in seconds from the decision."""

    delay_s: float = 0.0
    hold_s: float | None = None
    """Held back until another answer was written, this long at most; None: not held."""


def schedule(delivery: Delivery) -> Schedule:
    """`latency`, `late_file` and `out_of_order`."""
    delay = _number(delivery.trouble("latency"), "delay_ms") / 1000 + _number(delivery.trouble("late_file"), "delay_s")
    held = delivery.trouble("out_of_order")
    return Schedule(delay, None if held is None else _number(held, "hold_s"))


def is_never_sent(delivery: Delivery) -> bool:
    """`timeout`: the request is taken away and nothing comes."""
    return delivery.trouble("timeout") is not None


def parcels(name: str, delivery: Delivery) -> tuple[Parcel, ...]:
    """The files in which an answer of that name arrives: `doubled`, `half_written`, `slow_body`."""
    steps = _steps(delivery)
    doubled = delivery.trouble("doubled")
    pause = _number(doubled, "pause_ms") / 1000
    copies = 1 if doubled is None else int(_number(doubled, "copies"))
    return tuple(Parcel(_copy_name(name, number), number * pause, steps) for number in range(copies))


def spoiled(body: bytes, delivery: Delivery, *, is_text: bool = True) -> bytes:
    """The bytes of an answer as they arrive: `wrong_encoding` (of a text only), `truncated`."""
    if is_text and (wrong := delivery.trouble("wrong_encoding")) is not None:
        encoding = str(wrong.params["encoding"])
        declared = _OTHER_DECLARATION.get(encoding, "cp932")
        text = declaration(declared) + decode(body).lstrip("\n")
        body = text.encode(encoding, "replace")
    if (cut := delivery.trouble("truncated")) is not None:
        body = body[: _share_of(len(body), _number(cut, "percent") / 100)]
    return body


def grown_to(length: int, share: float) -> int:
    """How many bytes a growing file has at a step; never all of them before the last one."""
    return length if share >= 1 else _share_of(length, share)


def _share_of(length: int, share: float) -> int:
    return min(int(length * share), max(0, length - 1))


def _steps(delivery: Delivery) -> tuple[Step, ...]:
    if (half := delivery.trouble("half_written")) is not None:
        return Step(0, _number(half, "percent") / 100), Step(_number(half, "pause_ms") / 1000, 1)
    if (slow := delivery.trouble("slow_body")) is not None:
        pieces, pause = int(_number(slow, "pieces")), _number(slow, "pause_ms") / 1000
        return tuple(Step(pause if number else 0, (number + 1) / pieces) for number in range(pieces))
    return ()


def _copy_name(name: str, number: int) -> str:
    """The name of a further copy: another identifier in a face file's name, a longer suffix in an answer's."""
    if not number:
        return name
    stem, dot, ending = name.rpartition(".")
    if _FACE in name:
        head, moment = stem.rsplit("_", 1)
        identifier = head[-20:]
        other = hashlib.sha256(f"{identifier}{number}".encode()).hexdigest()[:20]
        return f"{head[:-20]}{other}_{moment}{dot}{ending}"
    return f"{stem}_{number + 1}{dot}{ending}"


def _number(trouble: Trouble | None, name: str) -> float:
    value: Any = 0 if trouble is None else trouble.params.get(name, 0)
    return float(value)
