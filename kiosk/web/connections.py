"""How the page's server answers what is no request at all: too long, broken, or cut off before anybody looked at it.

The library answers those below every middleware, with what it could not read in the answer and none of our headers.
What breaks if it is wrong: an answer that a browser may keep, show in a frame or run.
"""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from kiosk.web.answers import dress


class PageProtocol(web.RequestHandler):
    """One connection to the page's server."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The refusal, with our headers and without a word of what was sent; the connection is closed after it."""
        if request.writer.output_size > 0:
            raise ConnectionError  # an answer was begun: there is no other one
        answer = web.Response(status=status, text=HTTPStatus(status).phrase)
        dress(answer)
        answer.force_close()
        return answer

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """The answer, or the same refusal where the library refused before anybody was asked (an unknown `Expect`)."""
        if isinstance(resp, web.HTTPException):
            resp = self.handle_error(request, resp.status)
        return await super().finish_response(request, resp, start_time)
