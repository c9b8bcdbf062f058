"""What one person of a 一括照会 costs the server, against one query by numbers in the same process, both without HTTP.

Both begin with the parsed JSON of a message and end with the JSON of the answer, in the same store (SQLite, as durable
as in service), for the same people. Goal: ≤ 1.5 times the single query. Wall time, because commits are part of it.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from bench.report import Figure, ratio_line
from eligibility.calendar import JST
from eligibility.oqs.bulk_messages import BulkQualificationRequest, BulkRequestBody
from eligibility.oqs.codec import from_json, to_json
from eligibility.oqs.messages import QualificationRequest
from mock_server.callers import Caller
from mock_server.composition import Backend, open_backend
from mock_server.personas import load_personas
from tests.mock_server.conftest import INSTITUTION
from tests.mock_server.paper_queries import numbers_of

GOAL = 1.5
PEOPLE = 1_000
ON = datetime(2026, 11, 20, 9, 0, tzinfo=JST)


def run(runs: int) -> list[Figure]:
    """Each side in turn, after one turn that is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        backend = open_backend(Path(folder), now=lambda: ON, random_bytes=os.urandom)
        try:
            names = list(load_personas())
            queries = [numbers_of(names[at % len(names)]) for at in range(PEOPLE)]
            sides: tuple[Callable[[], float], ...] = (
                lambda: _bulk(backend, queries),
                lambda: _one_by_one(backend, [to_json(query) for query in queries]),
            )
            turns = [[side() for side in sides] for _ in range(runs + 1)][1:]
        finally:
            backend.close()
    bulk, single = ([turn[side] for turn in turns] for side in range(len(sides)))
    return [ratio_line("一括照会, seconds per person, to a query by numbers", bulk, single, GOAL)]


def _bulk(backend: Backend, queries: list[QualificationRequest]) -> float:
    header = queries[0].message_header.model_copy(update={"arbitrary_file_identifier": f"MOCK{time.monotonic_ns()}"})
    body = BulkRequestBody(people=tuple(query.query for query in queries))
    asked: Any = to_json(BulkQualificationRequest(message_header=header, message_body=body))
    caller = Caller(INSTITUTION)
    begun = time.perf_counter()
    number = backend.batches.submit(caller, from_json(BulkQualificationRequest, asked)).reception_number
    assert number is not None
    while (answer := backend.batches.result(caller, number)).done < len(queries):
        time.sleep(0.001)
    assert sum(len(piece) for piece in answer.pieces()) == len(queries)
    return (time.perf_counter() - begun) / len(queries)


def _one_by_one(backend: Backend, asked: list[dict[str, object]]) -> float:
    caller = Caller(INSTITUTION)
    begun = time.perf_counter()
    for one in asked:
        request = from_json(QualificationRequest, one)
        job = partial(backend.service.check_by_numbers, caller=caller, request=request)
        to_json(backend.ledger.run_sync(job))
    return (time.perf_counter() - begun) / len(asked)
