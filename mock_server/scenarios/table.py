"""Every trouble by name: what it can be told, which calls and transports it strikes, which failures it rehearses.

Data only; what a scenario is in words stands in the catalogue under `scenario.<name>`. Names are added, never renamed.
`plays` names the failures of reception.md §12. What breaks if wrong: a trouble that is offered and cannot be played.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from mock_server.scenarios.delivery import ANSWER, FACE
from mock_server.scenarios.parameters import CHANCE, Kind, Parameter

HTTP: Final = "http"
FOLDER: Final = "folder"
BATCH: Final = "batch"

QUALIFICATION: Final = (
    "qualification.card",
    "qualification.attested",
    "qualification.enrolled",
    "qualification.numbers",
    "qualification.four_items",
)
FACE_CALLS: Final = frozenset(QUALIFICATION[:3])
"""Calls after which a file is put into `face`."""
CALLS: Final = (
    "challenge",
    *QUALIFICATION,
    "registration",
    "consent",
    "reference_number",
    "reference_number.bulk",
    "medical_information",
    "batch.submit",
    "batch.result",
)
"""Every call there is."""
PERSON_CALLS: Final = frozenset((*QUALIFICATION, "registration", "consent", "medical_information"))
"""Calls in which a person becomes known."""
_BUT_CHALLENGE: Final = CALLS[1:]
"""A challenge has no message that could say how it went."""


class Level(StrEnum):
    """Who plays it, and when."""

    TRANSPORT = "transport"
    """The answer is decided as ever; the transport spoils it."""
    CLOSED = "closed"
    """The service refuses before it has done anything."""
    SAID = "said"
    """The service says something else than it knows."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One trouble. `transports`: `http`, `folder` (answers in `res`), `face` (files in `face`)."""

    name: str
    level: Level
    transports: tuple[str, ...]
    calls: tuple[str, ...] = CALLS
    own_parameters: tuple[Parameter, ...] = ()
    plays: tuple[str, ...] = ()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What it can be told, with what every scenario can be told."""
        return (*self.own_parameters, CHANCE)


_ON: Final = Parameter("on", Kind.WORD, ANSWER, choices=(ANSWER, FACE))
_EVERYWHERE: Final = (HTTP, FOLDER)
_FILES: Final = (FOLDER, FACE)
_ALL: Final = (HTTP, FOLDER, FACE)
_LINE: Final = ("F16",)


def _whole(name: str, default: int | None, lowest: int, highest: int) -> Parameter:
    return Parameter(name, Kind.WHOLE, default, lowest, highest)


_ROWS: Final = (
    # ── the transport ──
    Scenario(
        "latency",
        Level.TRANSPORT,
        _EVERYWHERE,
        own_parameters=(_whole("mean_ms", 2_000, 0, 600_000), _whole("jitter_ms", 0, 0, 600_000)),
        plays=_LINE,
    ),
    Scenario("timeout", Level.TRANSPORT, _EVERYWHERE, own_parameters=(_whole("hold_s", 60, 0, 3_600),), plays=_LINE),
    Scenario(
        "reset_connection",
        Level.TRANSPORT,
        (HTTP,),
        own_parameters=(Parameter("at", Kind.WORD, "start", choices=("start", "headers", "middle")),),
        plays=_LINE,
    ),
    Scenario(
        "slow_body",
        Level.TRANSPORT,
        _ALL,
        own_parameters=(_whole("pieces", 8, 2, 1_000), _whole("pause_ms", 500, 0, 60_000), _ON),
        plays=_LINE,
    ),
    Scenario("truncated", Level.TRANSPORT, _ALL, own_parameters=(_whole("percent", 50, 0, 99), _ON), plays=_LINE),
    Scenario(
        "half_written",
        Level.TRANSPORT,
        _ALL,
        own_parameters=(_whole("percent", 50, 0, 99), _whole("pause_ms", 2_000, 0, 600_000), _ON),
        plays=_LINE,
    ),
    Scenario(
        "wrong_encoding",
        Level.TRANSPORT,
        _ALL,
        own_parameters=(
            Parameter("encoding", Kind.WORD, "cp932", choices=("cp932", "utf-8", "utf-16", "euc_jp")),
            _ON,
        ),
        plays=("F01",),
    ),
    Scenario(
        "doubled",
        Level.TRANSPORT,
        _ALL,
        own_parameters=(_whole("copies", 2, 2, 20), _whole("pause_ms", 0, 0, 60_000), _ON),
    ),
    Scenario("proxy_error", Level.TRANSPORT, (HTTP,), own_parameters=(_whole("status", 502, 500, 599),), plays=_LINE),
    Scenario("scrambled_order", Level.TRANSPORT, (FOLDER,), calls=_BUT_CHALLENGE),
    Scenario("late_file", Level.TRANSPORT, _FILES, own_parameters=(_whole("delay_s", 300, 0, 86_400),), plays=_LINE),
    Scenario(
        "same_second",
        Level.TRANSPORT,
        (FACE,),
        calls=tuple(sorted(FACE_CALLS)),
        own_parameters=(Parameter("other", Kind.PERSONA, "hanako"),),
        plays=("F24",),
    ),
    Scenario("out_of_order", Level.TRANSPORT, (FOLDER,), own_parameters=(_whole("hold_s", 30, 0, 3_600),)),
    # ── the service refuses ──
    Scenario(
        "maintenance",
        Level.CLOSED,
        _EVERYWHERE,
        own_parameters=(Parameter("from", Kind.MOMENT), Parameter("until", Kind.MOMENT)),
        plays=_LINE,
    ),
    # The real service's hours are in no source: the default is ours, and the words say so.
    Scenario(
        "night_closure",
        Level.CLOSED,
        _EVERYWHERE,
        own_parameters=(Parameter("from", Kind.TIME, "21:00"), Parameter("until", Kind.TIME, "08:00")),
        plays=_LINE,
    ),
    Scenario("err_file", Level.CLOSED, (FOLDER,)),
    Scenario("never_taken", Level.CLOSED, (FOLDER,), plays=_LINE),
    # ── the service says something else ──
    Scenario(
        "processing",
        Level.SAID,
        _EVERYWHERE,
        calls=_BUT_CHALLENGE,
        own_parameters=(_whole("asks", None, 1, 1_000),),
        plays=_LINE,
    ),
    Scenario("failed", Level.SAID, _EVERYWHERE, calls=_BUT_CHALLENGE, plays=_LINE),
    Scenario(
        "stale_answer",
        Level.SAID,
        _EVERYWHERE,
        calls=QUALIFICATION,
        own_parameters=(Parameter("of", Kind.WORD, "day", choices=("day", "previous")), _whole("days", 31, 1, 3_650)),
        plays=("F03", "F24"),
    ),
    Scenario(
        "wrong_person",
        Level.SAID,
        _EVERYWHERE,
        calls=QUALIFICATION,
        own_parameters=(Parameter("other", Kind.PERSONA, "hanako"),),
        plays=("F24",),
    ),
    Scenario("no_such_person", Level.SAID, _EVERYWHERE, calls=QUALIFICATION, plays=("F04",)),
    Scenario(
        "validity",
        Level.SAID,
        _EVERYWHERE,
        calls=QUALIFICATION,
        own_parameters=(_whole("value", 2, 2, 5),),
        plays=("F03", "F04", "F05", "F06"),
    ),
    Scenario("garbled_name", Level.SAID, _EVERYWHERE, calls=QUALIFICATION, plays=("F01", "F23")),
    Scenario("missing_items", Level.SAID, _EVERYWHERE, calls=QUALIFICATION),
    Scenario("unknown_items", Level.SAID, _EVERYWHERE, calls=QUALIFICATION),
)

SCENARIOS: Final[Mapping[str, Scenario]] = MappingProxyType({scenario.name: scenario for scenario in _ROWS})
