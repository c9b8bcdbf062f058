"""Values a person types on the command line or into the settings file, checked one by one.

Every function takes the text and `where` it stood (`--date`, `config.toml: counter.site`), returns the checked value
and raises CommandError with a code of its own. A 12-digit 個人番号 is refused wherever it is typed (design.md §2).
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

from kiosk.cli.errors import CommandError, ExitCode

if TYPE_CHECKING:  # annotations only: heavy
    from reader.card.variants import Variant

SITES: Final = ("clinic", "checkup", "limited")
DEFAULT_INSTITUTION: Final = "1312345678"
"""An invented 医療機関コード: 東京 (13), 医科 (1)."""
DEFAULT_PORT: Final = 8765
MOST_WORKERS: Final = 64
"""Processes of one server at most."""
INSTITUTION_DIGITS: Final = 10
_LONGEST_HOST: Final = 253
_LABEL: Final = "(?!-)[a-z0-9_-]{1,63}(?<!-)"
"""A part of a host's name (RFC 1123, 2.1), and the underscore that networks at work have too."""
FIRST_DAY: Final = date(2016, 1, 1)
"""The earliest day that can count as today: the month in which the first My Number cards were handed out.

Tried with every persona and a fresh data folder: a patient who is not born yet is refused with a sentence.
"""
LAST_DAY: Final = date(9990, 12, 31)
"""The latest day that can count as today.

Tried likewise: a test CA made after 9992-06-23 would outlive the year 9999, the last that a date-time or a certificate
can hold. The rest is room for a counter that runs past midnight.
"""


_A_PATH: Final = re.compile(r"/|\.[A-Za-z]{2,5}$")
_MOMENT: Final = re.compile(
    r"(?<!\d)20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d(?!\d)", re.ASCII
)


def refuse_individual_number(*texts: str) -> None:
    """Raise CommandError `individual_number` (exit 5) where a text is or holds a 12-digit 個人番号.

    A moment in a file's name (report-202611201040.csv) is none, though its last digit fits once in eleven.
    """
    for text in texts:
        if sum(letter.isnumeric() or letter in "○◯" for letter in text) < 12:  # the first frame needs no rules loaded
            continue
        from eligibility.text import holds_individual_number

        if holds_individual_number(_MOMENT.sub("", text) if _A_PATH.search(text) else text):
            raise CommandError("individual_number", ExitCode.REFUSED)


def day(text: str, where: str) -> date:
    """A day that can count as today, in western or era form (validation.md §3).

    Raises:
        CommandError: `bad_date`: no calendar day, or none from `FIRST_DAY` to `LAST_DAY`.
    """
    from eligibility.calendar import parse_date
    from eligibility.errors import FieldError
    from eligibility.text import holds_individual_number

    if holds_individual_number(text):
        raise CommandError("individual_number", ExitCode.REFUSED)
    refused = CommandError("bad_date", where=where, value=text, first=FIRST_DAY, last=LAST_DAY)
    try:
        found = parse_date(text, field="date")
    except FieldError as error:
        raise refused from error
    if not FIRST_DAY <= found <= LAST_DAY:
        raise refused
    return found


def moment(text: str, where: str) -> tuple[date, time | None]:
    """A day that can count as today, and the time of day behind a T where one is: 2026-11-20T10:40.

    Raises:
        CommandError: `bad_date`: no day as `day` takes it, or no time from 00:00 to 23:59.
    """
    written, mark, clock = text.partition("T")
    on = day(written, where)
    if not mark:
        return on, None
    try:
        return on, datetime.strptime(clock, "%H:%M").time()  # noqa: DTZ007 - only its time of day is taken
    except ValueError as error:
        raise CommandError("bad_date", where=where, value=text, first=FIRST_DAY, last=LAST_DAY) from error


def institution(text: str, where: str) -> str:
    """A 医療機関コード of ten digits. Raises CommandError `bad_institution`."""
    if len(text) != INSTITUTION_DIGITS or not (text.isascii() and text.isdigit()):
        raise CommandError("bad_institution", where=where, value=text)
    return text


def site(text: str, where: str) -> str:
    """A kind of site (design.md §5). Raises CommandError `bad_site`."""
    if text not in SITES:
        raise CommandError("bad_site", where=where, value=text, choices=SITES)
    return text


def server_url(text: str, where: str) -> str:
    """The address of a server the counter may talk to.

    Raises:
        CommandError: `bad_server`; `server_plain_http` beyond this machine; `server_real_service` (exit 5) for the
            real オンライン資格確認.
    """
    from kiosk.services.server_address import UnsafeServerError, safe_base_url

    try:
        url = safe_base_url(text)
    except UnsafeServerError as error:
        host = error.params.get("host", "")
        if error.code.endswith("real_service"):
            raise CommandError("server_real_service", ExitCode.REFUSED, where=where, host=host) from error
        if error.code.endswith("plain_http"):
            raise CommandError("server_plain_http", where=where, host=host) from error
        raise CommandError("bad_server", where=where, value=error.params.get("address", "-")) from error
    return str(url).rstrip("/")


def port(text: str, where: str, *, lowest: int = 1) -> int:
    """A TCP port, 1–65535; `lowest` 0 also takes 0, "any free one". Raises CommandError `bad_port`."""
    if not (text.isascii() and text.isdigit()) or len(text) > 5 or not lowest <= int(text) <= 65_535:
        raise CommandError("bad_port", where=where, value=text)
    return int(text)


def host_and_port(text: str, where: str) -> tuple[str, int]:
    """`HOST:PORT`, or `[HOST]:PORT` for IPv6; whether there is such a host is not asked.

    Raises:
        CommandError: `bad_address`, also for what can be no host's name (an empty label, one of more than 63 bytes);
            `bad_port`.
    """
    host, colon, number = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    refused = CommandError("bad_address", where=where, value=text)
    if not colon or not host:
        raise refused
    try:
        host.encode("idna")  # as the socket module does, which raises no OSError where it cannot
    except UnicodeError as error:
        raise refused from error
    return host, port(number, where)


def host_name(text: str, where: str) -> str:
    """A name or address by which a server can be called, without port; IPv6 without brackets.

    Raises:
        CommandError: `bad_host_name`.
    """
    import ipaddress
    import re

    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        labels = text.lower().split(".")
        if len(text) > _LONGEST_HOST or not all(re.fullmatch(_LABEL, label) for label in labels):
            raise CommandError("bad_host_name", where=where, value=text) from None
        return text.lower()


def nearest(wanted: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Up to three of `names` that look like `wanted`, best first."""
    from difflib import get_close_matches

    folded = {name.casefold(): name for name in names}
    return tuple(folded[name] for name in get_close_matches(wanted.casefold(), list(folded), n=3, cutoff=0.6))


def variant(text: str, where: str = "--variant") -> Variant:
    """A kind of software card. Raises CommandError `unknown_variant` with all names."""
    from reader.card.variants import Variant

    try:
        return Variant(text)
    except ValueError:
        names = tuple(name.value for name in Variant)
        raise CommandError("unknown_variant", where=where, value=text, near=nearest(text, names), names=names) from None


def count(text: str, where: str, most: int) -> int:
    """A whole number from 1 to `most`. Raises CommandError `bad_count`."""
    if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most:
        return int(text)
    raise CommandError("bad_count", where=where, value=text, most=most)
