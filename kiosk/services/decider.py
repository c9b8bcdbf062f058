"""The rules of the desk for one visit: from its facts to what is shown (adapter over `eligibility.policy`).

Puts the parts together: `visit_case` makes the case, the policy decides, `shown_reception` makes it readable. What
breaks if it is wrong: a visit without an answer.
"""

from __future__ import annotations

from eligibility.case import Case, Site
from eligibility.outcome import Outcome
from eligibility.policy import decide
from eligibility.rule_dates import STANDARD_RULES, Rules
from kiosk.flow.answer import Reception
from kiosk.flow.facts import VisitFacts
from kiosk.services.interfaces import Now
from kiosk.services.shown_reception import reception_of
from kiosk.services.visit_case import case_of


class PolicyDecider:
    """The rules of the desk for one site (`clinic`, `checkup` or `limited`)."""

    def __init__(self, now: Now, site: str, rules: Rules | None = None, *, equipped: bool = False) -> None:
        """`rules` None: the rule dates as the sources have them; `equipped`: the counter reads phones.

        Raises:
            ValueError: The site is none of these.
        """
        self._now = now
        self._site = Site(site)
        self._rules = rules or STANDARD_RULES
        self._equipped = equipped

    def decide(self, facts: VisitFacts) -> Reception:
        """What all that is known of the visit amounts to today, with guidance. Total."""
        visit = case_of(facts, self._now().date(), self._site, equipped=self._equipped)
        return reception_of(visit, self.outcome(visit.case), facts)

    def case(self, facts: VisitFacts) -> Case:
        """The case of design.md §5 that the rules are asked with."""
        return case_of(facts, self._now().date(), self._site, equipped=self._equipped).case

    def outcome(self, case: Case) -> Outcome:
        """What a case amounts to under this counter's rule dates."""
        return decide(case, self._rules)
