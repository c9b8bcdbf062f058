"""The JSON of the controls, as models: what a request must have, and what OpenAPI says about an answer.

Shapes only; what is allowed beyond them is checked where it has a refusal of its own.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from mock_server.admin.texts import Clean, Name

RUN_GRAMMAR = "^[A-Za-z0-9._-]{0,64}$"


_FINGERPRINT: Final = re.compile("([0-9a-f]{2}:?){31}[0-9a-f]{2}")


def _fingerprint(text: str | None) -> str | None:
    """A fingerprint as programs print it, as it is kept: 64 small hexadecimal digits."""
    if text is None:
        return None
    if not _FINGERPRINT.fullmatch(text.lower()):
        raise ValueError("fingerprint")
    return text.lower().replace(":", "")


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class ExchangeWire(BaseModel):
    """One request and what became of it, masked."""

    id: int
    key: str
    at: str
    institution: str
    run: str
    via: Literal["http", "folder", "batch"]
    call: str
    purpose: str
    outcome: Annotated[str, Field(description="a refusal's code, or how it ended, such as `validity:1`")]
    person: str
    scenario: Annotated[str, Field(description="the troubles that struck it, separated by `, `")]
    took_us: int
    request: Annotated[dict[str, Any] | None, Field(description="masked; null where there is nothing to show")]
    answer: Annotated[dict[str, Any] | None, Field(description="masked; null where there is nothing to show")]


class ExchangesWire(BaseModel):
    """Exchanges, oldest first."""

    exchanges: list[ExchangeWire]
    last: Annotated[int, Field(description="give it as `after` to get what comes next")]


class DeletedWire(BaseModel):
    """How many went."""

    deleted: int


class ParameterWire(BaseModel):
    """What a scenario can be told."""

    name: str
    kind: Literal["whole", "word", "time", "moment", "persona"]
    default: int | str | None
    lowest: int | None
    highest: int | None
    choices: list[str]
    what: str


class ScenarioWire(BaseModel):
    """A trouble that can be armed."""

    name: str
    title: str
    what: str
    level: Literal["transport", "closed", "said"]
    transports: list[str]
    calls: list[str]
    plays: Annotated[list[str], Field(description="failures of the catalogue F01–F32 it rehearses")]
    parameters: list[ParameterWire]


class ArmedWire(BaseModel):
    """A trouble that waits for its calls."""

    id: int
    scenario: str
    params: dict[str, int | str | None]
    persona: str
    call: str
    institution: str
    run: str
    remaining: Annotated[int | None, Field(description="calls it still strikes; null: until reset")]
    fired: Annotated[int, Field(description="calls it struck")]
    seed: int
    at: str


class ScenariosWire(BaseModel):
    """What can be armed, and what is."""

    available: list[ScenarioWire]
    armed: list[ArmedWire]


class ArmOrder(_Order):
    """What is to be armed; left out, it strikes the next call that it can strike."""

    scenario: Annotated[Clean, Field(examples=["latency"])]
    params: Annotated[
        dict[str, Any],  # a value of another kind is refused by the name of a parameter, not by one the client made up
        Field(
            examples=[{"mean_ms": 1500}],
            json_schema_extra={"additionalProperties": {"anyOf": [{"type": "integer"}, {"type": "string"}]}},
        ),
    ] = {}
    persona: Annotated[Clean, Field(description="strikes this persona only", examples=["taro"])] = ""
    call: Annotated[
        Clean, Field(description="strikes this call or group of calls only", examples=["qualification"])
    ] = ""
    institution: Annotated[str, Field(description="strikes this 医療機関コード only", examples=["1312345678"])] = ""
    run: Annotated[str, Field(description="strikes requests of this test run only", examples=["ci-1"])] = ""
    times: Annotated[int | None, Field(description="how many calls; 1 where nothing is said", examples=[1])] = None
    until_reset: Annotated[bool, Field(description="strikes until it is taken away", examples=[False])] = False
    seed: Annotated[int, Field(description="the same seed, the same jitter and luck", examples=[0])] = 0


class ClockWire(BaseModel):
    """The server's clock, in Japan."""

    now: str
    moved_s: Annotated[
        int | None, Field(description="how far it is from the clock the server was started with; null while it stands")
    ]
    frozen: bool


class ClockOrder(_Order):
    """What is to be done with the clock: exactly one of these."""

    at: Annotated[str | None, Field(description="go on from this moment", examples=["2026-12-01T08:30"])] = None
    move_s: Annotated[int | None, Field(description="forward, or back, by so many seconds", examples=[259200])] = None
    freeze: Annotated[
        bool | str | None, Field(description="stand still: now (true) or at a moment", examples=[True])
    ] = None
    run: Annotated[bool | None, Field(description="go on from where it stands", examples=[True])] = None
    reset: Annotated[bool | None, Field(description="the clock the server was started with", examples=[True])] = None


class RunsWire(BaseModel):
    """Runs that left something, and how many exchanges; "" is everybody's."""

    runs: dict[str, int]


class RunWire(BaseModel):
    """A run of one's own: send `header` with each request of it."""

    run: str
    header: Annotated[dict[str, str], Field(examples=[{"madoguchi-run": "r-kfqmbdapgrcjehns"}])]


class ResetOrder(_Order):
    """Which run is cleared, or that all are."""

    run: Annotated[str | None, Field(description='"" is everybody\'s', examples=["ci-1"])] = None
    all: Annotated[bool, Field(examples=[False])] = False


class ResetWire(BaseModel):
    """How many rows of each kind went."""

    deleted: dict[str, int]


class PersonaWire(BaseModel):
    """An invented patient. The PIN is no secret: nobody real has it."""

    name: str
    title: str
    what_happens: str
    pin: str
    numbers: dict[str, str]
    expected: Annotated[dict[str, Any], Field(description="what a whole visit at the counter comes to")]
    check: Annotated[dict[str, Any], Field(description="what `madoguchi check` comes to, with its exit code")]
    card: dict[str, Any]
    plays: list[str]


class PersonasWire(BaseModel):
    """The invented patients, in the order of the table."""

    personas: list[PersonaWire]


class InstitutionOrder(_Order):
    """An institution that is to get a token."""

    code: Annotated[str, Field(description="医療機関コード, 10 digits", examples=["1312345678"])]
    name: Annotated[Name, Field(max_length=200, examples=["窓口診療所"])] = ""
    client_certificate: Annotated[
        str | None,
        AfterValidator(_fingerprint),
        Field(
            description="SHA-256 of the TLS client certificate it must come with, hexadecimal, colons allowed",
            examples=[None],
            json_schema_extra={"pattern": "^([0-9a-fA-F]{2}:?){31}[0-9a-fA-F]{2}$"},
        ),
    ] = None


class InstitutionWire(BaseModel):
    """An institution that was added."""

    code: str
    name: str
    client_certificate: str | None
    created_at: str
    revoked_at: str | None


class InstitutionsWire(BaseModel):
    """All of them, by code."""

    institutions: list[InstitutionWire]


class InstitutionTokenWire(InstitutionWire):
    """A new one, with its token: shown now and never again."""

    token: str


class RevocationOrder(_Order):
    """How a persona's certificate is revoked."""

    crl: Annotated[bool, Field(description="false: only OCSP knows it, as between two publications")] = True
    phone: Annotated[bool, Field(description="that of the phone in place of the card's")] = False
    reason: Annotated[Clean, Field(examples=["key_compromise"])] = "key_compromise"


class ReinstatementOrder(_Order):
    """Whose certificate is good again."""

    phone: Annotated[bool, Field(description="that of the phone in place of the card's")] = False


class CertificateWire(BaseModel):
    """What became of a certificate."""

    persona: str
    certificate: Literal["revoked", "reinstated"]
