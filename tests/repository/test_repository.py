"""Rules of the repository itself that no other tool checks."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def tracked_files() -> list[Path]:
    """What git would land; without git the test has nothing to judge."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is not a git checkout, so there is no list of tracked files")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_a_lock_pins_every_package_with_hashes_and_names_no_host(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert "file:" not in text
    names = re.findall(r"^[a-z0-9.-]+(?:\[[a-z,]+\])?==\S+", text, flags=re.MULTILINE)
    assert names
    assert len(re.findall(r"^\S", text, flags=re.MULTILINE)) == len(names), "a line that is not pinned with =="
    for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locked = "\n".join(lock.read_text() for lock in LOCKS)
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["pcsc"],
        *project["project"]["optional-dependencies"]["postgresql"],
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
    ]
    for requirement in wanted:
        name = re.split(r"[<>=!\[; ]", requirement)[0]
        assert re.search(rf"^{re.escape(name)}==", locked, flags=re.MULTILINE), name


def test_no_private_key_and_no_data_of_a_run_is_tracked() -> None:
    marker = "-----BEGIN PRIVATE" + " KEY-----"
    for path in tracked_files():
        assert path.suffix not in {".sqlite", ".mo", ".pyc"}, path
        assert marker.encode() not in path.read_bytes(), path


def test_ci_calls_make_test() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text()


def test_every_script_is_valid_shell_and_executable() -> None:
    scripts = [*sorted((ROOT / "tools").glob("*.sh")), *sorted((ROOT / "hardware").glob("*.sh")), ROOT / ".ci" / "run"]
    assert scripts
    for script in scripts:
        assert script.stat().st_mode & 0o111, script
        subprocess.run(["sh", "-n", str(script)], check=True)
