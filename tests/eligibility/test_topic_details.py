"""What a subject adds from the insurers' own data, per insurer and day."""

from __future__ import annotations

from datetime import date

import pytest

from eligibility import words
from eligibility.insurer_profiles import InsurerProfile
from eligibility.topic_details import Mark, Section, sections
from eligibility.topics import Detail
from tests.eligibility.cases import TODAY


def ids(found: tuple[Section, ...]) -> list[str]:
    """Every message id in them, headings first."""
    return [
        message_id
        for section in found
        for message_id, _ in (section.heading, *(line for item in section.items for line in item.lines))
    ]


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


def test_what_no_source_of_that_insurer_says_is_marked_only_where_the_insurer_is_known() -> None:
    assert "return_rule.unverified" in ids(sections(Detail.RETURNS, InsurerProfile.NATIONAL, TODAY))
    assert "return_rule.unverified" not in ids(sections(Detail.RETURNS, None, TODAY))


def test_an_old_card_goes_back_only_while_it_counts() -> None:
    assert "return_rule.old_card_lost" in ids(sections(Detail.RETURNS, InsurerProfile.KYOKAI, date(2025, 12, 1)))
    assert "return_rule.old_card_lost" not in ids(sections(Detail.RETURNS, InsurerProfile.KYOKAI, date(2025, 12, 2)))


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
    assert len(section.items) == 22
    assert section.items[0].lines == (("language.en", {}),)
