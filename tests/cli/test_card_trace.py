"""`madoguchi card trace`: a recording of whatever lies there, and nothing of a real card that nobody allowed."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.cli.emulated_card import CardPlan
from reader.card.applet import SoftwareCard
from reader.card.variants import Variant
from reader.recording import Recording
from reader.replay import ReplayedCard
from tests.card_factory import make_image
from tests.cli.looked_at import Bench, Handled, bench_at, garbled, reads_certificate
from tests.kiosk.services.foreign import card_of

AUTHENTICATION_FILE = 0x000A
PRESENCE_FILE = 0x0008
SIGNING_PIN_FILE = "00A4020C02001B"
PRESENCE_READ = "00B0880003"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def bench(data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bench:
    return bench_at(data_dir, monkeypatch, capsys)


def recorded(out: str) -> Recording:
    """Standard output, taken as a recording."""
    return Recording.parse(out.encode())


def commands(recording: Recording) -> list[str]:
    return [exchange.command for exchange in recording.exchanges]


def certificate_is_in(recording: Recording) -> bool:
    return any(reads_certificate(bytes.fromhex(command)) for command in commands(recording))


def refuse_certificate_at_first(power: int, command: bytes, answer: bytes) -> bytes:
    return b"\x64\x00" if power == 1 and reads_certificate(command) else answer


# ── whose card it is ──


def test_a_real_card_that_fails_at_first_is_not_read_without_leave(bench: Bench) -> None:
    card = Handled(card_of(), refuse_certificate_at_first)
    bench.slot.place(card)
    code, out, err = bench.run("trace")
    assert (code, card.certificate_reads) == (3, 0)
    assert not certificate_is_in(recorded(out))
    assert "--allow-real-card" in err
    assert "6400" in err


def test_a_real_card_that_fails_at_first_is_read_with_leave(bench: Bench) -> None:
    card = Handled(card_of(), refuse_certificate_at_first)
    bench.slot.place(card)
    code, out, err = bench.run("trace", "--allow-real-card")
    assert certificate_is_in(recorded(out))
    assert (code, "--allow-real-card" in err) == (3, False)


def test_a_real_card_that_is_laid_down_after_the_first_look_is_refused_and_leaves_no_file(
    bench: Bench, tmp_path: Path
) -> None:
    path = tmp_path / "reader.trace"
    bench.slot.place(bench.own())
    bench.slot.when[2] = lambda: bench.slot.place(card_of())
    code, error = bench.json("trace", "--output", str(path))
    assert (code, error["code"]) == (5, "real_card")
    assert "--allow-real-card" in error["remedy"]
    assert not path.exists()


def test_a_test_card_is_traced_with_its_certificate_and_no_remark(bench: Bench) -> None:
    bench.slot.place(bench.own())
    code, out, err = bench.run("trace")
    assert (code, err) == (0, "")
    assert certificate_is_in(recorded(out))


# ── a trace where one is needed ──


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_card_with_a_garbled_certificate_has_a_trace_on_the_screen(bench: Bench, lang: str) -> None:
    bench.slot.place(Handled(bench.own(), garbled))
    code, out, err = bench.run("trace", lang=lang)
    assert code == 3
    assert len(recorded(out).exchanges) > 4
    assert len(err.splitlines()) == 3, "the certificate was left out, what was wrong, and what helps"


def test_a_card_with_a_garbled_certificate_has_a_trace_in_a_file(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "reader.trace"
    bench.slot.place(Handled(bench.own(), garbled))
    code, document = bench.json("trace", "--output", str(path))
    assert (code, document["error"]) == (3, "card_unreadable")
    assert [exchange["command"] for exchange in document["exchanges"]] == commands(Recording.load(path))


def test_the_output_of_a_card_that_fails_is_a_recording_and_the_sentences_stand_beside_it(bench: Bench) -> None:
    def fail(_power: int, command: bytes, answer: bytes) -> bytes:
        return b"\x6f\x01" if command[1] == 0x20 else answer

    bench.slot.place(Handled(bench.own(), fail))
    code, out, err = bench.run("trace")
    assert code == 3
    assert [exchange.sw for exchange in recorded(out).exchanges][-1] == 0x6F01
    assert "The card could not be read (6F01)." in err
    assert "Remedy: " in err


def test_what_failed_is_told_by_its_code_alone_in_json(bench: Bench) -> None:
    bench.slot.place(card_of(Variant.NOT_MYNA))
    code, _, err = bench.run("trace", "--json")
    assert (code, err) == (3, "")


# ── every kind of card ──


def test_a_card_of_the_next_generation_is_traced_without_a_file_of_certificates(bench: Bench) -> None:
    bench.slot.place(bench.own(Variant.NEXT_GENERATION))
    code, document = bench.json("trace")
    assert (code, document["error"]) == (0, None)
    assert any(reads_certificate(bytes.fromhex(exchange["command"])) for exchange in document["exchanges"])


def test_a_plastic_card_without_a_file_of_certificates_is_traced(bench: Bench) -> None:
    image = make_image()
    files = {ef: file for ef, file in image.files.items() if ef != PRESENCE_FILE}
    bench.slot.place(SoftwareCard(image.with_application(replace(image.main, files=files))))
    code, document = bench.json("trace", "--allow-real-card")
    assert (code, document["error"]) == (0, None)
    assert "6A82" in {exchange["sw"] for exchange in document["exchanges"]}


@pytest.mark.parametrize("more", [(), ("--allow-real-card",)])
def test_a_juki_card_is_told_to_be_none_after_its_trace(bench: Bench, more: tuple[str, ...]) -> None:
    bench.slot.place(card_of(Variant.JUKI))
    code, document = bench.json("trace", *more)
    assert (code, document["error"]) == (3, "not_myna_card")
    assert len(document["exchanges"]) > 4
    code, out, err = bench.run("trace", *more)
    assert recorded(out).exchanges
    assert err.startswith("madoguchi: What lies there is no My Number card")


@pytest.mark.parametrize("variant", [Variant.CHILD, Variant.FACE_ONLY, Variant.ANDROID, Variant.IPHONE])
def test_the_other_kinds_are_traced_too(bench: Bench, variant: Variant) -> None:
    bench.slot.place(bench.own(variant))
    code, document = bench.json("trace")
    assert (code, document["error"]) == (0, None)


# ── played back ──


@pytest.fixture
def replay(bench: Bench) -> Bench:
    """The bench with a replay of its own test card on it."""
    bench.slot.place(bench.own())
    _, out, _ = bench.run("trace")
    bench.slot.place(ReplayedCard(recorded(out)))
    return bench


def test_a_replay_tells_the_tries_of_both_pins(replay: Bench) -> None:
    code, document = replay.json("status")
    assert (code, document["pins"]) == (0, {"auth": 3, "sign": 5})


@pytest.mark.parametrize("more", [(), ("--allow-real-card",)])
def test_a_replay_can_be_traced(replay: Bench, more: tuple[str, ...]) -> None:
    code, out, _ = replay.run("trace", *more)
    said = commands(recorded(out))
    assert {SIGNING_PIN_FILE, PRESENCE_READ} <= set(said)
    assert (code, certificate_is_in(recorded(out))) == (3, bool(more))


def test_a_replay_of_a_card_without_a_pin_says_that_it_has_none(bench: Bench) -> None:
    bench.slot.place(bench.own(Variant.FACE_ONLY))
    _, out, _ = bench.run("trace")
    bench.slot.place(ReplayedCard(recorded(out)))
    assert "顔認証マイナンバーカード" in bench.run("status")[1]


def test_a_replay_takes_as_long_as_it_took_then_and_no_longer_than_it_lies_there() -> None:
    slow = Recording.parse(
        b"> 00A4040C0AD392F000260100000001\n< 9000 ok   (80.0 ms)\n> 00B0860020\n! CardTimeoutError   (90000.0 ms)\n"
    )
    taken = CardPlan(recording=slow).take(None)
    started = time.monotonic()
    assert taken.card.process(bytes.fromhex("00A4040C0AD392F000260100000001")) == b"\x90\x00"
    assert time.monotonic() - started >= 0.08
    taken.leaving.set()
    assert taken.card.process(bytes.fromhex("00B0860020")) == b""
    assert time.monotonic() - started < 60


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_help_says_how_far_a_replay_carries(bench: Bench, lang: str) -> None:
    for command in ("trace", "emulate"):
        told = "".join(bench.run(command, "--help", lang=lang)[1].split())
        assert any(words in told for words in ("証明書はありません", "証明書はない", "nocertificate"))
