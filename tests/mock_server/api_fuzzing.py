"""schemathesis, told what no description can say: which nonces are genuine, and that unknown elements are welcome.

Owns the run of its engine over a served application, and turns what it found into readable lines. Whatever is dropped
here is dropped with its reason; everything else counts.
"""

from __future__ import annotations

import base64
import copy
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import schemathesis
from jsonschema import Draft202012Validator
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.generation import GenerationMode

from mock_server.routes.message_schema import PRIVATE_USE

Json = dict[str, Any]
BEYOND_GRAMMAR = (
    b"MOCK-REQUEST-INDIVIDUAL-NUMBER",  # twelve digits with a check digit
    b"MOCK-REQUEST-DAY",  # a day of the calendar, but of no year that can be asked about
    b"MOCK-CHALLENGE-MALFORMED",
    b"MOCK-VISIT-MALFORMED",
    b"MOCK-CERTIFICATE-MALFORMED",
    b"MOCK-ENROLMENT-KEY",
    b"MOCK-SIGNATURE-LENGTH",  # depends on the kind of key
    b"MOCK-CONSENT-ITEMS",  # every item may be null, but not all of them
    b"MOCK-MEDICAL-PERIOD",  # from not after to
    b"MOCK-MEDICAL-FILE-CATEGORY",  # a code of the layout that this transport does not serve
)
"""Why a request that keeps to the description is refused with 400 all the same: its meaning, not its grammar."""


class Opaque:
    """Values only the server can make, put into cases that are meant to be accepted."""

    def __init__(self, url: str, certificate: bytes, visit: Callable[[], str]) -> None:
        self._url = url
        self._certificate = base64.b64encode(certificate).decode()
        self._visit = visit
        self._client = httpx2.Client(trust_env=False)

    def close(self) -> None:
        self._client.close()

    def fill(self, body: Json) -> None:
        """Replace what stands for a nonce, certificate, signature or visit by a genuine one."""
        if "nonce" in body:
            asked = {"institution": body["institution"], "purpose": body.get("purpose", "registration")}
            answer = self._client.post(f"{self._url}/v1/challenge", json=asked)
            body["nonce"] = answer.json()["nonce"]
        genuine = {
            "certificate": self._certificate,
            "signature": base64.b64encode(bytes(256)).decode(),
            "visit": self._visit(),
        }
        body.update({name: value for name, value in genuine.items() if name in body})


def findings(url: str, opaque: Opaque, *, examples: int, seed: int) -> list[str]:
    """Every failure of every check, one line each; empty where the server does what its description says."""
    raw: Json = httpx2.get(f"{url}/v1/openapi.json", trust_env=False).json()
    lenient = {
        path: _body_validator(raw, methods["post"]) for path, methods in raw["paths"].items() if "post" in methods
    }
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "base-url": url,
            "continue-on-failure": True,
            "generation": {"max-examples": examples, "database": "none"},
            "phases": {"stateful": {"enabled": False}},
        }
    )
    schema = schemathesis.openapi.from_dict(_closed(raw), config=config)

    @schema.hook
    def map_case(context: Any, case: Any) -> Any:
        """A case that should be accepted gets what it could not guess."""
        meta = case.meta
        if meta is not None and meta.generation.mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
            case.body = _without_private_use(case.body)
            opaque.fill(case.body)
        return case

    @schema.hook
    def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
        """Only what is a failure by our own rules."""
        kind = type(failure).__name__
        if kind == "AcceptedNegativeData":
            # Elements the vocabulary does not have pass: the description allows them, the closed copy does not.
            validator = lenient.get(case.operation.path)
            return validator is None or case.body is None or not _only_unknown(validator, case)
        if kind == "RejectedPositiveData":
            return not any(code in response.content for code in BEYOND_GRAMMAR)
        # JSON-only mutations are a rule of the whole surface: kept before anybody asks whether there is such a method.
        return not (kind == "UnsupportedMethodResponse" and response.status_code == 415)

    labels = [f"{method.upper()} {path}" for path, methods in raw["paths"].items() for method in methods]
    return list(_told(from_schema(schema).execute(), labels))


def _only_unknown(validator: Draft202012Validator, case: Any) -> bool:
    return bool(validator.is_valid(case.body))


def _told(stream: Any, labels: list[str]) -> Iterator[str]:
    tested = set()
    for event in stream:
        if isinstance(event, events.ScenarioFinished):
            if event.status.value in ("success", "failure"):
                tested.add((event.label, event.phase.value))
            for case_id, checks in event.recorder.checks.items():
                for check in checks:
                    if check.failure_info is not None:
                        case = event.recorder.cases[case_id].value
                        failure = check.failure_info.failure
                        response = event.recorder.interactions[case_id].response
                        answered = "nothing" if response is None else response.content[:150].decode("utf-8", "replace")
                        sent = f"{case.body!r} {dict(case.headers or {})}"
                        yield f"{event.label} {check.name}: {failure.title}: {answered} to {sent}"
        elif isinstance(event, (events.NonFatalError, events.FatalError)):
            yield f"{event}"
    for label in labels:
        if (label, "fuzzing") not in tested:
            yield f"{label} was not tested"


def _without_private_use(body: Any) -> Any:
    if isinstance(body, str):
        return "".join("外" if unicodedata.category(letter) == "Co" else letter for letter in body)
    if isinstance(body, dict):
        return {name: _without_private_use(value) for name, value in body.items()}
    return [_without_private_use(value) for value in body] if isinstance(body, list) else body


def _closed(raw: Json) -> Json:
    """The description with elements it does not name forbidden, so that cases are made of those it names.

    Private use is taken out of the patterns, because making texts by them would take minutes, and out of the cases.
    """
    closed = copy.deepcopy(raw)

    def close(part: Any) -> None:
        if isinstance(part, dict):
            if part.get("type") == "object" and "properties" in part:
                part.setdefault("additionalProperties", False)
            if "pattern" in part:
                part["pattern"] = part["pattern"].replace(PRIVATE_USE, "")
            for inner in part.values():
                close(inner)
        elif isinstance(part, list):
            for inner in part:
                close(inner)

    close(closed["components"]["schemas"])
    return closed


def _body_validator(raw: Json, operation: Json) -> Draft202012Validator:
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    return Draft202012Validator({**schema, "components": raw["components"]})
