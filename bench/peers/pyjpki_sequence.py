"""The sequence of commands that pyjpki sends for one signature, over plain pyscard, as a process.

That program cannot be installed here (it is in no package index), so this is its order of commands as jpki-card.md
counts it (15 commands, 6 of them after the PIN was typed), without its own code around. Certificate in blocks of 255
after a 4-byte header; the application is selected anew before the PIN and before the key. The counter is not asked.
Usage: python -m bench.peers.pyjpki_sequence READER, with the PIN on standard input.
"""

from __future__ import annotations

import hashlib
import sys

from smartcard.System import readers

DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
SELECT_AP = bytes.fromhex("00A4040C0AD392F000260100000001")
BLOCK = 255


def main() -> None:
    """Read the certificate, verify, sign."""
    pin = sys.stdin.buffer.read(4)
    connection = next(reader for reader in readers() if str(reader) == sys.argv[1]).createConnection()
    connection.connect()
    said = [0, 0]

    def send(command: bytes) -> bytes:
        data, sw1, sw2 = connection.transmit(list(command))
        assert (sw1, sw2) == (0x90, 0x00), f"{sw1:02X}{sw2:02X}"
        said[0] += 1
        said[1] += len(command) + len(data) + 2
        return bytes(data)

    send(SELECT_AP)
    send(bytes.fromhex("00A4020C02000A"))
    certificate = send(bytes.fromhex("00B0000004"))
    length = int.from_bytes(certificate[2:4], "big") + 4
    while len(certificate) < length:
        at, size = len(certificate), min(BLOCK, length - len(certificate))
        certificate += send(bytes((0x00, 0xB0, at >> 8, at & 0xFF, size)))
    send(SELECT_AP)
    send(bytes.fromhex("00A4020C020018"))
    send(bytes.fromhex("0020008004") + pin)
    send(SELECT_AP)
    send(bytes.fromhex("00A4020C020017"))
    digest = hashlib.sha256(b"MADOGUCHI TEST").digest()
    signature = send(bytes.fromhex("802A008033") + DIGEST_INFO + digest + b"\x00")
    assert len(signature) == 256
    connection.disconnect()
    print(*said)


if __name__ == "__main__":
    main()
