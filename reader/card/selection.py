"""What is current on the card: an application and an EF in it, and how SELECT and short ids change that.

jpki-card.md §1.1–§1.4. Selecting is by name or a prefix of it; where a prefix begins several names, the first in the
order of the image is meant: the signing application, then that of §1.1 (the sheet does not say which, so do not rely
on it). What breaks if this is wrong: a reader believes to be in an application that it is not in.
"""

from __future__ import annotations

from collections.abc import Mapping

from reader.card import status
from reader.card.applications import ISD_AID
from reader.card.layout import HIGHEST_SHORT_ID
from reader.card.records import ApplicationRecord
from reader.card.status import RefusalError


class Selection:
    """The current application and EF of one card. After power-on the card's own application is current (§1.1)."""

    def __init__(self, applications: Mapping[bytes, ApplicationRecord]) -> None:
        self._efs = {aid: application.ids for aid, application in applications.items()}
        self._default = ISD_AID if ISD_AID in self._efs else None
        self._aid: bytes | None = self._default
        self._ef: int | None = None

    @property
    def at_default(self) -> bool:
        """Whether the state is that of a card just powered, where GET DATA gives its objects."""
        return self._aid == self._default

    def forget(self) -> None:
        """Back to the state after power-on."""
        self._aid, self._ef = self._default, None

    def select_application(self, name: bytes) -> None:
        """Raises RefusalError `6A82` where no application's name begins with `name`; nothing changes then."""
        for aid in self._efs:
            if name and aid.startswith(name):
                self._aid, self._ef = aid, None
                return
        raise RefusalError(status.FILE_NOT_FOUND)

    def select_file(self, fid: bytes) -> None:
        """Raises RefusalError `6A82` where there is no such EF, `6700` where `fid` is no id; nothing changes then."""
        if len(fid) != 2:
            raise RefusalError(status.WRONG_LENGTH)
        self._make_current(int.from_bytes(fid, "big"))

    def select_nothing(self, fid: bytes) -> None:
        """`00 A4 00 00`: refused cold, accepted without any change when an application is current; no MF (§1.1)."""
        if fid:
            raise RefusalError(status.FILE_NOT_FOUND if len(fid) == 2 else status.WRONG_LENGTH)
        if self.at_default:
            raise RefusalError(status.WRONG_P1_P2)

    def short(self, sfi: int) -> tuple[bytes, int]:
        """The EF with this short id, now current. Raises RefusalError `6A82` where there is none."""
        if not 1 <= sfi <= HIGHEST_SHORT_ID:
            raise RefusalError(status.FILE_NOT_FOUND)
        self._make_current(sfi)
        return self.current()

    def current(self) -> tuple[bytes, int]:
        """Application and current EF. Raises RefusalError `6986` where there is no current EF."""
        if self._aid is None or self._ef is None:
            raise RefusalError(status.NO_CURRENT_FILE)
        return self._aid, self._ef

    def _make_current(self, ef: int) -> None:
        if self._aid is None or ef not in self._efs[self._aid]:
            raise RefusalError(status.FILE_NOT_FOUND)
        self._ef = ef
