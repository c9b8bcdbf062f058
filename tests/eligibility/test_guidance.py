"""What staff and patients read after a decision: something for everything, in order, and never what is not for them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given

from eligibility import words
from eligibility.case import Answer, AskedBy, Case, Flag, Membership, Person, Visit
from eligibility.documents import Certificate, Identity, MynaCard, Smartphone
from eligibility.guidance import Guidance, guidance_for
from eligibility.guidance_lines import (
    ABOUT_SOMEBODY_ELSE,
    HELP_BY_ASKING,
    HELP_BY_REASON,
    HELP_BY_TELLING,
    MINDED_FIRST,
    TOLD_TO_PATIENT,
    WHY_CHARGED,
    booking_lines,
    patient_lines,
    staff_lines,
)
from eligibility.help_lines import HELP_LINES
from eligibility.insurer_profiles import InsurerProfile
from eligibility.outcome import Charge, ChargeKind, Outcome, OutcomeWord
from eligibility.policy import decide
from eligibility.return_rules import Holding, How, Situation, return_rule
from eligibility.rule_dates import OLD_CARD_UNTIL
from eligibility.topics import TOPICS
from tests.eligibility.cases import (
    AT_72,
    AT_80,
    BROKEN_CARD,
    BY_CARD,
    CARD,
    CERTIFICATE,
    GRACE_CARD,
    NOTICE,
    OLD_CARD,
    OTHER_CERTIFICATE,
    PIN_CARD,
    PORTAL,
    UNREGISTERED,
    by_card,
    by_numbers,
    case,
)
from tests.eligibility.fixture_insurers import COMPANY, KYOKAI
from tests.eligibility.strategies import cases, sweep
from tests.eligibility.test_words import ids, sentences

FALLBACKS = (7, 10)
"""Rows where a registered card is in hand but the answer is missing (design.md §5)."""


def guided(one: Case) -> Guidance:
    return guidance_for(one, decide(one))


def of(*presented: object, **changes: object) -> Guidance:
    return guided(case(*presented, **changes))


def spoken(lines: tuple[tuple[str, dict[str, str]], ...]) -> list[str]:
    return [message_id for message_id, _ in lines]


@cache
def swept() -> tuple[tuple[Case, Outcome, Guidance], ...]:
    """The sweep, and what it holds still: a membership that ended while 健康保険証 counted, a phone without its PIN."""
    found = []
    ended = case(OLD_CARD, on=date(2025, 9, 1), membership=Membership.LEFT)
    for one in (*sweep(), ended, case(Smartphone(identity=Identity.PIN_LOCKED), equipped_for_smartphone=True)):
        outcome = decide(one)
        found.append((one, outcome, guidance_for(one, outcome)))
    return tuple(found)


@cache
def said() -> frozenset[str]:
    """Every message id that some guidance carries."""
    return frozenset(message_id for _, _, guidance in swept() for message_id, _ in (*guidance.staff, *guidance.patient))


def test_every_outcome_has_lines_for_staff_and_for_the_patient() -> None:
    for outcome in OutcomeWord:
        assert staff_lines(outcome)[0] == f"staff.outcome.{outcome.value}.1"
        assert patient_lines(outcome)[0] == f"patient.outcome.{outcome.value}.1"
        assert {*staff_lines(outcome), *patient_lines(outcome)} <= sentences("ja").keys()


def test_every_reason_has_a_line_for_staff_and_one_for_the_patient() -> None:
    reasons = {message_id.removeprefix("reason.") for message_id in ids("reason.")}
    assert reasons == {word for _, outcome, _ in swept() for word in outcome.reasons}
    assert ids("staff.reason.") == {f"staff.reason.{word}" for word in reasons}
    assert ids("patient.reason.") == {f"patient.reason.{word}" for word in reasons}


def test_everything_that_can_be_asked_for_has_a_line_for_both() -> None:
    wanted = {message_id.removeprefix("ask.") for message_id in ids("ask.")}
    assert ids("staff.ask.") == {f"staff.ask.{word}" for word in wanted}
    assert ids("patient.ask.") == {f"patient.ask.{word}" for word in wanted}


def test_no_line_of_the_catalogue_is_never_read_and_none_is_missing() -> None:
    known = ids("staff.") | ids("patient.")
    spoken_here = {message_id for message_id in said() if message_id.startswith(("staff.", "patient."))}
    assert spoken_here == known
    assert said() <= sentences("ja").keys()


def test_the_sets_of_words_are_words_of_decisions() -> None:
    """A misspelt word would silently do nothing."""
    reasons = {message_id.removeprefix("reason.") for message_id in ids("reason.")}
    tellings = {message_id.removeprefix("tell.") for message_id in ids("tell.")}
    asks = {message_id.removeprefix("ask.") for message_id in ids("ask.")}
    assert reasons >= ABOUT_SOMEBODY_ELSE | WHY_CHARGED | HELP_BY_REASON.keys()
    assert tellings >= TOLD_TO_PATIENT | MINDED_FIRST | HELP_BY_TELLING.keys()
    assert asks >= HELP_BY_ASKING.keys()
    assert ids("patient.tell.") == {f"patient.tell.{word}" for word in TOLD_TO_PATIENT}


@given(cases())
def test_every_case_that_can_happen_has_guidance_in_words_for_both(one: Case) -> None:
    guidance = guided(one)
    assert guidance.staff
    assert guidance.patient
    for message_id, params in (*guidance.staff, *guidance.patient):
        for lang in words.LANGUAGES:
            sentence = words.text(lang, message_id, **params)
            assert sentence != message_id
            assert "{" not in sentence


@given(cases())
def test_nobody_reads_the_same_line_twice(one: Case) -> None:
    guidance = guided(one)
    for lines in (guidance.staff, guidance.patient):
        assert len(set(spoken(lines))) == len(lines)


def test_patients_read_lines_for_patients_only_and_staff_theirs() -> None:
    for _, _, guidance in swept():
        for_patients, for_staff = ("patient.", "topic.booking.patient."), ("staff.", "tell.", "topic.booking.staff.")
        assert all(message_id.startswith(for_patients) for message_id in spoken(guidance.patient))
        assert all(message_id.startswith(for_staff) for message_id in spoken(guidance.staff))


JARGON_AND_BLAME = {
    "ja": re.compile(
        "照会|フラグ|職権|枝番|失効|目視|猶予|該当|無効|喪失|保留|利用者証明|コード|エラー|DV|支援措置|自己情報|不開示|"
        "別人|別の人|他人|一致|不正|違反|間違|誤り|失敗|あなた|4情報|レセコン|滞納|PIN|10割"
    ),
    "en": re.compile(
        r"\b(flags?|revoked|mismatch|somebody else|another person|different person|invalid|fault of yours|error|"
        r"wrong|forgot|forgotten|violence|protected|undisclosed|grace|four items|arrears|API|OQS|query)\b",
        re.IGNORECASE,
    ),
}


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_patients_read_no_jargon_and_no_blame(lang: str) -> None:
    said_to_patients = {name: text for name, text in sentences(lang).items() if name.startswith("patient.")}
    # The official Japanese terms in brackets are what the English sentences must carry.
    plain = {name: re.sub(r"\([^)]*\)", "", text) if lang == "en" else text for name, text in said_to_patients.items()}
    assert {name: text for name, text in plain.items() if JARGON_AND_BLAME[lang].search(text)} == {}


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_a_line_is_one_thing_to_do(lang: str) -> None:
    """A full stop between two sentences is allowed where the second says why or what not; never two of them."""
    stop = {"ja": "。", "en": ". "}[lang]
    lines = {name: text for name, text in sentences(lang).items() if name.startswith(("staff.", "patient."))}
    assert {name for name, text in lines.items() if text.rstrip("。.").count(stop) > 1} == set()
    assert {name for name, text in lines.items() if "\n" in text} == set()


def test_a_wrong_face_and_a_wrong_record_read_the_same_to_the_patient() -> None:
    """Neither what was seen nor whose it is."""
    wrong_face = of(MynaCard(identity=Identity.MISMATCH))
    wrong_record = of(PIN_CARD, answer=Answer(AskedBy.CARD, 1, 30, None, KYOKAI, person=Person.DIFFERENT))
    for lang in words.LANGUAGES:
        read = [
            [words.text(lang, name, **params) for name, params in each.patient] for each in (wrong_face, wrong_record)
        ]
        assert read[0] == read[1]
    assert wrong_face.patient[0] == ("patient.reason.face_mismatch", {})


def test_nothing_of_somebody_elses_answer_reaches_the_guidance() -> None:
    about = {"by": AskedBy.CARD, "validity": 1, "person": Person.DIFFERENT}
    rich = Answer(**about, burden_ratio=10, elderly_burden_ratio=10, insurer_number=KYOKAI, card_class="05")  # type: ignore[arg-type]
    poor = Answer(**about)  # type: ignore[arg-type]
    assert of(PIN_CARD, NOTICE, answer=rich) == of(PIN_CARD, NOTICE, answer=poor)


def test_staff_close_somebody_elses_answer_before_anything_else() -> None:
    guidance = of(PIN_CARD, answer=Answer(AskedBy.CARD, 1, person=Person.DIFFERENT))
    assert spoken(guidance.staff)[0] == "staff.reason.different_person"


def test_an_undisclosed_address_changes_nothing_that_the_patient_reads() -> None:
    for one, _, guidance in swept():
        if not one.flags:
            flagged = guided(replace(one, flags=frozenset({Flag.UNDISCLOSED})))
            assert flagged.patient == guidance.patient
            assert ("tell.address_hidden", {}) in flagged.staff


def test_a_protected_patient_with_a_certificate_reads_what_everybody_reads_with_one() -> None:
    everybody = of(CERTIFICATE)
    protected = of(CERTIFICATE, flags=frozenset(Flag))
    assert set(spoken(protected.patient)) - set(spoken(everybody.patient)) == {"patient.reason.self_info_refused"}
    for lang in words.LANGUAGES:
        sentence = words.text(lang, "patient.reason.self_info_refused")
        assert not re.search("カード|住所|card|address", sentence)


def test_nobody_on_the_ladder_of_fallbacks_is_told_to_pay_everything() -> None:
    """reception.md §6.3. 特別療養 is no fallback: there the answer itself says so."""
    met = 0
    for _, outcome, guidance in swept():
        if outcome.row in FALLBACKS and outcome.outcome is not OutcomeWord.NOT_CONFIRMED:
            met += 1
            full = [name for name in said_by(guidance) if ".charge.full" in name]
            assert full == [] or "special_treatment" in outcome.reasons
            if outcome.charge is not None and outcome.charge.kind in (ChargeKind.RATIO, ChargeKind.ASK):
                assert ("tell.not_full_charge", {}) in guidance.staff
    assert met > 100


def said_by(guidance: Guidance) -> list[str]:
    return spoken((*guidance.staff, *guidance.patient))


LOST_PIN = (Identity.PIN_LOCKED, Identity.PIN_FORGOTTEN)


@pytest.mark.parametrize("identity", LOST_PIN)
def test_a_pin_that_cannot_be_used_is_never_the_end(identity: Identity) -> None:
    guidance = of(MynaCard(identity=identity))
    staff = spoken(guidance.staff)
    assert guidance.documents
    assert "pin" not in guidance.documents
    assert (
        staff.index("staff.pin_out_of_use")
        < staff.index("staff.ask.face")
        < staff.index("tell.pin_reset_at_city_office")
    )
    assert staff[-1] == "tell.pin_reset_at_city_office"
    patient = spoken(guidance.patient)
    assert patient[-1] == "patient.tell.pin_reset_at_city_office"
    assert patient.index("patient.pin_out_of_use") < patient.index("patient.ask.face")
    assert "mynumber" in guidance.help_lines


@pytest.mark.parametrize("identity", LOST_PIN)
@pytest.mark.parametrize("equipped", [True, False])
def test_the_pin_of_a_phone_is_set_at_no_office_and_the_card_or_the_portal_is_asked_for(
    identity: Identity, *, equipped: bool
) -> None:
    guidance = of(Smartphone(identity=identity), equipped_for_smartphone=equipped)
    said_to_both = said_by(guidance)
    assert [name for name in said_to_both if "pin_reset" in name or name.endswith(".ask.visual")] == []
    for audience in ("staff", "patient"):
        card_and_portal = {f"{audience}.ask.myna_card", f"{audience}.ask.portal"}
        assert f"{audience}.phone_pin_out_of_use" in said_to_both or card_and_portal <= set(said_to_both)


def test_a_visit_is_not_promised_where_only_the_phone_itself_could_show_who_it_is() -> None:
    promised = "patient.pin_out_of_use"
    assert promised not in spoken(of(Smartphone(identity=Identity.PIN_LOCKED), equipped_for_smartphone=True).patient)
    assert promised in spoken(of(MynaCard(identity=Identity.PIN_LOCKED)).patient)


def test_beside_a_phone_the_card_whose_pin_is_lost_is_still_sent_to_the_office() -> None:
    for phone in (Smartphone(identity=Identity.PIN_LOCKED), Smartphone()):
        guidance = of(MynaCard(identity=Identity.PIN_LOCKED), phone, equipped_for_smartphone=True)
        assert spoken(guidance.staff)[-1] == "tell.pin_reset_at_city_office"
        assert "staff.phone_pin_out_of_use" not in spoken(guidance.staff)
    other_way_round = of(CARD, Smartphone(identity=Identity.PIN_LOCKED), equipped_for_smartphone=True)
    assert "tell.pin_reset_at_city_office" not in spoken(other_way_round.staff)


UNDER_ONE = date(2026, 5, 2)


@pytest.mark.parametrize("identity", LOST_PIN)
@pytest.mark.parametrize("visit", [Visit.FIRST, Visit.RETURN])
def test_for_an_infant_without_the_pin_nobody_compares_a_photo_and_nothing_is_charged_in_full(
    identity: Identity, visit: Visit
) -> None:
    """reception.md §13b: the card of somebody under one has no photo."""
    infant = case(MynaCard(identity=identity), birthdate=UNDER_ONE, visit=visit, known_patient=True)
    assert decide(infant).row == 10
    said_to_both = said_by(guided(infant))
    for lang in words.LANGUAGES:
        read = " ".join(words.text(lang, name, percent="20", tenths="2") for name in said_to_both)
        assert not re.search("写真|顔認証|目視|photo|face recognition|全額", read)
    assert ("staff.charge.ratio", {"percent": "20", "tenths": "2"}) in guided(infant).staff


def test_with_a_locked_pin_staff_can_still_compare_a_card_by_eye() -> None:
    assert of(MynaCard(identity=Identity.PIN_LOCKED)).documents == ("face", "visual")


def test_the_way_to_a_new_pin_is_always_told_last_of_what_is_told() -> None:
    for _, outcome, guidance in swept():
        last = "patient.tell.pin_reset_at_city_office"
        assert "pin_reset_at_city_office" in outcome.tell or last not in spoken(guidance.patient)
        assert spoken(guidance.patient)[-1] == last or last not in spoken(guidance.patient)


def test_consent_comes_before_the_card_is_taken() -> None:
    guidance = of(PIN_CARD, answer=BY_CARD)
    assert spoken(guidance.staff)[0] == "staff.consent.ask"
    patient = spoken(guidance.patient)
    assert patient.index("patient.consent.ask") < patient.index("patient.outcome.OK_ONLINE.2")


def test_in_grace_nobody_is_asked_for_consent() -> None:
    guidance = of(GRACE_CARD, answer=BY_CARD)
    assert not {"staff.consent.ask", "patient.consent.ask"} & set(said_by(guidance))
    assert "tell.consent_not_in_grace" in spoken(guidance.staff)


def test_the_ladder_is_asked_in_its_order_and_the_form_is_checked_after_it() -> None:
    guidance = of(BROKEN_CARD)
    staff = spoken(guidance.staff)
    order = [
        "tell.identity_by_card_face",
        "staff.reason.chip_unreadable",
        "staff.ask.portal",
        "staff.ask.eligibility_notice",
        "staff.ask.declaration",
        "staff.outcome.OK_DECLARATION.1",
        "staff.charge.ratio",
        "tell.recheck_by_numbers",
    ]
    assert [name for name in staff if name in order] == order
    assert guidance.documents == ("portal", "eligibility_notice", "declaration")


@pytest.mark.parametrize(
    ("guidance", "asked", "handed_back"),
    [
        (of(CERTIFICATE, birthdate=AT_72), "staff.ask.numbers_query", "staff.outcome.OK_CERTIFICATE.4"),
        (of(BROKEN_CARD, NOTICE, birthdate=AT_72), "staff.ask.numbers_query", "staff.outcome.OK_MANUAL_NOTICE.3"),
    ],
)
def test_nothing_is_handed_back_before_everything_on_it_was_used(
    guidance: Guidance, asked: str, handed_back: str
) -> None:
    staff = spoken(guidance.staff)
    assert staff.index(asked) < staff.index(handed_back)


def test_without_a_certificate_staff_are_told_that_one_may_be_had_but_not_twice() -> None:
    assert "staff.certificate_missing" in spoken(of().staff)
    refused = spoken(of(flags=frozenset({Flag.SELF_INFO_REFUSED})).staff)
    assert "tell.certificate_without_application" in refused
    assert "staff.certificate_missing" not in refused


@pytest.mark.parametrize(
    ("guidance", "line"),
    [
        (of(PIN_CARD, answer=BY_CARD), ("staff.charge.ratio", {"percent": "30", "tenths": "3"})),
        (of(CERTIFICATE, birthdate=AT_72), ("staff.charge.ask.provisional", {"percent": "30", "tenths": "3"})),
        (of(PIN_CARD, birthdate=AT_80, answer=by_card(1)), ("staff.charge.ask.unknown", {})),
        (of(), ("staff.charge.full.unconfirmed", {})),
        (of(PIN_CARD, answer=replace(BY_CARD, card_class="05")), ("staff.charge.full.special_treatment", {})),
        (of(CERTIFICATE, visit=Visit.BOOKING), ("staff.charge.none", {})),
        (of(CARD), ("staff.charge.not_yet", {})),
    ],
)
def test_what_it_means_for_the_share_is_said_once_as_it_was_decided(
    guidance: Guidance, line: tuple[str, dict[str, str]]
) -> None:
    assert guidance.share == line
    assert guidance.staff.count(line) == 1


def test_the_patient_reads_the_share_that_staff_read_and_nothing_before_it_is_decided() -> None:
    for _, outcome, guidance in swept():
        charged = [line for line in guidance.patient if line[0].startswith("patient.charge.")]
        name, params = guidance.share
        expected = [] if outcome.charge is None else [("patient." + name.removeprefix("staff."), params)]
        assert charged == expected


def test_a_share_is_written_in_tenths_and_percent() -> None:
    for percent, tenths in ((10, "1割"), (20, "2割"), (30, "3割")):
        outcome = replace(decide(case(PIN_CARD, answer=BY_CARD)), charge=Charge(ChargeKind.RATIO, percent))
        name, params = guidance_for(case(PIN_CARD, answer=BY_CARD), outcome).share
        for lang in words.LANGUAGES:
            assert f"{percent}%" in words.text(lang, name, **params)
            assert tenths in words.text(lang, name, **params)


def test_documents_and_returns_are_those_of_the_decision() -> None:
    left = of(CERTIFICATE, membership=Membership.LEFT)
    assert left.returns == ("eligibility_certificate",)
    assert "staff.return.eligibility_certificate" in spoken(left.staff)
    assert "tell.return_documents" not in spoken(left.staff)
    assert "patient.tell.return_documents" in spoken(left.patient)
    for _, outcome, guidance in swept():
        assert (guidance.documents, guidance.returns) == (outcome.ask_for, outcome.returns)


def test_a_refusal_to_register_is_not_pressed() -> None:
    declined = replace(UNREGISTERED, registration_declined=True)
    assert "staff.registration.declined" in spoken(of(declined).staff)
    assert "staff.registration.declined" not in spoken(of(UNREGISTERED).staff)


@pytest.mark.parametrize(
    ("guidance", "lines"),
    [
        (of(PIN_CARD, answer=BY_CARD), ()),
        (of(PIN_CARD, answer=by_card(4)), ("kyokai_myna", "mynumber")),
        (of(PIN_CARD, OTHER_CERTIFICATE, NOTICE, outage=True), ("qualification_centre_outage",)),
        (of(MynaCard(certificate=Certificate.EXPIRED), PORTAL), ("mynumber",)),
        (of(disaster=True), ("qualification_centre",)),
    ],
)
def test_the_help_lines_that_fit_are_named_most_useful_first(guidance: Guidance, lines: tuple[str, ...]) -> None:
    assert guidance.help_lines == lines


def test_help_lines_are_known_ones_each_once() -> None:
    known = {line.word for line in HELP_LINES}
    for _, _, guidance in swept():
        assert set(guidance.help_lines) <= known
        assert len(set(guidance.help_lines)) == len(guidance.help_lines)


def test_a_member_of_another_insurer_is_not_sent_to_the_line_of_kyokai() -> None:
    nothing_found = by_numbers(4)
    assert "kyokai_myna" in of(BROKEN_CARD, NOTICE, answer=nothing_found).help_lines
    of_a_company = replace(NOTICE, insurer_number=COMPANY)
    assert "kyokai_myna" not in of(BROKEN_CARD, of_a_company, answer=nothing_found).help_lines


def test_the_insurer_whose_membership_ended_is_not_taken_for_the_present_one() -> None:
    ended = Answer(AskedBy.CARD, 2, insurer_number=COMPANY)
    assert "kyokai_myna" in of(PIN_CARD, replace(NOTICE, insurer_number=COMPANY), answer=ended).help_lines
    of_kyokai = Answer(AskedBy.CARD, 2, insurer_number=KYOKAI)
    assert "kyokai_myna" not in of(PIN_CARD, replace(NOTICE, insurer_number=COMPANY), answer=of_kyokai).help_lines


def test_whom_somebody_elses_answer_names_is_not_asked_about() -> None:
    different = Answer(AskedBy.NUMBERS, 1, insurer_number=KYOKAI, person=Person.DIFFERENT)
    assert of(replace(NOTICE, insurer_number=COMPANY), answer=different).help_lines == ("qualification_centre",)


@pytest.mark.parametrize("unregistered", [UNREGISTERED, replace(UNREGISTERED, registration_declined=True)])
def test_who_showed_an_unregistered_card_is_not_told_that_the_notice_counts_with_it(unregistered: MynaCard) -> None:
    """reception.md §5: card not registered + お知らせ is accepted on no day."""
    guidance = of(unregistered, NOTICE)
    assert [name for name in said_by(guidance) if name.endswith("notice_needs_card")] == []
    alone = of(NOTICE)
    assert {"staff.reason.notice_needs_card", "patient.reason.notice_needs_card"} <= set(said_by(alone))


def test_the_card_that_a_notice_needs_is_a_registered_one() -> None:
    assert decide(case(BROKEN_CARD, NOTICE)).outcome is OutcomeWord.OK_MANUAL_NOTICE
    unregistered = replace(BROKEN_CARD, registered=False)
    assert decide(case(unregistered, NOTICE)).outcome is OutcomeWord.NOT_CONFIRMED
    assert "利用登録のある" in words.text("ja", "staff.reason.notice_needs_card")
    assert "健康保険証として登録した" in words.text("ja", "patient.reason.notice_needs_card")
    for audience in ("staff", "patient"):
        assert "利用登録" in words.text("en", f"{audience}.reason.notice_needs_card")


@pytest.mark.parametrize(
    "shown", [(), (CARD,), (PIN_CARD,), (BROKEN_CARD,), (UNREGISTERED,), (NOTICE,), (Smartphone(),)]
)
def test_at_a_booking_nobody_is_asked_to_show_anything_now(shown: tuple[object, ...]) -> None:
    """S0: eligibility is looked up in the association's own service."""
    guidance = of(*shown, visit=Visit.BOOKING)
    steps = [f"topic.booking.staff.{number}" for number in (1, 2, 3)]
    assert spoken(guidance.staff)[:3] == steps
    assert spoken(guidance.patient)[0] == "topic.booking.patient.1"
    assert [name for name in said_by(guidance) if ".ask." in name or ".outcome." in name] == []


def test_a_booking_reads_what_the_subject_of_ask_says() -> None:
    [booking] = [topic for topic in TOPICS if topic.word == "booking"]
    assert booking_lines() == (booking.staff, booking.patient)


def test_at_a_booking_too_an_address_stays_hidden() -> None:
    flagged = of(visit=Visit.BOOKING, flags=frozenset({Flag.UNDISCLOSED}))
    assert spoken(flagged.staff)[0] == "tell.address_hidden"


@pytest.mark.parametrize(
    ("guidance", "first"),
    [
        (of(CERTIFICATE, visit=Visit.BOOKING), "patient.outcome.OK_CERTIFICATE.1"),
        (of(visit=Visit.BOOKING, flags=frozenset({Flag.SELF_INFO_REFUSED})), "patient.outcome.NEED_CERTIFICATE.1"),
        (of(MynaCard(identity=Identity.MISMATCH), visit=Visit.BOOKING), "patient.reason.face_mismatch"),
    ],
)
def test_a_booking_with_enough_shown_or_with_a_person_in_doubt_reads_as_a_visit_does(
    guidance: Guidance, first: str
) -> None:
    assert spoken(guidance.patient)[0] == first


def test_an_old_card_goes_back_only_where_the_membership_was_lost_while_it_counted() -> None:
    """S0, S1, S2: to 2025-12-01 through the employer, afterwards nobody returns it."""
    said_to_staff = words.text("ja", "staff.reason.old_card_over")
    assert OLD_CARD_UNTIL.day == date(2025, 12, 1)
    assert "2025年12月1日までに資格を喪失した人は返し" in said_to_staff
    assert "ほかの人は返さなくてよい" in said_to_staff
    for profile in InsurerProfile:
        card = Holding("insurance_card", profile, date(2026, 11, 20))
        lost = return_rule(replace(card, lost_on=OLD_CARD_UNTIL.day))
        assert lost.situation is Situation.OLD_CARD_LOST
        assert return_rule(replace(card, expired=True)).how in {How.MAY_BE_DESTROYED, How.NOT_NEEDED}


TERMS = {"My Number card": "マイナンバーカード", "municipal office": "市区町村の窓口", "PIN": "暗証番号"}


@pytest.mark.parametrize("term", TERMS)
def test_english_has_the_official_term_behind_it(term: str) -> None:
    said_in_english = {
        name: text for name, text in sentences("en").items() if name.startswith(("staff.", "patient.", "topic."))
    }
    bare = {
        name for name, text in said_in_english.items() if re.search(rf"\b{term}\b", text) and TERMS[term] not in text
    }
    assert bare == set()
