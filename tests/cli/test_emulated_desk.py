"""What a running `card emulate` answers to each command, with cards of a real test authority and no reader."""

from __future__ import annotations

import re
import shlex
import threading
from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.cli.context import JST
from kiosk.cli.emulated_card import CardPlan, read_quirks
from kiosk.cli.emulated_desk import EmulatedDesk
from kiosk.cli.held_card import take_card
from kiosk.cli.output import Output
from kiosk.cli.parsing import build_parser, parse
from kiosk.cli.words import Words
from mock_server.issuer import TestAuthority
from reader.card.applet import SoftwareCard
from reader.card.contactless import ContactlessCard
from reader.card.interface import EmulatedCard
from reader.card.variants import Variant
from reader.errors import ServiceUnavailableError
from reader.recording import Recording
from reader.transports.card_control import LineDecoder
from reader.transports.emulated_slot import SlotState
from reader.transports.emulator import CardEmulator, EmulatedReader
from tests.cli.command import PROJECT
from tests.cli.test_usage import invented_individual_number

DOCUMENT = (PROJECT / "docs" / "card-emulate.md").read_text(encoding="utf-8")


class NoReader(CardEmulator):
    """Slots that show every card at once, under the names of Debian's driver, or fail as they are told to."""

    def __init__(self) -> None:
        self.lying: list[EmulatedCard | None] = [None, None]
        self.failure: ServiceUnavailableError | None = None
        self.nobody_asks = False
        self.done: list[str] = []

    def __len__(self) -> int:
        return 2

    def state(self, number: int) -> SlotState:
        return SlotState.EMPTY if self.lying[number] is None else SlotState.PLACED

    def reader(self, number: int) -> EmulatedReader | None:
        return EmulatedReader(f"Virtual PCD 00 0{number}", number)

    def place(
        self, number: int, card: EmulatedCard, *, gone: threading.Event | None = None, wait_s: float | None = None
    ) -> EmulatedReader | None:
        if self.failure is not None:
            raise self.failure
        self.done.append(f"place {number}")
        self.lying[number] = card
        return None if self.nobody_asks else self.reader(number)

    def remove(self, number: int) -> None:
        self.done.append(f"remove {number}")
        self.lying[number] = None

    def close(self) -> None:
        self.lying = [None, None]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    """One installation for all tests here: its cards are issued once."""
    return TestAuthority.open(tmp_path_factory.mktemp("keystore"), lambda: datetime.now(JST))


@pytest.fixture
def reader() -> NoReader:
    """The slots."""
    return NoReader()


@pytest.fixture
def stop() -> threading.Event:
    """Set by `quit`."""
    return threading.Event()


@pytest.fixture
def desk(reader: NoReader, authority: TestAuthority, stop: threading.Event) -> Iterator[EmulatedDesk]:
    """The slots with nothing in them."""
    made = EmulatedDesk(reader, lambda: authority, Output(Words("en"), as_json=False), stop, CardPlan())
    yield made
    made.close()


def code(answer: str) -> str:
    return answer.split()[1] if answer.startswith("error ") else answer.split()[0]


def transcripts() -> list[tuple[str, str]]:
    """What the document says is asked and answered."""
    (block,) = re.findall(r"^```transcript\n(.*?)^```", DOCUMENT, flags=re.MULTILINE | re.DOTALL)
    lines = block.splitlines()
    return list(zip(lines[::2], lines[1::2], strict=True))


def test_the_session_in_the_document_is_what_happens(desk: EmulatedDesk, stop: threading.Event) -> None:
    assert transcripts()
    for asked, answered in transcripts():
        assert desk.answer(asked) == answered
    assert stop.is_set()


def test_every_command_line_in_the_document_can_be_parsed() -> None:
    lines = re.findall(r"^\$ madoguchi (.*)$", DOCUMENT, flags=re.MULTILINE)
    assert len(lines) >= 5
    for line in lines:
        assert parse(build_parser(Words("en")), shlex.split(line)).subcommand == "emulate"
    asked = re.findall(r"^ask '([^']*)'", DOCUMENT, flags=re.MULTILINE)
    assert asked == ["place taro 0", "swap taro 0 variant=face-only", "quit"]


def test_the_commands_of_the_ci_job_are_answered_with_ok(desk: EmulatedDesk) -> None:
    for line in re.findall(r"^ask '([^']*)'", DOCUMENT, flags=re.MULTILINE):
        assert desk.answer(line).startswith("ok ")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("place nobody", "unknown_persona"),
        ("place Tarou", "unknown_persona"),
        ("place taro variant=androyd", "unknown_variant"),
        ("place taro quirk=slwo", "unknown_quirk"),
        ("place taro quirk=slow=-1", "bad_quirk"),
        ("place taro quirk=tear-off", "bad_quirk"),
        ("place taro contactless=107", "bad_contactless"),
        ("remove", "slot_empty"),
        ("plaice taro", "unknown_command"),
        ("", "no_command"),
        ("place taro 7", "bad_slot"),
    ],
)
def test_what_cannot_be_done_is_told_with_a_code_and_changes_nothing(
    desk: EmulatedDesk, reader: NoReader, line: str, expected: str
) -> None:
    answer = desk.answer(line)
    assert code(answer) == expected
    assert len(answer.split()) > 4
    assert reader.done == []


def test_unknown_names_are_answered_with_those_that_look_like_them_or_where_they_are_listed(desk: EmulatedDesk) -> None:
    assert re.search(r"Did you mean taro[,?]", desk.answer("place tarou"))
    assert "madoguchi server personas" in desk.answer("place zzz")
    assert "Did you mean android?" in desk.answer("place taro variant=androyd")
    assert "face-only" in desk.answer("place taro variant=zzz")
    assert "Did you mean slow?" in desk.answer("place taro quirk=slwo")
    assert "flip-byte" in desk.answer("place taro quirk=zzz")
    assert "slow[=MS]" in desk.answer("place taro quirk=slow=x")
    assert "848" in desk.answer("place taro contactless=9")


@pytest.mark.parametrize(
    "line",
    [
        "4093",
        "place 4093",
        "place taro 4093",
        "place taro variant=4093",
        "swap taro quirk=4093",
        "place taro quirk=slow=4093:x",
        "place taro contactless=4093",
        "place taro pin=4093",
        "remove 4093",
        "quit 4093",
    ],
)
def test_a_pin_in_the_wrong_window_is_never_answered_back(desk: EmulatedDesk, line: str) -> None:
    answer = desk.answer(line)
    assert answer.startswith("error ")
    assert "4093" not in answer


def test_an_individual_number_is_refused_and_never_answered_back(desk: EmulatedDesk) -> None:
    number = invented_individual_number()
    for line in (number, f"place {number}", f"place taro variant={number[:4]}-{number[4:8]}-{number[8:]}"):
        answer = desk.answer(line)
        assert code(answer) == "individual_number"
        assert number not in answer


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.lists(st.binary(max_size=60), max_size=5))
def test_garbage_is_answered_with_one_line_each_and_moves_no_card(
    desk: EmulatedDesk, reader: NoReader, lines: list[bytes]
) -> None:
    decoder = LineDecoder()
    asked = [line for piece in lines for line in decoder.feed(piece.replace(b"\n", b" ") + b"\n")]
    assert len(asked) == len(lines)
    for line in asked:
        answer = desk.answer(line)
        assert re.fullmatch(r"(ok|error [a-z_]+) \S.*", answer)
        assert answer.isprintable()


def test_a_card_is_made_as_it_is_wished_for(reader: NoReader, authority: TestAuthority, stop: threading.Event) -> None:
    default = CardPlan(variant=Variant.ANDROID, quirks=read_quirks(["first-6f00"]), rate=848)
    desk = EmulatedDesk(reader, lambda: authority, Output(Words("en"), as_json=False), stop, default)
    select = bytes.fromhex("00A4040C0AD392F000260100000001")

    def lying() -> EmulatedCard:
        card = reader.lying[0]
        assert card is not None
        return card

    desk.answer("place taro")
    assert isinstance(lying(), ContactlessCard)
    assert [lying().process(select), lying().process(select)] == [b"\x6f\x00", b"\x90\x00"]
    assert "variant=android quirks=first-6f00 contactless=848" in desk.answer("status")
    desk.answer("swap taro quirk=none variant=not-myna")
    assert lying().process(select) == b"\x6a\x82"
    assert "variant=not-myna quirks=- contactless=848" in desk.answer("status")
    desk.close()


@pytest.mark.parametrize(
    ("persona", "own"),
    [("taro", Variant.PLASTIC), ("hason", Variant.MUTE), ("kao", Variant.FACE_ONLY), ("kazuha", Variant.CHILD)],
)
def test_without_a_variant_it_is_the_kind_of_card_the_persona_has(
    desk: EmulatedDesk, reader: NoReader, authority: TestAuthority, persona: str, own: Variant
) -> None:
    assert code(desk.answer(f"place {persona}")) == "ok"
    assert f"persona={persona} variant={own.value} " in desk.answer("status")
    lying = reader.lying[0]
    assert lying is not None
    same = SoftwareCard(authority.card(persona, own))
    assert (lying.mute, lying.atr) == (same.mute, same.atr)
    select = bytes.fromhex("00A4040C0AD392F000260100000001")
    assert lying.process(select) == same.process(select)


def test_a_variant_that_is_said_is_that_for_every_persona(
    reader: NoReader, authority: TestAuthority, stop: threading.Event
) -> None:
    default = CardPlan(variant=Variant.PLASTIC)
    desk = EmulatedDesk(reader, lambda: authority, Output(Words("en"), as_json=False), stop, default)
    desk.answer("place hason")
    assert "persona=hason variant=plastic " in desk.answer("status")
    desk.answer("swap kao 0 variant=child")
    assert "persona=kao variant=child " in desk.answer("status")
    desk.close()


def test_a_card_that_is_elsewhere_is_told_and_what_lies_there_stays(
    desk: EmulatedDesk, reader: NoReader, authority: TestAuthority
) -> None:
    assert code(desk.answer("place taro")) == "ok"
    held = take_card("hanako", authority)
    assert code(desk.answer("place hanako 1")) == "card_elsewhere"
    assert code(desk.answer("swap hanako")) == "card_elsewhere"
    assert reader.done == ["place 0"]
    held.let_go()
    assert code(desk.answer("swap hanako")) == "ok"
    take_card("taro", authority).let_go()


def test_a_persons_card_is_exchanged_for_another_kind_of_it(desk: EmulatedDesk, reader: NoReader) -> None:
    assert code(desk.answer("place taro")) == "ok"
    assert code(desk.answer("place taro 1 variant=child")) == "persona_in_other_slot"
    assert code(desk.answer("swap taro 0 variant=child")) == "ok"
    assert reader.done == ["place 0", "remove 0", "place 0"]


def test_a_reader_that_fails_leaves_the_slot_empty_and_the_card_free(
    desk: EmulatedDesk, reader: NoReader, authority: TestAuthority
) -> None:
    for reason in ("vpcd_not_listening", "vpcd_slot_taken", "slot_failed"):
        reader.failure = ServiceUnavailableError(reason)
        assert code(desk.answer("place taro")) == reason
        assert desk.answer("status") == "ok slot=0 state=empty; slot=1 state=empty"
        take_card("taro", authority).let_go()
    reader.failure = None
    assert code(desk.answer("place taro")) == "ok"


def test_a_card_that_nobody_asked_for_yet_is_told_without_a_reader(desk: EmulatedDesk, reader: NoReader) -> None:
    reader.nobody_asks = True
    assert desk.answer("place taro 1") == "ok reader=- slot=1 persona=taro"


def test_a_fault_that_nobody_foresaw_is_an_answer_too(
    desk: EmulatedDesk, reader: NoReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(number: int) -> None:
        raise RuntimeError("4093")

    desk.answer("place taro")
    monkeypatch.setattr(reader, "remove", broken)
    answer = desk.answer("remove")
    assert code(answer) == "control_failed"
    assert "4093" not in answer
    assert desk.answer("help").startswith("ok place PERSONA [SLOT] [OPTION...]; ")


def test_the_sentences_follow_the_language(reader: NoReader, authority: TestAuthority, stop: threading.Event) -> None:
    desk = EmulatedDesk(reader, lambda: authority, Output(Words("ja"), as_json=False), stop, CardPlan())
    assert desk.answer("remove") == "error slot_empty スロット 0 にカードはありません。 status で確かめられます。"
    assert desk.answer("what") == "error unknown_command そのような命令はありません。help で一覧が出ます。"


def test_a_recording_lies_there_as_nobodys_card(desk: EmulatedDesk, reader: NoReader) -> None:
    recording = Recording((), atr=b"\x3b\x80\x01\x81")
    desk.place(0, CardPlan(recording=recording))
    card = reader.lying[0]
    assert card is not None
    assert card.atr == b"\x3b\x80\x01\x81"
    assert "persona=- variant=recording" in desk.answer("status")
    assert desk.answer("remove") == "ok slot=0 persona=-"


def test_cards_are_free_again_at_the_end(desk: EmulatedDesk, authority: TestAuthority) -> None:
    desk.answer("place taro")
    desk.close()
    desk.close()
    take_card("taro", authority).let_go()
