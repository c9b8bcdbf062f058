"""The settings of the screens, the desk and the staff side: defaults that are right, and values that are refused."""

from __future__ import annotations

import sys
import tomllib
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from kiosk.settings.checks import Choice, SettingError, Several, Switch, TimeOfDay, Whole
from kiosk.settings.file import keys_of, read_settings
from kiosk.settings.model import DEFAULTS, SPECS, TABLES, THEMES, Basis, Settings
from kiosk.settings.themes import offered, theme_name
from kiosk.words import LANGUAGES


def read(text: str) -> tuple[Settings, list[tuple[str, str]]]:
    settings, faults = read_settings(tomllib.loads(text))
    return settings, [(fault.key, fault.code) for fault in faults]


def test_an_empty_file_is_the_defaults() -> None:
    assert read("") == (DEFAULTS, [])


@pytest.mark.parametrize("name", SPECS)
def test_every_default_is_a_value_that_could_be_chosen(name: str) -> None:
    default = getattr(DEFAULTS, name)
    if default is None:
        assert name == "language"
        return
    raw: Any = default
    if isinstance(default, tuple):
        raw = list(default)
    elif isinstance(default, time):
        raw = default.strftime("%H:%M")
    assert SPECS[name].check.value(raw) == default


def test_values_are_read_as_the_counter_uses_them() -> None:
    settings, faults = read(
        """
        [screen]
        language = "en"
        theme = "day"
        [patient]
        bell_for = []
        plain = true
        [desk]
        equipped_for_smartphone = true
        face_tries = 3
        [staff]
        closing_time = "00:30"
        """
    )
    assert faults == []
    assert settings == Settings(
        language="en",
        theme="day",
        bell_for=(),
        plain=True,
        equipped_for_smartphone=True,
        face_tries=3,
        closing_time=time(0, 30),
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("[screen]\ntheme = 'nigth'", "config_choice"),
        ("[screen]\ntheme = ''", "config_choice"),
        ("[screen]\nlanguage = 'de'", "config_choice"),
        ("[screen]\ntheme = 1", "config_type"),
        ("[screen]\nhigh_contrast = 'yes'", "config_type"),
        ("[patient]\nbell = 1", "config_type"),
        ("[patient]\nbell_for = 'call'", "config_type"),
        ("[patient]\nbell_for = [1]", "config_type"),
        ("[patient]\nbell_for = ['call', 'cal']", "config_choice"),
        ("[patient]\nbell_for = ['call', 'call']", "config_twice"),
        ("[patient]\nprivacy_seconds = 19", "config_range"),
        ("[patient]\nprivacy_seconds = 901", "config_range"),
        ("[patient]\nprivacy_seconds = true", "config_type"),
        ("[patient]\nprivacy_seconds = 60.0", "config_type"),
        ("[desk]\nface_tries = 0", "config_range"),
        ("[staff]\nclosing_time = '24:00'", "config_time"),
        ("[staff]\nclosing_time = '7:00'", "config_time"),
        ("[staff]\nclosing_time = '１９:００'", "config_time"),
        ("[staff]\nclosing_time = '19:00\\n'", "config_time"),
        ("[staff]\nclosing_time = 19:00:00", "config_type"),
    ],
)
def test_a_wrong_value_is_told_with_its_key_and_stays_at_its_default(line: str, code: str) -> None:
    settings, faults = read(line)
    head, entry = line.split("\n", 1)
    assert faults == [(f"{head.strip('[]')}.{entry.split()[0]}", code)]
    assert settings == DEFAULTS


def test_a_refusal_says_what_would_be_right_and_never_what_stood_there() -> None:
    for check, raw in (
        (Choice(("night", "day")), "secret"),
        (Several(("call",)), ["secret"]),
        (Whole(1, 9), 4711),
        (TimeOfDay(), "secret"),
        (Switch(), "secret"),
    ):
        with pytest.raises(SettingError) as refused:
            check.value(raw)
        told = f"{refused.value!r} {refused.value.params}"
        assert "secret" not in told
        assert "4711" not in told
    with pytest.raises(SettingError) as near:
        Choice(("night", "day")).value("Nigth")
    assert near.value.params == {"choices": ("night", "day"), "near": ("night",)}


def test_what_is_no_setting_of_ours_is_passed_over() -> None:
    assert read("[counter]\nsite = 1\n[screen]\nnosuch = 1") == (DEFAULTS, [])
    assert keys_of("counter") == ()
    assert {key for table in TABLES for key in keys_of(table)} == set(SPECS)


@pytest.mark.parametrize("name", SPECS)
def test_a_check_and_its_schema_agree(name: str) -> None:
    from jsonschema import Draft202012Validator

    check = SPECS[name].check
    validator = Draft202012Validator(check.schema())
    tried: list[Any] = [
        True,
        0,
        1,
        5,
        10,
        19,
        20,
        60,
        900,
        3601,
        "",
        "night",
        "ja",
        "19:00",
        "24:00",
        "x",
        [],
        ["call"],
    ]
    tried += [["call", "call"], ["x"], None, 1.5, date(2026, 11, 20)]
    agreed = 0
    for raw in tried:
        try:
            check.value(raw)
            good = True
        except SettingError:
            good = False
        assert validator.is_valid(raw) is good, raw
        agreed += good
    assert agreed


def test_the_numbers_without_an_official_source_are_marked() -> None:
    marked = {name: spec.basis for name, spec in SPECS.items() if spec.basis is not Basis.TASTE}
    numbers = {name for name, spec in SPECS.items() if isinstance(spec.check, Whole | TimeOfDay)}
    assert set(marked) == numbers
    assert {name for name, basis in marked.items() if basis is Basis.UNVERIFIED} == {"face_tries"}


def test_the_names_that_stand_for_other_modules_are_theirs() -> None:
    assert tuple(theme.name for theme in offered()) == THEMES
    assert set(SPECS["language"].check.schema()["enum"]) <= set(LANGUAGES)


def test_high_contrast_is_the_strong_variety_of_the_chosen_theme() -> None:
    for theme in THEMES:
        strong = theme_name(Settings(theme=theme, high_contrast=True))
        assert strong in THEMES
        assert strong.endswith("-contrast")
        assert strong.startswith(theme.removesuffix("-contrast"))
        assert theme_name(Settings(theme=theme)) == theme


def test_no_setting_is_read_by_nobody() -> None:
    """A switch that is connected to nothing is worse than none."""
    import ast

    kiosk = Path(__file__).parents[3] / "kiosk"
    own = {"model.py", "file.py", "checks.py", "config.py", "config_rows.py", "config_show.py", "context.py", "main.py"}
    used = {
        node.attr
        for path in kiosk.rglob("*.py")
        if path.name not in own
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    assert set(SPECS) - used - {"language"} == set()  # the language is the command's: tests/cli/test_config_command.py


def test_the_settings_need_no_textual() -> None:
    """The command line reads them before anything is drawn."""
    import subprocess

    program = "import sys, kiosk.settings.file; sys.exit('textual' in sys.modules or 'cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
