"""Takes the picture of the counter on its page that the documentation shows: the real counter in a real browser.

Usage: python tools/web_picture.py [FOLDER]     Needs Chromium. Writes web.png into docs/pictures or FOLDER.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMAND = Path(sys.executable).with_name("madoguchi")
OPTIONS = ("--persona", "taro", "--date", "2026-11-20T10:40", "--lang", "ja")
SHOWS = "which => document.querySelector('.xterm-rows')?.textContent.includes(which)"
METHOD, PIN_PAD = "暗証番号", "訂正"


def main() -> None:
    """Serve, place a card, look at the PIN pad."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        server = subprocess.Popen(
            [COMMAND, "kiosk", "--web", "--web-port", "0", "--json", "--data-dir", data, *OPTIONS],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout is not None
            take(json.loads(server.stdout.readline())["url"], folder / "web.png")
        finally:
            server.terminate()
            server.wait()


def take(url: str, picture: Path) -> None:
    """Open the page and keep what it shows."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(locale="ja-JP", viewport={"width": 1000, "height": 700})
        page.goto(url)
        page.wait_for_function(SHOWS, arg=METHOD)
        page.keyboard.press("1")
        page.wait_for_function(SHOWS, arg=PIN_PAD)
        page.keyboard.press("4")
        page.keyboard.press("0")
        page.wait_for_timeout(500)  # until the two keys are drawn
        page.screenshot(path=str(picture))
        browser.close()


if __name__ == "__main__":
    main()
