"""Answers in `res` and face files in `face`: whole, once, never over another's (online-qualification.md §1)."""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from eligibility.oqs.codec import from_xml
from eligibility.oqs.file_names import is_face_name
from eligibility.oqs.messages import QualificationResult
from mock_server.folders.parcels import grown_to
from mock_server.folders.places import Place
from tests.mock_server.conftest import Counter
from tests.mock_server.folders.conftest import Folders, Opener
from tests.mock_server.folders.requests import qualification

REQUEST = "OQSsiquc01req_202611200001.xml"
ANSWER = "OQSsiquc01res_202611200001.xml"
ERROR = "OQSsiquc01req_202611200001.err"


def text_of(raw: bytes, name: str) -> str:
    encoding = "utf-8" if b"UTF-8" in raw[:60] else "cp932"
    return ET.fromstring(raw.decode(encoding).partition("?>")[2]).findtext(f".//{name}") or ""


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_request_is_answered_in_its_own_encoding_under_its_own_suffix(folders: Folders, encoding: str) -> None:
    folders.put(REQUEST, qualification("taro", encoding=encoding, identifier="20261120-42"))
    folders.serve()
    assert (folders.names("req"), folders.names("res")) == ([], [ANSWER])
    raw = folders.content(ANSWER)
    declared = raw.decode(encoding).splitlines()[0]
    assert {"utf-8": "UTF-8", "cp932": "Shift_JIS"}[encoding] in declared
    answer = from_xml(QualificationResult, raw)
    assert answer.is_valid
    assert answer.message_header.arbitrary_file_identifier == "20261120-42"


def test_the_encoding_of_answers_can_be_fixed(open_folders: Opener) -> None:
    folders = open_folders(answers="utf-8")
    folders.put(REQUEST, qualification("taro", encoding="cp932"))
    folders.serve()
    assert "協会　太郎" in folders.content(ANSWER).decode("utf-8")


def test_an_uncollected_answer_is_not_overwritten_by_that_to_another_request(folders: Folders) -> None:
    folders.put(REQUEST, qualification("taro"))
    folders.serve()
    before = folders.content(ANSWER)
    folders.put(REQUEST, qualification("hanako"))
    folders.serve()
    assert folders.content(ANSWER) == before
    assert folders.error_code(ERROR) == "MOCK-FOLDER-NAME-IN-USE"
    assert folders.content(REQUEST) == qualification("hanako")


def test_a_name_is_free_again_once_its_answer_was_collected(folders: Folders) -> None:
    for persona, name in (("taro", "協会　太郎"), ("hanako", "協会　花子")):
        folders.put(REQUEST, qualification(persona))
        folders.serve()
        assert text_of(folders.content(ANSWER), "Name") == name
        (folders.root / "res" / ANSWER).unlink()
    assert folders.told == []


def test_the_very_same_request_again_has_its_answer_in_the_same_place(folders: Folders, counter: Counter) -> None:
    for _ in range(2):
        folders.put(REQUEST, qualification("taro"))
        folders.serve()
    assert folders.names("res") == [ANSWER]
    assert [row.via for row in counter.exchanges()] == ["folder", "folder"]
    (folders.root / "res" / ANSWER).unlink()
    folders.rounds(2)
    assert folders.names("res") == []


def test_a_strangers_file_under_the_answers_name_is_waited_for(folders: Folders) -> None:
    stranger = folders.root / "res" / ANSWER
    stranger.write_text("not ours")
    folders.put(REQUEST, qualification("taro"))
    folders.serve()
    assert stranger.read_text() == "not ours"
    assert folders.codes() == {"folders.name_taken"}
    stranger.unlink()
    folders.rounds()
    assert text_of(folders.content(ANSWER), "Name") == "協会　太郎"


def test_a_full_disk_is_told_and_tried_again(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Place.write

    def full(self: Place, name: str, pieces: Iterable[bytes]) -> None:
        if self.path.name == "ready":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(self, name, pieces)

    monkeypatch.setattr(Place, "write", full)
    folders.put(REQUEST, qualification("taro"))
    folders.put("OQSsiquc01req_202611200002.xml", b"<XmlMsg></XmlMsg>")
    folders.rounds(6)
    assert (folders.names("req"), folders.names("res")) == ([], [])
    assert folders.codes() == {"folders.unwritable"}
    assert "No space left" in folders.told[0].sentence("en")
    monkeypatch.undo()
    folders.rounds()
    assert folders.names("res") == [
        "OQSsiquc01req_202611200002.err",
        "OQSsiquc01req_202611200002.xml",
        ANSWER,
    ]
    assert (folders.codes(), len(folders.told)) == (set(), 1)


def test_a_read_only_folder_is_told_and_tried_again(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_only(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    folders.put(REQUEST, qualification("taro"))
    folders.rounds(1)
    monkeypatch.setattr("mock_server.folders.places.move_new", read_only)
    folders.rounds(3)
    assert folders.names("req") == [REQUEST]
    assert folders.codes() == {"folders.untakeable"}
    monkeypatch.undo()
    folders.serve()
    assert folders.names("res") == [ANSWER]


def test_a_link_in_place_of_res_is_never_written_through(folders: Folders, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    res = folders.root / "res"
    res.rmdir()
    res.symlink_to(elsewhere)
    folders.put(REQUEST, qualification("taro"))
    folders.serve()
    assert list(elsewhere.iterdir()) == []
    assert folders.codes() == {"folders.unusable"}
    res.unlink()
    folders.serve()
    assert folders.names("res") == [ANSWER]


def test_a_watcher_that_reads_at_once_never_sees_half_an_answer(folders: Folders) -> None:
    """Whatever name appears in `res`, its content is whole the moment it can be opened."""
    broken: list[str] = []
    seen: set[str] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            for path in (folders.root / "res").glob("*.xml"):
                if path.name not in seen:
                    if not path.read_bytes().endswith(b"</XmlMsg>\n"):
                        broken.append(path.name)
                    seen.add(path.name)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for number in range(60):
            folders.put(f"OQSsiquc01req_{number:012}.xml", qualification("taro"))
        folders.serve()
        deadline = time.monotonic() + 30
        while len(seen) < 60 and time.monotonic() < deadline:
            time.sleep(0.01)
    finally:
        done.set()
        watcher.join()
    assert (len(seen), broken) == (60, [])


def test_another_institution_in_the_message_is_refused(folders: Folders) -> None:
    folders.put(REQUEST, qualification("taro", institution="1399999999"))
    folders.serve()
    assert folders.error_code(ERROR) == "MOCK-FOLDER-INSTITUTION"


def test_a_refused_file_is_an_exchange_too(folders: Folders, counter: Counter) -> None:
    folders.put(REQUEST, b"<XmlMsg><MessageHeader/></XmlMsg>")
    folders.serve()
    [row] = counter.exchanges()
    assert (row.via, row.call, row.outcome) == ("folder", "qualification.numbers", "MOCK-REQUEST-MESSAGE")


def test_an_err_tells_the_code_first_and_people_in_both_languages(folders: Folders) -> None:
    folders.put(REQUEST, qualification("taro", birthdate="20260230"))
    folders.serve()
    lines = folders.content(ERROR).decode("cp932").splitlines()
    assert lines[0] == "MOCK-REQUEST-MESSAGE"
    assert "Birthdate" in lines[1]
    assert len(lines) == 5
    assert "20260230" not in "".join(lines)


# ── face ──


def test_a_card_at_the_reader_becomes_a_file_in_face(folders: Folders, counter: Counter) -> None:
    counter.ask("taro")
    folders.rounds()
    [name] = folders.names("face")
    assert is_face_name(name)
    assert name.startswith("OQSsiquc01res_face_1312345678")
    assert name.endswith("_20261120090000.xml")
    raw = folders.content(name, "face")
    assert "協会　太郎" in raw.decode("cp932")
    message = from_xml(QualificationResult, raw)
    assert message.is_valid
    assert (message.message_header.arbitrary_file_identifier or "").startswith("MOCK")


def test_face_files_are_scrambled_and_in_the_encoding_of_the_installation(
    open_folders: Opener, counter: Counter
) -> None:
    folders = open_folders(encoding="utf-8")
    counter.ask("taro")
    folders.rounds()
    [name] = folders.names("face")
    text = folders.content(name, "face").decode("utf-8")
    assert text.index("<ResultList>") < text.index("<ProcessingResultStatus>")


def test_face_files_can_have_the_order_of_the_layout(open_folders: Opener, counter: Counter) -> None:
    folders = open_folders(order="spec")
    counter.ask("taro")
    folders.rounds()
    [name] = folders.names("face")
    text = folders.content(name, "face").decode("cp932")
    assert text.index("<ProcessingResultStatus>") < text.index("<ResultList>")


def test_two_cards_in_the_same_second_are_two_files(folders: Folders, counter: Counter) -> None:
    counter.ask("taro")
    counter.ask("hanako")
    folders.rounds()
    assert len(folders.names("face")) == 2
    assert {name[-18:] for name in folders.names("face")} == {"20261120090000.xml"}


def test_each_institution_has_its_own_folders(open_folders: Opener, counter: Counter, tmp_path: Path) -> None:
    own = open_folders()
    other = open_folders("1399999999", at=tmp_path / "other")
    replace(counter, institution="1399999999").ask("taro")
    for one in (own, other):
        one.rounds()
    assert (own.names("face"), len(other.names("face"))) == ([], 1)


def test_the_parts_of_a_file_in_full_view_never_end_like_a_message() -> None:
    assert all(grown_to(100, share) < 100 for share in (0, 0.5, 0.999))
    assert grown_to(100, 1) == 100
