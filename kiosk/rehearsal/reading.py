"""From TOML to a script: every fault at once, each with its path and what would be right; no value is repeated.

Knows the shape of a script file (docs/rehearse.md). What is right at the desk is not judged here. What breaks if it is
wrong: a script is read half, or its author searches for a mistake that was not named.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any, Final

from eligibility.outcome import OutcomeWord
from eligibility.papers.fields import TYPED
from eligibility.papers.forms import FORM_OF
from eligibility.papers.paper import Paper, Shown
from eligibility.papers.parsing import PaperError, parse_paper
from eligibility.text import holds_individual_number
from kiosk.flow.facts import FourItems
from kiosk.forms.field_order import required_fields
from kiosk.rehearsal.reading_values import Fault, ScriptError, ValueReader
from kiosk.rehearsal.script import Expected, Pin, Record, Script, Trouble, Visit, What, When
from kiosk.steering import STEERING

LONGEST: Final = 200_000
"""Characters of a script. A day of fourteen visits takes ten thousand."""
MOST_VISITS: Final = 100
SITES: Final = ("clinic", "checkup", "limited")
_NUMBER: Final = Fault("", "individual_number", field="field.individual_number")
_PLAIN_KEY: Final = re.compile(r"[a-z_]{1,30}")
_FAILURE: Final = re.compile(r"F(0[1-9]|[12]\d|3[0-2])")
_CHARGE: Final = re.compile(r"ratio:(10|20|30)|ask:(10|20|30)?|full|none")
_QUEUES: Final = ("four_items", "recheck", "none")

_SCRIPT_KEYS: Final = ("title", "about", "date", "site", "equipped", "minutes", "visit")
_VISIT_KEYS: Final = (
    "at",
    "who",
    "says",
    "card",
    "pin",
    "face",
    "registers",
    "consents",
    "known_patient",
    "record",
    "paper",
    "card_in_hand",
    "four_items",
    "goes_wrong",
    "plays",
    "expected",
)
_PAPER_KEYS: Final = ("form", "shown", "values")
_ITEM_KEYS: Final = ("name", "birthdate", "sex", "address")
_TROUBLE_KEYS: Final = ("what", "when", "scenario", "params", "call", "times")
_EXPECTED_KEYS: Final = ("outcome", "charge", "queue")


def parse_script(name: str, text: str, people: Collection[str], scenarios: Collection[str]) -> Script:
    """The script in `text`. `people` are the personas there are, `scenarios` the troubles of the server.

    Raises:
        ScriptError: With every fault.
    """
    if len(text) > LONGEST:
        raise ScriptError([Fault("", "too_long", str(LONGEST))])
    if holds_individual_number(text):  # a comment too
        raise ScriptError([_NUMBER])
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))  # none where the text ends too early
        raise ScriptError([Fault("", "toml", line.group(1) if line else str(len(text.splitlines())))]) from None
    refused = list(_refused_texts(table, ""))
    if refused:
        raise ScriptError(refused)
    return _Reader(people, scenarios).script(name, table)


def _refused_texts(value: Any, path: str) -> Iterator[Fault]:
    """Texts that nothing may draw, as they are once TOML's escapes are read. Keys are texts of the file as well."""
    if isinstance(value, str):
        if holds_individual_number(value):
            yield replace(_NUMBER, path=path)
        if "\t" in value or STEERING.search(value):
            yield Fault(path, "steering")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            named = key if _PLAIN_KEY.fullmatch(key) else "?"
            here = f"{path}.{named}" if path else named
            yield from _refused_texts(key, here)
            yield from _refused_texts(inner, here)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _refused_texts(inner, f"{path}[{index}]")


class _Reader(ValueReader):
    """One pass over one table; gathers faults."""

    def __init__(self, people: Collection[str], scenarios: Collection[str]) -> None:
        super().__init__(people)
        self._scenarios = scenarios
        self._on = date(2000, 1, 1)

    def script(self, name: str, table: Mapping[str, Any]) -> Script:
        self.only(table, _SCRIPT_KEYS, "")
        title = self.text(table, "title", "title", required=True)
        about = self.text(table, "about", "about")
        on = table.get("date")
        if isinstance(on, date) and not isinstance(on, datetime):
            self._on = on
        else:
            self.fault("date", "date")
        site = self.choice(table, "site", "site", SITES, "clinic")
        rows = table.get("visit")
        if not isinstance(rows, list) or not rows or len(rows) > MOST_VISITS:
            self.fault("visit", "visits", str(MOST_VISITS))
            rows = []
        visits = [self._visit(row, f"visit[{index}]") for index, row in enumerate(rows)]
        self._in_order(visits)
        minutes = self.whole(table, "minutes", "minutes", 30, 1, 600)
        script = Script(
            name, title, about, self._on, tuple(visits), site, self.switch(table, "equipped", "equipped"), minutes
        )
        if self.faults:
            raise ScriptError(self.faults)
        return script

    def _in_order(self, visits: Iterable[Visit]) -> None:
        before = time.min
        for index, visit in enumerate(visits):
            if visit.at < before:
                self.fault(f"visit[{index}].at", "order", before.strftime("%H:%M"))
            before = max(before, visit.at)

    def _visit(self, row: Any, path: str) -> Visit:
        if not isinstance(row, dict):
            self.fault(path, "table")
            row = {}
        self.only(row, _VISIT_KEYS, path)
        who = self.person(row, "who", f"{path}.who", required=True)
        card = self.person(row, "card", f"{path}.card", required=False)
        return Visit(
            self.time_of_day(row, f"{path}.at"),
            who,
            self.text(row, "says", f"{path}.says", required=True),
            card,
            self.word(row, "pin", f"{path}.pin", Pin, Pin.KNOWN),
            self.choice(row, "face", f"{path}.face", ("matches", "differs"), "matches") == "matches",
            self.switch(row, "registers", f"{path}.registers"),
            self.switch(row, "consents", f"{path}.consents", otherwise=True),
            self.switch(row, "known_patient", f"{path}.known_patient"),
            self.word(row, "record", f"{path}.record", Record, Record.OWN),
            tuple(self._papers(row.get("paper", []), f"{path}.paper")),
            self.switch(row, "card_in_hand", f"{path}.card_in_hand", otherwise=bool(card)),
            self._four_items(row.get("four_items"), f"{path}.four_items"),
            tuple(self._troubles(row.get("goes_wrong", []), f"{path}.goes_wrong")),
            self._plays(row.get("plays", []), f"{path}.plays"),
            self._expected(row.get("expected"), f"{path}.expected"),
        )

    # --- parts of a visit ---

    def _papers(self, rows: Any, path: str) -> Iterable[Paper]:
        for index, row in enumerate(self.rows(rows, path)):
            here = f"{path}[{index}]"
            self.only(row, _PAPER_KEYS, here)
            form = self.choice(row, "form", f"{here}.form", tuple(FORM_OF), "")
            shown = self.word(row, "shown", f"{here}.shown", Shown, Shown.ITSELF)
            values = row.get("values")
            if not isinstance(values, dict) or not values or not all(isinstance(v, str) for v in values.values()):
                self.fault(f"{here}.values", "values", ", ".join(field.value for field in TYPED))
                continue
            if not form:
                continue
            for needed in required_fields(FORM_OF[form]):  # the form at the desk would not go on without
                if not values.get(needed.value, "").strip():
                    self.fault(f"{here}.values.{needed.value}", "lacking")
            try:
                yield parse_paper(FORM_OF[form], values, self._on, shown=shown)
            except PaperError as error:
                for key, problem in error.errors:
                    params = tuple((name, str(value)) for name, value in problem.params.items())
                    self.faults.append(Fault(f"{here}.values.{key}", "field", field=problem.code, params=params))

    def _four_items(self, row: Any, path: str) -> FourItems | None:
        if row is None:
            return None
        if not isinstance(row, dict):
            self.fault(path, "table")
            return None
        self.only(row, _ITEM_KEYS, path)
        born = row.get("birthdate")
        sex = self.choice(row, "sex", f"{path}.sex", ("male", "female"), "")
        if not isinstance(born, date) or isinstance(born, datetime) or born > self._on:
            self.fault(f"{path}.birthdate", "date")
            return None
        texts = {key: row.get(key) for key in ("name", "address")}
        for key, text in texts.items():
            if not isinstance(text, str) or not text.strip():
                self.fault(f"{path}.{key}", "text")
        return FourItems(str(texts["name"]), born, sex, str(texts["address"]))

    def _troubles(self, rows: Any, path: str) -> Iterable[Trouble]:
        for index, row in enumerate(self.rows(rows, path)):
            here = f"{path}[{index}]"
            self.only(row, _TROUBLE_KEYS, here)
            if "what" not in row:
                self.fault(f"{here}.what", "choice", ", ".join(What))
            what = self.word(row, "what", f"{here}.what", What, What.DISARM)
            scenario = ""
            if what is What.ARM:
                scenario = self.choice(row, "scenario", f"{here}.scenario", tuple(self._scenarios), "")
                if not scenario and "scenario" not in row:
                    self.fault(f"{here}.scenario", "choice", ", ".join(self._scenarios))
            elif {"scenario", "params", "call", "times"} & row.keys():
                self.fault(here, "only_arm", What.ARM.value)
            params = row.get("params", {})
            good = isinstance(params, dict) and all(isinstance(value, str | int) for value in params.values())
            if not good:
                self.fault(f"{here}.params", "params")
                params = {}
            times = self.whole(row, "times", f"{here}.times", 0, 1, 1000) or None
            call = row.get("call", "")
            if not isinstance(call, str):
                self.fault(f"{here}.call", "text")
                call = ""
            when = self.word(row, "when", f"{here}.when", When, When.ARRIVAL)
            yield Trouble(what, when, scenario, tuple(params.items()), call, times)

    def _plays(self, words: Any, path: str) -> tuple[str, ...]:
        if not isinstance(words, list) or not all(isinstance(w, str) and _FAILURE.fullmatch(w) for w in words):
            self.fault(path, "plays", "F01–F32")
            return ()
        return tuple(words)

    def _expected(self, row: Any, path: str) -> Expected:
        if row is None:
            return Expected()
        if not isinstance(row, dict):
            self.fault(path, "table")
            return Expected()
        self.only(row, _EXPECTED_KEYS, path)
        outcome = self.choice(row, "outcome", f"{path}.outcome", tuple(word.value for word in OutcomeWord), "")
        charge = row.get("charge", "")
        if charge and not (isinstance(charge, str) and _CHARGE.fullmatch(charge)):
            self.fault(f"{path}.charge", "choice", "ratio:30, ask:30, ask:, full, none")
            charge = ""
        queue = self.choice(row, "queue", f"{path}.queue", _QUEUES, "")
        return Expected(outcome, charge, queue)
