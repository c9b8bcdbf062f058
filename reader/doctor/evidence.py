"""What a report says of a machine beside the findings: versions, readers, USB ids, kernel modules.

Only what was chosen here goes in: no logs (in its debug mode pcscd writes commands, a PIN among them), no list of
processes, packages or devices that have nothing to do with card readers. Names still carry serial numbers: whoever
writes the report takes them out.
What breaks if this is wrong: a tester hands on more than they know, or too little to help.
"""

from __future__ import annotations

import platform
import re
from importlib import metadata
from typing import Any, Final

from reader.doctor.atr import shown_atr
from reader.doctor.system import SOCKET_VARIABLE, System
from reader.doctor.usb import loaded_modules, usb_readers
from reader.errors import ReaderError
from reader.transports import pcsc

PACKAGES: Final = ("pcscd", "libccid", "libpcsclite1", "libacsccid1", "vsmartcard-vpcd", "polkitd", "policykit-1")
_PCSCD_VERSION: Final = re.compile(r"version (\d[\w.]*\w)")
_PRETTY_NAME: Final = re.compile(r'^PRETTY_NAME="?([^"\n]*)"?$', re.MULTILINE)
_PATHS: Final = (SOCKET_VARIABLE, "LIBPCSCLITE_PATH")
_VARIABLES: Final = (*_PATHS, "SSH_CONNECTION", "container")
"""Variables that change how PC/SC behaves: whether they are set is told, not what to."""
_TYPED_SERIAL: Final = re.compile(r"\d{6,}")
"""Models have shorter numbers, and letters beside them."""


def machine(system: System) -> dict[str, Any]:
    """Versions, environment, kernel modules and USB readers."""
    return {
        "versions": _versions(system),
        "packages": _packages(system),
        "systemd": system.has_systemd,
        "variables": {name: name in system.environ for name in _VARIABLES},
        "modules": list(loaded_modules(system)),
        "usb": [
            {
                "ids": reader.ids,
                "name": reader.name,
                "drivers": list(reader.drivers),
                "known": reader.known.standing.value if reader.known else None,
                "confidence": reader.known.confidence if reader.known else None,
            }
            for reader in (usb_readers(system) if system.is_linux else ())
        ],
    }


def pcsc_readers() -> list[dict[str, str | None]]:
    """The readers PC/SC shows and, where a card lies on one, the ATR without what a card is known by."""
    try:
        names = pcsc.list_readers()
        atrs = pcsc.cards_on(names) if names else {}
    except ReaderError:
        return []
    return [{"name": name, "atr": shown_atr(atrs[name]) if name in atrs else None} for name in names]


def serial_numbers(system: System, wanted: str | None = None) -> frozenset[str]:
    """What must not be told: the serial numbers of readers, from the USB, from PC/SC's names and from what was typed.

    `wanted`: the reader that was asked for, as somebody typed it; it need not be attached.
    """
    from_usb = {reader.serial for reader in usb_readers(system)} if system.is_linux else set()
    try:
        names = pcsc.list_readers()
    except ReaderError:
        names = ()
    in_names = {part for name in (*names, wanted or "") for part in re.findall(r"\(([^()]*)\)", name)}
    typed = set(_TYPED_SERIAL.findall(wanted or ""))
    return frozenset(serial for serial in from_usb | in_names | typed if serial)


def places(system: System) -> frozenset[str]:
    """What must not be told: the paths that PC/SC's variables name. Findings show them to the person who asks."""
    return frozenset(path for name in _PATHS if (path := system.environ.get(name)))


def _versions(system: System) -> dict[str, str | None]:
    release = system.read("/etc/os-release") or ""
    pretty = _PRETTY_NAME.search(release)
    answer = system.ask(("pcscd", "--version")) if system.is_linux else None
    pcscd = _PCSCD_VERSION.search(answer or "")
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "pyscard": _installed("pyscard"),
        "pcscd": pcscd[1] if pcscd else None,
        "system": system.platform,
        "kernel": (system.read("/proc/sys/kernel/osrelease") or platform.release()).strip(),
        "machine": platform.machine(),
        "distribution": pretty[1] if pretty else None,
    }


def _packages(system: System) -> dict[str, str | None]:
    """Debian's versions of what card readers need; empty where there is no dpkg."""
    if not system.is_linux:
        return {}
    found = {}
    for name in PACKAGES:
        version = system.ask(("dpkg-query", "--show", "--showformat=${Version}", name))
        if version:
            found[name] = version.strip()
    return dict(found)


def _installed(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
