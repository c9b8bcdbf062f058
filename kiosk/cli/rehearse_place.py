"""Where a rehearsal is written: its own folder below the data folder, and the page with the result.

What breaks if it is wrong: practice stands among real receptions, or somebody's file is written over.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError
from kiosk.cli.whole_file import whole_file

if TYPE_CHECKING:  # annotations only
    from kiosk.rehearsal.report import Report
    from kiosk.rehearsal.script import Script

FOLDER: Final = "rehearsal"
"""Below the data folder."""


def page_path(context: Context) -> Path | None:
    """Where the page goes, or None where nobody wants one; what would keep it from being written is told now.

    Raises:
        CommandError: `report_ending`, `report_exists`, `report_failed`.
    """
    text = context.typed("report")
    if text is None:
        return None
    path = Path(text).expanduser().absolute()
    if path.suffix.lower() not in (".html", ".htm"):
        raise CommandError("report_ending", path=path)
    if path.exists() and not (context.option("force") and path.is_file()):
        raise CommandError("report_exists", path=path)
    if not os.access(path.parent, os.W_OK | os.X_OK):
        kind = PermissionError(13, "") if path.parent.is_dir() else FileNotFoundError(2, "")
        raise CommandError("report_failed", path=path, reason=kind)
    return path


def write_page(path: Path, report: Report, context: Context) -> None:
    """Write it whole or not at all. Raises CommandError `report_failed`."""
    from kiosk.rehearsal.page import as_html
    from kiosk.words import Words as CounterWords

    with whole_file(path, "report_failed", errors="backslashreplace") as file:
        file.write(as_html(report, CounterWords(context.words.lang)))


@contextmanager
def own_folder(data_dir: Path, script: Script) -> Iterator[Path]:
    """An empty folder for this rehearsal; the journal of the last one stays until then.

    Raises:
        CommandError: `rehearsal_running`: another one in this data folder; `data_dir`.
    """
    from filelock import FileLock, Timeout

    parent = data_dir / FOLDER
    folder = parent / (re.sub(r"[^A-Za-z0-9_-]", "-", Path(script.name).stem)[:40] or "script")
    try:
        parent.mkdir(mode=0o700, exist_ok=True)
        with FileLock(parent / ".lock", timeout=0):
            for old in ("counter", "right"):
                shutil.rmtree(folder / old, ignore_errors=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            yield folder
            shutil.rmtree(folder / "right", ignore_errors=True)
    except Timeout as error:
        raise CommandError("rehearsal_running") from error
    except OSError as error:
        raise CommandError("data_dir", path=folder, reason=error) from error
