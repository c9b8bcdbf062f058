"""The first screen waits for nothing heavy: reading and the software card start without `cryptography`."""

from __future__ import annotations

import subprocess
import sys


def test_cryptography_comes_with_the_first_signature_only() -> None:
    script = (
        "import sys\n"
        "import reader.jpki, reader.trace, reader.transports.in_process, reader.card.builder\n"
        "heavy = {'cryptography', 'smartcard', 'pydantic', 'lxml', 'textual', 'socket'} & set(sys.modules)\n"
        "print(sorted(heavy))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
