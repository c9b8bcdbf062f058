"""What else is on a card beside the JPKI application: as much of it as a reader may ask for, and nothing of a person.

The other applications of a real card hold 個人番号 and 基本4情報. Here their files are there, empty, and refuse; their
PINs are there, never set, and match nothing; the one number a card gives freely is visibly invented. A 個人番号 is
nowhere. AIDs and ids: jpki-card.md §1.1, §1.5. What breaks if this is wrong: a reader finds a person where none is.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from reader.card.layout import DIGITS, FOUR_DIGITS, MY_NUMBER, NEXT_GENERATION, Layout, PinRule
from reader.card.records import ApplicationRecord, FileRecord, PinRecord

ISD_AID: Final = bytes.fromhex("A0000001510000")
"""GlobalPlatform issuer security domain: current after power-on, holds GET DATA objects and no file (§1.1 [1])."""
COMMON_AID: Final = bytes.fromhex("D3921000310001010100")
"""共通カードAP."""
JUKI_AID: Final = bytes.fromhex("D3921000310001010401")
"""住基AP."""
SURFACE_AID: Final = bytes.fromhex("D3921000310001010402")
"""券面事項確認AP."""
TEXT_AID: Final = bytes.fromhex("D3921000310001010408")
"""券面事項入力補助AP."""
NEXT_SURFACE_AID: Final = b"\xf0MADOGUCHI"
"""券面等AP of the next generation: **invented**; `F` begins an AID that nobody registered (ISO/IEC 7816-4, 8.2.1.2)."""

CARD_RECORD: Final = 0x0001
"""共通カードAP: the record file with the card number (§1.1, §1.3 [n])."""
CARD_NUMBER_TAG: Final = 0x0045
MUNICIPALITY_TAG: Final = 0x00F0
EXPIRY_TAG: Final = 0x00F2
OBJECT_TAGS: Final = frozenset(
    {0x0042, CARD_NUMBER_TAG, 0x0066, MUNICIPALITY_TAG, EXPIRY_TAG, 0x00F7, 0x00F8, 0x5F51, 0x7F21}
)
"""GET DATA tags that one source found on cards (soltia48/myna-card `src/mf.rs` [1]); which are there varies."""

MUNICIPALITY: Final = b"MIHON"
"""In place of the issuer's five digits."""
EXPIRY: Final = b"99991231"

_BIRTH_DATE = PinRule(10, 6, 6, DIGITS)
_CODE_A = PinRule(10, 12, 12, DIGITS)
_CODE_B = PinRule(10, 14, 14, DIGITS)
# How many tries 照合番号 and 生年月日 have is not confirmed: ten face failures lock a card, second-hand (§1.5 [U]).


def card_number(persona: str) -> bytes:
    """A card number of 15 characters, as long as a real one [1], and of letters alone: it is nobody's number."""
    digest = hashlib.sha256(f"MADOGUCHI TEST card number\0{persona}".encode()).digest()
    # Base 32 has the digits 2–7; letters in their place, so that nothing in it could pass for a number.
    letters = base64.b32encode(digest)[:6].translate(bytes.maketrans(b"234567", b"BCDFGH"))
    return b"MADOGUCHI" + letters


def objects(persona: str, layout: Layout) -> Mapping[int, bytes]:
    """The GET DATA objects of a card, by tag; of the next generation nothing is known, so it has none."""
    if layout.name != MY_NUMBER.name:
        return {}
    return {CARD_NUMBER_TAG: card_number(persona), MUNICIPALITY_TAG: MUNICIPALITY, EXPIRY_TAG: EXPIRY}


def beside(persona: str, layout: Layout) -> dict[bytes, ApplicationRecord]:
    """The applications that a card of this generation has beside the one that signs, in the order of §1.1."""
    others = {MY_NUMBER.name: _today, NEXT_GENERATION.name: _next_generation}[layout.name](persona)
    return {ISD_AID: ApplicationRecord(), **others}


def furnished(application: ApplicationRecord, layout: Layout) -> ApplicationRecord:
    """The signing application with the EFs that every card of its generation has and no holder ever uses."""
    taken = application.ids
    return replace(
        application,
        files={**application.files, **{ef: FileRecord(b"", closed=True) for ef in layout.closed if ef not in taken}},
        pins={**application.pins, **{ef: _unset(rule) for ef, rule in layout.counters.items() if ef not in taken}},
        references=application.references | (frozenset(layout.references) - taken),
    )


def _today(persona: str) -> dict[bytes, ApplicationRecord]:
    return {
        COMMON_AID: _common_card(persona),
        # A four-digit PIN that nobody set (soltia48/myna-card `src/ap/juki.rs` [1]).
        JUKI_AID: ApplicationRecord(pins={0x001C: _unset(FOUR_DIGITS)}),
        SURFACE_AID: ApplicationRecord(
            # 0003 and 0004 are free on a real card [1]; what they hold is an issuer's, so here they refuse too.
            _closed_by(0x0013, *range(0x0001, 0x0007)),
            {0x0011: _unset(_BIRTH_DATE), 0x0012: _unset(_CODE_B), 0x0013: _unset(_CODE_A)},
        ),
        TEXT_AID: ApplicationRecord(
            _closed_by(0x0011, *range(0x0001, 0x0009)),
            {0x0011: _unset(FOUR_DIGITS), 0x0014: _unset(_CODE_A), 0x0015: _unset(_CODE_B)},
        ),
    }


def _next_generation(persona: str) -> dict[bytes, ApplicationRecord]:
    del persona
    return {NEXT_SURFACE_AID: ApplicationRecord(_closed_by(0x0011, 0x0001, 0x0002), {0x0011: _unset(FOUR_DIGITS)})}


def _common_card(persona: str) -> ApplicationRecord:
    """One record, tag 01, as long as a real one [1]: number, municipality, expiry. And a PIN nobody set [1]."""
    content = card_number(persona) + MUNICIPALITY + EXPIRY
    return ApplicationRecord(
        pins={0x001C: _unset(FOUR_DIGITS)},
        records={CARD_RECORD: (bytes((0x01, len(content))) + content,)},
    )


def _closed_by(pin: int, *efs: int) -> dict[int, FileRecord]:
    return {ef: FileRecord(b"", read_pin=pin) for ef in efs}


def _unset(rule: PinRule) -> PinRecord:
    return PinRecord.unset(rule)
