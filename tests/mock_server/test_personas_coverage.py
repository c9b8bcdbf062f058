"""What the personas cover together: every trouble, state, age, code and kind of character that a patient can bring."""

from __future__ import annotations

from datetime import date

from eligibility.calendar import age_on
from eligibility.oqs.codes import LimitApplicationCertificateClassificationFlag, SpecificDiseasesDiseaseCategory
from mock_server.people import CONSENT_ITEMS, MEDICAL_ASSISTANCE, Membership
from mock_server.personas import CERTIFICATE_STATES, SMARTPHONE_STATES, load_personas
from mock_server.personas.values import CARD_KINDS, PAPERS
from tools.personas_troubles import MADE_OTHERWISE, TROUBLES

ON = date(2026, 11, 20)
ALL = list(load_personas().values())
MEMBERSHIPS = [own for who in ALL for own in who.person.memberships]


def test_every_scenario_has_a_persona_or_a_reason_why_it_has_none() -> None:
    played = {scenario for who in ALL for scenario in who.scenarios}
    everything = {f"F{number:02}" for number in range(1, 33)}
    assert TROUBLES.keys() == everything
    assert played <= everything
    assert played & MADE_OTHERWISE.keys() == set()
    assert played | MADE_OTHERWISE.keys() == everything
    assert all(all(reason) for reason in MADE_OTHERWISE.values())


def test_there_are_more_than_forty_and_each_has_its_place() -> None:
    assert len(ALL) >= 40
    assert sorted(who.order for who in ALL) == list(range(1, len(ALL) + 1))


def test_every_state_of_a_certificate_a_phone_and_a_chip() -> None:
    assert {who.card.certificate for who in ALL} == set(CERTIFICATE_STATES)
    assert {who.card.smartphone for who in ALL} == set(SMARTPHONE_STATES)
    assert {who.card.kind for who in ALL} == set(CARD_KINDS)
    assert {who.card.readable for who in ALL} == {True, False}
    assert {who.card.tries_left for who in ALL} == {0, 1, 2, 3}
    assert {who.registered for who in ALL} == {True, False}


def test_every_answer_of_the_service_by_card_and_by_numbers() -> None:
    by_card = {expected.validity for who in ALL for expected in (who.expected, *who.later)}
    by_numbers = {who.by_numbers.validity for who in ALL if who.by_numbers}
    assert by_card == {None, 1, 2, 4, 5, 6}  # 3 is what old numbers say; a card finds the new membership
    assert by_numbers == {1, 2, 3, 4, 5, 6}


def test_every_insurer_of_the_documents_and_the_other_schemes() -> None:
    current = {own.insurer_number for own in MEMBERSHIPS if own.is_current(ON)}
    assert current == {"01139997", "06129993", "06139992", "139998", "39139993", "07139991", "12139994"}
    # 02, 04 and 06 belong to schemes that are closed or whose insurers are none of ours (validation.md §1.3).
    assert {own.card_class for own in MEMBERSHIPS} == {"01", "03", "05", "07", MEDICAL_ASSISTANCE}
    assert {own.reason_of_loss for own in MEMBERSHIPS} >= {"02", "03", "99"}


def test_every_age_the_rules_tell_apart() -> None:
    ages = {age_on(who.person.birthdate, ON) for who in ALL}
    assert min(ages) == 0
    assert {18, 69} <= ages
    assert any(70 <= age < 75 for age in ages)
    ratios_at_70 = {own.elderly_ratio for own in MEMBERSHIPS}
    assert {20, 30} <= ratios_at_70
    elderly = [who for who in ALL if any(own.burden_ratio for own in who.person.memberships)]
    assert {own.burden_ratio for who in elderly for own in who.person.memberships} >= {10, 20, 30}
    assert any(age_on(who.person.birthdate, ON) < 75 for who in elderly), "障害認定, or about to turn 75"
    assert len([who for who in ALL if who.later]) >= 5, "people whose rule changes on a day"


def test_limits_and_specific_diseases_of_every_category() -> None:
    flags = {own.limit.flag for own in MEMBERSHIPS if own.limit}
    every = {flag.value for flag in LimitApplicationCertificateClassificationFlag}
    # B03 is like B01 and B02; B07 and B08 are of schemes that have nearly died out (老福, 境界層).
    assert every - flags == {"B03", "B07", "B08"}
    assert {own.limit.classification for own in MEMBERSHIPS if own.limit} == {"01", "02"}
    assert any(own.limit.long_term_on for own in MEMBERSHIPS if own.limit)
    diseases = {disease.category for own in MEMBERSHIPS for disease in own.diseases}
    assert diseases == {category.value for category in SpecificDiseasesDiseaseCategory}


def test_characters_of_every_repertoire() -> None:
    names = "".join(who.person.name + who.card.name for who in ALL)
    repertoires = {
        "outside JIS X 0208, in CP932": "髙德濵",
        "JIS X 0213 third level": "鷗",
        "JIS X 0213 fourth level, beyond 16 bits": "𩸽",
        "in neither": "𠮷",
        "a variation selector": "\U000e0100",
        "a compatibility ideograph that normalising would change": "\ufa10",
        "what the service writes for what it lacks": "●",
        "Latin letters, middle dot": "ＡＭ・",
    }
    for repertoire, characters in repertoires.items():
        assert all(character in names for character in characters), repertoire


def test_both_protections_and_every_wish_at_the_reader() -> None:
    assert any(who.person.self_info_refused for who in ALL)
    assert any(who.person.undisclosed for who in ALL)
    assert {who.person.prescription for who in ALL} == {"", "1", "2"}
    assert {who.person.consents for who in ALL} == {(), CONSENT_ITEMS}
    assert {who.person.sex for who in ALL} == {"1", "2", "3"}
    assert any(who.person.sex2 for who in ALL)
    assert any(who.person.name_of_other and who.person.kana_of_other for who in ALL)


def test_a_family_of_five_shares_numbers_and_differs_in_the_branch() -> None:
    families: dict[tuple[str, str, str], set[str]] = {}
    for own in MEMBERSHIPS:
        families.setdefault((own.insurer_number, own.symbol, own.number), set()).add(own.branch)
    assert {"00", "01", "02", "03", "04"} in families.values()


def test_numbers_as_papers_print_them() -> None:
    assert {who.by_numbers.document for who in ALL if who.by_numbers} == set(PAPERS)

    def printed(own: Membership) -> bool:
        return not own.insurer_number.startswith(("39", "12"))

    symbols = {own.symbol for own in MEMBERSHIPS if printed(own)}
    assert "" in symbols
    assert any(symbol and not symbol.isascii() for symbol in symbols)
    assert any(own.number and not own.number.isascii() for own in MEMBERSHIPS)
    assert "" in {own.branch for own in MEMBERSHIPS if printed(own)}


def test_several_memberships_at_a_time_and_one_after_the_other() -> None:
    current = {who.name: [own for own in who.person.memberships if own.is_current(ON)] for who in ALL}
    assert [name for name, own in current.items() if len(own) > 1] == ["jiro"]
    assert len([who for who in ALL if len(who.person.memberships) > 1]) >= 4
    assert {len(own.tickets) for own in MEMBERSHIPS if own.card_class == MEDICAL_ASSISTANCE} == {0, 2}


def test_there_is_something_to_share_after_a_consent() -> None:
    assert any(who.person.medicines for who in ALL)
    assert any(who.person.checkups for who in ALL)
