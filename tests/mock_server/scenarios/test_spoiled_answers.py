"""What becomes of an answer that is complete: cut, doubled, in other bytes, from somebody in between, or late."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.responses import JSONResponse, Response

from mock_server.scenarios.delivery import AS_IT_IS, Delivery, Trouble
from mock_server.scenarios.http_delivery import troubled
from tests.mock_server.scenarios.visits import HttpCounter, code_of, header_of


async def test_a_truncated_answer_is_whole_http_and_broken_json(counter: HttpCounter) -> None:
    whole = await counter.numbers()
    counter.arm("truncated", params={"percent": 50})
    cut = await counter.numbers()
    assert cut.status_code == 200
    assert int(cut.headers["content-length"]) == len(cut.content) == len(whole.content) // 2
    assert cut.content == whole.content[: len(cut.content)]
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        cut.json()


async def test_nothing_may_be_left_of_an_answer(counter: HttpCounter) -> None:
    counter.arm("truncated", params={"percent": 0})
    assert (await counter.numbers()).content == b""


async def test_a_doubled_answer_is_two_documents(counter: HttpCounter) -> None:
    whole = (await counter.numbers()).json()
    counter.arm("doubled", params={"copies": 3})
    text, documents, at = (await counter.numbers()).text, [], 0
    while at < len(text):
        document, at = json.JSONDecoder().raw_decode(text, at)
        documents.append(document)
    assert documents == [whole] * 3


@pytest.mark.parametrize("encoding", ["cp932", "utf-16", "euc_jp"])
async def test_bytes_of_another_encoding_come_under_the_same_header(counter: HttpCounter, encoding: str) -> None:
    whole = await counter.numbers()
    counter.arm("wrong_encoding", params={"encoding": encoding})
    other = await counter.numbers()
    assert other.headers["content-type"] == whole.headers["content-type"]
    assert other.content.decode(encoding) == whole.text
    with pytest.raises(UnicodeDecodeError):
        other.content.decode("utf-8")


async def test_right_bytes_may_come_under_a_wrong_header(counter: HttpCounter) -> None:
    counter.arm("wrong_encoding", params={"encoding": "utf-8"})
    answer = await counter.numbers()
    assert answer.headers["content-type"].endswith("charset=Shift_JIS")
    assert json.loads(answer.content.decode("utf-8"))


async def test_a_proxy_answers_with_a_page(counter: HttpCounter) -> None:
    counter.arm("proxy_error", params={"status": 504})
    answer = await counter.challenge()
    assert (answer.status_code, answer.headers["content-type"]) == (504, "text/html; charset=utf-8")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_an_answer_comes_late_by_mean_and_jitter(counter: HttpCounter, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def no_wait(awaitable: object, seconds: float) -> None:
        awaitable.close()  # type: ignore[attr-defined]
        waited.append(seconds)
        raise TimeoutError

    monkeypatch.setattr(asyncio, "wait_for", no_wait)

    async def delays(seed: int) -> list[float]:
        waited.clear()
        counter.arm("latency", times=5, seed=seed, params={"mean_ms": 1000, "jitter_ms": 400}, call="qualification")
        for _ in range(5):
            assert header_of(await counter.numbers())["SegmentOfResult"] == "1"
        return list(waited)

    first, again, other = await delays(7), await delays(7), await delays(8)
    assert first == again != other
    assert all(0.6 <= delay <= 1.4 for delay in first)
    assert len(set(first)) > 1


async def test_a_late_answer_really_comes_later(counter: HttpCounter) -> None:
    counter.arm("latency", params={"mean_ms": 300})
    loop = asyncio.get_running_loop()
    begun = loop.time()
    assert (await counter.numbers()).status_code == 200
    assert loop.time() - begun >= 0.3


async def test_a_refusal_is_late_too(counter: HttpCounter) -> None:
    counter.arm("latency", params={"mean_ms": 200}, call="qualification")
    challenge = (await counter.challenge()).json()
    assert header_of(await counter.signed_card(challenge))["SegmentOfResult"] == "1"
    counter.arm("maintenance")
    counter.arm("proxy_error", call="challenge")
    assert code_of(await counter.numbers()) == "MOCK-SERVICE-MAINTENANCE"


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("timeout", {"hold_s": 0}),
        ("reset_connection", {"at": "start"}),
        ("reset_connection", {"at": "headers"}),
        ("reset_connection", {"at": "middle"}),
        ("half_written", {"pause_ms": 0}),
    ],
)
async def test_in_this_process_there_is_no_connection_to_break(
    counter: HttpCounter, name: str, params: dict[str, int | str]
) -> None:
    counter.arm(name, params=params)
    answer = await counter.numbers()
    assert (answer.status_code, code_of(answer)) == (503, "MOCK-SERVICE-SILENT")
    assert (await counter.numbers()).status_code == 200


async def test_a_slow_body_arrives_whole(counter: HttpCounter) -> None:
    whole = await counter.numbers()
    counter.arm("slow_body", params={"pieces": 5, "pause_ms": 1})
    assert (await counter.numbers()).content == whole.content


def test_an_ordinary_delivery_leaves_the_answer_as_it_is() -> None:
    answer: Response = JSONResponse({})
    assert troubled(answer, AS_IT_IS) is answer
    assert troubled(answer, Delivery((Trouble("late_file", {"delay_s": 5}, "face"),))) is answer
