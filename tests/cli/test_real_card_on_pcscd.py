"""A card that this installation did not issue, in a real pcscd: refused, enrolled, received, and left nowhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.card_factory import PIN
from tests.cli.command import PROJECT, Madoguchi, command_line
from tests.cli.test_real_cards import left_behind
from tests.daemons.fixtures import private_pcscd  # noqa: F401 - a fixture
from tests.daemons.private_pcscd import PrivatePcscd
from tests.daemons.virtual_card import inserted
from tests.e2e.terminal import TerminalProgram
from tests.kiosk.services.foreign import card_of

ON = "2026-11-20"
pytestmark = [pytest.mark.daemon, pytest.mark.pcsc]


@pytest.fixture
def reader(madoguchi: Madoguchi, private_pcscd: PrivatePcscd) -> Iterator[str]:  # noqa: F811 - the fixture
    """The name of a reader on which a real person's card lies."""
    madoguchi.env["PCSCLITE_CSOCK_NAME"] = str(private_pcscd.socket)
    with inserted(card_of(), private_pcscd) as name:
        yield name


def enrol(madoguchi: Madoguchi, reader: str) -> None:
    command = ("card", "enrol", "--reader", reader, "--persona", "taro", "--allow-real-card", "--yes", "--json")
    document = madoguchi.run(*command).document("card-enrol")
    assert document["enrolled"] == [{"persona": "taro", "cards": 1}]


def test_from_refused_to_received(madoguchi: Madoguchi, reader: str) -> None:
    check = ("check", "--reader", reader, "--pin-stdin", "--date", ON, "--json")
    pin = PIN.encode()
    refused = madoguchi.run(*check, stdin=pin)
    assert (refused.code, refused.error()) == (5, "real_card")
    unknown = madoguchi.run(*check, "--allow-real-card", stdin=pin)
    assert (unknown.code, unknown.error()) == (5, "real_card_not_enrolled")
    assert "madoguchi card enrol" in unknown.document("error")["error"]["remedy"]
    enrol(madoguchi, reader)
    still = madoguchi.run(*check, stdin=pin)
    assert (still.code, still.error()) == (5, "real_card"), "enrolled, and not allowed in this run"
    received = madoguchi.run(*check, "--allow-real-card", stdin=pin)
    document = received.document("check")
    assert (received.code, document["outcome"], document["answer"]["name"]) == (0, "OK_ONLINE", "協会　太郎")
    with madoguchi.serving("server", "run", "--port", "0", "--date", ON) as server:
        address = next(word for word in server.first_line.split() if word.startswith("http://"))
        over_http = madoguchi.run(*check, "--allow-real-card", "--server", address, stdin=pin)
        assert over_http.document("check")["outcome"] == "OK_ONLINE"
    assert left_behind(madoguchi.data_dir) == []


def test_at_the_counter_its_holder_is_asked_first(madoguchi: Madoguchi, reader: str) -> None:
    enrol(madoguchi, reader)
    argv = command_line("kiosk", "--reader", reader, "--allow-real-card", "--date", ON)
    with TerminalProgram(argv, env=madoguchi.environment(), cwd=PROJECT, columns=100, rows=30) as counter:
        counter.wait_for("本物のマイナンバーカード")
        counter.press("1")
        counter.wait_for("1.*暗証番号")
        counter.press("1")
        counter.wait_for("訂正")
        counter.press(PIN)
        counter.wait_for("同意しない")
        counter.press("3")
        counter.wait_for("受付できました")
        counter.press("\x11")
        assert counter.wait_for_end() == 0
    assert left_behind(madoguchi.data_dir) == []


def test_at_the_counter_it_is_refused_without_the_option(madoguchi: Madoguchi, reader: str) -> None:
    enrol(madoguchi, reader)
    argv = command_line("kiosk", "--reader", reader, "--date", ON)
    with TerminalProgram(argv, env=madoguchi.environment(), cwd=PROJECT, columns=100, rows=30) as counter:
        counter.wait_for("本物のカードは この練習では使えません")
        counter.press("\x11")
        assert counter.wait_for_end() == 0
