"""`madoguchi server personas`: the invented patients with what to type and to expect, and populations made to order.

What breaks if it is wrong: scripts of other people that take PIN and numbers from here (design.md §4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kiosk.cli.cells import in_columns
from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.progress import Progress
from kiosk.cli.server_controls import running_server, store
from kiosk.cli.visit_options import add_date
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: these modules are heavy
    from mock_server.people import Person
    from mock_server.personas.values import Expected, ExpectedByCheck, ExpectedByNumbers, ExpectedByPhone, Persona
    from mock_server.registry.ledger import Ledger

GENERATE: Final = "generate"
"""The word behind `personas` that makes a population."""
DEFAULT_SEED: Final = "1"
HIGHEST_SEED: Final = 999_999_999
_HEAD: Final = ("name", "pin", "title", "numbers", "expected", "check", "what")
_AT_ONCE: Final = 5_000
"""People brought into a store in one transaction."""


def fill_personas(parser: CommandParser, words: Words) -> None:
    """Add the list, and `generate N` with its options."""
    parser.add_argument("action", nargs="?", metavar=GENERATE, help=words.text("option.generate"))
    parser.add_argument("count", nargs="?", metavar="N", help=words.text("option.count"))
    parser.add_argument("--seed", metavar="S", help=words.text("option.seed"))
    parser.add_argument("--out", metavar="FILE", help=words.text("option.population_out"))
    parser.add_argument("--load", action="store_true", help=words.text("option.load"))
    parser.add_argument("--database", metavar="URL", help=words.text("option.database"))
    add_date(parser, words)
    parser.set_defaults(run=personas)


def personas(context: Context) -> int:
    """List the invented patients, or make a population.

    Raises:
        CommandError: `unknown_action`, `option_for_generate`, or as `_generate`.
    """
    action = context.typed("action")
    if action == GENERATE:
        return _generate(context)
    if action is not None:
        raise CommandError("unknown_action", name=action, known=GENERATE)
    for option in ("seed", "out", "load", "database", "date"):
        if context.option(option):
            raise CommandError("option_for_generate", option=f"--{option}")
    return _list(context)


# ── the list ──


def _list(context: Context) -> int:
    from mock_server.personas import load_personas

    table = list(load_personas().values())
    context.output.result({"personas": [_as_dict(persona) for persona in table]}, _lines(table, context.words))
    return ExitCode.DONE


def _as_dict(persona: Persona) -> dict[str, Any]:
    """One persona by the shape of design.md §4 and docs/schemas; `numbers` is what to type into the form."""
    return {
        "name": persona.name,
        "pin": persona.pin,
        "numbers": persona.numbers(),
        "expected": _expected(persona.expected),
        "later": [_expected(expected) for expected in persona.later],
        "by_numbers": _by_numbers(persona.by_numbers),
        "by_phone": _by_phone(persona.by_phone),
        "check": _check(persona.check),
        "title": persona.title,
        "what_happens": dict(persona.what_happens),
        "scenarios": list(persona.scenarios),
        "card": {
            "kind": persona.card.kind,
            "readable": persona.card.readable,
            "registered": persona.registered,
            "certificate": persona.card.certificate,
            "tries_left": persona.card.tries_left,
            "smartphone": persona.card.smartphone or None,
        },
    }


def _expected(expected: Expected) -> dict[str, Any]:
    until = expected.holds_until
    return {
        "identity": expected.identity,
        "outcome": expected.outcome,
        "validity": expected.validity,
        "percent": expected.percent,
        "holds_until": None if until is None else until.isoformat(),
    }


def _by_numbers(expected: ExpectedByNumbers | None) -> dict[str, Any] | None:
    if expected is None:
        return None
    return {
        "document": expected.document,
        "validity": expected.validity,
        "outcome": expected.outcome,
        "percent": expected.percent,
    }


def _by_phone(expected: ExpectedByPhone | None) -> dict[str, Any] | None:
    if expected is None:
        return None
    return {"outcome": expected.outcome, "percent": expected.percent, "unequipped": expected.unequipped}


def _check(expected: ExpectedByCheck) -> dict[str, Any]:
    return {
        "exit_code": expected.exit_code,
        "outcome": expected.outcome,
        "error": expected.error,
        "percent": expected.percent,
        "options": list(expected.options),
    }


def _lines(table: list[Persona], words: Words) -> list[str]:
    rows = [tuple(words.text(f"server.personas.head.{column}") for column in _HEAD)]
    rows += [
        (
            who.name,
            who.pin if who.card.has_pin else words.text("server.personas.no_pin"),
            who.title,
            printed_numbers(who),
            said(who.expected),
            _said_of_check(who, words),
            who.what_happens[words.lang],
        )
        for who in table
    ]
    return in_columns(rows)


def printed_numbers(persona: Persona) -> str:
    """The numbers of the paper in one cell: 保険者番号, 記号・番号, (枝番), birthdate; what it lacks is left out."""
    paper = persona.paper
    numbers = "・".join(part for part in (paper.symbol, paper.number) if part)
    branch = f"({paper.branch})" if paper.branch else ""
    return f"{paper.insurer_number} {numbers}{branch} {persona.person.birthdate.isoformat()}"


def said(expected: Expected) -> str:
    """An expected outcome in one cell, such as `OK_ONLINE 30%`."""
    percent = "" if expected.percent is None else f" {expected.percent}%"
    return f"{expected.outcome or '-'}{percent}"


def _said_of_check(persona: Persona, words: Words) -> str:
    """What `check` alone comes to, such as `exit 3 pin_locked`; `-` where that is the expected outcome and share."""
    differing = persona.by_check
    if differing is None:
        return "-"
    what = differing.error
    if what is None:
        unknown = words.text("server.personas.check.share_unknown")
        what = f"{differing.outcome} {unknown if differing.percent is None else f'{differing.percent}%'}"
    return words.text("server.personas.check", code=differing.exit_code, what=what)


# ── populations ──


def _generate(context: Context) -> int:
    """Make a population and write it to `--out`, or bring it into the store with `--load`, or both.

    Raises:
        CommandError: `bad_count`, `bad_seed`, `generate_where`, `population_out`, `population_out_failed`, and what
            keeps a server's store from being opened.
    """
    from mock_server.population import LARGEST, generate

    n = _whole_number(context.typed("count"), "bad_count", GENERATE, 1, LARGEST)
    seed = _whole_number(context.typed("seed") or DEFAULT_SEED, "bad_seed", "--seed", 0, HIGHEST_SEED)
    out, load, on = context.typed("out"), bool(context.option("load")), context.now()().date()
    if out is None and not load:
        raise CommandError("generate_where")
    path = None if out is None else Path(out).expanduser()
    if path is not None:
        from kiosk.cli import population_file

        write = population_file.writer_for(path)
        write(path, _with_progress(context, generate(n, seed, on), n))
    loaded, live = _load(context, generate(n, seed, on), n) if load else (None, None)
    document = {"people": n, "seed": seed, "on": on.isoformat(), "out": None if path is None else str(path)}
    context.output.result(document | {"loaded": loaded, "live": live}, list(_told(context, n, path, loaded)))
    return ExitCode.DONE


def _whole_number(text: str | None, code: str, where: str, least: int, most: int) -> int:
    if text is None or not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise CommandError(code, where=where, value=text or "-", most=most)
    return int(text)


def _with_progress(context: Context, people: Iterable[Person], n: int) -> Iterator[Person]:
    with Progress(context.output, "generate.progress", n) as progress:
        for done, person in enumerate(people, 1):
            yield person
            progress.at(done)


def _load(context: Context, people: Iterable[Person], n: int) -> tuple[int, bool]:
    """Bring the people into a store, some at a time; how many were new or changed, and whether a server runs on it."""
    running = running_server(context)
    with store(context, running) as ledger:
        remaining, loaded = _with_progress(context, people, n), 0
        while some := tuple(islice(remaining, _AT_ONCE)):
            loaded += _plant(ledger, some)
    return loaded, running is not None


def _plant(ledger: Ledger, people: tuple[Person, ...]) -> int:
    from mock_server.registry.seeding import Seed, plant
    from mock_server.registry.transaction import Transaction

    def job(tx: Transaction) -> int:
        changed = plant(tx.connection, (Seed(person, {}) for person in people))
        tx.changed()
        return changed

    from mock_server.registry.interface import RegistryError

    try:
        return ledger.run_sync(job)
    except RegistryError as error:
        raise CommandError("store_unusable", ExitCode.SERVER) from error


def _told(context: Context, n: int, path: Path | None, loaded: int | None) -> Iterator[str]:
    if path is not None:
        yield context.words.text("generate.written", people=n, path=path)
    if loaded is not None:
        yield context.words.text("generate.loaded", people=n, loaded=loaded)
