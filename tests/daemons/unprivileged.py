"""Runs other people's programs as an ordinary user, so that they end with the tests.

Owns: dropping root (to `nobody`; without root the present user stays), the promise that a child dies with the test
process, and handing over a listening socket. What breaks if this is wrong: daemons survive a killed test run, or run
as root (PostgreSQL and Chromium then refuse to start, pcscd deletes the system daemon's files).
Facts: prototypes.md §1.
"""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_USER = "nobody"

# Runs in a bare interpreter before the program takes its place: preexec_fn is not safe in a process with threads, and
# `nobody` may not be able to execute a Python below somebody's home, so privileges are dropped in here.
# `warnings` is imported now because execvp wants it, and by then our own library may be out of reach.
# The death signal is asked for after setuid, which clears it; then we look whether the parent died meanwhile.
_WRAPPER = """
import ctypes, os, signal, sys, warnings
uid, gid, listening, parent, *command = sys.argv[1:]
if int(uid) != os.getuid():
    os.setgroups([]); os.setgid(int(gid)); os.setuid(int(uid))
ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL, 0, 0, 0)
if os.getppid() != int(parent):
    os._exit(1)
if int(listening) >= 0:
    if int(listening) == 3:
        os.set_inheritable(3, True)
    else:
        os.dup2(int(listening), 3, inheritable=True)
    os.environ["LISTEN_FDS"] = "1"
    os.environ["LISTEN_PID"] = str(os.getpid())
os.execvp(command[0], command)
"""


def ordinary_user() -> tuple[int, int]:
    """User and group id that daemons of the tests run under."""
    if os.getuid() != 0:
        return os.getuid(), os.getgid()
    entry = pwd.getpwnam(_USER)
    return entry.pw_uid, entry.pw_gid


def give_to_ordinary_user(path: Path) -> None:
    """Let the ordinary user own `path`, so that a daemon may write there."""
    if os.getuid() == 0:
        os.chown(path, *ordinary_user())


def start_unprivileged(
    command: Sequence[str | Path],
    *,
    listening: socket.socket | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | str = "/",
    output: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` as the ordinary user; it gets SIGKILL when this thread or process ends, however it ends.

    `listening` becomes descriptor 3 as systemd's socket activation hands it over; close your own copy afterwards.
    `output` receives standard output and error (appended); without it they go nowhere. `cwd` must be open to everybody.
    """
    uid, gid = ordinary_user()
    handed = -1 if listening is None else listening.fileno()
    wrapped = [sys.executable, "-S", "-E", "-c", _WRAPPER, str(uid), str(gid), str(handed), str(os.getpid())]
    target = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if output else os.open(os.devnull, os.O_WRONLY)
    try:
        return subprocess.Popen(
            [*wrapped, *map(str, command)],
            stdin=subprocess.DEVNULL,
            stdout=target,
            stderr=target,
            pass_fds=() if handed < 0 else (handed,),
            env=dict(os.environ if env is None else env),
            cwd=cwd,
        )
    finally:
        os.close(target)
