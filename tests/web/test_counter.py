"""The counter itself on the page: a whole visit, a form in Japanese, and what is kept when it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.cli.composition import journal_key_path
from kiosk.journal import read
from mock_server.personas import find_persona
from tests.eventually import eventually
from tests.processes import is_gone, kill_hard
from tests.web.conftest import NewPage, Serving, serving_counter
from tests.web.driving import ANSWER, LETTERS, METHOD

pytestmark = pytest.mark.daemon

PIN = find_persona("taro").pin
NAME = "協会\u3000太郎"


def test_a_whole_visit_by_card_without_one_foreign_request(new_page: NewPage, counter: Serving) -> None:
    shown = new_page().open(counter.url)
    shown.visit(PIN)
    assert {url.split("/")[2] for url in shown.requests} == {counter.authority}
    assert shown.complaints == []
    assert not (counter.data_dir / "crash").exists()
    assert shown.page.url == f"{counter.origin}/", "the token stays in the address bar"


def test_a_visit_with_the_mouse(new_page: NewPage, counter: Serving) -> None:
    shown = new_page().open(counter.url)
    shown.click(METHOD)
    for digit in PIN:
        shown.click(rf"(?<=\s){digit}(?=\s)")
    shown.go_on(ANSWER)


def test_japanese_from_an_input_method_stands_in_the_form(new_page: NewPage, tmp_path: Path) -> None:
    with serving_counter(tmp_path) as serving:
        shown = new_page().open(serving.url)
        shown.open_form()
        shown.compose("きょうか", "協会た", NAME)
        shown.see(NAME)
        wide, _ = shown.size
        shown.page.set_viewport_size({"width": 1500, "height": 900})
        shown.until(lambda: shown.size[0] > wide, "wider")
        shown.see(LETTERS)
        assert NAME in shown.see(NAME)
        shown.page.set_viewport_size({"width": 1000, "height": 760})
        shown.until(lambda: shown.size[0] == wide, "as before")
        shown.see(NAME)


def test_closing_the_browser_ends_the_counter_and_the_next_one_begins_clean(
    new_page: NewPage, counter: Serving
) -> None:
    shown = new_page().open(counter.url)
    shown.visit(PIN)
    began = counter.the_counter()
    shown.page.context.close()
    again = new_page().open(counter.url)
    again.see(METHOD)
    assert is_gone(began)
    assert not (counter.data_dir / "crash").exists()


def test_a_visit_that_was_shown_is_kept_whatever_ends_the_counter(new_page: NewPage, tmp_path: Path) -> None:
    with serving_counter(tmp_path, "--persona", "taro") as serving:
        journal = (serving.data_dir / "journal", journal_key_path(serving.data_dir))
        shown = new_page().open(serving.url)
        shown.visit(PIN)
        shown.page.reload()
        shown.see(METHOD)
        kept = len(read(*journal))
        assert kept >= 1
        shown.visit(PIN)
        kill_hard(serving.the_counter())
        shown.ended()
        assert len(read(*journal)) > kept
        shown.page.locator("#again").click()
        shown.see(METHOD)
        assert len(read(*journal)) > kept


def test_a_counter_that_was_killed_is_told_on_the_page_and_can_be_opened_again(
    new_page: NewPage, counter: Serving
) -> None:
    shown = new_page().open(counter.url)
    shown.see(METHOD)
    kill_hard(counter.the_counter())
    assert "急に止まりました" in shown.ended()
    shown.page.locator("#again").click()
    shown.see(METHOD)


def test_sigterm_ends_everything_with_zero_and_nothing_was_said_but_the_address(
    new_page: NewPage, tmp_path: Path
) -> None:
    with serving_counter(tmp_path, "--persona", "taro") as serving:
        shown = new_page().open(serving.url)
        shown.visit(PIN)
        began = serving.the_counter()
        ended = serving.end()
        assert (ended.code, ended.out, ended.err) == (0, "", "")
        assert is_gone(began)
        assert "madoguchi kiosk --web" in shown.ended()


def test_a_killed_server_leaves_no_counter(new_page: NewPage, tmp_path: Path) -> None:
    with serving_counter(tmp_path, "--persona", "taro") as serving:
        shown = new_page().open(serving.url)
        shown.see(METHOD)
        began = serving.the_counter()
        serving.process.kill()
        assert eventually(lambda: is_gone(began))
        assert not (serving.data_dir / "crash").exists(), "it ended in order"
