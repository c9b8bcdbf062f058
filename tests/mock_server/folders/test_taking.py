"""When a file in `req` is taken away, and when it is left alone: every recorded habit of a レセコン, and worse."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from tests.mock_server.folders.conftest import SETTLED, Folders
from tests.mock_server.folders.requests import qualification

REQUEST = "OQSsiquc01req_202611200001.xml"
ANSWER = "OQSsiquc01res_202611200001.xml"
PATIENCE = 11.0
STRAY_PATIENCE = 31.0


def test_a_file_that_still_grows_is_left_until_it_has_an_end(folders: Folders) -> None:
    whole = qualification("taro")
    path = folders.put(REQUEST, b"")
    for written in range(0, len(whole), 100):
        path.write_bytes(whole[:written])
        folders.rounds(4)
        assert folders.names("req") == [REQUEST]
    path.write_bytes(whole)
    folders.serve()
    assert (folders.names("req"), folders.names("res")) == ([], [ANSWER])


def test_a_complete_file_is_not_taken_before_it_has_stood_still(folders: Folders) -> None:
    folders.put(REQUEST, qualification("taro"))
    folders.rounds(1, apart=0.1)
    folders.rounds(1, apart=0.1)
    assert folders.names("req") == [REQUEST]


def test_a_temporary_name_is_left_alone_and_the_rename_is_seen(folders: Folders) -> None:
    for temporary in ("OQSsiquc01req_1.xml.tmp", ".OQSsiquc01req_1.xml", "~OQSsiquc01req_1.xml", "request.txt"):
        path = folders.put(temporary, qualification("taro"))
        folders.rounds(3, apart=STRAY_PATIENCE)
        assert folders.names("req") == [temporary]
        path.rename(path.with_name(REQUEST))
        folders.serve()
        assert folders.names("req") == []
        (folders.root / "res" / ANSWER).unlink()
        folders.rounds()


@pytest.mark.parametrize(
    ("request_name", "answer_name"),
    [
        ("oqssiquc01req_202611200001.xml", "oqssiquc01res_202611200001.xml"),
        ("OQSSIQUC01REQ_202611200001.XML", "OQSSIQUC01RES_202611200001.XML"),
        ("OQSsiquc01Req_20261120_00012345.xml", "OQSsiquc01Res_20261120_00012345.xml"),
        ("OQSsiquc01req_20261120-12345678.xml", "OQSsiquc01res_20261120-12345678.xml"),
        ("OQSsiquc01req_7.xml", "OQSsiquc01res_7.xml"),
    ],
)
def test_the_answer_keeps_the_spelling_and_the_suffix_of_the_request(
    folders: Folders, request_name: str, answer_name: str
) -> None:
    folders.put(request_name, qualification("taro"))
    folders.serve()
    assert folders.names("res") == [answer_name]


@pytest.mark.parametrize("lock", [fcntl.flock, fcntl.lockf])
def test_a_locked_file_is_left_until_it_is_let_go(folders: Folders, lock: object) -> None:
    path = folders.put(REQUEST, qualification("taro"))
    # A lock of fcntl belongs to a process, so another one must hold it.
    gate, released = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        with path.open("rb+") as held:
            lock(held, fcntl.LOCK_EX)  # type: ignore[operator]
            os.write(gate[1], b".")
            os.read(released[0], 1)
        os._exit(0)
    os.read(gate[0], 1)
    try:
        folders.rounds(4, apart=PATIENCE)
        assert folders.names("req") == [REQUEST]
        assert folders.codes() == {"folders.locked"}
    finally:
        os.write(released[1], b".")
        os.waitpid(child, 0)
        for end in (*gate, *released):
            os.close(end)
    folders.serve()
    assert folders.names("res") == [ANSWER]
    assert folders.codes() == set()
    assert [notice.code for notice in folders.told] == ["folders.locked"], "told once, not every round"


def test_a_file_rewritten_while_it_is_looked_at_is_answered_as_it_is_in_the_end(folders: Folders) -> None:
    path = folders.put(REQUEST, qualification("taro"))
    folders.rounds(1, apart=0.2)
    path.write_bytes(qualification("hanako"))
    folders.serve()
    answer = folders.content(ANSWER).decode("cp932")
    assert "<Name>協会　花子</Name>" in answer
    assert "<Name>協会　太郎</Name>" not in answer


def test_a_request_taken_back_before_it_was_taken_is_forgotten(folders: Folders) -> None:
    path = folders.put(REQUEST, qualification("taro"))
    folders.rounds(1)
    path.unlink()
    folders.serve()
    assert (folders.names("res"), folders.told) == ([], [])


def test_what_a_writer_still_adds_after_the_file_was_taken_is_waited_for(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = qualification("taro")
    path = folders.put(REQUEST, whole)
    with path.open("rb+") as writer:
        folders.rounds(1)
        real = os.urandom

        def while_taking(count: int) -> bytes:
            writer.truncate(200)
            writer.flush()
            return real(count)

        monkeypatch.setattr(os, "urandom", while_taking)
        folders.rounds(1)
        monkeypatch.undo()
        assert folders.names("req") == []
        folders.rounds(3)
        assert folders.names("res") == []
        writer.seek(0)
        writer.write(whole)
    folders.serve()
    assert folders.names("res") == [ANSWER]


@pytest.mark.parametrize("content", [b"", b"<XmlMsg>", qualification("taro")[:300]])
def test_a_file_that_never_ends_comes_back_as_a_copy_with_an_err(folders: Folders, content: bytes) -> None:
    folders.put(REQUEST, content)
    folders.rounds(2)
    assert folders.names("req") == [REQUEST]
    folders.rounds(3, apart=PATIENCE)
    assert folders.names("res") == [REQUEST.replace(".xml", ".err"), REQUEST]
    assert folders.content(REQUEST) == content
    assert folders.error_code(REQUEST.replace(".xml", ".err")) == "MOCK-FOLDER-INCOMPLETE"


def test_an_end_that_is_spelled_otherwise_only_takes_longer(folders: Folders) -> None:
    folders.put(REQUEST, qualification("taro").replace(b"</XmlMsg>", b"</XmlMsg >"))
    folders.rounds(3)
    assert folders.names("req") == [REQUEST]
    folders.rounds(3, apart=PATIENCE)
    assert folders.names("res") == [ANSWER]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("OQSsiqua01req_202611200001.xml", "MOCK-FOLDER-KIND"),
        ("EPSsiabc01req_202611200001.xml", "MOCK-FOLDER-KIND"),
        ("OQSsiquc01req_face_1.xml", "MOCK-FOLDER-NAME"),
        ("OQSsiquc01req_FACE_1.xml", "MOCK-FOLDER-NAME"),
        ("OQSsiquc01req_.xml", "MOCK-FOLDER-NAME"),
        ("OQSsiquc01req_..xml", "MOCK-FOLDER-NAME"),
        (f"OQSsiquc01req_{'1' * 65}.xml", "MOCK-FOLDER-NAME"),
    ],
)
def test_a_name_that_is_nearly_a_requests_comes_back_with_an_err(folders: Folders, name: str, code: str) -> None:
    folders.put(name, qualification("taro"))
    folders.rounds(3)
    assert folders.names("req") == []
    error = name.removesuffix(".xml") + ".err"
    assert sorted(folders.names("res")) == sorted([name, error])
    assert folders.error_code(error) == code


def test_any_other_xml_may_be_somebodys_temporary_file_for_a_while(folders: Folders) -> None:
    folders.put("request.xml", qualification("taro"))
    folders.rounds(3, apart=5)
    assert folders.names("req") == ["request.xml"]
    folders.rounds(3, apart=STRAY_PATIENCE)
    assert folders.names("res") == ["request.err", "request.xml"]
    assert folders.error_code("request.err") == "MOCK-FOLDER-NAME"


def test_links_pipes_and_folders_are_left_alone(folders: Folders, tmp_path: Path) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_bytes(qualification("taro"))
    req = folders.root / "req"
    (req / "OQSsiquc01req_1.xml").symlink_to(secret)
    os.mkfifo(req / "OQSsiquc01req_2.xml")
    (req / "OQSsiquc01req_3.xml").mkdir()
    before = folders.names("req")
    folders.rounds(4, apart=PATIENCE)
    assert (folders.names("req"), folders.names("res")) == (before, [])
    assert folders.codes() == {"folders.not_a_file"}
    assert len(folders.worker.troubles()) == 3


def test_many_requests_at_once_are_all_answered(folders: Folders) -> None:
    for number in range(60):
        folders.put(f"OQSsiquc01req_20261120{number:04}.xml", qualification("taro", identifier=f"id-{number}"))
    folders.serve()
    assert len(folders.names("res")) == 60
    assert "id-7<" in folders.content("OQSsiquc01res_202611200007.xml").decode("cp932")


def test_a_folder_that_is_removed_and_made_again_is_found_again(folders: Folders) -> None:
    folders.rounds()
    req = folders.root / "req"
    req.rmdir()
    folders.rounds()
    assert req.is_dir()
    req.rmdir()
    req.mkdir()
    folders.put(REQUEST, qualification("taro"))
    folders.serve()
    assert folders.names("res") == [ANSWER]


def test_settled_is_longer_than_the_server_waits() -> None:
    from mock_server.folders.settling import PATIENCE_S, SETTLE_S

    assert SETTLE_S < SETTLED < PATIENCE_S < PATIENCE
