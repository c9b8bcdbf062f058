"""What may not be loaded yet: the first frame waits for every import (prototypes.md §2)."""

from __future__ import annotations

import json
import sys

import pytest

from tests.cli.command import Madoguchi

HEAVY = frozenset(
    {
        "anyio",
        "cryptography",
        "fastapi",
        "httpx2",
        "lxml",
        "pydantic",
        "pydantic_xml",
        "smartcard",
        "sqlalchemy",
        "sqlite3",
        "starlette",
        "uvicorn",
    }
)
SAY_MODULES = "import json; sys.stdout.write(json.dumps(sorted(sys.modules)))"

AFTER_VERSION = f"""
import sys
from kiosk.cli.main import main
sys.stdout, kept = open("/dev/null", "w"), sys.stdout
code = main(["--version"])
sys.stdout = kept
assert code == 0
{SAY_MODULES}
"""

AT_FIRST_FRAME = """
import json, os, sys
from kiosk import preload
from kiosk.cli import kiosk, main

def first_frame_is_there():
    # Called on the loading thread, once the first frame was drawn.
    os.write(1, json.dumps(sorted(sys.modules)).encode())
    os._exit(0 if os.environ["TEXTUAL_DISABLE_KITTY_KEY"] == "1" and "TEXTUAL_LOG" not in os.environ else 1)

os.environ["TEXTUAL_LOG"] = "/nowhere"
preload.import_all = first_frame_is_there
kiosk.check_terminal = lambda: None
kiosk.show = lambda app, data_dir: app.run(headless=True, size=(80, 24))
main.main(["--data-dir", sys.argv[1]])
os._exit(2)
"""
"""The counter as the command starts it, but without a terminal."""


def loaded(madoguchi: Madoguchi, program: str, *arguments: str) -> set[str]:
    done = madoguchi.run(*arguments, start=[sys.executable, "-c", program])
    assert done.code == 0, done.err
    return set(json.loads(done.out))


def test_the_version_loads_nothing_heavy_and_no_other_command(madoguchi: Madoguchi) -> None:
    modules = loaded(madoguchi, AFTER_VERSION)
    assert not modules & (HEAVY | {"textual", "tomllib", "kiosk.services.interfaces"})
    assert not {f"kiosk.cli.{name}" for name in ("kiosk", "card", "check", "server", "doctor")} & modules


def test_nothing_heavy_is_loaded_when_the_first_frame_is_drawn(madoguchi: Madoguchi) -> None:
    modules = loaded(madoguchi, AT_FIRST_FRAME, str(madoguchi.data_dir))
    assert "textual" in modules
    assert not modules & HEAVY
    assert not {name for name in modules if name.partition(".")[0] in ("mock_server",)} - {"mock_server"}
    assert not {"kiosk.services.card_desk", "kiosk.services.qualification_client", "kiosk.journal"} & modules


@pytest.mark.parametrize("name", ["check", "card", "server", "doctor"])
def test_help_of_a_command_loads_nothing_heavy(madoguchi: Madoguchi, name: str) -> None:
    program = AFTER_VERSION.replace('["--version"]', f'["{name}", "--help"]')
    assert not loaded(madoguchi, program) & (HEAVY | {"textual"})
