"""The card part of one visit, whole process against whole process, on the same card: ours, pyjpki's order, pkcs11-tool.

The card is a persona's software card on a private pcscd, slowed to what `reader.card.contactless` models for a
contactless card at 106 kbit/s. Wall time is the process from its start to its end; modelled time is what the card
itself took in it; the rest is overhead: interpreter, imports, PC/SC, and the program's own work.
Goals: our overhead is at most 15 % of our wall time, and the whole is at most a tenth longer than each peer: ours asks
for label and tries left and looks at the certificate, which pyjpki's order does not.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bench.report import Figure, ratio_line
from eligibility.calendar import JST
from mock_server.issuer import TestAuthority
from mock_server.personas import load_personas
from reader.card.applet import SoftwareCard
from reader.card.contactless import ContactlessCard, contactless
from reader.transports import pcsc
from tests.daemons.private_pcscd import PROJECT, shared_daemon
from tests.daemons.virtual_card import inserted

RATE = 106
PERSONA = "taro"
OVERHEAD_GOAL = 0.15
PEER_GOAL = 1.1


@dataclass(slots=True)
class Runs:
    """One program's runs, in seconds each."""

    name: str
    command: list[str]
    stdin: bytes = b""
    wall: list[float] = field(default_factory=list)
    modelled: list[float] = field(default_factory=list)

    def once(self, card: ContactlessCard) -> None:
        """Run it, and note what the card took of it."""
        before, started = card.modelled_s, time.perf_counter()
        done = subprocess.run(self.command, input=self.stdin, capture_output=True, cwd=PROJECT, check=False)
        self.wall.append(time.perf_counter() - started)
        if done.returncode:
            raise RuntimeError(f"{self.name} failed: {done.stderr.decode(errors='replace')[-2000:]}")
        self.modelled.append(card.modelled_s - before)

    @property
    def overhead(self) -> list[float]:
        """Wall time less what the card took."""
        return [wall - card for wall, card in zip(self.wall, self.modelled, strict=True)]

    def __str__(self) -> str:
        wall, card, own = (statistics.median(times) * 1000 for times in (self.wall, self.modelled, self.overhead))
        return f"  {self.name}: wall {wall:.0f} ms, card {card:.0f} ms (modelled), overhead {own:.0f} ms"


def run(runs: int) -> list[Figure]:
    """`runs` interleaved runs of each program; nothing where pcscd or pyscard is missing (said on the way)."""
    daemon = shared_daemon() if pcsc.is_installed() else "pyscard is not installed"
    if isinstance(daemon, str):
        print(f"card part of a visit: not measured: {daemon}")
        return []
    with tempfile.TemporaryDirectory() as folder:
        authority = TestAuthority.open(Path(folder) / "keystore", lambda: datetime.now(JST))
        card = contactless(SoftwareCard(authority.card(PERSONA)), RATE)
        anchors = Path(folder) / "anchors"
        anchors.mkdir()
        for number, certificate in enumerate(authority.ca_certificates()):
            (anchors / f"{number}.der").write_bytes(certificate)
        pin = load_personas()[PERSONA].pin
        with inserted(card, daemon) as reader:
            programs = _programs(reader, anchors, pin)
            for turn in range(runs + 1):
                for program in programs:
                    program.once(card)
                    if not turn:  # the first round fills the file system's cache
                        program.wall.clear()
                        program.modelled.clear()
    for program in programs:
        print(program)
    ours, *peers = programs
    own = statistics.median(ours.overhead) / statistics.median(ours.wall)
    shares = [overhead / wall for overhead, wall in zip(ours.overhead, ours.wall, strict=True)]
    spread = (min(shares), max(shares))
    median_wall = statistics.median(ours.wall)
    figures = [
        ratio_line(f"card part of a visit against {peer.name}", ours.wall, peer.wall, PEER_GOAL) for peer in peers
    ]
    return [
        *figures,
        Figure(
            "our overhead as a share of our wall time",
            statistics.median(ours.overhead),
            median_wall,
            own,
            OVERHEAD_GOAL,
            spread,
            "of it",
        ),
    ]


def _programs(reader: str, anchors: Path, pin: str) -> list[Runs]:
    python = [sys.executable, "-m"]
    programs = [
        Runs("ours", [*python, "bench.peers.ours", reader, str(anchors)], pin.encode()),
        Runs("pyjpki's order of commands", [*python, "bench.peers.pyjpki_sequence", reader], pin.encode()),
    ]
    tool = shutil.which("pkcs11-tool")
    if tool is None:
        print("pkcs11-tool is not installed (apt install opensc): not measured")
    else:
        sign = ["--sign", "--id", "01", "-m", "SHA256-RSA-PKCS", "--input-file", "/dev/null"]
        # The PIN of an invented patient: an argument, because this tool knows no other way without a terminal.
        programs.append(Runs("pkcs11-tool", [tool, "--login", "--pin", pin, *sign, "--output-file", "/dev/null"]))
    return programs
