"""Somebody to be asked about later, and what came of it: plain values, and how they are written down.

A paper is kept as what was typed from it, so that what is asked later is asked with the same fields. What breaks if it
is wrong: the later question is about somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from eligibility.papers.forms import FORM_OF
from eligibility.papers.paper import Paper, Shown, missing_for_query
from eligibility.papers.parsing import PaperError, parse_paper
from kiosk.flow.facts import FourItems
from kiosk.journal.person import NOBODY, Person


@dataclass(frozen=True, slots=True)
class Queued:
    """Somebody to be asked about later: by `items`, or by the numbers of `paper`. Personal data out of the repr."""

    id: str
    """Names this person's question for good; another one never has it."""
    why: str
    """`four_items` or `recheck`."""
    visit: int
    at: datetime
    """When it was noted, aware."""
    items: FourItems | None = field(default=None, repr=False)
    paper: Paper | None = field(default=None, repr=False)
    name: str = field(default="", repr=False)
    birthdate: date | None = field(default=None, repr=False)
    """Whom it is about where there is nothing to ask with yet."""
    run: str = ""
    """The start of the counter that counted the visit; "" in what an earlier version put."""

    @property
    def lacks_numbers(self) -> bool:
        """Whether nothing can be asked with: it waits for the numbers of a paper."""
        return self.items is None and (self.paper is None or bool(missing_for_query(self.paper)))

    def as_dict(self) -> dict[str, Any]:
        """The fields as JSON."""
        fields: dict[str, Any] = {
            "id": self.id, "why": self.why, "visit": self.visit, "at": self.at.isoformat(), "items": None, "paper": None
        }  # fmt: skip
        if self.items is not None:
            fields["items"] = {
                "name": self.items.name,
                "birthdate": self.items.birthdate.isoformat(),
                "sex": self.items.sex,
                "address": self.items.address,
            }
        if self.paper is not None:
            fields |= {"form": self.paper.form.word, "shown": self.paper.shown.value, "paper": self.paper.typed()}
        if self.run:
            fields["run"] = self.run
        if self.name:
            fields["name"] = self.name
        if self.birthdate is not None:
            fields["birthdate"] = self.birthdate.isoformat()
        return fields

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Queued:
        """Read `as_dict`."""
        at = datetime.fromisoformat(fields["at"])
        items = fields["items"]
        return cls(
            str(fields["id"]),
            str(fields["why"]),
            int(fields["visit"]),
            at,
            FourItems(items["name"], date.fromisoformat(items["birthdate"]), items["sex"], items["address"])
            if items
            else None,
            _paper(fields, at.date()) if fields["paper"] is not None else None,
            str(fields.get("name", "")),
            date.fromisoformat(fields["birthdate"]) if "birthdate" in fields else None,
            str(fields.get("run", "")),
        )


@dataclass(frozen=True, slots=True)
class QueueAnswer:
    """What a later question came to. `outcome` is the policy's word, or "" where the service refused the question."""

    outcome: str
    validity: int | None = None
    code: str = ""
    """Why the service gave no answer about this person: its code."""
    differences: tuple[str, ...] = ()
    """Names of what came back otherwise than it was noted: `name`, `birthdate`, `sex`, `address`, `burden_ratio` …"""
    values: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Of each of them what was noted and what came back, as it is shown."""
    person: Person = field(default=NOBODY, repr=False)
    """The record as the service has it: insurer, numbers, share. Sealed with the queue, as with the journal."""

    def as_dict(self) -> dict[str, Any]:
        """The fields as JSON."""
        return {
            "outcome": self.outcome,
            "validity": self.validity,
            "code": self.code,
            "differences": list(self.differences),
            "values": [list(pair) for pair in self.values],
            "person": self.person.as_dict(),
        }

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> QueueAnswer:
        """Read `as_dict`, also of an earlier version, which kept no record."""
        return cls(
            fields["outcome"],
            fields["validity"],
            fields["code"],
            tuple(map(str, fields["differences"])),
            tuple((str(noted), str(said)) for noted, said in fields.get("values", ())),
            Person.from_dict(fields.get("person", {})),
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one question is. `asked`: it was under way at least once; `reported`: its answer is in the journal."""

    queued: Queued
    asked: bool = False
    answer: QueueAnswer | None = field(default=None, repr=False)
    reported: bool = False


def _paper(fields: dict[str, Any], on: date) -> Paper:
    try:
        return parse_paper(FORM_OF[fields["form"]], fields["paper"], on, shown=Shown(fields["shown"]))
    except PaperError as error:  # a rule became stricter since: what it still takes is asked with
        return error.paper
