"""The counter served to a real headless Chromium, and a small application served the same way."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.cli.command import PROJECT, Finished, Madoguchi, command_line
from tests.eventually import eventually
from tests.processes import living_children
from tests.web.driving import CounterPage

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ON = "2026-11-20"
A_WHOLE_MODULE_S = 1800.0
"""Ends a server that hangs."""
NewPage = Callable[..., CounterPage]


@dataclass
class Serving:
    """A page's server that runs."""

    process: subprocess.Popen[bytes]
    url: str
    """With the token."""
    data_dir: Path

    @property
    def origin(self) -> str:
        return self.url.partition("/?")[0]

    @property
    def authority(self) -> str:
        return self.origin.removeprefix("http://")

    def counters(self) -> list[psutil.Process]:
        """The processes behind the page."""
        return living_children(self.process.pid)

    def the_counter(self) -> psutil.Process:
        """The one process behind the page, once it is there."""
        assert eventually(lambda: len(self.counters()) == 1)
        return self.counters()[0]

    def at_rest(self) -> Serving:
        """Once the last test's browser has gone and its counter has ended."""
        assert eventually(lambda: self.counters() == [])
        return self

    def end(self) -> Finished:
        """SIGTERM, and what it said in all."""
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate()
        return Finished(self.process.returncode, out.decode(), err.decode())


@contextmanager
def serving(madoguchi: Madoguchi, command: list[str]) -> Iterator[Serving]:
    """A command that prints the page's address, or the object that holds it; ended with SIGTERM."""
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=madoguchi.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    watchdog = threading.Timer(A_WHOLE_MODULE_S, process.kill)
    watchdog.start()
    try:
        assert process.stdout is not None
        said = process.stdout.readline().decode().strip()
        assert said, process.stderr and process.stderr.read()
        yield Serving(process, json.loads(said)["url"] if said.startswith("{") else said, madoguchi.data_dir)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate()
        watchdog.cancel()


def serving_counter(home: Path, *options: str) -> AbstractContextManager[Serving]:
    """`madoguchi kiosk --web` with further options."""
    return serving(Madoguchi(home), command_line("kiosk", "--web", "--web-port", "0", "--date", ON, "--json", *options))


def serving_program(home: Path, *command: str) -> AbstractContextManager[Serving]:
    """Any program behind the same page."""
    madoguchi = Madoguchi(home)
    return serving(madoguchi, [sys.executable, "-m", "tests.web.small_server", str(madoguchi.data_dir), *command])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """No longer than a module: while it is open, no test of another module could have an event loop of its own."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian package chromium), so the page cannot be opened")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Opens further browsers, each with cookies of its own; all are closed at the end."""
    contexts = []

    def opened(width: int = 1000, height: int = 760, *, touch: bool = False) -> CounterPage:
        context = browser.new_context(locale="ja-JP", viewport={"width": width, "height": height}, has_touch=touch)
        contexts.append(context)
        return CounterPage(context)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def small_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving_program(tmp_path_factory.mktemp("small"), sys.executable, "-m", "tests.web.small_app") as serving:
        yield serving


@pytest.fixture
def small(small_server: Serving) -> Serving:
    """The small application behind the page."""
    return small_server.at_rest()


@pytest.fixture(scope="module")
def counter_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving_counter(tmp_path_factory.mktemp("counter"), "--persona", "taro") as serving:
        yield serving


@pytest.fixture
def counter(counter_server: Serving) -> Serving:
    """The counter, with 太郎's card on its software reader whenever it starts."""
    return counter_server.at_rest()
