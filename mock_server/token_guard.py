"""The per-run token of admin and console: once in the printed URL, then a cookie; a script sends it as bearer.

Stands inside the web guard, which has checked Host and Origin. What breaks if wrong: a page of somebody else that a
tester has open arms scenarios, or reads what the counter asked.
"""

from __future__ import annotations

import hashlib
import hmac
import html
from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode

from mock_server.asgi import AsgiApp, Receive, Scope, Send
from mock_server.errors import QualificationError, Refusal

PARAMETER: Final = "token"
"""Where the printed URL carries it."""
TOKEN_BYTES: Final = 32


class TokenGuard:
    """An ASGI application around another one; must itself be inside a WebGuard, which renders its refusals."""

    def __init__(self, app: AsgiApp, token: str, open_paths: Iterable[str] = ()) -> None:
        """Let whoever brings `token` through to `app`; to paths that begin with one of `open_paths`, everybody.

        Raises:
            ValueError: There is no token, so everybody would be let in.
        """
        if not token:
            raise ValueError("a token is needed")
        self._app = app
        self._token = token.encode()
        self._open = tuple(open_paths)
        # Of its own for every token: cookies are not kept apart by port, so two servers would overwrite each other's.
        self._cookie = f"madoguchi_{hashlib.sha256(self._token).hexdigest()[:12]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request.

        Raises:
            QualificationError: ACCESS_TOKEN.
        """
        if scope["type"] == "lifespan" or scope["path"].startswith(self._open):
            await self._app(scope, receive, send)
            return
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        brought = [value for name, value in query if name == PARAMETER]
        if scope["type"] == "http" and scope["method"] == "GET" and brought:
            self._check(brought[0])
            await self._remember(scope["path"], [pair for pair in query if pair[0] != PARAMETER], send)
            return
        self._check(self._brought(scope))
        await self._app(scope, receive, send)

    def _check(self, brought: str) -> None:
        if not hmac.compare_digest(brought.encode("utf-8", "surrogatepass"), self._token):
            raise QualificationError(Refusal.ACCESS_TOKEN)

    def _brought(self, scope: Scope) -> str:
        for name, value in scope["headers"]:
            if name.lower() == b"authorization":
                scheme, _, token = value.decode("latin-1").partition(" ")
                return token.strip() if scheme.lower() == "bearer" else ""
        for name, value in scope["headers"]:
            if name.lower() == b"cookie":
                for part in value.decode("latin-1").split(";"):
                    key, _, content = part.strip().partition("=")
                    if key == self._cookie:
                        return str(content)
        return ""

    async def _remember(self, path: str, rest: list[tuple[str, str]], send: Send) -> None:
        """Set the cookie and go to the same address without the token.

        By a page of our own, not by a redirect: whoever came from another site's link would be redirected without a
        SameSite=Strict cookie.
        """
        target = "/" + quote(path.lstrip("/")) + (f"?{urlencode(rest)}" if rest else "")
        shown = html.escape(target, quote=True)
        body = (
            '<!doctype html><html lang="ja"><meta charset="utf-8">'
            f'<meta http-equiv="refresh" content="0;url={shown}"><title>窓口</title><a href="{shown}">窓口</a>'
        ).encode()
        cookie = f"{self._cookie}={self._token.decode()}; Path=/; HttpOnly; SameSite=Strict"
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"set-cookie", cookie.encode("latin-1")),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
