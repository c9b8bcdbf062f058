"""The private pcscd under socket activation, as systemd does it: it starts at the first question and may end by itself.

Owns: the socket that stays open whether a daemon lives or not, and the thread that starts one whenever somebody knocks.
What breaks if this is wrong: a card that works beside a daemon that never sleeps, and nowhere else.
"""

from __future__ import annotations

import select
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.daemons.private_pcscd import PROJECT, PrivatePcscd


class Activation:
    """What was started so far. `alive` tells whether one lives now."""

    def __init__(self, daemon: PrivatePcscd, listening: socket.socket, preload: Path, *, dials: bool) -> None:
        self._daemon = daemon
        self._listening = listening
        self._preload = preload
        self._dials = dials
        self._stop = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self.started = 0
        self.ended = threading.Event()
        """Set whenever one ended; for the test to clear."""
        self._thread = threading.Thread(target=self._run, name="activation")
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether a daemon lives."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()

    def stop(self) -> None:
        """End the daemon and start no more."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        # Daemons die with the thread that started them, so one thread starts them all.
        while not self._stop.is_set():
            if not select.select([self._listening], [], [], 0.02)[0]:
                continue
            self._daemon.configure(dials=self._dials)
            self._process = self._daemon.launch(self._listening, "--auto-exit", preload=self._preload)
            self.started += 1
            while self._process.poll() is None and not self._stop.is_set():
                self._stop.wait(0.02)
            self._process.kill()
            self._process.wait()
            self.ended.set()


@contextmanager
def socket_activated(daemon: PrivatePcscd, *, dials: bool = False) -> Iterator[Activation]:
    """In place of the private daemon, one that starts when somebody connects and ends 0.3 s after the last one left.

    The private daemon is back afterwards. Skips where there is no C compiler.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("a compiler for what shortens pcscd's --auto-exit is missing (apt install gcc libc6-dev)")
    daemon.kill()
    preload = daemon.driver.with_name("short_alarm.so")
    source = PROJECT / "tests" / "daemons" / "short_alarm.c"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", preload, source], check=True)
    preload.chmod(0o755)
    try:
        with daemon.listen() as listening:
            activation = Activation(daemon, listening, preload, dials=dials)
            try:
                yield activation
            finally:
                activation.stop()
    finally:
        daemon.start()
