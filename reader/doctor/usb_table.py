"""USB readers that people have: what is known of each on Linux with pcscd alone. Data, with its confidence.

Confidence: `list` stands in the CCID driver's own lists, `kernel` in the kernel driver's id table, `reports` in
people's reports only, `unverified` nobody said so. None of it was tried by us. Facts: jpki-card.md §4.4.
What breaks if this is wrong: a person is told to throw a good reader away, or to keep a hopeless one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from reader.doctor.finding import FIRST_EVENING, READERS

Confidence = Literal["list", "kernel", "reports", "unverified"]


class Standing(StrEnum):
    """What to expect of a reader on Linux with pcscd and its CCID driver."""

    SUPPORTED = "supported"
    SHOULD_WORK = "should_work"
    OTHER_DRIVER = "other_driver"
    """Its maker's own PC/SC driver is needed."""
    NO_PCSC = "no_pcsc"
    """Speaks a protocol of its own: no PC/SC on Linux."""
    FELICA_ONLY = "felica_only"
    """Cannot read a My Number card (ISO 14443 Type B) on any system."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class KnownReader:
    """One family: how it is told from others, and what is known of it."""

    model: str
    ids: frozenset[tuple[int, int]]
    """USB vendor and product ids; may be empty where only names are known."""
    name_parts: tuple[str, ...]
    """Parts of the USB product's and of the PC/SC reader's name, lower case."""
    standing: Standing
    confidence: Confidence
    page: str
    vendor: int | None = None
    """The USB vendor whose products `name_parts` are looked for in."""


def _row(
    model: str,
    ids: tuple[tuple[int, int], ...],
    name_parts: tuple[str, ...],
    standing: Standing,
    confidence: Confidence,
    page: str,
    vendor: int | None = None,
) -> KnownReader:
    return KnownReader(model, frozenset(ids), name_parts, standing, confidence, f"{READERS}/{page}.md", vendor)


_SONY, _ACS, _IDENTIV, _HID, _IO_DATA = 0x054C, 0x072F, 0x04E6, 0x076B, 0x04BB

KNOWN_READERS: Final[tuple[KnownReader, ...]] = (
    _row(
        "Sony RC-S300",
        ((_SONY, 0x0DC8), (_SONY, 0x0DC9)),
        ("rc-s300", "rc-s660"),
        Standing.SHOULD_WORK,
        "list",
        "sony-rc-s300",
    ),
    _row(
        "Sony RC-S380",
        ((_SONY, 0x06C1), (_SONY, 0x06C3)),
        ("rc-s380",),
        Standing.NO_PCSC,
        "kernel",
        "sony-rc-s380",
    ),
    # 02E1 is the id the kernel's pn533_usb has for these; 01BB is from people's reports.
    _row(
        "Sony RC-S320/RC-S330",
        ((_SONY, 0x01BB), (_SONY, 0x02E1)),
        ("rc-s320", "rc-s330"),
        Standing.FELICA_ONLY,
        "reports",
        "sony-rc-s380",
    ),
    _row("ACS ACR122U", ((_ACS, 0x2200),), ("acr122",), Standing.OTHER_DRIVER, "list", "acs-acr122u"),
    _row(
        "ACS ACR1251CL-NTTCom",
        (),
        ("acr1251cl-nttcom", "acr1251cl"),
        Standing.OTHER_DRIVER,
        "reports",
        "acs-acr1251-acr1252",
        _ACS,
    ),
    _row(
        "ACS ACR1251/ACR1252/ACR1255U-J1",
        ((_ACS, 0x221A), (_ACS, 0x223B), (_ACS, 0x223E), (_ACS, 0x223F)),
        ("acr1251", "acr1252", "acr1255"),
        Standing.SHOULD_WORK,
        "list",
        "acs-acr1251-acr1252",
    ),
    _row(
        "Identiv uTrust 3700 F/4701 F",
        ((_IDENTIV, 0x5790), (_IDENTIV, 0x5724)),
        ("utrust 3700", "utrust 4701"),
        Standing.SHOULD_WORK,
        "list",
        "identiv-utrust",
    ),
    _row(
        "HID OMNIKEY 5022/5122",
        ((_HID, 0x5022),),
        ("omnikey 5022", "omnikey 5122"),
        Standing.SHOULD_WORK,
        "list",
        "hid-omnikey",
        _HID,
    ),
    _row(
        "SCM SCR3310",
        ((_IDENTIV, 0x5116), (_IDENTIV, 0x511A), (_IDENTIV, 0x511F)),
        ("scr3310", "scr 3310"),
        Standing.SUPPORTED,
        "list",
        "scm-contact",
    ),
    _row("I-O DATA USB-NFC", (), ("usb-nfc",), Standing.UNKNOWN, "unverified", "io-data-usb-nfc", _IO_DATA),
)

GRABBERS: Final[dict[str, tuple[str, ...]]] = {
    "pn533_usb": ("ACR122U",),
    "port100": ("RC-S380",),
}
"""Kernel drivers that take a USB reader away from pcscd, and the readers they take (jpki-card.md §4.1)."""


def known_reader(vendor: int, product: int, name: str) -> KnownReader | None:
    """The row for a USB device, by its product's name where its maker is known by one, else by its ids."""
    lowered = name.casefold()
    for row in KNOWN_READERS:
        if row.vendor == vendor and any(part in lowered for part in row.name_parts):
            return row
    return next((row for row in KNOWN_READERS if (vendor, product) in row.ids), None)


def page_of(reader: str) -> str:
    """The page about a PC/SC reader, by its name; the checklist for a new reader where it is none that is known."""
    lowered = reader.casefold()
    found = (row.page for row in KNOWN_READERS if any(part in lowered for part in row.name_parts))
    return next(found, FIRST_EVENING)
