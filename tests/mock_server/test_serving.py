"""How far a server can be reached, and what it says of itself: from a plan to listening surfaces."""

from __future__ import annotations

import os
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from eligibility.calendar import JST
from mock_server import institutions, running, serving
from mock_server.composition import open_ledger
from mock_server.errors import SetupError
from mock_server.listeners import address_of, listen
from mock_server.runner import serve
from mock_server.serving import FAR_RATE, Folders, ServerPlan, Started, run
from mock_server.tls import TlsFiles
from tests.free_ports import free_port
from tests.mock_server.conftest import INSTITUTION

pytestmark = pytest.mark.broad

ASKING = {"institution": INSTITUTION, "purpose": "qualification"}


def now() -> datetime:
    return datetime.now(JST)


def plan_of(data: Path, **more: Any) -> ServerPlan:
    return ServerPlan(data, now, os.urandom, **{"port": 0, "admin_port": 0, **more})


def must_not_start(_: Started) -> None:
    raise AssertionError("it must not be served")


def refusal_of(plan: ServerPlan) -> SetupError:
    with pytest.raises(SetupError) as refusal:
        run(plan, must_not_start)
    return refusal.value


def issue(data: Path) -> str:
    with closing(open_ledger(data, now)) as ledger:
        return ledger.run_sync(lambda tx: institutions.add(tx, INSTITUTION, os.urandom))


@contextmanager
def served(plan: ServerPlan, monkeypatch: pytest.MonkeyPatch) -> Iterator[Started]:
    """A server in a thread of this process."""
    told: list[Started] = []
    ends: list[Any] = []
    ready = threading.Event()

    def ending(surfaces: Any, on_ready: Any, *more: Any) -> None:
        def remember(end: Any) -> None:
            ends.append(end)
            on_ready(end)

        serve(surfaces, remember, *more)

    def on_ready(started: Started) -> None:
        told.append(started)
        ready.set()

    monkeypatch.setattr(serving, "serve", ending)
    thread = threading.Thread(target=run, args=(plan, on_ready))
    thread.start()
    while not ready.wait(0.05):
        assert thread.is_alive(), "it ended before it was ready"
    try:
        yield told[0]
    finally:
        ends[0]()
        thread.join()


# ── how far ──


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_nothing_listens_beyond_this_machine_without_tls(tmp_path: Path, host: str) -> None:
    refusal = refusal_of(plan_of(tmp_path, host=host))
    assert (refusal.code, refusal.params["host"]) == ("setup.host.not_loopback", host)


def test_nothing_listens_beyond_this_machine_without_a_token(tmp_path: Path) -> None:
    assert refusal_of(plan_of(tmp_path, host="0.0.0.0", tls_auto=True)).code == "setup.institutions.none"
    issue(tmp_path)
    with closing(open_ledger(tmp_path, now)) as ledger:
        ledger.run_sync(lambda tx: institutions.revoke(tx, INSTITUTION))
    assert refusal_of(plan_of(tmp_path, host="0.0.0.0", tls_auto=True)).code == "setup.institutions.none"


def test_beyond_this_machine_tls_and_tokens_are_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = issue(tmp_path)
    plan = plan_of(tmp_path, host="0.0.0.0", tls_auto=True, names=("clinic.example",))
    with served(plan, monkeypatch) as started:
        assert started.url.startswith("https://clinic.example:")
        assert started.tokens_required
        assert started.ca_file is not None
        here = started.url.replace("clinic.example", "127.0.0.1")
        with httpx2.Client(verify=ssl.create_default_context(cafile=started.ca_file), trust_env=False) as client:
            assert client.get(f"{here}/v1/health").status_code == 401
            headers = {"authorization": f"Bearer {token}"}
            assert client.post(f"{here}/v1/challenge", json=ASKING, headers=headers).status_code == 200
            named = {**headers, "host": "clinic.example"}
            assert client.get(f"{here}/v1/health", headers=named).status_code == 200
            named["host"] = "evil.example"
            assert client.get(f"{here}/v1/health", headers=named).status_code == 421
        assert started.admin_url.startswith("http://127.0.0.1:"), "admin and console stay on this machine"


def test_the_limit_beyond_this_machine_is_another_one(tmp_path: Path) -> None:
    far, near = address_of("0.0.0.0"), address_of("127.0.0.1")
    assert serving._exposure(plan_of(tmp_path), far).rate == FAR_RATE
    assert serving._exposure(plan_of(tmp_path), near).rate == serving.LOOPBACK_RATE
    assert serving._exposure(plan_of(tmp_path, rate=0.0), far).rate is None
    assert serving._exposure(plan_of(tmp_path, rate=7.0), near).rate == 7.0


def test_here_neither_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(plan_of(tmp_path), monkeypatch) as started:
        assert httpx2.post(f"{started.url}/v1/challenge", json=ASKING, trust_env=False).status_code == 200
        assert (started.ca_file, started.tokens_required) == (None, False)


# ── what it says of itself ──


def test_commands_find_it_while_it_runs_and_not_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(plan_of(tmp_path), monkeypatch) as started:
        found = running.find(tmp_path)
        assert found is not None
        assert (found.pid, found.url, found.admin_url) == (os.getpid(), started.url, started.admin_url)
        assert found.admin_token == started.admin_token
        assert running.running_file(tmp_path).stat().st_mode & 0o777 == 0o600
        answer = httpx2.get(f"{found.admin_url}/admin/clock", trust_env=False)
        assert answer.status_code == 401
        headers = {"authorization": f"Bearer {found.admin_token}"}
        assert httpx2.get(f"{found.admin_url}/admin/clock", headers=headers, trust_env=False).status_code == 200
    assert running.find(tmp_path) is None


def test_the_console_opens_with_the_token_and_keeps_it_as_a_cookie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(plan_of(tmp_path), monkeypatch) as started, httpx2.Client(trust_env=False) as browser:
        assert browser.get(f"{started.admin_url}/console/").status_code == 401
        browser.get(f"{started.admin_url}/console/", params={"token": started.admin_token})
        page = browser.get(f"{started.admin_url}/console/")
        assert page.status_code == 200
        assert "<html" in page.text


def test_every_start_has_a_token_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = set()
    for _ in range(2):
        with served(plan_of(tmp_path), monkeypatch) as started:
            tokens.add(started.admin_token)
    assert len(tokens) == 2
    assert all(len(token) >= 43 for token in tokens)


def test_folders_are_served_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = tmp_path / "renkei"
    with served(plan_of(tmp_path / "data", folders=(Folders(INSTITUTION, folders),)), monkeypatch):
        assert {"req", "res", "face"} <= {path.name for path in folders.iterdir()}


# ── what is in its way ──


def test_either_port_in_use_names_the_option_for_another(tmp_path: Path) -> None:
    with closing(listen(address_of("127.0.0.1"), 0)) as taken:
        port = taken.getsockname()[1]
        for option, plan in (
            ("--port", plan_of(tmp_path, port=port)),
            ("--admin-port", plan_of(tmp_path, admin_port=port)),
        ):
            refusal = refusal_of(plan)
            assert (refusal.code, refusal.params["option"]) == ("setup.port.in_use", option)


def test_tls_files_that_cannot_be_used_are_named_and_nothing_is_served(tmp_path: Path) -> None:
    missing = TlsFiles(tmp_path / "no.pem", tmp_path / "no.key")
    assert refusal_of(plan_of(tmp_path, tls=missing)).code == "setup.tls.unreadable"
    assert running.find(tmp_path) is None


def test_a_failed_start_leaves_its_ports_free(tmp_path: Path) -> None:
    port = free_port()
    for _ in range(2):
        assert refusal_of(plan_of(tmp_path, port=port, database_url="not a url")).code == "setup.database.bad_url"


def test_beyond_this_machine_a_browser_reads_the_description_beside_the_controls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(tmp_path)
    plan = plan_of(tmp_path, host="0.0.0.0", tls_auto=True, names=("clinic.example",))
    with served(plan, monkeypatch) as started, httpx2.Client(base_url=started.admin_url, trust_env=False) as browser:
        assert browser.get("/admin/v1/docs").status_code == 401
        assert browser.get("/admin/v1/docs", params={"token": started.admin_token}).status_code == 200
        page = browser.get("/admin/v1/docs")
        assert "://" not in page.text
        assert "script-src 'self';" in page.headers["content-security-policy"]
        files = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(files) == 4
        found = {file: browser.get(file) for file in files}
        assert {file: one.status_code for file, one in found.items()} == dict.fromkeys(files, 200)
        assert '"/admin/v1/openapi.json"' in found["/admin/v1/docs/start.js"].text
        description = browser.get("/admin/v1/openapi.json").json()
        assert "/v1/qualification/card" in description["paths"]
        assert [server["url"] for server in description["servers"]] == [started.url]
        assert "/admin/reset" in browser.get("/admin/openapi.json").json()["paths"]
