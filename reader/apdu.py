"""Command and response APDUs as values (ISO/IEC 7816-3, 12.1; 7816-4, 5.1).

The only code that the software card and the code that reads cards share. No file ids, no status words here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SHORT_DATA_LIMIT = 255
"""Most command data bytes a short APDU carries."""
SHORT_LE_LIMIT = 256
"""Most response data bytes a short APDU can ask for (Le `00`)."""
EXTENDED_LIMIT = 65_535
"""Most command data bytes an extended APDU carries; it can ask for one byte more."""


class MalformedApduError(ValueError):
    """The bytes are not an APDU: wrong length fields or too short. Carries no byte of the APDU."""


@dataclass(frozen=True, slots=True)
class CommandApdu:
    """One command: header, data, and how many answer bytes are expected.

    `le` is None where no answer data is asked for (cases 1 and 3), else 1–256 (short) or up to 65 536 (extended).
    `extended` chooses the length form; a short APDU that cannot hold its lengths is refused by `to_bytes`.
    The data stay out of the repr: a VERIFY carries a PIN.
    """

    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes | bytearray = field(default=b"", repr=False)
    le: int | None = None
    extended: bool = False

    def to_bytearray(self) -> bytearray:
        """The command as a new buffer, which a caller that put a secret in can wipe.

        Raises:
            MalformedApduError: A header byte is no byte, or a length does not fit the chosen form.
        """
        header = (self.cla, self.ins, self.p1, self.p2)
        if any(not 0 <= part <= 0xFF for part in header):
            raise MalformedApduError("an APDU header byte lies outside 0..255")
        raw = bytearray(header)
        lc, le = len(self.data), self.le
        data_limit, le_limit = (
            (EXTENDED_LIMIT, EXTENDED_LIMIT + 1) if self.extended else (SHORT_DATA_LIMIT, SHORT_LE_LIMIT)
        )
        if lc > data_limit or (le is not None and not 1 <= le <= le_limit):
            raise MalformedApduError(f"lengths Lc={lc} Le={le} do not fit this form of APDU")
        if self.extended:
            if lc:
                raw += b"\x00" + lc.to_bytes(2, "big")
                raw += self.data
            if le is not None:
                raw += (b"" if lc else b"\x00") + (le & 0xFFFF).to_bytes(2, "big")
        else:
            if lc:
                raw.append(lc)
                raw += self.data
            if le is not None:
                raw.append(le & 0xFF)
        return raw

    def to_bytes(self) -> bytes:
        """The command as it goes to the card. Raises MalformedApduError as `to_bytearray` does."""
        return bytes(self.to_bytearray())

    @classmethod
    def parse(cls, raw: bytes | bytearray) -> CommandApdu:
        """Read a command in any of the seven forms (cases 1, 2S, 3S, 4S, 2E, 3E, 4E).

        Raises:
            MalformedApduError: The length fields do not agree with the number of bytes.
        """
        if len(raw) < 4:
            raise MalformedApduError("an APDU has at least 4 bytes")
        cla, ins, p1, p2 = raw[:4]
        body = bytes(raw[4:])
        data, le, extended = _parse_body(body)
        return cls(cla, ins, p1, p2, data, le, extended)


def _parse_body(body: bytes) -> tuple[bytes, int | None, bool]:
    size = len(body)
    if size == 0:
        return b"", None, False
    if size == 1:
        return b"", body[0] or SHORT_LE_LIMIT, False
    if body[0] != 0:
        lc = body[0]
        if size == 1 + lc:
            return body[1:], None, False
        if size == 2 + lc:
            return body[1:-1], body[-1] or SHORT_LE_LIMIT, False
        raise MalformedApduError("Lc does not agree with the length of a short APDU")
    if size == 3:
        return b"", int.from_bytes(body[1:3], "big") or EXTENDED_LIMIT + 1, True
    if size < 3:
        raise MalformedApduError("an extended APDU needs a two-byte length")
    lc = int.from_bytes(body[1:3], "big")
    if lc and size == 3 + lc:
        return body[3:], None, True
    if lc and size == 5 + lc:
        return body[3:-2], int.from_bytes(body[-2:], "big") or EXTENDED_LIMIT + 1, True
    raise MalformedApduError("Lc does not agree with the length of an extended APDU")


@dataclass(frozen=True, slots=True)
class ResponseApdu:
    """What the card answered: data and the two-byte status word SW1 SW2 as one number."""

    data: bytes = field(repr=False)
    sw: int

    def to_bytes(self) -> bytes:
        """Data followed by SW1 SW2."""
        return self.data + self.sw.to_bytes(2, "big")

    @classmethod
    def parse(cls, raw: bytes) -> ResponseApdu:
        """Split an answer. Raises MalformedApduError where not even a status word came."""
        if len(raw) < 2:
            raise MalformedApduError("a response APDU has at least the two bytes of its status word")
        return cls(bytes(raw[:-2]), int.from_bytes(raw[-2:], "big"))
