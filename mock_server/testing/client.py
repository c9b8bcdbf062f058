"""Asking the controls of a server from a test: plain JSON over HTTP to this machine, refusals as exceptions.

With the standard library only, so that a pytest plugin stays light. What breaks if wrong: a test that waits for ever,
or one whose arming was refused and that goes on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

TIMEOUT_S: Final = 60.0


class ControlsError(Exception):
    """The server refused or gave no answer; `code` is its own, "" where there was none."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(f"{code}: {message} {remedy}".strip(": "))
        self.code = code


class ControlsClient:
    """The controls of one server, for whoever has its token. Any thread may ask."""

    def __init__(self, admin_url: str, token: str, lang: str) -> None:
        parts = urlsplit(admin_url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._headers = {
            "authorization": f"Bearer {token}",
            "accept-language": lang,
            "content-type": "application/json",
        }

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None, **params: Any) -> dict[str, Any]:
        """The answer to one request below `/admin`; parameters that are None are left out.

        Raises:
            ControlsError: The server refused, or does not answer.
        """
        import http.client

        given = urlencode({name: value for name, value in params.items() if value is not None})
        sent = None if body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        try:
            connection.request(method, f"/admin/{path}{f'?{given}' if given else ''}", sent, self._headers)
            answer = connection.getresponse()
            said = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ControlsError("", type(error).__name__, f"http://{self._host}:{self._port}") from error
        finally:
            connection.close()
        if not isinstance(said, dict) or answer.status >= 400:
            told = said.get("error", {}) if isinstance(said, dict) else {}
            raise ControlsError(*(str(told.get(part, "")) for part in ("code", "message", "remedy")))
        return said
