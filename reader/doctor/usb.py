"""USB readers that are plugged in, whether PC/SC shows them, and which kernel module stands between.

Looks at /sys/bus/usb and /proc/modules of a Linux machine. Says nothing where another PC/SC service was named: what is
plugged in here need not be what that one serves.
What breaks if this is wrong: "no reader", while it lies on the desk and the kernel holds it.
Facts: jpki-card.md §4.1, §4.4; USB class 0B is CCID (usb.org).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reader.doctor.finding import Finding, Params
from reader.doctor.system import System
from reader.doctor.usb_table import GRABBERS, KnownReader, Standing, known_reader, page_of

_CCID_CLASS: Final = "0b"
_DEVICES: Final = "/sys/bus/usb/devices"


@dataclass(frozen=True, slots=True)
class UsbReader:
    """A device on the USB that is a card reader: by its class, or because its id or name is known."""

    vendor: int
    product: int
    name: str
    """What the device calls itself."""
    serial: str
    """Its serial number, "" where it has none. Not for reports."""
    drivers: tuple[str, ...]
    """The kernel drivers that hold its interfaces now; pcscd's own access shows as `usbfs`."""
    known: KnownReader | None

    @property
    def ids(self) -> str:
        """`054C:0DC8`."""
        return f"{self.vendor:04X}:{self.product:04X}"

    @property
    def model(self) -> str:
        """How to call it in a sentence."""
        return self.name or (self.known.model if self.known else self.ids)

    def is_shown(self, names: Collection[str]) -> bool:
        """Whether one of PC/SC's reader names is this device's."""
        lowered = tuple(name.casefold() for name in names)
        if self.known is not None and any(part in name for part in self.known.name_parts for name in lowered):
            return True
        if self.known is not None and self.known.standing is not Standing.UNKNOWN:
            return False
        # A model that nobody listed: its own words, else any reader that is not the one of another known model.
        words = [word for word in self.name.casefold().split() if any(letter.isdigit() for letter in word)]
        if any(word in name for word in words for name in lowered):
            return True
        return any(not page_of(name).startswith("hardware/readers/") for name in names)


def usb_readers(system: System) -> tuple[UsbReader, ...]:
    """The card readers on the USB; empty where there is no USB bus to look at."""
    found = []
    for folder in system.listed(_DEVICES):
        vendor, product = _number(folder / "idVendor"), _number(folder / "idProduct")
        if vendor is None or product is None:
            continue
        name = _text(folder / "product")
        interfaces = [other for other in system.listed(_DEVICES) if other.name.startswith(f"{folder.name}:")]
        is_ccid = any(_text(interface / "bInterfaceClass") == _CCID_CLASS for interface in interfaces)
        known = known_reader(vendor, product, name)
        if known is not None or is_ccid:
            drivers = tuple(driver for interface in interfaces if (driver := _driver(interface)))
            found.append(UsbReader(vendor, product, name, _text(folder / "serial"), drivers, known))
    return tuple(found)


def loaded_modules(system: System) -> tuple[str, ...]:
    """The kernel modules that are loaded, of those that take readers away from pcscd or belong to them."""
    text = system.read("/proc/modules") or ""
    loaded = {line.split(" ", 1)[0] for line in text.splitlines()}
    return tuple(name for name in ("pn533_usb", "pn533", "port100", "nfc_digital", "nfc") if name in loaded)


def is_attached(system: System) -> bool:
    """Whether a card reader is plugged into this machine, whatever PC/SC says."""
    return system.is_linux and system.own_service is None and bool(usb_readers(system))


def check_usb(names: Collection[str] | None, system: System | None = None) -> tuple[Finding, ...]:
    """A finding for each USB reader that PC/SC cannot or does not show, and for modules that lie in wait.

    `names`: the readers PC/SC shows; None where it does not answer, and so nothing can be said to be missing there.
    """
    system = system or System()
    if not system.is_linux or system.own_service is not None:
        return ()
    modules = loaded_modules(system)
    readers = usb_readers(system)
    found = [finding for reader in readers for finding in _about(reader, names, modules)]
    waiting = tuple(name for name in modules if name in GRABBERS)
    if waiting and not readers and not names:
        models = " / ".join(model for name in waiting for model in GRABBERS[name])
        params: Params = {"modules": " ".join(waiting), "models": models}
        found.append(Finding("modules", None, "modules.loaded", params))
    return tuple(found)


def _about(reader: UsbReader, names: Collection[str] | None, modules: tuple[str, ...]) -> Iterator[Finding]:
    known = reader.known
    standing, page = (known.standing, known.page) if known is not None else (Standing.UNKNOWN, None)

    def finding(ok: bool | None, code: str) -> Finding:
        return Finding("usb", ok, code, {"model": reader.model, "ids": reader.ids}, page)

    if names is not None and reader.is_shown(names):
        yield finding(None, "usb.unconfirmed") if standing is Standing.UNKNOWN else finding(True, "usb.shown")
    elif standing is Standing.FELICA_ONLY:
        yield finding(False, "usb.felica_only")
    elif standing is Standing.NO_PCSC:
        yield finding(False, "usb.no_pcsc")
    else:
        grabber = _grabber(reader, modules)
        if grabber is not None:
            params: Params = {"model": reader.model, "ids": reader.ids, "module": grabber}
            yield Finding("modules", False, "modules.taken", params)
        if standing is Standing.OTHER_DRIVER:
            yield finding(False, "usb.other_driver")
        elif grabber is None and names is not None:
            yield finding(False, "usb.not_shown")


def _grabber(reader: UsbReader, modules: tuple[str, ...]) -> str | None:
    """The kernel driver that holds this reader, or is loaded and known to take this model."""
    for driver in reader.drivers:
        if driver in GRABBERS:
            return driver
    model = (reader.known.model if reader.known else reader.name).upper()
    return next((name for name in modules if any(taken in model for taken in GRABBERS.get(name, ()))), None)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _number(path: Path) -> int | None:
    try:
        return int(_text(path), 16)
    except ValueError:
        return None


def _driver(interface: Path) -> str:
    """The driver an interface is bound to: where its `driver` link leads."""
    try:
        return (interface / "driver").readlink().name
    except OSError:
        return ""
