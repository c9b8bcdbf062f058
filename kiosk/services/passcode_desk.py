"""施設のパスコード at the counter: the one that was set, or at the software reader the practice one.

The practice passcode is no secret: the screen shows it, so that 目視 can be rehearsed in the first minute. It counts
only where no real card can lie. What breaks if it is wrong: a stranger is vouched for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kiosk.services.desk_interfaces import PasscodeChecked
from reader.pin import PinHandle

if TYPE_CHECKING:  # annotations only: scrypt and the disk are needed when somebody types a passcode
    from kiosk.settings.passcodes import PasscodeStore

PRACTICE_PASSCODE: Final = "2580"
PRACTICE_TRIES: Final = 5
"""What a wrong practice passcode says is left: it is never used up, since it guards nothing."""


class PracticePasscode:
    """No passcode is set, and the reader is the software one."""

    practice: str | None = PRACTICE_PASSCODE

    def check(self, handle: PinHandle) -> PasscodeChecked:
        """Compare with what everybody may see: a wrong one may be tried again at once."""
        with handle.spend() as digits:
            return PasscodeChecked(bytes(digits) == PRACTICE_PASSCODE.encode(), PRACTICE_TRIES)


class StoredPasscode:
    """The facility passcode of a data folder. `software`: the reader is the software one, so practice is allowed."""

    def __init__(self, store: PasscodeStore, *, software: bool) -> None:
        self._store = store
        self._software = software

    @property
    def practice(self) -> str | None:
        """The practice passcode where it counts; reads the disk. Raises OSError as `check`."""
        from kiosk.settings.passcodes import PasscodeKind

        return PRACTICE_PASSCODE if self._software and not self._store.is_set(PasscodeKind.FACILITY) else None

    def check(self, handle: PinHandle) -> PasscodeChecked:
        """Compare what was typed; the handle is spent. Nothing is accepted where there is no passcode.

        Raises:
            OSError: The passcodes cannot be read, or the try cannot be counted.
        """
        from kiosk.settings.passcodes import PasscodeKind, PasscodeNotSetError

        try:
            if self.practice is not None:
                return PracticePasscode().check(handle)
            with handle.spend() as digits:
                said = self._store.check(PasscodeKind.FACILITY, digits)
        except PasscodeNotSetError:
            return PasscodeChecked(accepted=False, tries_left=0)
        finally:
            handle.discard()
        return PasscodeChecked(said.accepted, said.tries_left, said.wait_seconds)
