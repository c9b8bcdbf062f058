"""`python -m bench.server_app DATA_DIR DATABASE_URL [--sections]`: the server as `server run` serves it, and a floor.

The floor is one more path of the same application, on the same listener and the same ledger: it verifies one
certificate by the library, uncached, and one RSA signature, and records one exchange as large as that of a card check.
Nothing can be answered safely for less. It exists here only; the product's application has no such path. `--sections`
says where CPU time goes.
"""

from __future__ import annotations

import argparse
import itertools
import os
from contextlib import closing
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from mock_server.authorities import AUTH
from mock_server.certificate_profile import verify_path
from mock_server.composition import Backend, Exposure, build_app, open_backend
from mock_server.registry.exchanges import Exchange
from mock_server.registry.transaction import Transaction
from mock_server.runner import run_server
from mock_server.serving import LOOPBACK_RATE
from mock_server.serving_memory import settle
from tests.mock_server.conftest import INSTITUTION
from tests.mock_server.deck import now, read_deck

MESSAGE = b"MADOGUCHI TEST floor"
NONCE_BYTES, REQUEST, ANSWER = 55, "x" * 35, "x" * 986
"""As much as is kept of a card check."""
FLOOR = "/bench/floor"
SECTIONS = "/bench/sections"


def floor_router(backend: Backend, data_dir: Path) -> APIRouter:
    """The floor over a backend, with every card of the deck in turn."""
    router = APIRouter()
    issuer = backend.authority.authorities.current(AUTH).certificate
    signed = [(card.certificate, card.sign(MESSAGE)) for card in read_deck(data_dir)]
    cards = itertools.cycle(signed)

    @router.post(FLOOR)
    async def floor(request: Request) -> JSONResponse:
        certificate, signature = next(cards)

        def job(tx: Transaction) -> None:
            moment = tx.now()
            leaf = x509.load_der_x509_certificate(certificate)
            verify_path(leaf, issuer, moment)
            key = leaf.public_key()
            assert isinstance(key, rsa.RSAPublicKey)
            key.verify(signature, MESSAGE, padding.PKCS1v15(), hashes.SHA256())
            nonce = os.urandom(NONCE_BYTES).hex()
            tx.record(Exchange(moment, "floor", INSTITUTION, nonce=nonce, request=REQUEST, answer=ANSWER))

        await backend.ledger.run(job)
        return JSONResponse({"done": True})

    return router


def ready(host: str, port: int) -> None:
    """As `server run` does when everything is loaded and open."""
    settle()
    print(f"http://{host}:{port}", flush=True)


def main() -> None:
    """Serve on a free port until SIGTERM; the first line says where."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("database_url")
    parser.add_argument("--sections", action="store_true")
    options = parser.parse_args()
    backend = open_backend(
        options.data_dir, now=now, random_bytes=os.urandom, database_url=options.database_url or None
    )
    with closing(backend):
        app = build_app(backend, Exposure(rate=LOOPBACK_RATE))
        # Looked for first, so that it does no more than it must.
        app.router.routes[:0] = floor_router(backend, options.data_dir).routes
        if options.sections:
            from bench.server_sections import sections_router

            app.include_router(sections_router(SECTIONS))
        run_server(app, "127.0.0.1", 0, ready)


if __name__ == "__main__":
    main()
