"""The page around an application: Japanese from an input method, the mouse, sizes, one page at a time, every end."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import psutil
import pytest
from rich.cells import cell_len

from tests.eventually import eventually
from tests.processes import is_gone, kill_hard
from tests.web.conftest import NewPage, Serving, serving_program
from tests.web.driving import CounterPage

pytestmark = pytest.mark.daemon

NAME = "協会\u3000太郎"
FIELD = (200, 80)
"""Pixels well inside the small application's field."""


def opened(new_page: NewPage, small: Serving, width: int = 1000, height: int = 760) -> CounterPage:
    """The small application with the cursor in its field."""
    shown = new_page(width, height).open(small.url)
    shown.see("press here")
    shown.page.mouse.click(*FIELD)
    return shown


def as_numbers(text: str) -> str:
    return "got " + " ".join(f"{ord(letter):04X}" for letter in text)


def test_what_an_input_method_commits_arrives_whole(new_page: NewPage, small: Serving) -> None:
    shown = opened(new_page, small)
    shown.compose("k", "きょうか", "協会\u3000た", NAME)
    shown.see(as_numbers(NAME))
    assert NAME in shown.typed(), "the commit did not come in one piece"
    assert not [typed for typed in shown.typed() if "きょうか" in typed], "what was not meant was sent"
    shown.compose("は", "花子")
    shown.see(as_numbers(NAME + "花子"))


def test_a_kitty_key_protocol_is_never_asked_for(new_page: NewPage, small: Serving) -> None:
    shown = opened(new_page, small)
    assert b"\x1b[>1u" not in shown.raw
    assert b"\x1b[=" not in shown.raw


def test_pasted_text_keeps_its_wide_blank(new_page: NewPage, small: Serving) -> None:
    shown = opened(new_page, small)
    shown.page.keyboard.insert_text(NAME)
    shown.see(as_numbers(NAME))


def paste(shown: CounterPage, text: str) -> None:
    """As the browser's own menu does."""
    shown.page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
            document.querySelector(".xterm-helper-textarea").dispatchEvent(event);
        }""",
        text,
    )


def test_a_paste_that_is_far_too_long_is_told_and_ends_nothing(new_page: NewPage, small: Serving) -> None:
    shown = opened(new_page, small)
    paste(shown, "協会")
    shown.see(as_numbers("協会"))
    paste(shown, "会" * 2_000_000)
    assert "word too_long" in shown.page.locator("body").inner_text()
    shown.type("a")
    shown.see(as_numbers("協会a"))
    assert "word too_long" not in shown.page.locator("body").inner_text()


def test_the_mouse_works(new_page: NewPage, small: Serving) -> None:
    shown = opened(new_page, small)
    shown.click("press here")
    shown.see("pressed")


def test_a_touch_is_a_click(new_page: NewPage, small: Serving) -> None:
    shown = new_page(touch=True).open(small.url)
    shown.tap("press here")
    shown.see("pressed")


def test_another_size_of_the_window_or_of_the_letters_keeps_what_was_typed(new_page: NewPage, small: Serving) -> None:
    shown = opened(new_page, small)
    shown.type("abc")
    shown.see(as_numbers("abc"))
    wide, high = shown.size
    for button, is_more in (("#larger", False), ("#smaller", True)):
        before = shown.size
        shown.page.locator(button).click()
        shown.until(lambda before=before: shown.size != before, "another size")  # type: ignore[misc]
        assert (shown.size[0] > before[0]) is is_more
        shown.see(f"size {shown.size[0]}x{shown.size[1]}")
    assert shown.size == (wide, high)
    shown.page.set_viewport_size({"width": 1400, "height": 900})
    shown.until(lambda: shown.size[0] > wide and shown.size[1] > high, "larger")
    shown.see(as_numbers("abc"))
    shown.type("d")
    shown.see(as_numbers("abcd"))


def test_the_tools_are_reached_from_the_keyboard_although_the_counter_takes_every_key(
    new_page: NewPage, small: Serving
) -> None:
    shown = opened(new_page, small)
    before = shown.size
    shown.press("Alt+Shift+L")
    shown.until(lambda: shown.size[0] < before[0], "larger letters")
    shown.press("Alt+Shift+S")
    shown.until(lambda: shown.size == before, "as before")
    shown.press("Alt+Shift+R")
    shown.page.wait_for_selector(".xterm-accessibility")
    shown.type("a")
    shown.see(as_numbers("a"))


@pytest.mark.parametrize(("width", "height"), [(700, 420), (1000, 420), (1000, 760), (2000, 1600)])
def test_every_screen_fits_whatever_the_window(new_page: NewPage, small: Serving, width: int, height: int) -> None:
    shown = opened(new_page, small, width, height)
    assert shown.size[0] >= 80
    assert shown.size[1] >= 24


PLACES = """which => {
    const row = [...document.querySelectorAll(".xterm-rows > div")].find(row => row.textContent.includes(which));
    const left = document.querySelector(".xterm-screen").getBoundingClientRect().left;
    const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode())
        [...node.data].forEach((letter, at) => {
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            found.push([letter, range.getBoundingClientRect().left - left]);
        });
    return found;
}"""


def test_every_letter_stands_in_its_own_cells(new_page: NewPage, small: Serving) -> None:
    """A kanji is as wide as two letters; brackets and points of full width are not drawn closer together."""
    shown = opened(new_page, small)
    text = "「（協会）、」ab・髙１c\u3000●d"
    paste(shown, text)
    shown.see(as_numbers(text))
    box = shown.page.locator(".xterm-screen").bounding_box()
    assert box is not None
    cell = box["width"] / shown.size[0]
    shown.page.wait_for_function("which => document.querySelector('.xterm-rows').textContent.includes(which)", arg="c")
    column = 0
    for letter, left in shown.page.evaluate(PLACES, "協会"):
        assert abs(left - column * cell) < 1.5, f"{letter} of {text}"
        column += cell_len(letter)
    assert column == shown.size[0]


def test_what_was_shown_is_gone_when_the_counter_is(new_page: NewPage, small: Serving) -> None:
    shown = opened(new_page, small)
    shown.type("abc")
    shown.page.wait_for_function("() => document.querySelector('.xterm-rows').textContent.includes('0061 0062 0063')")
    kill_hard(small.the_counter())
    shown.ended()
    shown.page.wait_for_function("() => document.querySelector('.xterm-rows').textContent.trim() === ''")


def test_a_screen_reader_finds_the_text_when_it_is_asked_for(new_page: NewPage, small: Serving) -> None:
    shown = opened(new_page, small)
    assert shown.page.locator("html").get_attribute("lang") == "ja"
    assert shown.page.locator(".xterm-helper-textarea").get_attribute("aria-label") == "word input"
    assert shown.page.locator(".xterm-accessibility").count() == 0
    shown.page.locator("#spoken").click()
    shown.page.wait_for_selector(".xterm-accessibility")
    assert shown.page.locator("#spoken").get_attribute("aria-pressed") == "true"
    assert "Too much" not in shown.page.locator("body").inner_text()
    shown.type("abc")
    shown.see("got 0061")
    shown.page.wait_for_function(
        "() => document.querySelector('.xterm-accessibility').textContent.includes('0061 0062 0063')"
    )
    shown.page.reload()
    shown.page.wait_for_selector(".xterm-accessibility")


def test_the_page_opens_no_other_and_gives_out_no_file(new_page: NewPage, small: Serving) -> None:
    shown = opened(new_page, small)
    shown.press("Control+g")
    shown.see("left")
    shown.page.evaluate("window.open('https://example.invalid/')")
    assert len(shown.page.context.pages) == 1
    assert {url.split("/")[2] for url in shown.requests} == {small.authority}


def test_a_second_browser_is_told_and_may_take_over(new_page: NewPage, small: Serving) -> None:
    first = opened(new_page, small)
    first.type("abc")
    first.see(as_numbers("abc"))
    began = small.the_counter()
    second = new_page().open(small.url)
    assert "word busy" in second.ended()
    assert not is_gone(began), "whoever came first goes on"
    first.type("d")
    first.see(as_numbers("abcd"))
    second.page.locator("#over-take").click()
    assert "word taken_over" in first.ended()
    second.see("press here")
    assert is_gone(began)
    assert len(small.counters()) == 1
    assert "0061" not in second.text()
    first.page.locator("#over-take").click()
    assert "word taken_over" in second.ended()
    first.see("press here")


def test_closing_the_browser_ends_the_application(new_page: NewPage, small: Serving) -> None:
    shown = opened(new_page, small)
    began = small.the_counter()
    shown.page.context.close()
    assert eventually(lambda: is_gone(began))
    assert small.counters() == []


def test_another_tab_without_the_printed_address_gets_no_counter(new_page: NewPage, small: Serving) -> None:
    """The cookie alone opens the page, and nothing behind it."""
    shown = opened(new_page, small)
    other = CounterPage(shown.page.context).open(f"{small.origin}/")
    assert "word lost" in other.ended()
    assert len(small.counters()) == 1


def test_a_reload_begins_anew_with_one_application(new_page: NewPage, small: Serving) -> None:
    shown = opened(new_page, small)
    began = small.the_counter()
    for _ in range(3):
        shown.page.reload()
    shown.see("press here")
    assert is_gone(began)
    assert len(small.counters()) == 1


def test_an_application_that_was_killed_is_told_and_can_be_started_again(new_page: NewPage, small: Serving) -> None:
    shown = opened(new_page, small)
    shown.type("abc")
    shown.see(as_numbers("abc"))
    kill_hard(small.the_counter())
    assert "word killed" in shown.ended()
    shown.page.locator("#again").click()
    shown.see("press here")
    assert "0061" not in shown.text()
    assert shown.complaints == []


def test_an_application_that_was_closed_is_told(new_page: NewPage, small: Serving) -> None:
    shown = opened(new_page, small)
    shown.press("Control+q")
    assert "word closed" in shown.ended()
    assert shown.page.locator("#again").is_visible()
    assert not shown.page.locator("#over-take").is_visible()


def test_sigterm_ends_the_server_and_the_application_in_order(new_page: NewPage, tmp_path: Path) -> None:
    with serving_program(tmp_path, sys.executable, "-m", "tests.web.small_app") as serving:
        shown = opened(new_page, serving)
        shown.type("abc")
        shown.see(as_numbers("abc"))
        began = serving.the_counter()
        ended = serving.end()
        assert (ended.code, ended.out, ended.err) == (0, "", "")
        assert is_gone(began)
        assert "word server" in shown.ended()
        assert not shown.page.locator("#again").is_visible(), "nothing on the page can start what is gone"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_an_application_outlives_no_server(number: signal.Signals, new_page: NewPage, tmp_path: Path) -> None:
    """Killed outright, the server can tell nobody: the application notices by itself."""
    with serving_program(tmp_path, sys.executable, "-m", "tests.web.small_app") as serving:
        shown = opened(new_page, serving)
        began = serving.the_counter()
        psutil.Process(serving.process.pid).send_signal(number)
        if number is signal.SIGSTOP:  # it stood still for a while, and was then killed with the pipe full
            shown.type("abc" * 20)
            psutil.Process(serving.process.pid).kill()
        assert eventually(lambda: is_gone(began))
        assert "word lost" in shown.ended()


def test_a_program_that_cannot_start_says_why(new_page: NewPage, tmp_path: Path) -> None:
    cannot = "import sys; sys.exit('the folder cannot be used')"
    with serving_program(tmp_path, sys.executable, "-c", cannot) as serving:
        shown = new_page().open(serving.url)
        told = shown.ended()
        assert "word fault" in told
        assert "the folder cannot be used" in told
        assert shown.page.locator("#again").is_visible()


def test_what_is_no_frame_of_the_page_ends_the_connection(new_page: NewPage, small: Serving) -> None:
    shown = opened(new_page, small)
    began = small.the_counter()
    shown.page.evaluate("""() => {
        const send = WebSocket.prototype.send;
        WebSocket.prototype.send = function () { send.call(this, JSON.stringify({stdin: "abc"})); };
    }""")
    shown.press("a")
    assert "word lost" in shown.ended()
    assert eventually(lambda: is_gone(began))


def test_keys_reach_no_output_and_no_file(new_page: NewPage, tmp_path: Path) -> None:
    secret = "7261"
    with serving_program(tmp_path, sys.executable, "-m", "tests.web.small_app") as serving:
        shown = opened(new_page, serving)
        shown.type(secret)
        shown.see(as_numbers(secret))
        shown.press("Control+k")
        shown.ended()
        ended = serving.end()
    assert ended.out == ""
    assert ended.err == ""
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in kept if secret in path.read_text("utf-8", "replace")] == []
    assert json.loads(shown.sent[0])[0] == "resize"
