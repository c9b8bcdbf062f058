"""Compiles every gettext catalogue (.po) beside its source (.mo) when the project is built or installed editable."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGES = ("eligibility", "reader", "kiosk", "mock_server")


def compile_catalogues(root: Path) -> list[Path]:
    """Write the .mo of each .po below the packages of `root`; returns the written files."""
    written = []
    for package in PACKAGES:
        for source in sorted((root / package).rglob("locale/*/LC_MESSAGES/*.po")):
            with source.open("rb") as file:
                catalogue = read_po(file, abort_invalid=True)
            target = source.with_suffix(".mo")
            with target.open("wb") as file:
                write_mo(file, catalogue, use_fuzzy=False)
            written.append(target)
    return written


class CataloguesHook(BuildHookInterface):  # type: ignore[misc,type-arg,unused-ignore]
    """Hatch's hook: runs before files are collected."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, so that the wheel and the editable install carry the catalogues."""
        compile_catalogues(Path(self.root))


if __name__ == "__main__":
    for path in compile_catalogues(Path(__file__).resolve().parent.parent):
        print(path)
