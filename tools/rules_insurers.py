"""The sections of docs/rules.md on what differs by insurer, and on whom to call.

Everything here is asked of the data of `eligibility`. If it is wrong, a reader compares an insurer's leaflet with rules
that the desk does not go by.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from eligibility.certificate_grounds import GROUNDS, Ground, Way, not_grounds
from eligibility.certificate_issue import joining_lines, who_issues
from eligibility.documents import EligibilityCertificate, EligibilityNotice, InsuranceCard
from eligibility.help_lines import HELP_LINES
from eligibility.insurer_profiles import BASES, InsurerProfile
from eligibility.papers.fields import PaperField
from eligibility.papers.form_types import PaperForm
from eligibility.papers.forms import FORMS
from eligibility.return_rules import Holding, return_rule
from eligibility.rule_dates import OLD_CARD_ISSUED_UNTIL
from tools.rules_markdown import BREAK, both, code, codes, link, paragraphs, plain, sentences, table

_WAYS = {Way.APPLICATION: "申請", Way.EX_OFFICIO: "職権"}
_FIRST_DAY = OLD_CARD_ISSUED_UNTIL.day + timedelta(days=1)
_IN_OLD_CARDS_TIME, _TODAY = date(2025, 6, 1), date(2026, 11, 20)
_ANYBODY = InsurerProfile.OTHER
_OLD_CARD = Holding(InsuranceCard.document, _ANYBODY, _IN_OLD_CARDS_TIME, lost=True)
_CERTIFICATE = Holding(EligibilityCertificate.document, _ANYBODY, _TODAY)
_HOLDINGS = (
    ("健康保険証, membership lost by 2025-12-01", _OLD_CARD),
    ("the same, 任意継続", replace(_OLD_CARD, voluntary=True)),
    ("健康保険証 of a member, from 2025-12-02 on", replace(_OLD_CARD, on=_TODAY, lost=False)),
    ("資格確認書, membership lost inside its limit", replace(_CERTIFICATE, lost=True)),
    ("資格確認書 that arrived after the loss", replace(_CERTIFICATE, arrived_after_loss=True)),
    ("the older of two 資格確認書", replace(_CERTIFICATE, older_of_two=True)),
    ("資格確認書 past its limit", replace(_CERTIFICATE, expired=True)),
    ("資格情報のお知らせ, after leaving", Holding(EligibilityNotice.document, _ANYBODY, _TODAY, lost=True)),
)


def insurers() -> str:
    """Section: whose rules they are, grounds, ways, returns and what each paper prints, per insurer."""
    profiles = [plain(f"{profile.value}") for profile in InsurerProfile]
    return paragraphs(
        f"A 保険者番号 leads to one of {len(profiles)} sets of rules: {link('eligibility/insurer_profiles.py')}. "
        "A *model* means that what one insurer prints stands for all of its kind.",
        table(("Rules of", "Rest on", "Who issues, how one applies, how it arrives, when it works"), _issuers()),
        f"**Why a person gets a 資格確認書** ({link('eligibility/certificate_grounds.py')}): 申請 is applied for, "
        f"職権 comes by itself. From {_FIRST_DAY} on where no day is said; \\* is unverified, – is no ground there.",
        table(("Ground", *profiles), _grounds()),
        f"**What becomes of a document** that is no longer used ({link('eligibility/return_rules.py')}); \\* is "
        "unverified for that insurer.",
        table(("Document", *profiles), _returns()),
        f"**What a paper prints** ({link('eligibility/papers/forms.py')}), always and on some of them; "
        "\\* rests on one weak source or an inference.",
        table(("Paper", "Alone", "Prints", "On some", "Sources"), map(_form, FORMS)),
    )


def help_lines() -> str:
    """Section: whom to call."""
    rows = (
        (
            both(f"help_line.{line.word}"),
            code(line.number),
            both(f"help_line.{line.word}.hours"),
            f"{line.audience.value}{BREAK}{codes(line.topics)}",
            f"{plain(' · '.join(line.sources))}{'' if line.verified else ' (**unverified**)'}",
        )
        for line in HELP_LINES
    )
    return paragraphs(
        f"Printed data, not a promise: {link('eligibility/help_lines.py')}. The days of 年末年始 are unverified.",
        table(("Line", "Number", "Hours", "For", "Sources"), rows),
    )


def _issuers() -> Iterator[tuple[str, str, str]]:
    for profile, basis in BASES.items():
        lines = [both(message) for message in who_issues(profile).message_ids()]
        lines += [both(message) for message, _ in joining_lines(profile)]
        rests_on = plain(", ".join(basis.sources)) + (" (model)" if basis.model else "")
        yield code(profile.value), rests_on, BREAK.join(lines)


def _grounds() -> Iterator[tuple[str, ...]]:
    words = dict.fromkeys(ground.word for of_one in GROUNDS.values() for ground in of_one)
    for word in words:
        yield both(f"ground.{word}"), *(_ground_cell(profile, word) for profile in InsurerProfile)
    refused = dict.fromkeys(reason.message_id for profile in InsurerProfile for reason in not_grounds(profile))
    for message in refused:
        named = ({reason.message_id for reason in not_grounds(profile)} for profile in InsurerProfile)
        yield both(message), *("no ground" if message in found else "–" for found in named)


def _ground_cell(profile: InsurerProfile, word: str) -> str:
    found: Ground | None = next((ground for ground in GROUNDS[profile] if ground.word == word), None)
    if found is None:
        return "–"
    parts = [_WAYS[found.way] + _star(found.verified)]
    if found.first != _FIRST_DAY:
        parts.append(f"from {found.first}")
    if found.last:
        parts.append(f"to {found.last}")
    return f"{' '.join(parts)}{BREAK}{plain('; '.join(found.sources))}"


def _returns() -> Iterator[tuple[str, ...]]:
    for label, holding in _HOLDINGS:
        rules = [return_rule(replace(holding, profile=profile)) for profile in InsurerProfile]
        yield label, *(both(f"return_rule.how.{rule.how.value}") + _star(rule.verified) for rule in rules)


def _star(verified: bool) -> str:
    return "" if verified else r"\*"


def _form(form: PaperForm) -> tuple[str, ...]:
    return (
        both(f"paper.form.{form.word}"),
        "enough" if form.proves_alone else "not enough",
        _fields(form, form.carries),
        _fields(form, form.optional),
        plain(" · ".join(form.sources)),
    )


def _fields(form: PaperForm, printed: frozenset[PaperField]) -> str:
    """The official names of fields, in their usual order."""
    return (
        "、".join(
            plain(sentences("ja")[f"paper_field.{field}"]) + _star(field not in form.unverified)
            for field in PaperField
            if field in printed
        )
        or "–"
    )
