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
