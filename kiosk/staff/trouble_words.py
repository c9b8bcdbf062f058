"""What a trouble's code tells more exactly than its name: the words the desk reads instead.

Pure data. What breaks if it is wrong: staff wait for a server that refuses them, or send a person away for a fault of
ours. Codes: `MOCK-…` are the practice server's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kiosk.flow.states import Trouble

NOT_REACHED: Final = ("", "connect", "protocol", "closed")
"""Details of SERVER_DOWN where no answer came at all."""
UNREADABLE: Final = "service_unreadable"
"""Every other detail of SERVER_DOWN that has no words of its own: something came, and it is not believed."""
MORE_EXACT: Final[Mapping[Trouble, Mapping[str, str]]] = {
    Trouble.CERTIFICATE_REFUSED: {
        "expired": "certificate_expired",
        "MOCK-CERTIFICATE-EXPIRED": "certificate_expired",
        "MOCK-CERTIFICATE-REVOKED-": "certificate_revoked",
        "MOCK-CERTIFICATE-NOT-YET-VALID": "certificate_early",
        "MOCK-CERTIFICATE-ISSUER-": "certificate_foreign",
        "MOCK-CERTIFICATE-UNKNOWN": "certificate_foreign",
    },
    Trouble.SERVER_DOWN: {
        "timeout": "service_late",
        "other_day": "service_other_day",
        "segment_2": "service_busy",
        "segment_9": "service_failed",
        "crashed": "service_failed",
        "HTTP-": "service_failed",
        "MOCK-SERVICE-PROCESSING": "service_busy",
        "MOCK-SERVICE-MAINTENANCE": "service_closed",
        "MOCK-SERVICE-NIGHT-CLOSURE": "service_closed",
        "MOCK-STORE-UNAVAILABLE": "service_store",
        "MOCK-": "service_failed",
    },
    Trouble.SERVER_REFUSED: {
        "validity_6": "not_decided",
        "MOCK-INSTITUTION-": "counter_unknown",
        "MOCK-REQUEST-INSTITUTION": "counter_unknown",
        "MOCK-RATE-LIMIT": "service_busy",
    },
}
"""What the beginning of a detail tells: the first that fits."""


def exact_word(trouble: Trouble, detail: str) -> str | None:
    """The more exact word for a trouble with this detail, or None where the trouble's own words say it all."""
    for beginning, word in MORE_EXACT.get(trouble, {}).items():
        if detail.startswith(beginning):
            return word
    return UNREADABLE if trouble is Trouble.SERVER_DOWN and detail not in NOT_REACHED else None
