"""`madoguchi check`: one visit without a screen, on software card and server in process, and what it refuses."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.cli.values import FIRST_DAY, LAST_DAY
from mock_server.personas import Persona, load_personas
from tests.cli.command import Finished, Madoguchi, command_line

PERSONAS = tuple(load_personas().values())
ON = "2026-11-20"
WRONG_PIN = "0000"


def check(madoguchi: Madoguchi, persona: str, pin: str, *more: str) -> Finished:
    arguments = ("check", "--persona", persona, "--pin-stdin", "--date", ON, "--json", *more)
    return madoguchi.run(*arguments, stdin=f"{pin}\n".encode())


def tries_left(madoguchi: Madoguchi, persona: str) -> int:
    document = madoguchi.run("card", "status", "--persona", persona, "--json").document("card-status")
    return int(document["pins"]["auth"])


def can_answer(persona: Persona) -> bool:
    """Whether the service answers this card and PIN, and the counter decides."""
    card, expected = persona.card, persona.expected
    return card.is_usable and card.tries_left > 1 and expected.identity == "pin" and expected.outcome is not None


def test_after_the_pin_there_are_two_commands(lived_in: Madoguchi) -> None:
    document = check(lived_in, "taro", "4093").document("check")
    assert document["apdus"]["after_pin"] == 2
    assert document["apdus"]["total"] > 3
    assert document["attempts_left"] == 3
    assert set(document["timings_ms"]) >= {"card", "challenge", "verify_and_sign", "answer", "decide", "total"}


def test_a_person_reads_the_same_as_lines(lived_in: Madoguchi) -> None:
    arguments = ("check", "--persona", "taro", "--pin-stdin", "--date", ON)
    done = lived_in.run(*arguments, stdin=b"4093")
    assert (done.code, done.err) == (0, "")
    assert "(OK_ONLINE)" in done.out
    assert "窓口負担: 30 %" in done.out
    assert "01139997" in done.out


@pytest.mark.daemon
def test_a_consent_is_said_to_the_service_where_the_rules_ask_for_one(lived_in: Madoguchi) -> None:
    given = check(lived_in, "taro", "4093", "--consent", "medicines,checkups").document("check")["consent"]
    assert given["items"] == {
        "checkups": True,
        "medicines": True,
        "diagnosis": False,
        "operation": False,
        "specific_diseases": False,
    }
    assert given["expires_at"].startswith("2026-11-21T")
    assert check(lived_in, "taro", "4093").document("check")["consent"] is None
    grace = next(who for who in PERSONAS if who.card.certificate == "grace")
    assert check(lived_in, grace.name, grace.pin, "--consent", "all").document("check")["consent"] is None
    wrong = check(lived_in, "taro", "4093", "--consent", "medicine")
    assert (wrong.code, wrong.error()) == (2, "bad_consent")


@pytest.mark.daemon
def test_a_card_is_registered_where_it_is_asked_for_and_only_there(madoguchi: Madoguchi) -> None:
    shiro = next(
        who for who in PERSONAS if not who.registered and who.card.is_usable and who.expected.identity == "pin"
    )
    plain = check(madoguchi, shiro.name, shiro.pin).document("check")
    assert (plain["outcome"], plain["registration"]) == ("OFFER_REGISTRATION", None)
    made = check(madoguchi, shiro.name, shiro.pin, "--register").document("check")
    assert (made["outcome"], made["registration"], made["answer"]["registered"]) == (
        "OK_ONLINE",
        {"already": False},
        True,
    )
    assert made["apdus"]["after_pin"] == 4, "one VERIFY and three signatures"
    again = check(madoguchi, shiro.name, shiro.pin, "--register").document("check")
    assert (again["outcome"], again["registration"]) == ("OK_ONLINE", None), "nothing is offered any more"


@pytest.mark.daemon
@pytest.mark.parametrize("day", [FIRST_DAY, LAST_DAY], ids=str)
def test_on_the_first_and_the_last_day_that_can_be_typed_every_age_has_a_card(madoguchi: Madoguchi, day: date) -> None:
    """The test authority is new in each run: it is made for that day."""
    by_age = sorted(filter(can_answer, PERSONAS), key=lambda who: who.person.birthdate)
    for who in (by_age[0], by_age[-1]):
        done = check(madoguchi, who.name, who.pin, "--date", str(day), "--data-dir", str(madoguchi.home / who.name))
        if who.person.birthdate > day:
            assert (done.code, done.error()) == (3, "certificate_not_yet_valid")
        else:
            assert done.document("check")["outcome"].startswith("OK_")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_day_that_cannot_be_had_is_answered_with_the_days_that_can(madoguchi: Madoguchi, lang: str) -> None:
    for typed in ("yesterday", "1950-01-01"):
        done = check(madoguchi, "taro", "4093", "--date", typed, "--lang", lang)
        assert (done.code, done.error()) == (2, "bad_date")
        message = done.document("error")["error"]["message"]
        assert all(part in message for part in ("--date", typed, "2016-01-01", "9990-12-31"))


def test_a_standard_input_that_cannot_be_read_is_no_pin_and_no_fault(madoguchi: Madoguchi) -> None:
    shell = ["sh", "-c", 'exec "$@" 0>"$HOME/written"', "sh", *command_line()]
    done = madoguchi.run("check", "--persona", "taro", "--pin-stdin", "--json", start=shell)
    assert (done.code, done.error(), done.err) == (2, "pin_missing", "")
    assert not (madoguchi.data_dir / "crash").exists()


@pytest.mark.daemon
def test_the_line_end_of_any_system_is_taken_off_the_pin(lived_in: Madoguchi) -> None:
    for ending in ("", "\n", "\r\n", "\nsecond line\n"):
        assert check(lived_in, "taro", f"4093{ending}").code == 0


@pytest.mark.daemon
def test_a_wrong_pin_spends_one_try_and_the_right_one_gives_them_back(madoguchi: Madoguchi) -> None:
    refused = check(madoguchi, "taro", WRONG_PIN)
    assert (refused.code, refused.error()) == (3, "wrong_pin")
    assert "あと 2 回" in refused.document("error")["error"]["message"]
    assert tries_left(madoguchi, "taro") == 2
    assert check(madoguchi, "taro", "4093").code == 0
    assert tries_left(madoguchi, "taro") == 3


@pytest.mark.daemon
def test_the_last_try_is_spent_only_when_it_is_asked_for(madoguchi: Madoguchi) -> None:
    refused = check(madoguchi, "rokuro", "6149")
    assert (refused.code, refused.error()) == (5, "last_try")
    assert tries_left(madoguchi, "rokuro") == 1
    assert check(madoguchi, "rokuro", "6149", "--allow-last-try").code == 0
    assert tries_left(madoguchi, "rokuro") == 3


@pytest.mark.daemon
def test_a_wrong_last_try_locks_the_card(madoguchi: Madoguchi) -> None:
    locked = check(madoguchi, "rokuro", WRONG_PIN, "--allow-last-try")
    assert (locked.code, locked.error()) == (3, "pin_locked")
    again = check(madoguchi, "rokuro", "6149", "--allow-last-try")
    assert (again.code, again.error()) == (3, "pin_locked")
    assert tries_left(madoguchi, "rokuro") == 0


NOBODY = "http://127.0.0.1:9"
"""The discard port, where nothing listens."""


@pytest.mark.daemon
@pytest.mark.parametrize(
    ("persona", "pin", "code", "error"),
    [
        ("taro", "4093", 4, "server_down"),
        ("taro", WRONG_PIN, 4, "server_down"),
        ("goro", "3958", 4, "server_down"),
        ("rokuro", "6149", 5, "last_try"),
    ],
)
def test_of_several_reasons_the_gravest_is_told_and_no_try_is_spent(
    lived_in: Madoguchi, persona: str, pin: str, code: int, error: str
) -> None:
    before = tries_left(lived_in, persona)
    done = check(lived_in, persona, pin, "--server", NOBODY)
    assert (done.code, done.error()) == (code, error)
    assert tries_left(lived_in, persona) == before


def test_a_reader_that_is_not_there_is_exit_code_3(lived_in: Madoguchi) -> None:
    done = lived_in.run("check", "--reader", "0", "--pin-stdin", "--json", stdin=b"4093")
    assert done.code == 3
    assert done.error() in ("no_pcsc_service", "no_pyscard")
    both = lived_in.run("check", "--reader", "0", "--pin-stdin", "--server", NOBODY, "--json", stdin=b"4093")
    assert (both.code, both.error()) == (4, "server_down")


@pytest.mark.parametrize(
    ("address", "code", "error"),
    [
        ("https://api.onshikaku.org", 5, "server_real_service"),
        ("http://www.onshikaku.org:80/v1", 5, "server_real_service"),
        ("http://192.0.2.1:8765", 2, "server_plain_http"),
        ("http://localhost:8765", 2, "server_plain_http"),
        ("https://127.0.0.1:8765", 2, "server_tls"),
        ("http://user:secret@127.0.0.1", 2, "bad_server"),
    ],
)
def test_the_counter_talks_to_this_machine_only_and_never_to_the_real_service(
    lived_in: Madoguchi, address: str, code: int, error: str
) -> None:
    done = check(lived_in, "taro", "4093", "--server", address)
    assert (done.code, done.error()) == (code, error)
    assert "secret" not in done.out


@pytest.mark.daemon
def test_the_pin_is_in_nothing_the_run_leaves_but_the_card(madoguchi: Madoguchi) -> None:
    pin = "8152"
    done = check(madoguchi, "taro", pin)
    assert pin not in done.out + done.err
    # Four digits turn up by chance in keys written as text, and the card itself knows its PIN.
    random_text = {".pem", ".key"}
    others = [path for path in madoguchi.data_dir.rglob("*") if path.is_file() and "cards" not in path.parts]
    looked_at = [path for path in others if path.suffix not in random_text]
    assert looked_at
    assert [path for path in looked_at if pin.encode() in path.read_bytes()] == []
