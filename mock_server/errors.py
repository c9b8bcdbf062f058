"""Every reason the service refuses a request, each with its own code and HTTP status.

The codes are visibly invented (`MOCK-`): the real list is not published (online-qualification.md §3.1). Codes are
added, never renamed. A code that begins with `MOCK-CERTIFICATE-` blames the card's certificate; the others do not.
Sentences are in the catalogue (`mock_server.words`); an error carries numbers and element names, never what was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType


class Refusal(StrEnum):
    """Why a request was refused."""

    REQUEST_MALFORMED = "MOCK-REQUEST-MALFORMED"
    REQUEST_FIELD = "MOCK-REQUEST-FIELD"
    REQUEST_TOO_LARGE = "MOCK-REQUEST-TOO-LARGE"
    REQUEST_NOT_JSON = "MOCK-REQUEST-NOT-JSON"
    REQUEST_HOST = "MOCK-REQUEST-HOST"
    REQUEST_ORIGIN = "MOCK-REQUEST-ORIGIN"
    REQUEST_UNKNOWN_PATH = "MOCK-REQUEST-UNKNOWN-PATH"
    REQUEST_METHOD = "MOCK-REQUEST-METHOD"
    REQUEST_INSTITUTION = "MOCK-REQUEST-INSTITUTION"
    REQUEST_PURPOSE = "MOCK-REQUEST-PURPOSE"
    REQUEST_MESSAGE = "MOCK-REQUEST-MESSAGE"
    REQUEST_INDIVIDUAL_NUMBER = "MOCK-REQUEST-INDIVIDUAL-NUMBER"
    REQUEST_NOT_LOCAL = "MOCK-REQUEST-NOT-LOCAL"

    CHALLENGE_MISSING = "MOCK-CHALLENGE-MISSING"
    CHALLENGE_MALFORMED = "MOCK-CHALLENGE-MALFORMED"
    CHALLENGE_FORGED = "MOCK-CHALLENGE-FORGED"
    CHALLENGE_OTHER_INSTITUTION = "MOCK-CHALLENGE-OTHER-INSTITUTION"
    CHALLENGE_OTHER_PURPOSE = "MOCK-CHALLENGE-OTHER-PURPOSE"
    CHALLENGE_EXPIRED = "MOCK-CHALLENGE-EXPIRED"
    CHALLENGE_FROM_THE_FUTURE = "MOCK-CHALLENGE-FROM-THE-FUTURE"
    CHALLENGE_REPLAYED = "MOCK-CHALLENGE-REPLAYED"

    CERTIFICATE_MISSING = "MOCK-CERTIFICATE-MISSING"
    CERTIFICATE_TOO_LONG = "MOCK-CERTIFICATE-TOO-LONG"
    CERTIFICATE_MALFORMED = "MOCK-CERTIFICATE-MALFORMED"
    CERTIFICATE_ALGORITHM = "MOCK-CERTIFICATE-ALGORITHM"
    CERTIFICATE_KEY_TYPE = "MOCK-CERTIFICATE-KEY-TYPE"
    CERTIFICATE_KEY_SIZE = "MOCK-CERTIFICATE-KEY-SIZE"
    CERTIFICATE_ISSUER_UNKNOWN = "MOCK-CERTIFICATE-ISSUER-UNKNOWN"
    CERTIFICATE_ISSUER_FORGED = "MOCK-CERTIFICATE-ISSUER-FORGED"
    CERTIFICATE_ISSUER_NOT_CA = "MOCK-CERTIFICATE-ISSUER-NOT-CA"
    CERTIFICATE_ISSUER_EXPIRED = "MOCK-CERTIFICATE-ISSUER-EXPIRED"
    CERTIFICATE_ISSUER_NOT_YET_VALID = "MOCK-CERTIFICATE-ISSUER-NOT-YET-VALID"
    CERTIFICATE_NOT_YET_VALID = "MOCK-CERTIFICATE-NOT-YET-VALID"
    CERTIFICATE_EXPIRED = "MOCK-CERTIFICATE-EXPIRED"
    CERTIFICATE_IS_CA = "MOCK-CERTIFICATE-IS-CA"
    CERTIFICATE_KEY_USAGE = "MOCK-CERTIFICATE-KEY-USAGE"
    CERTIFICATE_EXTENDED_KEY_USAGE = "MOCK-CERTIFICATE-EXTENDED-KEY-USAGE"
    CERTIFICATE_POLICY = "MOCK-CERTIFICATE-POLICY"
    CERTIFICATE_PATH = "MOCK-CERTIFICATE-PATH"
    CERTIFICATE_UNKNOWN = "MOCK-CERTIFICATE-UNKNOWN"

    SIGNATURE_MISSING = "MOCK-SIGNATURE-MISSING"
    SIGNATURE_LENGTH = "MOCK-SIGNATURE-LENGTH"
    SIGNATURE_ALGORITHM = "MOCK-SIGNATURE-ALGORITHM"
    SIGNATURE_INVALID = "MOCK-SIGNATURE-INVALID"

    ENROLMENT_KEY = "MOCK-ENROLMENT-KEY"
    ENROLMENT_UNKNOWN = "MOCK-ENROLMENT-UNKNOWN"

    STORE_UNAVAILABLE = "MOCK-STORE-UNAVAILABLE"
    INTERNAL = "MOCK-INTERNAL"


_OWN_STATUS = {
    Refusal.REQUEST_TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Refusal.REQUEST_NOT_JSON: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Refusal.REQUEST_HOST: HTTPStatus.MISDIRECTED_REQUEST,
    Refusal.REQUEST_ORIGIN: HTTPStatus.FORBIDDEN,
    Refusal.REQUEST_NOT_LOCAL: HTTPStatus.FORBIDDEN,
    Refusal.REQUEST_UNKNOWN_PATH: HTTPStatus.NOT_FOUND,
    Refusal.REQUEST_METHOD: HTTPStatus.METHOD_NOT_ALLOWED,
    Refusal.CHALLENGE_MISSING: HTTPStatus.BAD_REQUEST,
    Refusal.CHALLENGE_MALFORMED: HTTPStatus.BAD_REQUEST,
    Refusal.CHALLENGE_REPLAYED: HTTPStatus.CONFLICT,
    Refusal.CERTIFICATE_MISSING: HTTPStatus.BAD_REQUEST,
    Refusal.CERTIFICATE_TOO_LONG: HTTPStatus.BAD_REQUEST,
    Refusal.CERTIFICATE_MALFORMED: HTTPStatus.BAD_REQUEST,
    Refusal.SIGNATURE_MISSING: HTTPStatus.BAD_REQUEST,
    Refusal.SIGNATURE_LENGTH: HTTPStatus.BAD_REQUEST,
    Refusal.ENROLMENT_KEY: HTTPStatus.BAD_REQUEST,
    Refusal.STORE_UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Refusal.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
}


def status_of(refusal: Refusal) -> int:
    """The HTTP status a refusal is sent with: 400 for requests nobody could read, 403 for credentials not believed."""
    own = _OWN_STATUS.get(refusal)
    if own is not None:
        return int(own)
    return int(HTTPStatus.BAD_REQUEST if refusal.startswith("MOCK-REQUEST-") else HTTPStatus.FORBIDDEN)


class QualificationError(Exception):
    """The service refuses. `code` says why, `params` fills the sentence (element names, numbers; never values sent)."""

    def __init__(self, refusal: Refusal, **params: str) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.params: Mapping[str, str] = MappingProxyType(params)

    @property
    def code(self) -> str:
        """The invented code, `MOCK-…`."""
        return self.refusal.value

    @property
    def status(self) -> int:
        """The HTTP status."""
        return status_of(self.refusal)


class SetupError(Exception):
    """The server cannot be put together or started: a message id (`setup.…`) and the parameters of its sentence."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, str] = MappingProxyType(params)
