"""The PIN: in no widget, message, id, text or file; wiped wherever it ends (design.md §2)."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.message import Message

from kiosk.flow import states as st
from kiosk.flow.events import PinEntered
from kiosk.screens.messages import FlowEvent
from kiosk.widgets.pin_pad import PadWords, PinPad
from reader.pin import PinHandle
from tests.kiosk.screens.driving import counter
from tests.kiosk.screens.fakes import Outside
from tests.kiosk.screens.test_visit_by_card import PAD


class PadAlone(App[None]):
    """The pad by itself, with what it posted."""

    def __init__(self) -> None:
        super().__init__()
        self.handles: list[PinHandle] = []

    def compose(self) -> ComposeResult:
        yield PinPad(PadWords("訂正", str, 3))

    def on_pin_pad_completed(self, message: PinPad.Completed) -> None:
        self.handles.append(message.handle)


def digits_in(handle: PinHandle) -> bytes:
    with handle.spend() as digits:
        return bytes(digits)


async def test_four_digits_complete_and_the_pad_is_wiped() -> None:
    app = PadAlone()
    async with app.run_test() as pilot:
        pad = app.query_one(PinPad)
        pad.focus()
        await pilot.press("4", "6", "1", "9")
        await pilot.pause()
        assert [digits_in(handle) for handle in app.handles] == [b"4619"]
        assert pad.typed == 0
        assert pad._buffer == bytearray(4)


async def test_full_width_digits_and_corrections() -> None:
    app = PadAlone()
    async with app.run_test() as pilot:
        pad = app.query_one(PinPad)
        pad.focus()
        await pilot.press("９", "x", "backspace", "４", "６", "minus", "6", "1", "９")
        await pilot.pause()
        assert [digits_in(handle) for handle in app.handles] == [b"4619"]


async def test_every_key_of_the_drawn_pad_can_be_pressed_with_the_mouse() -> None:
    app = PadAlone()
    async with app.run_test() as pilot:
        for label in ("1", "2", "3", "correct", "3", "4", "5", "6", "7", "8", "9", "0", "0", "0"):
            await pilot.click(PinPad, offset=PAD[label])
        await pilot.pause()
        assert [digits_in(handle) for handle in app.handles] == [b"1234", b"5678", b"9000"]


async def test_nothing_is_pasted_into_the_pad() -> None:
    app = PadAlone()
    async with app.run_test() as pilot:
        pad = app.query_one(PinPad)
        pad.focus()
        app.post_message(events.Paste("4619"))
        await pilot.pause()
        assert pad.typed == 0


async def test_a_pad_that_leaves_the_screen_is_wiped() -> None:
    app = PadAlone()
    async with app.run_test() as pilot:
        pad = app.query_one(PinPad)
        pad.focus()
        await pilot.press("4", "6", "1")
        buffer = pad._buffer
        assert buffer[:3] == b"461"
        await pad.remove()
        assert buffer == bytearray(4)


async def test_the_picture_depends_on_the_number_of_digits_only() -> None:
    pictures = []
    for pin in ("461", "085"):
        app = PadAlone()
        async with app.run_test() as pilot:
            app.query_one(PinPad).focus()
            await pilot.press(*pin)
            pictures.append([strip.text for strip in app.screen._compositor.render_strips()])
    assert pictures[0] == pictures[1]


OURS = "kiosk."


def ours(messages: list[Message]) -> Iterator[Message]:
    """Messages of our own classes; Textual's key events are never written anywhere (its log is refused)."""
    return (message for message in messages if type(message).__module__.startswith(OURS))


def reprs(thing: Any) -> str:
    return repr(thing) + repr(getattr(thing, "__dict__", "")) + repr(getattr(thing, "event", ""))


def named(digits: str, text: str) -> bool:
    """Whether the digits stand in `text` as a number of their own: not within an address or a measure of time."""
    return re.search(rf"(?<![0-9a-fx.]){digits}(?![0-9a-f])", text) is not None


@pytest.mark.parametrize("pin", ["4619", "7358"])
async def test_no_widget_message_or_file_holds_the_digits(tmp_path: Path, pin: str) -> None:
    outside = Outside()
    outside.shelf.stock["taro"].pin = pin.encode()
    outside.desk.verify_gate.clear()
    async with counter(tmp_path, outside) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        await desk.press(*pin[:3])
        for widget in desk.app.screen.walk_children():
            pad = isinstance(widget, PinPad)
            held = {name: value for name, value in vars(widget).items() if not (pad and name == "_buffer")}
            assert not named(pin[:3], repr(held) + repr(widget) + str(widget.id))
        await desk.press(pin[3])
        await desk.reach(st.VerifyingPin)
        assert pin not in repr(desk.app.counter)
        assert "".join(f"*{digit}" for digit in pin) not in desk.text()
        outside.desk.verify_gate.set()
        await desk.reach(st.ShowingAnswer)
        assert any(isinstance(message, FlowEvent) for message in ours(desk.messages))
        assert not any(pin in reprs(message) for message in ours(desk.messages))
        assert pin not in desk.text()
        assert pin not in "".join(entry.__repr__() for entry in outside.journal.entries)
    assert not any(pin in file.read_text() for file in tmp_path.rglob("*") if file.is_file())


async def test_what_the_screens_paint_is_the_same_for_two_pins(tmp_path: Path) -> None:
    async def run(pin: str) -> list[str]:
        outside = Outside()
        outside.shelf.stock["taro"].pin = pin.encode()
        pictures = []
        async with counter(tmp_path / pin, outside) as desk:
            await desk.to_pin()
            await desk.reach(st.EnteringPin)
            for digit in pin:
                pictures.append(desk.text())
                await desk.press(digit)
            await desk.reach(st.ShowingAnswer)
            pictures.append(desk.text())
        return pictures

    assert await run("4619") == await run("8073")


async def test_a_last_digit_that_crosses_with_another_key_is_wiped(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        await desk.to_pin()
        await desk.reach(st.EnteringPin)
        view = desk.view
        await desk.press("escape")
        await desk.reach(st.ChoosingMethod)
        buffer = bytearray(b"4619")
        handle = PinHandle(buffer)
        desk.app.post_message(FlowEvent(view.setting.visit, PinEntered(handle), by_key=True))
        await desk.until(lambda: digits_left(handle) == 0, "wiped")


def digits_left(handle: PinHandle) -> int:
    return sum(map(len, handle._buffers))


async def test_a_fault_in_the_pin_path_ends_without_digits_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: PinPad, value: int) -> None:
        raise RuntimeError(f"digit {value}{value}{value}{value}")

    monkeypatch.setattr(PinPad, "_take", fails)

    async def run() -> None:
        async with counter(tmp_path) as desk:
            await desk.to_pin()
            await desk.reach(st.EnteringPin)
            await desk.press("7")
            await desk.pilot.pause()

    with pytest.raises(RuntimeError):
        await run()
    report = next((tmp_path / "crash").glob("crash-*.txt")).read_text()
    assert "builtins.RuntimeError" in report
    assert "7777" not in report


def test_a_handle_cannot_be_copied_out_of_a_message() -> None:
    message = FlowEvent(1, PinPad.Completed(PinHandle(bytearray(b"4619"))))  # type: ignore[arg-type]
    for take in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            take(message.event.handle)  # type: ignore[union-attr]
