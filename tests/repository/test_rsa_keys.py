"""The keys that workers of a run share: made once, and never given to one process twice."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa

from mock_server.algorithms import RSA_SHA256, PrivateKey
from tests.rsa_keys import shared_keys


def numbers(keys: list[PrivateKey]) -> list[int]:
    return [key.private_numbers().d for key in keys if isinstance(key, rsa.RSAPrivateKey)]


def test_another_worker_gets_the_keys_that_were_made_and_nobody_gets_one_twice(tmp_path: Path) -> None:
    made: list[PrivateKey] = []

    def make() -> PrivateKey:
        made.append(rsa.generate_private_key(65537, 1024))  # small ones are made quickly
        return made[-1]

    first, second = (shared_keys(tmp_path / "keys", make) for _ in range(2))
    of_first = [first(), first()]
    of_second = [second(), second(), second()]
    assert numbers(of_second[:2]) == numbers(of_first)
    assert len(made) == len(set(numbers(of_second))) == 3


def test_the_keys_of_test_authorities_are_shared() -> None:
    one, other = RSA_SHA256.new_key(), RSA_SHA256.new_key()
    assert len(set(numbers([one, other]))) == 2
    assert one.key_size == other.key_size == RSA_SHA256.bits
    assert "shared_keys" in RSA_SHA256.new_key.__qualname__
