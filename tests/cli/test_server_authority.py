"""`madoguchi server authority`: what makes the cards of this installation believed by another one."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509

from tests.cli.command import Madoguchi

ON = "2026-11-20"


def text_of(madoguchi: Madoguchi, *options: str) -> str:
    done = madoguchi.run("server", "authority", "--date", ON, *options)
    assert (done.code, done.err) == (0, "")
    return done.out


def test_certificates_and_lists_are_printed_and_no_key(madoguchi: Madoguchi) -> None:
    text = text_of(madoguchi)
    assert text.count("-----BEGIN CERTIFICATE-----") == text.count("-----BEGIN X509 CRL-----") == 1
    assert "PRIVATE" not in text
    assert x509.load_pem_x509_certificate(text.encode()).subject == x509.load_pem_x509_crl(text.encode()).issuer


def test_the_list_is_good_for_the_days_that_were_asked_for(madoguchi: Madoguchi) -> None:
    for days, options in ((30, ()), (365, ("--days", "365"))):
        crl = x509.load_pem_x509_crl(text_of(madoguchi, *options).encode())
        assert crl.next_update_utc is not None
        assert (crl.next_update_utc - crl.last_update_utc).days == days
    document = madoguchi.run("server", "authority", "--date", ON, "--days", "7", "--json").document("server-authority")
    assert document["days"] == 7
    assert document["pem"].endswith("-----END X509 CRL-----\n")


@pytest.mark.parametrize("days", ["0", "-1", "3651", "x", "", "1.5"])
def test_a_number_of_days_that_is_none_is_refused(madoguchi: Madoguchi, days: str) -> None:
    done = madoguchi.run("server", "authority", f"--days={days}", "--json")
    assert (done.code, done.error()) == (2, "bad_count")
    assert not madoguchi.data_dir.exists()


def test_a_key_store_that_cannot_be_used_is_one_sentence(madoguchi: Madoguchi) -> None:
    madoguchi.data_dir.mkdir()
    (madoguchi.data_dir / "keystore").write_text("in the way")
    done = madoguchi.run("server", "authority", "--json")
    assert (done.code, done.error()) == (2, "setup.keystore.unusable")


def test_help_is_there_in_both_languages(madoguchi: Madoguchi) -> None:
    for lang in ("ja", "en"):
        done = madoguchi.run("server", "authority", "--help", "--lang", lang)
        assert (done.code, "--days" in done.out, "madoguchi server authority > here.pem" in done.out) == (0, True, True)


def test_the_output_can_be_given_to_trust_as_it_is(madoguchi: Madoguchi, tmp_path: Path) -> None:
    from mock_server.anchors import read_trust

    path = tmp_path / "here.pem"
    path.write_text(text_of(madoguchi), encoding="ascii")
    found = read_trust(path)
    assert (len(found.anchors), len(found.crls)) == (1, 1)


@pytest.mark.daemon
@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl command is not installed")
def test_openssl_asks_the_running_server_about_a_card(madoguchi: Madoguchi, tmp_path: Path) -> None:
    """The whole way: the card's certificate and its CA from the command line, OCSP from the server's own listener."""
    card = madoguchi.run("card", "certificate", "--persona", "taro", "--pem")
    (tmp_path / "taro.pem").write_text(card.out)
    (tmp_path / "ca.pem").write_text(madoguchi.run("server", "authority").out)
    with madoguchi.serving("server", "run", "--port", "0", "--admin-port", "0", "--json") as server:
        address = json.loads(server.first_line)["admin_url"]
        asked = ("-issuer", "ca.pem", "-cert", "taro.pem", "-CAfile", "ca.pem", "-url", f"{address}/jlis/ocsp")
        done = subprocess.run(["openssl", "ocsp", *asked], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Response verify OK" in done.stderr
    assert "taro.pem: good" in done.stdout
