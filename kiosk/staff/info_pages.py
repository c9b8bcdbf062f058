"""Pages that only tell: why (rule, row, days, sources), whom to call, and every other operation by number.

What breaks if it is wrong: staff explain a decision with a rule that did not decide it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from functools import partial
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Vertical

from eligibility.case_json import parse_case
from eligibility.errors import CaseError
from eligibility.help_lines import HELP_LINES
from eligibility.policy import explain
from eligibility.regimes import regime_on
from eligibility.rule_dates import RULE_DATES, Use
from eligibility.words import knows
from kiosk.staff.actions import actions_for, other_actions, reception_of
from kiosk.staff.dialling import dial_words
from kiosk.staff.page import Page, Point, Row
from kiosk.widgets.prose import Prose

_KEYS: Final = tuple("123456789")
_UNREADABLE: Final = "chip_unreadable"


def reason_id(word: str, said: Collection[str], *, passed: bool) -> str:
    """The sentence of a reason of the rules, why a row holds or was passed; `said` are the reasons the answer gives.

    A card or phone that is not asked is for the rules one that cannot be read: only where that is so is it said.
    """
    if word == _UNREADABLE and word not in said:
        return "side-why.not_asked"
    return f"passed.{word}" if passed and knows(f"passed.{word}") else f"reason.{word}"


class WhyPage(Page):
    """The way through the rules to this decision, the days in force and their sources, and the case for `decide`."""

    NAME: ClassVar[str] = "side-why"

    def compose(self) -> ComposeResult:
        """The row that decided first, then the rows before it, the days, the case as JSON."""
        reception = reception_of(self.hands.standing.state)
        with Vertical(classes="middle"):
            if reception is None or not reception.case_json:
                yield self.say("side-why.nothing", classes="lead")
            else:
                yield from self._why(reception.case_json, reception.reasons)
        with Vertical(classes="answers"):
            if reception is not None and reception.case_json:
                yield self.choice("1", "side-why.copy", lambda: self._copy(reception.case_json))
            yield self.back_choice()

    def _why(self, case_json: str, said: Collection[str]) -> Iterator[Prose | Row]:
        try:
            case = parse_case(case_json)
        except CaseError:  # the rules were asked with it, so this is a fault of ours: say so, lose nothing
            yield self.say("side-why.broken", classes="lead")
            return
        steps = explain(case, self.hands.desk.rules)
        fits = steps[-1]
        yield Row(
            self.t("side-why.row", row=fits.row),
            self.t(f"row.{fits.row}"),
            *(self.t(reason_id(word, said, passed=False)) for word in fits.why),
            id="why-row",
        )
        passed = tuple(
            f"{step.row} {self.t(f'row.{step.row}')}: "
            + self.t("side.and").join(self.t(reason_id(word, said, passed=True)) for word in step.why)
            for step in steps[:-1]
        )
        if passed:
            yield Row(self.t("side-why.passed"), *passed)
        regime = regime_on(case.on, self.hands.desk.rules)
        holds = tuple(self.t(f"in_force.{word.value}") for word in regime.in_force)
        yield Row(self.t("side-why.period"), self.t(f"period.{regime.period.value}"), *holds)
        yield Row(self.t("side-why.days"), *self._days())
        yield Row(self.t("side-why.case"), json.dumps(json.loads(case_json), ensure_ascii=False), id="why-case")

    def _days(self) -> Iterator[str]:
        rules = self.hands.desk.rules
        for rule in RULE_DATES:
            if rule.use is Use.DECIDES:
                day = getattr(rules, rule.word, rule.day)
                unsure = "" if rule.verified else self.t("side-why.unverified")
                source = self.setting.words.one_of(f"side-why.source.{rule.word}", rule.source)
                yield f"{day.isoformat()}  {self.t(f'rule.{rule.word}')}{unsure}  [{source}]"

    def _copy(self, case_json: str) -> None:
        self.hands.copy(case_json)
        self.hands.say(self.t("side-why.copied"))


class HelpLinesPage(Page):
    """Every help line with its hours, and whether somebody answers now."""

    NAME: ClassVar[str] = "side-help-lines"

    def compose(self) -> ComposeResult:
        """One row a line."""
        at = self.hands.desk.now()
        words = self.setting.words
        with Vertical(classes="middle"):
            for line in HELP_LINES:
                hours = self.t(f"help_line.{line.word}.hours")
                whose = self.t(f"help_line.for.{line.audience.value}")
                yield Point(dial_words(line, words, at, about=self.t(f"help_line.{line.word}")))
                yield Point(f"{hours}  {whose}", mark="  ", classes="quiet")
        with Vertical(classes="answers"):
            yield self.back_choice()


class MorePage(Page):
    """Everything else by number: the actions that had no key, and what is always to be had."""

    NAME: ClassVar[str] = "side-more"

    def compose(self) -> ComposeResult:
        """Numbered; never more than nine (`other_actions`)."""
        now = self.hands.standing
        named = tuple(action for action in other_actions(now) if action not in actions_for(now))
        with Vertical(classes="middle answers"):
            for key, action in zip(_KEYS, named, strict=False):
                yield self.choice(key, action.word, partial(self.hands.do, action))
            yield self.back_choice()
