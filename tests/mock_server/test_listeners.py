"""From what somebody typed to a bound socket, and the names it answers to."""

from __future__ import annotations

import socket
from contextlib import closing

import pytest

from mock_server.errors import SetupError
from mock_server.listeners import Address, address_of, listen, machine_names, url_of


@pytest.mark.parametrize(
    ("host", "literal"),
    [("localhost", "127.0.0.1"), ("LOCALHOST", "127.0.0.1"), ("127.1.2.3", "127.1.2.3"), ("::1", "::1")],
)
def test_loopback_addresses(host: str, literal: str) -> None:
    address = address_of(host)
    assert (address.literal, address.is_loopback, address.is_every) == (literal, True, False)


@pytest.mark.parametrize(("host", "every"), [("0.0.0.0", True), ("::", True), ("192.0.2.1", False), ("fe80::1", False)])
def test_addresses_that_others_can_reach(host: str, every: bool) -> None:
    address = address_of(host)
    assert (address.is_loopback, address.is_every) == (False, every)


@pytest.mark.parametrize("host", ["", "host.invalid", "127.0.0.1.example.invalid", "a" * 70 + ".invalid", "no such"])
def test_a_name_nobody_has_is_refused(host: str) -> None:
    with pytest.raises(SetupError) as refusal:
        address_of(host)
    assert (refusal.value.code, refusal.value.params["host"]) == ("setup.host.unknown", host)


def test_a_name_is_what_it_means_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.7", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    address = address_of("clinic.example")
    assert (address.literal, address.is_loopback) == ("192.0.2.7", False)
    assert {"clinic.example", "192.0.2.7", "localhost"} <= set(address.names(["Other.example"]))
    assert "other.example" in address.names(["Other.example"])


def test_a_server_on_every_address_answers_to_each_of_them_and_to_nothing_made_up() -> None:
    names = address_of("0.0.0.0").names()
    assert {name.lower() for name in machine_names()} <= set(names)
    assert "0.0.0.0" not in names
    assert all(names)


def test_a_port_that_does_not_exist_is_named() -> None:
    with pytest.raises(SetupError) as refusal:
        listen(Address("127.0.0.1", "127.0.0.1"), 70_000)
    assert refusal.value.code == "setup.listener.unusable"


def test_an_address_that_is_not_ours_is_named() -> None:
    with pytest.raises(SetupError) as refusal:
        listen(address_of("192.0.2.1"), 0)
    assert refusal.value.code == "setup.listener.unusable"


def test_the_option_that_chooses_another_port_is_named() -> None:
    with closing(listen(address_of("127.0.0.1"), 0)) as taken, pytest.raises(SetupError) as refusal:
        listen(address_of("127.0.0.1"), taken.getsockname()[1], "--admin-port")
    assert refusal.value.params["option"] == "--admin-port"


@pytest.mark.parametrize(
    ("host", "tls", "name", "url"),
    [
        ("127.0.0.1", False, None, "http://127.0.0.1:{port}"),
        ("::1", True, None, "https://[::1]:{port}"),
        ("127.0.0.1", True, "clinic.example", "https://clinic.example:{port}"),
    ],
)
def test_the_url_of_a_listener(host: str, tls: bool, name: str | None, url: str) -> None:
    try:
        bound = listen(address_of(host), 0)
    except SetupError:
        pytest.skip(f"this machine cannot listen on {host}")
    with closing(bound) as listener:
        assert url_of(listener, tls=tls, name=name) == url.format(port=listener.getsockname()[1])
