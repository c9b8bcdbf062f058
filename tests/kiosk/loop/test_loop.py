"""No file, socket, card, sleep or long computation on the event loop's thread, through whole visits and the desk.

The CPU time of every callback is written to `.cache/loop-callbacks.txt`: a figure, and no limit.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from kiosk.settings.passcodes import PasscodeKind, PasscodeStore, passcode_path
from kiosk.staff.lock_prompt import LockPrompt
from tests.e2e.desk import Desk, Store, desk, numbers_of
from tests.kiosk.loop.callbacks import kinds, table
from tests.kiosk.loop.watch import ROOT, Call, watched

ALLOWED = {
    ("socket.send", "BaseSelectorEventLoop._write_to_self"): "the loop wakes itself through its own pipe, unblocking",
    ("socket.recv", "BaseSelectorEventLoop._read_from_self"): "the other end of that pipe",
    ("Event.wait", "Thread.start"): "a new thread of an executor says that it runs; it waits for nothing itself",
    ("Condition.wait", "Event.wait"): "the inside of the line above; an Event.wait of ours is seen by itself",
    ("Condition.wait", "Semaphore.acquire"): "an executor asks whether a thread of its own is free, for zero seconds",
    ("Future.result", "_copy_future_state"): "what a thread did is taken over after it is done",
}
"""(what, through which function of Python's): why it may be."""
FIGURES = Path(ROOT) / ".cache" / "loop-callbacks.txt"


def is_allowed(call: Call) -> bool:
    return (call.what, call.through) in ALLOWED


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("store"))


async def a_visit_by_card(at: Desk) -> None:
    await at.by_pin("taro")
    await at.reach(st.AskingConsent)
    await at.press("1")
    await at.reach(st.ShowingAnswer)
    await at.to_staff()
    await at.press("question_mark")
    await at.press("escape")
    await at.to_patient()
    await at.take()
    await at.reach(st.Idle)


async def a_locked_pin_and_staff_who_type_a_paper(at: Desk) -> None:
    await at.to_pin("hanako")
    await at.press(*"0000")
    await at.reach(st.EnteringPin)
    await at.press("escape")
    await at.reach(st.ChoosingMethod)
    await at.type_paper("eligibility_certificate", numbers_of("hanako", expires_on="20290731"))
    await at.reach(st.ShowingAnswer)
    await at.press("f7")
    await at.until(lambda: "受付" in at.seen(), "at the day's list")
    await at.press("escape")
    await at.to_patient()
    await at.take()
    at.time_passes(200)
    await at.reach(st.Idle)


async def an_outage(at: Desk) -> None:
    await at.arm("timeout", hold_s=0)
    await at.by_pin("taro")
    await at.trouble(Trouble.SERVER_DOWN)
    await at.disarm()
    await at.to_staff()
    await at.press("f8")
    await at.reach(st.ChoosingPaper)
    await at.press("f4")  # half-way: it is kept
    await at.until(lambda: at.staff is None, "locked")
    await at.take()
    at.time_passes(200)
    await at.reach(st.Idle)


async def the_door_with_a_passcode(at: Desk) -> None:
    """scrypt, the tries on the disk, the entry of the lock."""
    passcodes = PasscodeStore(passcode_path(at.folder), time.time)
    await asyncio.to_thread(passcodes.put, PasscodeKind.STAFF, bytearray(b"735129"))
    for digits in ("111122", "735129"):
        await at.press("f4")
        await at.until(lambda: isinstance(at.app.screen, LockPrompt) or at.staff is not None, "asked")
        await at.press(*digits, "enter")
        await at.until(lambda: at.staff is not None or "あと" in at.seen() or "ちが" in at.seen(), "answered")
        if at.staff is None:
            await at.press("escape")
            await at.until(lambda: not isinstance(at.app.screen, LockPrompt), "gone")
    assert at.staff is not None
    at.time_passes(61)
    await at.until(lambda: at.staff is None, "locked by itself")


@pytest.mark.screens
async def test_whole_visits_never_hold_up_the_loop(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "taro", "hanako", size=(80, 24)) as at:
        with watched(is_allowed) as watch:
            await a_visit_by_card(at)
            await a_locked_pin_and_staff_who_type_a_paper(at)
            await an_outage(at)
            await the_door_with_a_passcode(at)
    FIGURES.parent.mkdir(exist_ok=True)
    FIGURES.write_text(table(watch.seconds))
    assert {"open", "Disk.sync", "JournalFile.record", "SlotCardDesk.read", "Scrypt.derive"} <= watch.elsewhere
    assert sum(len(times) for times in watch.seconds.values()) > 1000
    assert watch.calls == set()


BLOCKING = {
    "open": "open(path).close()",
    "os.fsync": "fd = os.open(path, os.O_RDONLY); os.fsync(fd); os.close(fd)",
    "os.write": "fd = os.open(path, os.O_WRONLY); os.write(fd, b'y'); os.close(fd)",
    "time.sleep": "time.sleep(0)",
    "Event.wait": "threading.Event().wait(0)",
    "Popen.wait": "subprocess.Popen(['true']).wait()",
    "socket.connect": "s = socket.socket(); s.settimeout(0); s.connect_ex(('127.0.0.1', 9)); s.close()",
    "Scrypt.derive": "Scrypt(salt=b'0' * 16, length=32, n=2, r=8, p=1).derive(b'0')",
}


@pytest.mark.parametrize("what", BLOCKING)
async def test_the_watch_sees_each_of_them(tmp_path: Path, what: str) -> None:
    """As if a callback of the counter did it: whose code it is, is told by its file."""
    file = tmp_path / "file"
    file.write_bytes(b"x")
    source = compile(BLOCKING[what], ROOT + "kiosk/made_up.py", "exec")
    names = {"os": os, "time": time, "threading": threading, "subprocess": subprocess, "socket": socket}
    with watched(is_allowed) as watch:
        asyncio.get_running_loop().call_soon(exec, source, {**names, "Scrypt": Scrypt, "path": file})
        await asyncio.sleep(0.01)
    assert what in {call.what for call in watch.calls}
    assert {call.where for call in watch.calls} == {"kiosk/made_up.py:<module>"}
    assert "exec" in {kind.name for kind in kinds(watch.seconds)}
