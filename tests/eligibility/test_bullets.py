"""The sentences of design.md §5 around its table: the example, the defaults, the words, the errors, the order of the
rows, and the bullets on charge, share, consent, ask_for, queue, registration and returns.

Sentences that another file already reads out are not repeated; `coverage_of_the_texts.toml` says which test has which.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from eligibility.case import Answer, AskedBy, Case, Flag, Membership, Person, Site, Visit
from eligibility.case_json import case_from_dict
from eligibility.documents import (
    DOCUMENT_TYPES,
    Certificate,
    Declaration,
    EligibilityCertificate,
    EligibilityNotice,
    Identity,
    InsuranceCard,
    MynaCard,
    Portal,
    PortalForm,
    Smartphone,
)
from eligibility.errors import CaseError
from eligibility.policy import decide
from tests.eligibility.cases import (
    AT_72,
    AT_80,
    BROKEN_CARD,
    BY_CARD,
    CARD,
    CERTIFICATE,
    CHILD,
    DECLARATION,
    DECLINED,
    GRACE_CARD,
    NOTICE,
    PHONE,
    PIN_CARD,
    PORTAL,
    RECIPIENT,
    TODAY,
    UNREGISTERED,
    by_card,
    by_numbers,
    decided,
)
from tests.eligibility.fixture_insurers import COMPANY, KYOKAI
from tests.eligibility.situations import (
    ELDERLY_CERTIFICATE,
    EVERYTHING,
    FACE_ONLY_CARD,
    FIRST_OF_P2,
    FORGOTTEN_PIN_CARD,
    LAST_OF_P1,
    LAST_OF_P2,
    LOCKED_CARD,
    NOTHING,
    REVOKED_CHIP,
    STRANGERS_CARD,
    UNEXPIRED_OLD_CARD,
    UNIDENTIFIED_PHONE,
    VISUAL_CARD,
    charge,
    decision,
    ended,
    share,
    to_be_asked,
    valid_by_card,
    valid_by_numbers,
)
from tests.eligibility.strategies import cases
from tests.thoroughness import examples

pytestmark = pytest.mark.broad

THOROUGH = settings(max_examples=examples(200), deadline=None)
REFUSED = frozenset({Flag.SELF_INFO_REFUSED})

EXAMPLE: dict[str, Any] = json.loads("""
{"on": "2026-11-20", "site": "clinic", "visit": "first", "birthdate": "1953-05-02",
 "presented": [
   {"document": "myna_card", "readable": true, "registered": true, "identity": "pin",
    "certificate": "valid", "card_expires_on": "2031-05-02", "face_only": false, "registration_declined": false},
   {"document": "smartphone"}, {"document": "portal", "form": "screen", "insurer_number": null, "burden_ratio": null},
   {"document": "eligibility_notice", "insurer_number": "01139997", "burden_ratio": null, "valid_from": null,
    "expires_on": null},
   {"document": "eligibility_certificate", "insurer_number": "01139997", "issued_on": "2025-08-01",
    "expires_on": "2029-07-31", "burden_ratio": null, "original": true},
   {"document": "insurance_card", "insurer_number": "01139997", "expires_on": "2025-12-01"},
   {"document": "elderly_recipient_certificate", "burden_ratio": 20, "valid_from": null, "expires_on": null},
   {"document": "declaration", "burden_ratio": 30}],
 "answer": {"by": "card", "validity": 1, "burden_ratio": 30, "elderly_burden_ratio": null, "insurer_number": null,
            "card_class": "01", "person": "same"},
 "membership": "current", "known_patient": false, "outage": false, "disaster": false,
 "flags": [], "equipped_for_smartphone": false}
""")
"""The case of design.md §5, letter by letter."""


def example(**changes: object) -> dict[str, Any]:
    return deepcopy(EXAMPLE) | changes


def with_document(**keys: object) -> dict[str, Any]:
    """A case in which one document is shown and nothing was asked."""
    return {"on": "2026-11-20", "presented": [keys]}


def with_card_and_answer(card: dict[str, object] | None = None, **answer: object) -> dict[str, Any]:
    """A case in which an answer by card came back for a card identified by PIN, each changed as said."""
    shown = {"document": "myna_card", "identity": "pin"} | (card or {})
    return {"on": "2026-11-20", "presented": [shown], "answer": {"by": "card", "validity": 1} | answer}


def refusal(raw: object) -> tuple[str, str]:
    with pytest.raises(CaseError) as error:
        case_from_dict(raw)
    return error.value.code, error.value.path


class TestTheExample:
    def test_the_case_of_the_text_has_the_outcome_of_the_text(self) -> None:
        outcome = decide(case_from_dict(EXAMPLE)).as_dict()
        words = {key: outcome.pop(key) for key in ("tell", "reasons")}
        assert outcome == {
            "outcome": "OK_ONLINE",
            "row": 4,
            "charge": {"kind": "ratio", "percent": 30},
            "consent": "ask",
            "ask_for": [],
            "queue": None,
            "registration": None,
            "returns": [],
        }
        assert all(isinstance(word, str) for group in words.values() for word in group)
        assert words["reasons"]

    def test_the_case_of_the_text_is_written_back_with_the_same_keys_in_the_same_order(self) -> None:
        written = case_from_dict(EXAMPLE).as_dict()
        assert list(written) == list(EXAMPLE)
        assert [list(shown) for shown in written["presented"] if shown["document"] != "smartphone"] == [
            list(shown) for shown in EXAMPLE["presented"] if shown["document"] != "smartphone"
        ]
        assert list(written["answer"]) == list(EXAMPLE["answer"])


class TestDefaults:
    def test_on_is_required(self) -> None:
        assert refusal({}) == ("case.missing", "on")
        assert refusal({key: value for key, value in EXAMPLE.items() if key != "on"}) == ("case.missing", "on")

    @pytest.mark.parametrize("key", [key for key in EXAMPLE if key != "on"])
    def test_every_other_key_of_a_case_may_be_left_out(self, key: str) -> None:
        shorter = example()
        del shorter[key]
        if key == "presented":
            del shorter["answer"]  # an answer by card without a card is an error of its own
        assert case_from_dict(shorter).on == TODAY

    @pytest.mark.parametrize("shown", EXAMPLE["presented"], ids=lambda shown: shown["document"])
    def test_every_key_of_a_document_but_its_name_may_be_left_out(self, shown: dict[str, object]) -> None:
        kind = next(kind for kind in DOCUMENT_TYPES if kind.document == shown["document"])
        assert case_from_dict(with_document(document=shown["document"])).presented == (kind(),)

    @pytest.mark.parametrize("key", [key for key in EXAMPLE["answer"] if key not in {"by", "validity"}])
    def test_every_key_of_an_answer_but_by_and_validity_may_be_left_out(self, key: str) -> None:
        shorter = example()
        del shorter["answer"][key]
        assert case_from_dict(shorter).answer is not None

    def test_what_is_left_out_of_a_case(self) -> None:
        """Site clinic, visit first, membership unknown; known patient, outage, disaster, equipped false; no answer."""
        assert case_from_dict({"on": "2026-11-20"}) == Case(
            on=date(2026, 11, 20),
            site=Site.CLINIC,
            visit=Visit.FIRST,
            birthdate=None,
            presented=(),
            answer=None,
            membership=Membership.UNKNOWN,
            known_patient=False,
            outage=False,
            disaster=False,
            flags=frozenset(),
            equipped_for_smartphone=False,
        )

    def test_what_is_left_out_of_a_card(self) -> None:
        """Readable and registered true, certificate valid, identity none."""
        (card,) = case_from_dict(with_document(document="myna_card")).presented
        assert card == MynaCard(
            readable=True,
            registered=True,
            identity=Identity.NONE,
            certificate=Certificate.VALID,
            card_expires_on=None,
            face_only=False,
            registration_declined=False,
        )

    def test_what_is_left_out_of_a_phone(self) -> None:
        (phone,) = case_from_dict(with_document(document="smartphone")).presented
        assert phone == Smartphone(
            readable=True,
            registered=True,
            identity=Identity.NONE,
            certificate=Certificate.VALID,
            registration_declined=False,
        )

    def test_a_certificate_is_an_original(self) -> None:
        (paper,) = case_from_dict(with_document(document="eligibility_certificate")).presented
        assert isinstance(paper, EligibilityCertificate)
        assert paper.original is True

    def test_no_answer_means_not_asked_yet(self) -> None:
        not_asked = case_from_dict({"on": "2026-11-20", "presented": [{"document": "myna_card"}], "answer": None})
        assert not_asked.answer is None
        assert decision(decide(not_asked)) == ("IDENTIFY", 9)

    @THOROUGH
    @given(cases())
    def test_an_unknown_membership_is_treated_as_current(self, case: Case) -> None:
        current = replace(case, membership=Membership.CURRENT)
        assert decide(replace(case, membership=Membership.UNKNOWN)) == decide(current)


class TestWords:
    """The words of the text are taken, and no others."""

    @pytest.mark.parametrize(
        ("key", "words"),
        [
            ("site", ["clinic", "checkup", "limited"]),
            ("visit", ["first", "return", "booking"]),
            ("membership", ["current", "left", "unknown"]),
        ],
    )
    def test_of_a_case(self, key: str, words: list[str]) -> None:
        for word in words:
            assert getattr(case_from_dict({"on": "2026-11-20", key: word}), key) == word
        assert refusal({"on": "2026-11-20", key: "other"}) == ("case.unknown_word", key)

    def test_of_the_flags(self) -> None:
        flags = ["self_info_refused", "undisclosed"]
        assert case_from_dict({"on": "2026-11-20", "flags": flags}).flags == set(Flag)
        assert refusal({"on": "2026-11-20", "flags": ["undisclosed", "other"]}) == ("case.unknown_word", "flags[1]")

    @pytest.mark.parametrize(
        ("document", "key", "words"),
        [
            (
                "myna_card",
                "identity",
                ["pin", "face", "visual", "none", "pin_locked", "pin_forgotten", "mismatch"],
            ),
            ("myna_card", "certificate", ["valid", "expiring", "grace", "expired", "revoked"]),
            ("smartphone", "certificate", ["valid", "expiring", "expired", "revoked"]),
            ("portal", "form", ["screen", "pdf"]),
        ],
    )
    def test_of_a_document(self, document: str, key: str, words: list[str]) -> None:
        for word in words:
            (shown,) = case_from_dict(with_document(document=document, **{key: word})).presented
            assert getattr(shown, key) == word
        other = with_document(document=document, **{key: "other"})
        assert refusal(other) == ("case.unknown_word", f"presented[0].{key}")

    def test_of_the_documents_themselves(self) -> None:
        words = [
            "myna_card",
            "smartphone",
            "portal",
            "eligibility_notice",
            "eligibility_certificate",
            "insurance_card",
            "elderly_recipient_certificate",
            "declaration",
        ]
        for word in words:
            assert case_from_dict(with_document(document=word)).presented[0].document == word
        assert refusal(with_document(document="passport")) == ("case.unknown_word", "presented[0].document")

    def test_of_an_answer(self) -> None:
        for by in ("card", "numbers"):
            for validity in (1, 2, 3, 4, 5):
                for person in ("same", "different", "unsure"):
                    answer = case_from_dict(with_card_and_answer(by=by, validity=validity, person=person)).answer
                    assert answer == Answer(AskedBy(by), validity, person=Person(person))
        assert refusal(with_card_and_answer(by="phone")) == ("case.unknown_word", "answer.by")
        assert refusal(with_card_and_answer(person="other")) == ("case.unknown_word", "answer.person")


class TestErrors:
    @pytest.mark.parametrize("key", ["colour", "ON", "burden_ratio", "document"])
    def test_an_unknown_key_of_a_case(self, key: str) -> None:
        assert refusal(example(**{key: "clinic"})) == ("case.unknown_key", key)

    @pytest.mark.parametrize(
        ("document", "key"),
        [
            ("smartphone", "card_expires_on"),
            ("smartphone", "face_only"),
            ("insurance_card", "issued_on"),
            ("declaration", "insurer_number"),
            ("myna_card", "colour"),
        ],
    )
    def test_an_unknown_key_of_a_document_also_one_that_another_document_has(self, document: str, key: str) -> None:
        assert refusal(with_document(document=document, **{key: None})) == ("case.unknown_key", f"presented[0].{key}")

    def test_an_unknown_key_of_an_answer(self) -> None:
        assert refusal(with_card_and_answer(colour="red")) == ("case.unknown_key", "answer.colour")

    @pytest.mark.parametrize(
        "card",
        [
            {"readable": False},
            {"registered": False},
            {"identity": "none"},
            {"identity": "pin_locked"},
            {"identity": "pin_forgotten"},
            {"identity": "mismatch"},
            {"certificate": "expired"},
            {"certificate": "revoked"},
        ],
        ids=str,
    )
    @pytest.mark.parametrize("document", ["myna_card", "smartphone"])
    def test_an_answer_by_card_needs_a_readable_registered_identified_device_with_a_usable_certificate(
        self, document: str, card: dict[str, object]
    ) -> None:
        raw = with_card_and_answer({"document": document} | card)
        assert refusal(raw) == ("case.by_card_without_card", "answer.by")
        raw["answer"]["by"] = "numbers"
        assert case_from_dict(raw).answer is not None, "by numbers it may have been asked"

    def test_an_answer_by_card_without_any_card(self) -> None:
        assert refusal(with_card_and_answer() | {"presented": []}) == ("case.by_card_without_card", "answer.by")

    @pytest.mark.parametrize("document", ["myna_card", "smartphone"])
    @pytest.mark.parametrize("identity", ["pin", "face", "visual"])
    def test_pin_face_and_visual_identify_for_an_answer_by_card(self, document: str, identity: str) -> None:
        assert case_from_dict(with_card_and_answer({"document": document, "identity": identity})).answer is not None

    def test_an_answer_by_card_where_self_information_is_refused(self) -> None:
        assert refusal(with_card_and_answer() | {"flags": ["self_info_refused"]}) == (
            "case.by_card_refused",
            "answer.by",
        )

    def test_an_answer_by_card_in_an_outage(self) -> None:
        assert refusal(with_card_and_answer() | {"outage": True}) == ("case.by_card_in_outage", "answer.by")

    def test_face_only_with_a_pin(self) -> None:
        raw = with_document(document="myna_card", face_only=True, identity="pin")
        assert refusal(raw) == ("case.face_only_pin", "presented[0].identity")

    def test_grace_on_a_phone(self) -> None:
        raw = with_document(document="smartphone", certificate="grace")
        assert refusal(raw) == ("case.phone_in_grace", "presented[0].certificate")

    def test_expiry_before_issue(self) -> None:
        paper = {"document": "eligibility_certificate", "issued_on": "2026-04-01"}
        assert refusal(with_document(**paper, expires_on="2026-03-31")) == (
            "case.expires_before_issue",
            "presented[0].expires_on",
        )
        assert case_from_dict(with_document(**paper, expires_on="2026-04-01")).presented

    @pytest.mark.parametrize("certificate", ["valid", "expiring", "grace"])
    def test_a_usable_certificate_on_a_card_whose_own_date_has_passed(self, certificate: str) -> None:
        card = {"document": "myna_card", "certificate": certificate}
        assert refusal(with_document(**card, card_expires_on="2026-11-19")) == (
            "case.card_outlived",
            "presented[0].certificate",
        )
        assert case_from_dict(with_document(**card, card_expires_on="2026-11-20")).presented

    @pytest.mark.parametrize("certificate", ["expired", "revoked"])
    def test_an_unusable_certificate_on_such_a_card_is_no_error(self, certificate: str) -> None:
        card = {"document": "myna_card", "certificate": certificate, "card_expires_on": "2026-11-19"}
        assert case_from_dict(with_document(**card)).presented

    def test_validity_6(self) -> None:
        assert refusal(with_card_and_answer(validity=6)) == ("case.validity", "answer.validity")

    def test_the_path_counts_the_documents(self) -> None:
        raw = {"on": "2026-11-20", "presented": [{"document": "portal"}, {"document": "portal", "form": "fax"}]}
        assert refusal(raw) == ("case.unknown_word", "presented[1].form")

    @THOROUGH
    @given(cases())
    def test_everything_else_is_read_and_has_an_outcome(self, case: Case) -> None:
        read = case_from_dict(json.loads(json.dumps(case.as_dict())))
        assert read == case
        assert decide(read) == decide(case)


VALID = valid_by_numbers()


class TestTheFirstThatFitsWins:
    """Each case fits two rows; the earlier one decides."""

    @pytest.mark.parametrize(
        ("row", "later_row", "shown", "changes", "outcome"),
        [
            (1, 2, (CARD,), {"disaster": True, "flags": REFUSED}, "OK_DISASTER"),
            (1, 3, (STRANGERS_CARD,), {"disaster": True}, "OK_DISASTER"),
            (1, 4, (PIN_CARD,), {"disaster": True, "answer": BY_CARD}, "OK_DISASTER"),
            (1, 5, (PIN_CARD,), {"disaster": True, "answer": by_card(5)}, "OK_DISASTER"),
            (1, 6, (CERTIFICATE,), {"disaster": True}, "OK_DISASTER"),
            (1, 7, (CARD,), {"disaster": True, "outage": True}, "OK_DISASTER"),
            (1, 8, (UNREGISTERED,), {"disaster": True}, "OK_DISASTER"),
            (1, 13, (), {"disaster": True}, "OK_DISASTER"),
            (2, 3, (STRANGERS_CARD,), {"flags": REFUSED}, "NEED_CERTIFICATE"),
            (2, 5, (NOTICE,), {"flags": REFUSED, "answer": by_numbers(3)}, "NEED_CERTIFICATE"),
            (2, 6, (CERTIFICATE,), {"flags": REFUSED}, "OK_CERTIFICATE"),
            (2, 7, (CARD,), {"flags": REFUSED, "outage": True}, "NEED_CERTIFICATE"),
            (2, 8, (UNREGISTERED,), {"flags": REFUSED}, "NEED_CERTIFICATE"),
            (2, 9, (PIN_CARD,), {"flags": REFUSED}, "NEED_CERTIFICATE"),
            (2, 10, (BROKEN_CARD, PORTAL), {"flags": REFUSED}, "NEED_CERTIFICATE"),
            (2, 11, (NOTICE,), {"flags": REFUSED, "on": FIRST_OF_P2, "answer": VALID}, "NEED_CERTIFICATE"),
            (2, 12, (PHONE, PORTAL), {"flags": REFUSED}, "NEED_CERTIFICATE"),
            (3, 4, (PIN_CARD,), {"answer": replace(BY_CARD, person=Person.DIFFERENT)}, "NOT_CONFIRMED"),
            (3, 5, (PIN_CARD,), {"answer": replace(by_card(3), person=Person.DIFFERENT)}, "NOT_CONFIRMED"),
            (3, 6, (STRANGERS_CARD, CERTIFICATE), {}, "NOT_CONFIRMED"),
            (3, 7, (STRANGERS_CARD,), {"outage": True}, "NOT_CONFIRMED"),
            (3, 9, (STRANGERS_CARD,), {}, "NOT_CONFIRMED"),
            (
                3,
                10,
                (BROKEN_CARD, PORTAL),
                {"answer": replace(VALID, person=Person.DIFFERENT)},
                "NOT_CONFIRMED",
            ),
            (
                3,
                11,
                (NOTICE,),
                {"on": LAST_OF_P2, "answer": replace(VALID, person=Person.UNSURE)},
                "REQUERY",
            ),
            (4, 6, (PIN_CARD, CERTIFICATE), {"answer": BY_CARD}, "OK_ONLINE"),
            (4, 8, (PIN_CARD, UNREGISTERED), {"answer": BY_CARD}, "OK_ONLINE"),
            (4, 12, (PIN_CARD, PHONE, PORTAL), {"answer": BY_CARD}, "OK_ONLINE"),
            (5, 6, (CERTIFICATE,), {"answer": by_numbers(3)}, "REQUERY"),
            (5, 7, (CARD,), {"answer": by_numbers(5), "outage": True}, "REQUERY"),
            (5, 8, (UNREGISTERED,), {"answer": by_numbers(3)}, "REQUERY"),
            (5, 9, (CARD,), {"answer": by_numbers(5)}, "REQUERY"),
            (5, 10, (BROKEN_CARD, PORTAL), {"answer": by_numbers(3)}, "REQUERY"),
            (5, 11, (NOTICE,), {"on": FIRST_OF_P2, "answer": by_numbers(5)}, "REQUERY"),
            (5, 12, (PHONE, PORTAL), {"answer": by_numbers(3)}, "REQUERY"),
            (6, 7, (CARD, CERTIFICATE), {"outage": True}, "OK_CERTIFICATE"),
            (6, 8, (UNREGISTERED, CERTIFICATE), {}, "OK_CERTIFICATE"),
            (6, 9, (CARD, CERTIFICATE), {}, "OK_CERTIFICATE"),
            (6, 10, (BROKEN_CARD, PORTAL, CERTIFICATE), {}, "OK_CERTIFICATE"),
            (6, 11, (NOTICE, CERTIFICATE), {"on": FIRST_OF_P2, "answer": VALID}, "OK_CERTIFICATE"),
            (6, 12, (PHONE, PORTAL, CERTIFICATE), {}, "OK_CERTIFICATE"),
            (6, 9, (CARD, UNEXPIRED_OLD_CARD), {"on": LAST_OF_P1}, "OK_OLD_CARD"),
            (7, 8, (UNREGISTERED,), {"outage": True}, "NOT_CONFIRMED"),
            (7, 9, (CARD,), {"outage": True}, "PENDING_4INFO"),
            (7, 10, (BROKEN_CARD, PORTAL), {"outage": True}, "PENDING_4INFO"),
            (7, 11, (NOTICE,), {"outage": True, "on": FIRST_OF_P2}, "NOT_CONFIRMED"),
            (7, 12, (PHONE, PORTAL), {"outage": True}, "NOT_CONFIRMED"),
            (8, 11, (UNREGISTERED, NOTICE), {"on": FIRST_OF_P2, "answer": VALID}, "OFFER_REGISTRATION"),
            (8, 13, (UNREGISTERED, NOTICE), {}, "OFFER_REGISTRATION"),
            (9, 11, (PIN_CARD, NOTICE), {"on": FIRST_OF_P2, "answer": VALID}, "REQUERY"),
            (9, 12, (CARD, PHONE, PORTAL), {}, "IDENTIFY"),
            (10, 11, (BROKEN_CARD, NOTICE), {"on": FIRST_OF_P2, "answer": VALID}, "OK_MANUAL_NOTICE"),
            (10, 12, (BROKEN_CARD, PHONE, PORTAL), {}, "OK_MANUAL_PORTAL"),
            (11, 12, (PHONE, NOTICE), {"on": FIRST_OF_P2, "answer": VALID}, "OK_LENIENT"),
            (12, 13, (PHONE,), {}, "NOT_CONFIRMED"),
        ],
    )
    def test_the_earlier_row_decides(
        self, row: int, later_row: int, shown: tuple[object, ...], changes: dict[str, Any], outcome: str
    ) -> None:
        assert row < later_row
        assert decision(decided(*shown, **changes)) == (outcome, row)


class TestRowsWithMoreToSay:
    """Sentences of the table that the tests of the rows leave out."""

    def test_row_6_an_answer_2_by_card_takes_the_certificate_away_too(self) -> None:
        for named in (KYOKAI, None):
            outcome = decided(PIN_CARD, CERTIFICATE, answer=ended(named, AskedBy.CARD))
            assert decision(outcome) == ("OK_DECLARATION", 10)

    def test_row_6_an_answer_2_takes_an_old_card_away_and_an_answer_4_does_not(self) -> None:
        assert decision(decided(UNEXPIRED_OLD_CARD, on=LAST_OF_P1, answer=ended(KYOKAI))) == ("NOT_CONFIRMED", 13)
        kept = decided(UNEXPIRED_OLD_CARD, on=LAST_OF_P1, answer=by_numbers(4))
        assert (decision(kept), kept.queue) == (("OK_OLD_CARD", 6), "recheck")

    def test_row_6_of_two_certificates_the_one_that_was_not_taken_away_counts(self) -> None:
        other = replace(CERTIFICATE, insurer_number=COMPANY, issued_on=date(2025, 1, 6))
        outcome = decided(CERTIFICATE, other, answer=ended(KYOKAI))
        assert decision(outcome) == ("OK_CERTIFICATE", 6)

    @pytest.mark.parametrize("card", [GRACE_CARD, PIN_CARD, VISUAL_CARD])
    @pytest.mark.parametrize("validity", [2, 4])
    def test_row_10_an_answer_2_or_4_by_card_opens_the_ladder_whatever_identified(
        self, card: object, validity: int
    ) -> None:
        assert decision(decided(card, answer=by_card(validity))) == ("OK_DECLARATION", 10)

    def test_row_10_nothing_is_taken_by_mouth_after_an_answer_2_by_numbers_either(self) -> None:
        known = {"visit": Visit.RETURN, "known_patient": True}
        assert decided(BROKEN_CARD, answer=ended(COMPANY), **known).outcome == "OK_DECLARATION"
        assert decided(BROKEN_CARD, answer=by_numbers(4), **known).outcome == "OK_VERBAL"

    @pytest.mark.parametrize(
        ("shown", "changes", "outcome"),
        [
            ((PORTAL,), {}, "OK_MANUAL_PORTAL"),
            ((NOTICE,), {}, "OK_MANUAL_NOTICE"),
            ((), {"visit": Visit.RETURN, "known_patient": True}, "OK_VERBAL"),
            ((DECLARATION,), {}, "OK_DECLARATION"),
        ],
    )
    def test_row_10_an_answer_1_by_numbers_keeps_every_outcome_and_gives_the_share(
        self, shown: tuple[object, ...], changes: dict[str, object], outcome: str
    ) -> None:
        confirmed = decided(BROKEN_CARD, *shown, answer=valid_by_numbers(ratio=20), **changes)
        assert (decision(confirmed), charge(confirmed)) == ((outcome, 10), share(20))
        assert "confirmed_by_numbers" in confirmed.reasons

    def test_row_10_an_unregistered_card_is_no_registered_card_in_hand(self) -> None:
        assert decision(decided(replace(UNREGISTERED, readable=False), PORTAL)) == ("NOT_CONFIRMED", 13)
        assert decision(decided(DECLINED, PORTAL)) == ("NOT_CONFIRMED", 13)

    def test_row_12_the_declaration_and_the_notice_do_not_stand_in_for_the_portal(self) -> None:
        assert decision(decided(PHONE, NOTICE, DECLARATION)) == ("NOT_CONFIRMED", 12)


class TestCharge:
    @pytest.mark.parametrize("where", [{"site": Site.CHECKUP}, {"visit": Visit.BOOKING}])
    def test_nothing_at_a_checkup_or_booking_also_where_it_would_be_everything(self, where: dict[str, object]) -> None:
        special = replace(BY_CARD, card_class="05")
        assert charge(decided(PIN_CARD, answer=special, **where)) == NOTHING
        assert charge(decided(**where)) == NOTHING
        assert charge(decided(disaster=True, **where)) == NOTHING
        assert charge(decided(BROKEN_CARD, outage=True, **where)) == NOTHING

    @pytest.mark.parametrize("where", [{"site": Site.CHECKUP}, {"visit": Visit.BOOKING}])
    @pytest.mark.parametrize(
        ("shown", "changes", "outcome"),
        [
            ((CARD,), {}, "IDENTIFY"),
            ((PIN_CARD,), {}, "REQUERY"),
            ((UNREGISTERED,), {}, "OFFER_REGISTRATION"),
            ((CARD,), {"flags": REFUSED}, "NEED_CERTIFICATE"),
        ],
    )
    def test_undecided_has_no_charge_at_all_there_either(
        self, shown: tuple[object, ...], changes: dict[str, Any], outcome: str, where: dict[str, Any]
    ) -> None:
        for place in ({}, where):
            undecided = decided(*shown, **changes, **place)
            assert (undecided.outcome.value, undecided.charge) == (outcome, None)

    @pytest.mark.parametrize(
        ("shown", "changes", "row"),
        [
            ((STRANGERS_CARD,), {}, 3),
            ((), {"outage": True}, 7),
            ((NOTICE,), {"on": FIRST_OF_P2}, 11),
            ((PHONE,), {}, 12),
            ((), {}, 13),
        ],
    )
    def test_everything_in_each_row_that_confirms_nobody(
        self, shown: tuple[object, ...], changes: dict[str, Any], row: int
    ) -> None:
        outcome = decided(*shown, **changes)
        assert (decision(outcome), charge(outcome)) == (("NOT_CONFIRMED", row), EVERYTHING)

    def test_special_treatment_is_full_past_the_31_march_on_or_after_the_18th_birthdays_age(self) -> None:
        """Born on 2008-04-01 the age of 18 is reached on 2026-03-31, born on 2008-04-02 a day after it."""
        special = replace(BY_CARD, card_class="05")
        for born, last_day in (
            (date(2008, 4, 1), date(2026, 3, 31)),
            (date(2008, 4, 2), date(2027, 3, 31)),
        ):
            assert charge(decided(PIN_CARD, birthdate=born, on=last_day, answer=special)) == share(30)
            next_day = last_day.replace(month=4, day=1)
            assert charge(decided(PIN_CARD, birthdate=born, on=next_day, answer=special)) == EVERYTHING

    def test_special_treatment_counts_only_where_the_answer_says_1(self) -> None:
        for validity in (2, 4):
            answer = replace(by_card(validity), card_class="05")
            assert charge(decided(PIN_CARD, answer=answer)) == share(30)


class TestShare:
    @pytest.mark.parametrize(
        ("shown", "answer", "expected"),
        [
            ((RECIPIENT, Declaration(20)), valid_by_numbers(ratio=30), share(30)),
            ((RECIPIENT, Declaration(30)), None, share(20)),
            ((Declaration(20),), None, share(30)),
        ],
        ids=["answer", "recipient certificate", "accepted document"],
    )
    def test_answer_before_recipient_certificate_before_accepted_document_before_declared(
        self, shown: tuple[object, ...], answer: object, expected: dict[str, object]
    ) -> None:
        accepted = replace(CERTIFICATE, burden_ratio=30)
        assert charge(decided(accepted, *shown, birthdate=AT_72, answer=answer)) == expected

    def test_declared_before_age(self) -> None:
        assert charge(decided(BROKEN_CARD, Declaration(20), birthdate=AT_72)) == share(20)
        assert charge(decided(BROKEN_CARD, Declaration(), birthdate=AT_72)) == to_be_asked(30)

    @pytest.mark.parametrize(
        "shown",
        [
            (replace(CERTIFICATE, burden_ratio=20),),
            (BROKEN_CARD, Portal(burden_ratio=20)),
            (BROKEN_CARD, EligibilityNotice(KYOKAI, burden_ratio=20)),
            (CERTIFICATE, replace(RECIPIENT, valid_from=None)),
        ],
        ids=lambda shown: shown[-1].document,
    )
    @pytest.mark.parametrize(("on", "expected"), [(date(2026, 11, 30), share(30)), (date(2026, 12, 1), share(20))])
    def test_no_ratio_paper_is_in_effect_before_the_70_years_rule_of_its_holder(
        self, shown: tuple[object, ...], on: date, expected: dict[str, object]
    ) -> None:
        """Born on 1956-11-02, the rule starts on 2026-12-01 (validation.md §4)."""
        assert charge(decided(*shown, birthdate=date(1956, 11, 2), on=on)) == expected

    @pytest.mark.parametrize(
        "shown",
        [
            (replace(CERTIFICATE, burden_ratio=30),),
            (BROKEN_CARD, Portal(burden_ratio=30)),
            (BROKEN_CARD, EligibilityNotice(KYOKAI, burden_ratio=30)),
            (CERTIFICATE, replace(RECIPIENT, burden_ratio=30)),
        ],
        ids=lambda shown: shown[-1].document,
    )
    def test_nor_with_a_higher_ratio_so_a_child_before_school_pays_20(self, shown: tuple[object, ...]) -> None:
        assert charge(decided(*shown, birthdate=CHILD)) == share(20)

    @pytest.mark.parametrize(("birthdate", "provisional"), [(AT_72, 30), (AT_80, None)])
    def test_by_age_from_70_on_never_but_asked_with_30_at_70_to_74_and_nothing_at_75(
        self, birthdate: date, provisional: int | None
    ) -> None:
        outcome = decided(BROKEN_CARD, DECLARATION, birthdate=birthdate)
        assert charge(outcome) == to_be_asked(provisional)
        assert outcome.ask_for

    @pytest.mark.parametrize(("birthdate", "provisional"), [(AT_72, 30), (AT_80, None)])
    def test_of_an_insurer_39_the_provisional_share_goes_by_the_same_ages(
        self, birthdate: date, provisional: int | None
    ) -> None:
        unprinted = replace(ELDERLY_CERTIFICATE, burden_ratio=None)
        assert charge(decided(unprinted, birthdate=birthdate)) == to_be_asked(provisional)

    def test_a_declared_ratio_that_age_forbids_is_ignored_with_a_reason_at_every_age(self) -> None:
        for birthdate, declared in ((CHILD, 30), (date(1986, 5, 2), 10), (AT_72, 10)):
            outcome = decided(BROKEN_CARD, Declaration(declared), birthdate=birthdate)
            assert "declared_ratio_ignored" in outcome.reasons
            assert charge(outcome) != share(declared)


class TestAskFor:
    WORDS = {kind.document for kind in DOCUMENT_TYPES} | {identity.value for identity in Identity} | {"numbers_query"}

    @THOROUGH
    @given(cases())
    def test_its_words_are_those_of_the_case_of_identity_and_numbers_query(self, case: Case) -> None:
        assert set(decide(case).ask_for) <= self.WORDS

    @pytest.mark.parametrize("identity", [Identity.NONE, Identity.PIN_LOCKED, Identity.PIN_FORGOTTEN])
    @pytest.mark.parametrize("certificate", [Certificate.VALID, Certificate.EXPIRING, Certificate.GRACE])
    def test_identify_lists_the_ways_still_open_and_never_a_pin_that_cannot_be_had(
        self, identity: Identity, certificate: Certificate
    ) -> None:
        for face_only in (False, True):
            card = MynaCard(identity=identity, certificate=certificate, face_only=face_only)
            outcome = decided(card)
            assert outcome.outcome == "IDENTIFY"
            assert ("pin" in outcome.ask_for) == (identity is Identity.NONE and not face_only)
            assert {"face", "visual"} <= set(outcome.ask_for)

    @pytest.mark.parametrize("birthdate", [CHILD, AT_72, AT_80])
    def test_a_face_only_holder_is_never_asked_for_the_portal_whatever_is_missing(self, birthdate: date) -> None:
        broken = replace(FACE_ONLY_CARD, readable=False)
        for shown in ((broken,), (broken, NOTICE), (broken, DECLARATION)):
            assert "portal" not in decided(*shown, birthdate=birthdate).ask_for

    def test_the_declaration_is_asked_for_while_none_is_presented(self) -> None:
        assert "declaration" in decided(BROKEN_CARD).ask_for
        assert "declaration" not in decided(BROKEN_CARD, DECLARATION).ask_for

    @pytest.mark.parametrize("card", [LOCKED_CARD, FORGOTTEN_PIN_CARD, FACE_ONLY_CARD])
    def test_there_is_always_a_way_still_open(self, card: object) -> None:
        assert decided(card).ask_for == ("face", "visual")
        assert decided(UNIDENTIFIED_PHONE, equipped_for_smartphone=True).ask_for


class TestQueueRegistrationReturns:
    def test_an_old_card_in_an_outage_is_checked_again_too(self) -> None:
        outcome = decided(UNEXPIRED_OLD_CARD, on=LAST_OF_P1, outage=True)
        assert (decision(outcome), outcome.queue) == (("OK_OLD_CARD", 6), "recheck")

    @pytest.mark.parametrize("shown", [(PORTAL,), (NOTICE,), (DECLARATION,), ()])
    def test_every_outcome_of_row_10_is_checked_again_unless_confirmed(self, shown: tuple[object, ...]) -> None:
        assert decided(REVOKED_CHIP, *shown).queue == "recheck"
        assert decided(REVOKED_CHIP, *shown, answer=valid_by_numbers()).queue is None
        assert decided(REVOKED_CHIP, *shown, answer=by_numbers(4)).queue == "recheck"

    def test_an_unregistered_card_beside_an_old_card_is_offered_registration(self) -> None:
        outcome = decided(UNREGISTERED, UNEXPIRED_OLD_CARD, on=LAST_OF_P1)
        assert (decision(outcome), outcome.registration) == (("OK_OLD_CARD", 6), "offer")

    def test_an_old_card_goes_back_where_an_answer_2_ended_it_by_2025_12_01(self) -> None:
        assert decided(UNEXPIRED_OLD_CARD, on=LAST_OF_P1, answer=ended(KYOKAI)).returns == ("insurance_card",)
        assert decided(UNEXPIRED_OLD_CARD, on=FIRST_OF_P2, answer=ended(KYOKAI)).returns == ()

    def test_only_the_paper_whose_insurer_ended_goes_back(self) -> None:
        other = InsuranceCard(COMPANY)
        outcome = decided(other, CERTIFICATE, on=date(2025, 9, 1), answer=ended(KYOKAI))
        assert (decision(outcome), outcome.returns) == (("OK_OLD_CARD", 6), ("eligibility_certificate",))

    @pytest.mark.parametrize("answer", [ended(KYOKAI), ended(None)])
    def test_a_notice_never_goes_back_whatever_ended(self, answer: object) -> None:
        outcome = decided(NOTICE, CERTIFICATE, answer=answer)
        assert outcome.returns == ("eligibility_certificate",)

    @THOROUGH
    @given(cases())
    def test_only_certificates_and_old_cards_ever_go_back(self, case: Case) -> None:
        assert set(decide(case).returns) <= {"eligibility_certificate", "insurance_card"}

    def test_where_everything_is_in_order_nothing_goes_back(self) -> None:
        shown = (PIN_CARD, NOTICE, Portal(PortalForm.PDF), CERTIFICATE)
        assert decided(*shown, answer=valid_by_card(COMPANY)).returns == ()
