"""`madoguchi kiosk`: the terminal it needs, the card it starts with, and how it ends."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import termios
from pathlib import Path

import pytest

from kiosk.cli.kiosk import LEAKS, SMALLEST, prepare_textual
from kiosk.words import Words
from tests.cli.command import LONG_ENOUGH_S, Finished, Madoguchi, command_line
from tests.e2e.terminal import TerminalProgram

ON = ("--date", "2026-11-20")


def on_terminal(
    madoguchi: Madoguchi, *arguments: str, columns: int = 80, rows: int = 24, env: dict[str, str | None] | None = None
) -> Finished:
    """A run that ends on its own, with a terminal of a size as input and standard error."""
    ours, theirs = pty.openpty()
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        done = subprocess.run(
            command_line(*arguments),
            stdin=theirs,
            stderr=theirs,
            stdout=subprocess.PIPE,
            env=madoguchi.environment({"TERM": "xterm-256color", **(env or {})}),
            timeout=LONG_ENOUGH_S,
        )
        os.set_blocking(ours, False)
        try:
            told = os.read(ours, 100_000)
        except BlockingIOError:
            told = b""
    finally:
        os.close(ours)
        os.close(theirs)
    return Finished(done.returncode, done.stdout.decode(), told.decode())


def test_without_a_terminal_it_says_so(madoguchi: Madoguchi) -> None:
    for arguments in ((), ("kiosk",), ("--persona", "taro")):
        done = madoguchi.run(*arguments, "--json")
        assert (done.code, done.error()) == (2, "no_terminal")
    assert not madoguchi.data_dir.exists()


@pytest.mark.parametrize(("columns", "rows"), [(59, 20), (60, 19), (20, 5)])
def test_a_terminal_that_is_too_small_is_told_of(madoguchi: Madoguchi, columns: int, rows: int) -> None:
    done = on_terminal(madoguchi, "--json", columns=columns, rows=rows)
    assert (done.code, done.error()) == (2, "terminal_small")
    message = done.document("error")["error"]["message"]
    assert str(columns) in message
    assert str(rows) in message


def test_the_least_size_is_the_screens_own() -> None:
    from kiosk import guarded_app

    assert guarded_app.SMALLEST == SMALLEST


@pytest.mark.parametrize("term", ["dumb", None])
def test_a_terminal_that_cannot_draw_is_told_of(madoguchi: Madoguchi, term: str | None) -> None:
    done = on_terminal(madoguchi, "--json", env={"TERM": term})
    assert (done.code, done.error()) == (2, "terminal_dumb")


def test_a_terminal_without_japanese_gets_one_ascii_sentence(madoguchi: Madoguchi) -> None:
    done = on_terminal(madoguchi, env={"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"})
    assert (done.code, done.out) == (2, "")
    assert done.err.isascii()
    assert "PYTHONUTF8=1" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (("--persona", "nobody"), "unknown_persona", 2),
        (("--persona", "taro", "--reader", "0"), "persona_and_reader", 2),
        (("--site", "hospital"), "bad_site", 2),
        (("--theme", "nigth"), "config_choice", 2),
        (("--date", "yesterday"), "bad_date", 2),
        (("--date", "9999-12-31"), "bad_date", 2),
        (("--institution", "1"), "bad_institution", 2),
        (("--server", "http://192.0.2.1"), "server_plain_http", 2),
        (("--server", "https://onshikaku.org"), "server_real_service", 5),
    ],
)
def test_a_wrong_option_is_told_before_the_screen_is_touched(
    madoguchi: Madoguchi, arguments: tuple[str, ...], code: str, exit_code: int
) -> None:
    done = on_terminal(madoguchi, "kiosk", *arguments, "--json")
    assert (done.code, done.error(), done.err) == (exit_code, code, "")


def test_a_data_folder_that_cannot_be_written_is_told_before_the_screen_is_touched(madoguchi: Madoguchi) -> None:
    done = on_terminal(madoguchi, "--data-dir", "/dev/null/x", "--json")
    assert (done.code, done.error(), done.err) == (2, "data_dir", "")


def test_textuals_log_and_tools_are_off_and_the_kitty_key_is_the_users_choice() -> None:
    environ = dict.fromkeys(LEAKS, "something")
    prepare_textual(environ)
    assert environ == {"TEXTUAL_DISABLE_KITTY_KEY": "1"}
    chosen = {"TEXTUAL_DISABLE_KITTY_KEY": "0", "TEXTUAL_THEME": "nord"}
    prepare_textual(chosen)
    assert chosen == {"TEXTUAL_DISABLE_KITTY_KEY": "0", "TEXTUAL_THEME": "nord"}


def counter(madoguchi: Madoguchi, *arguments: str) -> TerminalProgram:
    return TerminalProgram(command_line(*arguments, *ON), env=madoguchi.environment(), cwd=madoguchi.home)


@pytest.mark.daemon
def test_the_counter_starts_with_the_personas_card_and_ends_with_ctrl_q(madoguchi: Madoguchi) -> None:
    with counter(madoguchi, "--persona", "taro") as screen:
        screen.wait_for("本人確認の方法")
        screen.press("1")
        screen.wait_for("暗証番号を")
        screen.press("4093")
        screen.wait_for("包括同意")
        screen.press("1")
        screen.wait_for("受付できました")
        screen.press("\x11")
        assert screen.wait_for_end() == 0
    assert list((madoguchi.data_dir / "journal").iterdir())
    assert not (madoguchi.data_dir / "crash").exists()


@pytest.mark.daemon
@pytest.mark.parametrize(
    ("file", "arguments", "ground"),
    [
        ("", (), (13, 17, 23)),
        ('[screen]\ntheme = "day"\n', (), (251, 251, 248)),
        ('[screen]\ntheme = "day"\n', ("--theme", "night-contrast"), (0, 0, 0)),
        ("[screen]\nhigh_contrast = true\n", ("--theme", "day"), (255, 255, 255)),
    ],
)
def test_the_colours_are_those_of_the_settings_unless_an_option_says_others(
    madoguchi: Madoguchi, file: str, arguments: tuple[str, ...], ground: tuple[int, int, int]
) -> None:
    madoguchi.data_dir.mkdir()
    (madoguchi.data_dir / "config.toml").write_text(file)
    env = madoguchi.environment({"COLORTERM": "truecolor"})
    with TerminalProgram(command_line(*arguments, *ON), env=env, cwd=madoguchi.home) as screen:
        screen.wait_for("マイナンバーカード")
        assert "48;2;{};{};{}".format(*ground).encode() in screen.raw
        screen.press("\x11")
        assert screen.wait_for_end() == 0


@pytest.mark.daemon
def test_the_language_of_the_settings_is_that_of_the_counter(madoguchi: Madoguchi) -> None:
    madoguchi.data_dir.mkdir()
    (madoguchi.data_dir / "config.toml").write_text('[screen]\nlanguage = "en"\n')
    for arguments, said in (((), Words("en")), (("--lang", "ja"), Words("ja"))):
        with counter(madoguchi, *arguments) as screen:
            screen.wait_for(said.text("head.preparing"))
            screen.press("\x11")
            assert screen.wait_for_end() == 0


@pytest.mark.daemon
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_the_counter_in_order(madoguchi: Madoguchi, number: signal.Signals) -> None:
    with counter(madoguchi, "--persona", "taro") as screen:
        screen.wait_for("本人確認の方法")
        os.kill(screen._child.pid, number)
        assert screen.wait_for_end() == 0
        assert b"\x1b[?1049l" in screen.raw  # the terminal is given back as it was


@pytest.mark.daemon
def test_a_journal_key_that_others_can_read_stops_the_start_with_a_sentence(madoguchi: Madoguchi) -> None:
    key = madoguchi.data_dir / "keystore" / "journal.key"
    key.parent.mkdir(parents=True, mode=0o700)
    key.write_text("madoguchi-journal-key-1 " + "0" * 64 + "\n")
    key.chmod(0o644)
    with counter(madoguchi) as screen:
        assert screen.wait_for_end() == 2
        told = screen.raw.decode("utf-8", "replace")
    assert str(Path("keystore") / "journal.key") in told
    assert "chmod 600" in told
