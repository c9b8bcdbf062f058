"""The door before every surface, and the rules of the frames: each by itself, without a browser."""

from __future__ import annotations

import asyncio
import json
import re
from importlib.resources import files

import pytest

from kiosk.web.answers import Page, PageText, static_files, with_door
from kiosk.web.connection import ForeignFrameError, parsed, size_of
from kiosk.web.door import Asked, Door, Refusal
from kiosk.web.errors import UnknownPageScriptError
from kiosk.web.seat import Seat

DOOR = Door(8767, token="t" * 43, key="k" * 43)
HOST = "127.0.0.1:8767"
ORIGIN = f"http://{HOST}"
COOKIE = f"madoguchi_counter_8767={'k' * 43}"


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (Asked([HOST], [], [], "t" * 43), None),
        (Asked([HOST], [], [COOKIE]), None),
        (Asked(["localhost:8767"], [], [COOKIE]), None),
        (Asked(["[::1]:8767"], ["http://[::1]:8767"], [COOKIE]), None),
        (Asked([HOST], [ORIGIN], [f"other=1; {COOKIE}"], "t" * 43, is_websocket=True), None),
        # the host
        (Asked([], [], [COOKIE]), Refusal.HOST),
        (Asked([HOST, HOST], [], [COOKIE]), Refusal.HOST),
        (Asked(["127.0.0.1"], [], [COOKIE]), Refusal.HOST),
        (Asked(["127.0.0.1:80"], [], [COOKIE]), Refusal.HOST),
        (Asked(["127.0.0.1.example.invalid:8767"], [], [COOKIE]), Refusal.HOST),
        (Asked(["0.0.0.0:8767"], [], [COOKIE]), Refusal.HOST),
        (Asked(["example.invalid:8767"], [], [], "t" * 43), Refusal.HOST),
        (Asked([HOST], [], [COOKIE], target="http://example.invalid/"), Refusal.HOST),
        (Asked([HOST], [], [COOKIE], target=f"http://{HOST}/"), Refusal.HOST),
        (Asked([HOST], [], [COOKIE], target="*"), Refusal.HOST),
        # the origin
        (Asked([HOST], ["http://example.invalid"], [COOKIE]), Refusal.ORIGIN),
        (Asked([HOST], ["null"], [COOKIE]), Refusal.ORIGIN),
        (Asked([HOST], ["http://127.0.0.1:8768"], [COOKIE]), Refusal.ORIGIN),
        (Asked([HOST], ["https://127.0.0.1:8767"], [COOKIE]), Refusal.ORIGIN),
        (Asked([HOST], ["http://localhost:8767"], [COOKIE]), Refusal.ORIGIN),
        (Asked([HOST], [ORIGIN, ORIGIN], [COOKIE]), Refusal.ORIGIN),
        (Asked([HOST], [], [COOKIE], "t" * 43, is_websocket=True), Refusal.ORIGIN),
        # the token and the key
        (Asked([HOST], [], []), Refusal.TOKEN),
        (Asked([HOST], [], [], "t" * 42), Refusal.TOKEN),
        (Asked([HOST], [], [], "k" * 43), Refusal.TOKEN),
        (Asked([HOST], [], [], "鍵"), Refusal.TOKEN),
        (Asked([HOST], [], [], "\udcff"), Refusal.TOKEN),
        (Asked([HOST], [], ['madoguchi_counter_8767="\udcff"']), Refusal.TOKEN),
        (Asked([HOST], [], [f"madoguchi_counter_8767={'t' * 43}"]), Refusal.TOKEN),
        (Asked([HOST], [], [f"madoguchi_counter_8768={'k' * 43}"]), Refusal.TOKEN),
        (Asked([HOST], [], ["madoguchi_counter_8767"]), Refusal.TOKEN),
        (Asked([HOST], [ORIGIN], [], "t" * 43, is_websocket=True), Refusal.TOKEN),
        (Asked([HOST], [ORIGIN], [COOKIE], is_websocket=True), Refusal.TOKEN),
        (Asked([HOST], [ORIGIN], [COOKIE], "k" * 43, is_websocket=True), Refusal.TOKEN),
    ],
)
def test_the_door_opens_for_the_printed_address_and_for_its_cookie_only(asked: Asked, refusal: Refusal | None) -> None:
    assert DOOR.refusal(asked) is refusal


def test_every_run_has_a_token_and_a_key_of_its_own() -> None:
    first, second = Door(1), Door(1)
    assert len({first.token, first.key, second.token, second.key}) == 4
    assert min(map(len, (first.token, first.key))) >= 43


def test_the_cookie_is_for_this_page_only() -> None:
    assert DOOR.cookie.split("; ")[1:] == ["Path=/", "HttpOnly", "SameSite=Strict"]


@pytest.mark.parametrize(
    "text", ["", "[", "{}", "[]", '{"stdin": "a"}', "[1]", '["stdin", "a", "b"]', '"stdin"', "[" * 9]
)
def test_what_is_no_frame_is_refused_without_its_words(text: str) -> None:
    with pytest.raises(ForeignFrameError) as refused:
        parsed(text)
    assert str(refused.value) == ""


def test_a_frame_is_a_word_and_a_value() -> None:
    assert parsed(json.dumps(["stdin", "協会\u3000太郎"])) == ("stdin", "協会\u3000太郎")
    assert parsed('["focus"]') == ("focus", None)


@pytest.mark.parametrize(
    ("text", "size"),
    [("120", 120), ("1", 1), ("1000", 1000), ("", 80), ("0", 80), ("1001", 80), ("-5", 80), ("１２", 80)],
)
def test_a_size_that_is_none_is_the_smallest_every_screen_fits_in(text: str, size: int) -> None:
    assert size_of(text, 80) == size


def test_the_library_s_script_has_exactly_one_place_for_the_door() -> None:
    script = files("textual_serve").joinpath("static", "js", "textual.js").read_text("utf-8")
    assert len(with_door(script)) > len(script)
    for other in ("", script + script):
        with pytest.raises(UnknownPageScriptError):
            with_door(other)


def test_nothing_the_page_is_made_of_names_an_address_elsewhere() -> None:
    page, policy = Page(PageText("ja", dict.fromkeys(WORDS, "word"))).render(HOST)
    found = static_files()
    for name in ("page.js", "page.css", "xterm.css", "icon.svg"):
        assert "//" not in without_comments(found[name].text).replace("ws://${location.host}", ""), name
    assert "//" not in page
    assert "googleapis" not in "".join(file.text for file in found.values()) + page
    assert "unsafe" not in policy
    assert "*" not in policy


def test_the_page_carries_no_script_and_no_style_of_its_own() -> None:
    page, _ = Page(PageText("ja", dict.fromkeys(WORDS, "word"))).render(HOST)
    for inline in ("<style", "style=", "onclick", "onload", "javascript:"):
        assert inline not in page.lower()
    assert page.count("<script") == page.count("<script src=") == 2


def test_words_on_the_page_are_words_and_no_markup() -> None:
    page, _ = Page(PageText("ja", dict.fromkeys(WORDS, "<b>&"))).render(HOST)
    assert "<b>" not in page


def test_each_page_has_a_nonce_of_its_own() -> None:
    made = Page(PageText("ja", dict.fromkeys(WORDS, "word")))
    assert made.render(HOST) != made.render(HOST)


class Sitter:
    """Sits until it is asked to leave; then the test frees the seat."""

    def __init__(self, tab: str) -> None:
        self.tab = tab
        self.asked = asyncio.Event()

    async def is_leaving(self, patience_s: float) -> bool:
        return self.asked.is_set()

    async def leave(self) -> None:
        self.asked.set()


async def test_there_is_one_seat_and_nobody_sits_down_before_it_is_free() -> None:
    seat, first, second, third = Seat(), Sitter("a"), Sitter("b"), Sitter("c")
    assert await seat.take(first, over=False)
    assert not await seat.take(second, over=False)
    assert not first.asked.is_set()
    taking = asyncio.create_task(seat.take(third, over=True))
    await asyncio.sleep(0)
    assert first.asked.is_set()
    assert not taking.done()
    seat.free(second)  # who does not sit frees nothing
    assert seat.sitter is first
    seat.free(first)
    assert await taking
    assert seat.sitter is third


async def test_a_tab_that_comes_back_takes_its_own_place() -> None:
    seat, first, again = Seat(), Sitter("a"), Sitter("a")
    assert await seat.take(first, over=False)
    taking = asyncio.create_task(seat.take(again, over=False))
    await asyncio.sleep(0)
    assert first.asked.is_set()
    seat.free(first)
    assert await taking


async def test_whoever_comes_while_another_tidies_up_waits() -> None:
    seat, first, second = Seat(), Sitter("a"), Sitter("b")
    assert await seat.take(first, over=False)
    first.asked.set()
    taking = asyncio.create_task(seat.take(second, over=False))
    clearing = asyncio.create_task(seat.clear())
    await asyncio.sleep(0)
    assert not taking.done()
    seat.free(first)
    assert await taking
    seat.free(second)
    await clearing


WORDS = (
    "title", "tools", "smaller", "larger", "spoken", "input", "waiting", "closed", "fault", "killed", "taken_over",
    "busy", "server", "lost", "again", "take_over", "too_long", "too_much", "not_cleared", "not_copied",
)  # fmt: skip


def without_comments(text: str) -> str:
    """Without comments, and without the name of the language of drawings, from which nothing is loaded."""
    return re.sub(r"/[*].*?[*]/|^ *// .*$|; // .*$|http://www.w3.org/2000/svg", "", text, flags=re.S | re.M)
