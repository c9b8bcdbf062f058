"""What the five source documents say, statement by statement: the list is whole, and every rule in it has a test.

`seed_statements.toml` is the list; its quotations were compared with the documents, which are not in the repository.
Statements that no other test shows are shown below.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from eligibility.case import Membership
from eligibility.certificate_grounds import GROUNDS
from eligibility.certificate_issue import ISSUES
from eligibility.help_lines import HELP_LINES
from eligibility.insurer_profiles import InsurerProfile, profile_of
from eligibility.insurers import InsurerNumber
from eligibility.papers.fields import PaperField
from eligibility.papers.form_types import Shape
from eligibility.papers.forms import FORM_OF
from eligibility.papers.paper import missing_for_query
from eligibility.rule_dates import RULE_DATES
from eligibility.topics import TOPICS
from eligibility.words import LANGUAGES, text
from tests.eligibility.cases import (
    BY_CARD,
    CERTIFICATE,
    CHILD,
    PIN_CARD,
    by_card,
    by_numbers,
    decided,
)
from tests.eligibility.catalogue import sentences
from tests.eligibility.named_tests import ROOT, exists
from tests.eligibility.papers.papers import KYOKAI_CERTIFICATE, STRIP, codes, refused, typed
from tests.eligibility.situations import decision, ended

pytestmark = pytest.mark.broad

STATEMENTS: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "seed_statements.toml").read_text(encoding="utf-8")
)["statement"]
KEYS = {"id", "seed", "place", "says", "rule", "kind", "decided_by", "tests"}
WHERE_DOCUMENTS_DIFFER = {"contradicts"}
KINDS = {"dated", "insurer difference", "not by itself", "return", "paper", "guidance", "background"}
AT_LEAST = {"S0": 115, "S1": 60, "S2": 50, "S3": 40, "S4": 58}
"""How many statements of each document are listed: none gets lost."""
NOTHING = "nothing: "
LONGEST_QUOTATION = 60


def places(statement: dict[str, Any]) -> list[str]:
    """Where it is decided: "path word, word", one or more."""
    return [] if statement["decided_by"].startswith(NOTHING) else statement["decided_by"].split("; ")


@cache
def source_of(path: str) -> str:
    file = ROOT / path
    return file.read_text(encoding="utf-8") if file.is_file() else ""


@cache
def lines_of(path: str) -> frozenset[str]:
    """The ids of a decision table."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    with file.open(encoding="utf-8-sig", newline="") as table:
        return frozenset(line["id"] for line in csv.DictReader(table))


def is_there(node: str) -> bool:
    """Whether "file::test" names a test, or "file.csv::ID" a line of a decision table."""
    path, _, name = node.partition("::")
    return name in lines_of(path) if path.endswith(".csv") else exists(node)


def wrong(broken: Iterator[tuple[str, object]]) -> dict[str, object]:
    """What is wrong, by the statement's id."""
    return dict(broken)


class TestTheList:
    def test_every_entry_is_complete(self) -> None:
        assert wrong((one.get("id", "?"), one) for one in STATEMENTS if set(one) - WHERE_DOCUMENTS_DIFFER != KEYS) == {}
        for key in KEYS - {"tests"}:
            assert wrong((one["id"], key) for one in STATEMENTS if not one[key].strip()) == {}

    def test_every_document_is_there_with_all_that_was_found_in_it(self) -> None:
        found = Counter(one["seed"] for one in STATEMENTS)
        assert found.keys() == AT_LEAST.keys()
        assert all(found[seed] >= number for seed, number in AT_LEAST.items()), found

    def test_every_id_stands_once_and_names_its_document(self) -> None:
        ids = [one["id"] for one in STATEMENTS]
        assert len(ids) == len(set(ids))
        assert (
            wrong((one["id"], one["seed"]) for one in STATEMENTS if not one["id"].startswith(f"{one['seed']}-")) == {}
        )

    def test_no_passage_is_quoted_twice_and_none_at_length(self) -> None:
        passages = Counter((one["seed"], one["place"], one["says"]) for one in STATEMENTS)
        assert [passage for passage, times in passages.items() if times > 1] == []
        assert wrong((one["id"], one["says"]) for one in STATEMENTS if len(one["says"]) > LONGEST_QUOTATION) == {}

    def test_every_kind_is_known_and_used(self) -> None:
        assert {one["kind"] for one in STATEMENTS} == KINDS

    def test_every_rule_is_a_sentence(self) -> None:
        assert wrong((one["id"], one["rule"]) for one in STATEMENTS if not one["rule"].endswith(".")) == {}

    def test_where_documents_contradict_each_other_it_says_which_is_followed(self) -> None:
        ids = {one["id"] for one in STATEMENTS}
        differing = [one for one in STATEMENTS if "contradicts" in one]
        assert len(differing) >= 15
        for one in differing:
            assert set(one["contradicts"]) <= ids - {one["id"]}, one["id"]
            assert re.search("followed|turns on|the same boundary", one["rule"]), one["id"]

    def test_it_is_decided_where_it_says(self) -> None:
        for one in STATEMENTS:
            for place in places(one):
                path, *words = re.split(r",? +", place)
                missing = [word for word in words if word not in source_of(path)]
                assert (missing, bool(source_of(path))) == ([], True), (one["id"], place)

    def test_what_is_no_rule_of_the_counter_says_why(self) -> None:
        reasons = [one["decided_by"].removeprefix(NOTHING) for one in STATEMENTS if not places(one)]
        assert min(map(len, reasons)) > 15

    def test_every_test_it_names_exists(self) -> None:
        assert wrong((one["id"], node) for one in STATEMENTS for node in one["tests"] if not is_there(node)) == {}
        assert (
            wrong((one["id"], one["tests"]) for one in STATEMENTS if len(set(one["tests"])) < len(one["tests"])) == {}
        )

    def test_every_rule_has_a_test(self) -> None:
        assert wrong((one["id"], one["rule"]) for one in STATEMENTS if places(one) and not one["tests"]) == {}

    def test_whoever_names_a_document_as_source_has_a_statement_of_it(self) -> None:
        named = {(rule.word.upper(), seed) for rule in RULE_DATES for seed in seeds(rule.source)}
        named |= {(one.word, seed) for of in GROUNDS.values() for one in of for seed in seeds(*one.sources)}
        for issue in ISSUES.values():
            # "S4 as a model" is no statement about that insurer.
            steps = [step for step in (*issue.apply, *issue.delivery) if step.verified]
            named |= {(step.word, seed) for step in steps for seed in seeds(*step.sources)}
        named |= {(line.word.upper(), seed) for line in HELP_LINES for seed in seeds(*line.sources)}
        said = {(word, one["seed"]) for one in STATEMENTS for place in places(one) for word in re.split(r",? +", place)}
        assert named - said == set()

    @pytest.mark.parametrize(
        "node",
        [
            "tests/eligibility/decisions/1-online.csv::ON-000",
            "tests/eligibility/decisions/nowhere.csv::ON-001",
            "tests/eligibility/test_seed_statements.py::TestTheList::test_nobody_wrote",
        ],
    )
    def test_a_name_that_leads_nowhere_is_seen(self, node: str) -> None:
        assert not is_there(node)
        assert is_there("tests/eligibility/decisions/1-online.csv::ON-001")


def seeds(*sources: str) -> list[str]:
    return [seed for source in sources for seed in re.findall(r"\bS[0-4]\b", source)]


# --- statements that no other test shows ---


def test_kyokais_certificate_can_be_queried_by_its_numbers() -> None:
    certificate = typed(FORM_OF["certificate_kyokai"], KYOKAI_CERTIFICATE)
    assert missing_for_query(certificate) == ()


def test_kyokai_prints_a_former_name_or_an_alias_only_on_request() -> None:
    form = FORM_OF["certificate_kyokai"]
    assert form.optional == {PaperField.FORMER_NAME, PaperField.ALIAS}
    with_former_name = typed(form, KYOKAI_CERTIFICATE)
    without = typed(form, {key: value for key, value in KYOKAI_CERTIFICATE.items() if key != "former_name"})
    assert with_former_name.former_name is not None
    assert without.former_name is None


def test_kyokais_notice_has_neither_sex_nor_alias_nor_former_name() -> None:
    for word in ("notice_kyokai_strip", "notice_kyokai_sheet"):
        for field, value in (("sex", "男"), ("alias", "通称　太郎"), ("former_name", "旧姓　太郎")):
            assert codes(refused(FORM_OF[word], {field: value})) == {field: "field.not_on_form"}


def test_the_notice_is_a_strip_cut_from_paper() -> None:
    assert FORM_OF["notice_kyokai_strip"].shapes == {Shape.STRIP}


def test_the_notice_of_the_medical_society_is_a4_with_a_part_to_cut_out() -> None:
    assert FORM_OF["notice_chiba_medical"].shapes == {Shape.A4, Shape.STRIP}


def test_the_notice_of_the_company_society_comes_from_its_web_page() -> None:
    assert FORM_OF["notice_company_a"].shapes == {Shape.SCREEN, Shape.PDF}


def test_a_certificate_of_a_company_society_has_any_shape() -> None:
    assert FORM_OF["certificate_company"].shapes == {Shape.CARD, Shape.POSTCARD, Shape.A4}


def test_strip_certificate_and_portal_give_the_numbers_for_a_query() -> None:
    assert missing_for_query(typed(FORM_OF["notice_kyokai_strip"], STRIP)) == ()
    assert missing_for_query(typed(FORM_OF["certificate_kyokai"], KYOKAI_CERTIFICATE)) == ()
    shown = {key: STRIP[key] for key in ("insurer_number", "symbol", "number", "branch", "name", "birthdate")}
    assert missing_for_query(typed(FORM_OF["portal_screen"], shown)) == ()


def test_a_paper_tells_the_patients_name_from_the_insured_persons() -> None:
    dependant = KYOKAI_CERTIFICATE | {"name": "協会　花子", "relation": "被扶養者"}
    paper = typed(FORM_OF["certificate_kyokai"], dependant)
    assert (paper.name, paper.insured_name) == ("協会　花子", "協会　太郎")


@pytest.mark.parametrize("number", ["03139995", "04139994"])
def test_day_labourers_insurance_does_not_follow_the_rules_of_kyokai(number: str) -> None:
    assert profile_of(InsurerNumber(number)) is InsurerProfile.OTHER


def test_in_a_family_each_person_is_confirmed_by_their_own() -> None:
    assert decision(decided(PIN_CARD, answer=BY_CARD)) == ("OK_ONLINE", 4), "the parent has a card"
    assert decision(decided(CERTIFICATE, birthdate=CHILD)) == ("OK_CERTIFICATE", 6), "the child has a certificate"
    assert decision(decided(birthdate=CHILD)) == ("NOT_CONFIRMED", 13), "a sibling is not confirmed by theirs"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("shown", [(PIN_CARD, by_card(4)), (CERTIFICATE, by_numbers(4))])
def test_who_is_found_nowhere_hears_that_mynapoint_is_no_registration(shown: tuple[Any, Any], lang: str) -> None:
    document, answer = shown
    assert "number_not_at_insurer" in decided(document, answer=answer).tell
    assert "マイナポイント" in text(lang, "tell.number_not_at_insurer")


@pytest.mark.parametrize(("lang", "days"), [("ja", "2〜5営業日"), ("en", "2 to 5 business days")])
def test_who_changed_jobs_hears_how_long_a_new_membership_takes(lang: str, days: str) -> None:
    for answer in (ended(None), by_numbers(3)):
        assert "ask_new_membership" in decided(CERTIFICATE, membership=Membership.UNKNOWN, answer=answer).tell
    assert days in text(lang, "tell.ask_new_membership")


def test_the_return_envelope_is_for_nothing_else() -> None:
    assert "ほかのことに使いません" in text("ja", "return_rule.how.in_return_envelope")
    assert "for nothing else" in text("en", "return_rule.how.in_return_envelope")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_sends_anybody_to_a_page_that_was_announced_to_end(lang: str) -> None:
    said = "\n".join(sentences(lang).values())
    assert re.search(r"https?:|www\.|kyoukaikenpo|特設", said) is None
    assert date(2026, 2, 27) not in {rule.day for rule in RULE_DATES}


def said_about(topic_word: str) -> str:
    """The Japanese sentences and keywords of a subject of `ask`."""
    [topic] = [one for one in TOPICS if one.word == topic_word]
    spoken = (sentences("ja")[message] for message in (topic.title_id, *topic.staff, *topic.patient))
    return "\n".join((*spoken, *topic.keywords))


def test_four_places_to_register_are_named() -> None:
    for place in ("カードリーダー", "マイナポータル", "セブン銀行", "市区町村の窓口"):
        assert place in said_about("not_registered")


def test_mynapoint_is_explained_at_the_desk() -> None:
    for words in ("マイナポイント", "勤め先", "利用登録"):
        assert words in said_about("mynapoint")


def test_wrong_last_four_digits_go_to_the_dedicated_line_and_not_to_a_branch() -> None:
    for words in ("協会けんぽ", "本人", "マイナンバー専用ダイヤル", "支部では受け付けない"):
        assert words in said_about("last_four_digits")


def test_missing_data_are_explained_in_the_insurers_own_words() -> None:
    for words in ("データ登録未完了", "対象となるデータがありません", "マイナンバー登録申出書"):
        assert words in said_about("data_not_registered")
