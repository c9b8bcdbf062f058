"""The card part of our `check` as a process: card desk and session as the counter uses them, on a real reader.

Usage: python -m bench.peers.ours READER AUTHORITIES, with the PIN on standard input. AUTHORITIES is a folder of CA
certificates (DER). Prints the number of commands and of bytes.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path


def main() -> None:
    """Read, verify, sign, power down."""
    from kiosk.services.card_desk import SlotCardDesk
    from reader.pin import PinHandle
    from reader.transports.pcsc import PcscSlot

    reader, folder = sys.argv[1:3]
    pin = PinHandle(bytearray(sys.stdin.buffer.read(4)))
    authorities = [path.read_bytes() for path in sorted(Path(folder).glob("*.der"))]
    desk = SlotCardDesk(PcscSlot(reader), test_authorities=lambda: authorities, on=date.today)
    desk.read()
    assert len(desk.verify_and_sign(pin, b"MADOGUCHI TEST")) == 256
    desk.release()
    print(desk.count.total, desk.count.total_bytes)


if __name__ == "__main__":
    main()
