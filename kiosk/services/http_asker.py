"""One JSON question over HTTP at a time: connection, TLS, time limit, and every failure by its name.

Own event loop on an own thread; no proxy and no .netrc from the environment, no redirects, no retries: a question that
may have been answered is never asked twice by program. Knows no question and no answer. What breaks if it is wrong: a
screen that waits for ever.
"""

from __future__ import annotations

import json
import re
import ssl
import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from contextlib import ExitStack
from threading import Lock
from typing import Any, TypeVar

import anyio
import httpx2
from anyio.from_thread import BlockingPortal, start_blocking_portal

from kiosk.flow.states import Trouble
from kiosk.services.interfaces import ServiceStopped
from kiosk.services.oqs_answer import BrokenAnswerError
from kiosk.services.server_address import is_this_machine, safe_base_url, tls_context
from kiosk.services.server_login import NO_LOGIN, ServerLogin

DEFAULT_TIMEOUT_S = 10.0
"""Seconds one question may take from the first byte sent to the last one read."""
LARGEST_ANSWER = 1_048_576
"""Bytes of one answer at most; a real one has a few thousand."""
_CERTIFICATE_CODES = ("MOCK-CERT-", "MOCK-CERTIFICATE-")
"""Codes by which the service blames the card's certificate."""
_NOT_ENROLLED = "MOCK-ENROLMENT-UNKNOWN"
"""The code by which the service says that it does not know a real card's key."""
_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,59}")

T = TypeVar("T")


class HttpAsker:
    """Asks one server. Any thread may call; calls do not wait for each other.

    `transport` stands in for the network (the server in this process, over ASGI); `login` is what the server is known
    by and what this counter shows it; `largest_answer` is in bytes.
    """

    def __init__(
        self,
        base_url: str,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
        login: ServerLogin = NO_LOGIN,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        largest_answer: int = LARGEST_ANSWER,
    ) -> None:
        """Connects to nothing yet.

        Raises:
            UnsafeServerError: The counter does not talk to such an address.
        """
        url = safe_base_url(base_url)
        verify = tls_context(login) if url.scheme == "https" and transport is None else False
        self.is_this_machine = is_this_machine(url)
        self._timeout_s = timeout_s
        self._largest_answer = largest_answer
        self._last_answer_seconds: float | None = None
        self._out_of_service = False
        self._closing = Lock()
        self._closed = False
        self._resources = ExitStack()
        self._portal: BlockingPortal = self._resources.enter_context(start_blocking_portal())
        self._http: httpx2.AsyncClient = self._portal.call(lambda: self._open(url, transport, verify, login.token))

    async def _open(
        self, url: httpx2.URL, transport: httpx2.AsyncBaseTransport | None, verify: Any, token: str
    ) -> httpx2.AsyncClient:
        headers = {"Accept": "application/json", "User-Agent": "madoguchi"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return httpx2.AsyncClient(
            base_url=url,
            transport=transport,
            verify=verify,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx2.Timeout(self._timeout_s),
            headers=headers,
        )

    def close(self) -> None:
        """Let go of connections and threads; a question under way ends as SERVER_DOWN. Safe to call twice."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._portal.call(self._http.aclose)
            self._portal.call(self._portal.stop, True)
            self._resources.close()

    def ask(self, path: str, asked: Mapping[str, object], read: Callable[[Mapping[str, object]], T]) -> T:
        """One POST, and its answer as `read` understands it.

        Raises:
            ServiceStopped: The service could not be asked, refused, or gave no answer that `read` accepts.
        """
        return self._answer(path, json.dumps(asked).encode(), read)

    def look(self, path: str, read: Callable[[Mapping[str, object]], T]) -> T:
        """One GET, which asks about nobody; as `ask`."""
        return self._answer(path, None, read)

    @property
    def last_answer_seconds(self) -> float | None:
        """How long the newest answer took, whatever it said; None while there is none, or the newest did not come."""
        return self._last_answer_seconds

    @property
    def out_of_service(self) -> bool:
        """Whether the service itself said to the newest question it answered that it is not at work (an HTTP 5xx).

        A question that did not come through changes nothing, nor does a look: a service at rest has open doors.
        """
        return self._out_of_service

    def _answer(self, path: str, content: bytes | None, read: Callable[[Mapping[str, object]], T]) -> T:
        if self._closed:
            raise ServiceStopped(Trouble.SERVER_DOWN, "closed")
        try:
            status, raw = self._portal.call(self._exchange, path, content)
        except (CancelledError, RuntimeError) as error:
            if not self._closed:
                raise
            raise ServiceStopped(Trouble.SERVER_DOWN, "closed") from error
        if content is not None:
            self._out_of_service = status >= httpx2.codes.INTERNAL_SERVER_ERROR
        if status != httpx2.codes.OK:
            raise _refusal(status, raw)
        try:
            return read(_json_object(raw))
        except BrokenAnswerError as error:
            raise ServiceStopped(Trouble.SERVER_DOWN, error.code) from error

    async def _exchange(self, path: str, content: bytes | None) -> tuple[int, bytes]:
        began, took = time.monotonic(), None
        try:
            with anyio.fail_after(self._timeout_s):
                answer = await self._send(path, content)
            took = time.monotonic() - began
            return answer
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise ServiceStopped(Trouble.SERVER_DOWN, "timeout") from error
        except httpx2.ConnectError as error:
            raise ServiceStopped(Trouble.SERVER_DOWN, "tls" if _is_about_tls(error) else "connect") from error
        except httpx2.HTTPError as error:
            raise ServiceStopped(Trouble.SERVER_DOWN, "protocol") from error
        except ServiceStopped:
            raise
        except Exception as error:  # a server in this process that crashed: over a socket it would have been a 500
            raise ServiceStopped(Trouble.SERVER_DOWN, "crashed") from error
        finally:
            self._last_answer_seconds = took

    async def _send(self, path: str, content: bytes | None) -> tuple[int, bytes]:
        headers = {} if content is None else {"Content-Type": "application/json"}
        method = "GET" if content is None else "POST"
        request = self._http.build_request(method, path, content=content, headers=headers)
        response = await self._http.send(request, stream=True)
        try:
            raw = bytearray()
            async for chunk in response.aiter_bytes():
                raw += chunk
                if len(raw) > self._largest_answer:
                    raise ServiceStopped(Trouble.SERVER_DOWN, "too_large")
            return response.status_code, bytes(raw)
        finally:
            await response.aclose()


def _is_about_tls(error: BaseException | None) -> bool:
    """Whether the two sides met but did not believe each other."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _json_object(raw: bytes) -> Mapping[str, object]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise BrokenAnswerError("json") from None
    if not isinstance(body, dict):
        raise BrokenAnswerError("json")
    return body


def _refusal(status: int, raw: bytes) -> ServiceStopped:
    """What an answer that is no 200 means. Its code is taken over only where it looks like one."""
    try:
        error = _json_object(raw).get("error")
    except BrokenAnswerError:
        error = None
    code = error.get("code") if isinstance(error, dict) else None
    detail = code if isinstance(code, str) and _CODE.fullmatch(code) else f"HTTP-{status}"
    if not 400 <= status < 500:
        return ServiceStopped(Trouble.SERVER_DOWN, detail)
    if detail == _NOT_ENROLLED:
        return ServiceStopped(Trouble.REAL_CARD_NOT_ENROLLED, detail)
    if detail.startswith(_CERTIFICATE_CODES):
        return ServiceStopped(Trouble.CERTIFICATE_REFUSED, detail)
    return ServiceStopped(Trouble.SERVER_REFUSED, detail)
