"""One test's own run on a server: its name, what was received in it, its troubles, folders and the clock.

Nothing of it is seen by another run, but for the clock, which is the server's. What breaks if wrong: tests that run
side by side disturb each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from mock_server.received import Exchange, Received
from mock_server.testing.client import ControlsClient

INSTITUTION: Final = "1312345678"
"""The invented 医療機関コード that is used where nothing is said."""
_PAGE: Final = 1_000


class Rehearsal:
    """A run, for the length of a `with` block; in the end everything it left on the server is cleared."""

    def __init__(self, url: str, controls: ControlsClient, lang: str, folders_in: Path) -> None:
        """Begin a run on the server at `url`. `folders_in` is where its folders are made when they are asked for."""
        begun = controls.ask("POST", "runs", {})
        self.url = url
        self.run: str = begun["run"]
        self.headers: dict[str, str] = dict(begun["header"])
        """To be sent with every request of this run."""
        self.institution = INSTITUTION
        self.received = Received(self._exchanges, lang)
        self.clock = RehearsalClock(controls)
        self._controls = controls
        self._folders_in = folders_in
        self._folders: Path | None = None

    def arm(
        self,
        scenario: str,
        *,
        times: int = 1,
        until_reset: bool = False,
        persona: str = "",
        call: str = "",
        institution: str = "",
        seed: int = 0,
        **params: int | str,
    ) -> dict[str, Any]:
        """Arm a trouble for this run; what it can be told is given by name (`mean_ms=1500`).

        Raises:
            ControlsError: The server does not know it, or not so.
        """
        often: dict[str, Any] = {"until_reset": True} if until_reset else {"times": times}
        order = {"scenario": scenario, "params": params, "persona": persona, "call": call, "seed": seed}
        return self._controls.ask("POST", "scenarios", {**order, **often, "institution": institution, "run": self.run})

    def disarm(self, scenario: str | None = None) -> int:
        """Take away what is armed in this run, or what has that name; how many that were."""
        deleted: int = self._controls.ask("DELETE", "scenarios", run=self.run, scenario=scenario)["deleted"]
        return deleted

    @property
    def personas(self) -> Mapping[str, Mapping[str, Any]]:
        """The invented patients by name: PIN, numbers, card and what is to be expected."""
        table = self._controls.ask("GET", "personas", run=self.run)["personas"]
        return {one["name"]: one for one in table}

    @property
    def folders(self) -> Path:
        """`req`, `res` and `face` of this run and institution, served from the first time somebody asks for them."""
        if self._folders is None:
            directory = self._folders_in / self.run
            order = {"run": self.run, "institution": self.institution, "directory": str(directory)}
            self._controls.ask("POST", "folders", order)
            self._folders = directory
        return self._folders

    def end(self) -> None:
        """Clear what the run left, and set the clock back where it was moved. Safe to call twice."""
        self.clock.end()
        self._controls.ask("DELETE", f"runs/{self.run}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def _exchanges(self) -> list[Exchange]:
        found: list[Exchange] = []
        last = 0
        while True:
            page = self._controls.ask("GET", "exchanges", run=self.run, after=last, limit=_PAGE)
            found += page["exchanges"]
            if len(page["exchanges"]) < _PAGE:
                return found
            last = page["last"]


class RehearsalClock:
    """The server's clock. It is every run's: move it only where tests with it do not share a server."""

    def __init__(self, controls: ControlsClient) -> None:
        self._controls = controls
        self._moved = False

    def now(self) -> str:
        """What it says, ISO 8601."""
        return str(self._controls.ask("GET", "clock")["now"])

    def set(self, moment: str) -> str:
        """Go on from a moment such as `2026-12-01T08:30` (Japanese time); what it says then. Raises ControlsError."""
        return self._turn(at=moment)

    def move(self, seconds: int) -> str:
        """Go forward, or back; what it says then. Raises ControlsError."""
        return self._turn(move_s=seconds)

    def freeze(self, moment: str | None = None) -> str:
        """Stand still, now or at a moment; what it says then. Raises ControlsError."""
        return self._turn(freeze=True if moment is None else moment)

    def run(self) -> str:
        """Go on from where it stands; what it says then."""
        return self._turn(run=True)

    def end(self) -> None:
        """Set it back, where it was moved from here."""
        if self._moved:
            self._moved = False
            self._controls.ask("PUT", "clock", {"reset": True})

    def _turn(self, **order: Any) -> str:
        self._moved = True
        return str(self._controls.ask("PUT", "clock", order)["now"])
