"""RSA keys for the CAs and cards of test authorities: each is made by one worker of a run and read by the others.

Making a key takes forty times what most tests take. No process is given the same key twice, so whoever is a stranger
in a test is one. What breaks if wrong: a forged card could carry the key of a good one, and be let in.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from mock_server.algorithms import PrivateKey


def shared_keys(folder: Path, new_key: Callable[[], PrivateKey]) -> Callable[[], PrivateKey]:
    """What gives out the keys in `folder`, the first, the second and so on, and makes those that are not there."""
    numbers = itertools.count()
    folder.mkdir(mode=0o700, exist_ok=True)

    def next_key() -> PrivateKey:
        number = next(numbers)
        path = folder / f"{number}.pem"
        if path.exists():
            key = load_pem_private_key(path.read_bytes(), None, unsafe_skip_rsa_key_validation=True)
            assert isinstance(key, PrivateKey)
            return key
        key = new_key()
        unfinished = folder / f"{number}.{os.getpid()}"
        unfinished.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        unfinished.replace(path)
        return key

    return next_key
