"""Who may ask the counter's page anything: the protections of design.md §3 for every HTTP and WebSocket surface.

Knows headers only, no HTTP library, so that each rule can be read and tried by itself. Host allow-list (DNS
rebinding), exact Origin (a foreign page's WebSocket), the run's token in the printed address and afterwards a cookie
that other sites' requests never carry. The WebSocket wants both: a browser shows a cookie to every port of a computer,
but what the page remembers of its token to nobody. What breaks if it is wrong: any page in the same browser types at
the counter.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from http.cookies import CookieError, SimpleCookie
from typing import Final

TOKEN_BYTES: Final = 32
NAMES: Final = ("127.0.0.1", "localhost", "[::1]")
"""The names under which this computer reaches itself; anything else in `Host` is somebody's trick."""


class Refusal(Enum):
    """Why a request is not answered."""

    HOST = "host"
    ORIGIN = "origin"
    TOKEN = "token"  # noqa: S105 - a word, no secret


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a request decides: every value of three headers, its target as it was sent, and the token in its address,
    "" where there is none.
    """

    hosts: Sequence[str]
    origins: Sequence[str]
    cookies: Sequence[str]
    token: str = ""
    is_websocket: bool = False
    target: str = "/"


@dataclass(frozen=True, slots=True)
class Door:
    """The door of one run on one port. `token` opens it from the printed address, `key` from the cookie."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(TOKEN_BYTES))
    key: str = field(default_factory=lambda: secrets.token_urlsafe(TOKEN_BYTES))

    @property
    def cookie_name(self) -> str:
        """Cookies know no port: two counters in one browser must not take each other's away."""
        return f"madoguchi_counter_{self.port}"

    @property
    def cookie(self) -> str:
        """The `Set-Cookie` that the page comes with; it ends with the browser."""
        return f"{self.cookie_name}={self.key}; Path=/; HttpOnly; SameSite=Strict"

    def refusal(self, asked: Asked) -> Refusal | None:
        """Why this request is refused, or None.

        A page without an `Origin` is what the address bar sends; a WebSocket always has one in a browser, so one
        without it is refused.
        """
        host = asked.hosts[0].lower() if len(asked.hosts) == 1 else ""
        if host not in {f"{name}:{self.port}" for name in NAMES}:
            return Refusal.HOST
        if not asked.target.startswith("/"):  # a whole address, as for a proxy: it would stand in the place of Host
            return Refusal.HOST
        if (asked.origins or asked.is_websocket) and [one.lower() for one in asked.origins] != [f"http://{host}"]:
            return Refusal.ORIGIN
        proofs = (_same(asked.token, self.token), self._has_key(asked.cookies))
        if not (all(proofs) if asked.is_websocket else any(proofs)):
            return Refusal.TOKEN
        return None

    def _has_key(self, headers: Sequence[str]) -> bool:
        try:
            jar = SimpleCookie("; ".join(headers))
        except CookieError:
            return False
        brought = jar.get(self.cookie_name)
        return brought is not None and _same(brought.value, self.key)


def _same(brought: str, wanted: str) -> bool:
    """Also of what is no text: a lone byte that a header brought is compared as anything else."""
    return hmac.compare_digest(brought.encode("utf-8", "surrogatepass"), wanted.encode())
