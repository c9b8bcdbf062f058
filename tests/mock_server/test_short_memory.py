"""A dictionary of fixed size that forgets the oldest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.short_memory import ShortMemory


def test_what_was_put_last_is_there() -> None:
    memory: ShortMemory[str, int] = ShortMemory(2)
    memory.put("a", 1)
    memory.put("a", 2)
    assert (memory.get("a"), memory.get("b"), len(memory)) == (2, None, 1)


def test_the_oldest_goes_first_and_putting_again_makes_it_young() -> None:
    memory: ShortMemory[str, int] = ShortMemory(2)
    for key in ("a", "b", "a", "c"):
        memory.put(key, 1)
    assert [key for key in "abc" if memory.get(key)] == ["a", "c"]


def test_forgetting_what_is_not_there_is_nothing() -> None:
    memory: ShortMemory[str, int] = ShortMemory(1)
    memory.put("a", 1)
    memory.forget("b")
    memory.forget("a")
    assert len(memory) == 0


@given(st.integers(1, 5), st.lists(st.integers(0, 9), max_size=40))
def test_it_never_grows_and_the_youngest_stay(size: int, keys: list[int]) -> None:
    memory: ShortMemory[int, int] = ShortMemory(size)
    for place, key in enumerate(keys):
        memory.put(key, place)
        assert len(memory) <= size
    youngest = list(dict.fromkeys(reversed(keys)))[:size]
    assert all(memory.get(key) is not None for key in youngest)


def test_a_memory_without_room_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="one entry"):
        ShortMemory(0)
