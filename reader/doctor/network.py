"""Can somebody else in the network put a card into this machine's virtual reader?

vpcd listens on every interface, without a password (jpki-card.md §3.1). Looks at the kernel's own list of listeners.
What breaks if this is wrong: a stranger's card at the counter.
"""

from __future__ import annotations

import ipaddress
import sys
from typing import Final

from reader.doctor.finding import Finding
from reader.doctor.system import System

_LISTEN: Final = "0A"
"""TCP_LISTEN in /proc/net/tcp (Linux, include/net/tcp_states.h)."""
_DROP_INS: Final = tuple(f"{folder}/pcscd.service.d" for folder in ("/etc/systemd/system", "/run/systemd/system"))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def check_vpcd_ports(system: System | None = None) -> tuple[Finding, ...]:
    """A remark where the virtual reader's ports are open beyond this machine; nothing where they are not."""
    system = system or System()
    if not system.is_linux:
        return ()
    open_ports = sorted({port for host, port in listeners(system) if port in system.vpcd_ports and not _is_local(host)})
    if not open_ports:
        return ()
    ports = ", ".join(map(str, open_ports))
    code = "network.vpcd_filtered" if _systemd_filters(system) else "network.vpcd_open"
    return (Finding("network", None, code, {"ports": ports}),)


def listeners(system: System) -> frozenset[tuple[Address, int]]:
    """Where somebody listens for TCP connections on this machine."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in (system.read(table) or "").splitlines()[1:]:
            fields = line.split()
            if len(fields) > 3 and fields[3] == _LISTEN:
                host, _, port = fields[1].partition(":")
                found.add((_address(host), int(port, 16)))
    return frozenset(found)


def _address(text: str) -> Address:
    """The kernel writes an address as words of 32 bits in the machine's own byte order."""
    words = (int(text[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(text), 8))
    return ipaddress.ip_address(b"".join(words))


def _is_local(host: Address) -> bool:
    mapped = host.ipv4_mapped if isinstance(host, ipaddress.IPv6Address) else None
    return (mapped or host).is_loopback


def _systemd_filters(system: System) -> bool:
    """Whether systemd was told to keep pcscd off the network. That it obeys is not looked at."""
    if not system.has_systemd:
        return False
    rules = (system.read(f"{folder}/{path.name}") or "" for folder in _DROP_INS for path in system.listed(folder))
    return any(line.replace(" ", "") == "IPAddressDeny=any" for rule in rules for line in rule.splitlines())
