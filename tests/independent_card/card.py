"""A JPKI card as one coroutine that looks at raw bytes, written from jpki-card.md §1 alone.

Nothing of `reader` is imported here, and nothing was looked up there: commands are told apart by `match` on their
bytes, the files are a dictionary, the padding is written out, RSA is `pow`. Where the sheet is silent the choice is a
line in `tests.reader.test_two_cards_agree`. What breaks if this is wrong: the software card and the code that reads
it agree with each other, and with no card that a citizen holds.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Generator
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

PowerEvent = Literal["power on", "power off", "warm reset"]

JPKI = "d392f000260100000001"
NAMES = (JPKI, "d3921000310001010100", "d3921000310001010401", "d3921000310001010402", "d3921000310001010408")
"""§1.1. A prefix finds the first of them that begins with it."""
KEY_GUARD = {0x17: 0x18, 0x1A: 0x1B}
"""A private key and the PIN that opens it (§1.2)."""
FULL = {0x18: 3, 0x1B: 5}
"""Tries of a PIN after a success (§1.5)."""
GUARDED_READ = {0x01: 0x1B}
"""Certificate files that are read after a PIN only."""


def token_info(label: str) -> bytes:
    """EF 0006: a CK_TOKEN_INFO with 32-bit big-endian numbers, 160 bytes (§1.2)."""
    texts = label.encode().ljust(32) + b"MADOGUCHI TEST".ljust(32) + b"".ljust(16) + b"00000000".ljust(16)
    return texts + (0x40C).to_bytes(4, "big") + bytes(40) + b"03" + b"01" + b" " * 16


def _block(tail: bytes, size: int) -> int:
    """PKCS#1 v1.5, type 1: `00 01 FF … FF 00` and the tail, `size` bytes as a number."""
    return int.from_bytes(b"\x00\x01" + b"\xff" * (size - 3 - len(tail)) + b"\x00" + tail, "big")


SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def _signature(key: RSAPrivateKey, mode: int, given: bytes) -> bytes | None:
    """The sign modes of §1.3, or None where the input has the wrong size for the mode."""
    wanted = (range(1, 246), range(256), range(32, 33), range(256), range(32, 33), range(256))[mode]
    if len(given) not in wanted:
        return None
    digest = hashlib.sha256(given).digest() if mode in (1, 3, 5) else given
    if mode >= 4:
        return key.sign(digest, padding.PSS(padding.MGF1(SHA256()), 32), Prehashed(SHA256()))
    n, size = key.private_numbers(), key.key_size // 8
    block = _block(SHA256_PREFIX + digest if mode in (2, 3) else digest, size)
    by_p, by_q = pow(block, n.dmp1, n.p), pow(block, n.dmq1, n.q)
    return (by_q + n.q * ((by_p - by_q) * n.iqmp % n.p)).to_bytes(size, "big")


def _unpack(raw: bytes) -> tuple[bytes, int | None, bool] | None:
    """Data, Le and whether the lengths were of the long form; None where the bytes are no command."""
    rest = raw[4:]
    match list(rest):
        case []:
            return b"", None, False
        case [le]:
            return b"", le or 256, False
        case [0, high, low]:
            return b"", (high << 8 | low) or 65536, True
        case [0, high, low, *body] if (high or low) and len(body) in ((high << 8 | low), (high << 8 | low) + 2):
            lc = high << 8 | low
            return bytes(body[:lc]), (int.from_bytes(bytes(body[lc:]), "big") or 65536) if body[lc:] else None, True
        case [lc, *body] if lc and len(body) == lc:
            return bytes(body), None, False
        case [lc, *body] if lc and len(body) == lc + 1:
            return bytes(body[:-1]), body[-1] or 256, False
    return None


def _life(  # one long function by intention: the other card is many small classes
    files: dict[int, bytes],
    keys: dict[int, RSAPrivateKey],
    pins: dict[int, bytes],
    tries: dict[int, int],
    first_answer_is_6f00: bool,
) -> Generator[bytes, bytes | PowerEvent, None]:
    """What the chip does, from now on: send it a command and it yields the answer, send it a power event and it
    yields nothing. `pins` and `tries` are its memory that outlives power."""
    application: str | None = None
    current: int | None = None
    open_pins: set[int] = set()
    asleep = first_answer_is_6f00

    def exists(ef: int) -> bool:
        return application == JPKI and (ef in files or ef in keys or ef in pins)

    def meant(p2: int) -> tuple[int | None, str]:
        """The EF that P2 of VERIFY, CHANGE and sign points at, or the status word that says why there is none."""
        if p2 == 0x80:
            return current, "6986"
        if 0x81 <= p2 <= 0x9E:
            return (p2 - 0x80 if exists(p2 - 0x80) else None), "6a82"
        return None, "6a86"

    answer = b""
    while True:
        raw = yield answer
        if isinstance(raw, str):
            answer = b""
            application = current = None
            if raw != "warm reset":
                open_pins.clear()
                asleep = first_answer_is_6f00
            continue
        data, sw = b"", "9000"
        unpacked = _unpack(raw) if len(raw) >= 4 else None
        if asleep:
            asleep, sw = False, "6f00"
        elif unpacked is None:
            sw = "6700"
        else:
            given, le, long_form = unpacked
            match tuple(raw[:4]):
                case (1 | 2 | 3, _, _, _):
                    sw = "6881"
                case (4 | 8 | 12, _, _, _):
                    sw = "6882"
                case (0, 0xA4, 0x04, 0 | 0x0C):
                    found = [name for name in NAMES if given and name.startswith(given.hex())]
                    if found:
                        application, current = found[0], None
                    else:
                        sw = "6a82"
                case (0, 0xA4, 0x02, 0x0C) if len(given) == 2:
                    wanted = int.from_bytes(given, "big")
                    if exists(wanted):
                        current = wanted
                    else:
                        sw = "6a82"
                case (0, 0xA4, 0x02, 0x0C):
                    sw = "6700"
                case (0, 0xA4, 0x00, 0x00) if not given:
                    sw = "9000" if application else "6a86"
                case (0, 0xA4, 0x00, 0 | 0x0C) if given == b"\x3f\x00":
                    sw = "6a82"
                case (0, 0xB0, p1, p2) if p1 & 0xE0 in (0x00, 0x20, 0x40, 0x60, 0x80):
                    ef, offset = (p1 & 0x1F, p2) if p1 & 0x80 else (current, (p1 << 8) + p2)
                    if ef is None:
                        sw = "6986"
                    elif le is None or given:
                        sw = "6700"
                    elif not exists(ef):
                        sw = "6a82"
                    else:
                        current = ef
                        if ef not in files:
                            sw = "6981"
                        elif GUARDED_READ.get(ef) not in (None, *open_pins):
                            sw = "6982"
                        elif offset >= len(files[ef]):
                            sw = "6b00"
                        else:
                            data = files[ef][offset : offset + le]
                case (0, 0x20, 0, p2) | (0, 0x24, 1, p2):
                    ef, refusal = meant(p2)
                    if ef is None:
                        sw = refusal
                    elif ef not in pins:
                        sw = "6981"
                    elif raw[1] == 0x24:
                        if not given:
                            sw = "6700"
                        elif ef not in open_pins:
                            sw = "6982"
                        else:
                            pins[ef], tries[ef] = given, FULL[ef]
                    elif not given:
                        sw = f"63c{tries[ef]:x}"
                    elif not tries[ef]:
                        sw = "6984"
                    elif given == pins[ef]:
                        tries[ef] = FULL[ef]
                        open_pins.add(ef)
                    else:
                        tries[ef] -= 1
                        sw = f"63c{tries[ef]:x}"
                case (0x80, 0x2A, mode, p2):
                    ef, refusal = meant(p2)
                    if mode > 5:
                        sw = "6a86"
                    elif ef is None:
                        sw = refusal
                    elif ef not in keys:
                        sw = "6981"
                    elif KEY_GUARD[ef] not in open_pins:
                        sw = "6982"
                    elif (signed := _signature(keys[ef], mode, given)) is None:
                        sw = "6985"
                    else:
                        data = signed
                case (0, 0x84, 0, 0) if le and not given:
                    if long_form:
                        sw = "6985"
                    else:
                        data = os.urandom(le)
                case (0, 0x84, 0, 0):
                    sw = "6700"
                case (0, 0xA4 | 0xB0 | 0x20 | 0x24 | 0x84, _, _) | (0x80, 0xA2 | 0xAE, _, _):
                    sw = "6a86"
                case (0 | 0x80, _, _, _):
                    sw = "6d00"
                case _:
                    sw = "6e00"
        answer = data + bytes.fromhex(sw)


class IndependentCard:
    """The coroutine in the shape a transport asks for. A lock, because a coroutine is run by one thread at a time."""

    def __init__(self, life: Generator[bytes, bytes | PowerEvent, None], *, mute: bool) -> None:
        self.mute = mute
        self.atr = bytes.fromhex("3B888001000005E0B381A1007F")
        self._lock = threading.Lock()
        self._life = life
        next(life)

    def _tell(self, what: bytes | PowerEvent) -> bytes:
        with self._lock:
            return self._life.send(what)

    def process(self, command: bytes | bytearray) -> bytes:
        return b"" if self.mute else self._tell(bytes(command))

    def power_on(self) -> None:
        self._tell("power on")

    def power_off(self) -> None:
        self._tell("power off")

    def reset(self) -> None:
        self._tell("warm reset")


def independent_card(
    *,
    certificates: dict[int, bytes],
    keys: dict[int, RSAPrivateKey],
    pin: str,
    password: str,
    pin_tries: int = 3,
    password_tries: int = 5,
    label: str = "JPKIAPICCTOKEN2",
    token: bytes | None = None,
    filler: int = 0,
    first_answer_is_6f00: bool = False,
    mute: bool = False,
) -> IndependentCard:
    """A card with these certificates (EF to DER) and keys (EF to key), and `filler` bytes of FF behind a certificate.

    `token` is a whole EF 0006 in place of one made of `label`: most of its 160 bytes are nowhere described.
    """
    files = {ef: der + b"\xff" * filler for ef, der in certificates.items()}
    files[0x06] = token_info(label) if token is None else token
    files[0x08] = b"\x8f\x8f\x00" if 0x01 in files else b"\x00\x8f\x00"
    life = _life(
        files,
        keys,
        {0x18: pin.encode(), 0x1B: password.encode()},
        {0x18: pin_tries, 0x1B: password_tries},
        first_answer_is_6f00,
    )
    return IndependentCard(life, mute=mute)
