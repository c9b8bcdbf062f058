"""Whatever the service refuses with, staff read what it means and what to do now, not only its code."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from kiosk.screens.trouble import MORE_EXACT, UNREADABLE, exact_word
from kiosk.services.interfaces import ServiceStopped
from kiosk.services.qualification_client import HttpQualificationClient
from kiosk.widgets.fact import Fact
from kiosk.words import LANGUAGES, Words
from mock_server.errors import Refusal, status_of
from tests.kiosk.screens.driving import counter
from tests.kiosk.screens.samples import CARD
from tests.kiosk.screens.test_layout import show
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
    Refusal.STORE_UNAVAILABLE: (Trouble.SERVER_DOWN, "service_failed"),
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


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("word", sorted(EXACT))
def test_every_more_exact_word_tells_staff_what_to_do(lang: str, word: str) -> None:
    words = Words(lang)
    assert words.has(f"trouble.{word}.staff")
    said = words.text(f"trouble.{word}.staff")
    assert any(door in said for door in ("2 に進み", "うかがいます", "(2)", "ask for")), said


async def test_the_screen_says_the_more_exact_words_and_its_own_for_the_rest(tmp_path: Path) -> None:
    words = Words("ja")
    async with counter(tmp_path) as desk:
        revoked = Refusal.CERTIFICATE_REVOKED_OCSP.value
        await show(desk, st.InTrouble(Trouble.CERTIFICATE_REFUSED, CARD, card_on_reader=True, detail=revoked))
        assert "失効しています" in desk.text()
        assert words.text("trouble.certificate_refused.next") in desk.text()
        shown = {fact.id: fact.value for fact in desk.view.query(Fact)}
        assert shown["desk-next"] == words.text("trouble.certificate_revoked.staff")
        assert shown["desk-code"] == revoked
        await show(desk, st.InTrouble(Trouble.CERTIFICATE_REFUSED, CARD, card_on_reader=True, detail="MOCK-X"))
        assert words.text("trouble.certificate_refused.what") in desk.text()
