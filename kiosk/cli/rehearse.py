"""`madoguchi rehearse`: a prepared day at the real counter, with a score and a report.

Everything of it lies in a folder of its own below the data folder, made anew for each rehearsal: the real journal, the
cards and the server's store are never touched. What breaks if it is wrong: practice stands among real receptions.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kiosk.cli.context import Context
from kiosk.cli.counter_options import add_look_options
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.rehearse_lines import wrapped
from kiosk.cli.rehearse_place import own_folder, page_path, write_page
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: the first frame waits for what is imported here
    from collections.abc import Sequence

    from kiosk.cli.rehearse_script import People
    from kiosk.rehearsal.notes import Notes
    from kiosk.rehearsal.reading_values import Fault
    from kiosk.rehearsal.report import Report
    from kiosk.rehearsal.script import Script

SPEEDS: Final = (0.1, 60.0)
READING_SECONDS: Final = 300
"""One person plays both sides and reads in between: neither side closes before this, whatever the settings say."""


def fill(parser: CommandParser, words: Words) -> None:
    """Add the script and how it is played."""
    parser.usage = words.text("help.usage_script")
    parser.add_argument("script", metavar="SCRIPT", nargs="?", help=words.text("option.script"))
    parser.add_argument("--list", action="store_true", help=words.text("option.rehearse_list"))
    parser.add_argument("--check", action="store_true", help=words.text("option.rehearse_check"))
    parser.add_argument("--from", dest="first", metavar="N", help=words.text("option.rehearse_from"))
    parser.add_argument("--speed", metavar="X", help=words.text("option.rehearse_speed"))
    parser.add_argument("--report", metavar="FILE.html", help=words.text("option.rehearse_report"))
    parser.add_argument("--force", action="store_true", help=words.text("option.rehearse_force"))
    add_look_options(parser, words)
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """List, check, or play. 0 where everything is as the rules say, else 1.

    Raises:
        CommandError: `script_needed`, `script_faults` and those of `rehearse_script`; `rehearse_from`,
            `rehearse_speed`, `report_exists`, `report_failed`; `rehearsal_running`.
    """
    if context.option("list"):
        return _list(context)
    wanted = context.typed("script")
    if wanted is None:
        from kiosk.rehearsal.included import INCLUDED

        raise CommandError("script_needed", names=INCLUDED)
    return _check(context, wanted) if context.option("check") else _play(context, wanted)


def _list(context: Context) -> int:
    from kiosk.cli.rehearse_script import people, read_script
    from kiosk.rehearsal.included import INCLUDED

    known, lang = people(), context.words.lang
    scripts = [read_script(name, known) for name in INCLUDED]
    rows = [
        {
            "name": script.name,
            "title": script.said(script.title, lang),
            "about": script.said(script.about, lang),
            "date": script.on.isoformat(),
            "visits": len(script.visits),
            "minutes": script.minutes,
            "plays": sorted({failure for visit in script.visits for failure in visit.plays}),
        }
        for script in scripts
    ]
    lines = [
        context.words.text("rehearse.list", **{key: value for key, value in row.items() if key != "plays"})
        for row in rows
    ]
    context.output.result({"scripts": rows}, wrapped(lines))
    return ExitCode.DONE


# --- checking ---


def _check(context: Context, wanted: str) -> int:
    """Every fault with its path; then the whole day is played by the model trainee and held against the rules."""
    from kiosk.cli.rehearse_script import differences, people, read_script, troubles_refused
    from kiosk.rehearsal.reading_values import ScriptError
    from kiosk.rehearsal.right import UnplayableError

    words, known = context.words, people()
    right: Sequence[Notes] = ()
    script: Script | None = None
    try:
        script = read_script(wanted, known)
    except ScriptError as error:
        faults = [_as_fault(fault, words) for fault in error.faults]
    else:
        faults = troubles_refused(script, words)
    if script is not None and not faults:
        try:
            with tempfile.TemporaryDirectory(prefix="madoguchi-") as folder:
                right = _played_right(script, Path(folder), known)
            faults = differences(script, right, words)
        except UnplayableError as error:
            path = f"visit[{error.index}]"
            faults = [{"path": path, "message": words.text("rehearse.fault.no_end", right=error.state)}]
    document = {"script": wanted, "playable": not faults, "faults": faults, "right": [_as_right(one) for one in right]}
    lines = _fault_lines(faults, words) or [words.text("rehearse.check.fine", visits=len(right))]
    context.output.result(document, wrapped(lines))
    return ExitCode.NEGATIVE if faults else ExitCode.DONE


def _as_fault(fault: Fault, words: Words) -> dict[str, Any]:
    from kiosk.cli.rehearse_script import fault_said

    return {"path": fault.path, "message": fault_said(fault, words)}


def _fault_lines(faults: Sequence[dict[str, Any]], words: Words) -> list[str]:
    """One for each: the place, with the person's number as everywhere else, and the sentence."""
    lines = []
    for fault in faults:
        path, message = fault["path"], fault["message"].removeprefix(f"{fault['path']}: ")
        at = re.match(r"visit\[(\d+)\]", path)
        place = words.text("rehearse.fault.place", path=path, number=int(at.group(1)) + 1) if at else path
        lines.append(f"{place}: {message}" if place else message)
    return lines


def _as_right(notes: Notes) -> dict[str, Any] | None:
    if notes.decision is None:
        return None
    decision = notes.decision
    return {
        "outcome": decision.outcome,
        "row": decision.row,
        "charge": decision.charge,
        "queue": decision.queue or None,
    }


def _played_right(script: Script, folder: Path, known: People) -> Sequence[Notes]:
    from kiosk.cli.composition import CounterPlan, load_services
    from kiosk.cli.rehearsed_server import ServerInProcess
    from kiosk.rehearsal.clock import RehearsalClock
    from kiosk.rehearsal.right import play_right
    from kiosk.settings.model import DEFAULTS

    clock = RehearsalClock(script.on, time.monotonic)
    settings = replace(DEFAULTS, equipped_for_smartphone=script.equipped)
    plan = CounterPlan(folder, clock.now, "ja", site=script.site, settings=settings)
    server = ServerInProcess(folder, clock.now)
    try:
        return play_right(script, lambda: load_services(plan), server, clock, known.pins)
    finally:
        server.close()


# --- playing ---


def _play(context: Context, wanted: str) -> int:
    from kiosk.cli.kiosk import check_terminal
    from kiosk.cli.rehearse_script import people, read_script, troubles_refused
    from kiosk.rehearsal.included import INCLUDED
    from kiosk.rehearsal.reading_values import ScriptError

    known = people()
    try:
        script = read_script(wanted, known)
    except ScriptError as error:
        for line in wrapped(_fault_lines([_as_fault(fault, context.words) for fault in error.faults], context.words)):
            context.output.note(line)
        raise CommandError("script_faults", script=wanted, count=len(error.faults)) from error
    if wanted not in INCLUDED and (refused := troubles_refused(script, context.words)):
        for line in wrapped(_fault_lines(refused, context.words)):
            context.output.note(line)
        raise CommandError("script_faults", script=wanted, count=len(refused))
    first, speed, page = _first(context, script), _speed(context), page_path(context)
    context.output.check_encoding(terminal=True)
    check_terminal()
    with own_folder(context.open_data_dir(), script) as folder:
        played = _at_the_counter(context, script, folder / "counter", known, first, speed)
        report = _scored(context, script, played, folder / "right", known)
    if page is not None:
        write_page(page, report, context)
    _tell(context, report, page)
    full = report.next_visit is None and all(row.score.is_full for row in report.rows)
    return ExitCode.DONE if full and report.rows else ExitCode.NEGATIVE


def _at_the_counter(
    context: Context, script: Script, folder: Path, known: People, first: int, speed: float
) -> Sequence[tuple[int, Notes]]:
    """Play until the day is over or the counter is closed; what was noted of each visit."""
    from kiosk.cli.composition import CounterPlan, load_services
    from kiosk.cli.kiosk import prepare_textual, show, why_it_ended
    from kiosk.cli.rehearsed_server import ServerInProcess
    from kiosk.rehearsal.clock import RehearsalClock
    from kiosk.rehearsal.day import Day

    prepare_textual(os.environ)
    from kiosk.rehearsal.app import RehearsalApp

    folder.mkdir(mode=0o700)
    clock = RehearsalClock(script.on, time.monotonic, speed)
    own = context.settings()
    settings = replace(
        own,
        equipped_for_smartphone=script.equipped,
        privacy_seconds=max(own.privacy_seconds, READING_SECONDS),
        auto_lock_seconds=max(own.auto_lock_seconds, READING_SECONDS),
    )
    plan = CounterPlan(folder, clock.now, context.words.lang, site=script.site, settings=settings)
    server = ServerInProcess(folder, clock.now)
    broken: list[BaseException] = []
    day = Day(script, clock, time.monotonic, broken.append, first=first)
    app = RehearsalApp(
        lambda: load_services(plan),
        day,
        server,
        data_dir=folder,
        lang=context.words.lang,
        names=known.names,
        pins=known.known_pins,
        settings=settings,
        clock=time.monotonic,
    )
    try:
        if show(app, folder):
            raise why_it_ended(app)
    finally:
        server.close()
    for kind in dict.fromkeys(type(error).__name__ for error in broken):
        context.output.note(context.words.text("rehearse.world", kind=kind))
    return day.played()


def _scored(
    context: Context, script: Script, played: Sequence[tuple[int, Notes]], folder: Path, known: People
) -> Report:
    from kiosk.rehearsal.report import make_report
    from kiosk.rehearsal.right import UnplayableError

    right: Sequence[Notes] = ()
    if played:
        context.output.note(context.words.text("rehearse.scoring"))
        last = max(index for index, _ in played)
        folder.mkdir(mode=0o700)
        try:
            right = _played_right(replace(script, visits=script.visits[: last + 1]), folder, known)
        except UnplayableError as error:  # what was played before it is told all the same
            context.output.note(context.words.text("rehearse.unplayable", number=error.index + 1))
            right = error.played
            played = [(index, notes) for index, notes in played if index < error.index]
    return make_report(script, played, right, known.names)


def _tell(context: Context, report: Report, page: Path | None) -> None:
    from kiosk.rehearsal.report import as_json, as_lines
    from kiosk.words import Words as CounterWords

    words = CounterWords(context.words.lang)
    document = {**as_json(report, words), "report": None if page is None else str(page)}
    lines = list(as_lines(report, words)) if report.rows else [context.words.text("rehearse.nothing")]
    said = [*wrapped(lines), *(() if page is None else ("", context.words.text("rehearse.page", path=page)))]
    context.output.result(document, said)


# --- options ---


def _first(context: Context, script: Script) -> int:
    text = context.typed("first")
    if text is None:
        return 0
    if not re.fullmatch(r"[1-9]\d{0,2}", text) or int(text) > len(script.visits):
        raise CommandError("rehearse_from", visits=len(script.visits))
    return int(text) - 1


def _speed(context: Context) -> float:
    text = context.typed("speed")
    if text is None:
        return 1.0
    if not re.fullmatch(r"\d{1,2}(\.\d{1,2})?", text) or not SPEEDS[0] <= float(text) <= SPEEDS[1]:
        raise CommandError("rehearse_speed", least=SPEEDS[0], most=SPEEDS[1])
    return float(text)
