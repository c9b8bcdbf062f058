"""Half-typed papers that were kept, as the paper question offers them: what is asked of whoever keeps them.

What breaks if it is wrong: a paper that was kept is typed a second time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from kiosk.forms.draft import Draft


class KeptForm(Protocol):
    """One of them."""

    @property
    def form(self) -> str:
        """The word of its form, or of the four items."""
        ...

    @property
    def draft(self) -> Draft:
        """What stands in it."""
        ...

    @property
    def word(self) -> str:
        """What the store knows it by."""
        ...

    @property
    def since(self) -> datetime:
        """When it was kept."""
        ...


class KeptForms(Protocol):
    """All of them."""

    def kept(self) -> Sequence[KeptForm]:
        """What can be taken up again, newest first. Slow; raises OSError."""
        ...


async def read_kept(forms: KeptForms) -> tuple[KeptForm, ...]:
    """What is kept; nothing where the disk refuses, which is said where an entry is written."""
    try:
        return tuple(await asyncio.to_thread(forms.kept))
    except OSError:
        return ()
