"""Frames: a two-byte length and a body, however the network chops them (jpki-card.md §3.1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader.errors import CardProtocolError
from reader.transports.vpcd import FRAME_LIMIT, FrameDecoder, encode_frame

bodies = st.lists(st.binary(max_size=300), max_size=8)


def test_the_frames_of_the_protocol_sheet() -> None:
    stream = bytes.fromhex("000101 000104 0004 00200080".replace(" ", ""))
    assert FrameDecoder().feed(stream) == [b"\x01", b"\x04", bytes.fromhex("00200080")]
    assert encode_frame(bytes.fromhex("00200080")) == bytes.fromhex("000400200080")


@given(bodies, st.data())
def test_any_chopping_gives_the_same_frames(frames: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(encode_frame(body) for body in frames)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    decoder, seen = FrameDecoder(), list[bytes]()
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        seen += decoder.feed(stream[start:end])
    assert seen == frames
    assert decoder.pending == 0


def test_an_unfinished_frame_waits() -> None:
    decoder = FrameDecoder()
    assert decoder.feed(b"\x00") == []
    assert decoder.feed(b"\x02\x90") == []
    assert decoder.pending == 3
    assert decoder.feed(b"\x00") == [b"\x90\x00"]


def test_a_body_that_fits_no_frame_is_refused() -> None:
    assert len(encode_frame(bytes(FRAME_LIMIT))) == FRAME_LIMIT + 2
    with pytest.raises(CardProtocolError):
        encode_frame(bytes(FRAME_LIMIT + 1))
