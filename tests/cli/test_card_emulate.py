"""`madoguchi card emulate` as other people's scripts have it: what it takes, what it prints, when it ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from reader.recording import Recording
from reader.transports.pcsc import PcscSlot
from tests.cli.command import LONG_ENOUGH_S, Finished, Madoguchi, command_line
from tests.cli.test_usage import invented_individual_number
from tests.daemons.activation import socket_activated
from tests.daemons.fixtures import private_pcscd  # noqa: F401 - a fixture
from tests.daemons.private_pcscd import PrivatePcscd

ON = "2026-11-20"


@dataclass
class Running:
    """A `card emulate` that runs, with its standard input open."""

    process: subprocess.Popen[str]

    def line(self) -> str:
        """The next line of standard output."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def note(self) -> str:
        """The next line of standard error."""
        assert self.process.stderr is not None
        return self.process.stderr.readline().rstrip("\n")

    def type(self, line: str) -> None:
        """Write a line to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def end(self, number: signal.Signals | None = signal.SIGTERM) -> Finished:
        """Send a signal, or none, and wait; what of its output nobody read is in the answer."""
        if number is not None:
            self.process.send_signal(number)
        out, err = self.process.communicate()
        return Finished(self.process.returncode, out, err)


@contextmanager
def running(madoguchi: Madoguchi, *arguments: str) -> Iterator[Running]:
    process = subprocess.Popen(
        command_line("card", "emulate", *arguments),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=madoguchi.environment(),
        cwd=madoguchi.home,
        text=True,
        encoding="utf-8",
    )
    watchdog = threading.Timer(LONG_ENOUGH_S, process.kill)
    watchdog.start()
    try:
        yield Running(process)
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate()
        watchdog.cancel()


@pytest.fixture
def on_pcscd(lived_in: Madoguchi, private_pcscd: PrivatePcscd) -> Iterator[Madoguchi]:  # noqa: F811
    """The command with the tests' own PC/SC service, and cards that are issued once."""
    nowhere = lived_in.env["PCSCLITE_CSOCK_NAME"]
    lived_in.env["PCSCLITE_CSOCK_NAME"] = str(private_pcscd.socket)
    yield lived_in
    lived_in.env["PCSCLITE_CSOCK_NAME"] = nowhere


@pytest.fixture
def driver(private_pcscd: PrivatePcscd) -> str:  # noqa: F811
    """Where the driver listens."""
    return f"127.0.0.1:{private_pcscd.ports[0]}"


@pytest.fixture
def control() -> Iterator[Path]:
    """A name for the control socket; short, because a socket's name has at most 108 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-"))
    yield folder / "card.sock"
    shutil.rmtree(folder)


def ask(control: Path, *lines: str) -> list[str]:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(LONG_ENOUGH_S)
        client.connect(str(control))
        client.sendall("".join(f"{line}\n" for line in lines).encode())
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(4_096), b"")).decode().splitlines()


def cards(madoguchi: Madoguchi) -> dict[str, bool]:
    rows = madoguchi.run("card", "list", "--json").document("card-list")["readers"]
    return {row["name"]: row["card"] for row in rows}


class TestUsage:
    """What is refused before any card is touched."""

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (("--persona", "taro", "--persona", "taro"), "persona_in_other_slot"),
            (("--persona", "taro", "--persona", "hanako", "--persona", "sakura"), "too_many_cards"),
            (("--persona", "taro", "--replay", "x.trace"), "usage"),
            (("--persona", "taro", "--vpcd", "127.0.0.1:1", "--listen"), "usage"),
            (("--persona", "taro", "--variant", "androyd"), "unknown_variant"),
            (("--persona", "taro", "--quirk", "slwo"), "unknown_quirk"),
            (("--persona", "taro", "--quirk", "tear-off"), "bad_quirk"),
            (("--persona", "taro", "--contactless", "107"), "bad_contactless"),
            (("--persona", "taro", "--listen", "0.0.0.0:35963"), "listen_not_loopback"),
            (("--persona", "taro", "--listen", "192.168.1.7:35963"), "listen_not_loopback"),
            (("--persona", "taro", "--listen", "localhost:35963"), "listen_not_loopback"),
            (("--persona", "taro", "--listen", "[::1]:35963"), "listen_not_loopback"),
            (("--persona", "taro", "--listen", "127.0.0.1:65535"), "bad_port"),
            (("--persona", "taro", "--listen", "127.0.0.1"), "bad_address"),
            (("--replay", "nosuch.trace"), "recording_unreadable"),
            (("--replay", "x.trace", "--variant", "mute"), "variant_without_persona"),
            ((), "usage"),
        ],
    )
    def test_is_told_with_a_code(self, madoguchi: Madoguchi, arguments: tuple[str, ...], code: str) -> None:
        done = madoguchi.run("card", "emulate", *arguments, "--json")
        assert (done.code, done.error(), done.err) == (2, code, "")
        assert not madoguchi.data_dir.exists()

    def test_names_that_look_alike_and_all_names_are_told(self, madoguchi: Madoguchi) -> None:
        told = madoguchi.run("card", "emulate", "--persona", "taro", "--variant", "androyd", "--lang", "en").err
        assert "Did you mean android?" in told
        assert "next-generation" in told
        told = madoguchi.run("card", "emulate", "--persona", "taro", "--quirk", "slwo=3", "--lang", "en").err
        assert "Did you mean slow?" in told
        assert "flip-byte" in told

    def test_a_file_that_is_no_recording(self, madoguchi: Madoguchi) -> None:
        file = madoguchi.home / "x.trace"
        file.write_text("hello")
        done = madoguchi.run("card", "emulate", "--replay", file, "--json")
        assert (done.code, done.error()) == (2, "recording_bad")

    def test_a_pipe_or_a_device_is_no_recording_and_is_not_waited_for(self, madoguchi: Madoguchi) -> None:
        pipe = madoguchi.home / "x.trace"
        os.mkfifo(pipe)
        for special in (pipe, Path("/dev/zero")):
            done = madoguchi.run("card", "emulate", "--replay", special, "--json")
            assert (done.code, done.error()) == (2, "recording_bad")
            told = done.document("error")["error"]
            assert str(special) in told["message"]
            assert "--output FILE" in told["remedy"]

    def test_an_individual_number_is_refused_in_every_option(self, madoguchi: Madoguchi) -> None:
        number = invented_individual_number()
        for option in ("--persona", "--quirk", "--variant", "--contactless", "--replay", "--control", "--listen"):
            done = madoguchi.run("card", "emulate", option, number, "--json")
            assert (done.code, done.error()) == (5, "individual_number")
            assert number not in done.out

    def test_help_lists_every_variant_and_every_quirk(self, madoguchi: Madoguchi) -> None:
        from reader.card.quirks import QUIRKS
        from reader.card.variants import Variant

        for lang in ("ja", "en"):
            told = madoguchi.run("card", "emulate", "--help", "--lang", lang).out
            for name in (*(variant.value for variant in Variant), *(kind.usage for kind in QUIRKS.values())):
                assert f"\n  {name}" in told

    def test_a_control_path_that_is_taken_is_left_alone(self, madoguchi: Madoguchi, control: Path) -> None:
        control.write_text("mine")
        done = madoguchi.run("card", "emulate", "--control", control, "--json")
        assert (done.code, done.error()) == (2, "control_taken")
        assert control.read_text() == "mine"


class TestWithoutAnyReader:
    """Commands need no PC/SC: only a card that is laid down does."""

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_empty_slots_are_ready_at_once_and_nothing_is_left_at_the_end(
        self, lived_in: Madoguchi, control: Path, number: signal.Signals
    ) -> None:
        with running(lived_in, "--control", str(control), "--vpcd", "127.0.0.1:1") as card:
            assert card.line() == "ready reader=- slot=- persona=-"
            assert stat.S_IMODE(control.lstat().st_mode) == 0o600
            assert ask(control, "status") == ["ok slot=0 state=empty; slot=1 state=empty"]
            done = card.end(number)
        assert (done.code, done.out, done.err) == (0, "", "")
        assert not control.exists()

    def test_with_json_standard_output_is_one_object_and_answers_go_to_standard_error(
        self, lived_in: Madoguchi
    ) -> None:
        with running(lived_in, "--control", "-", "--vpcd", "127.0.0.1:1", "--json") as card:
            ready = card.line()
            card.type("status")
            assert card.note() == "ok slot=0 state=empty; slot=1 state=empty"
            card.type("quit")
            assert card.note() == "ok bye"
            done = card.end(None)
        assert done.code == 0
        document = Finished(0, ready + done.out, "").document("card-emulate")
        assert document == {"ready": True, "reader": None, "slot": None, "persona": None, "cards": []}

    def test_a_card_where_nobody_listens_is_an_answer_and_not_the_end(self, lived_in: Madoguchi) -> None:
        with running(lived_in, "--control", "-", "--vpcd", "127.0.0.1:1", "--lang", "en") as card:
            assert card.line().startswith("ready ")
            for line, begins in (
                ("place taro", "error vpcd_not_listening "),
                ("place 4093", "error unknown_persona "),
                ("\x00\x1b[2J", "error not_text "),
                ("status", "ok slot=0 state=empty; "),
            ):
                card.type(line)
                answer = card.line()
                assert answer.startswith(begins)
                assert "4093" not in answer

    def test_a_second_one_does_not_take_the_control_of_the_first(self, lived_in: Madoguchi, control: Path) -> None:
        with running(lived_in, "--control", str(control), "--vpcd", "127.0.0.1:1") as card:
            assert card.line().startswith("ready ")
            done = lived_in.run("card", "emulate", "--control", control, "--json")
            assert (done.code, done.error()) == (2, "control_in_use")
            assert ask(control, "status")[0].startswith("ok ")

    def test_listening_says_so_before_anything_else_and_tells_what_is_missing(self, lived_in: Madoguchi) -> None:
        port = free_pair()
        with running(lived_in, "--persona", "taro", "--listen", f"127.0.0.1:{port}", "--lang", "en") as card:
            assert card.note() == f"listening 127.0.0.1:{port} 127.0.0.1:{port + 1}"
            assert "DEVICENAME 127.0.0.1" in card.note()
            second = lived_in.run("card", "emulate", "--persona", "hanako", "--listen", f"127.0.0.1:{port}", "--json")
            assert (second.code, second.error()) == (3, "listen_port")
            done = card.end()
        assert (done.code, done.out, done.err) == (0, "", "")


def free_pair() -> int:
    """A port that is free and so is the next."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port = int(first.getsockname()[1])
            try:
                with socket.create_server(("127.0.0.1", port + 1)):
                    return port
            except OSError:
                continue


@pytest.mark.pcsc
class TestOnARealService:
    """The whole way: command, driver, pcscd, another program."""

    def test_two_cards_each_with_a_line_of_its_own(
        self,
        on_pcscd: Madoguchi,
        private_pcscd: PrivatePcscd,  # noqa: F811
        driver: str,
    ) -> None:
        first, second = private_pcscd.readers
        with running(on_pcscd, "--persona", "taro", "--persona", "hanako", "--vpcd", driver) as card:
            assert card.line() == f"ready reader={first} slot=0 persona=taro"
            assert card.line() == f"ready reader={second} slot=1 persona=hanako"
            for reader in (first, second):
                status = on_pcscd.run("card", "status", "--reader", reader, "--json").document("card-status")
                assert status["label"] == "JPKIAPICCTOKEN2"
            private_pcscd.restart()
            card.type("status")
            assert card.line().count("state=placed") == 2
            assert both_back(on_pcscd)
            held = on_pcscd.run("card", "emulate", "--persona", "taro", "--vpcd", driver, "--json")
            assert (held.code, held.error()) == (3, "card_elsewhere")
            assert card.end().code == 0

    def test_cards_come_go_and_change_over_the_control_socket(
        self,
        on_pcscd: Madoguchi,
        private_pcscd: PrivatePcscd,  # noqa: F811
        driver: str,
        control: Path,
    ) -> None:
        first, second = private_pcscd.readers
        with running(
            on_pcscd, "--persona", "taro", "--vpcd", driver, "--control", str(control), "--json", "--lang", "en"
        ) as card:
            ready = json.loads(card.line())
            where = {"reader": first, "slot": 0, "persona": "taro"}
            assert ready == {"ready": True, **where, "cards": [where]}
            answers = ask(control, "place taro 1", "place hanako", "place hanako 1 variant=face-only")
            assert [answer if answer.startswith("ok ") else " ".join(answer.split()[:2]) for answer in answers] == [
                "error persona_in_other_slot",
                "error slot_occupied",
                f"ok reader={second} slot=1 persona=hanako",
            ]
            assert cards(on_pcscd) == {first: True, second: True}
            assert ask(control, "remove 0") == ["ok slot=0 persona=taro"]
            assert cards(on_pcscd) == {first: False, second: True}
            assert ask(control, "swap taro 1 quirk=slow=10 quirk=first-6f00") == [
                f"ok reader={second} slot=1 persona=taro"
            ]
            status = on_pcscd.run("card", "status", "--reader", second, "--json").document("card-status")
            assert status["pins"] == {"auth": 3, "sign": 5}
            assert ask(control, "swap taro 1 variant=mute") == [f"ok reader={second} slot=1 persona=taro"]
            mute = on_pcscd.run("card", "status", "--reader", second, "--json")
            assert (mute.code, mute.error()) == (3, "card_unreadable")
            assert ask(control, "quit") == ["ok bye"]
            assert card.end(None).code == 0

    def test_a_very_slow_card_ends_at_once_with_the_program(
        self,
        on_pcscd: Madoguchi,
        private_pcscd: PrivatePcscd,  # noqa: F811
        driver: str,
    ) -> None:
        with running(on_pcscd, "--persona", "taro", "--quirk", "slow=60000", "--vpcd", driver) as card:
            assert card.line().startswith("ready ")
            reader = private_pcscd.readers[0]
            asking = subprocess.Popen(
                command_line("card", "status", "--reader", reader, "--json"),
                stdout=subprocess.PIPE,
                env=on_pcscd.environment(),
            )
            card.type("status")
            assert "quirks=slow=60000" in card.line()
            assert card.end().code == 0
            answer, _ = asking.communicate()
            assert asking.returncode == 3, answer

    def test_a_recording_lies_there_as_a_card(
        self,
        on_pcscd: Madoguchi,
        private_pcscd: PrivatePcscd,  # noqa: F811
        driver: str,
        tmp_path: Path,
    ) -> None:
        trace = tmp_path / "reader.trace"
        reader = private_pcscd.readers[0]
        with running(on_pcscd, "--persona", "taro", "--vpcd", driver) as card:
            assert card.line().startswith("ready ")
            assert on_pcscd.run("card", "trace", "--reader", reader, "--output", trace).code == 0
            card.end()
        with running(on_pcscd, "--replay", str(trace), "--vpcd", driver) as card:
            assert card.line() == f"ready reader={reader} slot=0 persona=-"
            slot = PcscSlot(reader)
            connection = slot.connect()
            recorded = [exchange for exchange in Recording.load(trace).exchanges if exchange.sw is not None]
            for exchange in recorded:
                answer = connection.transmit(bytes.fromhex(exchange.command))
                assert int.from_bytes(answer[-2:], "big") == exchange.sw
            connection.close()
            slot.close()
            assert len(recorded) > 5
            assert card.end().code == 0

    def test_reversed_with_a_service_that_sleeps(
        self,
        on_pcscd: Madoguchi,
        private_pcscd: PrivatePcscd,  # noqa: F811
        driver: str,
        control: Path,
    ) -> None:
        first, second = private_pcscd.readers
        with socket_activated(private_pcscd, dials=True) as service:
            with running(on_pcscd, "--persona", "taro", "--listen", driver, "--control", str(control)) as card:
                assert card.note().startswith(f"listening {driver} ")
                assert card.line() == f"ready reader={first} slot=0 persona=taro"
                assert ask(control, "place hanako 1") == [f"ok reader={second} slot=1 persona=hanako"]
                for reader in (first, second):
                    status = on_pcscd.run("card", "status", "--reader", reader, "--json").document("card-status")
                    assert status["label"] == "JPKIAPICCTOKEN2"
                check = ("check", "--reader", first, "--pin-stdin", "--date", ON, "--json")
                assert on_pcscd.run(*check, stdin=b"4093").document("check")["outcome"] == "OK_ONLINE"
                assert ask(control, "remove") == ["ok slot=0 persona=taro"]
                gone = on_pcscd.run("card", "status", "--reader", first, "--json")
                assert (gone.code, gone.error()) == (3, "not_myna_card")
                assert service.started == 1
                assert card.end().code == 0
            assert service.ended.wait(LONG_ENOUGH_S)


def both_back(madoguchi: Madoguchi) -> bool:
    """pcscd takes a moment to see the cards after a restart."""
    return any(len(found := cards(madoguchi)) == 2 and all(found.values()) for _ in range(30))


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a pseudo-terminal")
def test_on_a_terminal_it_begins_with_empty_slots_and_takes_what_is_typed(lived_in: Madoguchi) -> None:
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        command_line("card", "emulate", "--vpcd", "127.0.0.1:1"),
        stdin=theirs,
        stdout=subprocess.PIPE,
        env=lived_in.environment(),
        start_new_session=True,
    )
    os.close(theirs)
    watchdog = threading.Timer(LONG_ENOUGH_S, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready reader=- slot=- persona=-\n"
        os.write(ours, b"status\n")
        assert process.stdout.readline() == b"ok slot=0 state=empty; slot=1 state=empty\n"
        os.write(ours, b"quit\n")
        assert process.stdout.read() == b"ok bye\n"
        assert process.wait() == 0
    finally:
        process.kill()
        process.communicate()
        watchdog.cancel()
        os.close(ours)
