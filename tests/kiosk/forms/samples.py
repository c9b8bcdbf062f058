"""Typed papers and answers of invented people on 2026-11-20."""

from __future__ import annotations

from datetime import date

from eligibility.papers.forms import FORM_OF
from kiosk.flow.answer import Qualification

TODAY = date(2026, 11, 20)
INDIVIDUAL_NUMBER = "123456789018"
"""It has the check digit of a 個人番号 and belongs to nobody."""

KYOKAI = FORM_OF["certificate_kyokai"]
COMPANY = FORM_OF["certificate_company"]
CHIBA = FORM_OF["certificate_chiba_medical"]
NATIONAL = FORM_OF["certificate_national"]
STRIP = FORM_OF["notice_kyokai_strip"]
SHEET = FORM_OF["notice_kyokai_sheet"]
RECIPIENT = FORM_OF["recipient_certificate"]
PORTAL = FORM_OF["portal_pdf"]
DECLARATION = FORM_OF["declaration"]
CARD = FORM_OF["myna_card"]

CERTIFICATE = {
    "insurer_number": "０１１３９９９７",
    "symbol": "12345678",
    "number": "123456",
    "branch": "01",
    "name": "協会　太郎",
    "kana": "キョウカイ　タロウ",
    "birthdate": "昭55.6.15",
    "sex": "男",
    "relation": "本人",
    "issued_on": "R7/8/1",
    "expires_on": "2029-07-31",
    "address": "東京都千代田区霞が関二丁目3番4号",
}
ANSWER = Qualification(
    by="numbers",
    validity=1,
    card_class="01",
    insurer_number="01139997",
    insurer_name="全国健康保険協会 練習支部",
    symbol="12345678",
    number="123456",
    branch="01",
    name="協会　太郎",
    name_kana="ｷｮｳｶｲ ﾀﾛｳ",
    birthdate=date(1980, 6, 15),
    sex="male",
    relation="insured",
    address="東京都千代田区霞ヶ関２－３－４",
    burden_ratio=30,
    issued_on=date(2025, 8, 1),
    valid_from=date(2025, 8, 1),
    valid_until=date(2029, 7, 31),
    acquired_on=date(2018, 4, 1),
)
APP_LINES = (
    "資格情報",
    "確認日 : \t2026-11-20",
    "保険者番号\t06129993",
    "保険者名\t千葉県医業健康保険組合",
    "記号\t１２３４",
    "番号\t123456",
    "枝番\t02",
    "フリガナ\tチバ　ハナコ",
    "氏名\t千葉　花子",
    "生年月日\t昭和61年5月2日",
    "性別\t女",
    "証区分\t一般",
    "有効開始日\t2025-04-01",
    "有効終了日\t",
    "資格取得年月日\t2018-04-01",
    "負担割合\t3割",
    "本人・家族の別\t家族",
    "被保険者氏名\t千葉　一郎",
    "裏面記載情報",
    "氏名\t千葉　華子",
    "高齢受給者証",
    "有効開始日\t2026-08-01",
    "有効終了日\t2027-07-31",
    "負担割合\t2割",
)
APP_TEXT = "".join(f"{line}\r\n" for line in APP_LINES)
PORTAL_TEXT = """医療保険の資格情報
氏名
千葉　花子
氏名（カナ）
チバ　ハナコ
生年月日：昭和61年5月2日
保険者名　　千葉県医業健康保険組合
保険者番号：０６１２９９９３
被保険者証記号：１２３４
被保険者証番号：１２３４５６
枝番：０２
資格取得年月日：平成30年4月1日
問い合わせ先：練習用
"""
