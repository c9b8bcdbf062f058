"""`madoguchi card test` and `card certificate`: a read that fails is counted, a real card is refused at any time."""

from __future__ import annotations

from pathlib import Path

import pytest

from reader.card.variants import Variant
from reader.replay import ReplayedCard
from tests.cli.looked_at import Bench, Handled, bench_at, garbled, reads_certificate
from tests.cli.test_card_trace import recorded
from tests.kiosk.services.foreign import card_of


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def bench(data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bench:
    return bench_at(data_dir, monkeypatch, capsys)


@pytest.mark.parametrize("variant", [Variant.PLASTIC, Variant.ANDROID])
def test_a_real_card_that_is_laid_down_in_the_middle_ends_the_test(bench: Bench, variant: Variant) -> None:
    real = Handled(card_of(variant))
    bench.slot.place(bench.own())
    bench.slot.when[4] = lambda: bench.slot.place(real)  # the first look, then two reads
    code, error = bench.json("test", "-n", "50")
    assert (code, error["code"]) == (5, "real_card")
    assert "--allow-real-card" in error["remedy"]
    assert (real.power, bench.slot.connected) == (1, 4)


def test_ones_own_real_card_is_read_as_often_as_asked_for_where_that_is_allowed(bench: Bench) -> None:
    bench.slot.place(card_of())
    code, document = bench.json("test", "-n", "3", "--allow-real-card")
    assert (code, document["succeeded"]) == (0, 3)


def test_garbled_certificates_are_counted_by_name(bench: Bench) -> None:
    bench.slot.place(Handled(bench.own(), garbled))
    code, document = bench.json("test", "-n", "3")
    assert (code, document["failures"]) == (3, {"card_unreadable": 3})


def test_a_certificate_that_is_garbled_once_is_one_failed_read(bench: Bench) -> None:
    def once(power: int, command: bytes, answer: bytes) -> bytes:
        return garbled(power, command, answer) if power == 3 else answer

    bench.slot.place(Handled(bench.own(), once))
    code, document = bench.json("test", "-n", "4")
    assert (code, document["succeeded"], document["failures"]) == (1, 3, {"card_unreadable": 1})


@pytest.mark.parametrize("allowed", [(), ("--allow-real-card",)])
def test_a_card_that_refuses_its_certificate_before_the_counted_reads_is_still_counted(
    bench: Bench, allowed: tuple[str, ...]
) -> None:
    def refuse(power: int, command: bytes, answer: bytes) -> bytes:
        return b"\x64\x00" if power <= 2 and reads_certificate(command) else answer

    bench.slot.place(Handled(bench.own(), refuse))
    code, document = bench.json("test", "-n", "4", *allowed)
    assert (code, document["succeeded"], document["failures"]) == (1, 3, {"card_unreadable": 1})


def test_a_real_card_that_refuses_its_certificate_at_first_is_refused_when_it_gives_it(bench: Bench) -> None:
    def refuse(power: int, command: bytes, answer: bytes) -> bytes:
        return b"\x64\x00" if power <= 2 and reads_certificate(command) else answer

    real = Handled(card_of(), refuse)
    bench.slot.place(real)
    code, error = bench.json("test", "-n", "50")
    assert (code, error["code"], real.power) == (5, "real_card", 3)


def test_a_replay_is_read_without_a_certificate_and_every_read_counts_as_failed(bench: Bench) -> None:
    bench.slot.place(bench.own())
    _, out, _ = bench.run("trace")
    bench.slot.place(ReplayedCard(recorded(out)))
    code, document = bench.json("test", "-n", "2")
    assert (code, document["failures"]) == (3, {"card_unreadable": 2})
    code, error = bench.json("certificate")
    assert (code, error["code"]) == (3, "card_unreadable")


@pytest.mark.parametrize("command", ["test", "certificate"])
@pytest.mark.parametrize("more", [(), ("--allow-real-card",)])
def test_a_juki_card_is_told_to_be_no_my_number_card(bench: Bench, command: str, more: tuple[str, ...]) -> None:
    bench.slot.place(card_of(Variant.JUKI))
    code, error = bench.json(command, *more)
    assert (code, error["code"]) == (3, "not_myna_card")


def test_the_certificate_that_is_shown_is_the_one_whose_origin_was_looked_at(bench: Bench) -> None:
    card = Handled(bench.own())
    bench.slot.place(card)
    bench.json("certificate")
    assert len(card.said) == len(set(card.said)), "nothing is read twice"


@pytest.mark.parametrize("command", ["test", "trace", "certificate"])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_refusal_of_a_real_card_names_the_option(bench: Bench, command: str, lang: str) -> None:
    bench.slot.place(card_of())
    code, _, err = bench.run(command, lang=lang)
    assert (code, "--allow-real-card" in err) == (5, True)


@pytest.mark.parametrize("command", ["test", "trace", "certificate"])
def test_the_page_on_real_cards_names_each_command_with_the_option(command: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "real-cards.md").read_text(encoding="utf-8")
    assert f"`card {command} --allow-real-card`" in page
