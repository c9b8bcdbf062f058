"""The service does not serve this request: still working, failed, closed. A refusal that a message can carry too.

HTTP sends it in the one error shape; a file says it in its header (処理結果区分, online-qualification.md §3, OQSCD003).
"""

from __future__ import annotations

from typing import Final

from eligibility.oqs.codes import SegmentOfResult
from mock_server.errors import QualificationError, Refusal

SOON_S: Final = 2
"""When to ask again after 処理中, in seconds; ours, the sources name none."""


class NotServed(QualificationError):  # noqa: N818 - what a service says, not a fault
    """`segment` is 処理中 or 異常終了; `retry_after_s` says when it is worth asking again, where that is known."""

    def __init__(self, refusal: Refusal, retry_after_s: int | None = None) -> None:
        super().__init__(refusal)
        self.retry_after_s = retry_after_s

    @property
    def segment(self) -> SegmentOfResult:
        """処理結果区分 of a message that says so."""
        processing = self.refusal is Refusal.SERVICE_PROCESSING
        return SegmentOfResult.RUNNING if processing else SegmentOfResult.FAILED
