"""What the command says of itself and of what it cannot do: one sentence, the remedy, the right exit code."""

from __future__ import annotations

import os
import subprocess

import pytest

from eligibility.text import looks_like_individual_number
from kiosk.cli.errors import CommandError
from kiosk.cli.values import refuse_individual_number
from tests.cli.command import LONG_ENOUGH_S, Madoguchi, command_line

COMMANDS = (
    ("kiosk",),
    ("card",),
    ("card", "list"),
    ("card", "status"),
    ("card", "enrol"),
    ("card", "reset"),
    ("card", "emulate"),
    ("check",),
    ("decide",),
    ("rules",),
    ("ask",),
    ("server",),
    ("server", "run"),
    ("server", "personas"),
    ("server", "corpus"),
    ("doctor",),
    ("config",),
    ("config", "show"),
    ("config", "check"),
    ("config", "passcode"),
)


def invented_individual_number() -> str:
    """Twelve digits with a right check digit, belonging to nobody in particular."""
    return next(number for tail in range(10) if looks_like_individual_number(number := f"12345678901{tail}"))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(("lang", "usage", "example"), [("ja", "使い方: ", "例:"), ("en", "usage: ", "Examples:")])
def test_every_command_teaches_by_examples_in_both_languages(
    madoguchi: Madoguchi, words: tuple[str, ...], lang: str, usage: str, example: str
) -> None:
    done = madoguchi.run(*words, "--help", "--lang", lang)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(usage)
    assert example in done.out
    assert "--data-dir FOLDER" in done.out
    assert "--json" in done.out


def test_help_without_a_command_lists_all_commands_and_exit_codes(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("--help", "--lang", "en")
    assert done.code == 0
    for name in ("kiosk", "card", "check", "decide", "rules", "ask", "server", "doctor", "config"):
        assert f"\n    {name}" in done.out
    assert "Exit codes:" in done.out


def test_help_is_no_json_even_where_json_was_asked_for(madoguchi: Madoguchi) -> None:
    assert madoguchi.run("check", "--json", "--help").out.startswith("使い方: ")


def test_the_version_is_one_line_or_one_object(madoguchi: Madoguchi) -> None:
    line = madoguchi.run("--version")
    document = madoguchi.run("--version", "--json").document("version")
    assert (line.code, line.out) == (0, f"madoguchi {document['version']}\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("chek",), "unknown_command"),
        (("check", "--nosuch"), "unknown_argument"),
        (("check", "extra"), "unknown_argument"),
        (("card",), "usage"),
        (("card", "lst"), "unknown_command"),
        (("--lang", "de"), "usage"),
        (("check", "--persona"), "usage"),
        (("card", "emulate"), "usage"),
        (("check", "--pin", "4093"), "pin_stdin_needed"),
        (("check", "--persona", "taro"), "pin_stdin_needed"),
        (("check", "--pin-stdin"), "card_source_missing"),
        (("check", "--pin-stdin", "--persona", "taro", "--reader", "0"), "persona_and_reader"),
        (("check", "--pin-stdin", "--persona", "nobody"), "unknown_persona"),
        (("card", "status", "--persona", "nobody"), "unknown_persona"),
        (("card", "emulate", "--persona", "nobody"), "unknown_persona"),
        (("card", "enrol", "--allow-real-card"), "enrol_persona_missing"),
        (("card", "enrol", "--persona", "nobody", "--allow-real-card"), "unknown_persona"),
        (("card", "enrol", "--remove"), "enrol_persona_missing"),
        (("card", "enrol", "--remove", "--persona", "nobody"), "unknown_persona"),
        (("card", "enrol", "--remove", "--list"), "usage"),
        (("card", "enrol", "--persona", "taro", "--allow-real-card", "--anchor", "nosuch.pem"), "anchor_unreadable"),
        (("card", "reset"), "usage"),
        (("card", "reset", "--persona", "nobody"), "unknown_persona"),
        (("card", "reset", "--persona", "taro", "--variant", "gold"), "unknown_variant"),
        (("check", "--pin-stdin", "--persona", "taro", "--variant", "gold"), "unknown_variant"),
        (("check", "--pin-stdin", "--reader", "0", "--variant", "android"), "variant_without_persona"),
        (("card", "emulate", "--persona", "taro", "--vpcd", "nowhere"), "bad_address"),
        (("card", "emulate", "--persona", "taro", "--vpcd", "é..x:5"), "bad_address"),
        (("card", "emulate", "--persona", "taro", "--vpcd", "a..b:5"), "bad_address"),
        (("card", "emulate", "--persona", "taro", "--vpcd", f"{'x' * 80}:5"), "bad_address"),
        (("card", "emulate", "--persona", "taro", "--vpcd", "\udcff:5"), "bad_address"),
        (("card", "emulate", "--persona", "taro", "--vpcd", "127.0.0.1:0"), "bad_port"),
        (("check", "--pin-stdin", "--persona", "taro", "--date", "2026-13-01"), "bad_date"),
        (("check", "--pin-stdin", "--persona", "taro", "--date", "0001-01-01"), "bad_date"),
        (("check", "--pin-stdin", "--persona", "taro", "--date", "1900-01-01"), "bad_date"),
        (("check", "--pin-stdin", "--persona", "taro", "--date", "昭25.1.1"), "bad_date"),
        (("check", "--pin-stdin", "--persona", "taro", "--date", "2015-12-31"), "bad_date"),
        (("check", "--pin-stdin", "--persona", "taro", "--date", "9991-01-01"), "bad_date"),
        (("server", "run", "--port", "0", "--date", "9999-12-31"), "bad_date"),
        (("check", "--pin-stdin", "--persona", "taro", "--institution", "123"), "bad_institution"),
        (("check", "--pin-stdin", "--persona", "taro", "--server", "ftp://127.0.0.1"), "bad_server"),
        (("check", "--pin-stdin", "--persona", "taro"), "pin_missing"),
        (("server", "run", "--port", "70000"), "bad_port"),
        (("server", "run", "--trust", "nosuch.pem"), "trust_unreadable"),
    ],
)
def test_wrong_usage_is_exit_code_2_with_a_code_and_a_remedy(
    madoguchi: Madoguchi, arguments: tuple[str, ...], code: str
) -> None:
    done = madoguchi.run(*arguments, "--json")
    assert (done.code, done.error(), done.err) == (2, code, "")
    told = madoguchi.run(*arguments)
    assert (told.code, told.out) == (2, "")
    message, remedy = told.err.splitlines()
    assert message.startswith("madoguchi: ")
    assert remedy.startswith("対処: ")


def test_wrong_usage_leaves_nothing_behind(madoguchi: Madoguchi) -> None:
    madoguchi.run("check", "--pin-stdin", "--persona", "nobody")
    assert list(madoguchi.home.iterdir()) == []


def test_a_mistyped_command_and_persona_are_answered_with_what_looks_like_them(madoguchi: Madoguchi) -> None:
    assert "Did you mean check?" in madoguchi.run("chek", "--lang", "en").err
    told = madoguchi.run("check", "--pin-stdin", "--persona", "Tarou", "--lang", "en").err
    assert "Did you mean taro" in told
    assert "madoguchi server personas" in told
    assert "hanako" not in told, "all of them at once are no help"
    told = madoguchi.run("server", "scenaro", "--lang", "en").err
    assert "Did you mean scenario?" in told
    assert "madoguchi server --help" in told


@pytest.mark.parametrize(
    ("arguments", "near"),
    [
        (("--bigg",), "--big"),
        (("check", "--sever", "http://127.0.0.1"), "--server"),
        (("server", "scenario", "arm", "failed", "--tims=3"), "--times"),
        (("journal", "list", "--dat"), "--date"),
    ],
)
def test_a_mistyped_option_is_answered_with_one_of_that_command(
    madoguchi: Madoguchi, arguments: tuple[str, ...], near: str
) -> None:
    assert f"Did you mean {near}?" in madoguchi.run(*arguments, "--lang", "en").err


def test_what_stands_in_an_unknown_argument_is_not_repeated(madoguchi: Madoguchi) -> None:
    for arguments in (("--pni=4093",), ("--pni", "4093"), ("4093",), ("--pin-stdin=4093",), ("--pin-stdin", "4093")):
        done = madoguchi.run("check", *arguments)
        assert done.code == 2
        assert "4093" not in done.out + done.err.replace("echo 4093", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--persona", "{number}"),
        ("check", "--persona={number}"),
        ("check", "--institution", "{number}"),
        ("check", "--reader", "{number}"),
        ("check", "--date", "{number}"),
        ("kiosk", "--site", "{number}"),
        ("{number}",),
        ("server", "run", "--host", "{number}"),
        ("nosuch-{number}",),
        ("server", "nosuch {number}"),
        ("--data-dir=out {number}", "doctor"),
        ("journal", "export", "--output", "out {number}.csv"),
        ("check", "--pin-stdin", "--persona", "taro {number}"),
        ("check", "--pin-stdin", "--reader", "Reader ({number}) 00 00"),
    ],
)
def test_an_individual_number_is_refused_wherever_it_is_typed(madoguchi: Madoguchi, arguments: tuple[str, ...]) -> None:
    number = invented_individual_number()
    wide = number.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    for written in (number, f"{number[:4]}-{number[4:8]}-{number[8:]}", wide):
        done = madoguchi.run(*(part.format(number=written) for part in arguments), "--json")
        assert (done.code, done.error()) == (5, "individual_number")
        assert number not in done.out
        assert written not in done.out + done.err


def test_one_in_kanji_is_refused_too(madoguchi: Madoguchi) -> None:
    kanji = invented_individual_number().translate(
        {ord(str(digit)): "○一二三四五六七八九"[digit] for digit in range(10)}
    )
    assert madoguchi.run("check", "--persona", f"番号{kanji}", "--json").error() == "individual_number"


def test_a_moment_in_a_files_name_is_no_individual_number() -> None:
    fits = [
        moment
        for minute in range(60)
        if looks_like_individual_number(moment := f"2026112010{minute:02d}")  # its last digit happens to fit
    ]
    assert fits
    for moment in fits:
        refuse_individual_number(f"report-{moment}.csv", f"out/{moment}/list")
        with pytest.raises(CommandError):
            refuse_individual_number(f"number {moment}")


def test_an_individual_number_for_a_pin_is_refused(madoguchi: Madoguchi) -> None:
    stdin = invented_individual_number().encode()
    done = madoguchi.run("check", "--persona", "taro", "--pin-stdin", "--json", stdin=stdin)
    assert (done.code, done.error()) == (5, "individual_number")


@pytest.mark.parametrize(
    "typed", [b"123\n", b"12345\n", b"abcd\n", "１２３４\n".encode(), b"12 4\n", b"\x00\x01\x02\x03", b"9" * 500]
)
def test_what_is_no_pin_is_refused_before_the_card_is_looked_at(madoguchi: Madoguchi, typed: bytes) -> None:
    done = madoguchi.run("check", "--persona", "taro", "--pin-stdin", "--json", stdin=typed)
    assert (done.code, done.error()) == (2, "pin_form")
    assert not (madoguchi.data_dir / "keystore").exists()


@pytest.mark.parametrize(
    ("env", "english"),
    [
        ({"LC_ALL": "en_US.UTF-8"}, True),
        ({"LC_ALL": None, "LC_MESSAGES": "en_GB.UTF-8", "LANG": "ja_JP.UTF-8"}, True),
        ({"LC_ALL": None, "LANG": "en_US.UTF-8"}, True),
        ({"LC_ALL": "ja_JP.UTF-8", "LANG": "en_US.UTF-8"}, False),
        ({"LC_ALL": "C.UTF-8"}, False),
        ({"LC_ALL": "de_DE.UTF-8", "PYTHONUTF8": "1"}, False),
        ({"LC_ALL": "ja_JP.UTF-8", "MADOGUCHI_LANG": "en", "PYTHONUTF8": "1"}, True),
        ({"LC_ALL": "en_US.UTF-8", "MADOGUCHI_LANG": "ja"}, False),
    ],
)
def test_the_language_follows_the_variable_then_the_locale_and_is_japanese_otherwise(
    madoguchi: Madoguchi, env: dict[str, str | None], english: bool
) -> None:
    told = madoguchi.run("chek", env={"PYTHONUTF8": "1", **env}).err
    assert ("Remedy: " in told) is english
    assert ("対処: " in told) is not english


def test_the_option_wins_over_the_variable(madoguchi: Madoguchi) -> None:
    assert "Remedy: " in madoguchi.run("chek", "--lang=en", env={"MADOGUCHI_LANG": "ja"}).err


def test_a_language_that_is_not_there_is_told_of(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("server", "personas", "--json", env={"MADOGUCHI_LANG": "fr"})
    assert (done.code, done.error()) == (2, "bad_language")


NO_JAPANESE = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}


@pytest.mark.parametrize("arguments", [("server", "personas"), ("--help",), ("check", "--help")])
def test_an_output_without_japanese_gets_one_ascii_sentence(madoguchi: Madoguchi, arguments: tuple[str, ...]) -> None:
    done = madoguchi.run(*arguments, env=NO_JAPANESE)
    assert (done.code, done.out) == (2, "")
    assert done.err.isascii()
    assert len(done.err.splitlines()) == 1
    assert "PYTHONUTF8=1" in done.err
    assert madoguchi.run(*arguments, env={**NO_JAPANESE, "PYTHONUTF8": "1"}).code == 0


def test_an_overridden_encoding_is_told_by_its_own_variable(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("server", "personas", env={"PYTHONIOENCODING": "latin-1"})
    assert done.code == 2
    assert "PYTHONIOENCODING=utf-8" in done.err


def test_json_goes_through_any_encoding(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("server", "personas", "--json", env=NO_JAPANESE)
    assert done.code == 0
    assert done.out.isascii()
    assert done.document("server-personas")["personas"][0]["name"] == "taro"


def test_a_name_that_is_no_text_is_told_by_its_number(madoguchi: Madoguchi) -> None:
    name, strict = "\udcff é.txt", {"PYTHONIOENCODING": "utf-8:strict"}
    done = madoguchi.run("card", "status", "--persona", name, "--json", env=strict)
    assert (done.code, done.error()) == (2, "unknown_persona")
    assert name in done.document("error")["error"]["message"]
    done = madoguchi.run("card", "trace", "--persona", "taro", "--output", name, env=strict)
    assert (done.code, done.err) == (0, "")
    assert "\\udcff é.txt" in done.out


def test_a_reader_who_goes_away_is_no_error(madoguchi: Madoguchi) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            command_line("server", "personas"),
            stdout=writing,
            stderr=subprocess.PIPE,
            env=madoguchi.environment(),
            timeout=LONG_ENOUGH_S,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_full_disk_is_told_of(madoguchi: Madoguchi) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            command_line("server", "personas", "--json"),
            stdout=full,
            stderr=subprocess.PIPE,
            env=madoguchi.environment(),
            timeout=LONG_ENOUGH_S,
        )
    assert done.returncode == 2
    assert "空き容量" in done.stderr.decode()


def test_a_closed_standard_output_is_no_traceback(madoguchi: Madoguchi) -> None:
    shell = ["sh", "-c", 'exec "$@" >&-', "sh", *command_line()]
    done = madoguchi.run("server", "personas", start=shell)
    assert (done.code, done.err) == (0, "")
