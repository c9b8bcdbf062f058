"""A route whose JSON body is read straight from its bytes: the framework's own way costs more than the question.

What is not as the model wants it goes the framework's way after all, so that every refusal is the usual one. What
breaks if wrong: a body is taken for something else than the description of the API says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_type_hints

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from mock_server.asgi import Message, Receive, Scope, Send


class QuickRoute(APIRoute):
    """For endpoints that take exactly `(query: a model, request: Request)`; any other is as it always was."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        self._read: Callable[[bytes], BaseModel] | None = None
        wanted = {name: hint for name, hint in get_type_hints(endpoint).items() if name != "return"}
        model = wanted.get("query")
        if set(wanted) == {"query", "request"} and isinstance(model, type) and issubclass(model, BaseModel):
            self._read = model.model_validate_json

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; refusals leave as exceptions, for the application's handlers."""
        if self._read is None or scope["method"] != "POST":
            await super().handle(scope, receive, send)
            return
        body = await _whole(receive)
        try:
            query = self._read(body)
        except ValidationError:
            await super().handle(scope, _again(body, receive), send)
            return
        answer = await self.endpoint(query=query, request=Request(scope, receive))
        await answer(scope, receive, send)


async def _whole(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """`receive` for the framework: the body, then whatever comes next."""
    first = True

    async def again() -> Message:
        nonlocal first
        if first:
            first = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return again
