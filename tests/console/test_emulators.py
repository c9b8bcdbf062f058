"""Cards of running emulators from the page: found by their sockets, placed, taken away, and told where that fails."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mock_server.emulators import Emulators, Slot
from mock_server.errors import QualificationError, Refusal
from tests.cli.command import command_line
from tests.console.conftest import ON, Running
from tests.daemons.fixtures import private_pcscd  # noqa: F401 - a fixture
from tests.daemons.private_pcscd import PrivatePcscd

if TYPE_CHECKING:
    from playwright.sync_api import Page

STATUS = (
    "ok slot=0 state=placed persona=taro variant=plastic quirks=- contactless=- reader=Virtual PCD 00 00; "
    "slot=1 state=empty"
)


@contextmanager
def answering(path: Path, *answers: bytes) -> Iterator[list[str]]:
    """A program at the socket that hears lines and answers each with the next of `answers`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    heard: list[str] = []
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))
        door.listen()

        def serve() -> None:
            for answer in answers:
                wire, _ = door.accept()
                with wire:
                    heard.append(wire.recv(4096).decode().strip())
                    wire.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield heard
        thread.join(10)


@pytest.fixture
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("d")


def test_slots_are_read_from_what_the_program_says(data_dir: Path) -> None:
    with answering(data_dir / "emulators" / "4711.sock", f"{STATUS}\n".encode()) as heard:
        assert Emulators(data_dir).slots() == [
            Slot("4711", 0, "placed", "taro", "Virtual PCD 00 00"),
            Slot("4711", 1, "empty", "", ""),
        ]
    assert heard == ["status"]


def test_a_card_is_laid_down_in_place_of_another(data_dir: Path) -> None:
    path = data_dir / "emulators" / "4711.sock"
    with answering(path, b"ok reader=Virtual PCD 00 00 slot=1 persona=ume\n", b"ok slot=1 persona=ume\n") as heard:
        Emulators(data_dir).place("4711", 1, "ume")
        Emulators(data_dir).remove("4711", 1)
    assert heard == ["swap ume 1", "remove 1"]


@pytest.mark.parametrize("persona", ["ume 1\nquit", "ume\n", "", "../ume", "x" * 65])
def test_nothing_but_a_name_is_passed_on(data_dir: Path, persona: str) -> None:
    with pytest.raises(QualificationError) as refused:
        Emulators(data_dir).place("4711", 0, persona)
    assert refused.value.refusal is Refusal.EMULATOR_REFUSED
    with pytest.raises(QualificationError):
        Emulators(data_dir).place("../../4711", 0, "ume")


def test_a_program_that_refuses_or_is_gone_is_told(data_dir: Path) -> None:
    path = data_dir / "emulators" / "4711.sock"
    with (
        answering(path, "error card_elsewhere カードが別の場所にあります。\n".encode()),
        pytest.raises(QualificationError) as refused,
    ):
        Emulators(data_dir).place("4711", 0, "ume")
    assert refused.value.refusal is Refusal.EMULATOR_REFUSED
    assert refused.value.params == {"reason": "card_elsewhere"}
    with pytest.raises(QualificationError) as gone:
        Emulators(data_dir).place("4711", 0, "ume")
    assert gone.value.refusal is Refusal.EMULATOR_GONE
    assert Emulators(data_dir).slots() == []


@pytest.mark.daemon
@pytest.mark.pcsc
def test_a_card_is_placed_in_a_real_reader_from_the_page(
    page: Page,
    running: Running,
    private_pcscd: PrivatePcscd,  # noqa: F811
) -> None:
    """The emulator on a real pcscd, found by the page, and the card then used for a visit."""
    env = {**running.madoguchi.environment(), "PCSCLITE_CSOCK_NAME": str(private_pcscd.socket)}
    driver = f"127.0.0.1:{private_pcscd.ports[0]}"
    emulator = subprocess.Popen(
        command_line("card", "emulate", "--control", "-", "--vpcd", driver),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=env,
    )
    try:
        assert emulator.stdout is not None
        assert emulator.stdout.readline().startswith(b"ready ")
        page.locator("#tab-personas").click()
        page.locator("#person-filter").fill("sakura")
        page.locator('article[data-persona="sakura"] button').first.click()
        page.wait_for_function("() => document.querySelector('#personas .card p').innerText.includes('さくら')")
        before = page.locator("#rows tr").count()
        to = ("--server", running.url, "--date", ON)
        visit = subprocess.run(
            command_line("check", "--reader", private_pcscd.readers[0], "--pin-stdin", *to),
            input=b"3806",
            env=env,
            capture_output=True,
            check=False,
        )
        assert visit.returncode == 0, visit.stderr
        page.wait_for_function("count => document.querySelectorAll('#rows tr').length > count", arg=before)
        assert "sakura" in page.locator("#rows tr").first.inner_text()
    finally:
        emulator.terminate()
        emulator.communicate()
