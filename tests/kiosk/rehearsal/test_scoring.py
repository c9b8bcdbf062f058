"""Points: ten for a visit as the rules have it, fewer for each mistake, and a sentence for every one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from eligibility.papers.forms import FORM_OF
from eligibility.papers.paper import Shown
from eligibility.papers.parsing import parse_paper
from kiosk.rehearsal.explained import Explained, charge_said, explain, way_said
from kiosk.rehearsal.notes import Decision, Deed, Noted, Notes
from kiosk.rehearsal.scoring import MISTAKES, OF, Score, mistakes, percent, score
from kiosk.rehearsal.script import Record, Visit
from kiosk.words import FULL_LANGUAGES, Words

ON = date(2026, 11, 24)
OK = Decision("OK_ONLINE", 4, "ratio:30", "", consent=True)
VISIT = Visit(time(9), "taro", {"ja": "…"}, card="taro", card_in_hand=True)
PAPER = parse_paper(FORM_OF["certificate_kyokai"], {"insurer_number": "01139997", "number": "1155"}, ON)
COPY = replace(PAPER, shown=Shown.PHOTOCOPY)


def words_of(visit: Visit, done: Notes, right: Notes) -> list[str]:
    return [one.word for one in score(visit, done, right).minus]


def did(*deeds: tuple[Deed, str], decision: Decision | None = OK) -> Notes:
    return Notes(decision, tuple(Noted(*deed) for deed in deeds))


def test_what_the_rules_say_has_every_point() -> None:
    assert score(VISIT, did((Deed.WAY, "pin"), (Deed.CONSENT, "yes")), did()) == Score(OF)
    assert score(VISIT, did(), did()).is_full


@pytest.mark.parametrize(
    ("decision", "words", "points"),
    [
        (replace(OK, outcome="OK_CERTIFICATE", row=6), ["outcome"], 6),
        (replace(OK, charge="ratio:20"), ["charge"], 7),
        (replace(OK, charge="full"), ["charged_full"], 7),
        (replace(OK, outcome="NOT_CONFIRMED", charge="full"), ["outcome", "charged_full"], 3),
        (replace(OK, queue="recheck"), ["queued_for_nothing"], 9),
        (None, ["abandoned"], 0),
    ],
)
def test_another_end_than_the_right_one_costs_points(decision: Decision | None, words: list[str], points: int) -> None:
    scored = score(VISIT, did(decision=decision), did())
    assert [one.word for one in scored.minus] == words
    assert scored.points == points


def test_nothing_to_rest_an_outcome_on_is_right_to_end_without_one() -> None:
    nothing = did(decision=None)
    assert score(VISIT, nothing, nothing).is_full
    assert words_of(VISIT, did(), nothing) == ["decided_for_nothing"]


def test_a_later_check_that_is_missing_is_told() -> None:
    right = did(decision=replace(OK, queue="four_items"))
    assert words_of(VISIT, did(), right) == ["not_queued"]


@pytest.mark.parametrize(
    ("visit", "deed", "word"),
    [
        (VISIT, (Deed.PORTAL, "face_only"), "portal_of_face_only"),
        (VISIT, (Deed.LAST_TRY, "wrong"), "last_try"),
        (VISIT, (Deed.CARD_LEFT, ""), "card_left"),
        (VISIT, (Deed.JUDGED, "different"), "own_person_refused"),
        (VISIT, (Deed.CONSENT_NOT_TO_BE_ASKED, "spoken yes"), "consent_not_to_be_asked"),
        (VISIT, (Deed.CONSENT, "no"), "consent_not_as_said"),
        (VISIT, (Deed.CONSENT, "spoken some"), "consent_not_as_said"),
        (replace(VISIT, consents=False), (Deed.CONSENT, "yes"), "consent_not_as_said"),
        (VISIT, (Deed.REGISTRATION, "yes"), "registered_against_will"),
        (VISIT, (Deed.PAPER, "certificate_kyokai itself"), "paper_not_brought"),
        (replace(VISIT, card_in_hand=False), (Deed.PAPER, "myna_card itself"), "paper_not_brought"),
        (replace(VISIT, card_in_hand=False), (Deed.IN_HAND, ""), "card_not_there"),
        (replace(VISIT, papers=(COPY,)), (Deed.PAPER, "certificate_kyokai itself"), "copy_as_original"),
        (replace(VISIT, papers=(PAPER,)), (Deed.NUMBERS, "eligibility_certificate 01139997 1156"),
         "typed_other_numbers"),
    ],
)  # fmt: skip
def test_each_mistake_on_the_way_has_its_word(visit: Visit, deed: tuple[Deed, str], word: str) -> None:
    scored = score(visit, did(deed), did())
    assert [one.word for one in scored.minus] == [word]
    assert scored.points == OF - MISTAKES[word]


@pytest.mark.parametrize(
    ("visit", "deeds"),
    [
        (VISIT, ((Deed.PORTAL, ""),)),
        (VISIT, ((Deed.USED, "medical"),)),
        (VISIT, ((Deed.IN_HAND, ""),)),
        (VISIT, ((Deed.CONSENT, "spoken yes"),)),
        (VISIT, ((Deed.CONSENT, "no"), (Deed.CONSENT, "yes"))),
        (VISIT, ((Deed.JUDGED, "different"), (Deed.JUDGED, "same"))),
        (replace(VISIT, card="hanako"), ((Deed.JUDGED, "different"),)),
        (replace(VISIT, registers=True), ((Deed.REGISTRATION, "yes"),)),
        (VISIT, ((Deed.PAPER, "myna_card itself"),)),
        (replace(VISIT, papers=(COPY,)), ((Deed.PAPER, "certificate_kyokai photocopy"),)),
        (replace(VISIT, papers=(PAPER,)), ((Deed.NUMBERS, "eligibility_certificate 01139997 1155"),)),
    ],
)
def test_what_is_in_order_costs_nothing(visit: Visit, deeds: tuple[tuple[Deed, str], ...]) -> None:
    assert score(visit, did(*deeds), did()).is_full


def test_somebody_elses_record_has_to_be_seen() -> None:
    other = replace(VISIT, record=Record.OTHER)
    assert words_met(other, did(), did()) == ["other_person_accepted"]
    refused = did(decision=replace(OK, outcome="NOT_CONFIRMED"))
    assert words_met(other, refused, refused) == ["person_not_judged"]
    assert words_met(other, did((Deed.JUDGED, "different")), did()) == []


def test_a_registration_that_was_asked_for_and_not_made_is_told() -> None:
    asked = replace(VISIT, registers=True)
    said = words_met(asked, did((Deed.REGISTRATION, "no")), did((Deed.REGISTRATION, "yes")))
    assert said == ["not_registered"]


@pytest.mark.parametrize("visit", [replace(VISIT, card="hanako"), replace(VISIT, face_is_the_cards=False)])
def test_somebody_elses_card_has_to_be_seen(visit: Visit) -> None:
    refused = did((Deed.JUDGED, "different"), decision=replace(OK, outcome="NOT_CONFIRMED"))
    assert words_met(visit, did((Deed.WAY, "pin")), refused) == ["other_person_accepted"]
    assert words_met(visit, refused, refused) == []
    by_paper = did(decision=replace(OK, outcome="OK_CERTIFICATE"))
    assert words_met(visit, by_paper, by_paper) == []


def test_a_last_try_that_holds_costs_nothing_and_is_told() -> None:
    held = score(VISIT, did((Deed.LAST_TRY, "right")), did())
    assert held.is_full
    assert [(one.word, one.points) for one in held.minus] == [("last_try_right", 0)]
    no_other_way = did((Deed.LAST_TRY, "wrong"))
    assert score(VISIT, no_other_way, no_other_way).minus == ()


@pytest.mark.parametrize(
    "used", [(Deed.USED, "medical"), (Deed.USED, "copied"), (Deed.USED, "reference"), (Deed.CONSENT, "spoken yes")]
)
def test_whoever_uses_the_answer_of_another_person_loses_points(used: tuple[Deed, str]) -> None:
    other, refused = replace(VISIT, record=Record.OTHER), replace(OK, outcome="NOT_CONFIRMED", charge="")
    right = did((Deed.CONSENT, "yes"), (Deed.JUDGED, "different"), decision=refused)
    done = did((Deed.CONSENT, "yes"), (Deed.JUDGED, "different"), used, decision=refused)
    assert score(other, right, right).is_full
    scored = score(other, done, right)
    assert [one.word for one in scored.minus] == ["other_person_used"]
    assert scored.points == 7
    assert words_met(VISIT, did(used), did()) == []


def words_met(visit: Visit, done: Notes, right: Notes) -> list[str]:
    return [one.word for one in mistakes(visit, done, right)]


def test_the_manner_costs_three_points_at_most_and_all_of_it_is_told() -> None:
    scored = score(VISIT, did((Deed.LAST_TRY, "wrong"), (Deed.CONSENT, "no"), (Deed.CARD_LEFT, "")), did())
    assert sorted((one.word, one.points) for one in scored.minus) == [
        ("card_left", 0),
        ("consent_not_as_said", 0),
        ("last_try", 3),
    ]
    assert scored.points == 7


_DETAILS = {
    Deed.PAPER: some.sampled_from(["certificate_kyokai itself", "portal_pdf picture", "myna_card itself"]),
    Deed.NUMBERS: some.sampled_from(["eligibility_certificate 01139997 1155", "portal  "]),
    Deed.USED: some.sampled_from(["medical", "copied", "reference"]),
    Deed.JUDGED: some.sampled_from(["same", "different", "unsure"]),
    Deed.WAY: some.sampled_from(["pin", "face", "visual"]),
    Deed.CONSENT: some.sampled_from(["yes", "no", "some", "spoken yes", "spoken some"]),
    Deed.CONSENT_NOT_TO_BE_ASKED: some.sampled_from(["yes", "spoken no"]),
    Deed.REGISTRATION: some.sampled_from(["yes", "no"]),
    Deed.OUTAGE: some.sampled_from(["on", "off"]),
    Deed.LAST_TRY: some.sampled_from(["right", "wrong"]),
    Deed.PORTAL: some.sampled_from(["", "face_only"]),
}
_DEEDS = some.sampled_from(list(Deed)).flatmap(
    lambda deed: some.builds(
        Noted, some.just(deed), _DETAILS.get(deed, some.just("")), some.sampled_from(["", "09:07"])
    )
)
_DECISIONS = some.none() | some.builds(
    Decision,
    outcome=some.sampled_from(["OK_ONLINE", "NOT_CONFIRMED", "PENDING_4INFO"]),
    row=some.integers(1, 13),
    charge=some.sampled_from(["", "ratio:30", "ask:", "ask:30", "full", "none"]),
    queue=some.sampled_from(["", "recheck", "four_items"]),
)
_NOTES = some.builds(Notes, decision=_DECISIONS, deeds=some.lists(_DEEDS, max_size=6).map(tuple))
_VISITS = some.builds(
    Visit,
    at=some.just(time(9)),
    who=some.just("taro"),
    says=some.just({"ja": "…"}),
    card=some.sampled_from(["", "taro", "hanako"]),
    consents=some.booleans(),
    registers=some.booleans(),
    record=some.sampled_from(list(Record)),
    papers=some.sampled_from([(), (PAPER,), (COPY,)]),
    card_in_hand=some.booleans(),
)


@given(_VISITS, _NOTES, _NOTES)
def test_points_and_deductions_always_make_ten(visit: Visit, done: Notes, right: Notes) -> None:
    scored = score(visit, done, right)
    assert 0 <= scored.points <= OF
    assert scored.points + sum(one.points for one in scored.minus) == OF
    assert len({one.word for one in scored.minus}) == len(scored.minus)
    for lang in FULL_LANGUAGES:
        words = Words(lang)
        said = explain(scored, visit, done, right, words)
        assert [(one.word, one.points) for one in said] == [(one.word, one.points) for one in scored.minus]
        told = "\n".join((way_said(done, words), *(line for one in said for line in lines_of(one))))
        assert not re.search(r"\b(rehearsal|paper|document|queue|row|reason)\.[a-z_]", told)
        assert "{" not in told


def lines_of(one: Explained) -> tuple[str, ...]:
    assert one.moment
    assert one.chosen
    assert one.instead
    assert one.why or one.word in ("charge", "charged_full", "outcome", "not_queued", "queued_for_nothing")
    return (one.moment, one.chosen, one.instead, *one.why)


@given(some.lists(some.integers(0, OF).map(Score), max_size=20))
def test_a_day_is_full_only_if_every_visit_is(scores: list[Score]) -> None:
    assert 0 <= percent(scores) <= 100
    assert (percent(scores) == 100) == (bool(scores) and all(one.is_full for one in scores))


@pytest.mark.parametrize("lang", FULL_LANGUAGES)
@pytest.mark.parametrize("charge", ["ratio:30", "ask:20", "ask:", "full", "none"])
def test_every_charge_has_words(charge: str, lang: str) -> None:
    said = charge_said(replace(OK, charge=charge), Words(lang))
    assert said
    assert not said.startswith("rehearsal.")
    assert charge_said(replace(OK, charge=""), Words(lang)) == ""
