"""What one APDU costs: our software card on a real pcscd against a card that always answers the same bytes.

Both cards sit in the two slots of one private pcscd and are asked the same commands in turn, through pyscard. The
commands are those of a visit that need no RSA (file selection, a 256-byte read, the retry counter), so that the
figure is our card's own work and not the arithmetic both would need. Goal: ≤ 1.7 times the constant card.
"""

from __future__ import annotations

import time

from bench.report import Figure, ratio_line
from reader.card.applet import SoftwareCard
from reader.connection import SmartCardConnection
from reader.transports import pcsc
from tests.card_factory import make_card
from tests.daemons.private_pcscd import shared_daemon
from tests.daemons.virtual_card import inserted

GOAL = 1.7
ROUNDS = 200
SELECT_AP = bytes.fromhex("00A404 0C0A D392F000260100000001")
COMMANDS = (
    bytes.fromhex("00A4020C02000A"),
    bytes.fromhex("00B0000000"),
    bytes.fromhex("00A4020C020018"),
    bytes.fromhex("00200080"),
)


class ConstantCard:
    """The floor: no files, no rules. Answers a read with 256 bytes and everything else with `9000`."""

    mute = False

    def __init__(self, atr: bytes) -> None:
        self._atr = atr

    @property
    def atr(self) -> bytes:
        """The software card's own, so that the reader treats both alike."""
        return self._atr

    def process(self, command: bytes | bytearray) -> bytes:
        """The same every time."""
        return (bytes(256) if command[1:2] == b"\xb0" else b"") + b"\x90\x00"

    def power_on(self) -> None:
        """Nothing to start."""

    def power_off(self) -> None:
        """Nothing to end."""

    def reset(self) -> None:
        """Nothing to forget."""


def _seconds_per_apdu(connection: SmartCardConnection) -> float:
    started = time.perf_counter()
    for _ in range(ROUNDS):
        for command in COMMANDS:
            connection.transmit(command)
    return (time.perf_counter() - started) / (ROUNDS * len(COMMANDS))


def run(runs: int) -> list[Figure]:
    """Interleaved runs after one warm-up each; nothing where there is no pcscd, with the reason printed."""
    daemon = shared_daemon() if pcsc.is_installed() else "pyscard is not installed"
    if isinstance(daemon, str):
        print(f"software card on pcscd: not measured: {daemon}")
        return []
    card: SoftwareCard = make_card()
    with inserted(card, daemon, 0) as ours_name, inserted(ConstantCard(card.atr), daemon, 1) as floor_name:
        ours, floor = pcsc.PcscSlot(ours_name).connect(), pcsc.PcscSlot(floor_name).connect()
        ours.transmit(SELECT_AP)
        answers = [ours.transmit(command) for command in COMMANDS]
        assert [len(answer) for answer in answers] == [2, 258, 2, 2], "the software card does not do the work"
        ours_times, floor_times = [], []
        for turn in range(runs + 1):
            pair = _seconds_per_apdu(ours), _seconds_per_apdu(floor)
            if turn:
                ours_times.append(pair[0])
                floor_times.append(pair[1])
        ours.close()
        floor.close()
    return [ratio_line("software card on pcscd, per APDU", ours_times, floor_times, GOAL)]
