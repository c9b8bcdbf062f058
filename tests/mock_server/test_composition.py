"""A server out of a data folder: made on first use, the same on the second, and clear about what is in its way."""

from __future__ import annotations

import base64
import os
import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mock_server.composition import Backend, Exposure, build_app, open_authority, open_backend, registry_file
from mock_server.errors import QualificationError, Refusal, SetupError
from mock_server.issuer import TestAuthority
from mock_server.registry.interface import NonceUsedError
from reader.card import layout
from tests.mock_server.conftest import TODAY, Clock, Counter

pytestmark = pytest.mark.broad


def opened(data: Path, **changes: object) -> Backend:
    return open_backend(data, now=Clock(), random_bytes=os.urandom, **changes)  # type: ignore[arg-type]


def counter_of(backend: Backend, authority: TestAuthority) -> Counter:
    return Counter(backend.ledger, backend.service, authority)


def test_the_counter_and_its_server_agree_in_a_fresh_folder(tmp_path: Path) -> None:
    backend = opened(tmp_path / "data")
    counter = counter_of(backend, open_authority(tmp_path / "data", Clock()))
    assert counter.ask("taro").message.is_valid
    backend.close()


def test_a_challenge_survives_a_restart_and_still_counts_once(tmp_path: Path) -> None:
    first = opened(tmp_path)
    authority = open_authority(tmp_path, Clock())
    nonce = counter_of(first, authority).nonce()
    first.close()
    second = opened(tmp_path)
    assert counter_of(second, authority).ask(nonce=nonce).registered
    second.close()
    third = opened(tmp_path)
    with pytest.raises(NonceUsedError):
        counter_of(third, authority).ask(nonce=nonce)
    third.close()


def test_private_keys_lie_in_the_key_store_only(tmp_path: Path) -> None:
    backend = opened(tmp_path)
    counter_of(backend, open_authority(tmp_path, Clock())).ask("taro")
    backend.close()
    with_keys = {path for path in tmp_path.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()}
    assert with_keys
    assert all(path.is_relative_to(tmp_path / "keystore") for path in with_keys)
    assert all(
        stat.S_IMODE(path.stat().st_mode) == 0o600 for path in (tmp_path / "keystore").rglob("*") if path.is_file()
    )


def values_in(store: Path) -> list[str]:
    """Every value of every table."""
    with closing(sqlite3.connect(store)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return [str(value) for table in tables for row in database.execute(f"SELECT * FROM {table}") for value in row]


def test_neither_pin_nor_certificate_gets_into_the_store(tmp_path: Path) -> None:
    backend = opened(tmp_path)
    authority = open_authority(tmp_path, Clock())
    counter_of(backend, authority).ask("taro")
    backend.close()
    image = authority.card("taro")
    # Four digits happen to stand in many a hash and serial number: a PIN would stand by itself.
    pin = re.compile(rf"(?<![0-9a-f]){image.pins[layout.AUTH_PIN].value.decode()}(?![0-9a-f])")
    values = values_in(registry_file(tmp_path))
    assert "taro" in values
    assert [value for value in values if pin.search(value)] == []
    for path in (tmp_path / "server").iterdir():
        for spelled in (image.auth_certificate, base64.b64encode(image.auth_certificate)):
            assert spelled[-64:] not in path.read_bytes()


def test_another_installations_cards_by_what_it_exports(tmp_path: Path) -> None:
    theirs = TestAuthority.open(tmp_path / "theirs", Clock())
    path = tmp_path / "theirs.pem"
    path.write_bytes(theirs.export_trust(30))
    backend = opened(tmp_path / "ours", trust_files=[path])
    assert counter_of(backend, theirs).ask("taro").registered
    backend.close()


def test_their_lists_may_come_in_files_of_their_own(tmp_path: Path) -> None:
    theirs = TestAuthority.open(tmp_path / "theirs", Clock())
    [ca] = theirs.ca_certificates()
    crl = theirs.jlis.crl_der("auth-001", TODAY)
    assert crl is not None
    for encoding, ending in ((Encoding.PEM, "pem"), (Encoding.DER, "der")):
        files = [tmp_path / f"ca.{ending}", tmp_path / f"crl.{ending}"]
        files[0].write_bytes(x509.load_der_x509_certificate(ca).public_bytes(encoding))
        files[1].write_bytes(x509.load_der_x509_crl(crl).public_bytes(encoding))
        backend = opened(tmp_path / "ours", trust_files=files)
        assert counter_of(backend, theirs).ask("taro").registered
        backend.close()


def test_their_ca_alone_is_not_enough(tmp_path: Path) -> None:
    """Whether a card of theirs is revoked, nobody could say: never silently valid."""
    theirs = TestAuthority.open(tmp_path / "theirs", Clock())
    path = tmp_path / "ca.der"
    path.write_bytes(theirs.ca_certificates()[0])
    backend = opened(tmp_path / "ours", trust_files=[path])
    with pytest.raises(QualificationError) as refusal:
        counter_of(backend, theirs).ask("taro")
    assert refusal.value.refusal is Refusal.REVOCATION_UNKNOWN
    backend.close()


def bad_trust_file(folder: Path, kind: str) -> Path:
    path = folder / "trust.pem"
    if kind == "not_certificates":
        path.write_bytes(b"nothing of the kind")
    if kind == "endless":
        path.symlink_to("/dev/zero")
    if kind == "not_ca":
        path.write_bytes(TestAuthority.open(folder / "k", Clock()).card("sakura").auth_certificate)
    return path


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("unreadable", "unreadable"),
        ("not_certificates", "not_certificates"),
        ("endless", "not_certificates"),
        ("not_ca", "not_ca"),
    ],
)
def test_a_bad_trust_file_is_named_and_nothing_is_left_behind(tmp_path: Path, kind: str, code: str) -> None:
    path = bad_trust_file(tmp_path, kind)
    with pytest.raises(SetupError) as refusal:
        opened(tmp_path / "data", trust_files=[path])
    assert (refusal.value.code, refusal.value.params["path"]) == (f"setup.trust_file.{code}", str(path))
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SetupError) as refusal:
        opened(tmp_path / "file")
    assert refusal.value.code == "setup.keystore.unusable"
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "server").write_text("in the way")
    with pytest.raises(SetupError) as refusal:
        opened(tmp_path / "data")
    assert refusal.value.code == "setup.data_folder.unusable"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("sqlite:////no/such/folder/x.sqlite", "setup.database.unusable"),
        ("nosuch://u:hunter2@host/x", "setup.database.bad_url"),
        ("not a url", "setup.database.bad_url"),
        ("postgresql+psycopg://u@/x?host=/no/such/folder&password=hunter2", "setup.database.unusable"),
    ],
)
def test_a_database_that_cannot_be_used_is_named_without_its_password(tmp_path: Path, url: str, code: str) -> None:
    with pytest.raises(SetupError) as refusal:
        opened(tmp_path, database_url=url)
    assert refusal.value.code == code
    assert "hunter2" not in str(dict(refusal.value.params))


def test_a_damaged_challenge_key_is_not_believed(tmp_path: Path) -> None:
    opened(tmp_path).close()
    (tmp_path / "keystore" / "challenge.key").write_bytes(b"")
    with pytest.raises(SetupError) as refusal:
        opened(tmp_path)
    assert refusal.value.code == "setup.keystore.damaged"


async def test_the_application_answers_to_its_own_address_too(tmp_path: Path) -> None:
    backend = opened(tmp_path)
    transport = httpx2.ASGITransport(app=build_app(backend, Exposure(names=("127.0.0.2",))))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.2:80") as client:
        body = (await client.get("/v1/health")).json()
    backend.close()
    assert body == {"status": "ok", "server": "madoguchi-test", "now": TODAY.isoformat()}
