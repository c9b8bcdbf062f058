"""`madoguchi server institution`: tokens issued and revoked, known at once to a server that runs."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import httpx2
import pytest

from tests.cli.command import Madoguchi

CODE = "1312345678"
ASKING = {"institution": CODE, "purpose": "qualification"}


def ask(url: str, token: str | None) -> str:
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    answer = httpx2.post(f"{url}/v1/challenge", json=ASKING, headers=headers, trust_env=False)
    return "" if answer.status_code == 200 else str(answer.json()["error"]["code"])


def test_a_token_is_issued_listed_without_itself_and_revoked(madoguchi: Madoguchi) -> None:
    added = madoguchi.run("server", "institution", "add", CODE, "--name", "みどり医院", "--json")
    document = added.document("server-institution-add")
    assert (added.code, document["code"], document["name"]) == (0, CODE, "みどり医院")
    listed = madoguchi.run("server", "institution", "list", "--json")
    [one] = listed.document("server-institution-list")["institutions"]
    assert (one["code"], one["active"], one["revoked_at"]) == (CODE, True, None)
    assert document["token"] not in listed.out + madoguchi.run("server", "institution", "list").out
    revoked = madoguchi.run("server", "institution", "revoke", CODE, "--json")
    assert revoked.document("server-institution-revoke") == {"live": False, "code": CODE, "revoked": True}
    [one] = madoguchi.run("server", "institution", "list", "--json").document("server-institution-list")["institutions"]
    assert (one["active"], one["revoked_at"] is not None) == (False, True)


def test_a_running_server_knows_at_once(madoguchi: Madoguchi) -> None:
    with madoguchi.serving("server", "run", "--port", "0", "--workers", "2", "--json") as server:
        url = json.loads(server.first_line)["url"]
        assert ask(url, None) == ""
        token = madoguchi.run("server", "institution", "add", CODE, "--json").document("server-institution-add")[
            "token"
        ]
        for _ in range(4):
            assert ask(url, None) == "MOCK-INSTITUTION-TOKEN-MISSING"
            assert ask(url, token) == ""
        madoguchi.run("server", "institution", "revoke", CODE)
        for _ in range(4):
            assert ask(url, token) == "MOCK-INSTITUTION-TOKEN-REVOKED"


def test_a_server_over_another_store_is_told_and_not_the_folders_own(madoguchi: Madoguchi) -> None:
    options = ("--port", "0", "--database", f"sqlite:///{madoguchi.home}/elsewhere.sqlite")
    with madoguchi.serving("server", "run", *options, "--json") as server:
        url = json.loads(server.first_line)["url"]
        done = madoguchi.run("server", "institution", "add", CODE, "--json")
        added = done.document("server-institution-add")
        assert (added["live"], done.err) == (True, "")
        assert (ask(url, None), ask(url, added["token"])) == ("MOCK-INSTITUTION-TOKEN-MISSING", "")
        listed = madoguchi.run("server", "institution", "list", "--json").document("server-institution-list")
        assert (listed["live"], [one["code"] for one in listed["institutions"]]) == (True, [CODE])
        assert madoguchi.run("server", "institution", "add", CODE, "--json").error() == "institution_taken"
        revoked = madoguchi.run("server", "institution", "revoke", CODE, "--json")
        assert revoked.document("server-institution-revoke")["live"] is True
        assert ask(url, added["token"]) == "MOCK-INSTITUTION-TOKEN-REVOKED"
        assert madoguchi.run("server", "institution", "revoke", CODE, "--json").error() == "institution_unknown"
    own = madoguchi.run("server", "institution", "list", "--lang", "en")
    assert CODE not in own.out
    assert "no server runs" in own.err


def test_a_store_that_is_named_is_written_to_whoever_runs_and_that_is_said(madoguchi: Madoguchi) -> None:
    named = ("--database", f"sqlite:///{madoguchi.home}/named.sqlite")
    with madoguchi.serving("server", "run", "--port", "0", "--json") as server:
        url = json.loads(server.first_line)["url"]
        done = madoguchi.run("server", "institution", "add", CODE, *named, "--json")
        assert done.document("server-institution-add")["live"] is False
        assert done.err
        assert ask(url, None) == ""


def test_a_name_with_an_individual_number_is_refused(lived_in: Madoguchi) -> None:
    done = lived_in.run("server", "institution", "add", CODE, "--name", "123456789018", "--json")
    assert (done.code, done.error()) == (5, "individual_number")


def test_the_counter_in_this_program_needs_no_token_of_its_own(madoguchi: Madoguchi) -> None:
    madoguchi.run("server", "institution", "add", CODE)
    done = madoguchi.run("check", "--persona", "taro", "--pin-stdin", "--date", "2026-11-20", "--json", stdin=b"4093")
    assert (done.code, done.document("check")["outcome"]) == (0, "OK_ONLINE")


def test_a_token_goes_into_a_file_of_its_owner(madoguchi: Madoguchi, tmp_path: Path) -> None:
    path = tmp_path / "token.txt"
    done = madoguchi.run("server", "institution", "add", CODE, "--token-file", path, "--json")
    assert done.document("server-institution-add")["token"] is None
    token = path.read_text(encoding="ascii").strip()
    assert len(token) == 43
    assert token not in done.out + done.err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_is_there_already_is_kept_and_nothing_is_issued(madoguchi: Madoguchi, tmp_path: Path) -> None:
    path = tmp_path / "token.txt"
    path.write_text("mine")
    done = madoguchi.run("server", "institution", "add", CODE, "--token-file", path, "--json")
    assert (done.code, done.error(), path.read_text()) == (2, "token_file_unwritable", "mine")
    listed = madoguchi.run("server", "institution", "list", "--json").document("server-institution-list")
    assert listed["institutions"] == []


def test_a_refused_issue_leaves_no_file(madoguchi: Madoguchi, tmp_path: Path) -> None:
    madoguchi.run("server", "institution", "add", CODE)
    path = tmp_path / "token.txt"
    done = madoguchi.run("server", "institution", "add", CODE, "--token-file", path, "--json")
    assert (done.code, done.error(), path.exists()) == (2, "institution_taken", False)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("add", "131234567"), "bad_institution"),
        (("add", "１３１２３４５６７８"), "bad_institution"),
        (("add", CODE, "--name", "x" * 61), "institution_name"),
        (("add", CODE, "--client-certificate", "no-such.pem"), "setup.tls.unreadable"),
        (("revoke", CODE), "institution_unknown"),
        (("revoke", "x"), "bad_institution"),
        (("list", "--database", "not a url"), "setup.database.bad_url"),
        (("add",), "usage"),
        ((), "usage"),
        (("remove", CODE), "unknown_command"),
    ],
)
def test_what_cannot_be_is_one_sentence(lived_in: Madoguchi, words: tuple[str, ...], error: str) -> None:
    done = lived_in.run("server", "institution", *words, "--json")
    assert (done.code, done.error(), done.err) == (2, error, "")


def test_every_help_teaches(lived_in: Madoguchi) -> None:
    for words in ((), ("add",), ("list",), ("revoke",)):
        done = lived_in.run("server", "institution", *words, "--help", "--lang", "en")
        assert done.code == 0
        assert "madoguchi server institution" in done.out
