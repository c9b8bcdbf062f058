"""What goes back for a request, as it is kept in the store until the file is written: a file, a refusal, or nothing.

Values and their JSON. What breaks if wrong: after a crash another answer is written than the one that was decided.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from eligibility.oqs.charset import Encoding
from eligibility.oqs.file_names import Extension

Form = Literal["file", "staged", "refusal", "nothing", "put_back"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One decision."""

    form: Form
    """`file`: `body` is the answer. `staged`: the answer lies ready on the disk, because it is too large for a row.
    `refusal`: `code` and `params` become an `.err` file. `nothing`: never answered. `put_back`: the request goes back
    to where it lay and is left alone."""
    encoding: Encoding = "utf-8"
    extension: Extension = ".xml"
    body: bytes = field(default=b"", repr=False)
    code: str = ""
    params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    copied: bool = True
    """For a refusal: whether the request is given back beside it (`reading.may_be_given_back`)."""

    def to_json(self) -> str:
        """The text for the store."""
        return json.dumps(
            {
                "form": self.form,
                "encoding": self.encoding,
                "extension": self.extension,
                "body": base64.b64encode(self.body).decode("ascii"),
                "code": self.code,
                "params": dict(self.params),
                "copied": self.copied,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Reply:
        """What `to_json` wrote."""
        values: dict[str, Any] = json.loads(text)
        return cls(**values | {"body": base64.b64decode(values["body"]), "params": MappingProxyType(values["params"])})
