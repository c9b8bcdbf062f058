"""The page's files, its words, and the card emulators it can reach. Mounted on the admin listener, behind its token."""

from __future__ import annotations

import re
from collections import defaultdict
from importlib.resources import files
from typing import Annotated, Final

from anyio import to_thread
from fastapi import APIRouter
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from mock_server.console.checks import CHECKS, checks_of
from mock_server.emulators import Emulators
from mock_server.errors import QualificationError, Refusal
from mock_server.words import LANGUAGES, every_text, knows

KINDS: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_CODE = re.compile(r"MOCK(-[A-Z0-9]+)+")
WORDS: Final = "console."
"""Ids of the page's words begin so in the catalogue."""


class Placing(BaseModel):
    """A card to be laid into a slot of a running emulator."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)

    emulator: Annotated[str, Field(description="as listed", examples=["4711"], max_length=64)]
    slot: Annotated[int, Field(ge=0, le=7)]
    persona: Annotated[str | None, Field(description="whose card; null takes it away", max_length=64)]


def console_router(emulators: Emulators, service_url: str) -> APIRouter:
    """`/console/…`: files, words, checks and emulators. `service_url` is where `/v1` answers."""
    router = APIRouter(prefix="/console", include_in_schema=False)

    @router.get("")
    async def without_slash() -> Response:
        """The page's address with its slash, which its files hang on."""
        return RedirectResponse("/console/", 308)

    @router.get("/")
    async def page() -> Response:
        """The page."""
        return _file("index.html")

    @router.get("/words/{lang}.json")
    async def words(lang: str) -> Response:
        """Every word of the page in one language."""
        if lang not in LANGUAGES:
            raise QualificationError(Refusal.REQUEST_UNKNOWN_PATH)
        found = every_text(lang, WORDS)
        return JSONResponse({name.removeprefix(WORDS): text for name, text in found.items()})

    @router.get("/service")
    async def service() -> Response:
        """Where the service itself is, for the first command to try."""
        return JSONResponse({"url": service_url})

    @router.get("/checks")
    async def checks(call: str, outcome: str) -> Response:
        """What was looked at for a call that ended so."""
        known = call if call in CHECKS else ""
        return JSONResponse({"checks": [{"name": name, "mark": mark} for name, mark in checks_of(known, outcome)]})

    @router.get("/refusals/{code}")
    async def refusal(code: str, lang: str) -> Response:
        """What a refusal says, and what helps; the places of what was at hand stay open."""
        if not _CODE.fullmatch(code) or lang not in LANGUAGES:
            raise QualificationError(Refusal.REQUEST_UNKNOWN_PATH)
        said = {part: text_of(lang, f"{code}.{part}") for part in ("message", "remedy")}
        if said["message"] is None:
            said["message"] = text_of(lang, f"result.{code}")
        return JSONResponse(said)

    @router.get("/emulators")
    async def slots() -> Response:
        """Every slot of every running card emulator."""
        found = await to_thread.run_sync(emulators.slots)
        return JSONResponse(
            {
                "slots": [
                    {
                        "emulator": one.emulator,
                        "slot": one.slot,
                        "state": one.state,
                        "persona": one.persona,
                        "reader": one.reader,
                    }
                    for one in found
                ]
            }
        )

    @router.post("/emulators")
    async def place(placing: Placing) -> Response:
        """Lay a card into a slot, or take it away."""
        if placing.persona is None:
            await to_thread.run_sync(emulators.remove, placing.emulator, placing.slot)
        else:
            await to_thread.run_sync(emulators.place, placing.emulator, placing.slot, placing.persona)
        return JSONResponse({"ok": True})

    @router.get("/{name}")
    async def file(name: str) -> Response:
        """One of the page's files."""
        return _file(name)

    return router


def text_of(lang: str, message_id: str) -> str | None:
    """A sentence with … for its parameters; None where there is none."""
    if not knows(lang, message_id):
        return None
    return every_text(lang, message_id)[message_id].format_map(defaultdict(lambda: "…"))


def _file(name: str) -> Response:
    kind = KINDS.get(f".{name.rpartition('.')[2]}")
    known = {entry.name for entry in files("mock_server.console").joinpath("static").iterdir()}
    if kind is None or name not in known:
        raise QualificationError(Refusal.REQUEST_UNKNOWN_PATH)
    content = files("mock_server.console").joinpath("static", name).read_bytes()
    return Response(content, media_type=f"{kind}; charset=utf-8")
