"""schemathesis over the description of the controls: nothing breaks them, and they answer as they say."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from mock_server.admin.documentation import describe
from mock_server.listeners import LOOPBACK_NAMES, address_of, listen, url_of
from mock_server.runner import Surface, serve
from mock_server.token_guard import TokenGuard
from mock_server.web_guard import WebGuard

pytestmark = pytest.mark.broad
TOKEN = "a-token-of-this-test"
LEFT_OUT = (
    "/admin/exchanges/stream",  # it never ends
    "/admin/folders",  # it makes folders wherever it is told to
    "/admin/certificates",  # the test CA is everybody's
)


@pytest.fixture
def url(admin_app: FastAPI) -> Iterator[str]:
    ready = threading.Event()
    ends: list[Callable[[], None]] = []

    def on_ready(end: Callable[[], None]) -> None:
        ends.append(end)
        ready.set()

    listener = listen(address_of("127.0.0.1"), 0)
    found = url_of(listener)
    surface = Surface(WebGuard(TokenGuard(admin_app, TOKEN), LOOPBACK_NAMES), listener)
    thread = threading.Thread(target=serve, args=([surface], on_ready))
    thread.start()
    ready.wait()
    yield found
    ends[0]()
    thread.join()


def described(app: FastAPI) -> dict[str, Any]:
    """The description without what must not be tried, and without waiting."""
    raw = describe(app)
    paths = {path: methods for path, methods in raw["paths"].items() if not path.startswith(LEFT_OUT)}
    exchanges = paths["/admin/exchanges"]["get"]
    exchanges = {**exchanges, "parameters": [one for one in exchanges["parameters"] if one["name"] != "wait_s"]}
    paths["/admin/exchanges"] = {**paths["/admin/exchanges"], "get": exchanges}
    return {**raw, "paths": paths}


def test_schemathesis_finds_nothing(url: str, admin_app: FastAPI) -> None:
    config = SchemathesisConfig.from_dict(
        {
            "seed": 20261121,
            "base-url": url,
            "headers": {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
            "continue-on-failure": True,
            "generation": {"max-examples": 25, "database": "none"},
            "phases": {"stateful": {"enabled": False}},
        }
    )
    schema = schemathesis.openapi.from_dict(described(admin_app), config=config)

    @schema.hook
    def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
        """Names and combinations that no description can say are refused by name; the rest counts.

        The framework's `Allow` names the methods of one route, where a path has several.
        """
        return type(failure).__name__ != "RejectedPositiveData" and "`Allow`" not in failure.message

    found, tested = [], set()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            tested.add(event.label)
            for case_id, checks in event.recorder.checks.items():
                for check in checks:
                    if check.failure_info is not None:
                        case, failure = event.recorder.cases[case_id].value, check.failure_info.failure
                        sent = f"{case.body!r} {case.query!r}"
                        found.append(f"{event.label} {check.name}: {failure.title}: {failure.message}: {sent}")
        elif isinstance(event, (events.NonFatalError, events.FatalError)):
            found.append(str(event))
    assert not found, "\n".join(found)
    assert len(tested) >= 15
