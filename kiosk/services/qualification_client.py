"""The オンライン資格確認 service as the counter asks it: which question goes where, and which answers are believed.

What breaks if it is wrong: a card signs what somebody else chose, or an answer to something else is taken for this one.
"""

from __future__ import annotations

import base64
import itertools
import time
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime

import httpx2

from eligibility.oqs.signed_message import PURPOSE_QUALIFICATION
from eligibility.oqs.values import date_text
from eligibility.papers.paper import Paper
from kiosk.flow.answer import Qualification
from kiosk.flow.facts import FourItems, Way
from kiosk.flow.states import Trouble
from kiosk.services.http_asker import DEFAULT_TIMEOUT_S, HttpAsker
from kiosk.services.interfaces import Challenge, ServiceStopped
from kiosk.services.medical_answer import (
    KINDS,
    check_registered,
    medical_request,
    reference_request,
    with_medical_answer,
)
from kiosk.services.medical_information import InsuredNumbers, MedicalInformation
from kiosk.services.oqs_answer import (
    AskedNumbers,
    BrokenAnswerError,
    answer_attested,
    answer_by_card,
    answer_by_enrolment,
    answer_by_four_items,
    answer_by_numbers,
    request_by_numbers,
)
from kiosk.services.server_address import UnsafeServerError
from kiosk.services.server_login import NO_LOGIN, ServerLogin

__all__ = ["HttpQualificationClient", "UnsafeServerError"]

SEX_CODES = {"male": "1", "female": "2"}
"""性別 (OQSCD007)."""
FACE_STATES = ("none", "waiting", "written", "collected", "expired")
"""How far a face file can be; `collected`: the レセコン took it."""
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

    def challenge(self, purpose: str = PURPOSE_QUALIFICATION) -> Challenge:
        """A fresh challenge for this institution and purpose; nothing about a patient is sent."""
        asked = {"institution": self._institution, "purpose": purpose}
        return self._asker.ask("v1/challenge", asked, lambda body: self._read_challenge(body, purpose))

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

    def check_attested(self, certificate: bytes, way: Way) -> Qualification:
        """Ask with a certificate that signed nothing; the institution vouches (顔認証, 目視). Raises ServiceStopped."""
        asked = {
            "institution": self._institution,
            "certificate": base64.b64encode(certificate).decode(),
            "method": way.value,
        }
        return self._asker.ask(
            "v1/qualification/attested", asked, lambda body: answer_attested(body, self._institution, self._on())
        )

    def check_by_paper(self, paper: Paper) -> Qualification:
        """Ask with the numbers of a paper: one HTTP request.

        Raises:
            ServiceStopped: As every question; SERVER_REFUSED `request` where the paper lacks a number.
        """
        identifier, on = self._identifier(), self._on()
        asked = {"message": request_by_numbers(AskedNumbers.of_paper(paper), self._institution, on, identifier)}
        return self._asker.ask(
            "v1/qualification/numbers", asked, lambda body: answer_by_numbers(body, self._institution, identifier, on)
        )

    def check_by_four_items(self, items: FourItems, *, disaster: bool = False) -> Qualification:
        """Ask by 氏名, 生年月日, 性別, 住所: after an outage, or in a disaster. Raises ServiceStopped."""
        on = self._on()
        asked = {
            "institution": self._institution,
            "mode": "disaster" if disaster else "outage",
            "name": items.name,
            "birthdate": date_text(items.birthdate),
            "sex": SEX_CODES[items.sex],
            "address": items.address,
        }
        return self._asker.ask(
            "v1/qualification/four-items", asked, lambda body: answer_by_four_items(body, self._institution, on)
        )

    def register_card(self, challenge: Challenge, certificate: bytes, signature: bytes) -> bool:
        """利用登録 with a signed challenge for registration; whether it had been made before. Raises ServiceStopped."""
        asked = {
            "institution": self._institution,
            "nonce": challenge.nonce,
            "certificate": base64.b64encode(certificate).decode(),
            "signature": base64.b64encode(signature).decode(),
        }
        return self._asker.ask("v1/registration", asked, _already)

    def medical_information(self, numbers: InsuredNumbers, items: Collection[str]) -> MedicalInformation:
        """Medicines and checkups, as far as `items` names them; one request each. Raises ServiceStopped."""
        told = MedicalInformation()
        for item, kind in KINDS.items():
            if item in items:
                identifier = self._identifier()
                asked = {"kind": kind, "message": medical_request(kind, numbers, self._institution, identifier)}
                told = self._asker.ask("v1/medical-information", asked, self._medical_reader(told, kind, identifier))
        return told

    def _medical_reader(
        self, told: MedicalInformation, kind: str, identifier: str
    ) -> Callable[[Mapping[str, object]], MedicalInformation]:
        return lambda body: with_medical_answer(told, kind, body, self._institution, identifier)

    def register_reference_number(self, numbers: InsuredNumbers, reference_number: str) -> None:
        """照会番号: the institution's own number of the person. Registered again it replaces the first.

        Raises:
            ServiceStopped: As every question; SERVER_REFUSED `request` where the number does not fit the message.
        """
        identifier = self._identifier()
        message = reference_request(numbers, reference_number, self._institution, identifier)
        self._asker.ask(
            "v1/reference-number",
            {"message": message},
            lambda body: check_registered(body, self._institution, identifier),
        )

    def face_file(self, visit: str) -> str:
        """How far the visit's file in the `face` folder is: a word of FACE_STATES. Raises ServiceStopped."""
        return self._asker.ask("v1/face", {"institution": self._institution, "visit": visit}, _face_state)

    def health(self) -> float:
        """How long the service took to say that it is there, in seconds. Raises ServiceStopped."""
        began = time.monotonic()
        self._asker.look("v1/health", _check_healthy)
        return time.monotonic() - began

    @property
    def last_answer_seconds(self) -> float | None:
        """How long the newest answer took; None while there is none, or where the newest question had none."""
        return self._asker.last_answer_seconds

    @property
    def out_of_service(self) -> bool:
        """Whether the service answered the newest question with that it is not at work."""
        return self._asker.out_of_service

    def _identifier(self) -> str:
        return f"MOCK{next(self._identifiers):08d}"

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

    def _read_challenge(self, body: Mapping[str, object], purpose: str) -> Challenge:
        """A challenge for what was asked, and nothing else: the card signs what this counter chose."""
        server, nonce, ends = body.get("server"), body.get("nonce"), body.get("expires_at")
        asked_for = body.get("institution") == self._institution and body.get("purpose") == purpose
        if not asked_for or not _is_short_text(server) or not _is_short_text(nonce) or not isinstance(ends, str):
            raise BrokenAnswerError("challenge")
        try:
            expires_at = datetime.fromisoformat(ends)
        except ValueError:
            raise BrokenAnswerError("challenge") from None
        if expires_at.tzinfo is None:
            raise BrokenAnswerError("challenge")
        return Challenge(str(server), str(nonce), self._institution, purpose, expires_at)


def _expiry(body: Mapping[str, object]) -> datetime:
    ends = body.get("expires_at")
    try:
        found = datetime.fromisoformat(ends) if isinstance(ends, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise BrokenAnswerError("consent")
    return found


def _already(body: Mapping[str, object]) -> bool:
    already = body.get("already")
    if body.get("registered") is not True or not isinstance(already, bool):
        raise BrokenAnswerError("registration")
    return already


def _face_state(body: Mapping[str, object]) -> str:
    state = body.get("state")
    if state not in FACE_STATES:
        raise BrokenAnswerError("face")
    return str(state)


def _check_healthy(body: Mapping[str, object]) -> None:
    if body.get("status") != "ok":
        raise BrokenAnswerError("health")


def _is_short_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NONCE and value.isprintable()
