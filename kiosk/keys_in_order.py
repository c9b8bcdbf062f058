"""Keys typed faster than the screen follows: none overtakes an earlier one, none reaches a screen it was not typed for.

Textual hands a key to whatever has the focus when it arrives. Pressed right behind F2, F4 or an answer, that is still
the screen before: digits of a passcode would be answers of the patient. So a key of the patient's side works at once,
in the application's own turn, and what was typed behind it is held until that is done. What breaks if it is wrong: a
PIN is tried that nobody meant to type, or the drawer does not follow.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any, Final
from weakref import ref

from textual import events, on
from textual.message import Message
from textual.screen import Screen

from kiosk.guarded_app import GuardedApp
from kiosk.screens.frame import CounterScreen
from kiosk.screens.key_taking import KeyTaking
from kiosk.screens.messages import ThoughtOver
from kiosk.screens.overlays import Overlay
from kiosk.screens.view import View
from kiosk.widgets.choice import Choice
from kiosk.words import Words

LONGEST: Final = 64
"""Keys held at most: longer than any passcode and any search. What is typed beyond is dropped."""
_NEVER_HELD: Final = frozenset({"ctrl+q", "ctrl+c"})
_LAY_SHEETS: Final = frozenset({"f1", "ctrl+p"})
"""Keys that lay a sheet over any screen, not only over the patient's."""
_FIRST: Final = _NEVER_HELD | {"f4", "f6", "f8"}
"""Keys that end, and the door's: bound so that Textual itself asks for them first, in the application's own turn."""


class EarlierKeyDone(Message, bubble=False):
    """Everything that an earlier key set going has been handled by the application."""


class KeysInOrder(GuardedApp):
    """One key after another, on every screen."""

    def __init__(self, data_dir: Path, words: Words, *, without_colour: bool = False) -> None:
        """As `kiosk.guarded_app.GuardedApp` says. Raises RuntimeError: Textual's log or developer tools are on."""
        super().__init__(data_dir, words, without_colour=without_colour)
        self._held: deque[events.Key | events.Paste] = deque()
        self._holds = False
        self._behind: View | None = None
        """The view whose key the held ones were typed behind."""
        self._asked: ref[Screen[Any]] | None = None
        """The sheet that will say when it can take keys; what is held meanwhile is for it and for nothing else."""
        self._takes_keys: ref[Screen[Any]] | None = None
        """The last sheet that said so."""
        self._ponders: ref[Screen[Any]] | None = None
        """The sheet that was given a key which may have it wait for an answer; it says when it is ready for more."""
        self._is_uncovered = False
        """A sheet has just gone from above the patient's side: what it ended with may lay another one there."""

    def on_mount(self) -> None:
        """Hear of every sheet that comes and goes, at once."""
        self.screen_change_signal.subscribe(self, self._front_changed, immediate=True)

    def _front_changed(self, front: Screen[Any]) -> None:
        self._is_uncovered = isinstance(front, CounterScreen)
        if self._holds:
            self.call_next(self.keys_go_on)  # after whatever the sheet that went has ended with

    @on(ThoughtOver)
    def _thought_over(self, message: ThoughtOver) -> None:
        """A sheet has its answer."""
        self._ponders = None
        if message.refused:
            self.forget_keys()
        self.keys_go_on()

    @property
    def is_opening(self) -> bool:
        """Whether a sheet was asked for that cannot be made yet; `keys_go_on` is called once it is."""
        return False

    def keys_go_on(self) -> None:
        """Hand out what is held, after whatever the application has to do before."""
        self.post_message(EarlierKeyDone())

    def forget_keys(self) -> None:
        """What is held was for a sheet that does not come."""
        self._held.clear()

    async def on_event(self, event: events.Event) -> None:
        """Hold what was typed behind a key that is still at work."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded or not self.screen_stack:
            await super().on_event(event)
        elif self._holds and self._gives_up(event):
            self.forget_keys()
            await super().on_event(event)
        elif self._holds and not _leaves(event):
            self._keep(event)
        else:
            await self._hand_out(event)

    def _keep(self, event: events.Key | events.Paste) -> None:
        if len(self._held) < LONGEST:
            self._held.append(event)

    async def _hand_out(self, event: events.Key | events.Paste) -> None:
        """To the screen in front, unless that has to be waited for."""
        if self._lets_wait(event) or (not _leaves(event) and self._is_new(self.screen)):
            self._holds = True
            self._keep(event)
        elif not _leaves(event) and self._is_uncovered:
            self._holds, self._is_uncovered = True, False
            self._keep(event)
            self.keys_go_on()
        elif not isinstance(event, events.Key):
            await super().on_event(event)
        elif not await self._press(event.key):
            front = self.screen
            if isinstance(front, Overlay) and front.ponders(event.key):
                self._holds, self._ponders = True, ref(front)
            await super().on_event(event)

    def _lets_wait(self, event: events.Key | events.Paste) -> bool:
        """Whether the sheet in front waits for an answer, and the key for what follows on that."""
        key = event.key if isinstance(event, events.Key) else ""
        return not _leaves(event) and isinstance(self.screen, Overlay) and self.screen.lets_wait(key)

    def _gives_up(self, event: events.Key | events.Paste) -> bool:
        """Whether the sheet in front lets keys wait, but not this one."""
        front = self.screen
        return (
            isinstance(event, events.Key)
            and isinstance(front, Overlay)
            and front.lets_wait("")
            and not front.lets_wait(event.key)
        )

    def _is_new(self, screen: Screen[Any]) -> bool:
        """Whether a sheet may not have its focus yet; it says so when it has."""
        if len(self.screen_stack) == 1 or (self._takes_keys is not None and self._takes_keys() is screen):
            return False
        self._asked = ref(screen)
        return screen.call_later(self._can_take_keys, ref(screen))

    def _can_take_keys(self, screen: ref[Screen[Any]]) -> None:
        self._takes_keys = screen
        self.keys_go_on()

    async def _press(self, key: str) -> bool:
        """Do at once what the key does here; False where it is the focused widget's, or does nothing."""
        front = self.screen
        focused = front.focused
        if isinstance(front, KeyTaking) and isinstance(focused, Choice) and key not in ("enter", "space"):
            return await self._press_there(front, key)
        if isinstance(front, KeyTaking) and focused is not None and _is_function(key):
            self._holds = focused.call_later(self._press_there, front, key)  # behind what is being typed
            return self._holds
        if not isinstance(front, CounterScreen):
            return key in _LAY_SHEETS and await self._do_what_is_bound(key)
        is_typed_into = focused is not None and not isinstance(focused, Choice)
        if key in _FIRST or (is_typed_into and not _is_function(key)):
            return False
        self._holds, self._behind = True, front.view
        if isinstance(focused, Choice) and key in ("enter", "space"):
            focused.act()
            done = True
        else:
            done = front.view.press(key) or await self._do_what_is_bound(key)
        self.keys_go_on()
        return done

    async def _press_there(self, front: KeyTaking, key: str) -> bool:
        """The key's work on this screen; what that set going there, such as another page, comes before the next key."""
        done = front.take_key(key) or await self._do_what_is_bound(key)
        self._holds = front.call_later(self.keys_go_on)
        if not self._holds:
            self.keys_go_on()
        return done

    async def _do_what_is_bound(self, key: str) -> bool:
        bound = self.screen.active_bindings.get(key)
        return bound is not None and bound.enabled and await self.run_action(bound.binding.action, bound.node)

    @on(EarlierKeyDone)
    async def _go_on(self) -> None:
        """What is held goes where it was typed for, or nowhere."""
        front = self.screen
        if self.is_opening or (self._ponders is not None and self._ponders() is front):
            return
        self._ponders = None
        held, self._held, self._holds = self._held, deque(), False
        asked, self._asked = self._asked, None
        behind, self._behind = self._behind, None
        if asked is not None and asked() is not front:
            return  # the sheet went away before it could take anything
        for event in held:
            if self._holds:
                self._keep(event)
            elif behind is None or not isinstance(front, CounterScreen) or front.view is behind:
                await self._hand_out(event)
            elif front.view.was_typed_for(event, behind):
                await super().on_event(event)


def _leaves(event: events.Event) -> bool:
    return isinstance(event, events.Key) and event.key in _NEVER_HELD


def _is_function(key: str) -> bool:
    return key[:1] == "f" and key[1:].isdecimal()
