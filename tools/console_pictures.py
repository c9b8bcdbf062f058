"""Takes the pictures of the console that the documentation shows: a real server, real exchanges, a real browser.

Usage: python tools/console_pictures.py [FOLDER]     Needs Chromium. Writes console.png, console-patients.png and
console-troubles.png into docs/pictures or FOLDER.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

from mock_server.personas import find_persona

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
COMMAND = Path(sys.executable).with_name("madoguchi")
ON = "2026-11-20"
VISITORS = ("taro", "haruka", "shiro", "takahashi", "kenta", "ume")


def main() -> None:
    """Serve, visit, look."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        options = ("--data-dir", data, "--date", f"{ON}T10:40", "--lang", "ja")
        server = subprocess.Popen(
            [COMMAND, "server", "run", "--port", "0", "--json", *options], stdout=subprocess.PIPE, text=True
        )
        try:
            assert server.stdout is not None
            started = json.loads(server.stdout.readline())
            for name in VISITORS:
                _visit(name, started["url"], options)
            _arm(started, {"scenario": "failed", "persona": "taro"})
            _visit("taro", started["url"], options)
            _arm(started, {"scenario": "latency", "persona": "hanako", "times": 3})
            _take(started, folder)
        finally:
            server.terminate()
            server.wait()


def _visit(name: str, url: str, options: tuple[str, ...]) -> None:
    command = [str(COMMAND), "check", "--persona", name, "--pin-stdin", "--server", url, *options]
    subprocess.run(command, input=find_persona(name).pin, text=True, capture_output=True, check=False)


def _arm(started: dict[str, str], wish: dict[str, object]) -> None:
    request = Request(
        f"{started['admin_url']}/admin/scenarios",
        data=json.dumps(wish).encode(),
        headers={"authorization": f"Bearer {started['admin_token']}", "content-type": "application/json"},
    )
    urlopen(request).close()


def _take(started: dict[str, str], folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or sys.exit("Chromium is not installed: apt install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 760}, locale="ja-JP", timezone_id="Asia/Tokyo")
        page.goto(started["console_url"])
        page.wait_for_selector("body[data-ready]")
        page.locator("#rows tr").nth(1).click()
        page.wait_for_selector("#detail ol.checks")
        _picture(page, folder / "console.png")
        page.locator("#tab-personas").click()
        page.wait_for_selector("#personas article")
        _picture(page, folder / "console-patients.png")
        page.locator("#lang").click()
        page.locator("#tab-scenarios").click()
        page.wait_for_selector("#armed")
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        _picture(page, folder / "console-troubles.png")
        browser.close()


def _picture(page: Page, path: Path) -> None:
    page.wait_for_timeout(1500)  # until the colour of a fresh row has faded
    page.screenshot(path=path)


if __name__ == "__main__":
    main()
