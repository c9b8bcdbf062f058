"""What is said on stderr: whole words at a terminal's edge, one line per sentence in a pipe, commands as started."""

from __future__ import annotations

import io
import os

import pytest

from kiosk.cli.cells import cells
from kiosk.cli.output import Output
from kiosk.cli.told import told
from kiosk.cli.words import Words
from kiosk.started_as import with_command

LONG = {
    "ja": "対処: ご自分のカードなら、先に登録してください: madoguchi card enrol --persona NAME --allow-real-card",
    "en": "Remedy: Tie your own card to a patient first: madoguchi card enrol --persona NAME --allow-real-card",
}


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 2


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((60, 24)))
    return Terminal()


@pytest.mark.parametrize("lang", LONG)
def test_on_a_terminal_no_word_is_parted_and_nothing_is_lost(terminal: Terminal, lang: str) -> None:
    lines = told(LONG[lang], terminal)
    assert len(lines) > 1
    assert all(cells(line) <= 60 for line in lines)
    assert "".join(lines).replace(" ", "") == LONG[lang].replace(" ", "")
    words = {word for line in lines for word in line.split()}
    assert {"--persona", "--allow-real-card", "madoguchi"} <= words


def test_what_stands_further_in_stays_so_and_lines_stay_lines(terminal: Terminal) -> None:
    first, *rest = told("題\n  " + "字" * 40, terminal)
    assert first == "題"
    assert rest == ["  " + "字" * 29, "  " + "字" * 11]


def test_in_a_pipe_a_sentence_is_one_line() -> None:
    assert told(LONG["ja"], io.StringIO()) == [LONG["ja"]]
    assert told(LONG["ja"], None) == [LONG["ja"]]


def test_a_terminal_that_does_not_tell_how_wide_it_is_breaks_the_line_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    for size in (os.terminal_size((0, 0)), OSError(25, "no terminal")):

        def asked(_: int, size: object = size) -> object:
            if isinstance(size, OSError):
                raise size
            return size

        monkeypatch.setattr(os, "get_terminal_size", asked)
        assert told(LONG["ja"], Terminal()) == [LONG["ja"]]


def test_a_command_in_any_sentence_is_named_as_it_was_started(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In what a person reads; what a program reads names the command by its name."""

    def started(sentence: str) -> str:
        return with_command(sentence, "./madoguchi")

    for module in ("kiosk.cli.told.with_command", "kiosk.cli.output.with_command"):
        monkeypatch.setattr(module, started)
    output = Output(Words("en"), as_json=False)
    output.result({}, ["Try: madoguchi ask"])
    output.note("See madoguchi doctor --help")
    assert capsys.readouterr() == ("Try: ./madoguchi ask\n", "See ./madoguchi doctor --help\n")
    Output(Words("en"), as_json=True).result({"remedy": "madoguchi ask"}, [])
    assert capsys.readouterr().out == '{"remedy": "madoguchi ask"}\n'
