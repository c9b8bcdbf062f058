"""What remedies may tell somebody to do: nothing that would install a stranger's package, or run what is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

PROJECT = Path(__file__).resolve().parents[2]
CATALOGUES = sorted(
    path
    for package in ("eligibility", "reader", "kiosk", "mock_server")
    for path in (PROJECT / package).rglob("locale/*/LC_MESSAGES/*.po")
)
FOLDER = {"ja": "プロジェクトのフォルダー", "en": "the project's folder"}
"""hardware/ is no part of an installed package. The other languages speak to patients, who are sent to no script."""


def actions(path: Path) -> list[str]:
    """Every line of every sentence of a catalogue."""
    with path.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    return [line for message in catalogue if message.id for line in str(message.string).splitlines()]


def named(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def test_the_catalogues_were_found() -> None:
    assert len(CATALOGUES) >= 8
    said = [line for path in CATALOGUES for line in actions(path)]
    assert any("pipx inject madoguchi pyscard" in line for line in said)
    assert any("hardware/setup.sh" in line for line in said)


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_nobody_is_told_to_install_us_from_an_index(path: Path) -> None:
    """The project is in no index: who takes the name there would be installed instead."""
    from_index = re.compile(r"madoguchi\[|pipx? +install(?: +-\S+)* +[\"']?madoguchi\b")
    assert [line for line in actions(path) if from_index.search(line)] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=named)
def test_a_script_of_the_project_is_run_in_its_folder(path: Path) -> None:
    folder = FOLDER.get(path.parents[1].name)
    scripts = [line for line in actions(path) if "hardware/setup.sh" in line]
    assert [line for line in scripts if folder is None or folder not in line] == []
