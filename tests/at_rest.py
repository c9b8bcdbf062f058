"""How a test waits for a screen: until every widget has nothing more to do, which is looked at and not asked for.

Textual's pilot asks: it puts a message into the queue of every widget and waits until all are answered. With fifty
widgets, three times for a key, this is much of what a test of a whole visit costs; and what a widget has sent to
another one meanwhile is not waited for. What breaks if it is wrong: a test goes on before the screen has followed, or
waits for something that never comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any, Final
from unittest import mock

from textual.app import App, ScreenStackError
from textual.message_pump import MessagePump
from textual.pilot import Pilot, WaitForScreenTimeout

COMPARED_WITH: Final = "8.2."
"""The Textual whose queues these are; with any other the pilot asks as it always did."""
_KNOWN: Final = version("textual").startswith(COMPARED_WITH)
_QUICK_LOOKS: Final = 200
"""So often one look follows another; whoever is not done then waits for a thread, and so do we."""
_BETWEEN_LOOKS: Final = 0.002


def _rests(pump: MessagePump) -> bool:
    """Whether it waits for its next message, or takes none any more."""
    if pump._closing or pump._closed:
        return True
    queue: Any = pump._message_queue
    return queue.empty() and bool(queue.ready_event._waiters) and not pump._next_callbacks


def _all_rest(app: App[Any]) -> bool:
    try:
        screen = app.screen
    except ScreenStackError:
        return True
    return _rests(app) and all(map(_rests, screen.walk_children(with_self=True)))


async def wait_for_screen(pilot: Pilot[Any], timeout: float = 30.0) -> bool:
    """In place of Textual's: False where the application stopped with an exception. Raises WaitForScreenTimeout."""
    app, clock = pilot.app, asyncio.get_running_loop().time
    last = clock() + timeout
    looks = 0
    await asyncio.sleep(0)
    while not _all_rest(app):
        if app._exception is not None:
            return False
        if clock() > last:
            raise WaitForScreenTimeout("some widget is still at work")
        looks += 1
        await asyncio.sleep(0 if looks < _QUICK_LOOKS else _BETWEEN_LOOKS)
    return app._exception is None


@contextmanager
def looked_at() -> Iterator[None]:
    """As long as it lasts every pilot looks instead of asking."""
    if not _KNOWN:
        yield
        return
    with mock.patch.object(Pilot, "_wait_for_screen", wait_for_screen):
        yield
