"""Whoever waits for the end hears of it when it begins: what it has to let go of can hang for ever."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual import messages

from kiosk.guarded_app import RETURN_CODE_FAULT, GuardedApp
from kiosk.words import Words


class Hanging(GuardedApp):
    """Remembers with which code it was said that the end has begun, and how much of the end had come by then."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, Words("ja"))
        self.heard: list[int] = []
        self.unmounted = False
        self.when_told_to_end = lambda: self.heard.append(int(self.return_code or 0))

    def on_unmount(self) -> None:
        """Here the counter lets go of disk and reader."""
        self.unmounted = True
        assert self.heard, "nobody would end this by force"


def by_key(app: Hanging) -> None:
    app.exit()


def by_page(app: Hanging) -> None:
    app.post_message(messages.ExitApp())


def by_fault(app: Hanging) -> None:
    app._handle_exception(RuntimeError())
    app._exception = None  # the pilot would raise it again


@pytest.mark.parametrize(("end", "code"), [(by_key, 0), (by_page, 0), (by_fault, RETURN_CODE_FAULT)])
async def test_the_end_is_told_before_anything_is_let_go_of(
    end: Callable[[Hanging], None], code: int, tmp_path: Path
) -> None:
    app = Hanging(tmp_path)
    async with app.run_test():
        end(app)
        assert app.heard or end is by_page, "only the page's word waits in the queue"
    assert app.unmounted
    assert set(app.heard) == {code}
