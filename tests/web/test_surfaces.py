"""Every HTTP and WebSocket surface of the running server, asked by strangers: nothing but a refusal comes back."""

from __future__ import annotations

import base64
import http.client
import os
import socket
import uuid
from collections.abc import Iterator
from email.message import Message

import psutil
import pytest

from kiosk.web.answers import CLOSED_POLICY, HEADERS, static_files
from tests.processes import living_children
from tests.web.conftest import Serving, serving_counter

pytestmark = pytest.mark.daemon

TAB = str(uuid.UUID(int=7))
PAGES = ("/", *(f"/static/{name}" for name in sorted(static_files())))
SOCKETS = (f"/ws/TOKEN/{TAB}", f"/ws/TOKEN/{TAB}/over")
"""The token of the run is put in, where nothing else is said."""
UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving_counter(tmp_path_factory.mktemp("surfaces")) as serving:
        yield serving
        assert serving.counters() == [], "a stranger has started a counter"


class Stranger:
    """Asks as no browser can be made to: any header, any path."""

    def __init__(self, server: Serving) -> None:
        self.server = server
        self.host, _, port = server.authority.partition(":")
        self.port = int(port)
        self.token = server.url.partition("token=")[2]
        _, headers, _ = self.ask(f"/?token={self.token}")
        self.cookie = str(headers["Set-Cookie"]).partition(";")[0]

    def ask(self, path: str, *, method: str = "GET", **headers: str | None) -> tuple[int, Message, bytes]:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        try:
            connection.putrequest(method, path.replace("TOKEN", self.token), skip_host=True)
            sent = {"Host": self.server.authority, **headers}
            for name, value in sent.items():
                if value is not None:
                    connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            body = b"" if answer.status == 101 else answer.read()
            return answer.status, answer.headers, body
        finally:
            connection.close()


@pytest.fixture(scope="module")
def stranger(server: Serving) -> Stranger:
    return Stranger(server)


@pytest.mark.parametrize("path", [*PAGES, *SOCKETS])
def test_nobody_gets_in_without_token_or_cookie(path: str, stranger: Stranger) -> None:
    extra = {**UPGRADE, "Origin": stranger.server.origin} if path in SOCKETS else {}
    for headers in ({}, {"Cookie": "madoguchi_counter=1"}, {"Cookie": stranger.cookie + "x"}):
        status, found, body = stranger.ask(path, **{**extra, **headers})
        assert status == 403
        assert "madoguchi kiosk --web" in body.decode()
        assert "Set-Cookie" not in found


@pytest.mark.parametrize("path", [*PAGES, *SOCKETS])
def test_another_name_for_this_computer_is_refused(path: str, stranger: Stranger) -> None:
    extra = UPGRADE if path in SOCKETS else {}
    for host in ("example.invalid", f"example.invalid:{stranger.port}", "127.0.0.1", f"0.0.0.0:{stranger.port}", None):
        status, _, _ = stranger.ask(path, Cookie=stranger.cookie, Host=host, Origin=f"http://{host}", **extra)
        assert status in (400, 421)


@pytest.mark.parametrize("path", [*PAGES, *SOCKETS])
def test_another_page_of_the_same_browser_is_refused(path: str, stranger: Stranger) -> None:
    extra = UPGRADE if path in SOCKETS else {}
    for origin in ("http://example.invalid", "null", "http://127.0.0.1", f"https://{stranger.server.authority}"):
        status, _, _ = stranger.ask(path, Cookie=stranger.cookie, Origin=origin, **extra)
        assert status == 403


@pytest.mark.parametrize("path", SOCKETS)
def test_a_websocket_opens_with_token_and_cookie_and_origin_only(path: str, stranger: Stranger) -> None:
    """A cookie is shown to every port of this computer, so that alone it proves nothing."""
    asked = {**UPGRADE, "Origin": stranger.server.origin, "Cookie": stranger.cookie}
    for missing in ("Origin", "Cookie"):
        assert stranger.ask(path, **{name: value for name, value in asked.items() if name != missing})[0] == 403
    for token in ("none", stranger.token[:-1], stranger.cookie.partition("=")[2]):
        assert stranger.ask(path.replace("TOKEN", token), **asked)[0] == 403


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_forbids_the_browser_everything_it_does_not_need(path: str, stranger: Stranger) -> None:
    status, headers, _ = stranger.ask(path, Cookie=stranger.cookie)
    assert status == 200
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    if path == "/":
        assert policy["script-src"] == "'self'"
        assert policy["connect-src"] == f"'self' ws://{stranger.server.authority}"
        assert set(policy) == {
            "default-src", "script-src", "img-src", "font-src", "style-src", "connect-src", "form-action", "base-uri",
            "frame-ancestors",
        }  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "/static/", "/static", "/static/..", "/static/%2e%2e/door.py", "/static/../door.py", "/static/js/textual.js",
        "/static/fonts/RobotoMono-VariableFont_wght.ttf", "/download/1", "/ws", "/ws/", "/ws/1", f"/ws/{TAB}",
        "/ws/TOKEN/1", f"/ws/TOKEN/{TAB}/x", "/favicon.ico", "/index.html", "//example.invalid/",
    ],
)  # fmt: skip
def test_there_is_nothing_else(path: str, stranger: Stranger) -> None:
    status, headers, body = stranger.ask(path, Cookie=stranger.cookie, Origin=stranger.server.origin)
    assert status in (400, 403, 404)
    assert b"def " not in body
    assert "Location" not in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_can_be_changed_over_http(method: str, stranger: Stranger) -> None:
    status, headers, _ = stranger.ask("/", method=method, Cookie=stranger.cookie)
    assert status in (400, 405)
    assert "Access-Control-Allow-Origin" not in headers


def test_the_websocket_is_no_page(stranger: Stranger) -> None:
    status, _, _ = stranger.ask(SOCKETS[0], Cookie=stranger.cookie, Origin=stranger.server.origin)
    assert status == 400


def test_only_this_computer_is_listened_to(server: Serving) -> None:
    listening = [
        found.laddr
        for found in psutil.Process(server.process.pid).net_connections("inet")
        if found.status == psutil.CONN_LISTEN
    ]
    assert [address.ip for address in listening] == ["127.0.0.1"]
    assert living_children(server.process.pid) == []


def told_raw(stranger: Stranger, request: str) -> tuple[int, dict[str, str], bytes]:
    """Bytes as no library sends them; status, headers and body of the answer, until the connection is closed."""
    said = b""
    with socket.create_connection((stranger.host, stranger.port), timeout=60) as raw:
        raw.sendall(request.replace("HOST", stranger.server.authority).replace("COOKIE", stranger.cookie).encode())
        while part := raw.recv(65_536):
            said += part
    head, _, body = said.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines), body


OURS = "Host: HOST\r\nCookie: COOKIE\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    ("request_sent", "statuses"),
    [
        ("GET / HTTP/1.1\r\nHost: secret-7261 bad\r\nBroken\r\n\r\n", {400}),
        ("secret-7261\r\n\r\n", {400}),
        ("GET / HTTP/9.secret-7261\r\n\r\n", {400}),
        (f"GET /{'secret-7261' * 2000} HTTP/1.1\r\n{OURS}\r\n", {400, 414}),
        (f"GET / HTTP/1.1\r\n{OURS}X-Long: {'secret-7261' * 2000}\r\n\r\n", {400, 431}),
        (f"GET / HTTP/1.1\r\n{OURS}Expect: secret-7261\r\n\r\n", {417}),
        ("GET / HTTP/1.1\r\nHost: secret-7261\r\nConnection: close\r\nExpect: secret-7261\r\n\r\n", {417}),
        (f"POST / HTTP/1.1\r\n{OURS}Content-Length: secret-7261\r\n\r\n", {400}),
        (f"POST / HTTP/1.1\r\n{OURS}\r\n", {405}),
        (f"PROPFIND / HTTP/1.1\r\n{OURS}\r\n", {400, 405}),
        (f"GET /secret-7261 HTTP/1.1\r\n{OURS}\r\n", {404}),
        (f"GET http://secret-7261.invalid/ HTTP/1.1\r\n{OURS}\r\n", {400, 421}),
        (f"GET http://HOST/ HTTP/1.1\r\n{OURS}\r\n", {421}),
        (f"CONNECT secret-7261.invalid:443 HTTP/1.1\r\n{OURS}\r\n", {400, 404, 405, 421}),
        (f"OPTIONS * HTTP/1.1\r\n{OURS}\r\n", {400, 404, 405, 421}),
        ("GET / HTTP/1.1\r\nHost: secret-7261.invalid\r\nHost: HOST\r\nConnection: close\r\n\r\n", {400, 421}),
        ("GET / HTTP/1.0\r\n\r\n", {421}),
    ],
    ids=lambda value: value[:24].strip() if isinstance(value, str) else "",
)
def test_whatever_is_sent_is_answered_with_our_headers_and_without_its_words(
    request_sent: str, statuses: set[int], stranger: Stranger
) -> None:
    status, headers, body = told_raw(stranger, request_sent)
    assert status in statuses
    assert headers["Content-Security-Policy"] == CLOSED_POLICY
    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert "secret-7261" not in body.decode() + str(headers)
    assert "Set-Cookie" not in headers


def test_the_page_names_the_host_that_the_door_looked_at(stranger: Stranger) -> None:
    status, headers, _ = told_raw(stranger, f"GET / HTTP/1.1\r\n{OURS}\r\n")
    assert status == 200
    assert f"ws://{stranger.server.authority};" in headers["Content-Security-Policy"]
