"""A PIN has no way out but the one block that spends it."""

from __future__ import annotations

import copy
import pickle

import pytest

from reader.pin import PinHandle
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


def test_a_handle_cannot_be_copied_or_stored() -> None:
    handle = PinHandle(pin())
    for way in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            way(handle)
