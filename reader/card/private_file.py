"""Writing a file of secrets: whole or not at all, for the owner only, and still there after a power cut.

What breaks if it is wrong: a spent PIN try comes back, or others can read a key.
"""

from __future__ import annotations

import os
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Replace `path` by a file of mode 0600 that holds `content`; a crash leaves the old one or the new one.

    Raises:
        OSError: The folder does not exist or cannot be written; nothing is left half-written.
    """
    import tempfile  # brings a dozen modules that nobody needs before the first counter changes

    # mkstemp makes the file with mode 0600 before a byte is in it; the same folder makes the rename atomic.
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    """The rename itself is only durable once the folder is."""
    if not hasattr(os, "O_DIRECTORY"):  # Windows opens no folders
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
