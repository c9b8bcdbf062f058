"""`madoguchi server clock`: what the server's clock says, and moving it.

What breaks if it is wrong: a rehearsal of the last day of a rule silently happens today.
"""

from __future__ import annotations

import re
from typing import Any, Final

from kiosk.cli import values
from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.server_controls import add_store, controls
from kiosk.cli.words import Words

ACTIONS: Final = ("show", "set", "move", "freeze", "run", "reset")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_WHILE: Final = re.compile(r"\+?(?=\d)(?:\d{1,6}w)?(?:\d{1,6}d)?(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,6}s)?", re.ASCII)
_PART: Final = re.compile(r"(\d+)([smhdw])", re.ASCII)


def fill_clock(parser: CommandParser, words: Words) -> None:
    """Add its words and options."""
    parser.add_argument("action", metavar="ACTION", nargs="?", default="show", help=words.text("option.clock_action"))
    parser.add_argument("value", metavar="VALUE", nargs="?", help=words.text("option.clock_value"))
    parser.add_argument("--back", action="store_true", help=words.text("option.clock_back"))
    add_store(parser, words)
    parser.set_defaults(run=clock)


def clock(context: Context) -> int:
    """Show the clock, or turn it and show what it says then.

    Raises:
        CommandError: `unknown_clock_action`, `clock_value`, `clock_while`, or the server's refusal.
    """
    order = _order(context)
    with controls(context) as server:
        state = server.ask("GET", "clock") if order is None else server.ask("PUT", "clock", order)
        live = server.live
    lines = [context.words.text("clock.frozen" if state["frozen"] else "clock.goes", now=state["now"])]
    if state["moved_s"]:
        lines.append(context.words.text("clock.moved", seconds=f"{state['moved_s']:+d}"))
    context.output.result({"live": live, **state}, lines)
    return ExitCode.DONE


def _order(context: Context) -> dict[str, Any] | None:
    action, value, back = context.typed("action") or "show", context.typed("value"), bool(context.option("back"))
    if action not in ACTIONS:
        raise CommandError("unknown_clock_action", name=action, near=values.nearest(action, ACTIONS), names=ACTIONS)
    needs_value, may_have = action in ("set", "move"), action in ("set", "move", "freeze")
    if (needs_value and value is None) or (not may_have and value is not None) or (back and action != "move"):
        raise CommandError("clock_value", action=action)
    match action:
        case "show":
            return None
        case "set":
            return {"at": value}
        case "move":
            return {"move_s": -_seconds(value or "") if back else _seconds(value or "")}
        case "freeze":
            return {"freeze": True if value is None else value}
        case _:
            return {action: True}


def _seconds(text: str) -> int:
    """`+3d`, `1w2d`, `90m`, `45s` in seconds. Raises CommandError `clock_while`."""
    if not _WHILE.fullmatch(text):
        raise CommandError("clock_while", value=text)
    return sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
