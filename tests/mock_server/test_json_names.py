"""A name may stand once in an object, whatever the depth; the same name in two objects is no fault."""

from __future__ import annotations

import pytest

from mock_server.errors import QualificationError, Refusal
from mock_server.json_names import refuse_double_names


def refusal(body: bytes) -> Refusal | None:
    try:
        refuse_double_names(body)
    except QualificationError as error:
        return error.refusal
    return None


@pytest.mark.parametrize(
    "body",
    [b'{"a":1,"a":1}', b'{"a":1,"\\u0061":2}', b'[{"b":{"c":[{"a":1,"a":null}]}}]', '{"あ":1,"い":2,"あ":3}'.encode()],
)
def test_a_name_that_stands_twice_is_refused(body: bytes) -> None:
    assert refusal(body) is Refusal.REQUEST_DOUBLE_FIELD


@pytest.mark.parametrize("body", [b'{"a":1,"A":1}', b'[{"a":1},{"a":1}]', b'{"a":{"a":{"a":1}}}', b"{}", b"3"])
def test_the_same_name_in_different_objects_is_right(body: bytes) -> None:
    assert refusal(body) is None


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"\xef\xbb\xbf{}", b'{"a":1,"a":1', b"{'a':1}", b"9" * 5_000])
def test_what_is_no_json_is_left_to_whoever_reads_it(body: bytes) -> None:
    assert refusal(body) is None


def test_what_is_nested_without_end_is_refused() -> None:
    assert refusal(b'{"a":' * 100_000) in (None, Refusal.REQUEST_MALFORMED)
    assert refusal(b'{"a":' * 100_000 + b"1" + b"}" * 100_000) is Refusal.REQUEST_MALFORMED
