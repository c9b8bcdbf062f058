"""How the counter draws into the pipe: it never waits for whoever reads, and it ends when nobody does any more."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual import messages
from textual.app import App

from kiosk.web.driver import PageDriver
from tests.eventually import eventually


class End:
    """One end of a pipe in the place of a standard stream."""

    def __init__(self, number: int) -> None:
        self.number = number

    def fileno(self) -> int:
        return self.number


class Pipes:
    """Both pipes of a counter behind a page, and what was sent to its application."""

    def __init__(self) -> None:
        self.keys_out, self.keys_in = os.pipe()
        self.drawn_out, self.drawn_in = os.pipe()
        self.open = {self.keys_out, self.keys_in, self.drawn_out, self.drawn_in}

    def close(self, *numbers: int) -> None:
        for number in self.open & set(numbers or self.open):
            self.open.remove(number)
            os.close(number)


@pytest.fixture
def pipes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipes]:
    made = Pipes()
    monkeypatch.setattr(sys, "__stdin__", End(made.keys_out))
    monkeypatch.setattr(sys, "__stdout__", End(made.drawn_in))
    yield made
    made.close()


class Heard(App[None]):
    """Remembers what the driver tells it."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Any] = []

    async def _post_message(self, message: Any) -> bool:
        self.told.append(message)
        return True

    def was_told_to_end(self) -> bool:
        return any(isinstance(message, messages.ExitApp) for message in self.told)


async def beginning(app: Heard) -> PageDriver:
    driver = PageDriver(app, size=(80, 24))
    driver.start_application_mode()
    await asyncio.sleep(0)
    return driver


def packets(stream: bytes) -> list[bytes]:
    """What was drawn, packet by packet."""
    found = []
    while stream:
        size = int.from_bytes(stream[1:5], "big")
        if stream[:1] == b"D":
            found.append(stream[5 : 5 + size])
        stream = stream[5 + size :]
    return found


async def test_drawing_waits_for_nobody_and_everything_arrives_in_order(pipes: Pipes) -> None:
    """Far more than a pipe holds, while nobody reads: this would hang if the event loop waited."""
    driver = await beginning(Heard())
    frames = [f"{number}:".encode() + b"x" * 100_000 for number in range(20)]
    for frame in frames:
        driver.write(frame.decode())
    reading = asyncio.create_task(asyncio.to_thread(Path(f"/dev/fd/{pipes.drawn_out}").read_bytes))
    await asyncio.to_thread(driver.stop_application_mode)
    pipes.close(pipes.drawn_in)
    drawn = await reading
    begun, _, rest = drawn.partition(b"__GANGLION__\n")
    assert begun == b""
    assert packets(rest)[-len(frames) :] == frames
    assert rest.endswith(b'{"type": "exit"}')


async def test_when_nothing_can_be_typed_any_more_the_application_ends(pipes: Pipes) -> None:
    app = Heard()
    driver = await beginning(app)
    assert not app.was_told_to_end()
    pipes.close(pipes.keys_in)
    assert await asyncio.to_thread(eventually, app.was_told_to_end)
    driver.stop_application_mode()


async def test_when_nobody_reads_any_more_the_application_ends(pipes: Pipes) -> None:
    app = Heard()
    driver = await beginning(app)
    pipes.close(pipes.drawn_out)
    driver.write("to nobody")
    assert await asyncio.to_thread(eventually, app.was_told_to_end)
    driver.stop_application_mode()


async def test_an_application_that_ends_by_itself_is_not_told_to(pipes: Pipes) -> None:
    app = Heard()
    driver = await beginning(app)
    driver.stop_application_mode()
    pipes.close(pipes.keys_in, pipes.drawn_out)
    await asyncio.to_thread(driver._key_thread.join)
    assert not app.was_told_to_end()


async def test_no_address_is_opened_and_no_file_handed_out(pipes: Pipes) -> None:
    driver = await beginning(Heard())
    file = io.BytesIO(b"file")
    driver.open_url("https://example.invalid/")
    driver.deliver_binary(file, delivery_key="1", save_path=Path("file.bin"))
    driver.stop_application_mode()
    assert file.closed
    assert b"example" not in os.read(pipes.drawn_out, 100_000)
