"""The name of a request as a レセコン wrote it, in capitals or not, and the names of what goes back.

The answer keeps the spelling of the request: a program that looks for its own small letters finds them, and Windows
does not care. The grammar itself is `eligibility.oqs.file_names`'. What breaks if wrong: an answer nobody looks for.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from eligibility.oqs.errors import MessageError
from eligibility.oqs.file_names import Extension, MessageKind, read_request_name

LONGEST_NAME: Final = 120
"""Characters of a name that is taken away at all; a request's has 82 at most."""
_LOOKS_LIKE_A_REQUEST: Final = re.compile(r"(?P<kind>[a-z]{3}(?:si|mu)[a-z]{3}[0-9]{2})req_(?P<suffix>.*)\.xml", re.I)
_KINDS: Final = {kind.lower(): kind for kind in MessageKind}
_REQ_AT: Final = slice(10, 13)
"""Where `req` stands in the name of a request."""


class RequestFile(NamedTuple):
    """A file in `req` that is meant to be taken away. `problem` says what is wrong with its name, "" for nothing:

    `file_name.request` no request's at all, `file_name.kind`, `file_name.suffix`.
    """

    name: str
    kind: MessageKind | None = None
    problem: str = ""

    @property
    def answer(self) -> str:
        """The answer's name: `req` becomes `res`, everything else stays (online-qualification.md §1.2)."""
        return self.answer_as(".xml")

    def answer_as(self, extension: Extension) -> str:
        """The answer's name with another ending than `.xml`."""
        letters = ("r", "e", "s")
        asked = self.name[_REQ_AT]
        res = "".join(new.upper() if old.isupper() else new for new, old in zip(letters, asked, strict=True))
        name = self.name[:10] + res + self.name[13:]
        if extension == ".xml":
            return name
        return name[:-4] + (extension.upper() if name.endswith(".XML") else extension)

    @property
    def error(self) -> str:
        """The name of the `.err` file: that of the request with another ending."""
        return self.name[:-4] + (".ERR" if self.name.endswith(".XML") else ".err")


def read_name(name: str) -> RequestFile | None:
    """What a file in `req` is by its name; None for what is left alone: temporary names, other endings.

    A name that ends in `.xml` without being a request's has `problem`: it may be a temporary name too, so the caller
    waits before taking it.
    """
    if len(name) > LONGEST_NAME or not name.isprintable() or not name.lower().endswith(".xml") or name[0] in ".~":
        return None
    parts = _LOOKS_LIKE_A_REQUEST.fullmatch(name)
    if parts is None:
        return RequestFile(name, problem="file_name.request")
    kind = _KINDS.get(parts["kind"].lower())
    if kind is None:
        return RequestFile(name, problem="file_name.kind")
    suffix = parts["suffix"]
    try:
        # In small letters too, because `FACE_` is `face_` where names have no case.
        read_request_name(f"{kind}req_{suffix}.xml")
        read_request_name(f"{kind}req_{suffix.lower()}.xml")
    except MessageError:
        return RequestFile(name, kind, "file_name.suffix")
    return RequestFile(name, kind)
