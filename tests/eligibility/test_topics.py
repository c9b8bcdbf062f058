"""The subjects of `ask`: every one complete in words, and between them everything a decision can say."""

from __future__ import annotations

import re
from datetime import date

import pytest

from eligibility import words
from eligibility.help_lines import HELP_LINES
from eligibility.help_lines import Topic as HelpTopic
from eligibility.insurer_profiles import InsurerProfile
from eligibility.outcome import OutcomeWord
from eligibility.rule_dates import RULE_DATES, SEEDS, STANDARD_RULES
from eligibility.topic_search import fold
from eligibility.topics import TOPICS, Detail, Group, Share, Topic, days, help_lines_for
from tests.eligibility.test_guidance import JARGON_AND_BLAME
from tests.eligibility.test_words import ids, sentences, swept

BY_WORD = {topic.word: topic for topic in TOPICS}
each = pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.word)


def text(topic: Topic, lang: str = "ja") -> str:
    """Everything a subject says to staff."""
    return "\n".join(words.text(lang, message_id, **days()) for message_id in topic.staff)


def test_every_subject_has_a_word_of_its_own() -> None:
    assert len(BY_WORD) == len(TOPICS) >= 70


def test_the_catalogue_has_exactly_the_sentences_of_the_subjects() -> None:
    wanted = {message_id for topic in TOPICS for message_id in (topic.title_id, *topic.staff, *topic.patient)}
    wanted |= {topic.unverified_id for topic in TOPICS if topic.unverified}
    wanted |= {f"topic.share.{share.value}" for share in Share} | {f"topic.group.{group.value}" for group in Group}
    wanted |= {"topic.detail.joining", "topic.detail.returns", "topic.detail.no_grounds"}
    assert wanted == ids("topic.")


@each
def test_a_subject_says_something_to_staff_and_to_the_patient_and_where_it_is_from(topic: Topic) -> None:
    assert topic.staff
    assert topic.patient
    assert topic.ja
    assert topic.en
    assert topic.sources
    assert all(re.match(r"(S[0-4]|reception\.md §|validation\.md §|design\.md §)", source) for source in topic.sources)


@each
def test_a_subject_fills_in_no_day_but_those_of_the_rules(topic: Topic) -> None:
    for lang in words.LANGUAGES:
        for message_id in (topic.title_id, *topic.staff, *topic.patient):
            assert "{" not in words.text(lang, message_id, **days())


@each
def test_no_keyword_is_said_twice_and_all_can_be_compared(topic: Topic) -> None:
    folded = [fold(keyword) for keyword in topic.keywords]
    assert len(set(folded)) == len(folded)
    assert all(folded)


def test_no_whole_keyword_names_two_subjects() -> None:
    """Typed exactly, it must lead to one answer."""
    named: dict[str, set[str]] = {}
    for topic in TOPICS:
        for keyword in topic.keywords:
            named.setdefault(fold(keyword).replace(" ", ""), set()).add(topic.word)
    assert {keyword: found for keyword, found in named.items() if len(found) > 1} == {}


def test_every_outcome_and_every_reason_belongs_to_a_subject() -> None:
    assert {outcome for topic in TOPICS for outcome in topic.outcomes} == set(OutcomeWord)
    reasons = {reason.removeprefix("reason.") for reason in swept()["reason."]}
    assert {reason for topic in TOPICS for reason in topic.reasons} == reasons


def test_every_help_line_is_named_by_a_subject_of_its_own() -> None:
    named = {line.word for topic in TOPICS if topic.word != "help_lines" for line in help_lines_for(topic)}
    assert named == {line.word for line in HELP_LINES}
    assert [line.word for line in help_lines_for(BY_WORD["help_lines"])] == [line.word for line in HELP_LINES]


def test_a_known_insurer_leaves_the_lines_of_others_out() -> None:
    topic = BY_WORD["last_four_digits"]
    assert [line.word for line in help_lines_for(topic)] == ["kyokai_myna"]
    assert [line.word for line in help_lines_for(topic, InsurerProfile.KYOKAI)] == ["kyokai_myna"]
    assert help_lines_for(topic, InsurerProfile.NATIONAL) == ()


def test_subjects_stand_together_by_group_in_the_order_of_the_groups() -> None:
    order = list(Group)
    places = [order.index(topic.group) for topic in TOPICS]
    assert set(places) == set(range(len(order)))
    papers = [topic.word for topic in TOPICS if topic.group is Group.PAPERS]
    assert papers[0] == "certificate"
    assert places == sorted(places)


def test_every_kind_of_detail_and_every_share_is_used() -> None:
    assert {topic.detail for topic in TOPICS} == {None, *Detail}
    assert {topic.share for topic in TOPICS} == set(Share)


def test_a_moved_day_is_told_as_it_was_moved() -> None:
    moved = STANDARD_RULES.moved("leniency_until", date(2026, 7, 31))
    assert days()["leniency_until"] == "2026-03-31"
    assert days(moved)["leniency_until"] == "2026-07-31"
    assert {rule.word for rule in RULE_DATES} <= days().keys()


def test_the_seeds_that_sources_name_are_known_ones() -> None:
    named = {source[:2] for topic in TOPICS for source in topic.sources if re.match("S[0-9]", source)}
    assert named == set(SEEDS)


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_what_the_patient_is_told_has_no_jargon_and_no_blame(lang: str) -> None:
    told = {name: said for name, said in sentences(lang).items() if re.match(r"topic\.\w+\.patient\.", name)}
    plain = {name: re.sub(r"\([^)]*\)", "", said) if lang == "en" else said for name, said in told.items()}
    assert len(plain) >= len(TOPICS)
    assert {name: said for name, said in plain.items() if JARGON_AND_BLAME[lang].search(said)} == {}


def test_nobody_learns_of_a_protection_flag_from_what_the_patient_is_told() -> None:
    assert len(BY_WORD["protected"].patient) == 1
    assert words.text("ja", BY_WORD["protected"].patient[0]) == words.text("ja", "patient.outcome.NEED_CERTIFICATE.1")


def test_a_pin_that_cannot_be_used_has_a_next_step_and_the_office_comes_last() -> None:
    lines = text(BY_WORD["pin"]).splitlines()
    assert "顔認証" in lines[1]
    assert "目視確認" in lines[2]
    assert "市区町村" in lines[-1]
    assert lines[-1].startswith("受付が済んでから")


@pytest.mark.parametrize("word", [topic.word for topic in TOPICS if topic.share is Share.LADDER])
def test_a_subject_of_the_ladder_never_tells_staff_to_take_everything(word: str) -> None:
    assert "全額" not in text(BY_WORD[word])
    assert "10割にしません" in words.text("ja", BY_WORD[word].share_id)


def test_wrong_last_four_digits_go_to_the_line_in_person_and_not_to_a_branch() -> None:
    """S0, reception.md §13b."""
    topic = BY_WORD["last_four_digits"]
    assert topic.help_topics == (HelpTopic.LAST_FOUR_DIGITS,)
    assert "本人から" in text(topic)
    assert "支部では受け付けない" in text(topic)


def test_the_misunderstanding_about_points_is_said() -> None:
    """S0, reception.md §13b."""
    assert "保険者への届け出は別" in text(BY_WORD["mynapoint"])


def test_all_four_places_to_register_are_named() -> None:
    """S1; the others name three (reception.md §2.5)."""
    said = text(BY_WORD["not_registered"])
    for place in ("カードリーダー", "マイナポータル", "セブン銀行", "市区町村の窓口"):
        assert place in said


def test_staff_never_hear_a_pin_or_an_individual_number() -> None:
    """reception.md §10."""
    assert "聞かず" in text(BY_WORD["never_pin"])
    assert "代わりに入力しません" in text(BY_WORD["never_pin"])
    assert "聞かず、書かず、入力しません" in text(BY_WORD["individual_number"])
    assert "番号は聞きません" in text(BY_WORD["answer_nothing"])


def test_what_no_seed_or_only_a_weak_source_says_is_marked() -> None:
    """The list of reception.md's own reservations: §1, §4, §6.4, §6.5, §7, §9, §10, §13b."""
    marked = {topic.word for topic in TOPICS if topic.unverified}
    assert marked >= {
        "lenient",
        "declaration",
        "face_fails",
        "card_unreadable",
        "certificate_grace",
        "infant_card",
        "nothing_shown",
        "limited_site",
        "records",
        "special_treatment",
        "language",
    }
    assert "certificate" not in marked
    assert "returns" not in marked


def test_what_the_clinic_decides_is_marked() -> None:
    assert {topic.word for topic in TOPICS if topic.site_setting} == {"card_forgotten", "same_month", "card_handling"}
