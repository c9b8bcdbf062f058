"""Who makes inputs: libFuzzer, led by what code an input reaches, or plain mutation. Both go by a seed.

Either ends at the first input that a target fails with, or after the given number of inputs.
What breaks if this is wrong: a million inputs are counted and none is tried.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

from tests.fuzz import seeds

PROJECT: Final = Path(__file__).resolve().parents[2]
LONGEST: Final = 4_096
"""Bytes of an input."""
SECONDS_FOR_ONE: Final = 120
"""An input that takes so long hangs."""
NO_ATHERIS: Final = "atheris is not installed (it exists for CPython up to 3.11 on Linux): mutation does its work"


@dataclass(frozen=True)
class Finding:
    """An input that a target failed with, and what it said."""

    target: str
    data: bytes
    said: str

    def __str__(self) -> str:
        return f"target {self.target} failed with the input\n  {self.data.hex(' ').upper()}\n{self.said}"


@dataclass(frozen=True)
class Outcome:
    """How many inputs were tried, and the one that was found, if one was."""

    target: str
    tried: int
    finding: Finding | None = None


def has_atheris() -> bool:
    """Whether the engine that is led by coverage can be used here."""
    return importlib.util.find_spec("atheris") is not None


def run_atheris(target: str, runs: int, seed: int = 1, *, begin: Sequence[bytes] | None = None) -> Outcome:
    """Try `runs` inputs in a process of its own, beginning with `begin` (None: the target's own).

    The corpus is copied, so that nothing in the repository changes.

    Raises:
        AssertionError: The process ended in a way that is neither.
    """
    with tempfile.TemporaryDirectory(prefix="madoguchi-fuzz-") as folder:
        corpus, found = Path(folder) / "corpus", Path(folder) / "found"
        corpus.mkdir()
        found.mkdir()
        for number, data in enumerate(seeds.of(target) if begin is None else begin):
            (corpus / f"{number:03}").write_bytes(data)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "tests.fuzz.one", target, f"-runs={runs}", f"-seed={seed}"),
                *(f"-artifact_prefix={found}/", f"-max_len={LONGEST}", f"-timeout={SECONDS_FOR_ONE}"),
                *("-rss_limit_mb=2048", "-print_final_stats=1", str(corpus)),
            ],
            cwd=PROJECT,
            env={**os.environ, "PYTHONHASHSEED": "0"},
            capture_output=True,
        )
        said = (done.stdout + done.stderr).decode(errors="replace")
        # `slow-unit-…` is no failure.
        failed = [path for path in found.iterdir() if path.name.startswith(("crash-", "timeout-", "oom-", "leak-"))]
        counted = re.search(r"stat::number_of_executed_units:\s*(\d+)", said)
        tried = int(counted[1]) if counted else 0
        if failed:
            return Outcome(target, tried, Finding(target, failed[0].read_bytes(), _interesting(said)))
    assert done.returncode == 0, said
    assert counted, said
    return Outcome(target, tried)


def run_mutation(target: str, runs: int, seed: int = 1, *, begin: Sequence[bytes] | None = None) -> Outcome:
    """Try every input in `begin` (None: the target's own), then changed ones, `runs` in all, in this process."""
    from tests.fuzz import targets

    function = {**targets.TARGETS, **targets.PLANTED}[target]
    random = Random(f"{target} {seed}")
    pool = list(seeds.of(target) if begin is None else begin) or [b""]
    for number in range(runs):
        data = pool[number] if number < len(pool) else mutated(pool, random)
        try:
            function(data)
        except Exception:
            return Outcome(target, number + 1, Finding(target, data, traceback.format_exc()))
    return Outcome(target, runs)


def mutated(pool: Sequence[bytes], random: Random) -> bytes:
    """One of the pool with one to four changes."""
    data = bytearray(random.choice(pool))
    for _ in range(random.randint(1, 4)):
        at = random.randint(0, len(data))
        match random.randrange(6):
            case 0 if data:
                data[at % len(data)] ^= 1 << random.randrange(8)
            case 1 if data:
                data[at % len(data)] = random.choice((0x00, 0x01, 0x7F, 0x80, 0xFF, random.randrange(256)))
            case 2:
                data[at:at] = random.randbytes(random.choice((1, 2, 4, 16)))
            case 3:
                del data[at : at + random.choice((1, 2, 4, 16))]
            case 4:
                other = random.choice(pool)
                data[at:] = other[random.randint(0, len(other)) :]
            case _:
                data[at:at] = data[at : at + random.randint(1, 64)]
    return bytes(data[:LONGEST])


def _interesting(said: str) -> str:
    """Of libFuzzer's output, the traceback."""
    start = said.find("Uncaught Python exception")
    return said[max(0, start) :][:4_000]
