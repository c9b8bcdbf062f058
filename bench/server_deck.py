"""Cards for a load: many different invented people, each with a certificate of the test CA that is good today.

The people are those of `mock_server.population`; their certificates are real ones, but a few keys are shared by all of
them, because making a key takes longer than everything else here.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from eligibility.calendar import JST
from mock_server.authorities import AUTH, pem
from mock_server.certificates import auth_certificate
from mock_server.composition import open_authority
from mock_server.population import generate
from mock_server.registry.ledger import Ledger
from mock_server.registry.seeding import Seed, SeedCertificate
from mock_server.serials import serial_number

SEED = 5
KEYS = 8
INSTITUTION = "1312345678"


def now() -> datetime:
    """The machine's clock, in Japan."""
    return datetime.now(JST)


@dataclass(frozen=True, slots=True)
class Card:
    """A certificate (DER) and its key."""

    certificate: bytes
    key: rsa.RSAPrivateKey

    def sign(self, message: bytes) -> bytes:
        """What the card's chip would answer."""
        return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def make_deck(data_dir: Path, database_url: str, count: int) -> None:
    """Issue `count` cards by the test CA of the data folder, and bring their holders into the database."""
    issuer = open_authority(data_dir, now).authorities.current(AUTH)
    keys = [AUTH.algorithm.new_key() for _ in range(KEYS)]
    life = (now() - timedelta(days=365), now() + timedelta(days=365 * 3))
    seeds, certificates = [], []
    for number, person in enumerate(generate(count, SEED, now().date())):
        serial = serial_number(person.key)
        certificate = auth_certificate(
            keys[number % KEYS].public_key(), issuer.key(), issuer.certificate, serial, person.key, life
        )
        certificates.append(b64encode(certificate.public_bytes(Encoding.DER)).decode())
        seeds.append(Seed(person, {serial: SeedCertificate(registered=True)}))
    Ledger.open(database_url, now, seeds).close()
    deck = {"keys": [pem(key).decode() for key in keys], "certificates": certificates}
    with os.fdopen(os.open(_file(data_dir), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(deck, file)


def read_deck(data_dir: Path) -> list[Card]:
    """The cards that were made for a data folder."""
    deck = json.loads(_file(data_dir).read_text())
    keys = [load_pem_private_key(text.encode(), None) for text in deck["keys"]]
    cards = []
    for number, certificate in enumerate(deck["certificates"]):
        key = keys[number % len(keys)]
        assert isinstance(key, rsa.RSAPrivateKey)
        cards.append(Card(b64decode(certificate), key))
    return cards


def _file(data_dir: Path) -> Path:
    return data_dir / "deck.json"
