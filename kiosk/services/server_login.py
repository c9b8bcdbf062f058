"""With what a counter shows a server who it is, and by what it knows the server: CA, token, client certificate.

Values only, and light: the counter's first frame waits for whoever reads the settings. What breaks if it is wrong: a
token in a text that somebody reads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServerLogin:
    """For one server. Everything may be left out, as a server on this machine needs nothing."""

    ca_file: Path | None = None
    """CA certificates (PEM) that TLS trusts, and no others."""
    token: str = field(default="", repr=False)
    """The institution's token."""
    client_certificate: Path | None = None
    """The counter's own certificate (PEM), for TLS."""
    client_key: Path | None = None
    """Its key (PEM, without a password); None: in the same file."""


NO_LOGIN = ServerLogin()
