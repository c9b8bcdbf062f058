"""A real server, and its page in a real headless Chromium."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import Request, urlopen

import pytest

from tests.cli.command import Madoguchi, Served, command_line

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ON = "2026-11-20"


@dataclass
class Running:
    """A server that runs, and the way to ask it as a script does."""

    madoguchi: Madoguchi
    served: Served
    url: str
    admin_url: str
    token: str

    @property
    def console_url(self) -> str:
        """The printed address, which carries the token."""
        return f"{self.admin_url}/console?token={self.token}"

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the admin API."""
        request = Request(
            f"{self.admin_url}{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"authorization": f"Bearer {self.token}", "content-type": "application/json"},
        )
        with urlopen(request) as answer:
            said = answer.read()
        return json.loads(said) if said else None

    def check(self, persona: str, pin: str) -> None:
        """One visit without a screen."""
        subprocess.run(
            command_line("check", "--persona", persona, "--pin-stdin", "--server", self.url, "--date", ON),
            input=pin.encode(),
            env=self.madoguchi.environment(),
            capture_output=True,
            check=False,
        )


@dataclass
class Seen:
    """What the browser did while a test looked at the page."""

    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home: Path = tmp_path_factory.mktemp("console")
    madoguchi = Madoguchi(home)
    with madoguchi.serving("server", "run", "--port", "0", "--admin-port", "0", "--date", ON, "--json") as served:
        assert served.first_line, served.process.stderr and served.process.stderr.read()
        said = json.loads(served.first_line)
        found = json.loads((madoguchi.data_dir / "server" / "run.json").read_text(encoding="utf-8"))
        yield Running(madoguchi, served, said["url"], found["admin_url"], found["admin_token"])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian package chromium), so the page cannot be opened")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def page(browser: Browser, running: Running, seen: Seen) -> Iterator[Page]:
    context = browser.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    opened.on("request", lambda request: seen.hosts.add(request.url.split("/")[2]))
    opened.on("pageerror", lambda error: seen.complaints.append(str(error)))
    opened.on(
        "console",
        lambda said: (
            seen.complaints.append(said.text)
            if said.type == "error" and "favicon" not in said.location["url"]
            else None
        ),
    )
    opened.goto(running.console_url)
    opened.wait_for_selector("body[data-ready]")
    yield opened
    context.close()
