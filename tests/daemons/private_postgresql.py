"""A real PostgreSQL of our own, one per test process: own folder, a socket and no port, and it keeps its word.

Owns: making the cluster, starting, `kill -9`, starting again, ending, and a fresh database for whoever asks. What is
committed is flushed (`fsync=on`, and tests ask the server whether it is): only `initdb` itself skips that.
What breaks if this is wrong: a test of durability that proves nothing, or a daemon that outlives the tests.
Facts: prototypes.md §4.
"""

from __future__ import annotations

import atexit
import functools
import itertools
import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path

from tests.daemons.unprivileged import give_to_ordinary_user, start_unprivileged
from tests.eventually import eventually

DEBIAN_BINARIES = Path("/usr/lib/postgresql")
USER = "madoguchi"


class PrivatePostgresql:
    """One PostgreSQL. Dies with this process; use `shared_postgresql`."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        _remove_leftovers()
        # Short, because a socket name has at most 108 bytes.
        self.folder = Path("/tmp") / f"madoguchi-pg-{os.getpid()}-{secrets.token_hex(4)}"
        self.folder.mkdir(mode=0o755)
        self.folder.chmod(0o755)
        give_to_ordinary_user(self.folder)
        self.log = self.folder / "log"
        self._data = self.folder / "data"
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        options = ("-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        made = start_unprivileged([binaries / "initdb", "-D", self._data, *options], output=self.log).wait()
        assert made == 0, self.log.read_text()
        self.start()

    def start(self, *, fsync: bool = True) -> None:
        """Start it (again) and wait until it answers. Without `fsync` it loses what it acknowledged."""
        wanted = "on" if fsync else "off"
        assert self._process is None, "it runs already"
        self._process = start_unprivileged(
            [
                self._binaries / "postgres",
                *("-D", self._data, "-k", self.folder),
                *("-c", "listen_addresses=", "-c", f"fsync={wanted}", "-c", "max_connections=40"),
            ],
            output=self.log,
        )
        assert eventually(self._answers), self.log.read_text()
        assert self.ask("SHOW fsync") == wanted

    def kill(self) -> None:
        """End every process of it as `kill -9` does: nothing is flushed, nobody is told."""
        assert self._process is not None, "it does not run"
        ours = _process_and_children(self._process.pid)
        for pid in ours:
            os.kill(pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
        assert eventually(lambda: not any(map(_is_alive, ours)))

    def stop(self) -> None:
        """End it as an administrator does (fast shutdown). Safe to call twice."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        """End it and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        assert self._process is not None
        return self._process.pid

    def new_database(self) -> str:
        """A database that nobody has used, as a URL for `--database`."""
        name = f"store{next(self._numbers)}"
        self.ask(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://{USER}@/{name}?host={self.folder}"

    def drop_database(self, url: str) -> None:
        """Remove a database of `new_database`, whoever is connected to it."""
        self.ask(f"DROP DATABASE {database_of(url)} WITH (FORCE)")

    def ask(self, sql: str, database: str = "postgres") -> str:
        """What its own client prints for a statement."""
        done = self._client("-d", database, "-c", sql)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()
        return self._client("-d", "postgres", "-c", "SELECT 1").returncode == 0

    def _client(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        options = ["-X", "-q", "-A", "-t", "-h", str(self.folder), "-U", USER]
        return subprocess.run([self._binaries / "psql", *options, *arguments], capture_output=True, text=True)


def database_of(url: str) -> str:
    """The name of the database in a URL of `new_database`."""
    return url.partition("@/")[2].partition("?")[0]


def _process_and_children(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def _is_alive(pid: int) -> bool:
    """Whether it still runs; one that only waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _remove_leftovers() -> None:
    """Remove the folders of test processes that were killed; their servers died with them."""
    for folder in Path("/tmp").glob("madoguchi-pg-*-*"):
        if not Path("/proc", folder.name.split("-")[2]).exists():
            shutil.rmtree(folder, ignore_errors=True)


def find_binaries() -> Path | str:
    """The folder of PostgreSQL's programs, or the sentence why tests that need them are skipped."""
    on_path = shutil.which("initdb")
    versions = sorted(DEBIAN_BINARIES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True)
    found = [path.parent for path in (*versions, *([Path(on_path).resolve()] if on_path else []))]
    usable = [folder for folder in found if (folder / "postgres").exists() and (folder / "psql").exists()]
    return usable[0] if usable else "PostgreSQL is not installed (apt install postgresql)"


@functools.cache
def shared_postgresql() -> PrivatePostgresql | str:
    """This process's server, started at the first call, ended with the process; or the sentence why there is none."""
    binaries = find_binaries()
    if isinstance(binaries, str):
        return binaries
    server = PrivatePostgresql(binaries)
    atexit.register(server.remove)
    return server
