"""Finding a subject by the words people type: what they read on screens, what they say, with and without blanks."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility import words
from eligibility.topic_search import MOST_FOUND, Found, fold, search
from eligibility.topics import TOPICS, Topic

pytestmark = pytest.mark.broad


@cache
def titles() -> dict[str, tuple[str, ...]]:
    return {topic.word: tuple(words.text(lang, topic.title_id) for lang in words.LANGUAGES) for topic in TOPICS}


def found(query: str, topics: Sequence[Topic] = TOPICS) -> list[str]:
    """What may be answered."""
    return [topic.word for topic in search(query, topics, titles()).sure]


def perhaps(query: str) -> list[str]:
    """What may only be offered."""
    return [topic.word for topic in search(query, TOPICS, titles()).perhaps]


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
    # The notice alone opens nothing (S0: 資格情報のお知らせのみでは受診不可)
    ("資格情報のお知らせのみ", "notice_only"),
    ("資格情報のお知らせだけ", "notice_only"),
    ("資格情報のお知らせしか持っていない", "notice_only"),
    ("資格情報のお知らせのみ持参", "notice_only"),
    ("資格情報のお知らせのみでは受診不可", "notice_only"),
    ("資格情報通知書だけ", "notice_only"),
    ("お知らせ カードなし", "notice_only"),
    ("お知らせ　カードがない", "notice_only"),
    ("eligibility information only", "notice_only"),
    ("Health Insurance Eligibility Information", "notice_with_card"),
    ("お知らせとカード", "notice_with_card"),
    # Papers
    ("資格確認書のスクショ", "certificate_copy"),
    ("資格確認書をなくした", "who_gets_certificate"),
    ("資格確認書を紛失", "who_gets_certificate"),
    ("資格確認書を無くしました", "who_gets_certificate"),
    ("lost certificate", "who_gets_certificate"),
    ("カードを返納した", "who_gets_certificate"),
    ("後日保険証を持ってくる", "full_charge"),
    ("資格確認書がない", "who_gets_certificate"),
    ("資格確認書を忘れた", "nothing_shown"),
    ("保険証を返したい", "returns"),
    ("差額を返す", "full_charge"),
    ("返金", "full_charge"),
    ("特定疾病療養受療証", "limit"),
    # What a negation turns round
    ("資格あり", "answer_valid"),
    ("it is not valid any more", "answer_ended"),
    ("資格が切れてる", "answer_ended"),
    ("資格 むこう", "answer_ended"),
    ("資格有効ではない", "answer_ended"),
    ("資格が有効じゃない", "answer_ended"),
    ("ｼｶｸ ﾑｺｳ", "answer_ended"),
    ("しかくむこう", "answer_ended"),
    ("資格が無い", "answer_nothing"),
    ("資格がありません", "answer_nothing"),
    ("ｶﾞｲﾄｳｼｶｸﾅｼ", "answer_nothing"),
    ("がいとうしかくなし", "answer_nothing"),
    ("後で資格喪失が分かった", "loss_later"),
    ("診療後に無効だった", "loss_later"),
    ("受診後に資格喪失", "loss_later"),
    ("資格喪失", "answer_ended"),
    # The card
    ("カードなし", "card_forgotten"),
    ("カードを持ってこなかった", "card_forgotten"),
    ("no card today", "card_forgotten"),
    ("カードを失くした", "card_lost"),
    ("マイナ保険証を紛失した", "card_lost"),
    ("マイナ保険証を持っていない", "card_forgotten"),
    ("カードを置いて帰った", "card_left"),
    ("カードを認識しません", "card_unreadable"),
    ("カードを読み取れません", "card_unreadable"),
    ("カードが認識されない", "card_unreadable"),
    ("カードが読み込めない", "card_unreadable"),
    ("カードが割れている", "card_unreadable"),
    ("マイナ保険証が使えない", "card_unreadable"),
    ("よみとれない", "card_unreadable"),
    ("読取不可", "card_unreadable"),
    ("002が出た", "card_unreadable"),
    ("更新してくださいと出た", "certificate_expiring"),
    ("利用登録を解除したい", "registration_declined"),
    ("マイナ保険証を使いたくない", "registration_declined"),
    # Identity
    ("暗証番号のないカード", "face_only_card"),
    ("ｱﾝｼｮｳﾊﾞﾝｺﾞｳ", "pin"),
    ("あんしょうばんごう わすれた", "pin"),
    ("ピンコード", "pin"),
    ("マイナ保険証の暗証番号を忘れた", "pin"),
    ("マイナンバーカードの暗証番号を忘れた", "pin"),
    ("3回間違えた", "pin"),
    ("暗証番号を三回間違えた", "pin"),
    ("患者が暗証番号を言ってきた", "never_pin"),
    ("顔が認識されない", "face_fails"),
    ("マイナンバーをメモした", "individual_number"),
    ("裏面を見てしまった", "individual_number"),
    ("苗字が変わった", "name_differs"),
    ("性別が違う", "name_differs"),
    ("生年月日が違う", "name_differs"),
    ("フリガナが違う", "name_differs"),
    ("はしご高", "black_circle"),
    # People
    ("会社をやめた", "job_change"),
    ("仕事を変えた", "job_change"),
    ("引越し", "job_change"),
    ("引越しました", "job_change"),
    ("赤ちゃんの保険証がまだ", "newborn"),
    ("寝たきり", "accessibility"),
    ("手話", "accessibility"),
    ("点字", "accessibility"),
    ("ベビーシッター", "proxy"),
    ("babysitter", "proxy"),
    ("処方箋", "proxy"),
    ("pharmacy", "proxy"),
    ("prescription", "proxy"),
    ("ドメスティックバイオレンス", "protected"),
    ("夫に住所を知られたくない", "protected"),
    ("ナマポ", "welfare"),
    ("マル乳", "public_expense"),
    ("マル福", "public_expense"),
    ("flu shot", "self_pay"),
    ("vaccine", "self_pay"),
    ("work injury", "self_pay"),
    # Places and the line
    ("オンライン資格確認が止まった", "outage"),
    ("オンライン資格確認できない", "outage"),
    ("オンライン資格確認ができません", "outage"),
    ("サーバーが落ちた", "outage"),
    ("メンテナンス中", "outage"),
    ("緊急時医療情報・資格確認機能", "outage"),
    ("再照会機能", "home_visit"),
    ("再照会", "no_answer"),
    ("月内再診", "same_month"),
    ("今月もう確認した", "same_month"),
    ("柔道整復", "limited_site"),
    ("あん摩", "limited_site"),
    ("接骨院", "limited_site"),
    ("特定保健指導", "checkup"),
    ("人間ドック", "checkup"),
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
        ("black cirlce", "black_circle"),
    ],
)
def test_half_a_word_and_a_misspelt_one_are_found(typed: str, word: str) -> None:
    assert found(typed)[0] == word


def test_blanks_inside_japanese_do_not_matter() -> None:
    assert found("資格 確認 書 コピー")[0] == found("資格確認書コピー")[0] == "certificate_copy"


@pytest.mark.parametrize("query", ["", " ", "　", "()", "?!", "xyzzy", "あいうえお", "手数料", "q", "999"])
def test_what_means_nothing_here_finds_nothing(query: str) -> None:
    assert search(query, TOPICS, titles()) == Found()


def test_a_number_stands_for_itself_only() -> None:
    """0歳 does not stand in 70歳, nor 2割 in 12割."""
    assert "infant_card" not in found("70歳")
    assert "share_by_age" not in found("12割")


def test_a_registered_card_is_no_health_insurance_card_though_people_call_it_one() -> None:
    assert "old_card" not in found("マイナ保険証が読めない") + found("マイナ 保険証")
    assert found("マイナ保険証が読めない")[0] == "card_unreadable"


def test_latin_letters_stand_at_the_beginning_of_a_word() -> None:
    assert found("DV") == ["protected"]
    assert "pin" not in found("shopping")
    assert "card_forgotten" not in found("card not read")


@pytest.mark.parametrize("query", ["資格", "カード", "受付", "確認", "card", "マイナンバー", "マイナ保険証"])
def test_a_word_that_stands_everywhere_answers_nothing(query: str) -> None:
    assert found(query) == []


@pytest.mark.parametrize(
    ("query", "offered"),
    [
        ("負担を軽くしたい", "share_by_age"),
        ("異常です", "no_answer"),
        ("マイナポイソト", "mynapoint"),
        ("loss cart", "card_lost"),
    ],
)
def test_what_only_shares_a_word_with_a_title_or_looks_alike_is_offered_and_not_answered(
    query: str, offered: str
) -> None:
    assert found(query) == []
    assert offered in perhaps(query)


@pytest.mark.parametrize("query", ["資格の受付", "カードの話", "確認した受付のカード"])
def test_what_stands_in_many_titles_is_not_even_offered_for_that(query: str) -> None:
    assert search(query, TOPICS, titles()) == Found()


@pytest.mark.parametrize("query", ["資格は大丈夫", "資格があるはず", "有効かどうか", "資格有効ではない", "資格がない"])
def test_a_valid_answer_is_not_told_of_where_nobody_said_so(query: str) -> None:
    assert found(query)[:1] != ["answer_valid"]


@given(st.text(max_size=40))
def test_what_is_sure_and_what_is_near_are_never_mixed(query: str) -> None:
    result = search(query, TOPICS, titles())
    assert not (result.sure and result.perhaps)
    assert len(result.perhaps) <= MOST_FOUND


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
