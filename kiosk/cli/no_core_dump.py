"""A process that breaks writes nothing of its memory to the disk.

In the memory of a counter are the journal's key and, while somebody types, a 暗証番号. What breaks if it is wrong: both
lie in a file that nobody asked for, readable long after.
"""

from __future__ import annotations

import resource


def forbid_core_dump() -> None:
    """No core file from now on, of this process or of what it starts (setrlimit(2)); it cannot be allowed again."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
