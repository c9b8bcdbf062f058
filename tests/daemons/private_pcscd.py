"""A real pcscd of our own, one per test process: own socket, own virtual readers, nothing of the system's touched.

Owns: the process's PCSCLITE_CSOCK_NAME (set when this module is imported, because libpcsclite reads it once, at its
first call), the daemon's folder, its two virtual card ports, starting, killing and restarting it.
What breaks if this is wrong: tests talk to the system's daemon, or workers take each other's cards.
Facts: prototypes.md §1, libraries.md 0.11, jpki-card.md §3.
"""

from __future__ import annotations

import atexit
import functools
import os
import secrets
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.daemons.unprivileged import give_to_ordinary_user, start_unprivileged
from tests.eventually import eventually

PROJECT = Path(__file__).resolve().parents[2]
_FOLDER = (
    Path("/tmp") / f"madoguchi-pcscd-{os.getpid()}-{secrets.token_hex(4)}"
)  # short: a socket name has at most 108 bytes
_SOCKET = _FOLDER / "pcscd.comm"
_CONFIGURATION = _FOLDER / "reader.conf"

_RUN_FOLDER = Path("/run/pcscd")

# Unconditional: a worker inherits its parent's value, and each process needs its own daemon.
os.environ["PCSCLITE_CSOCK_NAME"] = str(_SOCKET)

_FIRST_PORT, _LAST_PORT = 20_000, 31_998
"""Where port pairs are looked for: below the range the kernel gives to outgoing connections."""


class PrivatePcscd:
    """One pcscd with the vpcd driver and two slots. Listens for virtual cards on `ports`; dies with this process."""

    def __init__(self, pcscd: Path, driver: Path) -> None:
        self._pcscd = pcscd
        _remove_leftovers()
        _FOLDER.mkdir(mode=0o755)
        _FOLDER.chmod(0o755)
        # A copy: the ordinary user may not be able to look into the project's folder.
        self._driver = _FOLDER / driver.name
        shutil.copyfile(driver, self._driver)
        self._environment = {**os.environ, **_pretended_run_folder()}
        self.log = _FOLDER / "pcscd.log"
        self.socket = _SOCKET
        self.ports = (0, 0)
        self.frozen = False
        """Whether it was stopped by `freeze`."""
        self._process: subprocess.Popen[bytes] | None = None
        self._label = f"Madoguchi {secrets.token_hex(2)}"
        self.start()

    @property
    def readers(self) -> tuple[str, str]:
        """The names PC/SC gives to the two slots, in the order of `ports`."""
        return f"{self._label} 00 00", f"{self._label} 00 01"

    @property
    def pid(self) -> int:
        """The daemon's process id."""
        assert self._process is not None
        return self._process.pid

    def start(self, *, driver: Path | None = None, attached: bool = True, dials: bool = False) -> None:
        """Start the daemon (again): same socket name, same readers, same ports.

        `driver` takes the place of vpcd's own; with no reader `attached` it knows none at all. `dials` is vpcd's
        reversed mode: the cards listen on `ports`, both of them and before this, or the daemon aborts.
        """
        self.configure(driver=driver, attached=attached, dials=dials)
        # The test's copy of the listening socket is closed at once: while it stays open and the daemon is dead,
        # SCardEstablishContext hangs instead of failing.
        with self.listen() as listening:
            self._process = self.launch(listening)

    def configure(self, *, driver: Path | None = None, attached: bool = True, dials: bool = False) -> None:
        """Write what the next daemon is to know of readers; the parameters are those of `start`."""
        if not self.ports[0]:
            self.ports = _free_port_pair()
        reader = (
            f'FRIENDLYNAME "{self._label}"\n'
            f"DEVICENAME {'127.0.0.1' if dials else '/dev/null'}:0x{self.ports[0]:X}\n"
            f"LIBPATH {driver or self._driver}\n"
            f"CHANNELID 0x{self.ports[0]:X}\n"
        )
        _CONFIGURATION.write_text(reader if attached else "")

    def listen(self) -> socket.socket:
        """The service's socket, new, for `launch`."""
        self.socket.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(self.socket))
        self.socket.chmod(0o777)
        listening.listen(16)
        give_to_ordinary_user(self.socket)
        return listening

    def launch(self, listening: socket.socket, *options: str, preload: Path | None = None) -> subprocess.Popen[bytes]:
        """A daemon on that socket, as systemd starts one; `start` keeps it, any other caller has to end it.

        It dies with the thread that launched it. `preload` is loaded into it first.
        """
        libraries = [name for name in (self._environment.get("LD_PRELOAD"), preload and str(preload)) if name]
        return start_unprivileged(
            [self._pcscd, "--foreground", *options, "--config", _CONFIGURATION],
            listening=listening,
            env={**self._environment, **({"LD_PRELOAD": ":".join(libraries)} if libraries else {})},
            output=self.log,
        )

    def kill(self) -> None:
        """End the daemon as `kill -9` does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None
            self.frozen = False

    def restart(self) -> None:
        """kill -9, then a new daemon in its place."""
        self.kill()
        self.start()

    def end(self) -> None:
        """End the daemon as `systemctl stop` does."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def at_rest(self) -> bool:
        """Whether it listens at both `ports` and has taken every connection there.

        Not so for a moment after its start, and where a card left before the daemon looked: a listener of its driver
        holds one connection, and a frozen daemon with that one untaken lets no other card dial in.
        """
        waiting = dict(_listening_ports())
        return all(waiting.get(port) == 0 for port in self.ports)

    def freeze(self) -> None:
        """The daemon lives on and does nothing, from when this returns until `wake` or `kill`."""
        assert eventually(self.at_rest), "the daemon never came to rest"
        os.kill(self.pid, signal.SIGSTOP)
        # The signal only asks: the daemon still answers until the kernel tells its parent, which we are, that all its
        # threads have stopped. Looked at and not taken away, because the process object does its own waiting.
        seen = os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        assert seen is not None, "nobody waited"
        assert seen.si_code == os.CLD_STOPPED, "the daemon ended instead"
        self.frozen = True

    def wake(self) -> None:
        """It goes on where it was."""
        os.kill(self.pid, signal.SIGCONT)
        self.frozen = False

    @property
    def driver(self) -> Path:
        """vpcd's driver, a copy in the daemon's own folder."""
        return self._driver

    def stop(self) -> None:
        """End the daemon and remove its folder. Safe to call twice."""
        self.kill()
        shutil.rmtree(_FOLDER, ignore_errors=True)


def _listening_ports() -> Iterator[tuple[int, int]]:
    """Every TCP port somebody listens at over IPv4, with the number of connections nobody accepted yet (proc(5))."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state, queues, *_ = line.split()
        if state == "0A":
            yield int(local.rpartition(":")[2], 16), int(queues.rpartition(":")[2], 16)


def _pretended_run_folder() -> dict[str, str]:
    """What pcscd's environment needs where /run/pcscd is missing; nothing where it is there. See run_folder.c."""
    if _RUN_FOLDER.is_dir():
        return {}
    library = _FOLDER / "run_folder.so"
    source = PROJECT / "tests" / "daemons" / "run_folder.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    library.chmod(0o755)
    return {"LD_PRELOAD": str(library)}


def _remove_leftovers() -> None:
    """Remove the folders of test processes that were killed; their daemons died with them."""
    for folder in _FOLDER.parent.glob("madoguchi-pcscd-*-*"):
        if not Path("/proc", folder.name.split("-")[2]).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _free_port_pair() -> tuple[int, int]:
    start = _FIRST_PORT + 2 * (os.getpid() % ((_LAST_PORT - _FIRST_PORT) // 2))
    for port in (*range(start, _LAST_PORT, 2), *range(_FIRST_PORT, start, 2)):
        try:
            with socket.socket() as first, socket.socket() as second:
                first.bind(("", port))
                second.bind(("", port + 1))
        except OSError:
            continue
        return port, port + 1
    raise AssertionError("no two neighbouring TCP ports are free")


@functools.cache
def find_parts() -> tuple[Path, Path] | str:
    """pcscd and the driver for virtual cards, or the sentence why tests that need them are skipped."""
    pcscd = shutil.which("pcscd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if pcscd is None:
        return "pcscd is not installed (apt install pcscd)"
    if not _RUN_FOLDER.is_dir() and shutil.which("cc") is None:
        return f"{_RUN_FOLDER} is missing, and so is a compiler for what stands in for it (apt install gcc libc6-dev)"
    found = subprocess.run([PROJECT / "tools" / "vpcd_driver.sh"], capture_output=True, text=True)
    if found.returncode:
        return f"the driver for virtual cards is missing: {found.stderr.strip().splitlines()[-1]}"
    return Path(pcscd), Path(found.stdout.strip())


@functools.cache
def shared_daemon() -> PrivatePcscd | str:
    """This process's daemon, started at the first call, ended with the process; or the sentence why there is none."""
    parts = find_parts()
    if isinstance(parts, str):
        return parts
    daemon = PrivatePcscd(*parts)
    atexit.register(daemon.stop)
    return daemon
