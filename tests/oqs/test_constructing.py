"""Elements built without validation are what pydantic itself would have built, only sooner."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

import eligibility.oqs.kinds  # noqa: F401 - so that every element is known
from eligibility.oqs.elements import Element


def every_element(parent: type[Element] = Element) -> Iterator[type[Element]]:
    for child in parent.__subclasses__():
        yield child
        yield from every_element(child)


ELEMENTS = sorted(set(every_element()), key=lambda model: f"{model.__module__}.{model.__qualname__}")


@pytest.mark.parametrize("model", ELEMENTS, ids=lambda model: str(model.__name__))
@pytest.mark.parametrize("given", ["nothing", "what is needed", "everything"])
def test_an_element_built_without_validation_is_pydantics_own(model: type[Element], given: str) -> None:
    named = [
        name
        for name, field in model.model_fields.items()
        if given == "everything" or (given == "what is needed" and field.is_required())
    ]
    values: dict[str, Any] = {name: f"value of {name}" for name in named}
    ours, theirs = model.model_construct(**values), BaseModel.model_construct.__func__(model, **values)  # type: ignore[attr-defined]
    assert ours == theirs
    assert vars(ours) == vars(theirs)
    assert ours.model_fields_set == theirs.model_fields_set
    assert (ours.__pydantic_extra__, ours.__pydantic_private__) == (
        theirs.__pydantic_extra__,
        theirs.__pydantic_private__,
    )
    assert ours.model_copy(update={}) == theirs


def test_there_are_elements_to_look_at() -> None:
    assert len(ELEMENTS) > 30


def test_two_elements_share_nothing_that_can_change() -> None:
    first, second = (ELEMENTS[0].model_construct() for _ in range(2))
    assert vars(first) is not vars(second)
    assert first.model_fields_set is not second.model_fields_set
