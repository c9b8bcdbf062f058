"""The オンライン資格確認 service over HTTP: one request for each question, and every failure by its name.

Own event loop on an own thread; no proxy and no .netrc from the environment, no redirects, no retries: a question that
may have been answered is never asked twice by program. What breaks if it is wrong: a screen that waits for ever.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import anyio
import httpx2
from anyio.from_thread import BlockingPortal, start_blocking_portal

from eligibility.oqs.signed_message import PURPOSE_QUALIFICATION
from kiosk.flow.states import ManualEntry, Trouble
from kiosk.services.interfaces import Challenge, Qualification, ServiceStopped
from kiosk.services.oqs_answer import (
    BrokenAnswerError,
    answer_by_card,
    answer_by_enrolment,
    answer_by_numbers,
    request_by_numbers,
)
from kiosk.services.server_address import UnsafeServerError, is_this_machine, safe_base_url, tls_context

__all__ = ["HttpQualificationClient", "UnsafeServerError"]

DEFAULT_TIMEOUT_S = 10.0
"""Seconds one question may take from the first byte sent to the last one read."""
LARGEST_ANSWER = 1_048_576
"""Bytes of one answer at most; a real one has a few thousand."""
LONGEST_NONCE = 1_000
"""Characters of a nonce or server name at most: what is signed is not an arbitrary document."""
_CERTIFICATE_CODES = ("MOCK-CERT-", "MOCK-CERTIFICATE-")
"""Codes by which the service blames the card's certificate."""
_NOT_ENROLLED = "MOCK-ENROLMENT-UNKNOWN"
"""The code by which the service says that it does not know a real card's key."""
_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,59}")

T = TypeVar("T")


class HttpQualificationClient:
    """Asks one server for one institution (10 digits). Any thread may call; calls do not wait for each other.

    `on` is today in Japan, the day a query by numbers asks about. `transport` stands in for the network (the server in
    this process, over ASGI); `ca_file` holds the CA certificates (PEM) that TLS trusts.
    """

    def __init__(
        self,
        base_url: str,
        institution: str,
        *,
        on: Callable[[], date],
        transport: httpx2.AsyncBaseTransport | None = None,
        ca_file: Path | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> None:
        """Connects to nothing yet.

        Raises:
            UnsafeServerError: The counter does not talk to such an address.
        """
        url = safe_base_url(base_url)
        verify = tls_context(ca_file) if url.scheme == "https" and transport is None else False
        self._institution = institution
        self._on = on
        self._is_this_machine = is_this_machine(url)
        self._timeout_s = timeout_s
        self._identifiers = itertools.count(1)
        self._closing = Lock()
        self._closed = False
        self._resources = ExitStack()
        self._portal: BlockingPortal = self._resources.enter_context(start_blocking_portal())
        self._http: httpx2.AsyncClient = self._portal.call(lambda: self._open(url, transport, verify))

    async def _open(
        self, url: httpx2.URL, transport: httpx2.AsyncBaseTransport | None, verify: Any
    ) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            base_url=url,
            transport=transport,
            verify=verify,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx2.Timeout(self._timeout_s),
            headers={"Accept": "application/json", "User-Agent": "madoguchi"},
        )

    def challenge(self) -> Challenge:
        """A fresh challenge for this institution; nothing about a patient is sent. Raises ServiceStopped."""
        asked = {"institution": self._institution, "purpose": PURPOSE_QUALIFICATION}
        return self._ask("v1/challenge", asked, self._read_challenge)

    def check_by_card(self, challenge: Challenge, certificate: bytes, signature: bytes) -> Qualification:
        """Ask with a signed challenge: one HTTP request. Raises ServiceStopped."""
        asked = {
            "institution": self._institution,
            "purpose": challenge.purpose,
            "nonce": challenge.nonce,
            "certificate": base64.b64encode(certificate).decode(),
            "signature": base64.b64encode(signature).decode(),
        }
        return self._ask("v1/qualification/card", asked, lambda body: answer_by_card(body, self._institution))

    def check_enrolled(self, challenge: Challenge, public_key: bytes, signature: bytes) -> Qualification:
        """Ask for an enrolled real card: public key and signature go to a literal loopback address, or nowhere.

        Raises:
            ServiceStopped: As every question; SERVER_REFUSED `not_loopback` where nothing was sent, and
                REAL_CARD_NOT_ENROLLED where the service does not know this key.
        """
        if not self._is_this_machine:
            raise ServiceStopped(Trouble.SERVER_REFUSED, "not_loopback")
        asked = {
            "institution": self._institution,
            "purpose": challenge.purpose,
            "nonce": challenge.nonce,
            "public_key": base64.b64encode(public_key).decode(),
            "signature": base64.b64encode(signature).decode(),
        }
        return self._ask("v1/qualification/enrolled", asked, lambda body: answer_by_enrolment(body, self._institution))

    def check_by_numbers(self, entry: ManualEntry) -> Qualification:
        """Ask with the numbers of a paper: one HTTP request. Raises ServiceStopped."""
        identifier = f"MOCK{next(self._identifiers):08d}"
        asked = {"message": request_by_numbers(entry, self._institution, self._on(), identifier)}
        return self._ask(
            "v1/qualification/numbers", asked, lambda body: answer_by_numbers(body, self._institution, identifier)
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

    def _ask(self, path: str, asked: Mapping[str, object], read: Callable[[Mapping[str, object]], T]) -> T:
        """One request, and its answer as `read` understands it."""
        if self._closed:
            raise ServiceStopped(Trouble.SERVER_DOWN, "closed")
        try:
            status, raw = self._portal.call(self._exchange, path, json.dumps(asked).encode())
        except (CancelledError, RuntimeError) as error:
            if not self._closed:
                raise
            raise ServiceStopped(Trouble.SERVER_DOWN, "closed") from error
        if status != httpx2.codes.OK:
            raise _refusal(status, raw)
        try:
            return read(_json_object(raw))
        except BrokenAnswerError as error:
            raise ServiceStopped(Trouble.SERVER_DOWN, error.code) from error

    async def _exchange(self, path: str, content: bytes) -> tuple[int, bytes]:
        try:
            with anyio.fail_after(self._timeout_s):
                return await self._send(path, content)
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise ServiceStopped(Trouble.SERVER_DOWN, "timeout") from error
        except httpx2.ConnectError as error:
            raise ServiceStopped(Trouble.SERVER_DOWN, "connect") from error
        except httpx2.HTTPError as error:
            raise ServiceStopped(Trouble.SERVER_DOWN, "protocol") from error
        except ServiceStopped:
            raise
        except Exception as error:  # a server in this process that crashed: over a socket it would have been a 500
            raise ServiceStopped(Trouble.SERVER_DOWN, "crashed") from error

    async def _send(self, path: str, content: bytes) -> tuple[int, bytes]:
        request = self._http.build_request("POST", path, content=content, headers={"Content-Type": "application/json"})
        response = await self._http.send(request, stream=True)
        try:
            raw = bytearray()
            async for chunk in response.aiter_bytes():
                raw += chunk
                if len(raw) > LARGEST_ANSWER:
                    raise ServiceStopped(Trouble.SERVER_DOWN, "too_large")
            return response.status_code, bytes(raw)
        finally:
            await response.aclose()

    def _read_challenge(self, body: Mapping[str, object]) -> Challenge:
        """A challenge for what was asked, and nothing else: the card signs what this counter chose."""
        server, nonce, ends = body.get("server"), body.get("nonce"), body.get("expires_at")
        asked_for = body.get("institution") == self._institution and body.get("purpose") == PURPOSE_QUALIFICATION
        if not asked_for or not _is_short_text(server) or not _is_short_text(nonce) or not isinstance(ends, str):
            raise BrokenAnswerError("challenge")
        try:
            expires_at = datetime.fromisoformat(ends)
        except ValueError:
            raise BrokenAnswerError("challenge") from None
        if expires_at.tzinfo is None:
            raise BrokenAnswerError("challenge")
        return Challenge(str(server), str(nonce), self._institution, PURPOSE_QUALIFICATION, expires_at)


def _is_short_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NONCE and value.isprintable()


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
