"""Which servers the counter may talk to."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.services.qualification_client import HttpQualificationClient
from kiosk.services.server_address import UnsafeServerError, safe_base_url, tls_context
from kiosk.services.server_login import ServerLogin
from tests.card_factory import throw_away_ca
from tests.kiosk.services.samples import INSTITUTION, TODAY


@pytest.mark.parametrize(
    ("address", "taken_as"),
    [
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765/"),
        ("http://127.0.0.1:8765/", "http://127.0.0.1:8765/"),
        ("http://[::1]:8765/mock/", "http://[::1]:8765/mock"),
        ("http://127.8.9.10", "http://127.8.9.10/"),
        ("https://counter.example:8443", "https://counter.example:8443/"),
        ("https://192.0.2.7", "https://192.0.2.7/"),
        ("https://myonshikaku.org", "https://myonshikaku.org/"),
    ],
)
def test_addresses_the_counter_may_talk_to(address: str, taken_as: str) -> None:
    assert str(safe_base_url(address)) == taken_as


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "broken"),
        ("127.0.0.1:8765", "broken"),
        ("ftp://127.0.0.1", "broken"),
        ("file:///etc/passwd", "broken"),
        ("http://", "broken"),
        ("http://127.0.0.1:0", "broken"),
        ("http://127.0.0.1:99999", "broken"),
        ("http://user:secret@127.0.0.1", "broken"),
        ("http://127.0.0.1?x=1", "broken"),
        ("http://127.0.0.1#x", "broken"),
        ("https://onshikaku%2eorg", "broken"),
        ("https://ｏｎｓｈｉｋａｋｕ.org", "broken"),
        ("https://onshikaku.org", "real_service"),
        ("https://www.OnShikaku.org./", "real_service"),
        ("http://api.onshikaku.org:8765", "real_service"),
        ("http://localhost:8765", "plain_http"),
        ("http://counter.example", "plain_http"),
        ("http://192.168.1.5:8765", "plain_http"),
        ("http://0.0.0.0:8765", "plain_http"),
        ("http://127.1", "plain_http"),
        ("http://127.0.0.1.example", "plain_http"),
        ("http://[::ffff:192.0.2.1]", "plain_http"),
    ],
)
def test_addresses_it_refuses(address: str, code: str) -> None:
    with pytest.raises(UnsafeServerError) as refusal:
        safe_base_url(address)
    assert refusal.value.code == f"server.address.{code}"


def test_a_password_in_an_address_is_not_repeated() -> None:
    with pytest.raises(UnsafeServerError) as refusal:
        safe_base_url("http://user:secret@127.0.0.1")
    assert "secret" not in repr(refusal.value.params)


def test_tls_needs_a_ca_of_its_own_and_trusts_no_other(tmp_path: Path) -> None:
    with pytest.raises(UnsafeServerError) as refusal:
        tls_context(ServerLogin())
    assert refusal.value.code == "server.address.ca_missing"

    path = tmp_path / "ca.pem"
    for content in (None, b"", b"no certificate"):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(UnsafeServerError) as refusal:
            tls_context(ServerLogin(path))
        assert refusal.value.code == "server.address.ca_unusable"
        assert refusal.value.params == {"path": str(path)}

    from cryptography.hazmat.primitives.serialization import Encoding

    ca = throw_away_ca("user authentication").certificate
    path.write_bytes(ca.public_bytes(Encoding.PEM))
    context = tls_context(ServerLogin(path))
    assert context.get_ca_certs(binary_form=True) == [throw_away_ca("user authentication").der]
    assert context.check_hostname


def test_the_client_refuses_before_it_opens_anything() -> None:
    for address, code in (("http://localhost", "plain_http"), ("https://counter.example", "ca_missing")):
        with pytest.raises(UnsafeServerError) as refusal:
            HttpQualificationClient(address, INSTITUTION, on=lambda: TODAY)
        assert refusal.value.code == f"server.address.{code}"
