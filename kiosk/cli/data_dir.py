"""Where Madoguchi keeps what it writes: one folder, private to the user, proven writable before anything else.

What breaks if it is wrong: a half-written key store, or somebody else's folder.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kiosk.cli.errors import CommandError

VARIABLE = "MADOGUCHI_DATA_DIR"
CONFIG_NAME = "config.toml"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def chosen_data_dir(option: str | None, environ: Mapping[str, str]) -> Path | None:
    """The folder somebody asked for: `--data-dir`, else MADOGUCHI_DATA_DIR, else None.

    Raises:
        CommandError: `data_dir`: it lies in the home of somebody who has none.
    """
    wanted = option or environ.get(VARIABLE)
    if not wanted:
        return None
    with _home_needed(wanted):
        return Path(wanted).expanduser().absolute()


def data_dir_path(option: str | None, environ: Mapping[str, str]) -> Path:
    """The folder to use, not made yet: the one asked for, else the user's data folder of this system.

    Raises:
        CommandError: `data_dir`: this user has no home.
    """
    chosen = chosen_data_dir(option, environ)
    if chosen is not None:
        return chosen
    from platformdirs import user_data_path

    with _home_needed("~"):
        return user_data_path("madoguchi", appauthor=False)


def default_config_path(option: str | None, environ: Mapping[str, str]) -> Path | None:
    """Where settings are looked for: in the data folder somebody asked for, else in the user's config folder.

    None where this user has no home, and so no settings. Raises CommandError as `chosen_data_dir`.
    """
    chosen = chosen_data_dir(option, environ)
    if chosen is not None:
        return chosen / CONFIG_NAME
    from platformdirs import user_config_path

    try:
        return user_config_path("madoguchi", appauthor=False) / CONFIG_NAME
    except RuntimeError:  # how platformdirs and pathlib say that there is no home
        return None


@contextmanager
def _home_needed(path: str) -> Iterator[None]:
    try:
        yield
    except RuntimeError:
        raise CommandError("data_dir", path=path, reason=FileNotFoundError(errno.ENOENT, "no home folder")) from None


def open_data_dir(path: Path) -> Path:
    """Make the folder with mode 0700 where it is missing, and prove that a file can be written in it.

    Raises:
        CommandError: `data_dir` with the folder and the reason, `data_dir_full` where that is the room on its disk;
            nothing was left behind in it.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _prove_writable(path / f".probe-{os.getpid()}")
    except OSError as error:
        raise CommandError(
            "data_dir_full" if error.errno in _NO_ROOM else "data_dir", path=path, reason=error
        ) from error
    return path


def _prove_writable(probe: Path) -> None:
    """Write one byte into a file that has no name any more (`tempfile` would cost the counter's first frame 3 ms)."""
    number = os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        probe.unlink()
        os.write(number, b"\0")
    finally:
        os.close(number)
