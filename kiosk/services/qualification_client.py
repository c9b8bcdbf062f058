"""The オンライン資格確認 service as the counter asks it: which question goes where, and which answers are believed.

What breaks if it is wrong: a card signs what somebody else chose, or an answer to something else is taken for this one.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Mapping
from datetime import date, datetime

import httpx2

from eligibility.oqs.signed_message import PURPOSE_QUALIFICATION
from kiosk.flow.states import ManualEntry, Trouble
from kiosk.services.http_asker import DEFAULT_TIMEOUT_S, HttpAsker
from kiosk.services.interfaces import Challenge, Qualification, ServiceStopped
from kiosk.services.oqs_answer import (
    BrokenAnswerError,
    answer_by_card,
    answer_by_enrolment,
    answer_by_numbers,
    request_by_numbers,
)
from kiosk.services.server_address import UnsafeServerError
from kiosk.services.server_login import NO_LOGIN, ServerLogin

__all__ = ["HttpQualificationClient", "UnsafeServerError"]

LONGEST_NONCE = 1_000
"""Characters of a nonce or server name at most: what is signed is not an arbitrary document."""


class HttpQualificationClient:
    """Asks one server for one institution (10 digits). Any thread may call; calls do not wait for each other.

    `on` is today in Japan, the day that is asked about. `transport` stands in for the network (the server in
    this process, over ASGI); `login` is what the server is known by and what this counter shows it.
    """

    def __init__(
        self,
        base_url: str,
        institution: str,
        *,
        on: Callable[[], date],
        transport: httpx2.AsyncBaseTransport | None = None,
        login: ServerLogin = NO_LOGIN,
        timeout_s: float = DEFAULT_TIMEOUT_S,
    ) -> None:
        """Connects to nothing yet.

        Raises:
            UnsafeServerError: The counter does not talk to such an address.
        """
        self._asker = HttpAsker(base_url, transport=transport, login=login, timeout_s=timeout_s)
        self._institution = institution
        self._on = on
        self._identifiers = itertools.count(1)

    def challenge(self) -> Challenge:
        """A fresh challenge for this institution; nothing about a patient is sent. Raises ServiceStopped."""
        asked = {"institution": self._institution, "purpose": PURPOSE_QUALIFICATION}
        return self._asker.ask("v1/challenge", asked, self._read_challenge)

    def check_by_card(self, challenge: Challenge, certificate: bytes, signature: bytes) -> Qualification:
        """Ask with a signed challenge: one HTTP request. Raises ServiceStopped."""
        asked = {
            "institution": self._institution,
            "purpose": challenge.purpose,
            "nonce": challenge.nonce,
            "certificate": base64.b64encode(certificate).decode(),
            "signature": base64.b64encode(signature).decode(),
        }
        return self._asker.ask(
            "v1/qualification/card", asked, lambda body: answer_by_card(body, self._institution, self._on())
        )

    def check_enrolled(self, challenge: Challenge, public_key: bytes, signature: bytes) -> Qualification:
        """Ask for an enrolled real card: public key and signature go to a literal loopback address, or nowhere.

        Raises:
            ServiceStopped: As every question; SERVER_REFUSED `not_loopback` where nothing was sent, and
                REAL_CARD_NOT_ENROLLED where the service does not know this key.
        """
        if not self._asker.is_this_machine:
            raise ServiceStopped(Trouble.SERVER_REFUSED, "not_loopback")
        asked = {
            "institution": self._institution,
            "purpose": challenge.purpose,
            "nonce": challenge.nonce,
            "public_key": base64.b64encode(public_key).decode(),
            "signature": base64.b64encode(signature).decode(),
        }
        return self._asker.ask(
            "v1/qualification/enrolled", asked, lambda body: answer_by_enrolment(body, self._institution, self._on())
        )

    def check_by_numbers(self, entry: ManualEntry) -> Qualification:
        """Ask with the numbers of a paper: one HTTP request. Raises ServiceStopped."""
        identifier, on = f"MOCK{next(self._identifiers):08d}", self._on()
        asked = {"message": request_by_numbers(entry, self._institution, on, identifier)}
        return self._asker.ask(
            "v1/qualification/numbers", asked, lambda body: answer_by_numbers(body, self._institution, identifier, on)
        )

    def give_consent(self, visit: str, items: Mapping[str, bool]) -> datetime:
        """Say what the patient agreed to in a visit, by item; until when it counts (aware). Raises ServiceStopped.

        Said again it is the same consent; said otherwise it replaces the first.
        """
        asked = {
            "institution": self._institution,
            "visit": visit,
            "items": {item: "given" if given else "declined" for item, given in items.items()},
            "replace": True,
        }
        return self._asker.ask("v1/consent", asked, _expiry)

    def close(self) -> None:
        """Let go of connections and threads; a question under way ends as SERVER_DOWN. Safe to call twice."""
        self._asker.close()

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


def _expiry(body: Mapping[str, object]) -> datetime:
    ends = body.get("expires_at")
    try:
        found = datetime.fromisoformat(ends) if isinstance(ends, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BrokenAnswerError("consent")
    return found


def _is_short_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NONCE and value.isprintable()
