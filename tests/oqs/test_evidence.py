"""Every element has a Japanese name and a mark, every code its words, and the page is what the program is now."""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from pathlib import Path

import pytest

from eligibility.oqs import codes
from eligibility.oqs.code_lists import CODE_LISTS, CodeList, list_of
from eligibility.oqs.elements import Element
from eligibility.oqs.evidence import ELEMENTS, ELSEWHERE, MESSAGES, Mark, known
from eligibility.oqs.file_names import MessageKind
from eligibility.oqs.kinds import PAIRS
from eligibility.oqs.layout import known_children
from tools import messages_page
from tools.rules_markdown import anchor

MODELS = [model for pair in PAIRS.values() for model in pair]


def groups(model: type[Element]) -> set[type[Element]]:
    """A model and every model inside of it."""
    found = {model}
    for child in known_children(model).values():
        if child.model is not None:
            found |= groups(child.model)
    return found


EVERY_GROUP = sorted({group for model in MODELS for group in groups(model)}, key=lambda group: group.__name__)


@pytest.mark.parametrize("group", EVERY_GROUP, ids=lambda group: group.__name__)
def test_every_element_is_known_by_name_and_mark(group: type[Element]) -> None:
    for tag in known_children(group):
        fact = known(group.__name__, tag)
        assert fact.name
        assert isinstance(fact.mark, Mark)


def test_nothing_is_said_about_elements_that_do_not_exist() -> None:
    tags = {tag for group in EVERY_GROUP for tag in known_children(group)}
    assert set(ELEMENTS) == tags
    names = {group.__name__: group for group in EVERY_GROUP}
    assert len(names) == len(EVERY_GROUP), "a group is called by its model's name"
    for group, tag in ELSEWHERE:
        assert tag in known_children(names[group])


def test_every_message_is_noted() -> None:
    assert set(MESSAGES) == {(kind, is_request) for kind in MessageKind for is_request in (True, False)}


def test_what_is_invented_or_inferred_is_marked() -> None:
    for group in EVERY_GROUP:
        for tag in known_children(group):
            if group.__name__.startswith("Mock") or tag.startswith("Mock"):
                assert known(group.__name__, tag).mark is Mark.INVENTED
    for kind in (MessageKind.REFERENCE_NUMBER, MessageKind.BULK_REFERENCE_NUMBER_RESULT):
        assert MESSAGES[kind, False].mark is Mark.INFERRED


@pytest.mark.parametrize("one", CODE_LISTS, ids=lambda one: f"{one.number}-{one.title}")
def test_a_list_in_words_has_the_values_that_programs_have(one: CodeList) -> None:
    assert one.values
    assert set(one.weaker or {}) <= set(one.values)
    if one.codes is not None:
        assert set(one.values) == {member.value for member in one.codes}


def test_every_enumeration_of_programs_has_its_words() -> None:
    enumerations = {value for value in vars(codes).values() if isinstance(value, type) and issubclass(value, StrEnum)}
    assert {one.codes for one in CODE_LISTS} - {None} == enumerations - {StrEnum}


def test_an_element_carries_one_list() -> None:
    carried = Counter(tag for one in CODE_LISTS for tag in one.elements)
    assert max(carried.values()) == 1
    assert set(carried) <= set(ELEMENTS)
    validity = list_of("QualificationValidity")
    assert validity is not None
    assert validity.number == "OQSCD006"
    assert (validity.mark_of("1"), validity.mark_of("6")) == (Mark.TWO_SOURCES, Mark.ONE_SOURCE)
    assert list_of("Name") is None


def test_the_lists_of_the_facts() -> None:
    """§3, by hand."""
    numbers = {one.number for one in CODE_LISTS}
    wanted = [*range(1, 27), 28, 29, 31, 36, 38, 39, 41, 42, 44]
    assert numbers == {f"OQSCD{number:03}" for number in wanted} | {"–"}


def test_an_enumeration_that_is_enforced_is_the_list_of_its_element() -> None:
    for group in EVERY_GROUP:
        for tag, child in known_children(group).items():
            if child.codes is not None:
                carried = list_of(tag)
                assert carried is not None
                assert list(carried.values) == list(child.codes)


def test_the_page_in_the_repository_is_up_to_date() -> None:
    assert messages_page.is_up_to_date(), "run: .venv/bin/python tools/messages_page.py"
    assert messages_page.main(["--check"]) == 0


def test_a_page_that_is_out_of_date_is_told_and_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(messages_page, "ROOT", tmp_path)
    monkeypatch.setattr(messages_page, "PAGE", tmp_path / "messages.md")
    assert messages_page.main(["--check"]) == 1
    assert "messages.md is out of date" in capsys.readouterr().err
    assert messages_page.main([]) == 0
    assert messages_page.main(["--check"]) == 0


def test_the_page_says_first_that_it_is_not_official() -> None:
    head = messages_page.page().split("\n## ")[0]
    assert "公式の仕様書ではありません" in head
    assert "not the official specification" in head


def test_the_page_names_everything() -> None:
    page = messages_page.page()
    for tag in ELEMENTS:
        assert f"`{tag}`" in page
    for kind in MessageKind:
        assert f"### {kind}req" in page
        assert f"### {kind}res" in page
    for one in CODE_LISTS:
        for value, words in one.values.items():
            assert f"| `{value}` | {words} |" in page


def test_every_link_inside_of_the_page_leads_somewhere() -> None:
    page = messages_page.page()
    anchors = {anchor(heading) for heading in re.findall(r"^#+ (.*)$", page, re.MULTILINE)}
    targets = set(re.findall(r"\]\(#([^)]*)\)", page))
    assert len(targets) > 30
    assert targets <= anchors
