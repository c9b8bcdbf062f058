"""A real `madoguchi server run --folders`, a レセコン at its folders, cards over HTTP; and `kill -9` at any moment."""

from __future__ import annotations

import base64
import json
import random
import sqlite3
import threading
import time
import urllib.request
from collections import Counter
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from eligibility.calendar import JST
from eligibility.oqs.signed_message import signed_message
from mock_server.issuer import TestAuthority
from mock_server.personas import load_personas
from tests.cli.command import Madoguchi, Served
from tests.cli.conftest import madoguchi as madoguchi
from tests.folder_client.client import Answered, FolderClient, Refused
from tests.folder_client.reading import read, text
from tests.mock_server.forging import auth_key, sha256_signer

pytestmark = pytest.mark.daemon

DAY = "2026-11-20"
INSTITUTION = "1312345678"
PERSONAS = load_personas()


def post(url: str, body: dict[str, Any], token: str = "") -> Any:
    headers = {"content-type": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def read_card(url: str, data_dir: Path, persona: str) -> Any:
    """What the counter does when a card was read: challenge, signature, one request."""
    authority = TestAuthority.open(data_dir / "keystore", lambda: datetime(2026, 11, 20, 9, tzinfo=JST))
    card = authority.card(persona)
    challenge = post(f"{url}/v1/challenge", {"institution": INSTITUTION, "purpose": "qualification"})
    message = signed_message(challenge["server"], INSTITUTION, "qualification", challenge["nonce"])
    query = {
        "institution": INSTITUTION,
        "purpose": "qualification",
        "nonce": challenge["nonce"],
        "certificate": base64.b64encode(card.auth_certificate).decode(),
        "signature": base64.b64encode(sha256_signer(auth_key(card))(message)).decode(),
    }
    return post(f"{url}/v1/qualification/card", query)


def started(server: Served) -> Any:
    assert server.first_line, server.end().err
    return json.loads(server.first_line)


def test_a_receiving_program_rehearses_against_a_real_server(madoguchi: Madoguchi, tmp_path: Path) -> None:
    root = tmp_path / "OQS"
    client = FolderClient(root)
    folders = ("--folders", root, "--folders", f"1399999999={tmp_path / 'other'}")
    with madoguchi.serving("server", "run", "--port", "0", "--date", DAY, "--json", *folders) as server:
        ready = started(server)
        assert [one["institution"] for one in ready["folders"]] == [INSTITUTION, "1399999999"]
        some = ["taro", "hanako", "kiyoshi", "takahashi", "haruka", "yoshino"]
        sent = {name: client.ask(PERSONAS[name].numbers(), name) for name in some}
        outcomes = client.results(list(sent.values()))
        for name in some:
            outcome = outcomes[sent[name]]
            assert isinstance(outcome, Answered)
            expected = PERSONAS[name].by_numbers
            assert expected is not None
            assert text(outcome.reading.body, "QualificationValidity") == str(expected.validity)
        read_card(ready["url"], madoguchi.data_dir, "taro")
        [face] = client.faces(1)
        assert isinstance(face, Answered)
        assert text(face.reading.results[0], "Name") == "協会　太郎"
        post(f"{ready['admin_url']}/admin/scenarios", {"scenario": "err_file"}, ready["admin_token"])
        assert isinstance(client.result(client.ask(PERSONAS["taro"].numbers())), Refused)
        other = FolderClient(tmp_path / "other", institution="1399999999", encoding="utf-8")
        outcome = other.result(other.ask(PERSONAS["hanako"].numbers()))
        assert isinstance(outcome, Answered)
        assert outcome.reading.is_valid
        assert list((root / "face").iterdir()) == []
        done = server.end()
    assert (done.code, done.err) == (0, "")


def test_a_second_server_keeps_away_from_folders_in_use(madoguchi: Madoguchi, tmp_path: Path) -> None:
    root = tmp_path / "OQS"
    with madoguchi.serving("server", "run", "--port", "0", "--json", "--folders", root) as server:
        started(server)
        second = madoguchi.run(
            "server", "run", "--port", "0", "--json", "--folders", root, "--data-dir", tmp_path / "second"
        )
        assert (second.code, second.error()) == (2, "setup.folders.in_use")


class Receiver(threading.Thread):
    """Writes requests all the time and collects whatever lies in res, also while no server runs."""

    def __init__(self, root: Path, count: int) -> None:
        super().__init__()
        self._client = FolderClient(root)
        self._res = root / "res"
        self._count = count
        self.sent: list[str] = []
        self.collected: Counter[str] = Counter()
        self.enough = threading.Event()

    def run(self) -> None:
        numbers = PERSONAS["taro"].numbers()
        while not self.enough.is_set():
            if len(self.sent) < self._count:
                self.sent.append(self._client.ask(numbers, f"id-{len(self.sent)}"))
            for path in self._res.glob("*.xml"):
                self.collected[read(path.read_bytes()).identifier] += 1
                path.unlink()
            time.sleep(0.01)


def test_killed_at_any_moment_each_request_is_asked_and_answered_once(madoguchi: Madoguchi, tmp_path: Path) -> None:
    root, count, chance = tmp_path / "OQS", 240, random.Random(5)
    for name in ("req", "res"):
        (root / name).mkdir(parents=True)
    receiver = Receiver(root, count)
    receiver.start()
    try:
        for _ in range(7):
            with madoguchi.serving(
                "server", "run", "--port", "0", "--date", DAY, "--json", "--folders", root
            ) as server:
                started(server)
                time.sleep(chance.uniform(0.2, 1.2))
                server.process.kill()
        with madoguchi.serving("server", "run", "--port", "0", "--date", DAY, "--json", "--folders", root) as server:
            started(server)
            while len(receiver.collected) < count and server.process.poll() is None:
                time.sleep(0.05)
            time.sleep(1)  # whatever would come a second time has come
            server.end()
    finally:
        receiver.enough.set()
        receiver.join()
    assert receiver.collected == Counter({f"id-{number}": 1 for number in range(count)})
    with closing(sqlite3.connect(madoguchi.data_dir / "server" / "registry.sqlite")) as store:
        [(asked, answered)] = store.execute(
            "select (select count(*) from exchange where via = 'folder'), (select count(*) from folder_answer)"
        ).fetchall()
    assert (asked, answered) == (count, count)
