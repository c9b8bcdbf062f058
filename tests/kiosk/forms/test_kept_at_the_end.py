"""A half-typed paper is kept when the counter ends, whatever ends it, and F8 offers it at the next start."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.app import KioskApp
from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.counter import Counter as CounterState
from kiosk.flow.counter import Happened
from kiosk.flow.half_typed import end_counter
from kiosk.flow.machine import advance
from kiosk.journal.draft_store import DraftStore
from kiosk.services.interfaces import Services
from kiosk.staff.adapters import Drafts
from tests.kiosk.forms.test_at_the_counter import at, texts, to_form
from tests.kiosk.screens.driving import Counter, counter
from tests.kiosk.screens.fakes import TODAY, Outside

TYPED = {"insurer_number": "01139997", "symbol": "123"}
KEPT = {**TYPED, "at": "symbol"}


class WithDrafts(Outside):
    """The fakes, and a real store of drafts in `folder`."""

    folder: Path

    @property
    def store(self) -> DraftStore:
        return DraftStore(self.folder / "drafts", self.folder / "key", now=lambda: TODAY, random_bytes=os.urandom)

    def load(self) -> Services:
        services = super().load()
        assert services.staff is not None
        return replace(services, drafts=self.store, staff=replace(services.staff, drafts=Drafts(self.store)))


@pytest.fixture
def outside(tmp_path: Path) -> WithDrafts:
    made = WithDrafts()
    made.folder = tmp_path
    return made


def fails(desk: Counter) -> None:
    """A fault of the screens."""
    desk.app._handle_exception(ValueError())
    desk.app._exception = None  # the pilot would raise it


END: list[Callable[[Counter], None]] = [lambda desk: desk.app.exit(), fails]


@pytest.mark.parametrize("end", END, ids=["asked to end", "fault"])
async def test_what_is_half_typed_at_the_end_is_offered_at_the_next_start(
    tmp_path: Path, outside: WithDrafts, end: Callable[[Counter], None]
) -> None:
    async with counter(tmp_path, outside) as desk:
        await to_form(desk)
        await desk.press(*"123")
        end(desk)
        ended: KioskApp = desk.app
    assert ended.has_kept_form
    (kept,) = outside.store.kept()
    assert dict(kept.draft) == KEPT
    async with counter(tmp_path, outside) as desk:
        await desk.press("f8")
        await at(desk, st.ChoosingPaper)
        await desk.until(lambda: "入力しかけ" in desk.text(), "offered")
        await desk.press("full_stop")
        await at(desk, st.TypingPaper)
        assert texts(desk) == TYPED
        await desk.press("4")
        assert texts(desk) == {**TYPED, "symbol": "1234"}, "one goes on where one was"


def test_what_was_typed_since_it_was_taken_up_is_not_lost_by_taking_it_up_again() -> None:
    older, newer = (("number", "1"),), (("number", "12"),)
    taken_up = ev.DraftResumed("certificate_other", older, "kept")
    now = CounterState()
    for event in (ev.ManualRequested(), taken_up, ev.Back(newer), taken_up):
        now = advance(now, Happened(event, now.visit)).counter
    assert isinstance(now.state, st.TypingPaper)
    assert now.state.draft == newer


def test_a_paper_that_was_taken_up_is_kept_anew_before_the_older_one_goes() -> None:
    now = CounterState()
    for event in (ev.ManualRequested(), ev.DraftResumed("certificate_other", (("number", "1"),), "older")):
        now = advance(now, Happened(event, now.visit)).counter
    effects = end_counter(now, (("number", "12"),))
    assert effects[0] == do.KeepDraft(now.visit, "certificate_other", (("number", "12"),))
    assert effects[-1] == do.DropDraft(now.visit, "older")


def test_a_counter_that_ends_with_nothing_typed_keeps_nothing() -> None:
    now = advance(CounterState(), Happened(ev.ManualRequested(), 1)).counter
    for counter_then in (CounterState(), now):
        assert not [effect for effect in end_counter(counter_then) if isinstance(effect, do.KeepDraft)]
