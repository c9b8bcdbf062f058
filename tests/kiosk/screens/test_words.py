"""Every word the screens use is there in Japanese and English, a patient's in every language, and none for nobody."""

from __future__ import annotations

import re
import string
import unicodedata
from datetime import date

import pytest
from babel.messages.pofile import read_po

from eligibility import words as eligibility_words
from kiosk.screens.trouble import MORE_EXACT
from kiosk.screens.view import Setting, View
from kiosk.words import FULL_LANGUAGES, LANGUAGE_NAMES, LANGUAGES, LOCALE_FOLDER, Words
from tests.kiosk.screens.catalogues import KIOSK, SOURCES, catalogue, patient_ids, troubles_as_said, used_in
from tests.kiosk.screens.rules import LETTERS_OF_THEIR_OWN

UNREADABLE = "●"
"""What the service sends for a character it lacks: the desk's words speak of it, a patient's never."""
TRANSLATED = [lang for lang in LANGUAGES if lang not in FULL_LANGUAGES]
OFFICIAL = {
    "method.pin": "暗証番号",
    "method.face": "顔認証",
    "pin.title": "暗証番号",
    "passcode.title": "目視確認",
    "passcode.what": "施設のパスコード",
    "choice.staff": "係を呼ぶ",
    "answer.OFFER_REGISTRATION": "利用登録",
    "answer.NEED_CERTIFICATE": "資格確認書",
    "answer.accepted": "受付できました",
    "registration.title": "利用登録",
    "notice.ends.day": "電子証明書",
    "consent.title": "同意",
    "consent.all": "包括同意",
    "consent.item.checkups": "特定健診",
    "consent.item.medicines": "お薬",
    "consent.item.diagnosis": "診療",
    "consent.item.operation": "手術",
    "consent.item.specific_diseases": "特定疾病療養受療証",
    "idle.title": "マイナンバーカード",
    "trouble.pin_locked.what": "暗証番号",
    "trouble.server_down.what": "資格",
    "trouble.face_only.what": "顔認証マイナンバーカード",
}
"""What is said of these has its official name beside the translation: it is what papers and staff call it."""


SAME = {"percent": "tenths", "month_read": "month", "day_read": "day"}
"""A share is told in 割 or in percent, as the language has it; easy Japanese also says how a day is read."""


def parameters(text: str) -> set[str]:
    return {SAME.get(name, name) for _, name, _, _ in string.Formatter().parse(text) if name}


def test_japanese_and_english_have_the_same_words_and_none_is_empty() -> None:
    words = {lang: catalogue(lang) for lang in FULL_LANGUAGES}
    assert set(words["ja"]) == set(words["en"])
    assert [key for lang in FULL_LANGUAGES for key, text in words[lang].items() if not text.strip()] == []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_whatever_a_patient_reads_is_there_in_every_language(lang: str) -> None:
    assert sorted(patient_ids() - set(catalogue(lang))) == []


@pytest.mark.parametrize("lang", TRANSLATED)
def test_no_translation_is_left_of_what_nobody_reads_any_more(lang: str) -> None:
    assert sorted(set(catalogue(lang)) - patient_ids()) == []
    assert [key for key, text in catalogue(lang).items() if not text.strip()] == []


def test_no_word_is_there_for_nobody() -> None:
    known = set(catalogue("ja"))
    used = used_in(SOURCES, known)
    assert sorted(word for word in known - used if not word.startswith("side-")) == []


def test_every_id_the_screens_ask_for_has_words() -> None:
    asked = re.compile(r"(?:\.t|\.say|\.warn|\.text|\bt)\(\s*\"([a-z_]+\.[a-z_.A-Z0-9]+)\"")
    known = set(catalogue("ja"))
    missing = {
        f"{source.relative_to(KIOSK)}: {message_id}"
        for source in SOURCES
        for message_id in asked.findall(source.read_text(encoding="utf-8"))
        if message_id not in known and not eligibility_words.knows(message_id)
    }
    assert sorted(missing | (troubles_as_said() - known)) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_same_parameters_in_every_language(lang: str) -> None:
    ja, other = catalogue("ja"), catalogue(lang)
    assert [key for key, text in other.items() if parameters(ja[key]) != parameters(text)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_character_a_japanese_terminal_may_draw_two_cells_wide(lang: str) -> None:
    def unsafe(char: str) -> bool:
        letter = lang in LETTERS_OF_THEIR_OWN and unicodedata.category(char).startswith("L")
        return unicodedata.east_asian_width(char) == "A" and not letter

    patient = patient_ids()
    texts = {key: text if key in patient else text.replace(UNREADABLE, "") for key, text in catalogue(lang).items()}
    assert {key: text for key, text in texts.items() if any(unsafe(char) for char in text)} == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_is_in_composed_characters(lang: str) -> None:
    """A letter and its accent as two characters would be counted as two."""
    assert [key for key, text in catalogue(lang).items() if unicodedata.normalize("NFC", text) != text] == []


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if not lang.startswith("ja")])
def test_official_terms_stay_beside_their_translation(lang: str) -> None:
    words = catalogue(lang)
    assert {key: term for key, term in OFFICIAL.items() if term not in words[key]} == {}


CITY_OFFICE = ("method.certificate_ends", "method.certificate_over", "last_try.what", "notice.where")


@pytest.mark.parametrize("lang", [lang for lang in TRANSLATED if not lang.startswith("ja")])
def test_the_city_office_is_named_as_its_signs_do(lang: str) -> None:
    """A Brazilian's câmara is no city hall: whoever asks the way shows the Japanese."""
    words = catalogue(lang)
    assert [key for key in CITY_OFFICE if "市区町村の窓口" not in words[key]] == []


OF_PORTUGAL = re.compile(
    r"\b(ecrãs?|telemóve(l|is)|rato|prim[ae]|regist(o|ar|ad[oa])|câmaras?|partilh\w+|até ao|utente|fotografia)\b"
    r"|\best(á|ão) a \w+r\b|^A \w+r\b",
    re.IGNORECASE,
)


def test_portuguese_is_that_of_brazil() -> None:
    """Who reads it in Japan comes from there."""
    assert {key: text for key, text in catalogue("pt").items() if OF_PORTUGAL.search(text)} == {}


def test_easy_japanese_has_a_reading_behind_every_word_in_kanji() -> None:
    """Behind the word, or behind the official name inside the same brackets: （利用登録 りようとうろく）.

    Apart: the menu of languages, where each is written as its own readers write it.
    """
    kanji = re.compile(r"[\u4e00-\u9fff]+")
    with_reading = re.compile(
        r"[\u4e00-\u9fff]+[ぁ-ん]*（([ぁ-ん 、]*|{\w+_read})）|（[\u4e00-\u9fff]+ [ぁ-ん]+(?=[ ）])"
    )
    easy = {key: text for key, text in catalogue("ja_easy").items() if key != "idle.language"}
    bare = {key: set(kanji.findall(with_reading.sub("", text))) for key, text in easy.items()}
    assert {key: found for key, found in bare.items() if found} == {}


@pytest.mark.parametrize(
    ("day", "read"),
    [
        (date(2027, 1, 4), "2027年（ねん）1月（いちがつ）4日（よっか）"),
        (date(2026, 4, 1), "2026年（ねん）4月（しがつ）1日（ついたち）"),
        (date(2026, 7, 14), "2026年（ねん）7月（しちがつ）14日（じゅうよっか）"),
        (date(2026, 9, 20), "2026年（ねん）9月（くがつ）20日（はつか）"),
        (date(2026, 12, 31), "2026年（ねん）12月（じゅうにがつ）31日（さんじゅういちにち）"),
    ],
)
def test_easy_japanese_reads_a_day_as_it_is_said(day: date, read: str) -> None:
    setting = Setting(Words("ja_easy"), 1, lambda: day, lambda: 0.0)
    assert View(setting).day(day) == read


@pytest.mark.parametrize("lang", TRANSLATED)
def test_a_word_that_is_missing_is_said_in_japanese(lang: str) -> None:
    desk = sorted(set(catalogue("ja")) - patient_ids())[0]
    assert Words(lang).text(desk) == catalogue("ja")[desk] != desk
    assert Words(lang).text("idle.title") != Words("ja").text("idle.title")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_said_is_what_the_catalogue_holds(lang: str) -> None:
    """The compiled catalogue is the one that travels in the wheel."""
    words = Words(lang)
    assert [key for key, text in catalogue(lang).items() if words.text(key) != text] == []


def test_every_language_says_its_own_name_and_has_a_catalogue() -> None:
    assert tuple(LANGUAGE_NAMES) == LANGUAGES
    assert {folder.name for folder in LOCALE_FOLDER.iterdir() if folder.is_dir()} == set(LANGUAGES)
    for lang in LANGUAGES:
        with (LOCALE_FOLDER / lang / "LC_MESSAGES" / "kiosk.po").open("rb") as file:
            assert str(read_po(file).locale) == lang.removesuffix("_easy")


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="ja, ja_easy, en"):
        Words("fr")


def test_words_of_the_eligibility_package_and_unknown_ids() -> None:
    words = Words("ja")
    assert words.text("insurer.society") != "insurer.society"
    assert words.one_of("reason.no_such_word", "no_such_word") == "no_such_word"
    assert Words("ko").text("insurer.society") == words.text("insurer.society")


def test_more_exact_words_are_said_where_there_are_such() -> None:
    assert {word for exact in MORE_EXACT.values() for word in exact.values()} & {
        key.split(".")[1] for key in troubles_as_said()
    } >= {"certificate_expired", "certificate_revoked", "not_decided"}
