"""Whatever the service refuses with, staff read what it means; the person reads what concerns them, and no code."""

from __future__ import annotations

import pytest

from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from kiosk.screens import trouble as for_patients
from kiosk.services.interfaces import ServiceStopped
from kiosk.services.qualification_client import HttpQualificationClient
from kiosk.staff.trouble_words import MORE_EXACT, UNREADABLE, exact_word
from kiosk.widgets.prose import Prose
from kiosk.words import FULL_LANGUAGES, LANGUAGES, Words
from mock_server.errors import Refusal, status_of
from tests.kiosk.screens.samples import CARD
from tests.kiosk.screens.stage import stage
from tests.kiosk.services.small_server import SmallServer, ask_by_card, client_of

EXACT = {UNREADABLE, *(word for exact in MORE_EXACT.values() for word in exact.values())}

MEANT = {
    Refusal.CERTIFICATE_EXPIRED: (Trouble.CERTIFICATE_REFUSED, "certificate_expired"),
    Refusal.CERTIFICATE_REVOKED_CRL: (Trouble.CERTIFICATE_REFUSED, "certificate_revoked"),
    Refusal.CERTIFICATE_REVOKED_OCSP: (Trouble.CERTIFICATE_REFUSED, "certificate_revoked"),
    Refusal.CERTIFICATE_NOT_YET_VALID: (Trouble.CERTIFICATE_REFUSED, "certificate_early"),
    Refusal.CERTIFICATE_ISSUER_UNKNOWN: (Trouble.CERTIFICATE_REFUSED, "certificate_foreign"),
    Refusal.CERTIFICATE_UNKNOWN: (Trouble.CERTIFICATE_REFUSED, "certificate_foreign"),
    Refusal.CERTIFICATE_POLICY: (Trouble.CERTIFICATE_REFUSED, None),
    Refusal.ENROLMENT_UNKNOWN: (Trouble.REAL_CARD_NOT_ENROLLED, None),
    Refusal.CHALLENGE_EXPIRED: (Trouble.SERVER_REFUSED, None),
    Refusal.REVOCATION_UNKNOWN: (Trouble.SERVER_REFUSED, None),
    Refusal.RATE_LIMIT: (Trouble.SERVER_REFUSED, "service_busy"),
    Refusal.REQUEST_INSTITUTION: (Trouble.SERVER_REFUSED, "counter_unknown"),
    Refusal.INSTITUTION_TOKEN_REVOKED: (Trouble.SERVER_REFUSED, "counter_unknown"),
    Refusal.SERVICE_PROCESSING: (Trouble.SERVER_DOWN, "service_busy"),
    Refusal.SERVICE_MAINTENANCE: (Trouble.SERVER_DOWN, "service_closed"),
    Refusal.SERVICE_NIGHT_CLOSURE: (Trouble.SERVER_DOWN, "service_closed"),
    Refusal.SERVICE_FAILED: (Trouble.SERVER_DOWN, "service_failed"),
    Refusal.STORE_UNAVAILABLE: (Trouble.SERVER_DOWN, "service_store"),
    Refusal.INTERNAL: (Trouble.SERVER_DOWN, "service_failed"),
}


def stop_at(client: HttpQualificationClient, server: SmallServer, refusal: Refusal) -> ServiceStopped:
    server.answers({"error": {"code": refusal.value, "message": "…", "remedy": "…"}}, status_of(refusal))
    with pytest.raises(ServiceStopped) as stop:
        ask_by_card(client)
    return stop.value


def test_each_refusal_of_the_server_means_what_it_says() -> None:
    server = SmallServer()
    with client_of(server) as client:
        stops = {refusal: stop_at(client, server, refusal) for refusal in MEANT}
    assert {refusal: (stop.trouble, exact_word(stop.trouble, stop.detail)) for refusal, stop in stops.items()} == MEANT


def test_only_what_blames_the_certificate_sends_somebody_to_the_city_office() -> None:
    server = SmallServer()
    with client_of(server) as client:
        stops = {refusal: stop_at(client, server, refusal) for refusal in Refusal}
    sent = {"certificate_expired", "certificate_revoked"}
    assert {refusal for refusal, stop in stops.items() if exact_word(stop.trouble, stop.detail) in sent} == {
        Refusal.CERTIFICATE_EXPIRED,
        Refusal.CERTIFICATE_REVOKED_CRL,
        Refusal.CERTIFICATE_REVOKED_OCSP,
    }


@pytest.mark.parametrize(
    ("detail", "word"),
    [
        ("", None),
        ("connect", None),
        ("timeout", "service_late"),
        ("segment_2", "service_busy"),
        ("segment_9", "service_failed"),
        ("HTTP-502", "service_failed"),
        ("other_day", "service_other_day"),
        ("institution", UNREADABLE),
        ("message.value.date", UNREADABLE),
    ],
)
def test_a_service_that_cannot_be_asked_is_told_from_one_that_answers_wrongly(detail: str, word: str | None) -> None:
    assert exact_word(Trouble.SERVER_DOWN, detail) == word


@pytest.mark.parametrize("lang", FULL_LANGUAGES)
@pytest.mark.parametrize("word", sorted(EXACT))
def test_every_more_exact_word_tells_staff_why(lang: str, word: str) -> None:
    assert Words(lang).has(f"side.trouble.{word}.why")


def test_what_a_patient_reads_more_exactly_is_what_the_desk_reads_more_exactly() -> None:
    for trouble, exact in for_patients.MORE_EXACT.items():
        for detail, word in exact.items():
            assert exact_word(trouble, detail) == word


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_the_screen_says_the_more_exact_words_and_its_own_for_the_rest(lang: str) -> None:
    async with stage(lang=lang) as on:
        words = on.app.words
        await on.show(st.InTrouble(Trouble.CERTIFICATE_REFUSED, CARD, detail=Refusal.CERTIFICATE_REVOKED_OCSP.value))
        shown = [prose.text for prose in on.view.query(Prose)]
        assert shown == [
            f"! {words.text('trouble.certificate_revoked.what')}",
            words.text("trouble.certificate_refused.next"),
        ]
        assert "MOCK" not in on.text()
        await on.show(st.InTrouble(Trouble.CERTIFICATE_REFUSED, CARD, detail="MOCK-X"))
        assert on.view.query(Prose).first().text == f"! {words.text('trouble.certificate_refused.what')}"
