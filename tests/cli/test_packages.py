"""Start-up check: the packages that are imported are our own (design.md §1)."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from kiosk.cli.errors import CommandError
from kiosk.cli.packages import OWN_PACKAGES, check_own_packages
from tests.cli.command import PROJECT, Madoguchi

FOREIGN = 'raise SystemExit("foreign code ran")\n'
MODULE = [sys.executable, "-m", "kiosk"]


def make_package(folder: Path, name: str, text: str = FOREIGN) -> Path:
    package = folder / name
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(text)
    return package


def test_our_own_packages_pass() -> None:
    check_own_packages()
    assert set(OWN_PACKAGES) == {"kiosk", "eligibility", "reader", "mock_server"}


@pytest.mark.parametrize("name", ["reader", "eligibility", "mock_server"])
def test_a_folder_of_that_name_where_one_stands_is_not_imported(madoguchi: Madoguchi, name: str) -> None:
    make_package(madoguchi.home, name)
    for start in (None, MODULE):
        done = madoguchi.run("server", "personas", "--json", start=start)
        assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("name", ["reader", "eligibility", "mock_server"])
def test_a_foreign_package_in_front_of_ours_is_told_of_and_not_run(madoguchi: Madoguchi, name: str) -> None:
    package = make_package(madoguchi.home / "front", name)
    done = madoguchi.run("server", "personas", "--json", env={"PYTHONPATH": str(package.parent)})
    assert (done.code, done.error()) == (2, "foreign_package")
    message = done.document("error")["error"]["message"]
    assert str(package) in message
    assert str(PROJECT) in message
    assert "foreign code ran" not in done.out + done.err


def test_a_foreign_module_of_one_file_is_told_of_too(madoguchi: Madoguchi) -> None:
    (madoguchi.home / "reader.py").write_text(FOREIGN)
    done = madoguchi.run("--version", "--json", env={"PYTHONPATH": str(madoguchi.home)})
    assert (done.code, done.error()) == (2, "foreign_package")


def test_a_package_that_overwrote_ours_does_not_say_that_it_is_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installed into the same folder later, it has our place but not our sign."""
    for name in OWN_PACKAGES:
        make_package(tmp_path, name, 'DISTRIBUTION = "madoguchi"\n' if name != "reader" else "")
    for name in list(sys.modules):
        if name.partition(".")[0] in OWN_PACKAGES:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(CommandError) as refused:
        check_own_packages(tmp_path)
    assert (refused.value.code, refused.value.params["name"]) == ("foreign_package", "reader")


def test_a_part_that_is_missing_is_told_of(madoguchi: Madoguchi) -> None:
    """As after a broken installation: the packages without one of them, run by an interpreter that has no other."""
    for name in ("kiosk", "eligibility", "mock_server"):
        shutil.copytree(PROJECT / name, madoguchi.home / name, ignore=shutil.ignore_patterns("__pycache__"))
    done = madoguchi.run("--version", "--json", start=[sys.executable, "-S", "-m", "kiosk"])
    assert (done.code, done.error()) == (2, "missing_package")
