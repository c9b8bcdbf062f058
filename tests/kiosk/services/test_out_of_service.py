"""A service with open doors that is not at work: told from one that works, by what it said to a question."""

from __future__ import annotations

import pytest

from kiosk.services.desk_records import ServiceRecords
from kiosk.services.interfaces import ServiceStopped
from kiosk.services.qualification_client import HttpQualificationClient
from tests.kiosk.services.small_server import SmallServer

HEALTHY = {"status": "ok", "server": "madoguchi-test", "now": "2026-11-20T09:14:00+09:00"}
RESTING = {"error": {"code": "MOCK-SERVICE-MAINTENANCE"}}


def asked(client: HttpQualificationClient) -> None:
    with pytest.raises(ServiceStopped):
        client.challenge()


def test_a_question_that_is_refused_with_a_rest_says_so_until_another_is_answered(
    client: HttpQualificationClient, server: SmallServer
) -> None:
    records = ServiceRecords(lambda: client, lambda: client)
    assert [records.out_of_service] == [False], "nobody has asked"
    server.answers(RESTING, 503)
    asked(client)
    assert records.out_of_service
    server.answers(HEALTHY)
    client.health()
    assert records.out_of_service, "open doors are no work"
    server.answers({"error": {"code": "MOCK-REQUEST"}}, 422)
    asked(client)
    assert not records.out_of_service, "a refusal of this question is work"


def test_the_desk_s_look_asks_a_question_about_nobody_only_of_a_service_at_rest(
    client: HttpQualificationClient, server: SmallServer
) -> None:
    records = ServiceRecords(lambda: client, lambda: client)
    server.answers(HEALTHY)
    records.health()
    assert [path for _, path, _ in server.asked] == ["/mock/v1/health"]
    server.answers(RESTING, 503)
    asked(client)
    server.asked.clear()
    server.answers(HEALTHY)
    with pytest.raises(ServiceStopped):  # it is no challenge; what counts is that it was asked for
        records.health()
    assert [path for _, path, _ in server.asked] == ["/mock/v1/health", "/mock/v1/challenge"]
    assert not records.out_of_service


def test_a_service_nobody_has_reached_is_not_at_rest() -> None:
    def never() -> HttpQualificationClient:
        raise AssertionError("nobody asked")

    assert not ServiceRecords(never, lambda: None).out_of_service
