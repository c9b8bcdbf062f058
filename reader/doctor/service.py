"""Does the PC/SC service answer this user, and if it does not: what exactly is missing?

What breaks if this is wrong: somebody starts a service that was never installed, or buys another reader because a
socket was not enabled. Facts: jpki-card.md §4.1, §4.5; systemd's own words for units (systemctl(1)).
"""

from __future__ import annotations

import re
from typing import Final

from reader.doctor.finding import Finding
from reader.doctor.system import System
from reader.errors import AccessDeniedError, ReaderError, ServiceUnavailableError
from reader.transports import pcsc

SYSTEM_SOCKET: Final = "/run/pcscd/pcscd.comm"
"""Where Debian's pcscd listens (its --version says: ipcdir=/run/pcscd)."""
LIBRARY: Final = "libpcsclite.so.1"
"""What pyscard loads at its first call on Linux."""
UNITS: Final = ("pcscd.socket", "pcscd.service")
_AT_BOOT: Final = "enabled"
"""What systemd calls a unit that starts with the machine. Debian's pcscd.service is `indirect` whatever is switched on,
because it only names its socket; `static` and `enabled-runtime` start nothing after a restart either."""
_HIDEPID: Final = re.compile(r"^\S+ /proc proc \S*hidepid=(1|2|4|invisible|noaccess|ptraceable)\b", re.MULTILINE)


def check_pcsc_service(system: System | None = None) -> Finding:
    """Is pyscard there, and does the PC/SC service answer this user? If not, the first thing that is missing."""
    system = system or System()
    try:
        pcsc.list_readers()
    except ReaderError as error:
        return service_fault(error, system)
    return Finding("service", True, "service.answers")


def service_fault(error: ReaderError, system: System) -> Finding:
    """What stands behind an error that says that the service cannot be used."""
    match error:
        case AccessDeniedError():
            return Finding("service", False, "service.denied", {"user": system.user})
        case ServiceUnavailableError(reason="no_pyscard"):
            return _pyscard_fault(error)
        case ServiceUnavailableError():
            return _silence(system, hangs=error.reason == "service_silent")
    return Finding("service", False, "service.broken", {"detail": str(error) or type(error).__name__})


def remarks(finding: Finding, system: System) -> tuple[Finding, ...]:
    """What is worth knowing beside the service's own finding."""
    found: list[Finding] = []
    if finding.code == "service.denied":
        if _HIDEPID.search(system.read("/proc/mounts") or ""):
            found.append(Finding("service", None, "service.hidepid"))
        if system.environ.get("SSH_CONNECTION"):
            found.append(Finding("service", None, "service.over_ssh", {"user": system.user}))
    elif finding.code in ("service.stopped", "service.hangs") and system.own_service is not None:
        found.append(Finding("service", None, "service.socket_named", {"path": system.own_service}))
    elif finding.ok and system.own_service is None and system.has_systemd:
        units = _units(system)
        if units and not any(unit.get("UnitFileState") == _AT_BOOT for unit in units.values()):
            found.append(Finding("service", None, "service.not_at_boot"))
    return tuple(found)


def _pyscard_fault(error: ServiceUnavailableError) -> Finding:
    """Not installed at all, or installed and not to be loaded: the import's own error tells."""
    cause = error.__cause__
    if isinstance(cause, ImportError) and not (
        isinstance(cause, ModuleNotFoundError) and cause.name in (None, "smartcard")
    ):
        if "libpcsclite" in str(cause):
            return Finding("pyscard", False, "pyscard.no_library")
        return Finding("pyscard", False, "pyscard.unusable")
    return Finding("pyscard", False, "pyscard.missing")


def _silence(system: System, *, hangs: bool) -> Finding:
    """Why nobody answers. `hangs`: somebody takes the connection, and then says nothing."""
    if system.platform == "darwin":
        return Finding("service", False, "service.stopped_macos")
    if system.platform == "win32":
        return Finding("service", False, "service.stopped_windows")
    if hangs:  # so a library, a socket and somebody behind it are there
        ours = system.has_systemd and system.own_service is None
        return Finding("service", False, (_refused_start(_units(system)) if ours else None) or "service.hangs")
    if not system.is_linux:
        return Finding("service", False, "service.stopped")
    if not system.loads(LIBRARY):
        return Finding("pyscard", False, "pyscard.no_library")
    named = system.own_service
    if named is not None:
        if system.has(named):
            return Finding("service", False, "service.stopped")
        return Finding("service", False, "service.socket_elsewhere", {"path": named})
    if not system.has_daemon("pcscd"):
        return Finding("service", False, "service.not_installed")
    if system.has_systemd:
        return _by_systemd(system)
    return Finding("service", False, "service.unreachable" if _is_cut_off(system) else "service.stopped")


def _is_cut_off(system: System) -> bool:
    """Whether a pcscd runs that should answer. One without the system's socket is somebody's own, on another socket."""
    return system.has(SYSTEM_SOCKET) and system.runs("pcscd")


def _by_systemd(system: System) -> Finding:
    units = _units(system)
    socket, service = (units.get(name, {}) for name in UNITS)
    code = "service.unreachable" if _is_cut_off(system) else "service.stopped_systemd"
    refused = _refused_start(units)
    if refused is not None:
        code = refused
    elif socket.get("LoadState") == "loaded" and socket.get("ActiveState") == "inactive":
        code = "service.socket_off"
    elif socket.get("LoadState") == "not-found" and service.get("ActiveState") == "inactive":
        code = "service.service_off"
    elif socket.get("ActiveState") == "active" and not system.has(SYSTEM_SOCKET):
        code = "service.unreachable"
    return Finding("service", False, code)


def _refused_start(units: dict[str, dict[str, str]]) -> str | None:
    """The code where systemd says why it does not start pcscd; None where it does not. Its socket may listen anyway."""
    states = [units.get(name, {}) for name in UNITS]
    if any(unit.get("LoadState") == "masked" for unit in states):
        return "service.masked"
    return "service.failed" if any(unit.get("ActiveState") == "failed" for unit in states) else None


def _units(system: System) -> dict[str, dict[str, str]]:
    """What systemd says of pcscd's two units: `LoadState`, `ActiveState`, `UnitFileState`; empty where it is mute."""
    answer = system.ask(("systemctl", "show", "--property=Id,LoadState,ActiveState,UnitFileState", *UNITS))
    found = {}
    for block in (answer or "").strip().split("\n\n"):
        unit = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        if unit.get("Id") in UNITS:
            found[unit["Id"]] = unit
    return found
