"""Every id has words in both languages, and no words lie unused."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from eligibility import words
from eligibility.check_digits import insurer_digit
from eligibility.documents import DOCUMENT_TYPES
from eligibility.insurers import InsurerKind, InsurerNumber, insurer_title
from eligibility.outcome import OutcomeWord
from eligibility.policy import decide, explain
from eligibility.regimes import InForce, Period
from eligibility.rule_dates import RULE_DATES
from eligibility.typical_cases import typical_cases
from tests.eligibility.strategies import sweep

PACKAGE = Path(words.__file__).parent
JAPANESE = re.compile("[぀-ヿ一-鿿]")
PARAMETER = re.compile(r"\{(\w+)\}")


@cache
def catalogue(lang: str) -> Catalog:
    with (PACKAGE / "locale" / lang / "LC_MESSAGES" / "eligibility.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


def sentences(lang: str) -> dict[str, str]:
    return {str(message.id): str(message.string) for message in catalogue(lang) if message.id}


def ids(prefix: str) -> set[str]:
    return {message_id for message_id in sentences("ja") if message_id.startswith(prefix)}


@cache
def swept() -> dict[str, set[str]]:
    """Every word that some decision says, gathered over all pairs of documents with answers, ages and days."""
    said: dict[str, set[str]] = {}
    for case in sweep():
        outcome = decide(case)
        for prefix, spoken in (
            ("reason.", outcome.reasons),
            ("tell.", outcome.tell),
            ("ask.", outcome.ask_for),
            ("queue.", (outcome.queue,)),
            ("registration.", (outcome.registration,)),
            ("document.", outcome.returns),
            ("passed.", tuple(why for step in explain(case) if not step.fits for why in step.why)),
        ):
            said.setdefault(prefix, set()).update(prefix + word for word in spoken if word)
    return said


def constants(prefixes: Iterable[str]) -> set[str]:
    """The message ids that stand in the package's source as they are."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    return {found for prefix in prefixes for found in re.findall(rf'"({re.escape(prefix)}[a-z0-9_.]+)"', source)}


def test_both_languages_have_the_same_ids() -> None:
    assert sentences("ja").keys() == sentences("en").keys()


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_nothing_is_left_untranslated_or_unsure(lang: str) -> None:
    assert [message.id for message in catalogue(lang) if message.id and (not message.string or message.fuzzy)] == []


def test_japanese_is_japanese() -> None:
    assert [message_id for message_id, sentence in sentences("ja").items() if not JAPANESE.search(sentence)] == []


def test_both_languages_fill_in_the_same_parameters() -> None:
    for message_id, sentence in sentences("ja").items():
        english = sentences("en")[message_id]
        assert set(PARAMETER.findall(sentence)) == set(PARAMETER.findall(english)), message_id


def test_the_compiled_catalogue_says_the_same() -> None:
    for lang in words.LANGUAGES:
        for message_id, sentence in sentences(lang).items():
            assert words.text(lang, message_id) == sentence


def test_every_outcome_has_words() -> None:
    assert ids("outcome.") == {f"outcome.{word.value}" for word in OutcomeWord}


@pytest.mark.parametrize("prefix", ["reason.", "tell.", "ask.", "queue.", "registration."])
def test_the_catalogue_has_exactly_what_decisions_say(prefix: str) -> None:
    assert ids(prefix) == swept()[prefix]


def test_every_row_says_why_it_does_not_fit() -> None:
    own = {message_id.removeprefix("passed.") for message_id in ids("passed.")}
    reasons = {message_id.removeprefix("reason.") for message_id in ids("reason.")}
    said = {message_id.removeprefix("passed.") for message_id in swept()["passed."]}
    # Of a paper or chip that does not count, a row that is passed says what the decision says.
    assert said - reasons == own
    assert ids("row.") == {f"row.{number}" for number in range(1, 14)}


def test_every_period_and_what_holds_in_it_has_words() -> None:
    assert ids("period.") == {f"period.{period}" for period in Period}
    assert ids("in_force.") == {f"in_force.{word}" for word in InForce}


def test_everything_a_person_can_come_with_has_words() -> None:
    assert ids("typical.") == {f"typical.{word}" for word, _ in typical_cases(RULE_DATES[-1].day)}


def test_every_document_has_a_name() -> None:
    assert ids("document.") == {f"document.{kind.document}" for kind in DOCUMENT_TYPES}
    assert swept()["document."] <= ids("document.")


def test_every_error_code_has_words_and_none_is_unused() -> None:
    of_numbers = {
        f"field.{field}.{wrong}" for field in ("symbol", "number") for wrong in ("blank", "private_use", "too_long")
    }
    used = constants(("field.", "case.", "rules.")) - {"field.symbol", "field.number"} | of_numbers
    suggesting = {"field.insurer_number.check_digit.suggestion", "case.unknown_word.suggestion"}
    assert used | suggesting == ids("field.") | ids("case.") | ids("rules.")
    assert constants(["warning."]) == ids("warning.")


def test_every_insurer_has_a_title() -> None:
    bodies = [f"01{prefecture:02}001" for prefecture in range(1, 48)]
    titles = {insurer_title(InsurerNumber(body + insurer_digit(body)))[0] for body in bodies}
    titles |= {f"insurer.{kind.value}" for kind in InsurerKind} | {insurer_title(InsurerNumber("133991"))[0]}
    assert titles == ids("insurer.")


def test_every_rule_date_has_words_and_a_source() -> None:
    assert ids("rule.") == {f"rule.{rule.word}" for rule in RULE_DATES}
    assert all(len(rule.source) > 10 for rule in RULE_DATES)
    assert [rule.day for rule in RULE_DATES] == sorted(rule.day for rule in RULE_DATES)


def test_a_branch_is_named_as_it_names_itself() -> None:
    title, params = insurer_title(InsurerNumber("01130012"))
    assert words.text("ja", title, **params) == "協会けんぽ 東京支部"
    assert "協会けんぽ 東京支部" in words.text("en", title, **params)


def test_the_last_digit_is_suggested_only_where_one_is_given() -> None:
    code = "field.insurer_number.check_digit"
    assert "末尾は 7" in words.text("ja", code, suggestion="7")
    assert "末尾" not in words.text("ja", code)


def test_parameters_are_filled_in() -> None:
    assert "いま 5桁" in words.text("ja", "field.insurer_number.length", length="5")


def test_an_unknown_language_is_japanese_and_an_unknown_id_stays() -> None:
    assert words.text("fr", "outcome.NOT_CONFIRMED") == words.text("ja", "outcome.NOT_CONFIRMED")
    assert words.text("ja", "kiosk.title") == "kiosk.title"
    assert words.knows("outcome.NOT_CONFIRMED")
    assert not words.knows("kiosk.title")


def test_every_code_of_a_broken_message_has_words_and_none_is_unused() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "oqs").glob("*.py"))
    codes = set(re.findall(r'"((?:message|file_name)\.[a-z_.]*[a-z_])"', source))
    assert len(codes) > 20
    assert codes == ids("message.") | ids("file_name.")
