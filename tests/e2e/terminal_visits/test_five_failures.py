"""A locked PIN, a pulled card, a reader unplugged, a server down, a 資格確認書 typed: in a terminal, on a real pcscd.

The program is the installed command on a pty, the card is the software card in the slot of a private pcscd, the server
of the outage is a process of its own that is really ended. What breaks if it is wrong: the counter is played well by a
pilot and by nobody at a terminal.
"""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.words import Words
from mock_server.personas import load_personas
from tests.cli.command import Madoguchi, command_line
from tests.cli.test_card_emulate import Running, running
from tests.daemons.fixtures import private_pcscd  # noqa: F401 - a fixture
from tests.daemons.pluggable import pluggable_reader
from tests.daemons.private_pcscd import PrivatePcscd
from tests.e2e.terminal import TerminalProgram
from tests.free_ports import free_port

pytestmark = [pytest.mark.daemon, pytest.mark.pcsc, pytest.mark.timeout(300)]

ON = "2026-11-20"
F4, F6, F8 = "\x1bOS", "\x1b[17~", "\x1b[19~"
_JA = Words("ja")
_PERSONAS = load_personas()


def run_on(text: str) -> str:
    """Without what fitting it into a screen puts between."""
    return re.sub(r"[\s│・]+", "", text)


class Seat:
    """Somebody before the terminal, and somebody with the card."""

    def __init__(self, terminal: TerminalProgram, cards: Running, madoguchi: Madoguchi) -> None:
        self.terminal = terminal
        self.cards = cards
        self.madoguchi = madoguchi

    def card(self, line: str) -> None:
        """`place`, `remove`: done when it is answered."""
        self.cards.type(line)
        assert self.cards.line().startswith("ok")

    def sees(self, *message_ids: str) -> None:
        """Until each of these sentences is on the screen."""
        for message_id in message_ids:
            self._sees(run_on(_JA.text(message_id).split("{")[0].split("\n")[0]))

    def _sees(self, sentence: str) -> None:
        self.terminal.wait_until(lambda text: sentence in run_on(text), sentence)

    def presses(self, keys: str, *message_ids: str) -> None:
        """Keys, and then these sentences."""
        self.terminal.settle()
        self.terminal.press(keys)
        self.sees(*message_ids)

    def picks(self, message_id: str, *then: str) -> None:
        """The number that stands before these words on the screen."""
        self.sees(message_id)
        text = self.terminal.settle()
        words = run_on(_JA.text(message_id).split("{")[0])
        key = next(
            (
                found[1]
                for found in re.finditer(r"(?<=\s)(\d)\s+(?:＞ )?\s*(\S.*)", text)
                if run_on(found[2]).startswith(words[:8])
            ),
            None,
        )
        assert key is not None, f"no number before {words} in\n{text}"
        self.presses(key, *then)

    def types_pin(self, digits: str) -> None:
        """Four keys at the pad."""
        self.sees("pin.title")
        self.terminal.settle()
        self.terminal.press(digits)

    def journal(self) -> list[dict[str, object]]:
        """What the command tells of the journal."""
        told = self.madoguchi.run("journal", "list", "--json")
        assert told.code == 0, told.err
        found: list[dict[str, object]] = json.loads(told.out)["entries"]
        return found


@contextmanager
def seated(madoguchi: Madoguchi, daemon: PrivatePcscd, *more: str) -> Iterator[Seat]:
    """The counter at the slot of the private pcscd, idle."""
    env = madoguchi.environment({"PCSCLITE_CSOCK_NAME": str(daemon.socket)})
    with running(madoguchi, "--control", "-", "--vpcd", f"127.0.0.1:{daemon.ports[0]}") as cards:
        assert cards.line().startswith("ready")
        command = command_line("kiosk", "--reader", "0", "--date", ON, *more)
        with TerminalProgram(command, env=env, cwd=madoguchi.home) as terminal:
            seat = Seat(terminal, cards, madoguchi)
            seat.sees("idle.title")
            terminal.wait_until(lambda text: run_on(_JA.text("idle.preparing")) not in run_on(text), "ready")
            yield seat
            terminal.press("\x11")
            assert terminal.wait_for_end() == 0


@pytest.fixture
def home(tmp_path: Path, private_pcscd: PrivatePcscd) -> Madoguchi:  # noqa: F811
    """A new installation whose cards lie in the private pcscd's slot."""
    new = Madoguchi(tmp_path)
    new.env["PCSCLITE_CSOCK_NAME"] = str(private_pcscd.socket)
    return new


def outcomes(seat: Seat) -> list[tuple[object, object]]:
    """Outcome and charge of every reception."""
    return [(entry["outcome"], entry["charge"]) for entry in seat.journal() if entry["kind"] == "visit"]


def test_three_wrong_pins_lock_the_card_and_the_face_receives_its_holder(
    home: Madoguchi,
    private_pcscd: PrivatePcscd,  # noqa: F811
) -> None:
    wrong = "0000" if _PERSONAS["taro"].pin != "0000" else "1111"
    with seated(home, private_pcscd) as seat:
        seat.card("place taro")
        seat.picks("method.pin")
        seat.types_pin(wrong)
        seat.sees("pin.rejected")
        seat.terminal.settle()
        seat.terminal.press(wrong)
        seat.sees("last_try.title")
        seat.presses("1")
        seat.types_pin(wrong)
        seat.sees("trouble.pin_locked.what")
        seat.presses(F4, "side.trouble.pin_locked")
        seat.picks("side.do.face", "consent.title")
        seat.presses("3", "answer.accepted")
        seat.card("remove")
        seat.sees("idle.title")
        assert outcomes(seat)[-1] == ("OK_ONLINE", "ratio:30")


def test_a_pulled_card_is_laid_down_again(home: Madoguchi, private_pcscd: PrivatePcscd) -> None:  # noqa: F811
    with seated(home, private_pcscd) as seat:
        seat.card("place taro")
        seat.picks("method.pin")
        seat.sees("pin.title")
        seat.card("remove")
        seat.sees("trouble.card_pulled.what")
        seat.card("place taro")
        seat.picks("method.pin")
        seat.types_pin(_PERSONAS["taro"].pin)
        seat.sees("consent.title")
        seat.presses("1", "answer.accepted")
        assert outcomes(seat) == [("OK_ONLINE", "ratio:30")]


def test_an_unplugged_reader_is_said_and_found_again(home: Madoguchi, private_pcscd: PrivatePcscd) -> None:  # noqa: F811
    with pluggable_reader(private_pcscd) as reader, seated(home, private_pcscd) as seat:
        reader.unplug()
        seat.sees("trouble.no_reader.what")
        seat.presses(F4, "side.now.reader_trouble.next")
        seat.presses(F4)
        reader.plug_in()
        seat.sees("idle.title")
        seat.card("place taro")
        seat.picks("method.pin")
        seat.types_pin(_PERSONAS["taro"].pin)
        seat.sees("consent.title")
        seat.presses("3", "answer.accepted")


def test_people_of_an_outage_are_asked_about_when_the_server_is_back(
    home: Madoguchi,
    private_pcscd: PrivatePcscd,  # noqa: F811
) -> None:
    port = str(free_port())
    who = _PERSONAS["taro"].person
    with seated(home, private_pcscd, "--server", f"http://127.0.0.1:{port}") as seat:
        seat.card("place taro")
        seat.picks("method.pin")
        seat.types_pin(_PERSONAS["taro"].pin)
        seat.sees("trouble.server_down.what")
        seat.presses(F4, "side.trouble.server_down")
        seat.presses(F6, "side-outage.on.yes")
        seat.presses("1", "side.do.four_items")
        seat.picks("side.do.four_items", "forms.four_items.title")
        seat.terminal.press(f"{who.name}\r{who.birthdate:%Y%m%d}\r1\r{who.address}\r\r")
        seat.sees("outcome.PENDING_4INFO")
        seat.terminal.wait_for(r"保留\s*1")
        with home.serving("server", "run", "--port", port, "--date", ON) as server:
            assert server.first_line, server.end().err
            seat.presses(F6, "side-outage.off.yes")
            seat.presses("1")
            seat.terminal.wait_for(r"保留\s*0")
            asked = [entry for entry in seat.journal() if entry["kind"] == "requeried"]
            assert len(asked) == 1
            assert str(asked[0]["outcome"]).startswith("OK_")
            server.end(signal.SIGTERM)


def test_a_certificate_is_typed_by_keys_alone(home: Madoguchi, private_pcscd: PrivatePcscd) -> None:  # noqa: F811
    paper = _PERSONAS["taro"].paper
    with seated(home, private_pcscd) as seat:
        seat.presses(F8, "forms.choose.title")
        seat.picks("forms.document.eligibility_certificate", "forms.choose.form")
        seat.presses(f"{paper.insurer_number}\r")
        seat.terminal.wait_for("書類のとおりに")
        born = _PERSONAS["taro"].person.birthdate
        seat.terminal.settle()
        seat.terminal.press(
            f"{paper.symbol}\r{paper.number}\r{paper.branch}\r\r{born:%Y%m%d}\r1\r20250801\r20290731\r\r\r"
        )
        seat.sees("forms.summary.title")
        seat.presses("1", "outcome.OK_CERTIFICATE")
        assert outcomes(seat) == [("OK_CERTIFICATE", "ratio:30")]


def test_without_a_pc_sc_service_staff_are_told_which_and_papers_are_taken(tmp_path: Path) -> None:
    home = Madoguchi(tmp_path)
    command = command_line("kiosk", "--reader", "0", "--date", ON)
    with TerminalProgram(command, env=home.environment(), cwd=home.home) as terminal:
        terminal.wait_until(lambda text: run_on(_JA.text("trouble.no_reader.what")) in run_on(text), "no reader")
        terminal.settle()
        terminal.press(F4)
        terminal.wait_until(lambda text: run_on(_JA.text("side.trouble.no_pcsc_service")) in run_on(text), "why")
        terminal.settle()
        terminal.press(F8)
        terminal.wait_until(lambda text: run_on(_JA.text("forms.choose.title")) in run_on(text), "papers")
