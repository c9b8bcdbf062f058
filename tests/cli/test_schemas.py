"""docs/schemas: one schema for every object the command writes, each of them strict."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from eligibility.outcome import OutcomeWord
from tests.cli.command import SCHEMAS, validator

NAMES = sorted(path.stem for path in SCHEMAS.glob("*.json"))

ERROR = {"error": {"code": "no_card", "message": "m", "remedy": "r"}}
STATUS = {"reader": "r", "label": "JPKIAPICCTOKEN2", "pins": {"auth": 3, "sign": 5}}

SERVER = {
    "url": "http://127.0.0.1:1",
    "docs_url": "http://127.0.0.1:1/v1/docs",
    "admin_url": "http://127.0.0.1:2",
    "admin_token": "t" * 43,
    "console_url": f"http://127.0.0.1:2/console?token={'t' * 43}",
    "workers": 1,
    "tokens_required": False,
    "ca_file": None,
    "folders": [{"institution": "1312345678", "directory": "/srv/folders"}],
}


def test_there_is_a_schema_for_every_object() -> None:
    assert NAMES == [
        "ask",
        "batch",
        "card-certificate",
        "card-emulate",
        "card-enrol",
        "card-list",
        "card-reset",
        "card-status",
        "card-test",
        "card-trace",
        "card-watch",
        "case",
        "check",
        "config",
        "config-check",
        "config-passcode",
        "config-show",
        "decide",
        "doctor",
        "error",
        "journal-export",
        "journal-list",
        "journal-passphrase",
        "journal-purge",
        "journal-verify",
        "kiosk",
        "kiosk-web",
        "rehearse",
        "rehearse-check",
        "rehearse-list",
        "rules",
        "server-authority",
        "server-clock",
        "server-corpus",
        "server-institution-add",
        "server-institution-list",
        "server-institution-revoke",
        "server-personas",
        "server-personas-generate",
        "server-reset",
        "server-run",
        "server-scenario-arm",
        "server-scenario-list",
        "server-scenario-reset",
        "version",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_one_and_says_what_it_is_for(name: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:madoguchi:schema:{name}"
    assert schema["title"]
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("error", ERROR, {"error": {"code": "no_card", "message": "m"}}),
        ("error", ERROR, {**ERROR, "more": 1}),
        ("error", ERROR, {"error": {**ERROR["error"], "remedy": ""}}),
        ("card-status", STATUS, {**STATUS, "pins": {"auth": 4, "sign": 5}}),
        ("card-status", STATUS, {**STATUS, "label": "JPKIAPICCTOKEN3"}),
        ("card-list", {"readers": []}, {"readers": [{"index": 0}]}),
        ("server-run", SERVER, {**SERVER, "url": "127.0.0.1"}),
        ("server-run", SERVER, {**SERVER, "console_url": "http://127.0.0.1:2/console"}),
        ("server-run", SERVER, {"url": SERVER["url"]}),
    ],
)
def test_a_schema_takes_what_is_right_and_nothing_else(name: str, good: Any, bad: Any) -> None:
    validator(name).validate(good)
    with pytest.raises(ValidationError):
        validator(name).validate(bad)


def test_the_outcomes_are_those_of_the_rules() -> None:
    words = [word.value for word in OutcomeWord]
    for name, way in (("check", ("$defs", "outcome")), ("decide", ("$defs", "outcome")), ("server-personas", ())):
        schema: Any = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
        if way:
            found = schema[way[0]][way[1]]["enum"]
        else:
            persona = schema["properties"]["personas"]["items"]["properties"]
            found = [word for word in persona["expected"]["properties"]["outcome"]["enum"] if word is not None]
        assert sorted(found) == sorted(words)


def test_a_decision_looks_the_same_in_check_and_decide() -> None:
    check, decide = (json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8")) for name in ("check", "decide"))
    alone = {key: value for key, value in decide["properties"].items() if key != "way"}
    assert alone == check["properties"]["decision"]["properties"]
    assert decide["required"] == check["properties"]["decision"]["required"]
    assert all(check["$defs"][name] == value for name, value in decide["$defs"].items())
