"""Records that are pasted: the app's text and the portal's, what is taken of them and what is not (reception.md §7)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.papers.fields import PaperField
from eligibility.papers.forms import FORM_OF, FORMS
from kiosk.flow.answer import Qualification
from kiosk.forms.app_export import export_text
from kiosk.forms.app_text import BACK, ELDERLY, FIELD_OF, QUALIFICATION, AppText, Block, read_app_text, write_app_text
from kiosk.forms.pasting import Source, read_record, take_paste
from kiosk.forms.portal_text import read_portal_text
from tests.kiosk.forms.samples import (
    ANSWER,
    APP_LINES,
    APP_TEXT,
    CHIBA,
    COMPANY,
    INDIVIDUAL_NUMBER,
    KYOKAI,
    PORTAL,
    PORTAL_TEXT,
    RECIPIENT,
    STRIP,
    TODAY,
)

F = PaperField
line_texts = st.text(st.characters(exclude_categories=["Cc", "Zl", "Zp", "Zs", "Cs"]), min_size=1, max_size=12)
labels = st.sampled_from([*FIELD_OF, "証区分", "郵便番号"]) | line_texts.filter(
    lambda label: not label.startswith(("資格情報", "裏面記載情報", "高齢受給者証", "限度額", "確認日"))
)
blocks = st.builds(
    Block, st.sampled_from([BACK, ELDERLY, "資格情報(医療扶助)"]), st.lists(st.tuples(labels, line_texts)).map(tuple)
)
app_texts = st.builds(
    lambda first, more, day: AppText((Block(QUALIFICATION, tuple(first)), *more), day),
    st.lists(st.tuples(labels, line_texts), min_size=1),
    st.lists(blocks, max_size=2),
    st.sampled_from(["", "2026-11-20", "令和8年11月20日"]),
)


# --- the app's text ---


def test_the_apps_text_is_read_block_by_block() -> None:
    record = read_app_text(APP_TEXT)
    assert record is not None
    assert [block.kind for block in record.blocks] == [QUALIFICATION, BACK, ELDERLY]
    assert record.confirmed_on == "2026-11-20"
    assert record.fields_of(QUALIFICATION)[F.NAME] == "千葉　花子"
    assert record.fields_of(ELDERLY) == {
        F.VALID_FROM: "2026-08-01",
        F.EXPIRES_ON: "2027-07-31",
        F.BURDEN_RATIO: "2割",
    }


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("gap", ["\t", "    ", "\u3000"])
def test_a_terminal_may_change_line_ends_and_tabs(end: str, gap: str) -> None:
    original = read_app_text(APP_TEXT)
    changed = read_app_text(end.join(line.replace("\t", gap) for line in APP_LINES))
    assert original is not None
    assert changed is not None
    for kind in (QUALIFICATION, ELDERLY):
        assert changed.fields_of(kind) == original.fields_of(kind)
    assert changed.confirmed_on == original.confirmed_on


def test_newer_headings_and_lines_before_them_are_read() -> None:
    text = "照会番号\tA-12\r\n資格情報(医療保険)\r\n番号\t77\r\n資格情報(医療扶助)\r\n番号\t88\r\n"
    record = read_app_text(text)
    assert record is not None
    assert record.fields_of(QUALIFICATION) == {F.NUMBER: "77"}
    assert record.others(QUALIFICATION) == ("照会番号", "資格情報(医療扶助) 番号")


@pytest.mark.parametrize(
    "text",
    ["", "資格情報", "資格情報\tEND", "資格情報を貼ってください\n番号\t1", "協会　太郎", "番号\t77\r\n資格情報\r\n"],
)
def test_other_texts_are_not_the_apps(text: str) -> None:
    assert read_app_text(text) is None


@given(app_texts)
def test_what_is_written_is_read_back(written: AppText) -> None:
    assert read_app_text(write_app_text(written)) == written


@given(app_texts)
def test_every_value_is_either_a_field_or_named_among_the_others(written: AppText) -> None:
    taken = written.fields_of(QUALIFICATION)
    values = [label for block in written.blocks for label, value in block.lines if value.strip()]
    assert len(taken) + len(written.others(QUALIFICATION)) == len(values)


# --- "copy as text" ---


def test_an_answer_is_exported_in_the_apps_format_and_read_back() -> None:
    text = export_text(ANSWER, TODAY)
    assert text.startswith("資格情報\r\n確認日 : \t2026-11-20\r\n保険者番号\t01139997\r\n")
    record = read_app_text(text)
    assert record is not None
    assert record.fields_of(QUALIFICATION) == {
        F.INSURER_NUMBER: "01139997",
        F.INSURER_NAME: "全国健康保険協会 練習支部",
        F.SYMBOL: "12345678",
        F.NUMBER: "123456",
        F.BRANCH: "01",
        F.KANA: "ｷｮｳｶｲ ﾀﾛｳ",
        F.NAME: "協会　太郎",
        F.BIRTHDATE: "1980-06-15",
        F.SEX: "男",
        F.VALID_FROM: "2025-08-01",
        F.EXPIRES_ON: "2029-07-31",
        F.ACQUIRED_ON: "2018-04-01",
        F.BURDEN_RATIO: "3割",
        F.RELATION: "本人",
    }


def test_the_share_of_the_elderly_has_its_own_block() -> None:
    record = read_app_text(export_text(Qualification(by="card", elderly_burden_ratio=20), TODAY))
    assert record is not None
    assert record.fields_of(ELDERLY) == {F.BURDEN_RATIO: "2割"}


@given(
    st.builds(
        Qualification,
        by=st.just("numbers"),
        insurer_name=st.text(max_size=20),
        symbol=st.text(max_size=10),
        number=st.text(max_size=10),
        name=st.text(max_size=20),
        name_kana=st.text(max_size=20),
        birthdate=st.none() | st.dates(),
        burden_ratio=st.sampled_from([None, 10, 20, 30]),
    )
)
def test_no_value_of_an_export_can_look_like_another_field(answer: Qualification) -> None:
    record = read_app_text(export_text(answer, TODAY))
    assert record is not None
    expected = [line.partition("\t")[0] for line in export_text(ANSWER, TODAY).split("\r\n")[2:-1]]
    assert [label for label, _ in record.blocks[0].lines] == expected
    assert (
        record.fields_of(QUALIFICATION).get(F.NAME, "") == " ".join(answer.name.replace("\t", " ").splitlines()).strip()
    )


# --- the portal's text ---


def test_the_portals_text_is_read_from_one_line_or_two() -> None:
    record = read_portal_text(PORTAL_TEXT)
    assert record is not None
    assert record.values == {
        F.NAME: "千葉　花子",
        F.KANA: "チバ　ハナコ",
        F.BIRTHDATE: "昭和61年5月2日",
        F.INSURER_NAME: "千葉県医業健康保険組合",
        F.INSURER_NUMBER: "０６１２９９９３",
        F.SYMBOL: "１２３４",
        F.NUMBER: "１２３４５６",
        F.BRANCH: "０２",
        F.ACQUIRED_ON: "平成30年4月1日",
    }
    assert record.others == ("問い合わせ先",)


@pytest.mark.parametrize(
    "text", ["", "氏名", "氏名：千葉　花子\n番号：1", "千葉　花子\n昭和61年5月2日", "記号・番号を見る"]
)
def test_a_few_words_are_no_record(text: str) -> None:
    assert read_record(text) is None


def test_two_blanks_inside_a_value_part_nothing_after_a_label_alone() -> None:
    text = "氏名\n千葉　　花子\n枝番\n問い合わせ先：練習用\n生年月日\nS61.5.2\n番号：1\n"
    record = read_portal_text(text)
    assert record is not None
    assert record.values == {F.NAME: "千葉　　花子", F.BIRTHDATE: "S61.5.2", F.NUMBER: "1"}
    assert record.others == ("問い合わせ先",)


def test_all_labels_before_all_values_is_no_record_rather_than_a_wrong_one() -> None:
    assert read_portal_text("氏名\n生年月日\n保険者番号\n番号\n千葉　花子\nS61.5.2\n06129993\n12\n") is None


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fall(text: str) -> None:
    for prefix in ("", "資格情報\r\n", "氏名\n", "保険者番号："):
        read_record(prefix + text)
        take_paste(prefix + text, KYOKAI, TODAY)


@given(
    st.permutations(["氏名", "生年月日", "保険者番号", "番号"]),
    st.sampled_from(["：", ":", " : ", "\t", "   ", "\n", "\r\n"]),
)
def test_order_and_layout_do_not_matter(order: list[str], gap: str) -> None:
    values = {"氏名": "千葉　花子", "生年月日": "昭和61年5月2日", "保険者番号": "06129993", "番号": "12"}
    record = read_portal_text("\n".join(f"{label}{gap}{values[label]}" for label in order))
    assert record is not None
    assert {at.value: text for at, text in record.values.items()} == {
        "name": "千葉　花子",
        "birthdate": "昭和61年5月2日",
        "insurer_number": "06129993",
        "number": "12",
    }


# --- what goes into a form ---


def test_the_apps_text_goes_into_the_form_of_its_insurer_and_the_rest_is_named() -> None:
    pasted = take_paste(APP_TEXT, COMPANY, TODAY)
    assert pasted is not None
    assert (pasted.source, pasted.form) == (Source.APP, CHIBA)
    assert pasted.taken[F.INSURER_NUMBER] == "06129993"
    assert pasted.taken[F.RELATION] == "家族"
    assert pasted.others == (
        "証区分",
        "裏面記載情報 氏名",
        "高齢受給者証 有効開始日",
        "高齢受給者証 有効終了日",
        "高齢受給者証 負担割合",
    )


def test_a_recipients_certificate_takes_its_own_block_only() -> None:
    pasted = take_paste(APP_TEXT, RECIPIENT, TODAY)
    assert pasted is not None
    assert pasted.form is RECIPIENT
    assert pasted.taken == {F.VALID_FROM: "2026-08-01", F.EXPIRES_ON: "2027-07-31", F.BURDEN_RATIO: "2割"}


def test_what_a_form_does_not_print_is_not_typed_into_it() -> None:
    text = APP_TEXT.replace("06129993", "01139997")
    pasted = take_paste(text, STRIP, TODAY)
    assert pasted is not None
    assert pasted.form is STRIP
    assert F.SEX in pasted.not_on_form
    assert F.SEX not in pasted.taken


def test_a_value_that_cannot_be_read_is_named_with_its_reason() -> None:
    pasted = take_paste(APP_TEXT.replace("昭和61年5月2日", "昭和65年5月2日"), CHIBA, TODAY)
    assert pasted is not None
    assert [(at, error.code) for at, error in pasted.refused] == [(F.BIRTHDATE, "field.date.outside_era")]


def test_a_number_of_a_person_is_never_taken_nor_shown() -> None:
    for text in (
        APP_TEXT.replace("１２３４", INDIVIDUAL_NUMBER),
        PORTAL_TEXT.replace("１２３４５６", INDIVIDUAL_NUMBER),
    ):
        pasted = take_paste(text, CHIBA, TODAY)
        assert pasted is not None
        assert INDIVIDUAL_NUMBER not in "".join(pasted.taken.values())
        assert INDIVIDUAL_NUMBER not in repr(pasted)


def test_without_a_form_the_portals_text_is_the_portals_pdf() -> None:
    pasted = take_paste(PORTAL_TEXT, None, TODAY)
    assert pasted is not None
    assert pasted.form is PORTAL
    assert pasted.taken[F.NUMBER] == "１２３４５６"
    of_the_app = take_paste(APP_TEXT, None, TODAY)
    assert of_the_app is not None
    assert of_the_app.form is CHIBA


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.word)
def test_every_form_takes_a_record_or_names_what_it_leaves_out(form: object) -> None:
    pasted = take_paste(APP_TEXT, form, TODAY)  # type: ignore[arg-type]
    assert pasted is not None
    assert FORM_OF[pasted.form.word].document == form.document  # type: ignore[attr-defined]
    record = read_app_text(APP_TEXT)
    assert record is not None
    kind = ELDERLY if form is RECIPIENT else QUALIFICATION
    gone = {*pasted.taken, *pasted.not_on_form, *(at for at, _ in pasted.refused)}
    assert gone == set(record.fields_of(kind))


def test_a_day_of_confirmation_is_no_day_of_a_paper() -> None:
    pasted = take_paste(APP_TEXT, CHIBA, date(2026, 11, 20))
    assert pasted is not None
    assert "2026-11-20" not in pasted.taken.values()
