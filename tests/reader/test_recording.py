"""Recordings: both forms say the same, come back as they were, and take no nonsense and no PIN."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reader.masking import AnswerMask, shown_command
from reader.recording import (
    LARGEST_FILE,
    UNANSWERED,
    Recording,
    RecordingError,
    answer_length,
    answer_pieces,
    rebuilt_command,
)
from reader.trace import Exchange
from tests.thoroughness import examples

ATR = bytes.fromhex("3B888001000005E0B381A1007F")
VISIT = Recording(
    (
        Exchange(1, 0.2, 12.3, "00A4040C0AD392F000260100000001", "", 0x9000),
        Exchange(2, 12.7, 30.0, "00B08A0000", "3082050A [252 bytes withheld]", 0x9000),
        Exchange(3, 43.1, 5.0, "00200098", "", 0x63C3),
        Exchange(4, 50.0, 80.1, "00200098 [withheld]", "", 0x9000),
        Exchange(5, 131.0, 200.0, "802A0097 [51 bytes withheld] 00", "[256 bytes withheld]", 0x9000),
        Exchange(6, 331.5, 0.4, "00A40000", error="CardRemovedError"),
        Exchange(1, 0.0, 1.0, "00A40000", "", 0x6F00),
        Exchange(2, 1.5, 1.0, "0084000002", "[2 bytes withheld]", 0x1234),
        Exchange(3, 3.0, 1.0, "00A40000"),
    ),
    atr=ATR,
    reader="Sony RC-S300/S 00 00",
)
TEXT = """\
# atr 3B888001000005E0B381A1007F
# reader Sony RC-S300/S 00 00
> 00A4040C0AD392F000260100000001
< 9000 ok   (12.3 ms)
> 00B08A0000
< 3082050A [252 bytes withheld] 9000 ok   (30.0 ms)
> 00200098
< 63C3 tries left 3   (5.0 ms)
> 00200098 [withheld]
< 9000 ok   (80.1 ms)
> 802A0097 [51 bytes withheld] 00
< [256 bytes withheld] 9000 ok   (200.0 ms)
> 00A40000
! CardRemovedError   (0.4 ms)

> 00A40000
< 6F00 no diagnosis   (1.0 ms)
> 0084000002
< [2 bytes withheld] 1234   (1.0 ms)
> 00A40000
< [no status word]   (1.0 ms)
"""


def without_starts(recording: Recording) -> Recording:
    """What the text form keeps."""
    exchanges = (
        Exchange(e.number, None, e.duration_ms, e.command, e.answer, e.sw, e.error) for e in recording.exchanges
    )
    return Recording(tuple(exchanges), recording.atr, recording.reader)


def refused(content: str | bytes) -> RecordingError:
    with pytest.raises(RecordingError) as refusal:
        Recording.parse(content.encode() if isinstance(content, str) else content)
    return refusal.value


def entry(**fields: object) -> str:
    """A recording of one exchange in JSON, with these fields in place of good ones."""
    return json.dumps([{"number": 1, "command": "00A40000", "sw": "9000"} | fields])


# Both forms


def test_the_text_form_is_a_trace_that_a_person_can_read() -> None:
    assert VISIT.as_text() == TEXT


def test_the_text_form_comes_back_but_for_when_each_exchange_began() -> None:
    assert Recording.parse(TEXT.encode()) == without_starts(VISIT)
    assert Recording.parse(TEXT.encode()).as_text() == TEXT


def test_the_json_form_comes_back_whole() -> None:
    assert Recording.parse(json.dumps(VISIT.as_dict()).encode()) == VISIT


def test_a_bare_list_of_exchanges_is_a_recording_too() -> None:
    assert Recording.parse(json.dumps(VISIT.as_dict()["exchanges"]).encode()) == Recording(VISIT.exchanges)


def test_what_else_a_program_wrote_beside_it_is_not_looked_at() -> None:
    assert Recording.parse(json.dumps(VISIT.as_dict() | {"error": None, "x": [1]}).encode()) == VISIT


@pytest.mark.parametrize("name", ["visit.json", "visit.txt", "visit"])
def test_a_file_comes_back_by_the_form_that_its_name_asks_for(tmp_path: Path, name: str) -> None:
    VISIT.save(tmp_path / name)
    assert (tmp_path / name).read_text(encoding="utf-8").startswith("{" if name.endswith("json") else "# atr")
    assert Recording.load(tmp_path / name) == (VISIT if name.endswith("json") else without_starts(VISIT))


def test_a_new_connection_begins_where_the_numbers_begin_anew() -> None:
    assert [len(session) for session in VISIT.sessions] == [6, 3]
    assert [len(session) for session in Recording.parse(TEXT.encode()).sessions] == [6, 3]
    assert Recording(()).sessions == ()


def test_remarks_and_other_line_ends_and_further_blank_lines_do_not_matter() -> None:
    changed = "\ufeff# a remark\n\n" + TEXT.replace("> 00B08A0000", "# taken at the desk\n> 00B08A0000")
    changed = changed.replace("\n\n> ", "\n\n  \n\n> ").replace("\n", "\r\n") + "\r\n\r\n"
    assert Recording.parse(changed.encode()) == without_starts(VISIT)


def test_a_trace_without_times_or_meanings_is_a_recording() -> None:
    recording = Recording.parse(b"> 00A40000\n< 9000\n> 00200080\n< 63C3 three tries")
    assert [(e.sw, e.duration_ms, e.meaning) for e in recording.exchanges] == [
        (0x9000, None, "ok"),
        (0x63C3, None, "tries left 3"),
    ]


def test_a_trace_that_ends_while_it_waited_ends_with_a_command_that_nobody_answered() -> None:
    recording = Recording.parse(b"> 00A40000\n< 9000 ok\n> 00200080\n")
    assert recording.exchanges[-1] == Exchange(2, None, None, "00200080", error=UNANSWERED)


@pytest.mark.parametrize(
    "content", ["", "\n\n", "\ufeff", "# atr 3B00\n# reader R\n", "# a remark", "[]", '{"exchanges": []}']
)
def test_a_file_in_which_nothing_is_said_is_no_recording(content: str) -> None:
    assert str(refused(content)) == "at least one exchange"
    assert Recording(()).as_text() == ""


def test_remarks_are_skipped_wherever_they_stand_also_sentences_that_begin_like_the_head() -> None:
    lines = ["# The reader gave no answer in time.", "# reader was unplugged?", "# atr of no card", "#", "#no blank"]
    text = TEXT.splitlines()
    for place in range(3, len(text) + 1):  # from the first command on
        assert Recording.parse("\n".join([*text[:place], *lines, *text[place:]]).encode()) == without_starts(VISIT)
    assert Recording.parse("\n".join([lines[0], *lines[3:], *text]).encode()) == without_starts(VISIT)


def test_a_readers_name_cannot_break_the_form() -> None:
    recording = Recording(VISIT.exchanges, reader="a\n> 00A40000\n\x1b[2Jb")
    assert Recording.parse(recording.as_text().encode()).reader == "a?> 00A40000??[2Jb"
    assert len(recording.as_text().splitlines()) == len(TEXT.splitlines()) - 1


def test_the_pieces_of_an_answer_are_bytes_and_how_many_are_withheld() -> None:
    assert list(answer_pieces("AABB [12 bytes withheld] CC")) == [b"\xaa\xbb", 12, b"\xcc"]
    assert answer_length("AABB [12 bytes withheld] CC") == 15
    assert list(answer_pieces("")) == []


# What is refused


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("hello", "line 1"),
        ("# atr XY\n", "line 1"),
        ("# atr " + "3B" * 34, "line 1"),
        ("> 00A40000\n> 00A40000\n", "line 2"),
        ("< 9000 ok\n", "line 1"),
        ("> 00A40000\n< 900\n", "line 2"),
        ("> 00A40000\n< AAB 9000\n", "line 2"),
        ("> 00A40000\n< aabb 9000\n", "line 2"),
        ("> 00A40000\n< [1 byte withheld] 9000\n", "line 2"),
        ("> 00A40000\n< [100000 bytes withheld] 9000\n", "line 2"),
        ("> 00A40000\n< [65535 bytes withheld] AAAA 9000\n", "line 2"),
        ("> 00A40000\n! rm -rf\n", "line 2"),
        ("> 00A40000\n< 9000 ok   (9999999 ms)\n", "line 2"),
        ("> 00A40000\n< 9000 ok   (-1 ms)\n", "line 2"),
        ("> 00A4000\n< 9000\n", "line 1"),
        ("> 00A40000 [withheld\n< 9000\n", "line 1"),
        ("\n\n> \n", "line 3"),
        ("{", "line 1"),
        ('[\n{"number": 1,\n}]', "line 3"),
        ("{}", ""),
        ('{"exchanges": {}}', ""),
        ('{"exchanges": [], "atr": 5}', "atr"),
        ('{"exchanges": [], "atr": "3b"}', "atr"),
        ('{"exchanges": [], "reader": ["x"]}', "reader"),
        ("[1]", "exchange 1"),
        (entry(number=2), "exchange 1"),
        (entry(number=True), "exchange 1"),
        (entry(number=1.0), "exchange 1"),
        (entry(number=None), "exchange 1"),
        (entry(sw="9"), "exchange 1"),
        (entry(sw=0x9000), "exchange 1"),
        (entry(error="CardRemovedError"), "exchange 1"),
        (entry(sw=None, answer="AABB"), "exchange 1"),
        (entry(sw=None, error="\n"), "exchange 1"),
        (entry(sw=None, error=["x"]), "exchange 1"),
        (entry(command=None), "exchange 1: command"),
        (entry(command="00a40000"), "exchange 1"),
        (entry(command="\ud800"), "exchange 1"),
        (entry(answer="ZZ"), "exchange 1"),
        (entry(answer=None), "exchange 1: answer"),
        (entry(duration_ms=-1), "exchange 1"),
        (entry(duration_ms=1e9), "exchange 1"),
        (entry(duration_ms=float("nan")), "exchange 1"),
        (entry(started_ms=float("inf")), "exchange 1"),
        (entry(started_ms=True), "exchange 1"),
        (entry(started_ms="1"), "exchange 1"),
        ("[" * 100_000, ""),
        ('[{"number": ' + "1" * 10_000 + "}]", ""),
        (b"> 00A40000\n< \xff\n", "byte 13"),
        (b" " * (LARGEST_FILE + 1), ""),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_no_recording_is_refused_with_its_place_and_what_belongs_there(
    content: str | bytes, where: str
) -> None:
    refusal = refused(content)
    assert refusal.where == where
    assert refusal.expected
    assert str(refusal) == (f"{where}: {refusal.expected}" if where else refusal.expected)


@pytest.mark.parametrize(
    "command",
    ["002000800431323334", "0020009804" + "31323334", "002401800431323334", "31323334", "3132333435",
     "802A00970431323334" + "00", "00CADF3005", "00A400000431323334", "00A4040C0431323334",
     "00200080 [1 bytes withheld] 31323334", "00200080 [4 bytes withheld]", "00200080 [4 bytes withheld] 31",
     "00200080 [1 bytes withheld] 3132", "802A0097 [1 bytes withheld] 31323334",
     "802A0097 [1 bytes withheld] 0031", "802A0097 [0 bytes withheld] 31", "802A0097 [0 bytes withheld]",
     "802A0097 [051 bytes withheld] 00", "802A0097 [255 bytes withheld] 3132", "802A0097 [256 bytes withheld]",
     "802A0097 [256 bytes withheld] 31", "802A0097 [99999 bytes withheld] 31", "80200097 [4 bytes withheld] 00",
     "31323334 [withheld]", "31323334 [1 bytes withheld]"],
)  # fmt: skip
def test_a_command_with_what_a_trace_withholds_is_refused_and_not_repeated(command: str) -> None:
    for content in (f"> {command}\n< 9000\n", entry(command=command)):
        refusal = refused(content)
        assert refusal.where in ("line 1", "exchange 1")
        assert "secret" in refusal.expected
        assert "3132" not in str(refusal)


@pytest.mark.parametrize(
    "command",
    ["[withheld]", "00200080", "00200080 [withheld]", "80200080 [withheld]", "00A4020C [withheld]", "802A0097",
     "802A0097 [withheld]", "802A0097 [51 bytes withheld]", "802A0097 [51 bytes withheld] 00",
     "802A0097 [255 bytes withheld] FF", "00B00000000500", "00A4040C0AD392F00026010000000100"],
)  # fmt: skip
def test_a_command_as_a_trace_shows_it_is_taken_and_built_anew_it_is_shown_alike(command: str) -> None:
    for content in (f"> {command}\n< 9000\n", entry(command=command)):
        assert Recording.parse(content.encode()).exchanges[0].command == command
    assert shown_command(rebuilt_command(command)) == command


APPLICATION, CERTIFICATE, READ = "00A4040C0AD392F000260100000001", "00A4020C02000A", "00B0000000"
DER = "30820500" + "41" * 252


def said(*lines: tuple[str, str, int]) -> list[str]:
    """Commands, their answers' data and status words as a recording in both forms."""
    exchanges = tuple(Exchange(number, None, None, *one) for number, one in enumerate(lines, 1))
    recording = Recording(exchanges)
    return [recording.as_text(), json.dumps(recording.as_dict())]


@pytest.mark.parametrize(
    ("before", "command", "answer"),
    [
        ([CERTIFICATE], READ, DER),
        ([APPLICATION, CERTIFICATE], READ, DER),
        ([APPLICATION, CERTIFICATE], READ, "30820500 [252 bytes withheld] 41"),
        ([APPLICATION, CERTIFICATE], READ, "[4 bytes withheld] 3082"),
        ([APPLICATION, CERTIFICATE], READ, "31323334"),
        ([APPLICATION, CERTIFICATE], "00B0010000", "41" * 256),
        ([APPLICATION], "00B08A0000", DER),
        ([APPLICATION], "00B0860000", DER),
        ([], "0084000000", DER),
        ([], "0084000004", "31323334"),
        ([], "00C0000000", DER),
        ([], "00A4040000", DER),
        ([], "00A4040C", "6F028400"),
        ([], "00B0860020", "4A504B4941504943"),
        ([], "00200098", "31323334"),
        ([], "00200098 [withheld]", "31323334"),
        ([], "802A0097 [51 bytes withheld] 00", "AB" * 256),
        ([], "[withheld]", "31323334"),
        ([APPLICATION, "[withheld]"], "00B0860020", "4A504B4941504943"),
    ],
)
def test_an_answer_with_what_a_trace_withholds_is_refused_and_not_repeated(
    before: list[str], command: str, answer: str
) -> None:
    text, document = said(*((one, "", 0x9000) for one in before), (command, answer, 0x9000))
    for content, where in ((text, f"line {2 * len(before) + 2}"), (document, f"exchange {len(before) + 1}")):
        refusal = refused(content)
        assert refusal.where == where
        assert "withholds" in refusal.expected
        assert answer[:4] not in refusal.expected


def test_what_waits_behind_an_answer_is_masked_in_a_recording_too() -> None:
    for command in (READ, "0084000000", "00A4020002000A", "00200080"):
        lines = [(APPLICATION, "", 0x9000), (CERTIFICATE, "", 0x9000), (command, "", 0x6100)]
        for content in said(*lines, ("00C0000000", DER, 0x9000)):
            assert refused(content).where in ("line 8", "exchange 4")


def test_every_connection_is_masked_for_itself() -> None:
    open_ = f"> {APPLICATION}\n< 9000\n"
    label = "> 00B0860004\n< 4A504B49 9000\n"
    assert len(Recording.parse((open_ + label).encode()).exchanges) == 2
    assert refused(open_ + "\n" + label).where == "line 5"
    assert refused(open_ + "> 00B0000000\n! CardRemovedError\n" + label).where == "line 6"


# Files


def test_a_pipe_into_which_nobody_writes_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(RecordingError, match="plain file"):
        Recording.load(path)


def test_a_device_is_refused_and_a_folder_and_a_file_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    for device in ("/dev/null", "/dev/zero"):
        with pytest.raises(RecordingError, match="plain file"):
            Recording.load(Path(device))
    for path in (tmp_path, tmp_path / "no"):
        with pytest.raises(OSError, match="directory"):
            Recording.load(path)
    (tmp_path / "empty").touch()
    with pytest.raises(RecordingError, match="at least one exchange"):
        Recording.load(tmp_path / "empty")


def test_a_big_file_of_nonsense_is_refused_without_delay() -> None:
    for line in (
        "00" * 1_000_000,
        "> 00A40000\n< " + "00" * 1_000_000 + " 9000\n",
        "0000 " * 400_000,
        "> 00A40000\n< " + "0000 " * 400_000,
        "> 00A40000\n< " + "00 [1 bytes withheld] " * 99_000,
    ):
        assert refused(line).where.startswith("line ")


# Any bytes


LINES = st.sampled_from([*TEXT.splitlines(), "", "> ", "<", "! ", "< 9000", "> [withheld]", "#"])


@settings(max_examples=examples(300))
@given(st.lists(LINES | st.text(max_size=30), max_size=12).map("\n".join))
def test_any_lines_are_a_recording_that_comes_back_or_a_recording_error(text: str) -> None:
    try:
        recording = Recording.parse(text.encode("utf-8", "surrogatepass"))
    except RecordingError:
        return
    assert Recording.parse(recording.as_text().encode()) == recording
    assert Recording.parse(json.dumps(recording.as_dict()).encode()) == recording


@settings(max_examples=examples(300))
@given(st.binary(max_size=200))
def test_any_bytes_are_a_recording_or_a_recording_error(content: bytes) -> None:
    try:
        recording = Recording.parse(content)
    except RecordingError:
        return
    assert Recording.parse(recording.as_text().encode()) == recording


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["9000", "00A40000"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["exchanges", "atr", *VISIT.exchanges[0].as_dict()]), inner, max_size=8)
    ),
    max_leaves=20,
)


@settings(max_examples=examples(300))
@given(VALUES)
def test_any_json_is_a_recording_that_comes_back_or_a_recording_error(value: object) -> None:
    try:
        recording = Recording.parse(json.dumps(value).encode())
    except RecordingError:
        return
    assert Recording.parse(json.dumps(recording.as_dict()).encode()) == recording


COMMANDS = (
    *("00A4040C0AD392F000260100000001", "00A4040C0AD392F00026010000000100", "00A4040000", "00A404000431323334"),
    *("00A40000", "00A4020C020006", "00A4020C020008", "00A4020C02000A", "00A4020002000A", "00A4020C03000A00"),
    *("00B0000000", "00B0000004", "00B0010000", "00B0860020", "00B0865E04", "00B0880003", "00B08A0000", "00B08B0000"),
    *("00B0000000051F", "00C0000000", "00C0000001", "0084000008", "00200080", "002000980431323334", "2031"),
    *("802A0097010000", "802A009701", "802A0097020000", "802A0097", "00CADF3005", "8031", "31323334", ""),
)
ANSWERS = (
    *("", "90", "9000", "61FF", "6100", "6C04", "6282", "6F00", "6A82", "8F8F009000", "309000", "306100", "826100"),
    *("3082050A" + "CC" * 9 + "9000", "3082050A" + "CC" * 9 + "6100", "4E4F" * 3 + "9000", "6F028400" + "9000"),
    *("6F0284006100", "6F08" + "9000", b"JPKIAPICCTOKEN2".ljust(32).hex() + "9000", "AA" * 160 + "9000"),
    b"JPKIAPICCTOKEN2".ljust(32).hex() + "AA" * 64 + "0000040C" + "BB" * 60 + "9000",
)
SAID = st.sampled_from([bytes.fromhex(one) for one in COMMANDS]) | st.binary(max_size=40)
HEARD = st.sampled_from([bytes.fromhex(one) for one in ANSWERS]) | st.binary(max_size=40)


@settings(max_examples=examples(1000))
@given(st.lists(st.tuples(SAID, HEARD), min_size=1, max_size=12))
def test_whatever_a_trace_writes_down_can_be_read_back(said: list[tuple[bytes, bytes]]) -> None:
    mask, exchanges = AnswerMask(), []
    for number, (command, answer) in enumerate(said, 1):
        sw = int.from_bytes(answer[-2:], "big") if len(answer) >= 2 else None
        shown = shown_command(command), mask.shown_data(command, answer)
        exchanges.append(Exchange(number, None, 0.1 * number, *shown, sw))
    recording = Recording(tuple(exchanges), ATR, "reader")
    assert Recording.parse(json.dumps(recording.as_dict()).encode()) == recording
    assert Recording.parse(recording.as_text().encode()).as_text() == recording.as_text()
