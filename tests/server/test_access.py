"""The door: tokens, one-time links, Host and Origin."""

import pytest

from server.access import COOKIE, Access
from server.settings import load_settings

TOKEN = "a-token-of-sixteen-characters"


@pytest.fixture
def closed() -> Access:
    return Access(load_settings(token=TOKEN, host="0.0.0.0"))


@pytest.fixture
def local() -> Access:
    return Access(load_settings())


@pytest.mark.parametrize(
    ("headers", "query", "cookies", "allowed"),
    [
        ({}, {}, {}, False),
        ({"authorization": f"Bearer {TOKEN}"}, {}, {}, True),
        ({"authorization": f"bearer {TOKEN}"}, {}, {}, True),
        ({"authorization": f"Basic {TOKEN}"}, {}, {}, False),
        ({"authorization": "Bearer wrong"}, {}, {}, False),
        ({"authorization": "Bearer tökén"}, {}, {}, False),
        ({}, {"token": TOKEN}, {}, True),
        ({}, {"token": TOKEN[:-1]}, {}, False),
        ({}, {}, {COOKIE: TOKEN}, False),
    ],
)
def test_a_token_is_shown_in_one_of_three_ways(closed, headers, query, cookies, allowed) -> None:
    assert closed.allowed(headers, query, cookies) is allowed


def test_the_cookie_opens_and_is_not_the_token(closed: Access) -> None:
    assert closed.allowed({}, {}, {COOKIE: closed.cookie})
    assert closed.cookie != TOKEN


def test_the_link_works_once(closed: Access) -> None:
    link = closed.link_token
    assert link is not None
    assert closed.redeem(link)
    assert not closed.redeem(link)
    assert closed.link_token is None


def test_without_a_token_everybody_on_this_machine_may_come(local: Access) -> None:
    assert local.allowed({}, {}, {})
    assert local.link_token is None
    assert not local.redeem("")


@pytest.mark.parametrize(
    ("host", "ok"),
    [
        ("localhost:8765", True),
        ("127.0.0.1", True),
        ("[::1]:8765", True),
        ("evil.example", False),
        ("localhost.evil.example:8765", False),
        (None, False),
    ],
)
def test_another_name_for_this_machine_is_refused(local: Access, host, ok) -> None:
    assert local.host_ok(host) is ok


@pytest.mark.parametrize(
    ("origin", "ok"),
    [
        (None, True),
        ("http://localhost:8765", True),
        ("https://localhost:8765", True),
        ("http://localhost:9999", False),
        ("http://evil.example", False),
        ("null", False),
        ("file://localhost:8765", False),
    ],
)
def test_only_our_own_page_may_open_a_socket(local: Access, origin, ok) -> None:
    assert local.origin_ok(origin, "localhost:8765") is ok


def test_further_origins_can_be_named() -> None:
    access = Access(load_settings(origins=("https://fleet.example",)))
    assert access.origin_ok("https://fleet.example", "localhost:8765")
