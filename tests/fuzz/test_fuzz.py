"""No input makes a parser raise what is not ours: the kept ones, 10 000 new ones, a million in `make soak`."""

from __future__ import annotations

import warnings
from collections.abc import Iterator

import pytest
from cryptography.utils import CryptographyDeprecationWarning

from tests.fuzz import seeds
from tests.fuzz.engines import NO_ATHERIS, Outcome, has_atheris, run_atheris, run_mutation
from tests.fuzz.targets import PLANTED, TARGETS
from tests.thoroughness import examples

IN_MAKE_TEST, IN_SOAK = 10_000, 1_000_000
LONGEST_KEPT = 2_048
needs_atheris = pytest.mark.skipif(not has_atheris(), reason=NO_ATHERIS)
each_target = pytest.mark.parametrize("target", TARGETS)


@pytest.fixture(autouse=True)
def _warnings_are_no_errors() -> Iterator[None]:
    """As in the program: the library warns of serial numbers that it will not read for ever."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        yield


def no_failure(outcome: Outcome, runs: int) -> None:
    assert outcome.finding is None, str(outcome.finding)
    assert outcome.tried >= runs


def share(of: int) -> int:
    """One target's part of so many inputs, rounded up."""
    return -(-of // len(TARGETS))


@each_target
def test_every_kept_input_passes(target: str) -> None:
    inputs = seeds.of(target)
    assert inputs
    for data in inputs:
        TARGETS[target](data)


@each_target
def test_kept_inputs_are_small_and_told_apart(target: str) -> None:
    kept = seeds.kept(target)
    assert len(set(kept)) == len(kept)
    assert all(len(data) <= LONGEST_KEPT for data in kept)


def test_nothing_is_kept_for_a_target_that_is_gone() -> None:
    assert {path.stem for path in seeds.CORPUS.glob("*")} == set(TARGETS)


@each_target
def test_changed_inputs_pass(target: str) -> None:
    runs = share(IN_MAKE_TEST) if not has_atheris() else examples(300)
    no_failure(run_mutation(target, runs), runs)


@pytest.mark.daemon
@needs_atheris
@each_target
def test_inputs_led_by_coverage_pass(target: str) -> None:
    runs = share(IN_MAKE_TEST)
    no_failure(run_atheris(target, runs), runs)


@pytest.mark.soak
@each_target
def test_a_million_inputs_pass(target: str) -> None:
    runs = share(IN_SOAK)
    no_failure((run_atheris if has_atheris() else run_mutation)(target, runs, seed=2), runs)


def test_mutation_finds_a_planted_bug() -> None:
    finds_the_planted_bug(run_mutation("planted", 200_000, begin=[b"MADOGUCHI"]))


@pytest.mark.daemon
@needs_atheris
def test_atheris_finds_a_planted_bug_and_gives_its_input() -> None:
    finds_the_planted_bug(run_atheris("planted", 200_000, begin=[b"MADOGUCHI"]))


def finds_the_planted_bug(outcome: Outcome) -> None:
    finding = outcome.finding
    assert finding is not None
    assert finding.data.hex(" ").upper() in str(finding)
    assert "IndexError" in finding.said
    with pytest.raises(IndexError):
        PLANTED["planted"](finding.data)


def test_the_made_certificate_is_read_and_always_the_same() -> None:
    from kiosk.services.card_origin import public_key_of, read_certificate

    certificate = read_certificate(seeds.certificate())
    assert public_key_of(certificate)
    assert certificate.issuer.rfc4514_string() == "O=MADOGUCHI TEST"
    assert seeds.certificate() == seeds.certificate()


def test_a_made_visit_goes_to_its_end() -> None:
    """Or fuzzing of the session begins with a visit that ends early."""
    from reader.jpki import AUTHENTICATION_PIN, JpkiSession
    from reader.pin import PinHandle
    from tests.fuzz.targets import ScriptedConnection, pieces

    answers = pieces(seeds.visit(extended=False, choice=0)[1:])
    session = JpkiSession(ScriptedConnection(answers, extended_length=False))
    assert session.kind() == "plastic"
    assert session.certificates_present() == (True, True)
    assert session.token_flags() == 0x40C
    assert session.authentication_certificate() == seeds.certificate()
    assert session.authentication_ca_certificate() == seeds.certificate()
    assert [session.attempts_left(AUTHENTICATION_PIN) for _ in range(2)] == [3, 3]
    session.verify(AUTHENTICATION_PIN, PinHandle(bytearray(b"1234")))
