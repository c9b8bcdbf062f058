"""Why does my reader not work, and what fixes it: looks from the service down to the card, and stops where it breaks.

Owns: the order of the looks. Each area has a module of its own and gives verdicts as ids and parameters (`Finding`);
the sentences are `reader.words`'. The machine that is looked at is a `System`, so that every finding can be staged.
Rule: a look spends nothing and changes nothing. It asks a card for its kind and its tries left, never for a
certificate, and sends no PIN.
What breaks if this is wrong: somebody buys another reader because pcscd was not running, or loses a try to a check.
"""

from __future__ import annotations

from reader.doctor.card import check_card
from reader.doctor.clock import check_clock
from reader.doctor.finding import Finding
from reader.doctor.network import check_vpcd_ports
from reader.doctor.readers import check_readers
from reader.doctor.service import check_pcsc_service, remarks
from reader.doctor.system import System
from reader.doctor.usb import check_usb, is_attached
from reader.errors import ReaderError
from reader.trace import Sink
from reader.transports import pcsc

__all__ = [
    "Finding",
    "System",
    "check_card",
    "check_clock",
    "check_pcsc_service",
    "check_readers",
    "check_usb",
    "check_vpcd_ports",
    "examine",
    "is_attached",
]


def examine(
    wanted: str | None = None, system: System | None = None, *, trace: Sink | None = None
) -> tuple[Finding, ...]:
    """All looks in order for the reader that is meant (as `choose_reader` takes it).

    Service, readers, card: up to the first fault. Kernel modules, USB and the virtual reader's ports: in any case.
    `trace` is told what was said to the card, masked.
    """
    system = system or System()
    service = check_pcsc_service(system)
    findings = [service, *remarks(service, system)]
    names = _shown() if service.ok else None
    chosen = check_readers(wanted, system) if service.ok else None
    if chosen is not None and chosen.code == "readers.none" and is_attached(system):
        chosen = Finding("readers", False, "readers.none_shown")  # what is said of the USB tells why
    if chosen is not None:
        findings.append(chosen)
    findings += check_usb(names, system)
    if chosen is not None and chosen.ok:
        card = check_card(str(chosen.params["reader"]), system, trace=trace)
        findings += [card, Finding("card", True, "card.untouched")] if "label" in card.params else [card]
    findings += check_vpcd_ports(system)
    findings += _elsewhere(system)
    return tuple(findings)


def _elsewhere(system: System) -> tuple[Finding, ...]:
    """On other systems than Linux: that drivers, USB and ports were not looked at."""
    if system.is_linux:
        return ()
    code = {"darwin": "system.macos", "win32": "system.windows"}.get(system.platform, "system.other")
    return (Finding("system", None, code),)


def _shown() -> tuple[str, ...] | None:
    """The readers PC/SC shows; None where it does not answer any more."""
    try:
        return pcsc.list_readers()
    except ReaderError:
        return None
