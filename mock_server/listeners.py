"""Where the server listens: from what somebody typed to a bound socket, and to the names it may be asked under.

The socket is bound here, before anything else starts, so that a port in use is a sentence and not a log line; worker
processes inherit it. What breaks if wrong: a test server without tokens that the whole network can ask.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mock_server.errors import SetupError

BACKLOG: Final = 256
"""Connections the kernel keeps until somebody takes them."""
LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Address:
    """A literal address to listen on."""

    literal: str
    asked: str
    """As it was typed."""

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return ipaddress.ip_address(self.literal).is_loopback

    @property
    def is_every(self) -> bool:
        """Whether it stands for all addresses of this machine (`0.0.0.0`, `::`)."""
        return ipaddress.ip_address(self.literal).is_unspecified

    def names(self, more: Sequence[str] = ()) -> tuple[str, ...]:
        """What it can be asked under: itself as typed, `more`, and loopback; where it is every address, all of them."""
        own = machine_names() if self.is_every else (self.literal, self.asked)
        return tuple(dict.fromkeys(name.lower() for name in (*LOOPBACK_NAMES, *own, *more)))


def address_of(host: str) -> Address:
    """The address `host` means: a literal one, or a name of this machine.

    Raises:
        SetupError: `setup.host.unknown`.
    """
    if host.lower() == "localhost":
        return Address("127.0.0.1", host)
    try:
        return Address(str(ipaddress.ip_address(host)), host)
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host or ".", None, type=socket.SOCK_STREAM)
        return Address(str(ipaddress.ip_address(str(found[0][4][0]))), host)
    except (OSError, ValueError):
        raise SetupError("setup.host.unknown", host=host) from None


def machine_names() -> tuple[str, ...]:
    """Every address of this machine's network interfaces, and its host name."""
    import psutil

    families = (socket.AF_INET, socket.AF_INET6)
    found = [
        one.address.partition("%")[0]
        for addresses in psutil.net_if_addrs().values()
        for one in addresses
        if one.family in families
    ]
    return (*found, socket.gethostname())


def listen(address: Address, port: int, option: str = "--port") -> socket.socket:
    """A listening socket; `port` 0 takes a free one. `option` is where another port can be chosen.

    Raises:
        SetupError: `setup.port.in_use`, `setup.port.denied`, `setup.listener.unusable`.
    """
    params = {"host": address.literal, "port": str(port), "option": option}
    family = socket.AF_INET6 if ":" in address.literal else socket.AF_INET
    # The protocol is named, because asyncio turns off the waiting for small packets (40 ms an answer) only where it is.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address.literal, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        raise _listener_error(error, params) from error
    return listener


def url_of(listener: socket.socket, *, tls: bool = False, name: str | None = None) -> str:
    """The address of a bound socket as an URL, under `name` where one is given."""
    host, port = listener.getsockname()[:2]
    shown = name or host
    shown = f"[{shown}]" if ":" in shown else shown
    return f"{'https' if tls else 'http'}://{shown}:{port}"


def _listener_error(error: Exception, params: dict[str, str]) -> SetupError:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return SetupError("setup.port.in_use", **params)
    if number in (errno.EACCES, errno.EPERM):
        return SetupError("setup.port.denied", **params)
    reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return SetupError("setup.listener.unusable", **params, reason=reason)
