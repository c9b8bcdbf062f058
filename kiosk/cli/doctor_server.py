"""What `madoguchi doctor` asks of a server that was named: a challenge, and the time.

Nothing about a patient is sent. What breaks if this is wrong: a counter that finds out in front of a patient.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from kiosk.cli import values
from kiosk.cli.context import Context
from kiosk.cli.diagnosis import CLOCK_PAGE, Diagnosis
from kiosk.cli.errors import CommandError

if TYPE_CHECKING:  # annotations only
    from kiosk.services.server_login import ServerLogin

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
    from kiosk.services.server_login import NO_LOGIN

    institution, now = context.config.institution or values.DEFAULT_INSTITUTION, context.now()
    try:
        with told():
            login = context.login() or NO_LOGIN
            client = HttpQualificationClient(url, institution, on=lambda: now().date(), login=login)
            try:
                name = client.challenge().server
            finally:
                client.close()
    except CommandError as error:
        yield Diagnosis("server", False, error.code, grave=error.exit_code, error=error)
        return
    yield Diagnosis("server", True, "server.answers", {"url": url, "name": name})
    theirs = server_time(url, login)
    if theirs is not None:
        yield from compare_clocks(now(), theirs)


def compare_clocks(ours: datetime, theirs: datetime) -> Iterator[Diagnosis]:
    """A remark where the clocks differ by more than a few minutes: a server may be set to another day on purpose."""
    if abs(theirs - ours) <= CLOCKS_MAY_DIFFER:
        return
    theirs = theirs.astimezone(ours.tzinfo)
    params: dict[str, object] = {"ours": f"{ours:%Y-%m-%d %H:%M}", "theirs": f"{theirs:%Y-%m-%d %H:%M}"}
    yield Diagnosis("clock", None, "clock.server_differs", params, link=CLOCK_PAGE)


def server_time(url: str, login: ServerLogin) -> datetime | None:
    """The server's clock, from its answer about its health; None where it does not tell."""
    import httpx2

    from kiosk.services.server_address import safe_base_url, tls_context

    address = safe_base_url(url)
    try:
        with httpx2.Client(
            base_url=address,
            verify=tls_context(login) if address.scheme == "https" else False,
            headers={"Authorization": f"Bearer {login.token}"} if login.token else {},
            trust_env=False,
            follow_redirects=False,
            timeout=PATIENCE_S,
        ) as client:
            answer = client.get("v1/health")
        if answer.status_code != httpx2.codes.OK or len(answer.content) > LARGEST_ANSWER:
            return None
        moment = datetime.fromisoformat(answer.json()["now"])
    except (httpx2.HTTPError, ValueError, KeyError, TypeError):
        return None
    return moment if moment.tzinfo is not None else None
