"""UTF-8 and CP932: from the bytes of a message to text and back.

Python decodes and encodes, never lxml: lxml's Shift_JIS refuses 髙 and ①, and its CP932 reads the wave dash as another
character than Windows does (prototypes.md §5). What breaks if this is wrong: a name arrives as other characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Literal

from eligibility.oqs.errors import MessageError

Encoding = Literal["utf-8", "cp932"]
"""The two encodings of the service, as Python calls them."""

LACKING = "●"
"""What the service writes for a character that its set lacks."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_OTHER_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
_DECLARATION = re.compile(rb"<\?xml\s[^>]*\?>")
_DECLARED_ENCODING = re.compile(rb"""\sencoding\s*=\s*["']([^"']*)["']""")

_LONGEST_HEAD = 1024
"""Bytes in which the declaration of a message that comes in pieces has to end."""

_LONGEST_CHARACTER = 4
"""Bytes of a character in UTF-8 at most; in CP932 it has two."""

_NAMES: dict[str, Encoding] = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "csshiftjis"), "cp932"),
    **dict.fromkeys(("windows-31j", "cswindows31j", "ms932", "cp932", "x-ms-cp932"), "cp932"),
}
_DECLARED_AS: dict[Encoding, str] = {"utf-8": "UTF-8", "cp932": "Shift_JIS"}

_TWINS = {"〜": "～", "−": "－", "‖": "∥", "¢": "￠", "£": "￡", "¬": "￢", "—": "―", "¥": "￥", "‾": "￣"}
"""Characters that the set has under another code point, the one it is read back as."""
_WINDOWS_TWINS = str.maketrans(_TWINS)
_WITH_TWINS = re.compile(f"[{''.join(_TWINS)}]")
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SPLIT_KANA = re.compile("[\u3041-\u30ff][\u3099\u309a]")


def decode(raw: bytes) -> str:
    """The text of `raw`, without byte order mark and XML declaration.

    Every name of Shift_JIS is read as CP932, as Windows programs mean it; without a declaration it is UTF-8.

    Raises:
        MessageError: `message.encoding.unsupported` (declared is neither of the two), `message.encoding.contradiction`
            (byte order mark of UTF-8, declared Shift_JIS), `message.encoding.broken` (at the offset of the first byte
            that is no character).
    """
    encoding, start = _declared(raw)
    try:
        return raw[start:].decode(encoding)
    except UnicodeDecodeError as error:
        raise MessageError("message.encoding.broken", str(start + error.start)) from None


def decode_pieces(pieces: Iterable[bytes]) -> Iterator[str]:
    """The same, for bytes that come in pieces; the first text stands behind the declaration.

    Raises:
        MessageError: As `decode`; `message.xml.broken` for a declaration that does not end.
    """
    remaining = iter(pieces)
    head = b""
    for piece in remaining:
        head += piece
        if len(head) >= _LONGEST_HEAD:
            break
    encoding, start = _declared(head)
    if not start and head.startswith(b"<?xml"):
        raise MessageError("message.xml.broken", "1:1")
    rest, done = b"", start
    last = [(b"", True)]
    for piece, is_last in chain([(head[start:], False)], ((piece, False) for piece in remaining), last):
        rest += piece
        whole = len(rest)
        try:
            text = rest.decode(encoding)
        except UnicodeDecodeError as error:
            whole = error.start
            if is_last or error.end < len(rest) or len(rest) - whole >= _LONGEST_CHARACTER:
                raise MessageError("message.encoding.broken", str(done + whole)) from None
            text = rest[:whole].decode(encoding)
        yield text
        rest, done = rest[whole:], done + whole


def _declared(raw: bytes) -> tuple[Encoding, int]:
    """The encoding that the beginning of a message declares, and where its text begins."""
    if raw.startswith(_OTHER_BYTE_ORDER_MARKS):
        raise MessageError("message.encoding.unsupported")
    marked = raw.startswith(_BYTE_ORDER_MARK)
    start = len(_BYTE_ORDER_MARK) if marked else 0
    encoding: Encoding = "utf-8"
    if declaration := _DECLARATION.match(raw, start):
        start = declaration.end()
        if declared := _DECLARED_ENCODING.search(declaration.group()):
            name = declared.group(1).decode("ascii", "replace").lower()
            if name not in _NAMES:
                raise MessageError("message.encoding.unsupported", name)
            encoding = _NAMES[name]
    if marked and encoding != "utf-8":
        raise MessageError("message.encoding.contradiction")
    return encoding, start


def declaration(encoding: Encoding) -> str:
    """The first line of a message: version 1.0, the encoding, `standalone="no"`."""
    return f'<?xml version="1.0" encoding="{_DECLARED_AS[encoding]}" standalone="no"?>\n'


def fit(text: str, encoding: Encoding) -> str:
    """`text` in the characters that `encoding` has; UTF-8 has all of them.

    For CP932: the twin that Windows reads back is taken (〜 becomes ～), variation selectors are dropped, a kana and
    its mark joined, and every other character that the set lacks becomes ●. Kanji are never normalised
    (validation.md §5).
    """
    if encoding == "utf-8" or text.isascii():
        return text
    if _WITH_TWINS.search(text):
        text = text.translate(_WINDOWS_TWINS)
    text = _VARIATION_SELECTORS.sub("", text)
    if "\u3099" in text or "\u309a" in text:
        text = _SPLIT_KANA.sub(lambda pair: unicodedata.normalize("NFC", pair.group()), text)
    if not _in_cp932(text):
        text = text.translate({ord(one): LACKING for one in set(text) if not _in_cp932(one)})
    # Of a text that was nothing but selectors something stays: an empty element would be read back as a missing one.
    return text or LACKING


def may_vanish(text: str) -> bool:
    """Whether `text` has a character that `fit` drops without a trace."""
    return bool(_VARIATION_SELECTORS.search(text))


def encode(text: str, encoding: Encoding) -> bytes:
    """The bytes of a text that was fitted before.

    Raises:
        MessageError: `message.text.charset`: something is left that cannot become ●, such as an element's name.
    """
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        raise MessageError("message.text.charset") from None


def _in_cp932(text: str) -> bool:
    try:
        text.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True
