"""What the page's server sends: the page, its files, and the headers that keep a browser from doing more with them.

Everything is read once, at the start, and named one by one: there is no folder to look into. The page script is the
one of textual-serve, with one door added. What breaks if it is wrong: the page loads something from elsewhere, or a
browser keeps a copy of what a patient saw.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from aiohttp.web import StreamResponse
from jinja2 import Environment, StrictUndefined

from kiosk.web.errors import UnknownPageScriptError

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), clipboard-read=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
CLOSED_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
"""The content security policy of everything that is no page."""
_POLICY: Final = "Content-Security-Policy"
_DOOR_AT: Final = "this.terminal.open(e)"
_DOOR: Final = f"window.counterPage.opening(this),{_DOOR_AT}"
_OWN: Final = {"page.js": "text/javascript", "page.css": "text/css", "icon.svg": "image/svg+xml"}


def dress(answer: StreamResponse) -> None:
    """Our headers, on an answer that is not under way yet; one that has a policy of its own keeps it."""
    answer.headers.update(HEADERS)
    answer.headers.setdefault(_POLICY, CLOSED_POLICY)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent: its text and its kind."""

    text: str
    kind: str


def static_files() -> Mapping[str, StaticFile]:
    """Every file the page is made of, by name.

    Raises:
        UnknownPageScriptError: This version of textual-serve has a page script that is put together otherwise.
    """
    own = files("kiosk.web").joinpath("static")
    found = {name: StaticFile(own.joinpath(name).read_text("utf-8"), kind) for name, kind in _OWN.items()}
    library = files("textual_serve").joinpath("static")
    script = library.joinpath("js", "textual.js").read_text("utf-8")
    styles = library.joinpath("css", "xterm.css").read_text("utf-8")
    return {
        **found,
        "textual.js": StaticFile(with_door(script), "text/javascript"),
        "xterm.css": StaticFile(styles, "text/css"),
    }


def with_door(script: str) -> str:
    """The library's page script, which hands its terminal to ours before it opens it.

    It offers no other way to choose the font, its size and the text for screen readers; everything behind the door
    goes through the terminal emulator's public options.
    """
    if script.count(_DOOR_AT) != 1:
        raise UnknownPageScriptError
    return script.replace(_DOOR_AT, _DOOR)


@dataclass(frozen=True, slots=True)
class PageText:
    """The page's language and words, and whether it begins with text for screen readers (the plain mode)."""

    lang: str
    words: Mapping[str, str]
    plain: bool = False


class Page:
    """The one page."""

    def __init__(self, text: PageText) -> None:
        template = files("kiosk.web").joinpath("templates", "page.html").read_text("utf-8")
        self._template = Environment(autoescape=True, undefined=StrictUndefined).from_string(template)
        self._text = text

    def render(self, authority: str) -> tuple[str, str]:
        """The page for one request, and its content security policy. `authority` is the host and port it was asked
        under: the WebSocket's address, written out for browsers in which `'self'` does not mean it.
        """
        nonce = secrets.token_urlsafe(16)
        policy = (
            "default-src 'none'; script-src 'self'; img-src 'self'; font-src 'none'; "
            f"style-src 'self' 'nonce-{nonce}'; connect-src 'self' ws://{authority}; "
            "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
        )
        shown = self._template.render(lang=self._text.lang, words=self._text.words, plain=self._text.plain, nonce=nonce)
        return shown, policy
