"""`madoguchi config`: what holds and why, every mistake at once, and passcodes that nobody else reads."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.cli.config import KEYS, Config, examine, known_keys
from kiosk.cli.config_rows import Row, Source, entries
from kiosk.cli.config_show import setting_line, toml
from kiosk.cli.errors import CommandError
from kiosk.cli.output import Output
from kiosk.cli.words import Words
from kiosk.settings.model import SPECS, TABLES, Basis
from kiosk.settings.passcodes import PasscodeKind, PasscodeStore, passcode_path
from tests.cli.command import LONG_ENOUGH_S, Finished, Madoguchi, command_line
from tests.cli.test_settings import write_config
from tests.cli.test_usage import invented_individual_number

FULL = """
[counter]
site = "checkup"
[rules]
leniency_until = 2026-07-31
[screen]
language = "en"
theme = "day"
[patient]
bell_for = ["call", "card_left"]
big_digits = true
[staff]
closing_time = "18:30"
"""


def shown(done: Finished) -> dict[str, dict[str, Any]]:
    return {row["key"]: row for row in done.document("config-show")["settings"]}


def test_every_key_is_shown_with_its_default_where_nothing_is_set(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("config", "show", "--json")
    assert done.code == 0
    document = done.document("config-show")
    assert (document["found"], document["data_dir"]["source"]) == (False, "environment")
    found = shown(done)
    assert tuple(found) == tuple(key for table in (*KEYS, *TABLES) for key in known_keys(table))
    assert {row["source"] for row in found.values()} == {"default"}
    for row in found.values():
        if row["key"] != "screen.language":  # what the environment has it
            assert row["value"] == row["default"]


def test_each_value_says_who_decided_it(madoguchi: Madoguchi) -> None:
    write_config(madoguchi, FULL)
    found = shown(madoguchi.run("config", "show", "--plain", "--theme", "night-contrast", "--json"))
    told = {key: (row["value"], row["source"]) for key, row in found.items() if row["source"] != "default"}
    assert told == {
        "counter.site": ("checkup", "file"),
        "rules.leniency_until": ("2026-07-31", "file"),
        "screen.language": ("en", "file"),
        "screen.theme": ("night-contrast", "option"),
        "patient.bell_for": (["call", "card_left"], "file"),
        "patient.big_digits": (True, "file"),
        "patient.plain": (True, "option"),
        "staff.closing_time": ("18:30", "file"),
    }
    assert found["screen.theme"]["purpose"].startswith("colours")


def test_the_language_is_the_options_then_the_variables_then_the_files(madoguchi: Madoguchi) -> None:
    write_config(madoguchi, '[screen]\nlanguage = "en"\n')
    env = {"MADOGUCHI_LANG": "ja"}
    for arguments, environ, value, source in (
        ((), {}, "en", "file"),
        ((), env, "ja", "environment"),
        (("--lang", "en"), env, "en", "option"),
    ):
        row = shown(madoguchi.run("config", "show", *arguments, "--json", env=environ))["screen.language"]
        assert (row["value"], row["source"]) == (value, source)
    assert "Remedy: " in madoguchi.run("server", "personas", "--database", "nosuch:").err
    assert "対処: " in madoguchi.run("server", "personas", "--database", "nosuch:", env=env).err


def test_a_number_of_ours_is_marked_and_one_that_was_chosen_is_not(madoguchi: Madoguchi) -> None:
    write_config(madoguchi, "[staff]\nauto_lock_seconds = 45\n")
    lines = madoguchi.run("config", "show", "--lang", "en").out.splitlines()
    assert "auto_lock_seconds = 45  # file" in lines
    assert "#clipboard_seconds = 60  # default, [U] ours: no official number was found" in lines
    assert "#face_tries = 10  # default, [U] weak source" in lines
    assert '#theme = "night"  # default' in lines


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_what_is_shown_is_a_settings_file_that_says_the_same(madoguchi: Madoguchi, lang: str) -> None:
    path = write_config(madoguchi, FULL)
    said = madoguchi.run("config", "show", "--lang", lang).out
    copy = madoguchi.home / "copy.toml"
    copy.write_text(said, encoding="utf-8")
    assert tomllib.loads(said)["screen"] == {"theme": "day"}  # the language was the option's
    assert examine(copy, required=True) == (_without_language(path), [])


def _without_language(path: Path) -> Config:
    shorter = path.with_name("shorter.toml")
    shorter.write_text(path.read_text().replace('language = "en"\n', ""))
    return examine(shorter, required=True)[0]


def test_every_default_taken_out_of_its_comment_is_a_good_setting(madoguchi: Madoguchi) -> None:
    said = madoguchi.run("config", "show").out
    taken = [line[1:] for line in said.splitlines() if line.startswith("#") and not line.startswith("# ")]
    heads = [line for line in said.splitlines() if line.startswith("[")]
    assert len(taken) == len(list(entries()))
    assert heads == [f"[{table}]" for table in (*KEYS, *TABLES)]
    whole = "\n".join(
        line.removeprefix("#") if not line.startswith("# ") and " =  #" not in line else ""
        for line in said.splitlines()
    )
    copy = madoguchi.home / "copy.toml"
    copy.write_text(whole, encoding="utf-8")
    config, faults = examine(copy, required=True)
    assert [fault.code for fault in faults] == []
    assert config.given == set(SPECS)


def test_the_password_of_a_database_is_not_shown(madoguchi: Madoguchi) -> None:
    write_config(madoguchi, '[server]\ndatabase = "postgresql+psycopg://clerk:s3cret@db.example/madoguchi"\n')
    for arguments in (("--json",), ()):
        said = madoguchi.run("config", "show", *arguments).out
        assert "s3cret" not in said
        assert "postgresql+psycopg://clerk:***@db.example/madoguchi" in said
    assert tomllib.loads(madoguchi.run("config", "show").out).get("server", {}) == {}


@pytest.mark.parametrize("value", ['a"b\\c', "日本\t語", "x\u007fy", ["one", "two"], True, 8765])
def test_a_value_is_written_as_toml_reads_it(value: object) -> None:
    row = Row("t", "key", value, None, Source.FILE, Basis.TASTE)
    assert tomllib.loads(setting_line(row)) == {"key": value}
    assert tomllib.loads(f"key = {toml(value)}") == {"key": value}


def test_every_setting_says_in_both_languages_what_it_is_for() -> None:
    for lang in ("ja", "en"):
        words = Words(lang)
        missing = [
            name
            for entry in entries()
            for name in (f"setting.{entry.table}", f"setting.{entry.table}.{entry.name}")
            if not words.has(name)
        ]
        missing += [
            name
            for name in (
                *(f"config.source.{source.value}" for source in Source),
                *(f"config.basis.{basis.value}" for basis in Basis),
                *(
                    f"config.passcode.{kind.value}.{said}"
                    for kind in PasscodeKind
                    for said in ("set", "removed", "none")
                ),
                *(f"config.passcode.prompt.{which}" for which in ("staff", "facility", "again")),
            )
            if not words.has(name)
        ]
        assert missing == []


# ── check ──


def test_without_a_file_nothing_is_wrong(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("config", "check", "--json")
    assert (done.code, done.document("config-check")["faults"]) == (0, [])
    assert "既定" in madoguchi.run("config", "check").out


def test_all_mistakes_are_told_at_once_each_with_its_place_and_what_would_be_right(madoguchi: Madoguchi) -> None:
    path = write_config(
        madoguchi,
        """
[counter]
site = "hospital"
reeder = "x"
[screen]
theme = "nigth"
[patient]
bell = 1
bell_for = ["call", "call"]
privacy_seconds = 5
[staff]
closing_time = "7pm"
big_digits = true
[pateint]
x = 1
""",
    )
    done = madoguchi.run("config", "check", "--json", "--lang", "en")
    assert done.code == 2
    faults = done.document("config-check")["faults"]
    told = {fault["code"]: fault for fault in faults if fault["code"] != "config_unknown_key"}
    assert sorted(told) == [
        "bad_site",
        "config_choice",
        "config_range",
        "config_time",
        "config_twice",
        "config_type",
    ]
    assert all(str(path) in fault["message"] for fault in faults)
    assert "screen.theme" in told["config_choice"]["message"]
    assert told["config_choice"]["remedy"].startswith("Did you mean night?")
    assert "20" in told["config_range"]["remedy"]
    unknown = [fault for fault in faults if fault["code"] == "config_unknown_key"]
    assert [fault["remedy"].partition("?")[0] for fault in unknown] == [
        "Did you mean counter.reader",
        "Did you mean patient.big_digits",
        "Did you mean [patient]",
    ]
    lines = madoguchi.run("config", "check", "--lang", "en").out
    assert lines.count("Remedy: ") == len(faults) == 9


def test_a_start_with_a_mistake_in_the_new_tables_ends_before_anything_else(madoguchi: Madoguchi) -> None:
    write_config(madoguchi, "[desk]\nface_tries = 11\n")
    done = madoguchi.run("server", "personas", "--json")
    assert (done.code, done.error()) == (2, "config_range")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[counter", "config_syntax"),
        (b"\xff", "config_encoding"),
        ("[rules]\nleniency_until = 2020-01-01", "rules.too_early"),
    ],
)
def test_a_file_that_cannot_be_read_or_makes_no_sense_is_a_fault(
    madoguchi: Madoguchi, text: str | bytes, code: str
) -> None:
    write_config(madoguchi, text)
    done = madoguchi.run("config", "check", "--json")
    assert (done.code, [fault["code"] for fault in done.document("config-check")["faults"]]) == (2, [code])


def test_an_individual_number_in_the_file_is_the_gravest_fault(madoguchi: Madoguchi) -> None:
    number = invented_individual_number()
    write_config(madoguchi, f'[counter]\nsite = "x"\nreader = "{number}"\n')
    done = madoguchi.run("config", "check", "--json")
    assert done.code == 5
    assert number not in done.out
    assert {fault["code"] for fault in done.document("config-check")["faults"]} == {"bad_site", "individual_number"}


@pytest.mark.parametrize("text", ["{number} = 1", "[{number}]\nx = 1", "[counter]\n{number} = 1", "['{number}']"])
def test_an_individual_number_for_a_key_is_not_repeated(tmp_path: Path, text: str) -> None:
    number = invented_individual_number()
    path = tmp_path / "config.toml"
    path.write_text(text.format(number=number))
    _, faults = examine(path, required=True)
    assert [fault.code for fault in faults] == ["individual_number"]
    assert number not in repr([fault.params for fault in faults])


_WORDS = st.sampled_from(
    [*KEYS, *TABLES, *(key.partition(".")[2] for table in TABLES for key in known_keys(table)), "x"]
)
_VALUES = st.recursive(
    st.none().map(lambda _: "nan") | st.integers().map(str) | st.booleans().map(lambda flag: str(flag).lower())
    | st.text(max_size=8).map(toml)
    | st.sampled_from(["2026-11-20", "19:00:00", "2026-11-20T19:00:00Z", "1.5", "[[]]"]),
    lambda inner: st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]")
    | st.dictionaries(_WORDS, inner, max_size=2).map(
        lambda pairs: "{" + ", ".join(f"{key} = {value}" for key, value in pairs.items()) + "}"
    ),
    max_leaves=4,
)  # fmt: skip


@given(tables=st.dictionaries(_WORDS, st.one_of(_VALUES, st.dictionaries(_WORDS, _VALUES, max_size=4)), max_size=4))
def test_whatever_stands_in_the_file_is_a_setting_or_a_fault_with_its_words(
    tmp_path_factory: pytest.TempPathFactory, tables: dict[str, str | dict[str, str]]
) -> None:
    lines = [f"{name} = {value}" for name, value in tables.items() if isinstance(value, str)]
    for name, entries_of_it in tables.items():
        if isinstance(entries_of_it, dict):
            lines += [f"[{name}]", *(f"{key} = {value}" for key, value in entries_of_it.items())]
    path = tmp_path_factory.mktemp("any") / "config.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    output = Output(Words("en"), as_json=False)
    try:
        _, faults = examine(path, required=True)
    except CommandError as error:
        faults = [error]
    for fault in faults:
        message, remedy = output.sentences(fault)
        assert not message.startswith("error.")
        assert not remedy.startswith("error.")


def test_a_file_that_was_named_has_to_be_there(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("config", "check", "--config", "nosuch.toml", "--json")
    assert (done.code, done.error()) == (2, "config_missing")


def test_a_damaged_file_of_the_passcodes_is_a_fault(madoguchi: Madoguchi) -> None:
    path = passcode_path(madoguchi.data_dir)
    path.parent.mkdir(parents=True, mode=0o700)
    path.touch(mode=0o600)
    faults = madoguchi.run("config", "check", "--json").document("config-check")["faults"]
    assert [fault["code"] for fault in faults] == ["passcode_file_broken"]
    assert str(path) in faults[0]["message"]


# ── passcode ──


def accepted(madoguchi: Madoguchi, digits: bytes, kind: PasscodeKind = PasscodeKind.STAFF) -> bool:
    return PasscodeStore(passcode_path(madoguchi.data_dir), time.time).check(kind, bytearray(digits)).accepted


def test_a_passcode_comes_through_standard_input_and_is_nowhere_to_be_read(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("config", "passcode", "--stdin", "--json", stdin=b"580213\n")
    assert done.code == 0
    assert done.document("config-passcode") == {"passcode": "staff", "set": True, "changed": True}
    assert b"580213" not in passcode_path(madoguchi.data_dir).read_bytes()
    assert "580213" not in done.out + done.err
    assert stat.S_IMODE(passcode_path(madoguchi.data_dir).stat().st_mode) == 0o600
    assert accepted(madoguchi, b"580213")
    assert madoguchi.run("config", "passcode", "--facility", "--stdin", stdin=b"1234").code == 0
    assert accepted(madoguchi, b"1234", PasscodeKind.FACILITY)
    assert accepted(madoguchi, b"580213")


def test_the_passcodes_that_are_set_are_shown_without_them(madoguchi: Madoguchi) -> None:
    def told() -> Any:
        return madoguchi.run("config", "show", "--json").document("config-show")["passcodes"]

    assert told() == {"staff": False, "facility": False}
    madoguchi.run("config", "passcode", "--facility", "--stdin", stdin=b"4093")
    assert told() == {"staff": False, "facility": True}
    assert "# facility passcode: set\n" in madoguchi.run("config", "show", "--lang", "en").out
    passcode_path(madoguchi.data_dir).write_bytes(b"")
    assert told() == {"staff": None, "facility": None}
    assert "config check" in madoguchi.run("config", "show").out


def test_a_removed_passcode_is_gone_and_none_to_remove_is_exit_code_1(madoguchi: Madoguchi) -> None:
    madoguchi.run("config", "passcode", "--stdin", stdin=b"580213\n")
    removed = madoguchi.run("config", "passcode", "--remove", "--json")
    assert (removed.code, removed.document("config-passcode")["changed"]) == (0, True)
    again = madoguchi.run("config", "passcode", "--remove", "--json")
    assert (again.code, again.document("config-passcode")["changed"]) == (1, False)


@pytest.mark.parametrize(
    ("arguments", "typed", "code"),
    [
        (("--stdin",), b"", "passcode_missing"),
        (("--stdin",), b"\n", "passcode_missing"),
        (("--stdin",), b"123\n", "passcode_length"),
        (("--stdin",), b"58021\n", None),
        (("--stdin", "--facility"), b"58021\n", "passcode_length"),
        (("--stdin",), b"1234\n", "passcode_too_easy"),
        (("--stdin",), b"58a2\n", "passcode_digits"),
        (("--stdin",), "５８０２\n".encode(), "passcode_digits"),
        ((), b"580213\n", "passcode_terminal"),
        (("--stdin", "--remove"), b"", "passcode_remove_stdin"),
        (("580213",), b"", "unknown_argument"),
    ],
)
def test_what_cannot_be_a_passcode_is_told_without_repeating_it(
    madoguchi: Madoguchi, arguments: tuple[str, ...], typed: bytes, code: str | None
) -> None:
    done = madoguchi.run("config", "passcode", *arguments, "--json", stdin=typed)
    if code is None:
        assert done.code == 0
        return
    assert (done.code, done.error()) == (2, code)
    assert "580213" not in done.out + done.err
    assert not passcode_path(madoguchi.data_dir).exists()


def test_a_passcode_can_be_set_although_the_settings_file_is_wrong(madoguchi: Madoguchi) -> None:
    write_config(madoguchi, "[wrong]\n")
    assert madoguchi.run("config", "passcode", "--stdin", stdin=b"580213\n").code == 0


def at_terminal(madoguchi: Madoguchi, *lines: bytes) -> tuple[int, str]:
    """`config passcode` at a terminal, each line typed after its prompt; exit code and what the terminal showed."""
    ours, theirs = pty.openpty()
    running = subprocess.Popen(
        command_line("config", "passcode", "--lang", "en"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=madoguchi.environment({"TERM": "xterm-256color"}),
    )
    os.close(theirs)
    seen = b""
    try:
        for line, prompt in zip(lines, (b"not shown):", b"once more"), strict=False):
            while prompt not in seen:
                seen += os.read(ours, 4096)
            os.write(ours, line + b"\n")
        while True:
            try:
                seen += os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
        return running.wait(LONG_ENOUGH_S), seen.decode()
    finally:
        running.kill()
        running.wait()
        os.close(ours)


def test_at_a_terminal_it_is_typed_twice_and_never_shown(madoguchi: Madoguchi) -> None:
    code, seen = at_terminal(madoguchi, b"580213", b"580213")
    assert code == 0, seen
    assert "580213" not in seen
    assert "The staff passcode is set" in seen
    assert accepted(madoguchi, b"580213")


def test_two_that_differ_change_nothing(madoguchi: Madoguchi) -> None:
    code, seen = at_terminal(madoguchi, b"580213", b"580214")
    assert code == 2
    assert "Nothing was changed" in seen
    assert not passcode_path(madoguchi.data_dir).exists()


def test_the_json_of_the_passcodes_schema_has_no_room_for_digits() -> None:
    schema = json.loads((Path(__file__).parents[2] / "docs" / "schemas" / "config-passcode.json").read_text())
    assert {name: part.get("type", "enum") for name, part in schema["properties"].items()} == {
        "passcode": "enum",
        "set": "boolean",
        "changed": "boolean",
    }
