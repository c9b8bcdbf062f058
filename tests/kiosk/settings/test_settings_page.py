"""docs/settings.md says what the program does."""

from __future__ import annotations

from pathlib import Path

from kiosk.cli.config import KEYS, known_keys
from kiosk.settings.model import TABLES
from tools import settings_page


def test_the_page_in_the_repository_is_up_to_date() -> None:
    assert settings_page.is_up_to_date(), "run make pages"


def test_a_stale_page_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "settings.md"
    before, settings_page.PAGE = settings_page.PAGE, page
    try:
        assert not settings_page.is_up_to_date()
        page.write_text(settings_page.page().replace("120", "121"), encoding="utf-8")
        assert not settings_page.is_up_to_date()
    finally:
        settings_page.PAGE = before


def test_every_key_of_the_file_is_on_the_page() -> None:
    said = settings_page.page()
    for table in (*KEYS, *TABLES):
        part = said.partition(f"## `[{table}]`")[2].partition("\n## ")[0]
        assert [f"{table}.{line.split('`')[1]}" for line in part.splitlines() if line.startswith("| `")] == list(
            known_keys(table)
        )


def test_the_schema_takes_every_default_and_refuses_what_is_misspelt() -> None:
    import json

    from jsonschema import Draft202012Validator

    from kiosk.cli.config_rows import as_json, entries

    validator = Draft202012Validator(json.loads(settings_page.schema()))
    whole: dict[str, dict[str, object]] = {}
    for entry in entries():
        if entry.default is not None:
            whole.setdefault(entry.table, {})[entry.name] = as_json(entry.default)
    validator.validate(whole)
    assert not validator.is_valid({"screen": {"them": "day"}})
    assert not validator.is_valid({"screan": {}})
    assert not validator.is_valid({"desk": {"face_tries": 11}})
