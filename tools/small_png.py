"""Makes a PNG of a screen small: at most 256 colours, each picture element one byte, packed as well as zlib can.

For pictures of a terminal, which has few colours and soft edges between them. Reads what browsers write: 8 bits a
channel, RGB or RGBA, not interlaced; anything else is refused. The standard library alone.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from typing import Final

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_CHANNELS: Final = {2: 3, 6: 4}
_STEP: Final = 4
"""Two shades of a channel that are nearer than this count as one."""

Colour = tuple[int, int, int]


def small(png: bytes) -> bytes:
    """The same picture with a palette.

    Raises:
        ValueError: It is no PNG of the kind that browsers write.
    """
    width, height, channels, lines = _read(png)
    rows = [[_rounded(line[x : x + 3]) for x in range(0, width * channels, channels)] for line in lines]
    palette = [colour for colour, _ in Counter(one for row in rows for one in row).most_common(256)]
    places = {colour: place for place, colour in enumerate(palette)}
    for row in rows:
        for colour in row:
            if colour not in places:
                places[colour] = min(range(len(palette)), key=lambda place: _distance(palette[place], colour))
    packed = zlib.compress(b"".join(b"\0" + bytes(places[colour] for colour in row) for row in rows), 9)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    shades = b"".join(bytes(colour) for colour in palette)
    return _SIGNATURE + _chunk(b"IHDR", head) + _chunk(b"PLTE", shades) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _read(png: bytes) -> tuple[int, int, int, list[bytearray]]:
    """Width, height, channels and the lines without their filters."""
    if not png.startswith(_SIGNATURE):
        raise ValueError("no PNG")
    at, packed, head = len(_SIGNATURE), b"", b""
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        head = body if kind == b"IHDR" else head
        packed += body if kind == b"IDAT" else b""
        at += length + 12
    width, height, depth, colours, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    if depth != 8 or colours not in _CHANNELS or interlaced:
        raise ValueError("not a PNG as browsers write them")
    channels = _CHANNELS[colours]
    stride, raw = width * channels, zlib.decompress(packed)
    lines: list[bytearray] = []
    above = bytearray(stride)
    for y in range(height):
        start = y * (stride + 1)
        above = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), above, channels)
        lines.append(above)
    return width, height, channels, lines


def _unfiltered(kind: int, line: bytearray, above: bytearray, channels: int) -> bytearray:
    """One line of a PNG without its filter (PNG specification, section 9)."""
    for x in range(len(line) if kind else 0):
        left = line[x - channels] if x >= channels else 0
        corner = above[x - channels] if x >= channels else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = above[x]
        elif kind == 3:
            guess = (left + above[x]) // 2
        else:
            guess = _paeth(left, above[x], corner)
        line[x] = (line[x] + guess) & 255
    return line


def _paeth(left: int, up: int, corner: int) -> int:
    near = left + up - corner
    return min((left, up, corner), key=lambda one: abs(near - one))


def _rounded(colour: bytearray) -> Colour:
    red, green, blue = (min(255, (one + _STEP // 2) // _STEP * _STEP) for one in colour)
    return red, green, blue


def _distance(one: Colour, other: Colour) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
