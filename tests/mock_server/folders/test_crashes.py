"""Killed between any two steps: after the restart each request is answered once, each card has one face file.

The process ends before, and in another run after, each thing the worker does to a file or the store. A レセコン
collects whatever it finds at once, so that a file put there a second time would be seen.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from mock_server.callers import Caller
from mock_server.folders.places import Place
from mock_server.registry import tables
from mock_server.registry.ledger import Ledger
from mock_server.scenarios.arming import Order, arm
from tests.eventually import eventually
from tests.mock_server.conftest import INSTITUTION, Counter
from tests.mock_server.folders.conftest import Folders, Opener, Stand
from tests.mock_server.folders.requests import bulk_qualification, bulk_result, qualification

pytestmark = pytest.mark.broad

REQUEST = "OQSsiquc01req_202611200001.xml"
ANSWER = "OQSsiquc01res_202611200001.xml"
STEPS = ("write", "move", "remove", "sync", "begin", "append")
MOST_STEPS = 80


class Killed(BaseException):
    """The process is gone: nothing of ours runs any more."""


class Killer:
    """Lets a number of steps happen and ends the process before, or right after, the next."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, after: bool) -> None:
        self.left = 10**9
        self.after = after
        for name in STEPS:
            monkeypatch.setattr(Place, name, self._counted(getattr(Place, name)))
        monkeypatch.setattr(Ledger, "run_sync", self._counted(Ledger.run_sync))

    def _counted(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            if threading.current_thread() is not threading.main_thread():
                return step(*arguments, **options)  # the batch desk works on by itself
            self.left -= 1
            is_the_last = self.left == 0
            if is_the_last and not self.after:
                raise Killed
            done = step(*arguments, **options)
            if is_the_last:
                raise Killed
            return done

        return counted


@pytest.fixture(params=[False, True], ids=["before", "after"])
def killer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Killer:
    return Killer(monkeypatch, request.param)


def collect(folders: Folders, place: str) -> list[tuple[str, bytes]]:
    found = []
    for path in sorted((folders.root / place).iterdir()):
        found.append((path.name, path.read_bytes()))
        path.unlink()
    return found


def killed_at_every_step(
    open_folders: Opener,
    killer: Killer,
    root: Path,
    begin: Callable[[Folders], None],
    judge: Callable[[list[tuple[str, bytes]], list[tuple[str, bytes]]], None],
) -> None:
    """Play one thing through, killed at step 1, 2, 3 …, until it ends without the kill having come."""
    for steps in range(1, MOST_STEPS):
        at = root / str(steps)
        killer.left = 10**9
        first = open_folders(at=at)
        begin(first)
        killer.left = steps
        try:
            first.rounds(8)
            survived = True
        except Killed:
            survived = False
        killer.left = 10**9
        collected = [(place, collect(first, place)) for place in ("res", "face")]
        first.worker.stop()
        second = open_folders(at=at)
        second.rounds(8)
        again = [(place, collect(second, place)) for place in ("res", "face")]
        second.rounds(2)
        res, face = ([*dict(collected)[place], *dict(again)[place]] for place in ("res", "face"))
        assert second.names("req") == []
        judge(res, face)
        hidden = at / ".madoguchi"
        assert [path.name for path in (*(hidden / "taken").iterdir(), *(hidden / "ready").iterdir())] == []
        second.worker.stop()
        if survived:
            assert steps > 5
            return
    pytest.fail("it never ended by itself")


def test_a_request_is_answered_once_and_asked_once(
    open_folders: Opener, killer: Killer, tmp_path: Path, counter: Counter
) -> None:
    asked = len(counter.exchanges())

    def judge(res: list[tuple[str, bytes]], _: object) -> None:
        nonlocal asked
        assert [name for name, _ in res] == [ANSWER]
        assert res[0][1].endswith(b"</XmlMsg>\n")
        before, asked = asked, len(counter.exchanges())
        assert asked == before + 1

    killed_at_every_step(
        open_folders, killer, tmp_path, lambda folders: void(folders.put(REQUEST, qualification("taro"))), judge
    )


def test_a_refused_request_comes_back_once(
    open_folders: Opener, killer: Killer, tmp_path: Path, counter: Counter
) -> None:
    def judge(res: list[tuple[str, bytes]], _: object) -> None:
        assert [name for name, _ in res] == [REQUEST.replace(".xml", ".err"), REQUEST] or [name for name, _ in res] == [
            REQUEST,
            REQUEST.replace(".xml", ".err"),
        ]
        assert dict(res)[REQUEST] == b"<XmlMsg></XmlMsg>"

    killed_at_every_step(
        open_folders, killer, tmp_path, lambda folders: void(folders.put(REQUEST, b"<XmlMsg></XmlMsg>")), judge
    )
    outcomes = {row.outcome for row in counter.exchanges()}
    assert outcomes == {"MOCK-REQUEST-MESSAGE"}


def test_a_card_has_one_face_file(open_folders: Opener, killer: Killer, tmp_path: Path, counter: Counter) -> None:
    def judge(_: object, face: list[tuple[str, bytes]]) -> None:
        assert len(face) == 1

    killed_at_every_step(open_folders, killer, tmp_path, lambda _: void(counter.ask("taro")), judge)


def test_doubled_files_stay_two(open_folders: Opener, killer: Killer, tmp_path: Path, ledger: Ledger) -> None:
    def begin(folders: Folders) -> None:
        ledger.run_sync(lambda tx: arm(tx, Order("doubled")))
        folders.put(REQUEST, qualification("taro"))

    def judge(res: list[tuple[str, bytes]], _: object) -> None:
        assert len({name for name, _ in res}) == len(res) == 2

    killed_at_every_step(open_folders, killer, tmp_path, begin, judge)


def test_no_scenario_is_used_up_twice(open_folders: Opener, killer: Killer, tmp_path: Path, ledger: Ledger) -> None:
    """What was armed for one call strikes one, though the request was begun in one process and ended in another."""

    def begin(folders: Folders) -> None:
        ledger.run_sync(lambda tx: arm(tx, Order("failed")))
        folders.put(REQUEST, qualification("taro"))

    def judge(res: list[tuple[str, bytes]], _: object) -> None:
        assert b"MOCK-SERVICE-FAILED" in res[0][1]
        fired = select(func.sum(tables.armed.c.remaining))
        assert ledger.run_sync(lambda tx: tx.connection.execute(fired).scalar_one(), reads=True) == 0

    killed_at_every_step(open_folders, killer, tmp_path, begin, judge)


def test_an_upload_becomes_one_batch(open_folders: Opener, killer: Killer, tmp_path: Path, ledger: Ledger) -> None:
    batches = 0

    def judge(res: list[tuple[str, bytes]], _: object) -> None:
        nonlocal batches
        assert [name for name, _ in res] == ["OQSmuquc01res_1.xml"]
        before, batches = batches, count_of(ledger, tables.batch)
        assert batches == before + 1

    upload = bulk_qualification(["taro", "hanako"])
    killed_at_every_step(
        open_folders, killer, tmp_path, lambda folders: void(folders.put("OQSmuquc01req_1.xml", upload)), judge
    )


def test_the_result_of_an_upload_comes_once(
    open_folders: Opener, killer: Killer, tmp_path: Path, ledger: Ledger, stand: Stand
) -> None:
    first = open_folders()
    first.put("OQSmuquc01req_1.xml", bulk_qualification(["taro", "hanako"]))
    first.serve()
    first.worker.stop()
    [number] = ledger.run_sync(
        lambda tx: tx.connection.execute(select(tables.batch.c.reception_number)).scalars().all()
    )
    assert eventually(lambda: stand.batches.result(Caller(INSTITUTION), number).header.segment_of_result == "1")

    def judge(res: list[tuple[str, bytes]], _: object) -> None:
        assert [name for name, _ in res] == ["OQSmuquc02res_1.xml"]
        assert res[0][1].endswith(b"</XmlMsg>\n")
        assert "協会　花子" in res[0][1].decode("cp932")

    killed_at_every_step(
        open_folders,
        killer,
        tmp_path,
        lambda folders: void(folders.put("OQSmuquc02req_1.xml", bulk_result(number))),
        judge,
    )


def count_of(ledger: Ledger, table: Any) -> int:
    query = select(func.count()).select_from(table)
    return int(ledger.run_sync(lambda tx: tx.connection.execute(query).scalar_one(), reads=True))


def void(_: object) -> None:
    """For lambdas that do something."""
