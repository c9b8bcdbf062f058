"""What a subject adds from the insurers' own data, per insurer and day."""

from __future__ import annotations

from datetime import date

import pytest

from eligibility import words
from eligibility.insurer_profiles import InsurerProfile
from eligibility.topic_details import Mark, Section, details_of, sections
from eligibility.topics import TOPICS, Detail, Topic
from tests.eligibility.cases import TODAY
from tests.eligibility.catalogue import ids as catalogue_ids

pytestmark = pytest.mark.broad


def ids(found: tuple[Section, ...]) -> list[str]:
    """Every message id in them, headings first."""
    return [
        message_id
        for section in found
        for message_id, _ in (section.heading, *(line for item in section.items for line in item.lines))
    ]


def subject(word: str) -> Topic:
    return next(topic for topic in TOPICS if topic.word == word)


def told(word: str, profile: InsurerProfile | None, on: date = TODAY) -> dict[str, list[tuple[str, ...]]]:
    """Heading to items, of everything that a subject adds."""
    return {
        section.heading[0]: [tuple(message_id for message_id, _ in item.lines) for item in section.items]
        for section in details_of(subject(word), profile, on)
    }


def test_a_subject_without_detail_adds_nothing() -> None:
    assert sections(None, InsurerProfile.KYOKAI, TODAY) == ()


@pytest.mark.parametrize("profile", [None, *InsurerProfile])
@pytest.mark.parametrize("detail", Detail)
@pytest.mark.parametrize("on", [date(2024, 6, 1), date(2025, 6, 1), TODAY])
def test_every_line_has_words_and_no_section_is_empty(detail: Detail, profile: InsurerProfile | None, on: date) -> None:
    found = sections(detail, profile, on)
    assert all(section.items and all(item.lines for item in section.items) for section in found)
    assert [message_id for message_id in ids(found) if not words.knows(message_id)] == []


def test_who_gets_a_certificate_is_told_per_insurer() -> None:
    """Exactly two reasons by application at 千葉県医業健康保険組合 (S1); 協会けんぽ takes the form at any time (S0)."""
    chiba = sections(Detail.GROUNDS, InsurerProfile.CHIBA_MEDICAL, TODAY)
    kyokai = sections(Detail.GROUNDS, InsurerProfile.KYOKAI, TODAY)
    assert chiba[0].heading == ("ground.way.application", {})
    assert ids(chiba[:1])[1:] == ["ground.lost_or_renewing", "ground.needs_helper"]
    assert "ground.application_form" in ids(kyokai)
    assert chiba[-1].heading == ("issuer.chiba_medical", {})
    assert "issuer.apply.tick_box" in ids(kyokai[-1:])


def test_wanting_one_just_in_case_is_said_to_be_no_reason() -> None:
    found = sections(Detail.GROUNDS, None, TODAY)
    refused = next(section for section in found if section.heading[0] == "topic.detail.no_grounds")
    assert ids((refused,))[1:] == ["ground.not.just_in_case", "ground.not.dislikes_card"]


def test_before_certificates_were_issued_there_are_no_reasons() -> None:
    found = sections(Detail.GROUNDS, InsurerProfile.CHIBA_MEDICAL, date(2024, 12, 1))
    assert not any(message_id.startswith("ground.way.") for message_id in ids(found))


def test_returns_differ_per_insurer_and_a_notice_never_goes_back() -> None:
    kyokai = ids(sections(Detail.RETURNS, InsurerProfile.KYOKAI, TODAY))
    national = ids(sections(Detail.RETURNS, InsurerProfile.NATIONAL, TODAY))
    assert "return_rule.how.in_return_envelope" in kyokai
    assert "return_rule.how.to_municipality" in national
    for told in (kyokai, national):
        assert told[told.index("return_rule.notice") + 1] == "return_rule.how.keep"


@pytest.mark.parametrize("profile", [None, InsurerProfile.NATIONAL])
def test_a_return_that_no_source_of_that_insurer_says_is_marked(profile: InsurerProfile | None) -> None:
    assert "return_rule.unverified" in ids(sections(Detail.RETURNS, profile, TODAY))


@pytest.mark.parametrize("on", [date(2025, 12, 1), date(2025, 12, 2), TODAY])
@pytest.mark.parametrize("profile", [None, *InsurerProfile])
def test_an_old_card_lost_while_it_counted_goes_back_on_later_days_too(
    profile: InsurerProfile | None, on: date
) -> None:
    """S0, S1, S2."""
    items = told("returns", profile, on)["topic.detail.returns"]
    [lost] = [item for item in items if item[0] == "return_rule.old_card_lost"]
    assert lost[1] in {f"return_rule.how.{how}" for how in ("by_employer", "to_municipality", "to_insurer")}


@pytest.mark.parametrize("profile", [None, InsurerProfile.KYOKAI])
def test_a_voluntary_member_of_kyokai_sends_the_old_card_back_with_the_form(profile: InsurerProfile | None) -> None:
    """S2."""
    expected = ("return_rule.old_card_lost.voluntary", "return_rule.how.with_voluntary_loss_form")
    assert expected in told("returns", profile)["topic.detail.returns"]


def test_who_has_no_employer_is_told_no_other_way_for_voluntary_members() -> None:
    assert not [word for word in ids(sections(Detail.RETURNS, InsurerProfile.NATIONAL, TODAY)) if "voluntary" in word]


def test_chiba_says_of_destroying_nothing() -> None:
    """S1."""
    assert "return_rule.how.may_be_destroyed" not in ids(sections(Detail.RETURNS, InsurerProfile.CHIBA_MEDICAL, TODAY))


def test_steps_and_points_that_no_firm_source_says_are_marked() -> None:
    issue = told("who_gets_certificate", InsurerProfile.NATIONAL)["issuer.national"]
    assert ("issuer.apply.municipal_counter", "detail.unverified") in issue
    assert ("issuer.apply.tick_box",) in told("who_gets_certificate", InsurerProfile.KYOKAI)["issuer.kyokai"]
    paper = told("paths", InsurerProfile.KYOKAI)["path.certificate"]
    assert ("path.lacks.typed_by_hand", "detail.unverified") in paper
    assert ("path.lacks.sharing",) in paper


def test_that_everybody_of_the_elderly_gets_one_is_marked() -> None:
    items = told("who_gets_certificate", InsurerProfile.ELDERLY, date(2026, 7, 31))["ground.way.ex_officio"]
    assert ("ground.elderly_everyone", "ground.unverified") in items


@pytest.mark.parametrize("profile", [None, *InsurerProfile])
@pytest.mark.parametrize("word", ["who_gets_certificate", "returns", "paths"])
def test_where_one_insurer_is_taken_as_an_example_it_is_said_last(word: str, profile: InsurerProfile | None) -> None:
    found = told(word, profile)
    by_example = {InsurerProfile.COMPANY, InsurerProfile.NATIONAL, InsurerProfile.ELDERLY, InsurerProfile.OTHER}
    assert ("detail.basis" in found) == (profile in by_example)
    assert "detail.basis" not in list(found)[:-1]


def test_where_the_share_is_printed_is_told_per_insurer() -> None:
    """reception.md §2.2, §2.3: not on 協会けんぽ's 資格確認書; S1 prints it there and issues no 高齢受給者証."""
    for profile in (None, InsurerProfile.KYOKAI):
        found = {
            item.lines[0][0]: item.mark
            for item in details_of(subject("recipient_certificate"), profile, TODAY)[0].items
        }
        assert found["paper.form.certificate_kyokai"] is Mark.LACKS
        assert found["paper.form.recipient_certificate"] is Mark.GIVES
        assert found["paper.form.notice_kyokai_sheet"] is Mark.GIVES
        assert found["paper.form.notice_kyokai_strip"] is Mark.LACKS
    chiba = [item[0] for item in told("recipient_certificate", InsurerProfile.CHIBA_MEDICAL)["detail.share_places"]]
    assert "paper.form.certificate_chiba_medical" in chiba
    assert "paper.form.recipient_certificate" not in chiba
    assert "paper.form.declaration" not in chiba
    assert chiba[-1] == "detail.no_recipient.chiba_medical"


@pytest.mark.parametrize("word", ["recipient_certificate", "seventies", "share_by_age"])
def test_whoever_asks_about_the_share_is_told_where_it_is_printed(word: str) -> None:
    assert "detail.share_places" in told(word, InsurerProfile.ELDERLY)


@pytest.mark.parametrize(
    ("profile", "steps"),
    [
        (InsurerProfile.KYOKAI, ["application"]),
        (InsurerProfile.CHIBA_MEDICAL, ["form", "portal_is_enough"]),
        (InsurerProfile.COMPANY, ["print_pdf"]),
        (InsurerProfile.NATIONAL, ["ask_insurer"]),
        (None, ["ask_insurer"]),
    ],
)
def test_how_a_lost_notice_is_had_again_is_told_per_insurer(profile: InsurerProfile | None, steps: list[str]) -> None:
    """reception.md §2.4, S1, S3, S4."""
    for word in ("notice_with_card", "notice_only"):
        assert told(word, profile)["detail.notice_reissue"] == [(f"notice_reissue.{step}",) for step in steps]


def test_every_word_of_a_reissue_is_told_and_has_words() -> None:
    said = {
        line for profile in (None, *InsurerProfile) for [line] in told("notice_only", profile)["detail.notice_reissue"]
    }
    assert said == catalogue_ids("notice_reissue.")


def test_no_rule_of_return_is_told_twice() -> None:
    for profile in (None, *InsurerProfile):
        [section] = sections(Detail.RETURNS, profile, TODAY)
        assert len({item.lines[0][0] for item in section.items}) == len(section.items)


def test_what_a_new_member_waits_for_is_told_where_the_insurer_says_it() -> None:
    assert "ground.joining.usable" in ids(sections(Detail.JOINING, InsurerProfile.KYOKAI, TODAY))
    assert "ground.joining.works_with_the_notice" in ids(sections(Detail.JOINING, InsurerProfile.CHIBA_MEDICAL, TODAY))
    assert sections(Detail.JOINING, None, TODAY) == ()


def test_each_path_tells_what_it_gives_before_what_it_lacks() -> None:
    found = {section.heading[0]: section for section in sections(Detail.PATHS, None, TODAY)}
    assert {"path.card", "path.certificate", "path.declaration"} <= found.keys()
    for name, section in found.items():
        marks = [item.mark for item in section.items]
        assert marks == sorted(marks)
        assert marks[0] is Mark.GIVES, name
    assert Mark.LACKS not in {item.mark for item in found["path.card"].items}
    assert Mark.LACKS in {item.mark for item in found["path.certificate"].items}


def test_a_path_out_of_its_time_is_not_told() -> None:
    told = {section.heading[0] for section in sections(Detail.PATHS, None, TODAY)}
    assert "path.insurance_card" not in told
    before = {section.heading[0] for section in sections(Detail.PATHS, None, date(2025, 6, 1))}
    assert "path.insurance_card" in before
    assert "path.phone" not in before


def test_all_languages_of_the_three_way_line_are_named_in_one_line() -> None:
    """S0: 22 of them."""
    [section] = sections(Detail.LANGUAGES, None, TODAY)
    assert section.inline
    assert sections(Detail.LANGUAGES, InsurerProfile.KYOKAI, TODAY) == (section,)
    assert len(section.items) == 22
    assert section.items[0].lines == (("language.en", {}),)


@pytest.mark.parametrize("profile", set(InsurerProfile) - {InsurerProfile.KYOKAI})
def test_the_languages_are_for_members_of_kyokai_only(profile: InsurerProfile) -> None:
    assert details_of(subject("language"), profile, TODAY) == ()


def test_every_sentence_of_a_detail_is_told_by_some_subject() -> None:
    profiles = (None, *InsurerProfile)
    found = {word for topic in TOPICS for profile in profiles for word in ids(details_of(topic, profile, TODAY))}
    # Said beside the help lines.
    beside_help_lines = {"detail.other_members", "detail.own_insurer"}
    assert {word for word in found if word.startswith("detail.")} | beside_help_lines == catalogue_ids("detail.")
