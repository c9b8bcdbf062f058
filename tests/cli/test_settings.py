"""The data folder and the settings file: every mistake is told with its place, and nothing is half-written."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from eligibility.rule_dates import MOVABLE
from kiosk.cli.config import KEYS, MOVABLE_DAYS
from kiosk.cli.data_dir import data_dir_path, default_config_path
from kiosk.cli.errors import CommandError, ExitCode
from tests.cli.command import Madoguchi

ASKS_FOR_NOTHING = ("server", "personas", "--json")


def write_config(madoguchi: Madoguchi, text: str | bytes) -> Path:
    madoguchi.data_dir.mkdir(exist_ok=True)
    path = madoguchi.data_dir / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("[counter\n", "config_syntax", "config.toml:1"),
        ('\n\n[counter]\nsite = clinic"\n', "config_syntax", "config.toml:4"),
        ("[counter]\nsite = '''", "config_syntax", "config.toml:"),
        (b"[counter]\n# \xff\n", "config_encoding", "config.toml:2"),
        ("[countre]\n", "config_unknown_key", "countre"),
        ("reader = 'x'\n", "config_unknown_key", "reader"),
        ("[counter]\nreeder = 'x'\n", "config_unknown_key", "counter.reeder"),
        ("[counter]\nsite = 3\n", "config_type", "counter.site"),
        ("[server]\nport = true\n", "config_type", "server.port"),
        ("[server]\nport = '80'\n", "config_type", "server.port"),
        ("[counter]\nsite = 'hospital'\n", "bad_site", "counter.site"),
        ("[counter]\ninstitution = '12'\n", "bad_institution", "counter.institution"),
        ("[counter]\nserver = 'nowhere'\n", "bad_server", "counter.server"),
        ("[counter]\nreader = ' '\n", "config_empty", "counter.reader"),
        ('[server]\ntrust = "a\\u0000b"\n', "config_character", "server.trust"),
        ("[server]\nport = 0\n", "bad_port", "server.port"),
        ("[server]\nport = 99999\n", "bad_port", "server.port"),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_place(
    madoguchi: Madoguchi, text: str | bytes, code: str, told: str
) -> None:
    path = write_config(madoguchi, text)
    done = madoguchi.run(*ASKS_FOR_NOTHING)
    assert (done.code, done.error()) == (2, code)
    message = done.document("error")["error"]["message"]
    assert told in message
    assert str(path) in message


@pytest.mark.daemon
def test_good_settings_are_used_and_an_option_wins_over_them(madoguchi: Madoguchi) -> None:
    write_config(madoguchi, '[counter]\nserver = "http://127.0.0.1:9"\nsite = "limited"\n')
    check = ("check", "--persona", "taro", "--pin-stdin", "--date", "2026-11-20", "--json")
    done = madoguchi.run(*check, stdin=b"4093")
    assert (done.code, done.error()) == (4, "server_down")
    done = madoguchi.run(*check, "--server", "http://192.0.2.1", stdin=b"4093")
    assert (done.code, done.error()) == (2, "server_plain_http")


@pytest.mark.daemon
def test_a_persona_on_the_command_line_wins_over_a_reader_in_the_settings(madoguchi: Madoguchi) -> None:
    write_config(madoguchi, '[counter]\nreader = "PaSoRi"\nsite = "limited"\n')
    done = madoguchi.run("check", "--persona", "taro", "--pin-stdin", "--date", "2026-11-20", "--json", stdin=b"4093")
    assert done.code == 0
    assert done.document("check")["decision"]["consent"] is None  # a limited site asks for no consent


def test_an_individual_number_in_the_settings_is_refused(madoguchi: Madoguchi) -> None:
    from tests.cli.test_usage import invented_individual_number

    write_config(madoguchi, f'[counter]\nreader = "{invented_individual_number()}"\n')
    done = madoguchi.run(*ASKS_FOR_NOTHING)
    assert (done.code, done.error()) == (5, "individual_number")


def test_settings_named_by_option_have_to_be_there(madoguchi: Madoguchi) -> None:
    missing = madoguchi.run(*ASKS_FOR_NOTHING, "--config", "nosuch.toml")
    assert (missing.code, missing.error()) == (2, "config_missing")
    folder = madoguchi.run(*ASKS_FOR_NOTHING, "--config", str(madoguchi.home))
    assert (folder.code, folder.error()) == (2, "config_unreadable")


def test_settings_of_the_user_count_where_no_data_folder_is_named(madoguchi: Madoguchi) -> None:
    folder = madoguchi.home / "config" / "madoguchi"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("[wrong]\n")
    env = {"XDG_CONFIG_HOME": str(folder.parent), "XDG_DATA_HOME": str(madoguchi.home / "share")}
    assert madoguchi.run(*ASKS_FOR_NOTHING, env=env, data_dir=False).error() == "config_unknown_key"
    assert madoguchi.run(*ASKS_FOR_NOTHING, env=env).code == 0  # a data folder of one's own brings its own settings


def test_the_data_folder_is_made_private(madoguchi: Madoguchi) -> None:
    folder = madoguchi.home / "a" / "b"
    done = madoguchi.run("card", "status", "--persona", "taro", "--data-dir", folder)
    assert done.code == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in folder.iterdir()) == ["keystore"]


def test_the_option_wins_over_the_variable_for_the_data_folder(madoguchi: Madoguchi) -> None:
    chosen = madoguchi.home / "chosen"
    madoguchi.run("card", "status", "--persona", "taro", "--data-dir", chosen)
    assert chosen.is_dir()
    assert not madoguchi.data_dir.exists()


@pytest.mark.parametrize(
    "command",
    [
        ("check", "--persona", "taro", "--pin-stdin"),
        ("card", "status", "--persona", "taro"),
        ("card", "emulate", "--persona", "taro"),
        ("server", "run"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
@pytest.mark.parametrize("place", ["file", "below a file", "/proc/nosuch"])
def test_a_data_folder_that_cannot_be_written_is_one_sentence(
    madoguchi: Madoguchi, command: tuple[str, ...], place: str
) -> None:
    file = madoguchi.home / "file"
    file.write_bytes(b"somebody's")
    folder = {"file": file, "below a file": file / "data"}.get(place, Path(place))
    done = madoguchi.run(*command, "--data-dir", folder, "--json", stdin=b"4093")
    assert (done.code, done.error()) == (2, "data_dir")
    assert str(folder) in done.document("error")["error"]["message"]
    assert file.read_bytes() == b"somebody's"
    assert [path.name for path in madoguchi.home.iterdir()] == ["file"]


def test_a_data_folder_in_the_home_of_nobody_is_one_sentence(madoguchi: Madoguchi) -> None:
    for command in (("card", "status", "--persona", "taro"), ("doctor",), ("server", "run")):
        done = madoguchi.run(*command, "--data-dir", "~nobody-of-that-name/data", "--json")
        assert (done.code, done.error(), done.err) == (2, "data_dir", "")
    assert list(madoguchi.home.iterdir()) == []


def test_a_user_without_a_home_is_told_so_where_a_folder_is_needed() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.path.expanduser", lambda path: path)  # what it does where neither HOME nor passwd knows more
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
            patch.delenv(name, raising=False)
        assert default_config_path(None, {}) is None
        with pytest.raises(CommandError) as refused:
            data_dir_path(None, {})
    assert (refused.value.code, refused.value.exit_code) == ("data_dir", ExitCode.USAGE)


def test_the_days_that_can_be_moved_are_those_without_a_firm_source() -> None:
    assert MOVABLE_DAYS == MOVABLE
    assert tuple(KEYS["rules"]) == MOVABLE
