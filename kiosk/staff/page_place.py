"""The right part of the staff side: a title, and one page at a time below it.

What breaks if it is wrong: a page that was made for one visit is put up in the next, or two stand at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import cached_property

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widgets import Static

from kiosk.screens.view import View
from kiosk.staff.page import Page


class PagePlace(Vertical):
    """Holds `body`; whatever took its place is gone, with everything in it."""

    def __init__(self, first: Callable[[], View], changed: Callable[[], Awaitable[None]]) -> None:
        """`first` makes what stands first. `changed` is waited for after each change, before anything is drawn."""
        super().__init__(id="side-right")
        self._first = first
        self._changed = changed
        self._one_at_a_time = asyncio.Lock()

    @cached_property
    def body(self) -> View:
        """What stands now. The first is made when somebody looks at it."""
        return self._first()

    def compose(self) -> ComposeResult:
        """The title, where the page has one, and the page."""
        yield Static(self._title(), id="side-title", classes="" if self._title() else "-none", markup=False)
        yield Container(self.body, id="side-page")

    def _title(self) -> str:
        return self.body.title if isinstance(self.body, Page) else ""

    async def put(self, make: Callable[[], View], *, over: type[View] = View) -> None:
        """Another page in place of the present one.

        One at a time, and made when it is its turn: by then the flow may have gone on. `over` is what may be replaced.
        """
        async with self._one_at_a_time:
            if not isinstance(self.body, over) or not self.is_attached:
                return
            holder = self.query_one("#side-page", Container)
            self.screen.set_focus(None)
            view = make()
            async with self.batch():
                await holder.remove_children()
                self.body = view
                await holder.mount(view)
                title = self.query_one("#side-title", Static)
                title.update(self._title())
                title.set_class(not self._title(), "-none")
                await self._changed()
            self.screen.set_focus(view.first_focus(), scroll_visible=False)
