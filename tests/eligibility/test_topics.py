"""The subjects of `ask`: every one complete in words, and between them everything a decision can say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from eligibility import words
from eligibility.calendar import CertificateState, certificate_state
from eligibility.case import Flag, Visit
from eligibility.documents import Identity, MynaCard, Smartphone
from eligibility.help_lines import HELP_LINES
from eligibility.help_lines import Topic as HelpTopic
from eligibility.insurer_profiles import InsurerProfile
from eligibility.outcome import Charge, ChargeKind, OutcomeWord
from eligibility.rule_dates import RULE_DATES, SEEDS, STANDARD_RULES
from eligibility.topic_search import fold
from eligibility.topics import TOPICS, Detail, Group, Share, Topic, days, help_lines_for
from tests.eligibility.cases import (
    BROKEN_CARD,
    BY_CARD,
    BY_NUMBERS,
    CERTIFICATE,
    NOTICE,
    OLD_CARD,
    OTHER_CERTIFICATE,
    PHONE,
    PIN_CARD,
    PORTAL,
    by_card,
    decided,
)
from tests.eligibility.fixture_insurers import KYOKAI
from tests.eligibility.test_guidance import JARGON_AND_BLAME
from tests.eligibility.test_words import ids, sentences, swept

pytestmark = pytest.mark.broad

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
    for lang in words.LANGUAGES:
        [message_id] = BY_WORD["protected"].patient
        assert not re.search("カード|住所|資格確認書|card|address|certificate", words.text(lang, message_id))


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


REFUSED = frozenset({Flag.SELF_INFO_REFUSED})
UNDISCLOSED = frozenset({Flag.UNDISCLOSED})


def told(word: str) -> list[str]:
    """What staff do, step by step."""
    return text(BY_WORD[word]).splitlines()


def test_an_undisclosed_address_alone_changes_nothing_but_that_the_address_is_hidden() -> None:
    """reception.md §7."""
    hidden = decided(PIN_CARD, answer=BY_CARD, flags=UNDISCLOSED)
    assert (hidden.outcome, "address_hidden" in hidden.tell) == (OutcomeWord.OK_ONLINE, True)
    assert "不開示該当だけの人は、ふだんどおり受け付けます" in told("protected")
    assert "どちらの人も、住所を画面・書面・声に出しません" in told("protected")


def test_who_refuses_to_give_their_data_needs_a_certificate_which_comes_without_application() -> None:
    """reception.md §3."""
    refused = decided(PIN_CARD, flags=REFUSED)
    assert refused.outcome is OutcomeWord.NEED_CERTIFICATE
    assert "certificate_without_application" in refused.tell
    steps = told("protected")
    assert steps[0].startswith("自己情報提供不可の人には、カードでの受付も利用登録も勧めず、資格確認書で")
    assert "申請なしで届く" in steps[1]
    assert "保険者に問い合わせ" in steps[1]


LADDER = re.compile("マイナポータル、資格情報のお知らせ、再診なら口頭確認、申立書の順")


@pytest.mark.parametrize(
    "word",
    [
        "answer_nothing",
        "data_not_registered",
        "job_change",
        "certificate_over",
        "certificate_copy",
        "notice_only",
        "old_card",
        "full_charge",
        "card_expired",
        "card_unreadable",
        "certificate_expired",
        "certificate_revoked",
        "infant_card",
    ],
)
def test_the_ladder_is_told_whole_and_in_its_order(word: str) -> None:
    """reception.md §6.3: at a return visit word of mouth stands before the declaration."""
    known = {"visit": Visit.RETURN, "known_patient": True}
    assert decided(BROKEN_CARD, **known).outcome is OutcomeWord.OK_VERBAL
    assert len([step for step in told(word) if LADDER.search(step)]) == 1


def test_a_face_only_card_skips_the_portal_on_the_ladder() -> None:
    broken = MynaCard(readable=False, face_only=True)
    assert "portal" not in decided(broken).ask_for
    assert "資格情報のお知らせ、再診なら口頭確認、申立書の順" in text(BY_WORD["face_only_card"])


@pytest.mark.parametrize("word", ["answer_ended", "job_change"])
def test_after_an_ended_membership_word_of_mouth_is_not_used(word: str) -> None:
    returning = decided(PIN_CARD, answer=by_card(2), visit=Visit.RETURN, known_patient=True)
    assert returning.outcome is OutcomeWord.OK_DECLARATION
    assert "口頭確認を使いません" in text(BY_WORD[word]) or "口頭確認は使いません" in text(BY_WORD[word])


def test_after_an_ended_membership_the_certificate_of_another_insurer_comes_before_the_ladder() -> None:
    ended = replace(by_card(2), insurer_number=KYOKAI)
    assert decided(PIN_CARD, OTHER_CERTIFICATE, answer=ended).outcome is OutcomeWord.OK_CERTIFICATE
    steps = told("answer_ended")
    certificate = next(at for at, step in enumerate(steps) if "いまの保険の資格確認書" in step)
    assert certificate < next(at for at, step in enumerate(steps) if "マイナポータル" in step)


@pytest.mark.parametrize("word", ["certificate_over", "certificate_copy", "notice_only", "old_card", "full_charge"])
def test_a_paper_that_does_not_count_never_means_full_charge_for_who_holds_a_registered_card(word: str) -> None:
    """reception.md §6.3."""
    over = replace(CERTIFICATE, expires_on=date(2026, 7, 31))
    for paper in (over, replace(CERTIFICATE, original=False), NOTICE, OLD_CARD):
        with_card, without = decided(BROKEN_CARD, paper), decided(paper)
        assert (with_card.charge, without.charge) == (Charge(ChargeKind.RATIO, 30), Charge(ChargeKind.FULL))
    said = words.text("ja", BY_WORD[word].share_id)
    assert said == "登録済みのカードがあれば10割にしません。何もなければ確認できるまで全額です"


@pytest.mark.parametrize("word", ["different_person", "not_own_card"])
def test_where_the_card_or_the_answer_is_somebody_elses_the_card_opens_nothing(word: str) -> None:
    """design.md §5 row 3."""
    assert decided(MynaCard(identity=Identity.MISMATCH)).charge == Charge(ChargeKind.FULL)
    assert "カードがあれば" not in words.text("ja", BY_WORD[word].share_id)


def test_without_the_pin_an_infant_goes_down_the_ladder_and_no_photo_is_compared() -> None:
    """reception.md §13b; marked, for no source tells it."""
    infant = decided(MynaCard(identity=Identity.PIN_FORGOTTEN), birthdate=date(2026, 5, 2))
    assert infant.outcome is OutcomeWord.OK_DECLARATION
    assert "identity_by_card_face" not in infant.tell
    assert "写真で" not in text(BY_WORD["infant_card"])
    assert BY_WORD["infant_card"].unverified
    assert "暗証番号が分からないときの進め方" in words.text("ja", BY_WORD["infant_card"].unverified_id)


def test_the_pin_of_a_phone_leads_to_the_card_or_the_portal_and_to_no_office() -> None:
    """reception.md §4 step 8."""
    assert "visual" not in decided(Smartphone(identity=Identity.PIN_LOCKED), equipped_for_smartphone=True).ask_for
    steps = told("pin")
    assert any(step.startswith("スマートフォンの暗証番号") and "カードかマイナポータル" in step for step in steps)
    assert all("カードの暗証番号" in step for step in steps if "市区町村" in step)
    assert all("カードの暗証番号" in words.text("ja", name) for name in BY_WORD["pin"].patient)
    assert "写真のないカードとスマートフォンには使いません" in told("visual")


def test_a_phone_at_a_desk_that_is_not_equipped_and_nothing_else_means_full_charge() -> None:
    assert decided(PHONE).charge == Charge(ChargeKind.FULL)
    assert decided(PHONE, PORTAL).charge == Charge(ChargeKind.RATIO, 30)
    assert "対応していない窓口でほかに示すものがなければ" in words.text("ja", BY_WORD["smartphone"].share_id)


def test_the_portal_alone_is_not_accepted_and_with_card_or_phone_it_is() -> None:
    """S0, S1, S3."""
    assert decided(PORTAL).outcome is OutcomeWord.NOT_CONFIRMED
    for device in (BROKEN_CARD, PHONE):
        assert decided(device, PORTAL).outcome is OutcomeWord.OK_MANUAL_PORTAL
    assert told("portal")[1].startswith("画面だけでは受け付けません")
    assert "スマートフォン" in told("portal")[1]


def test_after_its_end_nobody_is_promised_the_leniency() -> None:
    """reception.md §1, §5."""
    assert decided(NOTICE, answer=BY_NUMBERS, on=date(2026, 3, 31)).outcome is OutcomeWord.OK_LENIENT
    assert decided(NOTICE, answer=BY_NUMBERS, on=date(2026, 4, 1)).outcome is OutcomeWord.NOT_CONFIRMED
    topic = BY_WORD["lenient"]
    assert told("lenient")[1].startswith("2026-03-31を過ぎていれば、取扱いは終わっています")
    for message_id in (*topic.patient[:1], topic.share_id, topic.title_id):
        for lang in words.LANGUAGES:
            assert "2026-03-31" in words.text(lang, message_id, **days())
            assert "今回" not in words.text(lang, message_id, **days())


def test_an_old_card_goes_back_where_the_membership_was_lost_while_it_counted() -> None:
    """S0, S1, S2; that it may be destroyed is not said by every insurer (S1)."""
    last = told("old_card")[-1]
    assert "2025-12-01までに資格を喪失した人は返し" in last
    assert "処分" not in last


def test_a_forgotten_card_is_not_confirmed_here_whatever_the_numbers_on_file_say() -> None:
    """reception.md §13b: the clinic decides; this counter has no such rule."""
    forgotten = decided(visit=Visit.RETURN, known_patient=True, answer=BY_NUMBERS)
    assert (forgotten.outcome, forgotten.charge) == (OutcomeWord.NOT_CONFIRMED, Charge(ChargeKind.FULL))
    said = text(BY_WORD["card_forgotten"])
    assert "カードを忘れた人は資格を確認できない(全額)とします" in said
    assert BY_WORD["card_forgotten"].site_setting


def test_the_grace_is_told_to_its_last_day() -> None:
    title = words.text("ja", BY_WORD["certificate_grace"].title_id)
    assert certificate_state(date(2026, 5, 10), date(2026, 8, 31)) is CertificateState.GRACE
    assert "期限の月の3か月後の月末まで" in title
    assert "3か月以内" not in title


def test_where_the_reader_is_broken_a_mobile_device_comes_before_paper() -> None:
    """reception.md §6.3."""
    steps = told("card_unreadable")
    device = next(at for at, step in enumerate(steps) if "居宅同意取得型" in step)
    assert "先に同意を聞き" in steps[device]
    assert device < next(at for at, step in enumerate(steps) if LADDER.search(step))


def test_who_gets_a_certificate_is_told_without_pointing_at_reasons_that_may_not_be_listed() -> None:
    assert "下の" not in text(BY_WORD["who_gets_certificate"])
    assert "当てはまる方に" in words.text("ja", BY_WORD["who_gets_certificate"].patient[0])


def test_a_missing_number_makes_a_new_membership_slow() -> None:
    """S0."""
    assert "勤め先の届にマイナンバーがないと、使えるまで時間がかかると伝えます" in told("data_not_registered")
