"""`madoguchi server scenario`: arming a trouble by name, listing what there is and what is armed, taking it away.

What breaks if it is wrong: a rehearsal without its trouble, or one that never ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kiosk.cli import values
from kiosk.cli.cells import hanging, in_columns
from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.server_controls import add_store, controls
from kiosk.cli.words import Words

WIDTH: Final = 100
"""Terminal cells of a line that describes a trouble."""
EVERYWHERE: Final = "chance"
"""The parameter that every trouble has: said once."""
MOST_TIMES: Final = 1_000_000
MOST_SEED: Final = 2**31 - 1


def fill_scenario(parser: CommandParser, words: Words) -> None:
    """Add `arm`, `list` and `reset`."""
    parser.commands("server.scenario", ("arm", "list", "reset"), (_fill_arm, _fill_list, _fill_reset))


def _fill_arm(parser: CommandParser, words: Words) -> None:
    parser.add_argument("name", metavar="NAME", help=words.text("option.scenario_name"))
    parser.add_argument("--times", metavar="N", help=words.text("option.scenario_times"))
    parser.add_argument("--until-reset", action="store_true", help=words.text("option.scenario_until_reset"))
    parser.add_argument("--param", metavar="K=V", action="append", help=words.text("option.scenario_param"))
    parser.add_argument("--persona", metavar="NAME", help=words.text("option.scenario_persona"))
    parser.add_argument("--call", metavar="CALL", help=words.text("option.scenario_call"))
    parser.add_argument("--institution", metavar="CODE", help=words.text("option.scenario_institution"))
    parser.add_argument("--seed", metavar="S", help=words.text("option.scenario_seed"))
    add_run(parser, words)
    add_store(parser, words)
    parser.set_defaults(run=arm)


def _fill_list(parser: CommandParser, words: Words) -> None:
    add_run(parser, words)
    add_store(parser, words)
    parser.set_defaults(run=list_all)


def _fill_reset(parser: CommandParser, words: Words) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?", help=words.text("option.scenario_name"))
    add_run(parser, words)
    add_store(parser, words)
    parser.set_defaults(run=reset)


def add_run(parser: CommandParser, words: Words) -> None:
    """Add --run; the word itself is taken by what every command runs."""
    parser.add_argument("--run", dest="test_run", metavar="RUN", help=words.text("option.test_run"))


def arm(context: Context) -> int:
    """Arm a trouble.

    Raises:
        CommandError: `unknown_scenario`, `scenario_times`, `scenario_param`, `bad_count`, `bad_seed`,
            `bad_institution`, or the server's own refusal.
    """
    order: dict[str, Any] = {"scenario": _known(context.typed("name") or ""), "params": _params(context)}
    if context.option("until_reset"):
        if context.option("times") is not None:
            raise CommandError("scenario_times")
        order["until_reset"] = True
    times, seed = context.typed("times"), context.typed("seed")
    if times is not None:
        order["times"] = values.count(times, "--times", MOST_TIMES)
    if seed is not None:
        order["seed"] = _seed(seed)
    institution = context.typed("institution")
    if institution is not None:
        order["institution"] = values.institution(institution, "--institution")
    for name, option in (("persona", "persona"), ("call", "call"), ("run", "test_run")):
        typed = context.typed(option)
        if typed is not None:
            order[name] = typed
    with controls(context) as server:
        armed = server.ask("POST", "scenarios", order)
        live = server.live
    context.output.result({"live": live, "armed": armed}, [_said(armed, context.words)])
    return ExitCode.DONE


def list_all(context: Context) -> int:
    """What is armed, and every trouble there is with its words."""
    with controls(context) as server:
        found = server.ask("GET", "scenarios", params={"run": context.typed("test_run")})
        live = server.live
    lines = [*_armed_lines(found["armed"], context.words), "", *_available_lines(found["available"], context.words)]
    context.output.result({"live": live, "armed": found["armed"], "available": found["available"]}, lines)
    return ExitCode.DONE


def reset(context: Context) -> int:
    """Take away what is armed: all, of one name, of one run. Raises CommandError `unknown_scenario`."""
    name = context.typed("name")
    params = {"scenario": None if name is None else _known(name), "run": context.typed("test_run")}
    with controls(context) as server:
        deleted = server.ask("DELETE", "scenarios", params=params)["deleted"]
        live = server.live
    line = context.words.text("scenario.reset", count=deleted)
    context.output.result({"live": live, "deleted": deleted}, [line])
    return ExitCode.DONE


def _known(name: str) -> str:
    from mock_server.scenarios.table import SCENARIOS

    if name not in SCENARIOS:
        names = tuple(SCENARIOS)
        raise CommandError("unknown_scenario", name=name, near=values.nearest(name, names), names=names)
    return name


def _params(context: Context) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in context.option("param") or ():
        values.refuse_individual_number(text)
        name, sign, value = text.partition("=")
        if not sign or not name or name in found:
            raise CommandError("scenario_param")
        found[name] = value
    return found


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > MOST_SEED:
        raise CommandError("bad_seed", where="--seed", value=text, most=MOST_SEED)
    return int(text)


def _said(armed: Mapping[str, Any], words: Words) -> str:
    often = (
        words.text("scenario.until_reset")
        if armed["remaining"] is None
        else words.text("scenario.times", count=armed["remaining"])
    )
    return words.text("scenario.armed", id=armed["id"], name=armed["scenario"], often=often, whom=_whom(armed, words))


def _whom(armed: Mapping[str, Any], words: Words) -> str:
    parts = [str(armed[key]) for key in ("persona", "call", "institution", "run") if armed[key]]
    return " ".join(parts) or words.text("scenario.anybody")


def _armed_lines(armed: Sequence[Mapping[str, Any]], words: Words) -> list[str]:
    if not armed:
        return [words.text("scenario.none_armed")]
    rows = [
        tuple(words.text(f"scenario.head.{column}") for column in ("id", "name", "whom", "left", "fired", "params"))
    ]
    for one in armed:
        left = "∞" if one["remaining"] is None else str(one["remaining"])
        params = " ".join(f"{name}={value}" for name, value in one["params"].items() if value is not None)
        rows.append((str(one["id"]), one["scenario"], _whom(one, words), left, str(one["fired"]), params))
    return in_columns(rows)


def _available_lines(available: Sequence[Mapping[str, Any]], words: Words) -> Iterator[str]:
    yield words.text("scenario.available")
    for one in available:
        yield from hanging(f"  {one['name']}  ", f"{one['title']}: {one['what']}", WIDTH)
        yield from (f"      {_parameter(own)}" for own in one["parameters"] if own["name"] != EVERYWHERE)
    shared = next(one for one in available[0]["parameters"] if one["name"] == EVERYWHERE)
    yield words.text("scenario.every", parameter=_parameter(shared))


def _parameter(parameter: Mapping[str, Any]) -> str:
    return f"{parameter['name']}={_allowed(parameter)}  {parameter['what']}"


def _allowed(parameter: Mapping[str, Any]) -> str:
    """What a parameter can be, its default first."""
    match parameter["kind"]:
        case "whole":
            shown = f"{parameter['lowest']}–{parameter['highest']}"
        case "word":
            shown = "|".join(parameter["choices"])
        case kind:
            shown = {"time": "HH:MM", "moment": "YYYY-MM-DDTHH:MM"}.get(kind, kind.upper())
    default = parameter["default"]
    return shown if default is None else f"{default} ({shown})"
