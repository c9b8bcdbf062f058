"""A PIN has no way out but the one block that spends it."""

from __future__ import annotations

import copy
import pickle

import pytest

from reader import pin as pin_module
from reader.pin import PinHandle, wipe
from tests.reader.fakes import pin


def test_the_typed_buffer_is_wiped_when_the_handle_takes_over() -> None:
    buffer = pin()
    handle = PinHandle(buffer)
    assert buffer == bytes(4)
    assert repr(handle) == str(handle) == f"{handle}" == "<PIN>"


def test_the_digits_are_given_out_once_and_wiped_after_use() -> None:
    handle = PinHandle(pin())
    with handle.spend() as secret:
        assert secret == b"1234"
    assert secret == b""
    with handle.spend() as second:
        assert second == b""


def test_they_are_wiped_also_when_the_block_fails() -> None:
    handle = PinHandle(pin())
    with pytest.raises(RuntimeError), handle.spend() as secret:
        raise RuntimeError
    assert secret == b""


def test_a_discarded_handle_is_empty() -> None:
    handle = PinHandle(pin())
    handle.discard()
    handle.discard()
    with handle.spend() as secret:
        assert secret == b""


def test_digits_that_another_thread_begins_to_spend_are_never_half_wiped(monkeypatch: pytest.MonkeyPatch) -> None:
    handle = PinHandle(pin())
    spent: list[bytearray] = []

    def spend_in_the_middle(buffer: bytearray) -> None:
        """What a thread that is switched to in the middle of `discard` would do."""
        monkeypatch.setattr(pin_module, "wipe", wipe)
        block = handle.spend()
        spent.append(block.__enter__())
        wipe(buffer)
        assert bytes(spent[0]) in (b"", b"1234")
        block.__exit__(None, None, None)

    monkeypatch.setattr(pin_module, "wipe", spend_in_the_middle)
    handle.discard()
    assert spent == [b""]


def test_a_handle_cannot_be_copied_or_stored() -> None:
    handle = PinHandle(pin())
    for way in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            way(handle)
