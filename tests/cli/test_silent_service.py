"""Every command beside a PC/SC service that takes the connection and never answers: it ends, and says what to do."""

from __future__ import annotations

import select
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kiosk.cli.troubles import of_card, of_reader
from kiosk.flow.states import Trouble
from kiosk.reader_events import flow_event_of
from kiosk.services.interfaces import CardStopped
from reader.errors import ServiceUnavailableError
from reader.monitor import SlotUnavailable
from reader.transports import pcsc
from tests.cli.command import LONG_ENOUGH_S, Finished, Madoguchi, command_line
from tests.daemons.fixtures import private_pcscd  # noqa: F401 - a fixture
from tests.daemons.private_pcscd import PrivatePcscd
from tests.e2e.terminal import TerminalProgram

ON = ("--date", "2026-11-20")


@pytest.fixture
def silent(lived_in: Madoguchi) -> Iterator[socket.socket]:
    """A service's socket that listens and at which nobody accepts; the command's own for as long as the test lasts."""
    if not pcsc.is_installed():
        pytest.skip("pyscard is not installed (a compiler and libpcsclite-dev were missing when .venv was made)")
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-"))  # short: a socket's name has at most 108 bytes
    nowhere = lived_in.env["PCSCLITE_CSOCK_NAME"]
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "comm"))
        listening.listen(64)
        lived_in.env["PCSCLITE_CSOCK_NAME"] = str(folder / "comm")
        yield listening
    lived_in.env["PCSCLITE_CSOCK_NAME"] = nowhere
    shutil.rmtree(folder)


def test_the_silence_has_an_error_of_its_own_wherever_it_is_met() -> None:
    error = ServiceUnavailableError("service_silent")
    stopped = CardStopped(Trouble.NO_PCSC_SERVICE, "service_silent")
    assert {(told.code, int(told.exit_code)) for told in (of_reader(error), of_card(stopped))} == {
        ("service_silent", 3)
    }
    assert of_card(CardStopped(Trouble.NO_PCSC_SERVICE, "no_service")).code == "no_pcsc_service"
    assert flow_event_of(SlotUnavailable("service_silent")) == flow_event_of(SlotUnavailable("no_service"))


COMMANDS: tuple[tuple[str, ...], ...] = (
    ("card", "list"),
    ("card", "status"),
    ("card", "status", "--reader", "0"),
    ("card", "certificate"),
    ("card", "trace"),
    ("card", "test", "-n", "1"),
    ("card", "watch", "--reader", "0"),
    ("check", "--reader", "0", "--pin-stdin", *ON),
)


@pytest.mark.long
def test_every_command_ends_by_itself_and_says_what_to_do(lived_in: Madoguchi, silent: socket.socket) -> None:
    def run(command: tuple[str, ...]) -> Finished:
        return lived_in.run(*command, "--json", stdin=b"1234")

    assert silent.fileno() >= 0
    with ThreadPoolExecutor(4) as several:  # each of them waits for most of its time
        ended = list(several.map(run, COMMANDS))
    for command, done in zip(COMMANDS, ended, strict=True):
        assert (done.code, done.error()) == (3, "service_silent"), command
        assert "sudo systemctl restart pcscd" in done.document("error")["error"]["remedy"]


def test_the_doctor_and_the_watch_end_too(lived_in: Madoguchi, silent: socket.socket) -> None:
    assert silent.fileno() >= 0
    with ThreadPoolExecutor(2) as both:
        doctor = both.submit(lived_in.run, "doctor", "--reader", "0", "--json")
        watch = both.submit(lived_in.run, "card", "watch", "--seconds", "2", "--json")
    findings = {(row["check"], row["ok"]) for row in doctor.result().document("doctor")["findings"]}
    assert doctor.result().code == 3
    assert findings >= {("service", False), ("software_counter", True)}
    assert watch.result().code == 0
    events = watch.result().document("card-watch")["events"]
    assert [(event["event"], event["reader"]) for event in events] == [("reader_gone", "")]


@pytest.mark.parametrize("command", [("card", "list"), ("doctor", "--reader", "0"), ("card", "watch")], ids=" ".join)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_command_that_waits_for_the_service(
    lived_in: Madoguchi, silent: socket.socket, command: tuple[str, ...], number: signal.Signals
) -> None:
    process = subprocess.Popen(
        command_line(*command, "--json"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=lived_in.environment(),
        cwd=lived_in.home,
        # A shell that runs the tests in its background has its children ignore SIGINT; exec makes it the default.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - no threads here
    )
    try:
        assert select.select([silent], [], [], LONG_ENOUGH_S)[0], "it never asked the service"
        process.send_signal(number)
        out, err = process.communicate(timeout=LONG_ENOUGH_S)
    finally:
        process.kill()
    watches = command == ("card", "watch")  # it was told to end, and did
    assert process.returncode == (0 if watches or number == signal.SIGTERM else 130)
    assert watches or out == b""
    assert b"Traceback" not in err


def test_a_software_card_ends_on_sigterm_while_the_service_is_silent(
    lived_in: Madoguchi, silent: socket.socket
) -> None:
    process = subprocess.Popen(
        command_line("card", "emulate", "--persona", "taro"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=lived_in.environment(),
        cwd=lived_in.home,
    )
    try:
        assert select.select([silent], [], [], LONG_ENOUGH_S)[0], "it never asked the service"
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=LONG_ENOUGH_S)
    finally:
        process.kill()
    assert (process.returncode, out) == (0, b"")
    assert b"Traceback" not in err


@pytest.fixture
def thawing(private_pcscd: PrivatePcscd) -> Iterator[PrivatePcscd]:  # noqa: F811 - the fixture
    """The daemon, not frozen any more afterwards."""
    yield private_pcscd
    private_pcscd.wake()


@pytest.fixture
def counter(madoguchi: Madoguchi, thawing: PrivatePcscd) -> TerminalProgram:
    """The counter with the daemon's first reader, in a terminal."""
    madoguchi.env["PCSCLITE_CSOCK_NAME"] = str(thawing.socket)
    command = command_line("kiosk", "--reader", thawing.readers[0], *ON)
    return TerminalProgram(command, env=madoguchi.environment(), cwd=madoguchi.home)


@pytest.mark.pcsc
def test_the_counter_draws_beside_a_silent_service_and_ends(counter: TerminalProgram, thawing: PrivatePcscd) -> None:
    thawing.freeze()
    with counter as screen:
        screen.wait_for("いま カードリーダーが 使えません")
        screen.press("\x1bOS")  # F4: what is to be done is the desk's
        screen.wait_for("pcscd")
        screen.press("\x11")
        assert screen.wait_for_end() == 0
        assert b"\x1b[?1049l" in screen.raw  # the terminal is given back as it was


@pytest.mark.long
@pytest.mark.pcsc
def test_the_counter_goes_on_by_itself_when_the_service_wakes(counter: TerminalProgram, thawing: PrivatePcscd) -> None:
    thawing.freeze()
    with counter as screen:
        screen.wait_for("いま カードリーダーが 使えません")
        thawing.wake()
        screen.wait_for("マイナンバーカードを リーダーの中央に")
        thawing.freeze()  # and again, while it is being used
        screen.wait_for("いま カードリーダーが 使えません")
        screen.press("\x11")
        assert screen.wait_for_end() == 0


@pytest.mark.pcsc
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_counter_beside_a_silent_service(
    counter: TerminalProgram, thawing: PrivatePcscd, number: signal.Signals
) -> None:
    thawing.freeze()
    with counter as screen:
        screen.wait_for("いま カードリーダーが 使えません")
        screen._child.kill(number)
        assert screen.wait_for_end() == 0
