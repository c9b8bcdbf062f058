"""`madoguchi kiosk --web`: its options, its one line, and what it says when it cannot."""

from __future__ import annotations

import json
import signal
import socket
import sys
import urllib.error
import urllib.request
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from kiosk.cli.config import Config
from kiosk.cli.context import Context
from kiosk.cli.kiosk_web import is_drawn_in_page, typed_options
from kiosk.cli.output import Output
from kiosk.cli.words import Words
from kiosk.web import DRIVER
from tests.cli.command import Finished, Madoguchi, validator

WITHOUT = "import sys; sys.modules['{name}'] = None; from kiosk.cli import run; run()"


@pytest.fixture
def madoguchi(tmp_path: Path) -> Madoguchi:
    return Madoguchi(tmp_path)


def refused(finished: Finished) -> str:
    """The error's code; nothing else was said."""
    code = finished.error()
    assert finished.err == ""
    return code


@pytest.mark.daemon
def test_it_prints_the_address_on_one_line_and_ends_with_zero(madoguchi: Madoguchi) -> None:
    with madoguchi.serving("kiosk", "--web", "--web-port", "0", "--json") as served:
        said: Any = json.loads(served.first_line)
        validator("kiosk-web").validate(said)
        with urllib.request.urlopen(said["url"]) as answer:
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(said["url"][:-1])
        ended = served.end(signal.SIGINT)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == served.first_line


@pytest.mark.daemon
@pytest.mark.parametrize(("lang", "word"), [("ja", "窓口"), ("en", "Counter")])
def test_the_line_is_for_a_person_in_their_language(madoguchi: Madoguchi, lang: str, word: str) -> None:
    with madoguchi.serving("kiosk", "--web", "--web-port", "0", "--lang", lang) as served:
        assert served.first_line.startswith(word)
        assert "http://127.0.0.1:" in served.first_line
        with urllib.request.urlopen(served.first_line.rpartition(" ")[2].strip()) as answer:
            assert f'<html lang="{lang}">' in answer.read().decode()
        served.end()


@pytest.mark.daemon
def test_a_port_that_is_taken_is_told_with_its_option(madoguchi: Madoguchi) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = madoguchi.run("kiosk", "--web", "--web-port", str(taken.getsockname()[1]))
    assert done.code == 4
    assert "--web-port" in done.err
    assert done.out == ""


@pytest.mark.daemon
@pytest.mark.parametrize("name", ["textual_serve", "aiohttp", "jinja2"])
def test_a_library_that_is_missing_is_named_with_the_way_to_get_it(madoguchi: Madoguchi, name: str) -> None:
    start = [sys.executable, "-c", WITHOUT.format(name=name)]
    assert refused(madoguchi.run("kiosk", "--web", "--json", start=start)) == "web_missing"
    done = madoguchi.run("kiosk", "--web", start=start)
    assert done.code == 2
    assert "'.[web]'" in done.err
    assert name in done.err


@pytest.mark.daemon
@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--web-port", "1"), "web_port_alone"),
        (("--web", "--web-port", "65536"), "bad_port"),
        (("--web", "--site", "nowhere"), "bad_site"),
        (("--web", "--date", "2026-13-01"), "bad_date"),
        (("--web", "--institution", "1"), "bad_institution"),
        (("--web", "--persona", "nobody-there"), "unknown_persona"),
        (("--web", "--persona", "taro", "--reader", "0"), "persona_and_reader"),
        (("--web", "--persona", "123456789018"), "individual_number"),
    ],
)
def test_what_is_wrong_is_said_before_anybody_opens_a_page(
    madoguchi: Madoguchi, options: tuple[str, ...], code: str
) -> None:
    assert refused(madoguchi.run("kiosk", *options, "--json")) == code


def context(**arguments: object) -> Context:
    return Context(Namespace(**arguments), Config(), Output(Words("ja"), as_json=False), {})


def test_the_counter_behind_the_page_gets_the_options_as_typed() -> None:
    typed = typed_options(
        context(
            command="kiosk", run=print, json=True, web=True, web_port="0",
            data_dir="/srv/a b", persona=None, reader="", allow_real_card=True, plain=False, folders=["-a", "b"],
        )
    )  # fmt: skip
    assert typed == ["--data-dir=/srv/a b", "--reader=", "--allow-real-card", "--folders=-a", "--folders=b"]


def test_only_the_page_s_own_driver_spares_the_counter_a_terminal() -> None:
    assert is_drawn_in_page({"TEXTUAL_DRIVER": DRIVER})
    assert not is_drawn_in_page({"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver"})
    assert not is_drawn_in_page({})
