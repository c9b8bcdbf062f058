"""The client knows nothing of the product: the standard library, and itself."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", ["client.py", "reading.py"])
def test_the_client_imports_the_standard_library_only(name: str) -> None:
    imported = set()
    for node in ast.walk(ast.parse((HERE / name).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    foreign = {one for one in imported if one.split(".")[0] not in sys.stdlib_module_names}
    assert foreign <= {"tests.folder_client.reading"}
