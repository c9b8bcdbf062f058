"""`madoguchi server reset`: taking away what one test run left behind, or everything.

People, institutions and keys stay; cards are reset by `card reset`. What breaks if it is wrong: somebody clears more
than they meant to.
"""

from __future__ import annotations

from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.server_controls import add_store, controls
from kiosk.cli.server_scenario import add_run
from kiosk.cli.words import Words


def fill_reset(parser: CommandParser, words: Words) -> None:
    """Add its options."""
    add_run(parser, words)
    parser.add_argument("--all", action="store_true", help=words.text("option.reset_all"))
    add_store(parser, words)
    parser.set_defaults(run=reset)


def reset(context: Context) -> int:
    """Clear one run, or all. Raises CommandError `reset_what` where it is not said which, and the server's refusals."""
    run, everything = context.typed("test_run"), bool(context.option("all"))
    if everything == (run is not None):
        raise CommandError("reset_what")
    with controls(context) as server:
        deleted = server.ask("POST", "reset", {"all": True} if run is None else {"run": run})["deleted"]
        live = server.live
    lines = [
        context.words.text("reset.rows", name=context.words.one_of(f"reset.{name}", "reset.other"), count=count)
        for name, count in deleted.items()
        if count
    ]
    context.output.result({"live": live, "deleted": deleted}, lines or [context.words.text("reset.nothing")])
    return ExitCode.DONE
