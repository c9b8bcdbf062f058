"""`madoguchi kiosk`: the counter itself.

Rule: nothing here or imported from here at module level may be heavy; what is slow happens in `load`, after the first
frame. Textual's own log and developer tools are switched off before it is imported (design.md §2).
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk.cli.context import Context
from kiosk.cli.counter_options import add_look_options
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.kiosk_web import add_web_options, is_drawn_in_page
from kiosk.cli.parsing import CommandParser
from kiosk.cli.visit_options import add_visit_options
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: Textual comes after its environment was set
    from kiosk.app import KioskApp

SMALLEST: Final = (60, 20)
"""Columns and rows the patient's side is complete in. Held against `kiosk.guarded_app` by a test: that one is heavy."""

LEAKS: Final = (
    "TEXTUAL",
    "TEXTUAL_DEBUG",
    "TEXTUAL_DEVTOOLS_HOST",
    "TEXTUAL_DEVTOOLS_PORT",
    "TEXTUAL_LOG",
    "TEXTUAL_PRESS",
    "TEXTUAL_SCREENSHOT",
    "TEXTUAL_SCREENSHOT_FILENAME",
    "TEXTUAL_SCREENSHOT_LOCATION",
    "TEXTUAL_SHOW_RETURN",
)
"""Variables that would make Textual write messages, keys or screens somewhere."""


def fill(parser: CommandParser, words: Words) -> None:
    """Add the counter's options."""
    add_visit_options(parser, words)
    parser.add_argument("--site", metavar="SITE", help=words.text("option.site"))
    add_look_options(parser, words)
    parser.add_argument("--trainer", action="store_true", help=words.text("option.trainer"))
    parser.set_defaults(run=add_web_options(parser, words, run))


def run(context: Context) -> int:
    """Show the counter until somebody ends it; SIGTERM ends it in order.

    Raises:
        CommandError: The terminal cannot show it, or an option is wrong.
    """
    context.output.check_encoding(terminal=True)
    if not is_drawn_in_page(context.environ):
        check_terminal()
    from kiosk.cli.composition import CounterPlan, check_persona, load_services
    from kiosk.cli.journal_source import sealed_key_file
    from kiosk.cli.last_resort import AFTER_SCREENS_S, LastResort

    persona = context.typed("persona")
    reader = None if persona is not None and context.option("reader") is None else context.reader()
    if persona is not None:
        if reader is not None:
            raise CommandError("persona_and_reader")
        check_persona(persona)
    server, institution, site, now = context.server(), context.institution(), context.site(), context.now()
    settings = context.settings()
    data_dir = context.open_data_dir()
    plan = CounterPlan(
        data_dir,
        now,
        context.words.lang,
        reader,
        server,
        institution,
        site,
        context.option("allow_real_card"),
        context.rules(),
        context.login(),
        settings,
        None if is_drawn_in_page(context.environ) else sealed_key_file(context, data_dir),
    )
    real = None
    if reader is not None:
        from kiosk.cli.awaited_reader import AwaitedReader
        from kiosk.cli.troubles import told

        with told():
            real = AwaitedReader(reader)
    prepare_textual(os.environ)
    gc.disable()  # collecting while modules are imported delays the first frame; the application switches it on again
    from kiosk.app import KioskApp

    load = partial(load_services, plan, real)
    if context.option("trainer"):
        from kiosk.cli.trainer_parts import with_trainer

        app = with_trainer(plan, load, persona, settings)
    else:
        app = KioskApp(load, lang=context.words.lang, place=persona, data_dir=plan.data_dir, settings=settings)
    failed = why_it_ended(app) if show(app, plan.data_dir) else None
    if app.has_kept_form:
        context.output.note(context.words.text("kiosk.form_kept"))
    lost = CommandError("records_lost", count=app.unwritten, path=plan.data_dir) if app.unwritten else None
    if lost is not None and (failed is not None or app.ended_by_signal):  # a signal ends with 0 (design.md §4)
        context.output.note(" ".join(context.output.sentences(lost)))
    elif lost is not None:
        failed = lost
    LastResort(plan.data_dir).within(AFTER_SCREENS_S, ExitCode.DONE if failed is None else failed.exit_code)
    if failed is not None:
        raise failed
    context.output.result({"ended": "closed"}, ())
    return ExitCode.DONE


def check_terminal() -> None:
    """Raise CommandError `no_terminal` or `terminal_small` where the screens cannot be shown."""
    streams = (sys.__stdin__, sys.__stderr__)
    if any(stream is None or stream.closed or not stream.isatty() for stream in streams):
        raise CommandError("no_terminal")
    if os.environ.get("TERM", "dumb") in ("dumb", ""):
        raise CommandError("terminal_dumb", term=os.environ.get("TERM", ""))
    assert sys.__stderr__ is not None
    columns, rows = os.get_terminal_size(sys.__stderr__.fileno())
    if (columns, rows) != (0, 0) and (columns < SMALLEST[0] or rows < SMALLEST[1]):
        raise CommandError(
            "terminal_small", columns=columns, rows=rows, least_columns=SMALLEST[0], least_rows=SMALLEST[1]
        )


def prepare_textual(environ: MutableMapping[str, str]) -> None:
    """Set Textual's environment; to be called before it is imported.

    The kitty key protocol keeps input methods from composing Japanese in some terminals; whoever set the variable
    keeps it.
    """
    for name in LEAKS:
        environ.pop(name, None)
    environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")


def why_it_ended(app: KioskApp) -> CommandError:
    """The error for an application that ended on its own: what kept it from loading, or a fault."""
    from kiosk.cli.troubles import as_command_error, of_journal

    failure = app.load_error
    if isinstance(failure, OSError):
        return of_journal(failure)
    known = None if failure is None else as_command_error(failure)
    return known or CommandError("counter_failed")


def show(app: KioskApp, data_dir: Path) -> int:
    """Run the application in an event loop whose signals to end close it; its return code, 0 after such a signal.

    From here on no fault is printed with values, wherever it happens (design.md §2). An end that was asked for by
    signal or by key, or that a fault began, is an end of the process some seconds later, whatever hangs.
    """
    import asyncio
    import signal

    from kiosk import crash
    from kiosk.cli.last_resort import AFTER_SCREENS_S, AFTER_SIGNAL_S, LastResort

    crash.install(data_dir)
    last_resort = LastResort(data_dir)
    if not is_drawn_in_page(os.environ):
        from kiosk.cli.terminal_driver import TerminalDriver

        app.driver_class = TerminalDriver
    app.when_told_to_end = lambda: last_resort.within(AFTER_SIGNAL_S, int(app.return_code or 0))
    loops: list[asyncio.AbstractEventLoop] = []
    asked: list[bool] = []

    def end(_number: int, _frame: object) -> None:
        # Python's own handler and not the loop's: it is called also where something holds the loop up.
        if not asked:
            last_resort.within(AFTER_SIGNAL_S, ExitCode.DONE)
        asked.append(True)
        app.ended_by_signal = True
        for loop in loops:
            with suppress(RuntimeError):  # it has ended
                loop.call_soon_threadsafe(app.exit)

    async def shown() -> None:
        loop = asyncio.get_running_loop()
        crash.install_in_loop(data_dir, loop)
        loops.append(loop)
        if not asked:
            await app.run_async()
        last_resort.within(AFTER_SCREENS_S, 0 if asked else int(app.return_code or 0))

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)}
    try:
        asyncio.run(shown())
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        last_resort.call_off()
    return 0 if asked else int(app.return_code or 0)
