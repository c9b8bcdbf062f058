"""The counter's client at a real TLS server: by CA, token and client certificate, and by nothing less."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import trustme

from kiosk.flow.states import Trouble
from kiosk.services.interfaces import ServiceStopped
from kiosk.services.qualification_client import HttpQualificationClient
from kiosk.services.server_address import UnsafeServerError, tls_context
from kiosk.services.server_login import ServerLogin
from mock_server import institutions
from mock_server.composition import Backend, Exposure, build_app, open_backend
from mock_server.listeners import address_of, listen, url_of
from mock_server.runner import Surface
from mock_server.tls import TlsFiles, fingerprint_of, server_tls
from tests.kiosk.services.samples import INSTITUTION, NOW, TODAY
from tests.mock_server.served_here import served_here


class Place:
    """A server that asks for everything, and the papers of one counter."""

    def __init__(self, folder: Path, backend: Backend) -> None:
        self.folder = folder
        self.server_ca, self.client_ca = trustme.CA(), trustme.CA()
        issued = self.server_ca.issue_cert("127.0.0.1")
        issued.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
        self.client_ca.cert_pem.write_to_path(folder / "client-ca.pem")
        self.server_ca.cert_pem.write_to_path(folder / "server-ca.pem")
        self.client_ca.issue_cert("counter@clinic.invalid").private_key_and_cert_chain_pem.write_to_path(
            folder / "counter.pem"
        )
        fingerprint = fingerprint_of(folder / "counter.pem")
        self.token = backend.ledger.run_sync(
            lambda tx: institutions.add(tx, INSTITUTION, os.urandom, client_certificate=fingerprint)
        )
        self.url = ""

    def login(self, **changes: Any) -> ServerLogin:
        whole: dict[str, Any] = {
            "ca_file": self.folder / "server-ca.pem",
            "token": self.token,
            "client_certificate": self.folder / "counter.pem",
        }
        return ServerLogin(**{**whole, **changes})

    def stopped(self, **changes: Any) -> tuple[Trouble, str]:
        client = HttpQualificationClient(self.url, INSTITUTION, on=lambda: TODAY, login=self.login(**changes))
        with closing(client), pytest.raises(ServiceStopped) as stopped:
            client.challenge()
        return stopped.value.trouble, stopped.value.detail or ""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("tls")
    backend = open_backend(folder / "data", now=lambda: NOW, random_bytes=os.urandom)
    made = Place(folder, backend)
    listener = listen(address_of("127.0.0.1"), 0)
    made.url = url_of(listener, tls=True)
    tls = server_tls(TlsFiles(folder / "server.pem", folder / "server.pem", folder / "client-ca.pem"))
    with served_here(Surface(build_app(backend, Exposure(tokens_required=True)), listener, tls)):
        yield made
    backend.close()


def test_a_counter_with_ca_token_and_certificate_is_answered(place: Place) -> None:
    with closing(HttpQualificationClient(place.url, INSTITUTION, on=lambda: TODAY, login=place.login())) as client:
        assert client.challenge().institution == INSTITUTION


def test_a_server_of_another_ca_is_not_asked(place: Place) -> None:
    assert place.stopped(ca_file=place.folder / "client-ca.pem") == (Trouble.SERVER_DOWN, "tls")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"token": ""}, "MOCK-INSTITUTION-TOKEN-MISSING"),
        ({"token": "made-up"}, "MOCK-INSTITUTION-TOKEN-INVALID"),
        ({"client_certificate": None}, "MOCK-INSTITUTION-CLIENT-CERTIFICATE"),
    ],
)
def test_less_than_everything_is_refused_by_name(place: Place, changes: dict[str, Any], code: str) -> None:
    assert place.stopped(**changes) == (Trouble.SERVER_REFUSED, code)


def test_a_certificate_that_cannot_be_used_is_named_before_anything_is_sent(place: Place) -> None:
    broken = place.folder / "broken.pem"
    broken.write_bytes(b"rubbish")
    for path in (broken, place.folder / "no-such.pem", place.folder / "client-ca.pem"):
        with pytest.raises(UnsafeServerError) as refusal:
            tls_context(place.login(client_certificate=path))
        assert refusal.value.code == "server.address.certificate_unusable"
        assert refusal.value.params == {"path": str(path)}


def test_only_the_named_ca_is_trusted(place: Place) -> None:
    context = tls_context(place.login())
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert len(context.get_ca_certs()) == 1


def test_no_text_form_shows_the_token(place: Place) -> None:
    assert place.token not in repr(place.login())
