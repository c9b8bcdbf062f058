"""`madoguchi server`: the personas, and a server of its own that `check` and `doctor` ask over loopback."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import pytest

from tests.cli.command import Madoguchi, Served

ON = "2026-11-20"


def address_of(server: Served) -> str:
    assert server.first_line, server.end().err
    return next(word for word in server.first_line.split() if word.startswith("http://"))


def ask(madoguchi: Madoguchi, address: str, *more: str) -> tuple[str, ...]:
    return ("check", "--persona", "taro", "--pin-stdin", "--server", address, "--date", ON, "--json", *more)


@pytest.mark.daemon
def test_check_asks_a_server_of_its_own(madoguchi: Madoguchi) -> None:
    with madoguchi.serving("server", "run", "--port", "0", "--date", ON) as server:
        address = address_of(server)
        done = madoguchi.run(*ask(madoguchi, address), stdin=b"4093")
        document = done.document("check")
        assert (done.code, document["outcome"], document["apdus"]["after_pin"]) == (0, "OK_ONLINE", 2)
        wrong = madoguchi.run(*ask(madoguchi, address), stdin=b"0000")
        assert (wrong.code, wrong.error()) == (3, "wrong_pin")
        healthy = madoguchi.run("doctor", "--server", address, "--json")
        findings = {row["check"]: row for row in healthy.document("doctor")["findings"]}
        assert (healthy.code, findings["server"]["code"]) == (0, "server.answers")
    gone = madoguchi.run(*ask(madoguchi, address), stdin=b"4093")
    assert (gone.code, gone.error()) == (4, "server_down")


@pytest.mark.daemon
def test_a_card_of_another_authority_is_refused_until_it_is_trusted(madoguchi: Madoguchi, tmp_path: Path) -> None:
    elsewhere = ("server", "run", "--port", "0", "--date", ON, "--data-dir", tmp_path / "elsewhere")
    with madoguchi.serving(*elsewhere) as server:
        done = madoguchi.run(*ask(madoguchi, address_of(server)), stdin=b"4093")
        assert (done.code, done.error()) == (4, "certificate_refused")
    trusted = tmp_path / "trusted.pem"
    trusted.write_text(madoguchi.run("server", "authority", "--date", ON).out)
    with madoguchi.serving(*elsewhere, "--trust", trusted) as server:
        done = madoguchi.run(*ask(madoguchi, address_of(server)), stdin=b"4093")
        assert (done.code, done.document("check")["outcome"]) == (0, "OK_ONLINE")


@pytest.mark.daemon
def test_an_authority_that_says_nothing_of_revocation_is_not_enough(madoguchi: Madoguchi, tmp_path: Path) -> None:
    text = madoguchi.run("server", "authority", "--date", ON).out
    alone = tmp_path / "alone.pem"
    alone.write_text(text[: text.index("-----BEGIN X509 CRL-----")])
    elsewhere = ("server", "run", "--port", "0", "--date", ON, "--data-dir", tmp_path / "elsewhere")
    with madoguchi.serving(*elsewhere, "--trust", alone) as server:
        done = madoguchi.run(*ask(madoguchi, address_of(server)), stdin=b"4093")
    assert done.code == 4
    assert "MOCK-REVOCATION-UNKNOWN" in done.out + done.err


@pytest.mark.daemon
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_ends_in_order_when_it_is_told_to(madoguchi: Madoguchi, number: signal.Signals) -> None:
    with madoguchi.serving("server", "run", "--port", "0", "--json") as server:
        done = server.end(number)
    assert (done.code, done.err) == (0, "")
    assert done.document("server-run")["url"].startswith("http://127.0.0.1:")


@pytest.mark.daemon
def test_a_port_in_use_is_one_sentence(madoguchi: Madoguchi) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = madoguchi.run("server", "run", "--port", str(port), "--json")
    assert (done.code, done.error()) == (4, "setup.port.in_use")
    assert str(port) in done.document("error")["error"]["message"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_a_host_beyond_this_machine_needs_tls_and_then_a_token(madoguchi: Madoguchi, host: str) -> None:
    done = madoguchi.run("server", "run", "--host", host, "--json")
    assert (done.code, done.error()) == (2, "setup.host.not_loopback")
    assert "--tls-auto" in done.document("error")["error"]["remedy"]


def test_beyond_this_machine_somebody_must_have_a_token(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("server", "run", "--host", "0.0.0.0", "--port", "0", "--tls-auto", "--json")
    assert (done.code, done.error()) == (2, "setup.institutions.none")
    assert "institution add" in done.document("error")["error"]["remedy"]


def test_a_host_nobody_knows_is_named(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("server", "run", "--host", "example.invalid", "--json")
    assert (done.code, done.error()) == (2, "setup.host.unknown")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--tls-cert", "a.pem"), "tls_options"),
        (("--tls-key", "a.pem"), "tls_options"),
        (("--tls-auto", "--tls-cert", "a.pem", "--tls-key", "a.pem"), "tls_options"),
        (("--client-ca", "a.pem"), "client_ca_without_tls"),
        (("--tls-cert", "no.pem", "--tls-key", "no.pem"), "setup.tls.unreadable"),
        (("--workers", "0"), "bad_count"),
        (("--workers", "65"), "bad_count"),
        (("--workers", "two"), "bad_count"),
        (("--rate-limit", "-1"), "bad_count"),
        (("--admin-port", "70000"), "bad_port"),
        (("--folders", "a", "--folders", "b"), "folders_twice"),
        (("--folders", "131234567=a"), "bad_institution"),
    ],
)
def test_options_that_cannot_be_are_refused_before_anything_is_served(
    madoguchi: Madoguchi, options: tuple[str, ...], error: str
) -> None:
    done = madoguchi.run("server", "run", "--port", "0", *options, "--json")
    assert (done.code, done.error()) == (2, error)


def test_what_a_running_server_says_keeps_to_its_schema(madoguchi: Madoguchi) -> None:
    folders = madoguchi.home / "renkei"
    options = ("--port", "0", "--workers", "2", "--folders", f"1312345679={folders}", "--tls-auto", "--json")
    with madoguchi.serving("server", "run", *options) as server:
        done = server.end(signal.SIGTERM)
    document = done.document("server-run")
    assert (done.code, done.err) == (0, "")
    assert document["url"].startswith("https://127.0.0.1:")
    assert (document["workers"], document["tokens_required"]) == (2, False)
    assert document["folders"] == [{"institution": "1312345679", "directory": str(folders)}]
    assert document["ca_file"].endswith("tls-ca.pem")


def test_a_person_is_told_where_everything_is(madoguchi: Madoguchi) -> None:
    with madoguchi.serving("server", "run", "--port", "0", "--lang", "en") as server:
        assert server.process.stdout is not None
        docs, console, end = (server.process.stdout.readline().decode() for _ in range(3))
    assert "http://127.0.0.1:" in server.first_line
    assert "/v1/docs" in docs
    assert "/console?token=" in console
    assert "Ctrl-C" in end


@pytest.mark.daemon
def test_a_database_that_cannot_be_used_is_told_of(madoguchi: Madoguchi) -> None:
    for url in ("not a url", "mysql://root@localhost/clinic", "postgresql+psycopg2://localhost/clinic", "sqlite://"):
        bad = madoguchi.run("server", "run", "--database", url, "--json")
        assert (bad.code, bad.error()) == (2, "setup.database.bad_url")
        assert "postgresql+psycopg://" in bad.document("error")["error"]["remedy"]
    unusable = madoguchi.run("server", "run", "--database", f"sqlite:///{madoguchi.home}/nosuch/db.sqlite", "--json")
    assert (unusable.code, unusable.error()) == (4, "setup.database.unusable")
