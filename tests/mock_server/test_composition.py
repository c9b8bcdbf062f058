"""A server out of a data folder: made on first use, the same on the second, and clear about what is in its way."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mock_server.composition import build_app, open_authority, open_service
from mock_server.errors import QualificationError, Refusal, SetupError
from mock_server.issuer import TestAuthority
from mock_server.service import QualificationService
from reader.card import layout
from tests.mock_server.conftest import TODAY, Clock, Counter


def opened(data: Path, **changes: object) -> QualificationService:
    return open_service(data, now=Clock(), random_bytes=os.urandom, **changes)  # type: ignore[arg-type]


def test_the_counter_and_its_server_agree_in_a_fresh_folder(tmp_path: Path) -> None:
    service = opened(tmp_path / "data")
    counter = Counter(service, open_authority(tmp_path / "data", Clock()))
    assert counter.ask("taro").message.is_valid
    service.close()


def test_a_challenge_survives_a_restart_and_still_counts_once(tmp_path: Path) -> None:
    first = opened(tmp_path)
    authority = open_authority(tmp_path, Clock())
    nonce = Counter(first, authority).nonce()
    first.close()
    second = opened(tmp_path)
    assert Counter(second, authority).ask(nonce=nonce).registered
    second.close()
    third = opened(tmp_path)
    with pytest.raises(QualificationError) as refusal:
        Counter(third, authority).ask(nonce=nonce)
    assert refusal.value.refusal is Refusal.CHALLENGE_REPLAYED
    third.close()


def test_private_keys_lie_in_the_key_store_only(tmp_path: Path) -> None:
    service = opened(tmp_path)
    Counter(service, open_authority(tmp_path, Clock())).ask("taro")
    service.close()
    with_keys = {path for path in tmp_path.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()}
    assert with_keys
    assert all(path.is_relative_to(tmp_path / "keystore") for path in with_keys)
    assert all(
        stat.S_IMODE(path.stat().st_mode) == 0o600 for path in (tmp_path / "keystore").rglob("*") if path.is_file()
    )


def test_neither_pin_nor_certificate_gets_into_the_store(tmp_path: Path) -> None:
    service = opened(tmp_path)
    authority = open_authority(tmp_path, Clock())
    Counter(service, authority).ask("taro")
    service.close()
    image = authority.card("taro")
    for path in (tmp_path / "server").iterdir():
        content = path.read_bytes()
        assert image.pins[layout.AUTH_PIN].value not in content
        assert image.auth_certificate[-64:] not in content


def test_another_installations_cards_by_its_ca_file(tmp_path: Path) -> None:
    theirs = TestAuthority.open(tmp_path / "theirs", Clock())
    for encoding, name in ((Encoding.PEM, "ca.pem"), (Encoding.DER, "ca.der")):
        path = tmp_path / name
        ca = x509.load_der_x509_certificate(theirs.ca_certificates()[0])
        path.write_bytes(ca.public_bytes(encoding))
        service = opened(tmp_path / "ours", trust_files=[path])
        assert Counter(service, theirs).ask("taro").registered
        service.close()


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
        ("nosuch://u:hunter2@host/x", "setup.database.unusable"),
        ("not a url", "setup.database.bad_url"),
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
    service = opened(tmp_path)
    transport = httpx2.ASGITransport(app=build_app(service, "127.0.0.2"))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.2:80") as client:
        body = (await client.get("/v1/health")).json()
    service.close()
    assert body == {"status": "ok", "server": "madoguchi-test", "now": TODAY.isoformat()}
