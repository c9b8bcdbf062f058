"""Reading: a part of a transparent EF, or one record of a record EF (jpki-card.md §1.2–§1.4).

What breaks if this is wrong: a certificate that needs a PIN is given to anybody, or one that is free is cut short.
"""

from __future__ import annotations

from collections.abc import Callable

from reader.card import status
from reader.card.records import ApplicationRecord, FileRecord
from reader.card.status import RefusalError


def read_binary(
    application: ApplicationRecord, ef: int, offset: int, length: int, is_verified: Callable[[int], bool]
) -> bytes:
    """At most `length` bytes of an EF from `offset`; fewer at its end. `is_verified` tells of a PIN EF.

    Raises:
        RefusalError: `6981` for what is no transparent EF, `6982` behind a PIN, `6B00` beyond the end.
    """
    file = application.files.get(ef)
    if file is None:
        raise RefusalError(status.WRONG_FILE_TYPE)
    if file.closed or (file.read_pin is not None and not is_verified(file.read_pin)):
        raise RefusalError(status.SECURITY_STATUS_NOT_SATISFIED)
    return _part(file, offset, length)


def read_record(application: ApplicationRecord, ef: int, number: int, length: int) -> bytes:
    """At most `length` bytes of record `number`, counted from 1.

    Raises:
        RefusalError: `6981` for what is no record EF, `6A83` where there is no such record.
    """
    records = application.records.get(ef)
    if records is None:
        raise RefusalError(status.WRONG_FILE_TYPE)
    if not 1 <= number <= len(records):
        raise RefusalError(status.RECORD_NOT_FOUND)
    return records[number - 1][:length]


def _part(file: FileRecord, offset: int, length: int) -> bytes:
    size = len(file.content) + file.filler
    if offset >= size:
        raise RefusalError(status.OFFSET_BEYOND_FILE)
    end = min(offset + length, size)
    part = file.content[offset:end]
    return part + b"\xff" * (end - offset - len(part))
