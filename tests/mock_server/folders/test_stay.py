"""Files nobody collects: removed after the stay time with a notice; what is gone was collected."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from mock_server.registry import tables
from mock_server.registry.ledger import Ledger
from tests.mock_server.conftest import TODAY, Counter
from tests.mock_server.folders.conftest import Folders, Opener
from tests.mock_server.folders.requests import qualification

REQUEST = "OQSsiquc01req_202611200001.xml"
ANSWER = "OQSsiquc01res_202611200001.xml"
NOTICE = "del_OQSsiquc01res_202611200001.txt"


def states(ledger: Ledger, table: Any = tables.folder_answer) -> list[str]:
    return [row.state for row in ledger.run_sync(lambda tx: tx.connection.execute(select(table)).all(), reads=True)]


def test_an_answer_lies_for_the_stay_time_and_is_removed_with_a_notice(folders: Folders, ledger: Ledger) -> None:
    folders.put(REQUEST, qualification("taro"))
    folders.serve()
    folders.clock.at = TODAY + timedelta(minutes=1439)
    folders.rounds()
    assert folders.names("res") == [ANSWER]
    folders.clock.at = TODAY + timedelta(minutes=1441)
    folders.rounds()
    assert folders.names("res") == [NOTICE]
    assert ANSWER in folders.content(NOTICE).decode("cp932")
    assert states(ledger) == ["expired"]


def test_the_stay_time_goes_on_over_a_restart(open_folders: Opener, ledger: Ledger) -> None:
    first = open_folders(stay_minutes=60)
    first.put(REQUEST, qualification("taro"))
    first.serve()
    first.worker.stop()
    first.clock.at = TODAY + timedelta(minutes=61)
    second = open_folders(stay_minutes=60)
    second.rounds()
    assert second.names("res") == [NOTICE]
    assert states(ledger) == ["expired"]


def test_without_a_stay_time_everything_stays(open_folders: Opener) -> None:
    folders = open_folders(stay_minutes=0)
    folders.put(REQUEST, qualification("taro"))
    folders.serve()
    folders.clock.at = TODAY + timedelta(days=3650)
    folders.rounds()
    assert folders.names("res") == [ANSWER]


def test_an_answer_that_is_gone_was_collected(folders: Folders, ledger: Ledger) -> None:
    folders.put(REQUEST, qualification("taro"))
    folders.serve()
    assert states(ledger) == ["written"]
    (folders.root / "res" / ANSWER).rename(folders.root / "trash")
    folders.rounds()
    assert states(ledger) == ["collected"]
    assert not ledger.run_sync(lambda tx: tx.connection.execute(select(tables.folder_answer)).one(), reads=True).answer


def test_a_refused_request_is_removed_with_its_copy(folders: Folders) -> None:
    folders.put(REQUEST, b"<XmlMsg></XmlMsg>")
    folders.serve()
    assert len(folders.names("res")) == 2
    folders.clock.at = TODAY + timedelta(days=2)
    folders.rounds()
    assert folders.names("res") == ["del_OQSsiquc01req_202611200001.txt"]


def test_face_files_are_collected_and_expire_too(folders: Folders, ledger: Ledger, counter: Counter) -> None:
    counter.ask("taro")
    folders.rounds()
    [name] = folders.names("face")
    (folders.root / "face" / name).unlink()
    counter.ask("hanako")
    folders.rounds()
    assert states(ledger, tables.face_outbox) == ["collected", "written"]
    folders.clock.at = TODAY + timedelta(days=2)
    folders.rounds()
    assert folders.names("face") == []
    assert [name.startswith("del_OQSsiquc01res_face_1312345678") for name in folders.names("res")] == [True]
    assert states(ledger, tables.face_outbox) == ["collected", "expired"]
