"""Which sentence and exit code stand for what went wrong with a card, a reader or the service (design.md §4).

Errors of other packages become CommandError here and nowhere else.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from kiosk.cli.errors import CommandError, ExitCode
from kiosk.flow.states import Trouble
from kiosk.services.interfaces import CardHeldElsewhereError, CardStopped, PinRefused, ServiceStopped
from reader import errors as re

_REFUSED = {Trouble.REAL_CARD, Trouble.REAL_CARD_NOT_ENROLLED}
_CERTIFICATES: Final = {
    "MOCK-CERTIFICATE-REVOKED": "certificate_revoked",
    "MOCK-CERTIFICATE-EXPIRED": "certificate_expired",
    "MOCK-CERTIFICATE-NOT-YET-VALID": "certificate_not_yet_valid",
}
"""What the service says of a certificate that is no matter of authorities, by how its code begins."""
_INSTITUTION: Final = "MOCK-INSTITUTION-"
"""How the service's code begins where it does not believe who asks: token, client certificate, another's code."""
_SILENT: Final = "service_silent"
"""The reason, and the error's code: starting such a PC/SC service, as one that is not there, would not help."""
_NETWORK = {"setup.port.in_use", "setup.port.denied", "setup.listener.unusable", "setup.database.unusable"}
"""Why a server cannot start that are about the network or another server; the rest are settings."""


def of_card(stopped: CardStopped) -> CommandError:
    """The error for a card path that ended."""
    if stopped.trouble is Trouble.NO_PCSC_SERVICE and stopped.detail == _SILENT:
        return CommandError(_SILENT, ExitCode.CARD)
    if stopped.trouble is Trouble.CERTIFICATE_REFUSED and stopped.detail == "expired":
        return CommandError("certificate_expired", ExitCode.CARD, detail=stopped.detail)
    code = ExitCode.REFUSED if stopped.trouble in _REFUSED else ExitCode.CARD
    return CommandError(stopped.trouble.value, code, detail=stopped.detail or "-")


def of_service(stopped: ServiceStopped) -> CommandError:
    """The error for a service that gave no usable answer, or knows no such real card."""
    if stopped.trouble is Trouble.CERTIFICATE_REFUSED:
        own = next((name for begin, name in _CERTIFICATES.items() if stopped.detail.startswith(begin)), None)
        code = ExitCode.SERVER if own is None else ExitCode.CARD
        return CommandError(own or stopped.trouble.value, code, detail=stopped.detail or "-")
    if stopped.detail == "validity_6":
        return CommandError("validity_6", ExitCode.NEGATIVE)
    if stopped.detail.startswith(_INSTITUTION):
        return CommandError("institution_refused", ExitCode.SERVER, detail=stopped.detail)
    code = ExitCode.REFUSED if stopped.trouble in _REFUSED else ExitCode.SERVER
    return CommandError(stopped.trouble.value, code, detail=stopped.detail or "-")


def of_pin(refused: PinRefused) -> CommandError:
    """The error for a PIN the card did not take."""
    if refused.attempts_left == 0:
        return CommandError("pin_locked", ExitCode.CARD, detail="63C0")
    return CommandError("wrong_pin", ExitCode.CARD, attempts_left=refused.attempts_left)


def of_reader(error: re.ReaderError) -> CommandError:
    """The error for what the `reader` package raised."""
    params: dict[str, Any] = {"detail": "-"}
    match error:
        case re.ServiceUnavailableError(reason="no_pyscard"):
            code = "no_pyscard"
        case re.ServiceUnavailableError(reason="service_silent"):
            code = _SILENT
        case re.ServiceUnavailableError():
            code, params["detail"] = "no_pcsc_service", error.reason
        case re.AccessDeniedError():
            code = "access_denied"
        case re.ReaderUnavailableError(names=()):
            code = "no_reader"
        case re.ReaderUnavailableError():
            code, params = "reader_unknown", {"wanted": error.wanted, "names": error.names}
        case re.AmbiguousReaderError():
            code, params = "reader_ambiguous", {"wanted": error.wanted, "names": error.names}
        case re.NoCardError():
            code = "no_card"
        case re.CardRemovedError():
            code = "card_pulled"
        case re.CardBusyError():
            code = "card_busy"
        case re.NotMynaCardError():
            code = "not_myna_card"
        case re.PinBlockedError():
            code = "pin_locked"
        case re.StatusWordError():
            code, params["detail"] = "card_unreadable", f"{error.sw:04X}"
        case _:
            code, params["detail"] = "card_unreadable", type(error).__name__
    return CommandError(code, ExitCode.CARD, **params)


def of_setup(error: Exception) -> CommandError | None:
    """The error for a mock server that cannot be put together, in its own words; None for any other exception.

    Asks by name first: importing `mock_server.errors` would be for nothing where the server was never loaded.
    """
    module = sys.modules.get("mock_server.errors")
    if module is None or not isinstance(error, module.SetupError):
        return None
    from mock_server.words import error_words

    code, params = error.code, dict(error.params)
    exit_code = ExitCode.SERVER if code in _NETWORK else ExitCode.USAGE
    return CommandError(code, exit_code, words=lambda lang: error_words(lang, code, params))


def of_journal(error: OSError, other: str = "journal_unusable") -> CommandError:
    """The error for a journal that cannot be written; `other` is the code of another thing that cannot be done with it.

    What is wrong with its key is told as that.
    """
    code = getattr(error, "code", "")
    if code.startswith("journal.key."):
        return CommandError(code, path=getattr(error, "path", "-"))
    return CommandError(other, reason=error)


def as_command_error(error: Exception) -> CommandError | None:
    """What another package raised on purpose, as an error of a command; None for what nobody foresaw."""
    match error:
        case CommandError():
            return error
        case CardStopped():
            return of_card(error)
        case PinRefused():
            return of_pin(error)
        case ServiceStopped():
            return of_service(error)
        case re.ReaderError():
            return of_reader(error)
        case CardHeldElsewhereError():
            return CommandError("card_elsewhere", ExitCode.CARD, persona=error.persona)
    return of_setup(error)


@contextmanager
def told() -> Iterator[None]:
    """Turn what card, reader and service raise inside the block into CommandError."""
    try:
        yield
    except Exception as error:
        known = as_command_error(error)
        if known is None or known is error:
            raise
        raise known from error
