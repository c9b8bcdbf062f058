"""Which readers PC/SC shows, and which of them is meant.

What breaks if this is wrong: a card is looked for in the slot for a security module, or in somebody else's reader.
"""

from __future__ import annotations

from reader.doctor.finding import Finding, Params
from reader.doctor.service import service_fault
from reader.doctor.system import System
from reader.doctor.usb_table import page_of
from reader.errors import AmbiguousReaderError, ReaderError, ReaderUnavailableError
from reader.transports import pcsc
from reader.transports.reader_names import is_sam_slot


def check_readers(wanted: str | None = None, system: System | None = None) -> Finding:
    """Which readers are attached, and which of them is meant (`params["reader"]` where that is clear)."""
    system = system or System()
    try:
        names = pcsc.list_readers()
        chosen = pcsc.choose_reader(wanted)
    except ReaderError as error:
        return choice_fault(error, wanted, system)
    params: Params = {"reader": chosen, **_listed(names)}
    if is_sam_slot(chosen):
        others = tuple(name for name in names if not is_sam_slot(name)) or names
        return Finding("readers", False, "readers.sam_slot", {**params, **_listed(others)}, page_of(chosen))
    return Finding("readers", True, "readers.found", params)


def choice_fault(error: ReaderError, wanted: str | None, system: System) -> Finding:
    """Why no reader could be chosen."""
    match error:
        case ReaderUnavailableError(names=()):
            return Finding("readers", False, "readers.none_in_container" if _in_container(system) else "readers.none")
        case ReaderUnavailableError():
            return Finding("readers", False, "readers.unknown", {"wanted": error.wanted, **_listed(error.names)})
        case AmbiguousReaderError():
            # Nobody asked for a certain one: then having several is no fault.
            return Finding("readers", None if wanted is None else False, "readers.several", _listed(error.names))
    return service_fault(error, system)


def _in_container(system: System) -> bool:
    """Docker and podman leave these files behind."""
    return any(system.has(mark) for mark in ("/.dockerenv", "/run/.containerenv"))


def _listed(names: tuple[str, ...]) -> Params:
    return {"count": len(names), "names": " / ".join(names)}
