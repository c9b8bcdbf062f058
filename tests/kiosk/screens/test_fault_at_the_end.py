"""A counter that was told to end ends as it was told, whatever fails on its way out."""

from __future__ import annotations

from pathlib import Path

from tests.kiosk.screens.driving import counter


async def test_what_fails_while_it_ends_is_reported_and_changes_no_exit_code(tmp_path: Path) -> None:
    async with counter(tmp_path) as desk:
        desk.app.exit()
        desk.app._handle_exception(ValueError("a sheet that was never drawn"))
        assert desk.app.return_code == 0
        assert desk.app.crash_report is not None
