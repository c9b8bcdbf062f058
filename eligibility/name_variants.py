"""外字 and old forms: which kanji of a name are one character written in several ways.

This module alone owns the table. It is for looking through a difference, never for rewriting: the spelling that a paper
or a person gives is kept. A group holds forms of one kanji only; kanji that are merely confused with each other stay
apart (斎 and 斉, 坂 and 阪, 崎 and 埼, 園 and 薗, 祐 and 裕, 太 and 大 are different characters, different families).
If a group is wrong, two people look like one. Facts: facts/validation.md §5, facts/reception.md §8.
"""

from __future__ import annotations

from dataclasses import dataclass

_STOPPED_BY_INSURERS = "validation.md §5: what 健康保険組合 put in its place when they stopped 外字 (S20)"
_REPORTED = "validation.md §5: passes the check and bounces in the claim, or is outside JIS X 0208"
_COMPATIBILITY = "validation.md §5: a compatibility ideograph, which Unicode takes apart into the plain form"
_OLD_FORM = "常用漢字表 (the form in brackets) or 人名用漢字表; the fact sheets name only examples"
_WRITTEN_FORM = (
    "a written form (俗字・異体字) of the same kanji in family registers; the fact sheets name only examples"
)


@dataclass(frozen=True, slots=True)
class VariantGroup:
    """One kanji: `plain` as everyday print and claims (JIS X 0208) have it, `others` as registers may, and why."""

    plain: str
    others: str
    source: str


_NAMED_IN_THE_FACTS = (
    VariantGroup("高", "髙", _STOPPED_BY_INSURERS),
    VariantGroup("崎", "﨑嵜", f"{_STOPPED_BY_INSURERS}; 嵜: {_WRITTEN_FORM}"),
    VariantGroup("徳", "德", _REPORTED),
    VariantGroup("浜", "濱濵", f"{_REPORTED}; 濱: {_OLD_FORM}"),
    VariantGroup("瀬", "瀨", _REPORTED),
    VariantGroup("鴎", "鷗", _REPORTED),
    VariantGroup("吉", "𠮷", _REPORTED),
    VariantGroup("塚", "\ufa10", _COMPATIBILITY),
    VariantGroup("晴", "\ufa12", _COMPATIBILITY),
    VariantGroup("猪", "\ufa16", _COMPATIBILITY),
    VariantGroup("神", "\ufa19", _COMPATIBILITY),
    VariantGroup("福", "\ufa1b", _COMPATIBILITY),
    VariantGroup("都", "\ufa26", _COMPATIBILITY),
    VariantGroup("隆", "\uf9dc", _COMPATIBILITY),
)
# The other compatibility ideographs of cp932 and those of JIS X 0213 that stand in names. They are written as escapes,
# because editors and mail programs silently take them apart.
_OTHER_COMPATIBILITY_IDEOGRAPHS = (
    VariantGroup("朗", "\uf929", _COMPATIBILITY),
    VariantGroup("熙", "煕凞\ufa15", f"{_COMPATIBILITY}; 煕, 凞: {_WRITTEN_FORM}"),
    VariantGroup("益", "\ufa17", _COMPATIBILITY),
    VariantGroup("礼", "禮\ufa18", f"{_COMPATIBILITY}; 禮: {_OLD_FORM}"),
    VariantGroup("祥", "\ufa1a", _COMPATIBILITY),
    VariantGroup("靖", "\ufa1c", _COMPATIBILITY),
    VariantGroup("精", "\ufa1d", _COMPATIBILITY),
    VariantGroup("羽", "\ufa1e", _COMPATIBILITY),
    VariantGroup("諸", "\ufa22", _COMPATIBILITY),
    VariantGroup("逸", "\ufa25\ufa67", _COMPATIBILITY),
    VariantGroup("飯", "\ufa2a", _COMPATIBILITY),
    VariantGroup("飼", "\ufa2b", _COMPATIBILITY),
    VariantGroup("館", "舘\ufa2c", f"{_COMPATIBILITY}; 舘: {_WRITTEN_FORM}"),
    VariantGroup("鶴", "\ufa2d", _COMPATIBILITY),
    VariantGroup("勉", "\ufa33", _COMPATIBILITY),
    VariantGroup("勤", "\ufa34", _COMPATIBILITY),
    VariantGroup("敏", "\ufa41", _COMPATIBILITY),
    VariantGroup("梅", "\ufa44", _COMPATIBILITY),
    VariantGroup("海", "\ufa45", _COMPATIBILITY),
    VariantGroup("渚", "\ufa46", _COMPATIBILITY),
    VariantGroup("漢", "\ufa47", _COMPATIBILITY),
    VariantGroup("琢", "\ufa4a", _COMPATIBILITY),
    VariantGroup("社", "\ufa4c", _COMPATIBILITY),
    VariantGroup("祐", "\ufa4f", _COMPATIBILITY),
    VariantGroup("祖", "\ufa50", _COMPATIBILITY),
    VariantGroup("祝", "\ufa51", _COMPATIBILITY),
    VariantGroup("禎", "\ufa53", _COMPATIBILITY),
    VariantGroup("節", "\ufa56", _COMPATIBILITY),
    VariantGroup("繁", "\ufa59", _COMPATIBILITY),
    VariantGroup("賓", "\ufa64", _COMPATIBILITY),
    VariantGroup("響", "\ufa69", _COMPATIBILITY),
)
_OLD_FORMS = tuple(
    VariantGroup(plain, others, _OLD_FORM)
    for plain, others in (
        ("亜", "亞"), ("栄", "榮"), ("衛", "衞"), ("円", "圓"), ("桜", "櫻"), ("応", "應"), ("奥", "奧"), ("横", "橫"),
        ("温", "溫"), ("会", "會"), ("覚", "覺"), ("学", "學"), ("楽", "樂"), ("関", "關"), ("寛", "寬"), ("巌", "巖"),
        ("亀", "龜"), ("暁", "曉"), ("勲", "勳"), ("薫", "薰"), ("恵", "惠"), ("渓", "溪"), ("蛍", "螢"), ("県", "縣"),
        ("顕", "顯"), ("厳", "嚴"), ("恒", "恆"), ("広", "廣"), ("黄", "黃"), ("黒", "黑"), ("斎", "齋"),
        ("桧", "檜"), ("児", "兒"), ("実", "實"), ("寿", "壽"), ("縄", "繩"), ("緒", "緖"), ("真", "眞"), ("慎", "愼"),
        ("穂", "穗"), ("滝", "瀧"), ("静", "靜"), ("斉", "齊"), ("浅", "淺"), ("銭", "錢"), ("荘", "莊"), ("総", "總"),
        ("聡", "聰"), ("蔵", "藏"), ("増", "增"), ("沢", "澤"), ("団", "團"), ("庁", "廳"), ("鎮", "鎭"), ("鉄", "鐵"),
        ("転", "轉"), ("伝", "傳"), ("闘", "鬪"), ("稲", "稻"), ("弐", "貳"), ("彦", "彥"), ("富", "冨"), ("歩", "步"),
        ("豊", "豐"), ("宝", "寶"), ("峰", "峯"), ("毎", "每"), ("万", "萬"), ("弥", "彌"), ("野", "埜"), ("薬", "藥"),
        ("与", "與"), ("誉", "譽"), ("遥", "遙"), ("尭", "堯"), ("来", "來"), ("頼", "賴"), ("竜", "龍"), ("涼", "凉"),
        ("緑", "綠"), ("禄", "祿"), ("郎", "郞"), ("録", "錄"), ("曽", "曾"), ("槙", "槇"), ("凛", "凜"), ("岳", "嶽"),
        ("巣", "巢"), ("条", "條"), ("済", "濟"), ("戸", "戶"), ("内", "內"), ("呉", "吳"), ("壮", "壯"), ("双", "雙"),
    )
)  # fmt: skip
_WRITTEN_FORMS = (
    VariantGroup("辺", "邊邉", f"邊: {_OLD_FORM}; 邉: {_WRITTEN_FORM}"),
    VariantGroup("国", "國圀", f"國: {_OLD_FORM}; 圀: {_WRITTEN_FORM}"),
    VariantGroup("島", "嶋嶌", f"嶋: {_OLD_FORM}; 嶌: {_WRITTEN_FORM}"),
    VariantGroup("昇", "曻", _WRITTEN_FORM),
    VariantGroup("淵", "渕", _WRITTEN_FORM),
    VariantGroup("柳", "栁", _WRITTEN_FORM),
    VariantGroup("橋", "𣘺", _WRITTEN_FORM),
    VariantGroup("土", "圡", _WRITTEN_FORM),
    VariantGroup("清", "淸", _WRITTEN_FORM),
    VariantGroup("青", "靑", _WRITTEN_FORM),
    VariantGroup("秋", "穐", _WRITTEN_FORM),
)

VARIANT_GROUPS: tuple[VariantGroup, ...] = (
    *_NAMED_IN_THE_FACTS,
    *_OTHER_COMPATIBILITY_IDEOGRAPHS,
    *_OLD_FORMS,
    *_WRITTEN_FORMS,
)
"""Every group; no character stands in two of them."""

_PLAIN_OF = str.maketrans({other: group.plain for group in VARIANT_GROUPS for other in group.others})


def everyday_spelling(name: str) -> str:
    """The name with every variant as its everyday form, character by character: a key for comparing, and a proposal for
    a claim. Never save it in place of the name."""
    return name.translate(_PLAIN_OF)
