"""Finding a subject by the words people type: what they read on screens, what they say, with and without blanks."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility import words
from eligibility.topic_search import MOST_FOUND, fold, search
from eligibility.topics import TOPICS, Topic


@cache
def titles() -> dict[str, tuple[str, ...]]:
    return {topic.word: tuple(words.text(lang, topic.title_id) for lang in words.LANGUAGES) for topic in TOPICS}


def found(query: str, topics: Sequence[Topic] = TOPICS) -> list[str]:
    return [topic.word for topic in search(query, topics, titles())]


PHRASES = (
    # Read on a screen
    ("資格(無効)", "answer_ended"),
    ("資格（無効）", "answer_ended"),
    ("「資格(無効)」と出ました", "answer_ended"),
    ("資格無効", "answer_ended"),
    ("資格(有効)", "answer_valid"),
    ("該当資格なし", "answer_nothing"),
    ("資格情報なし", "answer_nothing"),
    ("無効(新しい資格あり)", "answer_newer"),
    ("無効（新しい資格あり）", "answer_newer"),
    ("複数該当", "answer_several"),
    ("処理中のまま", "no_answer"),
    ("●", "black_circle"),
    ("氏名が●になった", "black_circle"),
    ("くろまる", "black_circle"),
    ("クロマル", "black_circle"),
    ("ｸﾛﾏﾙ", "black_circle"),
    ("データ登録未完了", "data_not_registered"),
    ("対象となるデータがありません", "data_not_registered"),
    ("エラー006", "certificate_expired"),
    # Said at the desk
    ("有効期限切れ", "certificate_expired"),
    ("電子証明書の有効期限が切れている", "certificate_expired"),
    ("カードの有効期限が切れている", "card_expired"),
    ("期限切れ 3か月以内", "certificate_grace"),
    ("失効", "certificate_revoked"),
    ("暗証番号 ロック", "pin"),
    ("暗証番号を忘れた", "pin"),
    ("暗証番号がロックされました", "pin"),
    ("暗証番号がないカード", "face_only_card"),
    ("職員が暗証番号を聞いてもいい?", "never_pin"),
    ("顔認証 できない", "face_fails"),
    ("顔認証ができません", "face_fails"),
    ("目視", "visual"),
    ("顔がカードと違う", "not_own_card"),
    ("他人のカードを出された", "not_own_card"),
    ("カード忘れ", "card_forgotten"),
    ("マイナンバーカードを家に忘れました", "card_forgotten"),
    ("カードを落とした", "card_lost"),
    ("カードリーダーに置き忘れ", "card_left"),
    ("カードリーダーが壊れた", "card_unreadable"),
    ("カードを読み取れない", "card_unreadable"),
    ("スマホ", "smartphone"),
    ("ＩＰＨＯＮＥ", "smartphone"),
    ("未登録", "not_registered"),
    ("登録したくないと言われた", "registration_declined"),
    ("お知らせだけ", "notice_only"),
    ("お知らせしか持っていない", "notice_only"),
    ("資格情報のお知らせ", "notice_with_card"),
    ("期限切れ 保険証", "old_card"),
    ("期限切れの保険証を持ってきた", "old_card"),
    ("資格確認書", "certificate"),
    ("資格確認書が期限切れ", "certificate_over"),
    ("コピー", "certificate_copy"),
    ("資格確認書のコピー", "certificate_copy"),
    ("資格確認書が2枚ある", "two_certificates"),
    ("資格確認書はだれがもらえるのか", "who_gets_certificate"),
    ("資格確認書が届かない", "who_gets_certificate"),
    ("マイナポータルの画面", "portal"),
    ("申立書", "declaration"),
    ("10割", "full_charge"),
    ("１０割", "full_charge"),
    ("何も持っていない", "nothing_shown"),
    ("限度額", "limit"),
    ("高齢受給者証", "recipient_certificate"),
    ("負担割合が違う", "ratio_differs"),
    ("何割ですか", "share_by_age"),
    ("下4桁", "last_four_digits"),
    ("下４桁が違う", "last_four_digits"),
    ("マイナポイントを申し込んだ", "mynapoint"),
    ("返却", "returns"),
    ("転職", "job_change"),
    ("会社を辞めた", "job_change"),
    ("新生児", "newborn"),
    ("赤ちゃんのカードに写真がない", "infant_card"),
    ("公費", "public_expense"),
    ("子ども医療", "public_expense"),
    ("生活保護", "welfare"),
    ("自費", "self_pay"),
    ("労災", "self_pay"),
    ("予防接種", "self_pay"),
    ("同じ月", "same_month"),
    ("後で無効と分かった", "loss_later"),
    ("特別療養", "special_treatment"),
    ("DV", "protected"),
    ("ＤＶ", "protected"),
    ("自己情報提供不可フラグ", "protected"),
    ("70歳", "seventies"),
    ("75歳", "elderly"),
    ("未就学", "preschool"),
    ("災害", "disaster"),
    ("停電", "outage"),
    ("システム障害", "outage"),
    ("障害", "outage"),
    ("車いす", "accessibility"),
    ("外国語", "language"),
    ("健診", "checkup"),
    ("健診の予約", "booking"),
    ("訪問診療", "home_visit"),
    ("個人番号", "individual_number"),
    ("カードのコピー", "card_handling"),
    ("問い合わせ先の電話番号", "help_lines"),
    ("マイナ保険証と資格確認書の違い", "paths"),
    # English
    ("invalid", "answer_ended"),
    ("It says INVALID, what now?", "answer_ended"),
    ("nothing found", "answer_nothing"),
    ("newer membership", "answer_newer"),
    ("black circle", "black_circle"),
    ("pin locked", "pin"),
    ("the patient forgot her PIN", "pin"),
    ("face recognition", "face_fails"),
    ("card forgotten", "card_forgotten"),
    ("lost card", "card_lost"),
    ("reader broken", "card_unreadable"),
    ("smartphone", "smartphone"),
    ("notice only", "notice_only"),
    ("expired insurance card", "old_card"),
    ("photocopy", "certificate_copy"),
    ("who gets a certificate", "who_gets_certificate"),
    ("last four digits", "last_four_digits"),
    ("not registered", "not_registered"),
    ("job change", "job_change"),
    ("newborn", "newborn"),
    ("power cut", "outage"),
    ("earthquake", "disaster"),
    ("wheelchair", "accessibility"),
    ("interpreter", "language"),
    ("domestic violence", "protected"),
    ("full charge", "full_charge"),
    ("give back the card", "returns"),
)


@pytest.mark.parametrize(("query", "word"), PHRASES)
def test_what_people_type_leads_to_the_subject_they_mean(query: str, word: str) -> None:
    assert found(query)[0] == word


def test_there_are_phrases_for_nearly_every_subject() -> None:
    assert len(PHRASES) >= 60
    without = {topic.word for topic in TOPICS} - {word for _, word in PHRASES}
    assert without <= {
        "certificate_expiring",
        "consent",
        "different_person",
        "identify",
        "lenient",
        "limited_site",
        "name_differs",
        "proxy",
        "records",
        "urgent",
        "verbal",
        "workplace_clinic",
    }


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.word)
def test_every_keyword_alone_leads_to_its_subject(topic: Topic) -> None:
    for keyword in topic.keywords:
        assert found(keyword)[0] == topic.word, keyword


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.word)
@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_every_title_is_found_by_itself(topic: Topic, lang: str) -> None:
    assert found(words.text(lang, topic.title_id))[0] == topic.word


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("限度", "limit"),
        ("マイナポイ", "mynapoint"),
        ("forgoten pin", "pin"),
        ("smartphon", "smartphone"),
        ("registraton", "not_registered"),
        ("interpretor", "language"),
        ("wheelchiar", "accessibility"),
    ],
)
def test_half_a_word_and_a_misspelt_one_are_found(typed: str, word: str) -> None:
    assert found(typed)[0] == word


def test_blanks_inside_japanese_do_not_matter() -> None:
    assert found("資格 確認 書 コピー")[0] == found("資格確認書コピー")[0] == "certificate_copy"


@pytest.mark.parametrize("query", ["", " ", "　", "()", "?!", "xyzzy", "あいうえお", "手数料", "q", "999"])
def test_what_means_nothing_here_finds_nothing(query: str) -> None:
    assert found(query) == []


def test_a_number_stands_for_itself_only() -> None:
    """0歳 does not stand in 70歳, nor 2割 in 12割."""
    assert "infant_card" not in found("70歳")
    assert "share_by_age" not in found("12割")


def test_latin_letters_stand_at_the_beginning_of_a_word() -> None:
    assert found("DV") == ["protected"]
    assert "pin" not in found("shopping")


def test_beside_what_was_meant_nothing_far_off_is_offered() -> None:
    assert found("暗証番号を忘れた") == ["pin"]
    assert "certificate" in found("資格確認書のコピー")


@given(st.text(max_size=40))
def test_any_text_finds_at_most_five_subjects_each_once_and_the_same_again(query: str) -> None:
    first = found(query)
    assert len(first) == len(set(first)) <= MOST_FOUND
    assert found(query) == first


def test_the_order_in_which_subjects_stand_decides_between_equals_only() -> None:
    shuffled = list(TOPICS)
    random.Random(4).shuffle(shuffled)
    for query, word in PHRASES:
        assert found(query, shuffled)[0] == word


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("資格（無効）", "資格無効"),
        ("ＰＩＮ　ロック", "pin ろっく"),
        ("ﾏｲﾅﾎﾟｲﾝﾄ", "まいなぽいんと"),
        ("○△", "●"),
        ("job-change!", "job change"),
        ("「下4桁」、違う", "下4桁 違う"),
    ],
)
def test_width_case_kana_and_marks_are_made_one(typed: str, folded: str) -> None:
    assert fold(typed) == folded
