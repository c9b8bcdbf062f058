"""Which addresses the counter may talk to at all (design.md §3, HTTP client).

Rule: plain HTTP only to a literal loopback address, TLS only with a CA that was configured, and never the real
service. What breaks if it is wrong: a rehearsal reaches the real オンライン資格確認.
"""

from __future__ import annotations

import ipaddress
import re
import ssl

from httpx2 import URL, InvalidURL

from kiosk.services.server_login import ServerLogin

REAL_SERVICE = "onshikaku.org"
"""The real service's domain (online-qualification.md §5)."""
_LAST_PORT = 65_535
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*")


class UnsafeServerError(Exception):
    """The counter does not talk to this address: `code` is a message id, `params` fill its sentence.

    `server.address.broken` (no http or https URL of a host and a port), `server.address.real_service`,
    `server.address.plain_http`, `server.address.ca_missing`, `server.address.ca_unusable`,
    `server.address.certificate_unusable`.
    """

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def safe_base_url(address: str) -> URL:
    """The address, if it is one the counter may talk to; without a slash at its end.

    Raises:
        UnsafeServerError: It is not; nothing was sent.
    """
    shown = address if address.isprintable() and "@" not in address else "-"  # no password in a sentence
    broken = UnsafeServerError("server.address.broken", address=shown)
    try:
        url = URL(address.strip())
        host = url.raw_host.decode("ascii").lower().rstrip(".")
        port = url.port
    except (InvalidURL, UnicodeError, ValueError):
        raise broken from None
    if url.scheme not in ("http", "https") or url.userinfo or url.query or url.fragment or not _is_port(port):
        raise broken
    literal = _literal_address(host)
    if literal is None and not _NAME.fullmatch(host):
        raise broken
    if host == REAL_SERVICE or host.endswith(f".{REAL_SERVICE}"):
        raise UnsafeServerError("server.address.real_service", host=host)
    if url.scheme == "http" and (literal is None or not literal.is_loopback):
        raise UnsafeServerError("server.address.plain_http", host=host)
    return url.copy_with(path=url.path.rstrip("/") or "/")


def is_this_machine(url: URL) -> bool:
    """Whether the address is a literal loopback one: a name may be resolved to anywhere."""
    literal = _literal_address(url.raw_host.decode("ascii"))
    return literal is not None and literal.is_loopback


def tls_context(login: ServerLogin) -> ssl.SSLContext:
    """TLS that trusts the configured CA and nothing else: not the system's store. Shows the counter's certificate.

    Raises:
        UnsafeServerError: No CA is configured, its file is none, or the counter's own certificate cannot be used.
    """
    if login.ca_file is None:
        raise UnsafeServerError("server.address.ca_missing")
    try:
        context = ssl.create_default_context(cafile=str(login.ca_file))
    except OSError:  # ssl.SSLError is one
        raise UnsafeServerError("server.address.ca_unusable", path=str(login.ca_file)) from None
    if login.client_certificate is not None:
        try:
            context.load_cert_chain(login.client_certificate, login.client_key, password=_no_password)
        except (OSError, ValueError):
            path = str(login.client_certificate)
            raise UnsafeServerError("server.address.certificate_unusable", path=path) from None
    return context


def _no_password() -> str:
    """Nobody is there to be asked for the password of a key."""
    raise ValueError


def _is_port(port: int | None) -> bool:
    return port is None or 0 < port <= _LAST_PORT


def _literal_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
