"""The failure catalogue of reception.md §12 in a few words each, and what makes the troubles that no persona makes.

This module alone owns these words; docs/personas.md and a test of the personas read them. If it is wrong, somebody
looks for a persona that cannot exist.
"""

from __future__ import annotations

from typing import Final

TROUBLES: Final[dict[str, tuple[str, str]]] = {
    "F01": ("氏名の●、外字", "● and rare characters in a name"),
    "F02": ("資格確認は通るが請求で返る漢字", "kanji that pass here and not with the claim"),
    "F03": ("転職・退職後、新しい資格が未登録", "無効 after leaving, nothing new on file yet"),
    "F04": ("該当資格なし（マイナンバー未届など）", "該当なし: no number filed, or not yet"),
    "F05": ("無効（新しい資格あり）", "無効（新しい資格あり）"),
    "F06": ("複数該当", "複数該当"),
    "F07": ("リーダーの取り外し、サービス停止", "reader unplugged, no service"),
    "F08": ("カードを検知しない、読めない", "card not detected or unreadable"),
    "F09": ("読み取り中にカードを抜く", "card removed during the read"),
    "F10": ("顔認証の失敗とロック", "face fails, and locks"),
    "F11": ("暗証番号の間違いとロック", "wrong PIN, locked, tries spent earlier"),
    "F12": ("顔認証マイナンバーカード", "a card without PIN"),
    "F13": ("電子証明書の期限・猶予・失効", "certificate expiring, in grace, over, revoked"),
    "F14": ("カード本体の期限切れ", "the plastic is over"),
    "F15": ("利用登録なし", "not registered"),
    "F16": ("時間切れ、処理中、異常終了、回線断", "time-out, 処理中, 異常終了, line down"),
    "F17": ("資格情報のお知らせだけ", "お知らせ only"),
    "F18": ("期限の切れた保険証だけ", "an expired 保険証 only"),
    "F19": ("資格確認書が2枚", "two 資格確認書"),
    "F20": ("資格確認書の期限切れ・喪失後", "資格確認書 expired or after leaving"),
    "F21": ("70〜74歳、割合のない紙", "70–74 with a paper that prints no ratio"),
    "F22": ("紙の割合と回答の割合が違う", "ratio on paper differs from the answer"),
    "F23": ("氏名・住所の不一致", "name or address differs"),
    "F24": ("他人の情報", "someone else's record"),
    "F25": ("自己情報提供不可・不開示（DV等）", "protection flags"),
    "F26": ("スマートフォン", "smartphone"),
    "F27": ("顔写真のない乳児のカード", "an infant's card without photo"),
    "F28": ("同意しない、猶予で同意を聞かない", "consent refused, or not asked in grace"),
    "F29": ("カードの取り忘れ", "card left in the slot"),
    "F30": ("災害", "disaster"),
    "F31": ("写しや画面の資格確認書", "a photocopy or screenshot"),
    "F32": ("検証番号の合わない入力", "a typed number with a wrong check digit"),
}
"""Japanese and English."""

MADE_OTHERWISE: Final[dict[str, tuple[str, str]]] = {
    "F07": ("練習用の引き出しでリーダーを抜く", "the drawer unplugs the reader"),
    "F09": ("練習用の引き出しでカードを抜く", "the drawer removes the card"),
    "F10": (
        "練習用の引き出しで、顔が合わないようにする（カメラは模擬）",
        "the drawer lets the face not match (the camera is simulated)",
    ),
    "F16": ("サーバーのシナリオ。どの人物でも起こせる", "scenarios of the server, for any persona"),
    "F19": ("紙の話。サーバーは資格を1つだけ知っている", "a matter of papers: the server knows the membership once"),
    "F29": ("患者役がカードを残す", "whoever plays the patient leaves it there"),
    "F30": ("窓口のモード", "a mode of the counter"),
    "F31": ("目で見て分かること", "seen by the eye"),
    "F32": ("入力するときに間違える", "made while typing"),
}
"""What makes the troubles that come neither from a card nor from the server's knowledge of a person."""
