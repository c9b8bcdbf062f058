"""What the drawer and the command line take from the server before it runs costs them neither database nor web."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"sqlalchemy", "fastapi", "starlette", "uvicorn", "cryptography", "pydantic", "lxml"}


def loaded_by(*modules: str) -> set[str]:
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in run.stdout.split()}


@pytest.mark.parametrize("module", ["personas", "errors", "words", "serials"])
def test_light_modules(module: str) -> None:
    assert loaded_by(f"mock_server.{module}") & HEAVY == set()


def test_issuing_a_card_needs_no_server() -> None:
    assert loaded_by("mock_server.issuer") & HEAVY == {"cryptography"}
