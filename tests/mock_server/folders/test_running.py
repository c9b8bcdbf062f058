"""The worker as a whole: its thread, its settings, what it refuses to start on, and a store that goes away."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from mock_server.errors import QualificationError, SetupError
from mock_server.folders import moving
from mock_server.folders.moving import move_new
from mock_server.folders.settings import FILE_NAME, FolderSettings, read_settings
from mock_server.folders.troubles import Notice
from mock_server.folders.worker import FolderWorker
from mock_server.registry.interface import RegistryError
from mock_server.registry.ledger import Ledger
from tests.eventually import eventually
from tests.mock_server.conftest import INSTITUTION, Counter
from tests.mock_server.folders.conftest import Folders, Opener, Stand
from tests.mock_server.folders.requests import qualification

REQUEST = "OQSsiquc01req_202611200001.xml"
ANSWER = "OQSsiquc01res_202611200001.xml"


def refused(stand: Stand, root: Path) -> SetupError:
    with pytest.raises(SetupError) as error:
        FolderWorker(stand, root, INSTITUTION).open()
    return error.value


def test_the_thread_serves_until_it_is_stopped(stand: Stand, tmp_path: Path) -> None:
    worker = FolderWorker(stand, tmp_path / "OQS", INSTITUTION, poll_s=0.02)
    worker.start()
    answer = tmp_path / "OQS" / "res" / ANSWER
    (tmp_path / "OQS" / "req" / REQUEST).write_bytes(qualification("taro"))
    assert eventually(answer.exists)
    worker.stop()
    worker.stop()
    (tmp_path / "OQS" / "req" / "OQSsiquc01req_2.xml").write_bytes(qualification("taro"))
    assert worker.troubles() == ()


def test_folders_are_made_where_they_are_missing(stand: Stand, tmp_path: Path) -> None:
    worker = FolderWorker(stand, tmp_path / "far" / "away" / "OQS", INSTITUTION)
    worker.open()
    worker.stop()
    made = {path.name for path in (tmp_path / "far" / "away" / "OQS").iterdir()}
    assert made == {"req", "res", "face", ".madoguchi"}
    assert (tmp_path / "far" / "away" / "OQS" / ".madoguchi").stat().st_mode & 0o777 == 0o700


def test_folders_in_use_are_refused_and_free_again_afterwards(folders: Folders, stand: Stand, tmp_path: Path) -> None:
    assert refused(stand, folders.root).code == "setup.folders.in_use"
    folders.worker.stop()
    worker = FolderWorker(stand, folders.root, INSTITUTION)
    worker.open()
    worker.stop()


@pytest.mark.parametrize("name", ["req", "res", "face", ".madoguchi"])
def test_a_link_in_place_of_a_folder_is_refused(stand: Stand, tmp_path: Path, name: str) -> None:
    root, elsewhere = tmp_path / "OQS", tmp_path / "elsewhere"
    root.mkdir()
    elsewhere.mkdir()
    (root / name).symlink_to(elsewhere)
    assert refused(stand, root).code == "setup.folders.link"
    assert list(elsewhere.iterdir()) == []


def test_a_file_in_place_of_a_folder_is_refused(stand: Stand, tmp_path: Path) -> None:
    (tmp_path / "OQS").write_text("a file")
    assert refused(stand, tmp_path / "OQS").code == "setup.folders.unusable"


def test_folders_on_two_file_systems_are_refused(stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    devices = iter(range(100))
    monkeypatch.setattr("mock_server.folders.places.Place.device", property(lambda _: next(devices)))
    assert refused(stand, tmp_path / "OQS").code == "setup.folders.split"


def test_no_institution_code_no_folders(stand: Stand, tmp_path: Path) -> None:
    with pytest.raises(QualificationError):
        FolderWorker(stand, tmp_path, "123")


# ── settings ──


def test_settings_come_from_the_file_and_whoever_starts_has_the_last_word(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('encoding = "utf-8"\nstay_minutes = 5\nbulk_zip = true\n')
    assert read_settings(tmp_path) == FolderSettings(encoding="utf-8", stay_minutes=5, bulk_zip=True)
    given = read_settings(tmp_path, stay_minutes=7, encoding=None)
    assert (given.stay_minutes, given.encoding) == (7, "utf-8")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('encoding = "euc-jp"', "encoding"),
        ("encoding = 1", "encoding"),
        ("stay_minutes = -1", "stay_minutes"),
        ("stay_minutes = true", "stay_minutes"),
        ('bulk_zip = "yes"', "bulk_zip"),
        ("colour = 1", "colour"),
        ("encoding", "at end of document"),
        ("\udce3".encode("utf-8", "surrogateescape").decode("latin-1"), "UTF-8"),
    ],
)
def test_a_setting_that_cannot_be_is_named(tmp_path: Path, text: str, key: str) -> None:
    (tmp_path / FILE_NAME).write_bytes(text.encode("latin-1"))
    with pytest.raises(SetupError) as error:
        read_settings(tmp_path)
    assert error.value.code == "setup.folders.settings"
    assert key in error.value.params["key"]


# ── what goes wrong while it runs ──


def test_while_the_store_is_away_requests_wait(
    folders: Folders, monkeypatch: pytest.MonkeyPatch, counter: Counter
) -> None:
    def away(*_: object, **__: object) -> None:
        raise RegistryError

    folders.put(REQUEST, qualification("taro"))
    monkeypatch.setattr(Ledger, "run_sync", away)
    folders.rounds(5)
    assert folders.names("res") == []
    assert folders.codes() == {"folders.store"}
    monkeypatch.undo()
    folders.serve()
    assert (folders.names("res"), folders.codes()) == ([ANSWER], set())
    monkeypatch.setattr(Ledger, "run_sync", away)
    (folders.root / "res" / ANSWER).unlink()
    folders.rounds(2)
    monkeypatch.undo()
    folders.put(REQUEST, qualification("hanako"))
    folders.serve()
    assert folders.names("res") == [ANSWER], "collected while the store was away, and known to be afterwards"


def test_a_fault_of_ours_ends_in_an_err_and_the_others_go_on(
    folders: Folders, stand: Stand, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = stand.service.check_by_numbers

    def broken(tx: Any, caller: Any, request: Any) -> Any:
        if request.message_header.arbitrary_file_identifier == "break":
            raise ZeroDivisionError
        return real(tx, caller, request)

    monkeypatch.setattr(stand.service, "check_by_numbers", broken)
    folders.put(REQUEST, qualification("taro", identifier="break"))
    folders.put("OQSsiquc01req_2.xml", qualification("taro"))
    with caplog.at_level(logging.ERROR):
        folders.serve()
    assert folders.error_code(REQUEST.replace(".xml", ".err")) == "MOCK-INTERNAL"
    assert "OQSsiquc01res_2.xml" in folders.names("res")


def test_trouble_with_face_does_not_keep_res_waiting(folders: Folders, counter: Counter, tmp_path: Path) -> None:
    shutil.rmtree(folders.root / "face")
    (folders.root / "face").symlink_to(tmp_path)
    counter.ask("taro")
    folders.put(REQUEST, qualification("taro"))
    folders.serve()
    assert (folders.names("res"), folders.codes()) == ([ANSWER], {"folders.unusable"})
    (folders.root / "face").unlink()
    folders.serve()
    assert len(folders.names("face")) == 1


def test_an_answer_never_goes_to_a_folder_that_was_moved_away(folders: Folders, tmp_path: Path) -> None:
    folders.put(REQUEST, qualification("taro"))
    folders.rounds(1)
    (folders.root / "res").rename(folders.root / "res.old")
    (folders.root / "res").symlink_to(tmp_path / "nowhere")
    folders.rounds(3)
    assert list((folders.root / "res.old").iterdir()) == []
    (folders.root / "res").unlink()
    folders.serve()
    assert folders.names("res") == [ANSWER]


def test_a_trouble_is_logged_in_words(caplog: pytest.LogCaptureFixture) -> None:
    from mock_server.folders.troubles import log_notice

    with caplog.at_level(logging.WARNING):
        log_notice(Notice("folders.store"))
    assert "フォルダー" in caplog.text
    assert "folders.store" in caplog.text


# ── renaming ──


@pytest.fixture(params=["in one step", "where the system cannot"])
def any_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param != "in one step":
        monkeypatch.setattr(moving, "_renameat2", lambda: None)


@pytest.mark.usefixtures("any_system")
def test_a_rename_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("new")
    (tmp_path / "b").write_text("old")
    folder = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with pytest.raises(FileExistsError):
            move_new(folder, "a", folder, "b")
        assert (tmp_path / "b").read_text() == "old"
        move_new(folder, "a", folder, "c")
        assert (tmp_path / "c").read_text() == "new"
        with pytest.raises(FileNotFoundError):
            move_new(folder, "a", folder, "d")
    finally:
        os.close(folder)


def test_a_restart_takes_up_a_request_that_was_only_taken(open_folders: Opener) -> None:
    first = open_folders()
    first.put(REQUEST, qualification("taro"))
    first.rounds(1)
    real = first.worker._answer
    first.worker._answer = lambda some: None  # type: ignore[method-assign]
    first.rounds(2)
    assert (first.names("req"), first.names("res")) == ([], [])
    first.worker._answer = real  # type: ignore[method-assign]
    first.worker.stop()
    second = open_folders()
    second.serve()
    assert second.names("res") == [ANSWER]
