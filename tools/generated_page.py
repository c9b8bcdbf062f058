"""What every tool that writes a page of docs/ does: write it, or say that it is out of date.

This module alone owns how a generated page is compared. If it is wrong, a page says what the program no longer does.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path


def is_up_to_date(files: Mapping[Path, str]) -> bool:
    """Whether each of the files has exactly this text."""
    return all(path.is_file() and path.read_text(encoding="utf-8") == text for path, text in files.items())


def write(files: Mapping[Path, str], tool: str, arguments: list[str] | None = None) -> int:
    """Write the files; with `--check` only compare. Returns 1 where that finds one out of date, else 0."""
    pages = " and ".join(path.name for path in files)
    parser = argparse.ArgumentParser(description=f"Write {pages} from the program's own data.")
    parser.add_argument("--check", action="store_true", help="compare only; 1 where something is out of date")
    if not parser.parse_args(arguments).check:
        for path, text in files.items():
            path.write_text(text, encoding="utf-8")
        return 0
    if is_up_to_date(files):
        return 0
    print(f"{pages} is out of date: run tools/{tool}.py", file=sys.stderr)
    return 1
