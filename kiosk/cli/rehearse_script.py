"""Finds and reads the script of a rehearsal, and says what is wrong with it.

Knows where scripts lie and which personas and server scenarios there are; what a script may say is
`kiosk.rehearsal.reading`'s. What breaks if it is wrong: another day is played than was asked for.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.cli import values
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from kiosk.rehearsal.notes import Notes
    from kiosk.rehearsal.reading_values import Fault
    from kiosk.rehearsal.script import Script


@dataclass(frozen=True, slots=True)
class People:
    """The personas: what they are called and their PINs."""

    names: dict[str, str]
    pins: dict[str, str]
    known_pins: dict[str, str]
    """Of those whose cards take one: what they can say. A 顔認証マイナンバーカード takes none."""


def people() -> People:
    """Everybody there is."""
    from mock_server.personas import load_personas

    personas = load_personas().values()
    return People(
        {one.name: one.title for one in personas},
        {one.name: one.pin for one in personas},
        {one.name: one.pin for one in personas if one.card.kind != "face-only"},
    )


def read_script(wanted: str, known: People) -> Script:
    """The script of that name, or in that file.

    Raises:
        CommandError: `script_unknown` with the names that look like it; `script_unreadable`, `script_encoding`;
            `individual_number` (exit 5).
        ScriptError: With every fault of it.
    """
    from kiosk.rehearsal.included import INCLUDED, included_text
    from kiosk.rehearsal.reading import parse_script
    from mock_server.scenarios.table import HTTP, SCENARIOS

    scenarios = tuple(name for name, scenario in SCENARIOS.items() if HTTP in scenario.transports)
    if wanted in INCLUDED:
        return parse_script(wanted, included_text(wanted), tuple(known.names), scenarios)
    path = Path(wanted).expanduser()
    if path.suffix != ".toml" and not path.exists():
        raise CommandError("script_unknown", name=wanted, near=values.nearest(wanted, INCLUDED), names=INCLUDED)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError("script_encoding", path=wanted) from error
    except (OSError, ValueError) as error:
        reason = error if isinstance(error, OSError) else OSError(22, "")
        raise CommandError("script_unreadable", path=wanted, reason=reason) from error
    return parse_script(wanted, text, tuple(known.names), scenarios)


def fault_said(fault: Fault, words: Words) -> str:
    """A fault as one line: where, what, and what would be right."""
    if fault.word == "individual_number":
        raise CommandError("individual_number", ExitCode.REFUSED)
    if fault.field:
        from eligibility.words import text

        said = text(words.lang, fault.field, **dict(fault.params))
    else:
        said = words.text(f"rehearse.fault.{fault.word}", right=fault.right)
        if fault.near:
            said = f"{words.text('rehearse.fault.near', near=fault.near)} {said}"
    return f"{fault.path}: {said}" if fault.path else said


def differences(script: Script, right: Iterable[Notes], words: Words) -> list[dict[str, Any]]:
    """Where what the author expects is not what the rules say; and visits that come to nothing."""
    found = []
    for index, (visit, notes) in enumerate(zip(script.visits, right, strict=True)):
        path = f"visit[{index}]"
        decision = notes.decision
        if decision is None:
            found.append({"path": path, "message": words.text("rehearse.fault.no_outcome")})
            continue
        said = {"outcome": decision.outcome, "charge": decision.charge, "queue": decision.queue or "none"}
        for key, policy in said.items():
            expected = getattr(visit.expected, key)
            if expected and expected != policy:
                message = words.text("rehearse.fault.expected", policy=policy or "-")
                found.append({"path": f"{path}.expected.{key}", "message": message})
    return found


def troubles_refused(script: Script, words: Words) -> list[dict[str, Any]]:
    """The server's troubles that it does not take as the script has them: path and sentence."""
    from kiosk.rehearsal.script import What

    if not any(trouble.what is What.ARM for visit in script.visits for trouble in visit.troubles):
        return []
    from kiosk.cli.rehearsed_server import ServerInProcess
    from kiosk.rehearsal.clock import RehearsalClock

    found = []
    with tempfile.TemporaryDirectory(prefix="madoguchi-") as folder:
        server = ServerInProcess(Path(folder), RehearsalClock(script.on, time.monotonic).now)
        try:
            for index, visit in enumerate(script.visits):
                for number, trouble in enumerate(visit.troubles):
                    if trouble.what is not What.ARM:
                        continue
                    try:
                        server.arm(trouble)
                    except ValueError as error:
                        message = words.text("rehearse.fault.scenario", right=str(error))
                        found.append({"path": f"visit[{index}].goes_wrong[{number}]", "message": message})
        finally:
            server.close()
    return found
