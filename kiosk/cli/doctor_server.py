"""What `madoguchi doctor` asks of a server that was named: a challenge, and the time.

Nothing about a patient is sent. What breaks if this is wrong: a counter that finds out in front of a patient.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from kiosk.cli import values
from kiosk.cli.context import Context
from kiosk.cli.diagnosis import CLOCK_PAGE, Diagnosis
from kiosk.cli.errors import CommandError

CLOCKS_MAY_DIFFER: Final = timedelta(minutes=5)
"""More than this is told: the time of a request is then another one for the server."""
PATIENCE_S: Final = 10.0
LARGEST_ANSWER: Final = 10_000
"""Bytes of the server's answer about its health; a real one has a hundred."""


def examine_server(context: Context, url: str | None) -> Iterator[Diagnosis]:
    """Whether the server answers, and whether its clock and ours agree."""
    if url is None:
        yield Diagnosis("server", True, "server.in_process")
        return
    from kiosk.cli.troubles import told
    from kiosk.services.qualification_client import HttpQualificationClient

    institution, now = context.config.institution or values.DEFAULT_INSTITUTION, context.now()
    try:
        with told():
            client = HttpQualificationClient(url, institution, on=lambda: now().date())
            try:
                name = client.challenge().server
            finally:
                client.close()
    except CommandError as error:
        yield Diagnosis("server", False, error.code, grave=error.exit_code, error=error)
        return
    yield Diagnosis("server", True, "server.answers", {"url": url, "name": name})
    theirs = server_time(url)
    if theirs is not None:
        yield from compare_clocks(now(), theirs)


def compare_clocks(ours: datetime, theirs: datetime) -> Iterator[Diagnosis]:
    """A remark where the clocks differ by more than a few minutes: a server may be set to another day on purpose."""
    if abs(theirs - ours) <= CLOCKS_MAY_DIFFER:
        return
    theirs = theirs.astimezone(ours.tzinfo)
    params: dict[str, object] = {"ours": f"{ours:%Y-%m-%d %H:%M}", "theirs": f"{theirs:%Y-%m-%d %H:%M}"}
    yield Diagnosis("clock", None, "clock.server_differs", params, link=CLOCK_PAGE)


def server_time(url: str) -> datetime | None:
    """The server's clock, from its answer about its health; None where it does not tell."""
    import httpx2

    from kiosk.services.server_address import safe_base_url

    try:
        with httpx2.Client(
            base_url=safe_base_url(url), trust_env=False, follow_redirects=False, timeout=PATIENCE_S
        ) as client:
            answer = client.get("v1/health")
        if answer.status_code != httpx2.codes.OK or len(answer.content) > LARGEST_ANSWER:
            return None
        moment = datetime.fromisoformat(answer.json()["now"])
    except (httpx2.HTTPError, ValueError, KeyError, TypeError):
        return None
    return moment if moment.tzinfo is not None else None
