"""Subjects of `ask` about what an insurer sends, wants back or has on file, and why to use which path.

This module alone holds the words by which staff find them. What differs per insurer comes from the insurers' own data
(`Detail`). Facts: facts/reception.md §2, §3, §13b; S0–S4.
"""

from __future__ import annotations

from eligibility.help_lines import Topic as HelpTopic
from eligibility.topic import Detail, Group, Share, topic

INSURER_TOPICS = (
    topic(
        "who_gets_certificate",
        Group.PAPERS,
        ja=(
            "資格確認書 もらえる",
            "資格確認書 もらう",
            "資格確認書 発行",
            "資格確認書 申請",
            "資格確認書 届かない",
            "資格確認書 来ない",
            "資格確認書 ほしい",
            "資格確認書 欲しい",
            "資格確認書 持っていない",
            "資格確認書 理由",
            "要配慮者",
            "職権",
        ),
        en=("who gets", "apply for a certificate", "get a certificate", "certificate has not arrived"),
        staff=3,
        patient=1,
        share=Share.SAME,
        sources=("S0", "S1", "S2", "S3", "S4", "reception.md §2.4", "reception.md §3"),
        help_topics=(HelpTopic.CERTIFICATE_NOT_ARRIVED, HelpTopic.ELIGIBILITY_CERTIFICATE),
        detail=Detail.GROUNDS,
    ),
    topic(
        "returns",
        Group.PAPERS,
        ja=("返却", "返す", "返してもらう", "返還", "回収", "捨て", "破棄", "処分", "返さなく"),
        en=("give back", "send back", "returned", "return the certificate", "destroy", "throw away"),
        staff=2,
        patient=1,
        share=Share.SAME,
        sources=("S0", "S1", "S2", "S3", "reception.md §2.1"),
        reasons=("membership_left",),
        detail=Detail.RETURNS,
    ),
    topic(
        "last_four_digits",
        Group.PAPERS,
        ja=("下4桁", "下四桁", "下4けた", "下4桁 違", "マイナンバー 下4桁"),
        en=("last four digits", "last 4 digits", "last four"),
        staff=5,
        patient=1,
        share=Share.SAME,
        sources=("S0", "S4", "reception.md §2.3", "reception.md §13b"),
        help_topics=(HelpTopic.LAST_FOUR_DIGITS,),
    ),
    topic(
        "data_not_registered",
        Group.PAPERS,
        ja=(
            "データ登録未完了",
            "登録未完了",
            "対象となるデータがありません",
            "対象 データ ありません",
            "マイナンバー登録申出書",
        ),
        en=("data not registered", "registration incomplete", "no data for you"),
        staff=5,
        patient=2,
        share=Share.LADDER,
        sources=("S0", "S4", "reception.md §2.3", "reception.md §2.4"),
        reasons=("answer_nothing_found",),
        help_topics=(HelpTopic.ONLINE_QUALIFICATION,),
    ),
    topic(
        "mynapoint",
        Group.PAPERS,
        ja=("マイナポイント", "ポイント 申し込", "ポイント もらった"),
        en=("mynapoint", "myna point", "my number points", "points programme"),
        staff=4,
        patient=1,
        share=Share.LADDER,
        sources=("S0", "reception.md §13b"),
        reasons=("answer_nothing_found",),
        help_topics=(HelpTopic.ONLINE_QUALIFICATION,),
    ),
    topic(
        "paths",
        Group.PAPERS,
        ja=(
            "違い",
            "資格確認書 違い",
            "マイナ保険証 違い",
            "お知らせ 違い",
            "メリット",
            "何ができる",
            "できること",
            "マイナ保険証 良い",
            "比べ",
            "比較",
        ),
        en=("difference", "benefits", "what each gives", "advantages", "compare"),
        staff=2,
        patient=1,
        share=Share.SAME,
        sources=("S0", "S2", "S4", "reception.md §2.7"),
        detail=Detail.PATHS,
    ),
)
