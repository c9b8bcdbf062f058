"""`madoguchi kiosk --web`: the counter in a browser of this computer instead of in this terminal.

Checks what was typed before anybody opens a page, serves the page, and starts the same command again behind it, with
the same options. What breaks if it is wrong: a counter on the page that is not the one that was asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from kiosk.cli import values
from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.words import Words
from kiosk.started_as import with_command
from kiosk.web import DRIVER

if TYPE_CHECKING:  # annotations only: the page's server is heavy
    from kiosk.web.answers import PageText

DEFAULT_WEB_PORT: Final = 8767
_OWN: Final = ("web", "web_port", "json", "run", "command")
"""What is not passed on to the counter behind the page."""
_PAGE_WORDS: Final = (
    "title", "tools", "smaller", "larger", "spoken", "input", "waiting", "closed", "fault", "killed", "taken_over",
    "busy", "server", "lost", "again", "take_over", "too_long", "too_much", "not_cleared", "not_copied",
)  # fmt: skip
Run = Callable[[Context], int]


def add_web_options(parser: CommandParser, words: Words, run: Run) -> Run:
    """Add --web and --web-port; returns what to run in place of `run`, which stays the counter in the terminal."""
    parser.add_argument("--web", action="store_true", help=words.text("option.web"))
    parser.add_argument("--web-port", metavar="PORT", help=words.text("option.web_port"))

    def chosen(context: Context) -> int:
        if context.option("web"):
            return serve(context)
        if context.option("web_port") is not None:
            raise CommandError("web_port_alone")
        return run(context)

    return chosen


def is_drawn_in_page(environ: Mapping[str, str]) -> bool:
    """Whether this counter was started behind a page, so that it needs no terminal."""
    return environ.get("TEXTUAL_DRIVER") == DRIVER


def serve(context: Context) -> int:
    """Serve the page until it is ended; says where when a browser can be opened.

    Raises:
        CommandError: `web_missing`, `web_unknown_script`; an option is wrong; the port cannot be used.
    """
    port = _port(context)
    _check_options(context)
    data_dir = context.open_data_dir()
    try:
        from kiosk.web.door import Door
        from kiosk.web.errors import UnknownPageScriptError
        from kiosk.web.server import CounterServer, PagePlan
        from kiosk.web.serving import serve as serve_page
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("kiosk", "textual"):
            raise
        raise CommandError("web_missing", name=error.name or "textual-serve") from error
    from kiosk.cli.troubles import told
    from mock_server.listeners import address_of, listen

    plan = PagePlan(
        (sys.executable, "-m", "kiosk", "kiosk", *typed_options(context)),
        context.environ,
        _page_text(context),
        with_command(context.words.text("web.refused")),
        data_dir,
    )
    with told():
        listener = listen(address_of("127.0.0.1"), port, "--web-port")
    with listener:
        try:
            server = CounterServer(plan, Door(listener.getsockname()[1]))
        except UnknownPageScriptError as error:
            raise CommandError("web_unknown_script") from error
        serve_page(server, listener, data_dir, lambda: _say_where(context, server.address))
    return ExitCode.DONE


def typed_options(context: Context) -> Sequence[str]:
    """The options of this run as somebody would type them, without what only the page's server needs."""
    typed: list[str] = []
    for name, value in vars(context.arguments).items():
        if name not in _OWN and value is not None and value is not False:
            typed += _typed(f"--{name.replace('_', '-')}", value)
    return typed


def _typed(option: str, value: Any) -> Sequence[str]:
    if value is True:
        return (option,)
    if isinstance(value, list | tuple):
        return tuple(f"{option}={one}" for one in value)
    return (f"{option}={value}",)


def _check_options(context: Context) -> None:
    """What is wrong with an option is said here, where it was typed, and not on the page."""
    persona = context.typed("persona")
    if persona is not None:
        from kiosk.cli.composition import check_persona

        if context.option("reader") is not None:
            raise CommandError("persona_and_reader")
        check_persona(persona)
    context.typed("reader")
    (
        context.server(),
        context.institution(),
        context.site(),
        context.now(),
        context.rules(),
        context.login(),
        context.settings(),
    )


def _port(context: Context) -> int:
    wanted = context.typed("web_port")
    return DEFAULT_WEB_PORT if wanted is None else values.port(wanted, "--web-port", lowest=0)


def _page_text(context: Context) -> PageText:
    from kiosk.web.answers import PageText

    said = {name: with_command(context.words.text(f"web.page.{name}")) for name in _PAGE_WORDS}
    return PageText(context.words.lang, said, plain=context.settings().plain)


def _say_where(context: Context, address: str) -> None:
    context.output.result({"url": address}, (context.words.text("web.ready", url=address),))
