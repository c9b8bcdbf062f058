"""A built wheel carries everything: installed alone in an empty environment it reaches the same counter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

from tests.e2e.terminal import TerminalProgram

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.daemon, pytest.mark.long, pytest.mark.timeout(600), pytest.mark.xdist_group("wheel")]


def clean_environment(home: Path) -> dict[str, str]:
    """As for somebody who never had this project: no checkout on the path, a home folder of its own."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "MADOGUCHI", "XDG", "LC_"))
    }
    return {**kept, "HOME": str(home), "LANG": "C.UTF-8", "TERM": "xterm-256color"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`madoguchi` from an environment that holds the pinned run-time packages and the wheel, nothing else."""
    folder = tmp_path_factory.mktemp("empty")
    venv.EnvBuilder(with_pip=True).create(folder / "venv")
    python = folder / "venv" / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    env = {**os.environ, "PIP_CACHE_DIR": str(ROOT / ".cache" / "pip")}
    pinned = subprocess.run(
        [*pip, "--require-hashes", "-r", str(ROOT / "requirements" / "run.txt")],
        capture_output=True,
        text=True,
        env=env,
    )
    if pinned.returncode != 0 and "No matching distribution" not in pinned.stderr and "onnection" in pinned.stderr:
        pytest.skip("the package index cannot be reached, so an empty environment cannot be filled")
    assert pinned.returncode == 0, pinned.stderr
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True, env=env)
    return python.with_name("madoguchi")


def test_the_wheel_carries_personas_styles_and_catalogues(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for suffix, least in {".mo": 8, ".tcss": 1, ".toml": 8}.items():
        assert len([name for name in names if name.endswith(suffix)]) >= least, suffix
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {
        "eligibility",
        "reader",
        "kiosk",
        "mock_server",
    }


def test_the_wheel_brings_the_fixtures_for_pytest(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    told = next(name for name in archive.namelist() if name.endswith(".dist-info/entry_points.txt"))
    points = ConfigParser()
    points.read_string(archive.read(told).decode())
    module = points["pytest11"]["madoguchi"]
    assert f"{module.replace('.', '/')}.py" in archive.namelist()


def test_the_installed_command_makes_a_whole_visit(command: Path, tmp_path: Path) -> None:
    env = clean_environment(tmp_path)
    personas = subprocess.run(
        [command, "server", "personas", "--json"], capture_output=True, env=env, cwd=tmp_path, check=True
    )
    pin = next(p["pin"] for p in json.loads(personas.stdout)["personas"] if p["name"] == "taro")
    check = subprocess.run(
        [command, "check", "--persona", "taro", "--pin-stdin", "--json"],
        input=pin.encode(),
        capture_output=True,
        env=env,
        cwd=tmp_path,
    )
    assert check.returncode == 0, check.stderr
    assert json.loads(check.stdout)["outcome"] == "OK_ONLINE"


def test_the_installed_counter_reaches_the_idle_screen(command: Path, tmp_path: Path) -> None:
    with TerminalProgram([str(command)], env=clean_environment(tmp_path), cwd=tmp_path) as counter:
        counter.wait_for("マイナンバーカードを")
