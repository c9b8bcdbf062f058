"""An https server on the command line: CA, token from a file, client certificate; nothing of it from an argument."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import Madoguchi

CODE = "1312345678"
ON = "2026-11-20"
HTTPS = "https://127.0.0.1:9"


def check(madoguchi: Madoguchi, *more: str | Path) -> tuple[int, str]:
    words = ("check", "--persona", "taro", "--pin-stdin", "--date", ON, "--json", *more)
    done = madoguchi.run(*words, stdin=b"4093")
    return done.code, done.document("check")["outcome"] if done.code == 0 else done.error()


def test_a_visit_at_a_server_that_wants_tls_and_a_token(madoguchi: Madoguchi, tmp_path: Path) -> None:
    token = tmp_path / "token.txt"
    madoguchi.run("server", "institution", "add", CODE, "--token-file", token)
    options = ("--host", "0.0.0.0", "--port", "0", "--tls-auto", "--public-name", "127.0.0.1", "--date", ON)
    with madoguchi.serving("server", "run", *options, "--json") as server:
        document = json.loads(server.first_line)
        assert document["tokens_required"]
        assert document["docs_url"].startswith(f"{document['admin_url']}/admin/v1/docs?token=")
        to = ("--server", document["url"], "--server-ca", document["ca_file"])
        assert check(madoguchi, *to, "--institution-token-file", token) == (0, "OK_ONLINE")
        assert check(madoguchi, *to) == (4, "institution_refused")
        assert check(madoguchi, "--server", document["url"]) == (2, "server_tls")
        healthy = madoguchi.run("doctor", *to, "--institution-token-file", token, "--json")
        findings = {row["check"]: row["code"] for row in healthy.document("doctor")["findings"]}
        assert findings["server"] == "server.answers"
        (madoguchi.data_dir / "config.toml").write_text(
            f'[counter]\nserver = "{document["url"]}"\nserver_ca = "{document["ca_file"]}"\n'
            f'institution_token_file = "{token}"\n'
        )
        assert check(madoguchi) == (0, "OK_ONLINE")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--server", HTTPS), "server_tls"),
        (("--server", HTTPS, "--server-ca", "no-such.pem"), "file_unreadable"),
        (("--server", HTTPS, "--server-ca", "rubbish"), "tls_files"),
        (("--server", "http://127.0.0.1:9", "--server-ca", "rubbish"), "server_ca_without_tls"),
        (("--server", "http://127.0.0.1:9", "--institution-token-file", "rubbish"), "token_file"),
        (("--server", "http://127.0.0.1:9", "--institution-token-file", "no-such"), "file_unreadable"),
        (("--server", HTTPS, "--server-ca", "rubbish", "--client-key", "rubbish"), "client_key_alone"),
        (("--server-ca", "rubbish"), "login_without_server"),
        (("--institution-token-file", "rubbish"), "login_without_server"),
    ],
)
def test_what_does_not_fit_is_said_before_any_pin(lived_in: Madoguchi, options: tuple[str, ...], error: str) -> None:
    (lived_in.home / "rubbish").write_bytes(b"two words \xff")
    assert check(lived_in, *options) == (2, error)


def test_a_token_is_no_argument(lived_in: Madoguchi) -> None:
    done = lived_in.run("check", "--help", "--lang", "en")
    assert "--institution-token-file FILE" in done.out
    assert "--token " not in done.out
    assert "--institution-token " not in done.out


@pytest.mark.parametrize(
    "name", ["bad name", "http://counter.example", "counter.example:8765", "-a", "", "a..b", "[::1]"]
)
def test_a_public_name_that_is_no_host_is_refused_before_anything_is_served(madoguchi: Madoguchi, name: str) -> None:
    done = madoguchi.run("server", "run", "--port", "0", f"--public-name={name}", "--json")
    assert (done.code, done.error()) == (2, "bad_host_name")
    assert not madoguchi.data_dir.exists()
