"""A question that is not answered: cut off, left alone, and nobody sent after it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from reader.errors import AccessDeniedError, OperationCancelledError, ServiceUnavailableError
from reader.transports import questions
from tests.daemons.virtual_card import LONG_ENOUGH_S
from tests.eventually import eventually

SOON_S = 0.05
"""A limit for what never comes in time anyway."""


class Silent:
    """A question without an answer until it is let go; counts how often it was asked."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.asked = threading.Event()
        self.times = 0

    def __call__(self) -> str:
        self.times += 1
        self.asked.set()
        self.let_go.wait()
        return "late"


@pytest.fixture
def silent() -> Iterator[Silent]:
    question = Silent()
    yield question
    question.let_go.set()
    assert eventually(lambda: questions._hanging() is None)


def threads() -> int:
    return sum(thread.name == "madoguchi-pcsc-question" for thread in threading.enumerate())


def is_silent(question: Callable[[], object], limit_s: float = SOON_S) -> None:
    with pytest.raises(ServiceUnavailableError) as refusal:
        questions.ask(question, limit_s)
    assert refusal.value.reason == "service_silent"


def test_an_answer_and_an_error_come_through_and_leave_no_thread_behind() -> None:
    def refuse() -> None:
        raise AccessDeniedError

    assert questions.ask(lambda: threading.current_thread().daemon, LONG_ENOUGH_S) is True
    with pytest.raises(AccessDeniedError):
        questions.ask(refuse, LONG_ENOUGH_S)
    assert threads() == 0


def test_no_question_is_sent_after_one_that_hangs(silent: Silent) -> None:
    answered: list[str] = []
    is_silent(silent)
    for _ in range(20):
        is_silent(lambda: answered.append("x"))
    assert (threads(), silent.times, answered) == (1, 1, [])
    silent.let_go.set()
    assert eventually(lambda: threads() == 0)
    assert questions.ask(lambda: "now", LONG_ENOUGH_S) == "now"


def test_the_next_question_waits_a_moment_for_one_that_is_about_to_be_answered(
    silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "STILL_SILENT_S", LONG_ENOUGH_S)
    is_silent(silent)
    threading.Timer(SOON_S, silent.let_go.set).start()
    assert questions.ask(lambda: "now", LONG_ENOUGH_S) == "now"


def test_questions_of_several_threads_hang_beside_each_other_and_all_end(silent: Silent) -> None:
    asking = [threading.Thread(target=is_silent, args=(silent, SOON_S)) for _ in range(5)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(LONG_ENOUGH_S)
    assert threads() <= 5
    before = threads()
    is_silent(silent)
    assert threads() == before
    silent.let_go.set()
    assert eventually(lambda: threads() == 0)


def test_whoever_asked_may_give_up_before_the_answer_and_before_the_question(
    silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "STILL_SILENT_S", LONG_ENOUGH_S)
    given_up = threading.Event()

    def give_up() -> None:
        silent.asked.wait()
        given_up.set()

    threading.Thread(target=give_up).start()
    for _ in range(2):  # the second time it waits for the question before
        with pytest.raises(OperationCancelledError):
            questions.ask(silent, LONG_ENOUGH_S, given_up=given_up)
    assert silent.times == 1


def test_an_event_that_nobody_sets_changes_nothing(silent: Silent) -> None:
    never = threading.Event()
    assert questions.ask(lambda: 1, LONG_ENOUGH_S, given_up=never) == 1
    with pytest.raises(ServiceUnavailableError):
        questions.ask(silent, SOON_S, given_up=never)


def test_a_question_left_by_an_exception_in_the_asking_thread_is_remembered(
    silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Ctrl-C does it: the wait is left in its middle."""
    from reader.transports.worker import Worker

    def interrupted(worker: Worker, limit_s: float, given_up: threading.Event | None) -> tuple[int, str]:
        silent.asked.wait()
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupting:
        interrupting.setattr(Worker, "_answer", interrupted)
        with pytest.raises(KeyboardInterrupt):
            questions.ask(silent, LONG_ENOUGH_S)
    is_silent(lambda: None)
    assert silent.times == 1
