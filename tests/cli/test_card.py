"""`madoguchi card`: readers and cards, on a real pcscd of the tests' own where there is one."""

from __future__ import annotations

import json
import signal
import socket
from contextlib import nullcontext
from dataclasses import replace

import pytest

from kiosk.cli.main import main
from mock_server.personas import load_personas
from reader.card.applet import SoftwareCard
from reader.jpki import AUTHENTICATION_PIN
from reader.transports.in_process import SoftwareReader
from tests.card_factory import make_image
from tests.cli.command import Madoguchi, validator
from tests.daemons.fixtures import private_pcscd  # noqa: F401 - a fixture
from tests.daemons.private_pcscd import PrivatePcscd

ON = "2026-11-20"


def test_the_tries_of_a_software_card_are_told_without_spending_one(madoguchi: Madoguchi) -> None:
    for _ in range(3):
        document = madoguchi.run("card", "status", "--persona", "taro", "--json").document("card-status")
        assert document["pins"] == {"auth": 3, "sign": 5}
    locked = madoguchi.run("card", "status", "--persona", "goro", "--json").document("card-status")
    assert locked["pins"]["auth"] == 0


def test_a_card_without_a_signing_password_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGUAGE", "ja")  # the command sets it; put back afterwards
    image = make_image()
    pins = {ef: record for ef, record in image.pins.items() if ef == AUTHENTICATION_PIN.ef}
    reader = SoftwareReader()
    reader.place(SoftwareCard(image.with_application(replace(image.main, pins=pins))))
    monkeypatch.setattr("kiosk.cli.card_source.chosen_slot", lambda _: nullcontext(reader))
    assert main(["card", "status", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    validator("card-status").validate(document)
    assert document["pins"] == {"auth": 3, "sign": None}
    assert main(["card", "status", "--lang", "ja"]) == 0
    assert "このカードにはありません" in capsys.readouterr().out


@pytest.mark.parametrize("command", [("card", "list"), ("card", "status"), ("card", "status", "--reader", "0")])
def test_without_a_pcsc_service_the_answer_is_exit_code_3(madoguchi: Madoguchi, command: tuple[str, ...]) -> None:
    done = madoguchi.run(*command, "--json")
    assert done.code == 3
    assert done.error() in ("no_pcsc_service", "no_pyscard")


@pytest.mark.daemon
def test_emulating_where_no_virtual_reader_listens_is_told_of(madoguchi: Madoguchi) -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    done = madoguchi.run("card", "emulate", "--persona", "taro", "--vpcd", f"127.0.0.1:{port}", "--json")
    assert (done.code, done.error()) == (3, "vpcd_not_listening")
    assert str(port) in done.document("error")["error"]["message"]


@pytest.fixture
def on_pcscd(madoguchi: Madoguchi, private_pcscd: PrivatePcscd) -> Madoguchi:  # noqa: F811 - the fixture
    """The command with the tests' own PC/SC service."""
    madoguchi.env["PCSCLITE_CSOCK_NAME"] = str(private_pcscd.socket)
    return madoguchi


def emulate(daemon: PrivatePcscd, persona: str, *more: str) -> tuple[str, ...]:
    return ("card", "emulate", "--persona", persona, "--vpcd", f"127.0.0.1:{daemon.ports[0]}", *more)


@pytest.mark.daemon
@pytest.mark.pcsc
def test_a_card_in_the_real_pcscd_from_ready_to_the_answer(
    on_pcscd: Madoguchi,
    private_pcscd: PrivatePcscd,  # noqa: F811
) -> None:
    reader = private_pcscd.readers[0]
    with on_pcscd.serving(*emulate(private_pcscd, "taro")) as card:
        assert card.first_line == f"ready reader={reader} slot=0 persona=taro\n"
        listed = on_pcscd.run("card", "list", "--json").document("card-list")["readers"]
        assert [(row["name"], row["card"]) for row in listed] == [(reader, True), (private_pcscd.readers[1], False)]
        assert listed[0]["atr"].startswith("3B")
        assert "Nr.  Card" in on_pcscd.run("card", "list").out
        status = on_pcscd.run("card", "status", "--reader", reader, "--json").document("card-status")
        assert status == {"reader": reader, "label": "JPKIAPICCTOKEN2", "pins": {"auth": 3, "sign": 5}}
        healthy = on_pcscd.run("doctor", "--reader", reader, "--json")
        assert (healthy.code, healthy.document("doctor")["ok"]) == (0, True)
        with on_pcscd.serving("server", "run", "--port", "0", "--date", ON) as server:
            address = next(word for word in server.first_line.split() if word.startswith("http://"))
            check = ("check", "--reader", reader, "--pin-stdin", "--server", address, "--date", ON, "--json")
            refused = on_pcscd.run(*check, stdin=b"0000")
            assert (refused.code, refused.error()) == (3, "wrong_pin")
            assert on_pcscd.run("card", "status", "--json").document("card-status")["pins"]["auth"] == 2
            done = on_pcscd.run(*check, stdin=b"4093")
            document = done.document("check")
            assert (done.code, document["outcome"], document["apdus"]["after_pin"]) == (0, "OK_ONLINE", 2)
        assert card.end().code == 0
    assert not any(row["card"] for row in readers_once_empty(on_pcscd))


def readers_once_empty(madoguchi: Madoguchi) -> list[dict[str, object]]:
    """pcscd takes a moment to see that a card left."""
    rows: list[dict[str, object]] = []
    for _ in range(20):
        rows = madoguchi.run("card", "list", "--json").document("card-list")["readers"]
        if not any(row["card"] for row in rows):
            break
    return rows


@pytest.mark.daemon
@pytest.mark.pcsc
def test_what_an_emulated_card_forgets_and_remembers(
    on_pcscd: Madoguchi,
    private_pcscd: PrivatePcscd,  # noqa: F811
) -> None:
    check = ("check", "--reader", private_pcscd.readers[0], "--pin-stdin", "--date", ON, "--json")
    with on_pcscd.serving(*emulate(private_pcscd, "hanako", "--json")) as card:
        assert on_pcscd.run(*check, stdin=b"0000").error() == "wrong_pin"
        done = card.end(signal.SIGINT)
    assert (done.code, done.document("card-emulate")["persona"]) == (0, "hanako")
    after = on_pcscd.run("card", "status", "--persona", "hanako", "--json").document("card-status")
    assert after["pins"]["auth"] == 2


@pytest.mark.daemon
@pytest.mark.pcsc
def test_a_card_in_the_real_pcscd_is_registered_under_one_verify(
    on_pcscd: Madoguchi,
    private_pcscd: PrivatePcscd,  # noqa: F811
) -> None:
    pin = load_personas()["shiro"].pin.encode()
    check = ("check", "--reader", private_pcscd.readers[0], "--pin-stdin", "--date", ON, "--json", "--register")
    with on_pcscd.serving(*emulate(private_pcscd, "shiro")):
        document = on_pcscd.run(*check, stdin=pin).document("check")
    assert (document["registration"], document["answer"]["registered"]) == ({"already": False}, True)
    assert document["apdus"]["after_pin"] == 4, "VERIFY and three signatures"


@pytest.mark.daemon
@pytest.mark.pcsc
def test_readers_that_do_not_fit_are_told_with_those_that_are_there(
    on_pcscd: Madoguchi,
    private_pcscd: PrivatePcscd,  # noqa: F811
) -> None:
    readers_once_empty(on_pcscd)
    unknown = on_pcscd.run("card", "status", "--reader", "PaSoRi", "--json")
    assert (unknown.code, unknown.error()) == (3, "reader_unknown")
    assert private_pcscd.readers[1] in unknown.document("error")["error"]["remedy"]
    several = on_pcscd.run("card", "status", "--json")
    assert (several.code, several.error()) == (3, "reader_ambiguous")
    empty = on_pcscd.run("card", "status", "--reader", "0", "--json")
    assert (empty.code, empty.error()) == (3, "no_card")
    asked = on_pcscd.run("doctor", "--reader", "PaSoRi", "--json")
    assert (asked.code, asked.document("doctor")["ok"]) == (3, False)


@pytest.mark.daemon
@pytest.mark.pcsc
def test_a_card_of_another_installation_counts_as_a_real_one(
    on_pcscd: Madoguchi,
    private_pcscd: PrivatePcscd,  # noqa: F811
) -> None:
    stranger = ("--data-dir", str(on_pcscd.home / "elsewhere"))
    with on_pcscd.serving(*emulate(private_pcscd, "taro", *stranger)) as card:
        assert card.first_line.startswith("ready ")
        done = on_pcscd.run(
            "check", "--reader", private_pcscd.readers[0], "--pin-stdin", "--date", ON, "--json", stdin=b"4093"
        )
        assert (done.code, done.error()) == (5, "real_card")
    after = on_pcscd.run("card", "status", "--persona", "taro", "--json", *stranger).document("card-status")
    assert after["pins"]["auth"] == 3


@pytest.mark.daemon
@pytest.mark.pcsc
def test_a_slot_that_is_taken_is_told_of(
    on_pcscd: Madoguchi,
    private_pcscd: PrivatePcscd,  # noqa: F811
) -> None:
    with on_pcscd.serving(*emulate(private_pcscd, "taro")) as card:
        assert card.first_line.startswith("ready ")
        second = on_pcscd.run(*emulate(private_pcscd, "hanako", "--json"))
        assert (second.code, second.error()) == (3, "vpcd_slot_taken")
