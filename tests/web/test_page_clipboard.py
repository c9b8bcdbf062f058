"""What the browser did not let the page take back is told, and taken back at the page's next sign of life."""

from __future__ import annotations

import pytest

from tests.web.conftest import NewPage, Serving

pytestmark = pytest.mark.daemon

REFUSING = """
window.refuse = false;
window.written = [];
navigator.clipboard.writeText = async text => {
    if (window.refuse) throw new DOMException("Document is not focused.", "NotAllowedError");
    window.written.push(text);
};
"""


def test_a_clear_the_browser_refused_is_told_and_done_at_the_next_key(new_page: NewPage, small: Serving) -> None:
    shown = new_page(1000, 760)
    shown.page.add_init_script(REFUSING)
    shown.open(small.url)
    shown.see("press here")
    shown.page.evaluate("navigator.clipboard.writeText('資格情報')")
    shown.page.evaluate("window.refuse = true; navigator.clipboard.writeText(' ')")
    shown.page.get_by_text("word not_cleared").wait_for(state="visible")
    shown.page.evaluate("window.refuse = false")
    shown.page.keyboard.press("a")
    shown.page.get_by_text("word not_cleared").wait_for(state="hidden")
    assert shown.page.evaluate("window.written") == ["資格情報", " "]


def test_a_copy_the_browser_refused_is_told(new_page: NewPage, small: Serving) -> None:
    shown = new_page(1000, 760)
    shown.page.add_init_script(REFUSING)
    shown.open(small.url)
    shown.see("press here")
    shown.page.evaluate("window.refuse = true; navigator.clipboard.writeText('資格情報')")
    shown.page.get_by_text("word not_copied").wait_for(state="visible")
    shown.page.evaluate("window.refuse = false; navigator.clipboard.writeText('資格情報')")
    shown.page.get_by_text("word not_copied").wait_for(state="hidden")


def test_what_was_copied_before_a_reload_is_cleared_after_it(new_page: NewPage, small: Serving) -> None:
    shown = new_page(1000, 760)
    shown.page.add_init_script(REFUSING)
    shown.open(small.url)
    shown.see("press here")
    shown.page.evaluate("navigator.clipboard.writeText('資格情報')")
    shown.page.reload()
    shown.see("press here")
    shown.press("a")
    shown.page.wait_for_function("window.written.length > 0")
    assert shown.page.evaluate("window.written") == [" "]
    assert "資格情報" not in str(shown.page.evaluate("Object.values(sessionStorage)"))


def test_what_was_copied_before_the_counters_end_is_cleared_at_it(new_page: NewPage, small: Serving) -> None:
    shown = new_page(1000, 760)
    shown.page.add_init_script(REFUSING)
    shown.open(small.url)
    shown.see("press here")
    shown.page.evaluate("navigator.clipboard.writeText('資格情報')")
    small.the_counter().kill()
    shown.ended()
    shown.page.wait_for_function("window.written.length > 1")
    assert shown.page.evaluate("window.written") == ["資格情報", " "]


def test_the_application_hears_what_became_of_its_text(new_page: NewPage, small: Serving) -> None:
    shown = new_page(1000, 760)
    shown.page.add_init_script(REFUSING)
    shown.open(small.url)
    shown.see("press here")
    shown.press("Control+y")
    shown.see("clipboard copied")
    shown.page.evaluate("window.refuse = true")
    shown.press("Control+e")
    shown.see("clipboard not_cleared")
    shown.page.evaluate("window.refuse = false")
    shown.press("a")
    shown.see("clipboard cleared")
    shown.page.evaluate("window.refuse = true")
    shown.press("Control+y")
    shown.see("clipboard not_copied")
    assert shown.page.evaluate("window.written") == ["資格情報", " "]
    assert not [frame for frame in shown.sent if "資格情報" in frame], "the text itself came back"


def test_another_word_about_the_clipboard_is_no_frame_of_the_page(new_page: NewPage, small: Serving) -> None:
    shown = new_page(1000, 760).open(small.url)
    shown.see("press here")
    shown.page.evaluate("""() => {
        const send = WebSocket.prototype.send;
        WebSocket.prototype.send = function () { send.call(this, JSON.stringify(["clipboard", "secret"])); };
    }""")
    shown.press("a")
    assert "word lost" in shown.ended()


def test_a_browser_that_allows_it_copies_and_clears_by_itself(new_page: NewPage, small: Serving) -> None:
    """The browser's own clipboard, nothing put in its place."""
    shown = new_page(1000, 760)
    shown.page.context.grant_permissions(["clipboard-write"])
    shown.open(small.url)
    shown.see("press here")
    shown.press("Control+y")
    shown.see("clipboard copied")
    shown.press("Control+e")
    shown.see("clipboard cleared")
    assert not shown.page.get_by_text("word not_cleared").is_visible()
