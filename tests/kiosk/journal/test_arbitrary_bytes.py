"""Whatever lies in a file of the journal, the counter starts, goes on recording, and `verify` says what is wrong."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.journal import JournalKeyError, verify
from kiosk.journal.draft_store import DraftStore
from kiosk.journal.head_file import usual_head_file
from kiosk.journal.outage_queue import OutageQueue
from kiosk.journal.purge import purge
from tests.kiosk.journal.conftest import Desk, a_visit
from tests.kiosk.journal.test_outage_queue import HANAKO, RUN
from tests.thoroughness import examples

spoils = st.tuples(
    st.sampled_from(["replace", "cut", "insert", "zeros"]), st.integers(0, 10_000), st.binary(max_size=300)
)
FILES = ("segment", "tombstone", "head", "open-visit", "queue", "draft", "key")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one of each file."""
    root = tmp_path_factory.mktemp("prepared")
    desk = Desk(root)
    journal = desk.journal()
    journal.prepare()
    for number in (1, 2):
        journal.record(a_visit(number))
        desk.clock += timedelta(days=1)
    journal.begin_visit(3)
    journal.record(a_visit(3))
    purge(desk.folder, desk.key_file, desk.clock.date() - timedelta(days=1), desk.clock)
    journal.close()
    queue_of(desk).put("four_items", 1, run=RUN, items=HANAKO)
    drafts_of(desk).keep("portal_screen", [("name", "窓口　花子")])
    return root


def queue_of(desk: Desk) -> OutageQueue:
    return OutageQueue(
        desk.folder.with_name("queue"), desk.key_file, now=lambda: desk.clock, random_bytes=desk.random_bytes
    )


def drafts_of(desk: Desk) -> DraftStore:
    return DraftStore(
        desk.folder.with_name("drafts"), desk.key_file, now=lambda: desk.clock, random_bytes=desk.random_bytes
    )


def file_of(desk: Desk, name: str) -> Path:
    match name:
        case "segment":
            return desk.segments()[-1]
        case "tombstone":
            return next(desk.folder.glob("*.purged"))
        case "head":
            return usual_head_file(desk.folder)
        case "open-visit":
            return desk.folder / "open-visit"
        case "queue":
            return desk.folder.with_name("queue") / "outage.queue"
        case "draft":
            return next(desk.folder.with_name("drafts").iterdir())
        case _:
            return desk.key_file


def spoiled(whole: bytes, way: str, place: int, junk: bytes) -> bytes:
    place %= len(whole) + 1
    match way:
        case "replace":
            return junk
        case "cut":
            return whole[:place]
        case "insert":
            return whole[:place] + junk + whole[place:]
        case _:
            return whole[:place] + bytes(len(whole) - place)


@settings(max_examples=examples(70), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(FILES), spoil=spoils)
def test_the_counter_goes_on(
    tmp_path_factory: pytest.TempPathFactory, prepared: Path, name: str, spoil: tuple[str, int, bytes]
) -> None:
    root = tmp_path_factory.mktemp("spoiled")
    shutil.copytree(prepared, root, dirs_exist_ok=True)
    desk = Desk(root)
    desk.clock += timedelta(days=3)
    file = file_of(desk, name)
    whole = file.read_bytes()
    content = spoiled(whole, *spoil)
    file.write_bytes(content)
    journal = desk.journal()
    try:
        journal.prepare()
    except JournalKeyError:
        assert name == "key"
        return
    journal.record(a_visit(9))
    queue = queue_of(desk)
    queue.put("four_items", 9, run=RUN, items=HANAKO)
    drafts_of(desk).keep("declaration", [("name", "窓口　花子")])
    journal.close()
    found = verify(desk.folder, desk.key_file, head_file=usual_head_file(desk.folder))
    assert found.entries[-1].visit == 9
    assert [one.visit for one in queue_of(desk).pending()][-1] == 9
    assert "declaration" in [one.form for one in drafts_of(desk).kept()]
    if content == whole:
        assert found.whole
        assert len(queue_of(desk).pending()) == 2
    shutil.rmtree(root)
