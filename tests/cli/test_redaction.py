"""What tells a person, a clinic, a machine or a reader from others is taken out of a report, wherever it stands."""

from __future__ import annotations

import json
import socket

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kiosk.cli.redaction import Redactor, secrets_of_machine

NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=6, max_size=12).map(lambda text: f"z{text}z")


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("zaphod", "<user>"),
        ("利用者zaphodの接続", "利用者<user>の接続"),
        ("/home/zaphod/madoguchi", "~/madoguchi"),
        ("/srv/zaphod/x", "/srv/<user>/x"),
        ("ZAPHOD-DESK", "<host>"),
        ("zaphod-desk.clinic.example", "<host>.clinic.example"),
        ("zaphods", "zaphods"),  # another word
    ],
)
def test_a_name_is_found_wherever_it_stands(text: str, redacted: str) -> None:
    redactor = Redactor({"zaphod": "<user>", "/home/zaphod": "~", "zaphod-desk": "<host>"})
    assert redactor.text(text) == redacted


@pytest.mark.parametrize(
    ("name", "redacted"),
    [
        ("SONY FeliCa RC-S300/P (1234567) 00 00", "SONY FeliCa RC-S300/P (<serial>) 00 00"),
        ("Maker Model [CCID Interface] (A-1) 01 00", "Maker Model [CCID Interface] (<serial>) 01 00"),
        ("SONY RC-S300/P (12(3)4) 00 00", "SONY RC-S300/P (<serial>) 00 00"),
        ("Two (one (two)) Readers (123) 00 00", "Two (one (two)) Readers (<serial>) 00 00"),
        ("Virtual PCD 00 00", "Virtual PCD 00 00"),
        ("RC-S300 (番号 7) を使う", "RC-S300 (番号 7) を使う"),
    ],
)
def test_the_serial_number_in_a_readers_name(name: str, redacted: str) -> None:
    assert Redactor({}).text(name) == redacted
    assert Redactor({}).text(f"a card on {name} / {name}") == f"a card on {redacted} / {redacted}"


def test_a_number_as_long_as_an_individual_number() -> None:
    assert Redactor({}).text("123456789018") == "<number>"
    for other in ("1234567890123", "3B888001000005E0B381A1007F", "888001000005E0"):
        assert Redactor({}).text(other) == other


def test_words_of_ours_are_not_spoiled_by_a_users_name() -> None:
    row = {"check": "card", "ok": False, "code": "card.none", "link": "hardware/first-evening.md", "message": "card"}
    assert Redactor({"card": "<user>", "hardware": "<host>"}).value([row]) == [row | {"message": "<user>"}]


def test_common_names_and_empty_ones_tell_nobody() -> None:
    redactor = Redactor({"root": "<user>", "localhost": "<host>", "": "<nothing>", "/": "<data folder>", ".": "<path>"})
    assert redactor.text("root at localhost / 1.2.") == "root at localhost / 1.2."


def test_the_machines_secrets() -> None:
    environ = {"HOME": "/home/zaphod", "LOGNAME": "zaphod", "SUDO_USER": "trillian", "HOSTNAME": "heart.gold.example"}
    secrets = secrets_of_machine(environ, "ford", {"1234567", "12"})
    assert {secrets[name] for name in ("zaphod", "trillian", "ford")} == {"<user>"}
    assert {secrets[name] for name in ("heart.gold.example", "heart", socket.gethostname())} == {"<host>"}
    assert (secrets["/home/zaphod"], secrets["1234567"]) == ("~", "<serial>")
    assert "12" not in secrets  # would spoil every version number
    assert "/" not in secrets_of_machine({"HOME": "/"}, "ford", ())


@given(st.dictionaries(NAMES, st.just("<secret>"), min_size=1, max_size=4), st.lists(st.text(max_size=8), max_size=5))
def test_no_secret_is_left_in_any_string(secrets: dict[str, str], between: list[str]) -> None:
    # A name inside a longer ASCII word is another word.
    assume(not any(part and (part[0] + part[-1]).isascii() and (part[0] + part[-1]).strip("_ ./") for part in between))
    parts = [*between, *secrets]
    told = json.dumps(Redactor(secrets).value({"any": [" ".join(parts), {"deep": "/".join(parts)}]}))
    assert not any(secret in told for secret in secrets)
