"""Every form, field, shape and rule has words in both languages, and no words lie unused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from eligibility import papers, words
from eligibility.names import NameMatch
from eligibility.papers.fields import PaperField
from eligibility.papers.form_types import Shape
from eligibility.papers.forms import FORMS
from eligibility.papers.paper import Shown
from tests.eligibility.catalogue import ids, sentences

SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in Path(papers.__path__[0]).glob("*.py"))


def test_the_catalogue_names_exactly_the_fields() -> None:
    assert ids("paper_field.") == {f"paper_field.{field.value}" for field in PaperField}


def test_the_catalogue_names_exactly_the_forms_shapes_and_rules() -> None:
    assert ids("paper.form.") == {f"paper.form.{form.word}" for form in FORMS}
    assert ids("paper.shape.") == {f"paper.shape.{shape.value}" for shape in Shape}
    assert ids("paper.shown.") == {f"paper.shown.{shown.value}" for shown in Shown}
    assert ids("paper.") == ids("paper.form.") | ids("paper.shape.") | ids("paper.shown.")


def test_the_catalogue_says_exactly_what_names_matching_means() -> None:
    assert ids("name_match.") == {match.meaning for match in NameMatch}
    assert ids("name_todo.") == {todo for match in NameMatch for todo in match.todo}


def test_every_refusal_and_warning_of_a_paper_has_words() -> None:
    codes = set(re.findall(r'"((?:field|warning)\.[a-z0-9_.]+)"', SOURCE))
    assert {"field.last_four", "field.not_on_form", "warning.copy_refused"} <= codes
    assert codes <= ids("field.") | ids("warning.")


@pytest.mark.parametrize("prefix", ["paper_field.", "paper.form."])
def test_no_two_things_have_the_same_name(prefix: str) -> None:
    for lang in words.LANGUAGES:
        names = [sentences(lang)[message_id] for message_id in ids(prefix)]
        assert len(set(names)) == len(names)


def test_the_characters_a_claim_refuses_are_filled_in() -> None:
    for lang in words.LANGUAGES:
        assert "德" in words.text(lang, "warning.name_not_for_claims", characters="德")
