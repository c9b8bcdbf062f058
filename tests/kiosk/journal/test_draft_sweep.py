"""Half-typed forms leave the disk at closing time by themselves; the clock is the test's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from kiosk.journal.draft_store import DraftStore
from kiosk.journal.draft_sweep import DraftSweep
from tests.eventually import eventually
from tests.kiosk.journal.conftest import Desk
from tests.kiosk.journal.test_draft_store import CLOSING, PAIRS, drafts_of, files_of


@contextmanager
def sweeping(desk: Desk, store: DraftStore | None = None) -> Iterator[DraftSweep]:
    sweep = DraftSweep(store or drafts_of(desk), lambda: desk.clock, look_seconds=0.01)
    sweep.start()
    try:
        yield sweep
    finally:
        sweep.stop()


def test_a_draft_is_destroyed_at_closing_time_while_the_counter_runs(desk: Desk) -> None:
    drafts_of(desk).keep("portal", PAIRS)
    with sweeping(desk):
        desk.clock = CLOSING - timedelta(seconds=1)
        assert len(files_of(desk)) == 1
        desk.clock = CLOSING
        assert eventually(lambda: files_of(desk) == [])


def test_what_was_typed_after_closing_time_is_destroyed_at_midnight(desk: Desk) -> None:
    with sweeping(desk):
        desk.clock = CLOSING + timedelta(hours=1)
        drafts_of(desk).keep("portal", PAIRS)
        desk.clock = CLOSING.replace(hour=0, minute=0) + timedelta(days=1)
        assert eventually(lambda: files_of(desk) == [])


def test_a_draft_of_another_day_is_destroyed_at_the_start(desk: Desk) -> None:
    drafts_of(desk).keep("portal", PAIRS)
    desk.clock += timedelta(days=1)
    sweep = DraftSweep(drafts_of(desk), lambda: desk.clock, look_seconds=3600)
    sweep.start()
    assert files_of(desk) == []
    sweep.stop()


def test_a_draft_whose_time_is_over_is_destroyed_at_the_end_and_no_other(desk: Desk) -> None:
    drafts_of(desk).keep("portal", PAIRS)
    sweep = DraftSweep(drafts_of(desk), lambda: desk.clock, look_seconds=3600)
    sweep.start()
    sweep.stop()
    assert len(files_of(desk)) == 1, "its time is not over: the next start offers it"
    desk.clock = CLOSING
    sweep.stop()
    assert files_of(desk) == []


def test_a_disk_that_refuses_is_asked_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    store = drafts_of(desk)
    store.keep("portal", PAIRS)
    refused = threading.Event()

    def refuse() -> None:
        refused.set()
        raise OSError(30, "Read-only file system")

    with sweeping(desk, store):
        with monkeypatch.context() as patch:
            patch.setattr(store, "destroy_ended", refuse)
            desk.clock = CLOSING
            assert refused.wait(30)
        assert eventually(lambda: files_of(desk) == [])


def test_between_two_ends_the_folder_is_left_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    store = drafts_of(desk)
    sweep = DraftSweep(store, lambda: desk.clock, look_seconds=3600)
    sweep.start()
    looks: list[None] = []
    monkeypatch.setattr(store, "destroy_ended", lambda: looks.append(None))
    desk.clock = CLOSING - timedelta(minutes=1)
    sweep.look()
    assert looks == []
    desk.clock -= timedelta(days=1)
    sweep.look()
    assert len(looks) == 1, "a clock that was put back tells nothing: it is looked at once"
    sweep.stop()
