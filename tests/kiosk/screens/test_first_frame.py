"""What stands before the first frame is cheap: no heavy module, and not even the flow (prototypes.md §2)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.kiosk.screens.driving import counter
from tests.kiosk.screens.fakes import Outside

HEAVY = "cryptography pydantic lxml httpx2 fastapi sqlalchemy anyio smartcard uvicorn"
LATER = "kiosk.flow kiosk.services kiosk.performer kiosk.drawer_hands kiosk.screens.catalogue eligibility reader"


def test_importing_the_application_imports_nothing_heavy() -> None:
    code = "import sys, kiosk.app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    unwanted = {
        name for name in loaded for top in (HEAVY + " " + LATER).split() if name == top or name.startswith(f"{top}.")
    }
    assert unwanted == set()


async def test_the_first_frame_is_complete_before_anything_is_loaded(tmp_path: Path) -> None:
    outside = Outside()
    outside.load_gate.clear()
    async with counter(tmp_path, outside, ready=False) as desk:
        assert "リーダーの中央に" in desk.text()
        assert "練習用" in desk.text()
        assert "係を呼ぶ" in desk.text()
        assert "準備しています" in desk.lines()[0]
        outside.load_gate.set()
        await desk.until(lambda: desk.app.counter is not None, "loaded")
        assert "使えます" in desk.lines()[0]
