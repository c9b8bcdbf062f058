"""What is wrong with a value somebody typed or handed over: a code and parameters, never a sentence.

This module alone owns the shape of those errors. The code is a message id of the `eligibility` catalogue, so a screen
can always say what was wrong and what would be right. Parameters never carry the refused value itself: it may be
personal. If the shape changes, every form and every `--json` error changes with it.
"""

from __future__ import annotations


class FieldError(ValueError):
    """A typed value was refused. `code` is a message id, `params` fill its sentence; `str()` is the code."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params: dict[str, str] = params


class CaseError(FieldError):
    """A case that cannot happen at a counter (design.md §5). `path` names the key, as `presented[0].certificate`."""

    def __init__(self, code: str, path: str, **params: str) -> None:
        super().__init__(code, path=path, **params)
        self.path = path
