"""Every scenario that a folder can play, as a レセコン sees it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from eligibility.oqs.codec import from_xml
from eligibility.oqs.codes import SegmentOfResult
from eligibility.oqs.errors import MessageError
from eligibility.oqs.messages import QualificationResult
from mock_server.registry.ledger import Ledger
from mock_server.scenarios.arming import Order, arm
from mock_server.scenarios.delivery import FACE
from mock_server.scenarios.table import FOLDER, SCENARIOS
from tests.mock_server.conftest import Counter
from tests.mock_server.folders.conftest import Folders, Opener
from tests.mock_server.folders.requests import qualification

REQUEST = "OQSsiquc01req_202611200001.xml"
ANSWER = "OQSsiquc01res_202611200001.xml"
SECOND_REQUEST = "OQSsiquc01req_202611200002.xml"
SECOND_ANSWER = "OQSsiquc01res_202611200002.xml"

Arm = Callable[..., None]


@pytest.fixture
def arming(ledger: Ledger) -> Arm:
    def arm_one(name: str, times: int | None = 1, **params: object) -> None:
        ledger.run_sync(lambda tx: arm(tx, Order(name, params, times=times)))

    return arm_one


def ask(folders: Folders, persona: str = "taro", encoding: str = "cp932") -> None:
    folders.put(REQUEST, qualification(persona, encoding=encoding))
    folders.serve()


def read(folders: Folders, name: str = ANSWER, place: str = "res") -> QualificationResult:
    return from_xml(QualificationResult, folders.content(name, place))


def test_latency_keeps_the_answer_back(folders: Folders, arming: Arm) -> None:
    arming("latency", mean_ms=5000)
    ask(folders)
    assert (folders.names("req"), folders.names("res")) == ([], [])
    folders.ticks.at += 5
    folders.rounds()
    assert read(folders).is_valid


def test_others_are_answered_while_one_waits(folders: Folders, arming: Arm) -> None:
    arming("late_file", delay_s=300)
    ask(folders)
    folders.put(SECOND_REQUEST, qualification("hanako"))
    folders.serve()
    assert folders.names("res") == [SECOND_ANSWER]
    folders.ticks.at += 300
    folders.rounds()
    assert folders.names("res") == [ANSWER, SECOND_ANSWER]


def test_a_late_file_comes_after_a_restart_too(open_folders: Opener, arming: Arm) -> None:
    first = open_folders()
    arming("late_file", delay_s=300)
    ask(first)
    first.worker.stop()
    second = open_folders()
    second.rounds(2)
    assert second.names("res") == []
    second.ticks.at += 300
    second.rounds()
    assert read(second).is_valid


def test_timeout_takes_the_request_away_and_never_answers(open_folders: Opener, arming: Arm) -> None:
    first = open_folders()
    arming("timeout")
    ask(first)
    first.rounds(3, apart=3600)
    first.worker.stop()
    second = open_folders()
    second.rounds(3)
    assert (second.names("req"), second.names("res")) == ([], [])


def test_half_written_shows_half_a_file_and_then_the_rest(folders: Folders, arming: Arm) -> None:
    arming("half_written", percent=50, pause_ms=2000)
    ask(folders)
    half = folders.content(ANSWER)
    with pytest.raises(MessageError):
        from_xml(QualificationResult, half)
    folders.rounds(2, apart=0.5)
    assert folders.content(ANSWER) == half
    folders.ticks.at += 2
    folders.rounds()
    assert folders.content(ANSWER).startswith(half)
    assert read(folders).is_valid


def test_whoever_collects_the_half_gets_no_rest(folders: Folders, arming: Arm) -> None:
    arming("half_written", percent=50, pause_ms=2000)
    ask(folders)
    (folders.root / "res" / ANSWER).unlink()
    folders.ticks.at += 2
    folders.rounds(2)
    assert (folders.names("res"), folders.told) == ([], [])


def test_the_rest_of_a_half_written_file_comes_after_a_restart_too(open_folders: Opener, arming: Arm) -> None:
    first = open_folders()
    arming("half_written", percent=30, pause_ms=60_000)
    ask(first)
    half = first.content(ANSWER)
    first.worker.stop()
    second = open_folders()
    second.rounds(2)
    assert second.content(ANSWER).startswith(half)
    assert read(second).is_valid


def test_slow_body_lets_the_file_grow(folders: Folders, arming: Arm) -> None:
    arming("slow_body", pieces=4, pause_ms=1000)
    folders.put(REQUEST, qualification("taro"))
    folders.rounds(2)
    sizes = []
    for _ in range(5):
        folders.rounds(1, apart=1)
        sizes.append(len(folders.content(ANSWER)))
    assert len(set(sizes)) == 4
    assert sizes == sorted(sizes)
    assert read(folders).is_valid


def test_truncated_ends_in_the_middle_for_good(folders: Folders, arming: Arm) -> None:
    arming("truncated", percent=80)
    ask(folders)
    with pytest.raises(MessageError) as refused:
        read(folders)
    assert refused.value.code == "message.xml.broken"
    folders.rounds(3, apart=60)
    assert not folders.content(ANSWER).endswith(b"</XmlMsg>\n")


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("cp932", b"UTF-8"),
        ("utf-8", b"Shift_JIS"),
        ("euc_jp", b"Shift_JIS"),
        ("utf-16", "Shift_JIS".encode("utf-16-le")),
    ],
)
def test_wrong_encoding_declares_another_one(folders: Folders, arming: Arm, encoding: str, declared: bytes) -> None:
    arming("wrong_encoding", encoding=encoding)
    ask(folders)
    raw = folders.content(ANSWER)
    assert declared in raw[:150]
    assert "協会　太郎" in raw.decode(encoding)


def test_doubled_gives_the_same_answer_under_a_second_name(folders: Folders, arming: Arm) -> None:
    arming("doubled", copies=2, pause_ms=3000)
    ask(folders)
    assert folders.names("res") == [ANSWER]
    folders.ticks.at += 3
    folders.rounds()
    first, second = folders.names("res")
    assert folders.content(first) == folders.content(second)
    (folders.root / "res" / first).unlink()
    (folders.root / "res" / second).unlink()
    folders.rounds()
    assert folders.told == []


def test_scrambled_order_is_that_of_face_files(folders: Folders, arming: Arm) -> None:
    arming("scrambled_order")
    ask(folders)
    text = folders.content(ANSWER).decode("cp932")
    assert text.index("<ResultList>") < text.index("<ProcessingResultStatus>")
    assert read(folders).is_valid


def test_out_of_order_lets_a_later_answer_come_first(folders: Folders, arming: Arm) -> None:
    arming("out_of_order", hold_s=30)
    ask(folders)
    assert folders.names("res") == []
    folders.put(SECOND_REQUEST, qualification("hanako"))
    folders.rounds(2)
    folders.rounds(1, apart=0)
    assert SECOND_ANSWER in folders.names("res")
    folders.rounds(2)
    assert folders.names("res") == [ANSWER, SECOND_ANSWER]


def test_out_of_order_ends_when_nobody_else_asks(folders: Folders, arming: Arm) -> None:
    arming("out_of_order", hold_s=30)
    ask(folders)
    folders.ticks.at += 30
    folders.rounds()
    assert folders.names("res") == [ANSWER]


def test_err_file_refuses_a_good_request(folders: Folders, arming: Arm) -> None:
    arming("err_file")
    ask(folders)
    assert folders.names("res") == [REQUEST.replace(".xml", ".err"), REQUEST]
    assert folders.error_code(REQUEST.replace(".xml", ".err")) == "MOCK-SERVICE-REJECTED-FILE"


def test_never_taken_leaves_the_request_where_it_lies(open_folders: Opener, arming: Arm) -> None:
    first = open_folders()
    arming("never_taken")
    ask(first)
    assert (first.names("req"), first.names("res")) == ([REQUEST], [])
    first.rounds(5, apart=3600)
    first.worker.stop()
    second = open_folders()
    second.rounds(5)
    assert (second.names("req"), second.names("res")) == ([REQUEST], [])
    second.put(REQUEST, qualification("hanako"))
    second.serve()
    assert (second.names("req"), second.names("res")) == ([], [ANSWER])


@pytest.mark.parametrize(
    ("scenario", "segment"),
    [
        ("processing", SegmentOfResult.RUNNING),
        ("failed", SegmentOfResult.FAILED),
        ("maintenance", SegmentOfResult.FAILED),
    ],
)
def test_a_service_that_does_not_serve_says_so_in_the_header(
    folders: Folders, arming: Arm, scenario: str, segment: SegmentOfResult
) -> None:
    arming(scenario)
    ask(folders)
    message = read(folders)
    assert message.message_header.segment_of_result is segment
    assert (message.message_header.error_code or "").startswith("MOCK-SERVICE-")
    assert not message.is_valid


def test_processing_is_done_when_it_is_asked_again(folders: Folders, arming: Arm) -> None:
    arming("processing")
    ask(folders)
    assert read(folders).message_header.segment_of_result is SegmentOfResult.RUNNING
    (folders.root / "res" / ANSWER).unlink()
    ask(folders)
    assert read(folders).is_valid


def test_another_persons_answer_comes_under_the_same_name(folders: Folders, arming: Arm) -> None:
    arming("wrong_person", other="hanako")
    ask(folders)
    message = read(folders)
    assert message.only_result is not None
    assert message.only_result.name == "協会　花子"


# ── face ──


def test_the_file_in_face_can_be_spoiled_while_the_counter_is_answered(
    folders: Folders, arming: Arm, counter: Counter
) -> None:
    arming("truncated", percent=50, on="face")
    assert counter.ask("taro").message.is_valid
    folders.rounds()
    [name] = folders.names("face")
    with pytest.raises(MessageError):
        read(folders, name, "face")


def test_half_a_face_file_and_then_the_rest(folders: Folders, arming: Arm, counter: Counter) -> None:
    arming("half_written", percent=50, pause_ms=1000, on="face")
    counter.ask("taro")
    folders.rounds(1, apart=1)
    [name] = folders.names("face")
    assert not folders.content(name, "face").endswith(b"</XmlMsg>\n")
    folders.rounds()
    assert read(folders, name, "face").is_valid


def test_a_doubled_face_file_keeps_its_moment_and_has_another_identifier(
    folders: Folders, arming: Arm, counter: Counter
) -> None:
    arming("doubled", on="face")
    counter.ask("taro")
    folders.rounds(2)
    first, second = folders.names("face")
    assert folders.content(first, "face") == folders.content(second, "face")
    assert first[-18:] == second[-18:]


def test_a_late_face_file(folders: Folders, arming: Arm, counter: Counter) -> None:
    arming("late_file", delay_s=60)
    counter.ask("taro")
    folders.rounds(2)
    assert folders.names("face") == []
    folders.ticks.at += 60
    folders.rounds()
    assert len(folders.names("face")) == 1


def test_somebody_elses_card_in_the_same_second(folders: Folders, arming: Arm, counter: Counter) -> None:
    arming("same_second", other="hanako")
    counter.ask("taro")
    folders.rounds(2)
    names = folders.names("face")
    assert len({name[-18:] for name in names}) == 1
    people = {read(folders, name, "face").only_result for name in names}
    assert {person.name for person in people if person} == {"協会　太郎", "協会　花子"}


def test_every_scenario_of_folders_is_rehearsed_here() -> None:
    """A new one in the table must get a test in this module, or be the service's (what a message says)."""
    of_files = {
        *("latency", "timeout", "slow_body", "truncated", "half_written", "wrong_encoding", "doubled"),
        *("scrambled_order", "late_file", "same_second", "out_of_order", "err_file", "never_taken"),
    }
    of_messages = {
        *("maintenance", "night_closure", "processing", "failed", "stale_answer", "wrong_person", "no_such_person"),
        *("validity", "garbled_name", "missing_items", "unknown_items"),
    }
    playable = {name for name, one in SCENARIOS.items() if {FOLDER, FACE} & set(one.transports)}
    assert playable == of_files | of_messages
