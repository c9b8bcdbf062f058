"""One run behind the page: how it is started, what it is told, and that it ends whatever it does."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from kiosk.web import process
from kiosk.web.process import CounterProcess

pytestmark = pytest.mark.daemon

BEGIN = "import os,sys,time,signal; w=sys.stdout.buffer; w.write(b'__GANGLION__\\n'); w.flush(); "
DRAW = "d=lambda b: (w.write(b'D'+len(b).to_bytes(4,'big')+b), w.flush()); "


class Run:
    """A small program behind a page that only remembers."""

    def __init__(self, program: str, **environ: str) -> None:
        self.drawn = b""
        self.process = CounterProcess([sys.executable, "-c", program], {**os.environ, **environ}, self.draw)

    async def draw(self, part: bytes) -> None:
        self.drawn += part

    async def to_its_end(self) -> int:
        await self.process.start(100, 30)
        return await self.process.end()


async def test_what_is_drawn_arrives_and_the_exit_code_is_told() -> None:
    run = Run(BEGIN + DRAW + "d('協会'.encode()); d(b'!'); sys.exit(0)")
    assert await run.to_its_end() == 0
    assert run.drawn.decode() == "協会!"


async def test_a_program_that_cannot_start_is_told_with_its_sentence() -> None:
    run = Run("import sys; print('not this', flush=True); sys.exit('the folder')")
    assert await run.to_its_end() == 1
    assert run.process.said == "the folder"
    assert run.drawn == b""


async def test_only_the_end_of_a_long_complaint_is_kept() -> None:
    run = Run("import sys; sys.stderr.write('x' * 100_000 + 'end'); sys.exit(2)")
    assert await run.to_its_end() == 2
    assert run.process.said.endswith("xend")
    assert len(run.process.said) <= 4_000


@pytest.mark.parametrize(
    "rubbish", ["w.write(b'D'+b'\\xff'*9)", "w.write(b'Z'*40)", "w.write(b'D\\0')", "w.write(b'M')"]
)
async def test_a_program_that_draws_rubbish_ends_the_page_and_nothing_else(rubbish: str) -> None:
    run = Run(BEGIN + rubbish + "; w.flush(); sys.exit(4)")
    assert await run.to_its_end() == 4


async def test_packets_the_page_has_no_use_for_are_passed_over() -> None:
    """An address to open, a file to hand out: the driver sends none, and what would send one is not heard."""
    meta = 'm=b\'{"type":"open_url","url":"https://example.invalid","new_tab":true}\'; '
    send = "w.write(b'M'+len(m).to_bytes(4,'big')+m); w.write(b'P'+len(m).to_bytes(4,'big')+m); "
    run = Run(BEGIN + DRAW + meta + send + "d(b'after')")
    assert await run.to_its_end() == 0
    assert run.drawn == b"after"


async def test_the_counter_s_environment_is_the_page_s_and_carries_nothing_that_writes_keys() -> None:
    shown = "print(dict(os.environ), file=sys.stderr)"
    run = Run(BEGIN + shown, OWN="kept", TEXTUAL="debug,devtools", TEXTUAL_LOG="keys.log", TEXTUAL_DRIVER="other")
    await run.to_its_end()
    found = eval(run.process.said)
    assert found["TEXTUAL_DRIVER"] == "kiosk.web.driver:PageDriver"
    assert (found["COLUMNS"], found["ROWS"], found["OWN"]) == ("100", "30", "kept")
    assert {name for name in found if name.startswith("TEXTUAL")} == {
        "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_DISABLE_KITTY_KEY", "TEXTUAL_DRIVER",
    }  # fmt: skip


async def test_a_command_is_started_without_a_shell() -> None:
    run = Run(BEGIN + "print(sys.argv[1:], file=sys.stderr)")
    run.process = CounterProcess(
        [sys.executable, "-c", BEGIN + "print(sys.argv[1], file=sys.stderr)", "$(id); `id` '"], os.environ, run.draw
    )
    await run.to_its_end()
    assert run.process.said == "$(id); `id` '"


async def test_stopping_closes_the_input_so_that_a_program_that_listens_ends() -> None:
    run = Run(BEGIN + "sys.stdin.buffer.read(); sys.exit(0)")
    await run.process.start(80, 24)
    await run.process.stop()
    assert await run.process.end() == 0
    await run.process.stop()


@pytest.mark.parametrize(
    ("deafness", "code"), [("", -15), ("signal.signal(signal.SIGTERM, signal.SIG_IGN); ", -9)], ids=["asked", "forced"]
)
async def test_a_program_that_does_not_hear_is_ended_all_the_same(
    deafness: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "ORDERLY_S", 0.05)
    monkeypatch.setattr(process, "FORCED_S", 0.5)
    run = Run("import signal; " + deafness + BEGIN + DRAW + "d(b'there')\nwhile True: time.sleep(1)")
    await run.process.start(80, 24)
    while not run.drawn:
        await asyncio.sleep(0.01)
    await run.process.stop()
    assert await run.process.end() == code
