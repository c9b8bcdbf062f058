"""Cards for a load: many different invented people, each with a certificate of the test CA that is good today.

The people are those of `mock_server.population` whose insurance is in order; their certificates are real ones, but a
few keys are shared by all of them, because making a key takes longer than everything else here.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from eligibility.calendar import JST
from eligibility.oqs.codes import QualificationValidity
from mock_server.answers import card_obstacle
from mock_server.authorities import AUTH, pem
from mock_server.certificates import auth_certificate
from mock_server.composition import open_authority
from mock_server.findings import find_by_card
from mock_server.people import CardHolder, Person
from mock_server.people_json import person_from_json, person_to_json
from mock_server.population import LARGEST, generate
from mock_server.registry.ledger import Ledger
from mock_server.registry.seeding import Seed, SeedCertificate
from mock_server.serials import serial_number

SEED = 5
KEYS = 8


def now() -> datetime:
    """The machine's clock, in Japan."""
    return datetime.now(JST)


@dataclass(frozen=True, slots=True)
class DeckCard:
    """A person, their certificate (DER) and its key."""

    person: Person
    certificate: bytes
    key: rsa.RSAPrivateKey

    def sign(self, message: bytes) -> bytes:
        """What the card's chip would answer."""
        return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def make_deck(data_dir: Path, database_url: str, count: int, unregistered: int = 0) -> None:
    """Issue `count` cards by the test CA of the data folder, and bring their holders into the database.

    The last `unregistered` of them have no 利用登録.
    """
    issuer = open_authority(data_dir, now).authorities.current(AUTH)
    issuer_key = issuer.key()  # read once: that takes longer than signing
    keys = [AUTH.algorithm.new_key() for _ in range(KEYS)]
    life = (now() - timedelta(days=365), now() + timedelta(days=365 * 3))
    seeds, cards = [], []
    for number, person in enumerate(islice(_insured(now().date()), count)):
        serial = serial_number(person.key)
        certificate = auth_certificate(
            keys[number % KEYS].public_key(), issuer_key, issuer.certificate, serial, person.key, life
        )
        cards.append([person_to_json(person), b64encode(certificate.public_bytes(Encoding.DER)).decode()])
        seeds.append(Seed(person, {serial: SeedCertificate(registered=number < count - unregistered)}))
    Ledger.open(database_url, now, seeds).close()
    deck = {"keys": [pem(key).decode() for key in keys], "cards": cards}
    with os.fdopen(os.open(_file(data_dir), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(deck, file)


def read_deck(data_dir: Path) -> list[DeckCard]:
    """The cards that were made for a data folder."""
    deck = json.loads(_file(data_dir).read_text())
    keys = [load_pem_private_key(text.encode(), None) for text in deck["keys"]]
    cards = []
    for number, (person, certificate) in enumerate(deck["cards"]):
        key = keys[number % len(keys)]
        assert isinstance(key, rsa.RSAPrivateKey)
        cards.append(DeckCard(person_from_json(person), b64decode(certificate), key))
    return cards


def _insured(on: date) -> Iterator[Person]:
    """People of the population who are answered 有効 on that day."""
    for person in generate(LARGEST, SEED, on):
        answered = find_by_card(person, on).validity is QualificationValidity.VALID
        if answered and card_obstacle(CardHolder(person, registered=True)) is None:
            yield person


def _file(data_dir: Path) -> Path:
    return data_dir / "deck.json"
