"""Takes out of a report what tells a person, a clinic, a machine or a reader from others.

Works on whole strings after they were put together, so that a name is found wherever it was used; keys and codes stay.
What breaks if this is wrong: a tester's name, or a clinic's, in a public issue.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

UNTOUCHED: Final = frozenset({"check", "code", "link", "ok"})
"""Keys whose values are words of ours: a user called `card` must not spoil them."""
_COMMON: Final = frozenset({"root", "localhost", "-", "?", "/", "."})
"""Names and paths that tell nobody from anybody."""
_READER_SERIAL: Final = re.compile(r" \((?:[^()]|\([^()]*\))*\)(?= [0-9A-F]{2} [0-9A-F]{2})")
"""pcscd writes a reader's serial number in brackets before the numbers of reader and slot."""
_SHORTEST_SERIAL: Final = 4
"""Shorter ones tell no reader from another, and would spoil every version number."""
_LONG_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])")
"""As long as a 個人番号, and no part of a hexadecimal one."""


class Redactor:
    """Replaces each secret by a word that says what stood there."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """`secrets`: what must not be told, and what to write in its place. Longer ones are replaced first."""
        found = {secret: word for secret, word in secrets.items() if secret and secret.casefold() not in _COMMON}
        self._rules = [
            # Not inside a longer ASCII word; Japanese letters on either side do not hide a name.
            (re.compile(rf"(?<![A-Za-z0-9]){re.escape(secret)}(?![A-Za-z0-9])", re.IGNORECASE), found[secret])
            for secret in sorted(found, key=len, reverse=True)
        ]

    def text(self, text: str) -> str:
        """The text without secrets."""
        text = _READER_SERIAL.sub(" (<serial>)", text)
        for pattern, word in self._rules:
            text = pattern.sub(word.replace("\\", r"\\"), text)
        return _LONG_NUMBER.sub("<number>", text)

    def value(self, value: Any) -> Any:
        """A JSON value with every string in it redacted, but those under keys of ours."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: item if key in UNTOUCHED else self.value(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        return value


def secrets_of_machine(environ: Mapping[str, str], user: str, serials: Iterable[str]) -> dict[str, str]:
    """What would tell this user, this machine and its readers, with the words that go in its place."""
    names = {user, *(environ.get(name, "") for name in ("LOGNAME", "USER", "USERNAME", "SUDO_USER"))}
    hosts = {socket.gethostname(), environ.get("HOSTNAME", ""), environ.get("COMPUTERNAME", "")}
    hosts |= {host.partition(".")[0] for host in hosts}
    homes = {environ.get("HOME", ""), environ.get("USERPROFILE", ""), os.path.expanduser("~")}  # noqa: PTH111 - may fail to find one
    homes |= {str(Path(home).resolve()) for home in homes if home}
    return {
        **dict.fromkeys(names, "<user>"),
        **dict.fromkeys(hosts, "<host>"),
        **dict.fromkeys((serial for serial in serials if len(serial) >= _SHORTEST_SERIAL), "<serial>"),
        **dict.fromkeys(homes - {"/", ""}, "~"),
    }
