"""`madoguchi card …` in this process, on a reader with whatever card a test places."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kiosk.cli import composition
from kiosk.cli.composition import CounterPlan, LazyAuthority
from kiosk.cli.main import main
from mock_server.issuer import TestAuthority
from reader.card.applet import SoftwareCard
from reader.card.interface import EmulatedCard
from reader.card.variants import Variant
from reader.commands import INS_READ_BINARY
from reader.connection import SmartCardConnection
from reader.transports.in_process import SoftwareReader
from tests.cli.command import validator
from tests.cli.test_real_cards import NOW

LABEL_AND_PRESENCE = (0x86, 0x88)
"""READ BINARY by short identifier of EF 0006 and EF 0008."""


@dataclass
class Handled:
    """A card that notes which certificate bytes it gave, and answers to `command` on power-on number `power`
    (from 1) what `change` makes of its answer.
    """

    inner: EmulatedCard
    change: Callable[[int, bytes, bytes], bytes] = lambda _power, _command, answer: answer
    power: int = 0
    said: list[bytes] = field(default_factory=list)
    certificate_reads: int = 0

    @property
    def mute(self) -> bool:
        return self.inner.mute

    @property
    def atr(self) -> bytes:
        return self.inner.atr

    def process(self, command: bytes | bytearray) -> bytes:
        self.said.append(bytes(command))
        answer = self.change(self.power, bytes(command), self.inner.process(command))
        if reads_certificate(command) and len(answer) > 2:
            self.certificate_reads += 1
        return answer

    def power_on(self) -> None:
        self.power += 1
        self.inner.power_on()

    def power_off(self) -> None:
        self.inner.power_off()

    def reset(self) -> None:
        self.inner.reset()


def reads_certificate(command: bytes | bytearray) -> bool:
    """Whether it is a READ BINARY of a certificate, on a card that takes short identifiers."""
    return command[1] == INS_READ_BINARY and command[2] not in LABEL_AND_PRESENCE


def garbled(_power: int, command: bytes, answer: bytes) -> bytes:
    """A certificate that comes with one byte changed, behind its DER header."""
    return answer[:6] + b"\xff" + answer[7:] if reads_certificate(command) and answer[:2] == b"\x30\x82" else answer


class Slot(SoftwareReader):
    """A reader on which `when[n]` happens right before it is connected to for the nth time (from 1)."""

    def __init__(self) -> None:
        super().__init__()
        self.connected = 0
        self.when: dict[int, Callable[[], None]] = {}

    def connect(self) -> SmartCardConnection:
        self.connected += 1
        self.when.get(self.connected, lambda: None)()
        return super().connect()

    def close(self) -> None:
        """Stay open: a test looks more than once."""


@dataclass
class Bench:
    """The reader, the test CA of the data folder, and the command."""

    data_dir: Path
    slot: Slot
    capsys: pytest.CaptureFixture[str]

    def authority(self) -> TestAuthority:
        return LazyAuthority(CounterPlan(self.data_dir, lambda: NOW, "ja")).open()

    def own(self, variant: Variant = Variant.PLASTIC) -> SoftwareCard:
        """A test card of this installation."""
        return SoftwareCard(self.authority().card("taro", variant))

    def run(self, *arguments: str, lang: str = "en") -> tuple[int, str, str]:
        """Exit code, standard output and standard error."""
        self.capsys.readouterr()
        code = main(["card", *arguments, "--data-dir", str(self.data_dir), "--lang", lang])
        told = self.capsys.readouterr()
        assert not (self.data_dir / "crash").exists(), told.err
        return code, told.out, told.err

    def json(self, *arguments: str) -> tuple[int, Any]:
        """Exit code and the object, which keeps to its schema; a failure's is what `error` holds."""
        code, out, _ = self.run(*arguments, "--json")
        document = json.loads(out)
        failed = isinstance(document.get("error"), dict)
        validator("error" if failed else f"card-{arguments[0]}").validate(document)
        return code, document["error"] if failed else document


def bench_at(data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Bench:
    """A bench whose reader is every real reader."""
    monkeypatch.setenv("LANGUAGE", "ja")  # the command sets it; put back afterwards
    slot = Slot()
    monkeypatch.setattr(composition, "real_slot", lambda _: slot)
    return Bench(data_dir, slot, capsys)
