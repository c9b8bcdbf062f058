"""What the desk does in a visit: papers, facts, outage and disaster, the family, undo, and what is left half-typed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from eligibility.case import Flag, Membership, Person, Visit
from eligibility.documents import Identity, MynaCard
from kiosk.flow import effects as do
from kiosk.flow import events as ev
from kiosk.flow.counter import Counter, UnexpectedEventError
from kiosk.flow.effects import Effect
from kiosk.flow.facts import VisitFacts, Way
from kiosk.flow.states import (
    AskingService,
    ChoosingPaper,
    ConfirmingPaper,
    EnteringPin,
    Idle,
    InTrouble,
    ReadingCard,
    Settling,
    ShowingAnswer,
    TakingCard,
    TakingFourItems,
    Trouble,
    TypingPaper,
)
from tests.kiosk.flow.samples import (
    BY_NUMBERS,
    CARD,
    CERTIFICATE,
    DRAFT,
    ITEMS,
    NO_CONSENT,
    NOTICE,
    OFFER,
    OTHER_PAPER,
    PAPER,
    QUALIFICATION,
    SITUATIONS,
    TYPED_ANSWER,
    WAITS,
    WITHOUT_NUMBER,
    a_pin,
    paper,
    play,
    tell,
)

WRITTEN = ev.EntryWritten(ok=True)
TYPED = (ev.PaperChosen(NOTICE), ev.PaperCompleted(PAPER, DRAFT), ev.PaperConfirmed())
"""A paper is chosen, typed and compared; the service is asked."""
DECIDED = (ev.Decided(TYPED_ANSWER), WRITTEN)
ANSWERED = (ev.Answered(BY_NUMBERS), *DECIDED)
FOUR_ITEMS = (ev.FourItemsRequested(), ev.FourItemsTaken(ITEMS))
QUEUED_CERTIFICATE = replace(TYPED_ANSWER, outcome="OK_CERTIFICATE", by="", queue="recheck")


def records(effects: list[Effect]) -> list[do.RecordVisit]:
    return [effect for effect in effects if isinstance(effect, do.RecordVisit)]


def queued(effects: list[Effect]) -> list[do.QueueLater]:
    return [effect for effect in effects if isinstance(effect, do.QueueLater)]


def decided_on(effects: list[Effect]) -> VisitFacts:
    """What the rules were asked with, the last time."""
    return [effect.facts for effect in effects if isinstance(effect, do.Decide)][-1]


def typed_answer(start: Counter | None = None) -> Counter:
    return play(*TYPED, *ANSWERED, start=start)[0]


def card_answer() -> Counter:
    """After an answer by card that was shown."""
    return play(
        ev.CardPlaced(),
        ev.CardRead(CARD),
        ev.WayChosen(Way.PIN),
        ev.PinEntered(a_pin()),
        ev.PinAccepted(),
        ev.Answered(QUALIFICATION),
        ev.Decided(NO_CONSENT),
        WRITTEN,
    )[0]


# --- papers -----------------------------------------------------------------------------------------------------


def test_a_paper_is_asked_by_its_numbers_decided_recorded_and_shown() -> None:
    counter, effects = play(ev.ManualRequested(), *TYPED)
    assert counter.state == AskingService(None)
    assert effects[-1] == do.AskByPaper(1, PAPER)
    shown, effects = play(*ANSWERED, start=counter)
    assert shown.state == ShowingAnswer(TYPED_ANSWER, card_on_reader=False)
    assert decided_on(effects) == VisitFacts(papers=(PAPER,), by_numbers=BY_NUMBERS)
    [entry] = records(effects)
    assert (entry.method, entry.document, entry.documents) == ("manual", "eligibility_notice", ("eligibility_notice",))


def test_without_a_reader_staff_type_a_paper_in_and_the_journal_knows_why() -> None:
    start, _ = play(ev.ReaderGone(Trouble.NO_READER))
    _, effects = play(ev.ManualRequested(), *TYPED, *ANSWERED, start=start)
    [entry] = records(effects)
    assert entry.troubles == ("no_reader",)


def test_a_paper_may_be_chosen_at_once_wherever_staff_can_turn_to_papers() -> None:
    for situation in ("idle", "choosing method", "trouble, card there", "answer by card", "asking by card"):
        counter = tell(SITUATIONS[situation], ev.PaperChosen(NOTICE)).counter
        assert isinstance(counter.state, TypingPaper), situation


def test_a_paper_that_lacks_what_a_query_needs_is_decided_without_one() -> None:
    counter, effects = play(ev.PaperChosen("portal_screen"), ev.PaperCompleted(WITHOUT_NUMBER), ev.PaperConfirmed())
    assert counter.state == Settling(by_numbers=True)
    assert decided_on(effects).papers == (WITHOUT_NUMBER,)


def test_a_service_that_is_silent_leaves_the_rules_to_decide_and_the_person_to_the_queue() -> None:
    _, effects = play(*TYPED, ev.ServiceFailed(Trouble.SERVER_DOWN), ev.Decided(QUEUED_CERTIFICATE))
    assert decided_on(effects).service_silent
    assert queued(effects) == [do.QueueLater(1, "recheck", None, PAPER)]
    [entry] = records(effects)
    assert (entry.troubles, entry.queue) == (("server_down",), "recheck")
    assert effects.index(queued(effects)[0]) < effects.index(entry), "queued before it is called recorded"


def test_a_second_paper_stands_beside_the_first_and_starts_with_what_one_person_has_in_common() -> None:
    choosing, _ = play(ev.ManualRequested(), start=typed_answer())
    assert isinstance(choosing.state, ChoosingPaper)
    assert dict(choosing.state.kept) == {"name": "協会　太郎", "birthdate": "1980-06-15"}
    same_form, _ = play(ev.PaperChosen(NOTICE), start=choosing)
    assert isinstance(same_form.state, TypingPaper)
    assert "number" not in dict(same_form.state.draft), "another paper of the same form is another paper"
    second = (ev.PaperChosen(CERTIFICATE), ev.PaperCompleted(OTHER_PAPER), ev.PaperConfirmed(), *ANSWERED)
    _, effects = play(*second, start=choosing)
    assert decided_on(effects).papers == (PAPER, OTHER_PAPER)
    assert [entry.documents for entry in records(effects)] == [("eligibility_notice", "eligibility_certificate")]


def test_going_back_loses_nothing_that_was_typed() -> None:
    typing, _ = play(ev.PaperChosen(NOTICE))
    confirming, _ = play(ev.PaperCompleted(PAPER, DRAFT), start=typing)
    assert confirming.state == ConfirmingPaper(PAPER, None, card_on_reader=False, draft=DRAFT)
    assert play(ev.Back(), start=confirming)[0].state == TypingPaper(NOTICE, None, card_on_reader=False, draft=DRAFT)
    other, _ = play(ev.Back(DRAFT), ev.PaperChosen(CERTIFICATE), start=typing)
    assert other.state == TypingPaper(CERTIFICATE, None, card_on_reader=False)
    back, _ = play(ev.Back((("number", "9"),)), ev.PaperChosen(NOTICE), start=other)
    assert back.state == TypingPaper(NOTICE, None, card_on_reader=False, draft=DRAFT)


def test_what_choosing_already_told_is_typed_for_staff_over_what_was_there() -> None:
    typing, _ = play(ev.PaperChosen(NOTICE), ev.Back(DRAFT))
    again, _ = play(ev.PaperChosen(NOTICE, (("insurer_number", "06129993"),)), start=typing)
    assert isinstance(again.state, TypingPaper)
    assert dict(again.state.draft) == {"insurer_number": "06129993", "number": "12345"}


def test_a_form_that_turns_out_to_be_another_insurers_keeps_what_was_typed() -> None:
    other = paper("notice_company_a")
    confirming, _ = play(ev.PaperChosen(NOTICE), ev.PaperCompleted(other, DRAFT))
    assert play(ev.Back(), start=confirming)[0].state == TypingPaper(
        "notice_company_a", None, card_on_reader=False, draft=DRAFT
    )


@pytest.mark.parametrize(
    ("completed", "device"),
    [
        (ev.PaperCompleted(PAPER), None),
        (ev.PaperCompleted(PAPER, card_in_hand=True), MynaCard(readable=False)),
        (ev.PaperCompleted(PAPER, (("card_in_hand", "yes"),)), MynaCard(readable=False)),
    ],
)
def test_a_card_that_nobody_could_read_counts_beside_a_paper_if_staff_hold_it(
    completed: ev.Event, device: MynaCard | None
) -> None:
    _, effects = play(ev.PaperChosen(NOTICE), completed, ev.PaperConfirmed(), *ANSWERED)
    assert decided_on(effects).device == device


def test_a_locked_card_beside_a_paper_is_one_that_cannot_be_asked() -> None:
    locked = SITUATIONS["trouble, card there"]
    facts = replace(locked.facts, device=MynaCard(identity=Identity.PIN_LOCKED))
    _, effects = play(ev.ManualRequested(), *TYPED, *ANSWERED, start=replace(locked, facts=facts))
    assert decided_on(effects).device == MynaCard(readable=False, identity=Identity.PIN_LOCKED)


@pytest.mark.parametrize("readable", [True, False])
@pytest.mark.parametrize(
    "told",
    [
        (ev.ManualRequested(), *TYPED, *ANSWERED),
        (ev.VerbalConfirmed(), *DECIDED),
        (ev.FourItemsRequested(), ev.FourItemsTaken(ITEMS), ev.Decided(WAITS)),
    ],
    ids=["paper", "word of mouth", "four items"],
)
def test_a_card_that_was_read_and_is_gone_on_without_is_known_to_be_in_order(
    told: tuple[ev.Event, ...], readable: bool
) -> None:
    before = replace(SITUATIONS["trouble, card there"], outage=told[0] == ev.FourItemsRequested())
    stopped = replace(before, facts=replace(before.facts, device=MynaCard(readable=readable)))
    _, effects = play(*told, start=stopped)
    facts = decided_on(effects)
    assert (facts.device, facts.set_aside) == (MynaCard(readable=False), readable)


def test_staff_who_do_not_wait_for_a_slow_service_lose_nothing_they_typed() -> None:
    asking, _ = play(ev.ManualRequested(), *TYPED)
    counter, effects = play(ev.ManualRequested(), start=asking)
    assert counter.state == ChoosingPaper(Trouble.SERVER_DOWN, card_on_reader=False, can_retry=True, kept=counter.kept)
    assert counter.visit == asking.visit + 1, "the late answer names a visit that is over"
    assert [(entry.document, entry.troubles) for entry in records(effects)] == [
        ("eligibility_notice", ("server_down",))
    ]
    again, _ = play(ev.PaperChosen(NOTICE), start=counter)
    assert again.state == TypingPaper(NOTICE, Trouble.SERVER_DOWN, card_on_reader=False, draft=DRAFT)


def test_the_next_card_finds_nothing_that_was_typed_before() -> None:
    asking, _ = play(ev.ManualRequested(), *TYPED)
    counter, _ = play(ev.StaffCalled(), ev.CardPlaced(), start=asking)
    assert (counter.drafts, counter.kept) == ((), ())


def test_going_on_with_a_paper_after_a_pulled_card_is_an_entry_of_its_own() -> None:
    pulled, _ = play(ev.CardPlaced(), ev.CardTaken())
    _, effects = play(ev.ManualRequested(), ev.PaperChosen(NOTICE), ev.Abandoned(), start=pulled)
    [entry] = records(effects)
    assert (entry.visit, entry.outcome, entry.document, entry.troubles) == (
        2,
        "ABANDONED",
        "eligibility_notice",
        ("card_pulled",),
    )


def test_staff_may_turn_to_a_paper_while_a_patient_is_asked_something() -> None:
    counter, effects = play(ev.CardPlaced(), ev.CardRead(CARD), ev.WayChosen(Way.PIN), ev.ManualRequested())
    assert counter.state == ChoosingPaper(Trouble.CALLED_STAFF, card_on_reader=True, can_retry=True)
    assert do.ReleaseCard(1) in effects
    back, _ = play(ev.Back(), start=counter)
    assert isinstance(back.state, InTrouble)


def test_an_unregistered_card_is_remembered_when_a_paper_is_typed_instead() -> None:
    offered = SITUATIONS["offering registration"]
    counter, _ = play(ev.ManualRequested(), start=offered)
    assert isinstance(counter.state, ChoosingPaper)
    assert counter.state.because is Trouble.NOT_REGISTERED
    back, _ = play(ev.Back(), start=counter)
    assert back.state == ShowingAnswer(OFFER, card_on_reader=True)


def test_a_typed_answer_stays_when_the_card_is_taken() -> None:
    counter, _ = play(ev.ManualRequested(), ev.CardPlaced(), *TYPED, *ANSWERED)
    assert play(ev.CardTaken(), start=counter)[0].state == ShowingAnswer(TYPED_ANSWER, card_on_reader=False)


def test_the_next_persons_card_waits_and_is_not_in_hand_for_this_one() -> None:
    waiting, _ = play(ev.CardPlaced(), start=typed_answer())
    second, _ = play(ev.ManualRequested(), start=waiting)
    assert isinstance(second.state, ChoosingPaper)
    assert not second.state.card_on_reader
    assert play(ev.Acknowledged(), start=waiting)[0].state == ReadingCard()
    assert play(ev.CardTaken(), ev.Acknowledged(), start=waiting)[0].state == Idle()


# --- facts, undo ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "facts"),
    [
        (ev.PersonJudged(Person.UNSURE), {"person": Person.UNSURE}),
        (ev.PersonJudged(Person.SAME), {"person": Person.SAME}),
        (ev.MembershipTold(Membership.LEFT), {"membership": Membership.LEFT}),
        (ev.ProtectionTold("self_info_refused"), {"flags": frozenset({Flag.SELF_INFO_REFUSED})}),
    ],
)
def test_a_fact_of_the_desk_asks_the_rules_anew_and_is_recorded(told: ev.Event, facts: dict[str, object]) -> None:
    before = typed_answer()
    counter, effects = play(told, *DECIDED, start=before)
    assert isinstance(counter.state, ShowingAnswer)
    assert decided_on(effects) == replace(before.facts, **facts)  # type: ignore[arg-type]
    assert len(records(effects)) == 1


def test_a_returning_patient_whose_card_fails_is_confirmed_by_word_of_mouth() -> None:
    unreadable, _ = play(ev.CardPlaced(), ev.CardFailed(Trouble.CARD_UNREADABLE))
    _, effects = play(ev.VerbalConfirmed(), *DECIDED, start=unreadable)
    facts = decided_on(effects)
    assert (facts.visit, facts.known_patient, facts.device) == (Visit.RETURN, True, MynaCard(readable=False))
    [entry] = records(effects)
    assert (entry.method, entry.troubles) == ("manual", ("card_unreadable",))


def test_what_the_desk_took_back_corrects_the_entry_before() -> None:
    before = typed_answer()
    judged, _ = play(ev.PersonJudged(Person.DIFFERENT), *DECIDED, start=before)
    counter, effects = play(ev.Undone(), ev.Decided(TYPED_ANSWER), start=judged)
    assert decided_on(effects) == before.facts
    [entry] = records(effects)
    assert entry.corrects
    again, _ = play(WRITTEN, ev.Undone(), start=counter)
    assert again.facts == VisitFacts(), "the paper is taken back, too"
    shown, _ = play(WRITTEN, start=again)
    with pytest.raises(UnexpectedEventError):
        play(ev.Undone(), start=shown)


def test_a_correction_is_one_entry_only() -> None:
    judged, _ = play(ev.PersonJudged(Person.DIFFERENT), *DECIDED, start=typed_answer())
    undone, _ = play(ev.Undone(), *DECIDED, start=judged)
    _, effects = play(ev.MembershipTold(Membership.CURRENT), *DECIDED, start=undone)
    assert [entry.corrects for entry in records(effects)] == [False]


# --- outage, disaster -------------------------------------------------------------------------------------------


def in_outage() -> Counter:
    return play(ev.OutageSwitched(on=True))[0]


def test_in_an_outage_a_card_is_not_read_and_nobody_is_asked() -> None:
    counter, effects = play(ev.CardPlaced(), start=in_outage())
    assert counter.state == InTrouble(Trouble.OUTAGE, card_on_reader=True)
    assert not any(isinstance(effect, do.ReadCard | do.FetchChallenge) for effect in effects)
    [advise] = [effect for effect in effects if isinstance(effect, do.Advise)]
    assert (advise.facts.outage, advise.facts.device) == (True, MynaCard())


def test_in_an_outage_four_items_are_noted_and_queued() -> None:
    start, _ = play(ev.CardPlaced(), start=in_outage())
    taking, _ = play(ev.FourItemsRequested(), start=start)
    assert taking.state == TakingFourItems(Trouble.OUTAGE, card_on_reader=True)
    counter, effects = play(ev.FourItemsTaken(ITEMS), ev.Decided(WAITS), WRITTEN, start=taking)
    assert isinstance(counter.state, ShowingAnswer)
    facts = decided_on(effects)
    assert (facts.four_items, facts.outage, facts.device) == (ITEMS, True, MynaCard(readable=False))
    assert queued(effects) == [do.QueueLater(1, "four_items", ITEMS, None)]
    assert [(entry.outcome, entry.queue, entry.troubles) for entry in records(effects)] == [
        ("PENDING_4INFO", "four_items", ("outage",))
    ]


def test_in_an_outage_a_paper_is_decided_without_the_service() -> None:
    counter, effects = play(*TYPED, start=in_outage())
    assert isinstance(counter.state, Settling)
    assert not any(isinstance(effect, do.AskByPaper) for effect in effects)
    assert decided_on(effects).outage


def test_nobody_is_queued_twice_for_the_same() -> None:
    queue = (ev.Decided(WAITS), WRITTEN)
    shown, first = play(*FOUR_ITEMS, *queue, start=in_outage())
    _, second = play(ev.MembershipTold(Membership.CURRENT), *queue, start=shown)
    assert len(queued(first)) == 1
    assert queued(second) == []


def test_the_mode_survives_visits_and_its_end_asks_the_queue() -> None:
    counter, _ = play(*FOUR_ITEMS, ev.Decided(WAITS), WRITTEN, ev.Acknowledged(), start=in_outage())
    assert counter == Counter(visit=2, outage=True)
    over, effects = play(ev.OutageSwitched(on=False), start=counter)
    assert over == Counter(visit=2)
    assert effects == [do.AskQueue(2)]
    assert play(ev.OutageSwitched(on=False), start=over)[1] == [], "nothing is over twice"


def test_four_items_are_for_an_outage_a_disaster_or_a_silent_service() -> None:
    with pytest.raises(UnexpectedEventError):
        play(ev.FourItemsRequested())
    silent = play(*TYPED, ev.ServiceFailed(Trouble.SERVER_DOWN), ev.Decided(WAITS), WRITTEN)[0]
    assert isinstance(play(ev.FourItemsRequested(), start=silent)[0].state, TakingFourItems)


def test_a_trouble_is_advised_anew_when_the_mode_changes() -> None:
    trouble, _ = play(ev.CardPlaced(), ev.CardFailed(Trouble.CARD_UNREADABLE))
    _, effects = play(ev.OutageSwitched(on=True), start=trouble)
    advise, hold = effects
    assert hold == do.HoldQueue(trouble.visit), "nobody is asked about in an outage"
    assert isinstance(advise, do.Advise)
    assert advise.facts.outage


def test_in_a_disaster_the_service_is_asked_by_four_items() -> None:
    start, _ = play(ev.DisasterSwitched(on=True))
    asking, effects = play(*FOUR_ITEMS, start=start)
    assert asking.state == AskingService(None)
    assert effects[-1] == do.AskByFourItems(1, ITEMS)
    accepted = replace(TYPED_ANSWER, outcome="OK_DISASTER")
    shown, effects = play(
        ev.Answered(replace(BY_NUMBERS, by="four_items")), ev.Decided(accepted), WRITTEN, start=asking
    )
    assert decided_on(effects).disaster
    assert shown.state == ShowingAnswer(accepted, card_on_reader=False)


# --- the family, drafts -----------------------------------------------------------------------------------------


def test_the_next_of_a_family_starts_with_what_their_papers_share_and_nothing_else() -> None:
    counter, effects = play(ev.NextOfFamily(), start=typed_answer())
    assert counter.visit == 2
    assert isinstance(counter.state, ChoosingPaper)
    shared = {"insurer_number": "01139997", "symbol": "1234", "number": "567"}
    assert dict(counter.state.kept) == shared
    assert (counter.facts, counter.reception, counter.troubles) == (VisitFacts(), None, ())
    assert do.ForgetPatient(1) in effects
    assert effects[-1] == do.OpenVisit(2)
    typing, _ = play(ev.PaperChosen(NOTICE), start=counter)
    assert isinstance(typing.state, TypingPaper)
    assert dict(typing.state.draft) == shared


def test_the_next_of_a_family_in_an_outage_keeps_the_address() -> None:
    shown, _ = play(*FOUR_ITEMS, ev.Decided(WAITS), WRITTEN, start=in_outage())
    counter, _ = play(ev.NextOfFamily(), start=shown)
    assert counter.state == TakingFourItems(None, card_on_reader=False, draft=(("address", ITEMS.address),))


def test_an_answer_by_card_has_no_next_of_the_family() -> None:
    with pytest.raises(UnexpectedEventError):
        play(ev.NextOfFamily(), start=card_answer())


def test_a_desk_that_was_left_keeps_what_was_half_typed_and_ends_the_visit() -> None:
    typing, _ = play(ev.PaperChosen(NOTICE))
    counter, effects = play(ev.Expired(DRAFT), start=typing)
    assert counter == Counter(visit=2)
    assert effects[0] == do.KeepDraft(1, NOTICE, DRAFT)
    assert [entry.outcome for entry in records(effects)] == ["ABANDONED"]


def test_nothing_typed_is_nothing_kept() -> None:
    _, effects = play(ev.PaperChosen(NOTICE), ev.Expired())
    assert not any(isinstance(effect, do.KeepDraft) for effect in effects)


def test_the_four_items_are_kept_as_a_form_of_their_own_and_taken_up_again() -> None:
    taking, _ = play(ev.FourItemsRequested(), start=in_outage())
    idle, effects = play(ev.Expired(DRAFT), start=taking)
    assert effects[0] == do.KeepDraft(1, "four_items", DRAFT)
    again, _ = play(ev.DraftResumed("four_items", DRAFT), start=idle)
    assert again.state == TakingFourItems(None, card_on_reader=False, draft=DRAFT)


def test_a_kept_form_is_taken_up_again_where_it_was_left() -> None:
    counter, _ = play(ev.DraftResumed(NOTICE, DRAFT))
    assert counter.state == TypingPaper(NOTICE, None, card_on_reader=False, draft=DRAFT)


def test_a_given_up_form_is_recorded_and_dropped_at_once_also_when_a_card_lies_there() -> None:
    typing, _ = play(ev.ManualRequested(), ev.CardPlaced(), ev.PaperChosen(NOTICE))
    counter, effects = play(ev.Back(DRAFT), ev.PaperChosen(NOTICE), ev.Abandoned(), start=typing)
    assert counter.state == TakingCard(None)
    assert counter.drafts == ()
    assert [(entry.outcome, entry.document) for entry in records(effects)] == [("ABANDONED", "eligibility_notice")]
    assert records(play(ev.CardTaken(), start=counter)[1]) == []


def test_a_patients_half_typed_pin_is_nobodys_draft() -> None:
    pad, _ = play(ev.CardPlaced(), ev.CardRead(CARD), ev.WayChosen(Way.PIN))
    assert isinstance(pad.state, EnteringPin)
    _, effects = play(ev.Expired(), start=pad)
    assert not any(isinstance(effect, do.KeepDraft) for effect in effects)
