"""`python -m tests.mock_server.crowd DATA_DIR HOST PORT`: a crowd of counters in a process of its own.

Reads one order a line as JSON and prints one result a line. What costs the counters' own time is done before the clock
starts: challenges are fetched and signed, requests are written out as bytes. Then every connection sends its next
request as soon as it has the last answer, or, in an open loop, at its time whatever became of the others.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eligibility.oqs.signed_message import PURPOSE_QUALIFICATION, signed_message
from tests.mock_server.deck import DeckCard, read_deck

INSTITUTION = "1312345678"
CHALLENGE = "/v1/challenge"
CARD = "/v1/qualification/card"


class Connection(asyncio.Protocol):
    """One connection that is kept: a request, then its answer."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self.on_answer: Callable[[int, bytes], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begun."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self, request: bytes) -> None:
        """Send without waiting; `on_answer` is called with status and body."""
        assert self._transport is not None
        self._transport.write(request)

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send, and the status and body of the answer."""
        future: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()
        self.on_answer = lambda status, body: future.set_result((status, body))
        self.send(request)
        told = await future
        self.on_answer = None
        return told

    def data_received(self, data: bytes) -> None:
        """Some bytes; an answer is told when it is whole."""
        self._buffer += data
        head_end = self._buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = bytes(self._buffer[:head_end]).lower()
        start = head.index(b"content-length:") + 15
        line_end = head.find(b"\r\n", start)
        length = int(head[start : line_end if line_end >= 0 else None])
        if len(self._buffer) < head_end + 4 + length:
            return
        body = bytes(self._buffer[head_end + 4 : head_end + 4 + length])
        del self._buffer[: head_end + 4 + length]
        told = self.on_answer
        assert told is not None
        told(int(head[9:12]), body)

    def connection_lost(self, exc: Exception | None) -> None:
        """Over; whoever waits for an answer is told status 0."""
        told, self.on_answer = self.on_answer, None
        if told is not None:
            told(0, b"")

    def close(self) -> None:
        """End it."""
        self.on_answer = None
        assert self._transport is not None
        self._transport.close()


@dataclass
class Crowd:
    """Connections to one server, and the cards in their hands."""

    host: str
    port: int
    cards: Sequence[DeckCard]
    connections: list[Connection] = field(default_factory=list)
    ready: list[bytes] = field(default_factory=list)
    visits: int = 0

    def close(self) -> None:
        """Everybody goes home."""
        while self.connections:
            self.connections.pop().close()

    async def come(self, count: int) -> None:
        """Have that many new connections open: the server ends those that were idle while cards were signing."""
        self.close()
        loop = asyncio.get_running_loop()
        while len(self.connections) < count:
            _, connection = await loop.create_connection(Connection, self.host, self.port)
            self.connections.append(connection)

    def request(self, path: str, body: dict[str, Any]) -> bytes:
        """The bytes of a request."""
        content = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nhost: {self.host}:{self.port}\r\ncontent-type: application/json\r\n"
            f"accept-language: ja\r\ncontent-length: {len(content)}\r\n\r\n"
        )
        return head.encode() + content

    @property
    def challenge(self) -> bytes:
        """The request for a challenge."""
        return self.request(CHALLENGE, {"institution": INSTITUTION, "purpose": PURPOSE_QUALIFICATION})

    def next_card(self) -> DeckCard:
        """Cards in turn, so that the same one comes as late as possible."""
        self.visits += 1
        return self.cards[self.visits % len(self.cards)]

    def signed(self, challenge: bytes, card: DeckCard) -> bytes:
        """The request that answers a challenge (its JSON)."""
        told = json.loads(challenge)
        message = signed_message(told["server"], INSTITUTION, PURPOSE_QUALIFICATION, told["nonce"])
        body = {
            "institution": INSTITUTION,
            "purpose": PURPOSE_QUALIFICATION,
            "nonce": told["nonce"],
            "certificate": b64encode(card.certificate).decode(),
            "signature": b64encode(card.sign(message)).decode(),
        }
        return self.request(CARD, body)

    async def all_of(self, requests: Sequence[bytes]) -> list[bytes]:
        """The bodies of the answers to all requests, over all connections. Raises where one is not 200."""
        bodies: list[bytes] = [b""] * len(requests)
        remaining = iter(range(len(requests)))
        done = asyncio.get_running_loop().create_future()
        left = len(requests)

        def next_on(connection: Connection) -> None:
            nonlocal left
            number = next(remaining, None)
            if number is None:
                return

            def told(status: int, body: bytes) -> None:
                nonlocal left
                if status != 200:
                    if not done.done():
                        done.set_exception(RuntimeError(f"answered {status}: {body[:300]!r}"))
                    return
                bodies[number] = body
                left -= 1
                if left:
                    next_on(connection)
                elif not done.done():
                    done.set_result(None)

            connection.on_answer = told
            connection.send(requests[number])

        for connection in self.connections:
            next_on(connection)
        await done
        return bodies

    async def ask(self, path: str, count: int, connections: int) -> dict[str, float]:
        """Seconds for so many requests without content to a path."""
        requests = [self.request(path, {})] * count
        await self.come(connections)
        started = time.perf_counter()
        await self.all_of(requests)
        return {"seconds": time.perf_counter() - started}

    async def prepare(self, count: int, connections: int) -> dict[str, float]:
        """Have so many questions ready, each with a challenge that was fetched and signed."""
        await self.come(connections)
        challenges = await self.all_of([self.challenge] * count)
        self.ready = [self.signed(challenge, self.next_card()) for challenge in challenges]
        return {}

    async def check(self, count: int, connections: int) -> dict[str, float]:
        """Seconds for so many full card checks: a challenge, then one of the questions that are ready."""
        signed, self.ready = self.ready[:count], self.ready[count:]
        requests = [request for question in signed for request in (self.challenge, question)]
        await self.come(connections)
        started = time.perf_counter()
        answers = await self.all_of(requests)
        seconds = time.perf_counter() - started
        answered = sum(b'"QualificationValidity"' in answer for answer in answers[1::2])
        if answered != count:
            raise RuntimeError(f"{count - answered} of {count} card checks have no answer")
        return {"seconds": seconds}

    async def counters(self, count: int, every_s: float, for_s: float) -> dict[str, Any]:
        """An open loop: `count` counters, one visit of each every `every_s` seconds, evenly spread.

        A visit is begun at its time, whatever became of the others; its time counts from then. It has a connection of
        its own, because between two patients the server ends idle ones. Signing is live, in the middle of the visit,
        and its own time is taken off.
        """
        begin = time.perf_counter() + 0.5
        results = await asyncio.gather(
            *(self._counter(begin + every_s * number / count, every_s, begin + for_s) for number in range(count)),
            return_exceptions=True,
        )
        broken = [repr(result) for result in results if isinstance(result, BaseException)]
        times = sorted(t for result in results if not isinstance(result, BaseException) for t in result)
        return {"times": times, "errors": broken}

    async def _counter(self, first: float, every_s: float, end: float) -> list[float]:
        times = []
        for at in _moments(first, every_s, end):
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            times.append(await self._visit(at))
        return times

    async def _visit(self, begun: float) -> float:
        _, connection = await asyncio.get_running_loop().create_connection(Connection, self.host, self.port)
        _, challenge = await connection.ask(self.challenge)
        signing = time.perf_counter()
        question = self.signed(challenge, self.next_card())
        signing = time.perf_counter() - signing
        status, answer = await connection.ask(question)
        connection.close()
        if status != 200 or b'"QualificationValidity"' not in answer:
            raise RuntimeError(f"answered {status}: {answer[:300]!r}")
        return time.perf_counter() - begun - signing


def _moments(first: float, every: float, end: float) -> Iterator[float]:
    at = first
    while at < end:
        yield at
        at += every


async def obey(crowd: Crowd) -> None:
    """Order after order, until standard input ends."""
    loop = asyncio.get_running_loop()
    orders = {"ask": crowd.ask, "prepare": crowd.prepare, "check": crowd.check, "counters": crowd.counters}
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order = json.loads(line)
        result = await orders[order.pop("do")](**order)  # type: ignore[operator]
        print(json.dumps(result), flush=True)
    crowd.close()


if __name__ == "__main__":
    asyncio.run(obey(Crowd(sys.argv[2], int(sys.argv[3]), read_deck(Path(sys.argv[1])))))
