"""Takes the pictures of the counter that the README shows: the real counter, drawn by a real browser.

Usage: python tools/counter_pictures.py [FOLDER]     Needs Chromium and fonts-noto-cjk. Writes counter-*.png into
docs/pictures or FOLDER.

The counter runs with `--web` on a fresh data folder, on a fixed morning of a working day; what is pressed below is what
a patient and the desk would press. A browser gives every letter its own cells, so that Japanese is as wide as in a good
terminal.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.small_png import small

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
COMMAND = Path(sys.executable).with_name("madoguchi")
ON: Final = "2026-11-20"
AT: Final = f"{ON}T10:40"
"""A Friday morning: help lines that staff would call are open, as they are when a patient stands there."""
SHOWS: Final = "which => document.querySelector('.xterm-rows')?.textContent.replaceAll('\\u00a0', ' ').includes(which)"
PASSCODE: Final = "2468"
PROMPTS: Final = {"ja": "係の画面を開きます", "en": "Open the staff side"}
"""The title of the sheet that asks for the passcode."""
CELL: Final = (9, 26)
"""A letter's width and height in pixels, as the page draws it."""
AROUND: Final = (8, 40)
"""What the page needs beside and above the terminal."""
STEADY: Final = 700
"""Milliseconds until a screen that was asked for is drawn whole."""


def main() -> None:
    """Play a little of a morning, and keep what is seen."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with counter("ja") as page:
        japanese(page, lambda name: keep(page, folder / f"counter-{name}.png"))
    with counter("en") as page:
        english(page, lambda name: keep(page, folder / f"counter-{name}.png"))


def japanese(page: Page, taken: Callable[[str], None]) -> None:
    """太郎 is received; 健太's membership has ended; a 資格確認書 is typed in."""
    place(page, 0, "暗証番号（4けた）")
    taken("method")
    press(page, "1", until="あと 3回")
    press(page, *"40")
    taken("pin")
    press(page, *"93", until="見せてもよいですか")
    press(page, "1", until="受付できました")
    taken("received")
    press(page, "1", until="お取りください")
    press(page, "F2", until="引き出し － ")
    press(page, "2", until="置いてください")
    place(page, 5, "暗証番号（4けた）")
    press(page, "1", until="あと 3回")
    press(page, *"2571", until="係を呼")
    size(page, 100, 30)
    unlock(page, "ja", "F4", until="資格(無効)")
    taken("staff")
    press(page, "6", until="お取りください")
    press(page, "F2", until="引き出し － ")
    press(page, "2", until="置いてください")
    size(page, 80, 24)
    unlock(page, "ja", "F8", until="どの書類を")
    press(page, "1", until="様式を選んで")
    press(page, *"01139997", "Enter", until="書類のとおりに")
    press(page, *"21700031", "Enter", *"2046", "Enter", *"01", "Enter")
    page.keyboard.insert_text("家族　和子")
    press(page, "Enter", *"S61.3.8", "Enter", "2", until="昭和61年3月8日")
    taken("paper")


def english(page: Page, taken: Callable[[str], None]) -> None:
    """Three wrong PINs, as in the README's five minutes."""
    place(page, 0, until="4-digit PIN")
    press(page, "1", until="3 tries")
    press(page, *"1111", until="2 tries")
    press(page, *"1111", until="One try")
    press(page, "1", until="last try")
    press(page, *"1111", until="is locked")
    taken("locked")
    unlock(page, "en", "F4", until="The PIN is locked")
    taken("staff-english")


def place(page: Page, down: int, until: str) -> None:
    """Take the card so many lines down out of the drawer and lay it on the reader."""
    press(page, "F2", until="53")
    press(page, *("ArrowDown",) * down)
    press(page, "1", until=until)


def unlock(page: Page, lang: str, key: str, until: str) -> None:
    """Go to the staff side, which has a passcode here."""
    press(page, key, until=PROMPTS[lang])
    page.wait_for_timeout(STEADY)
    press(page, *PASSCODE, "Enter", until=until)


def press(page: Page, *keys: str, until: str = "") -> None:
    """Press keys, and wait for words on the screen."""
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(60)
    if until:
        page.wait_for_function(SHOWS, arg=until, timeout=60_000)


def size(page: Page, columns: int, rows: int) -> None:
    """Give the terminal on the page so many columns and rows."""
    page.set_viewport_size({"width": columns * CELL[0] + AROUND[0], "height": rows * CELL[1] + AROUND[1]})
    page.wait_for_timeout(STEADY)


def keep(page: Page, picture: Path) -> None:
    """Keep the terminal, without what stands around it."""
    page.wait_for_timeout(STEADY)
    picture.write_bytes(small(page.locator(".xterm-screen").screenshot()))


@contextmanager
def counter(lang: str) -> Iterator[Page]:
    """A counter on a fresh data folder, and the page that shows it."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or sys.exit("Chromium is not installed: apt install chromium fonts-noto-cjk")
    options = ("--date", AT, "--lang", lang)
    with tempfile.TemporaryDirectory() as data:
        passcode = [str(COMMAND), "config", "passcode", "--stdin", "--data-dir", data]
        subprocess.run(passcode, input=PASSCODE, text=True, check=True, stdout=subprocess.DEVNULL)
        command = [str(COMMAND), "kiosk", "--web", "--web-port", "0", "--json", "--data-dir", data, *options]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            url = json.loads(server.stdout.readline())["url"]
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
                page = browser.new_page(locale="ja-JP")
                size(page, 80, 24)
                page.goto(url)
                page.wait_for_function(SHOWS, arg=ON, timeout=60_000)
                page.wait_for_timeout(STEADY)
                yield page
                browser.close()
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
