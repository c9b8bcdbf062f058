"""Renaming a file where no other may be overwritten: one step that happens or does not.

What breaks if wrong: an answer that nobody collected yet is lost under another one.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable
from functools import cache
from typing import Any, Final

_NOREPLACE: Final = 1
"""RENAME_NOREPLACE of renameat2(2)."""
_NOT_HERE: Final = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP})
"""The system, or the file system (an SMB or NFS mount), does not know the call."""


def move_new(source_folder: int, source: str, target_folder: int, target: str) -> None:
    """Rename between two open folders; never onto another file.

    Where the file system cannot do it in one step, it is looked at first whether the name is free: only a file that
    comes between the two is then overwritten, and in `res` and `face` nobody else should write.

    Raises:
        FileExistsError: The name is taken.
        OSError: It cannot be done.
    """
    rename = _renameat2()
    if rename is not None:
        if rename(source_folder, os.fsencode(source), target_folder, os.fsencode(target), _NOREPLACE) == 0:
            return
        number = ctypes.get_errno()
        if number not in _NOT_HERE:
            raise OSError(number, os.strerror(number), target)
    if _is_there(target_folder, target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)
    os.rename(source, target, src_dir_fd=source_folder, dst_dir_fd=target_folder)


def _is_there(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


@cache
def _renameat2() -> Callable[..., int] | None:
    library = ctypes.CDLL(None, use_errno=True)
    function: Any = getattr(library, "renameat2", None)
    if function is None:
        return None
    function.argtypes = [ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint]
    function.restype = ctypes.c_int
    return function  # type: ignore[no-any-return]
