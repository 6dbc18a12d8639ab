import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from controllers.rest.client_address import Proxies, client_address

TRUSTED = ("127.0.0.1", "10.0.0.0/8", "2001:db8::/32")


def address(peer: str | None, *forwarded: str) -> str:
    headers = CIMultiDict([("X-Forwarded-For", value) for value in forwarded])
    request = make_mocked_request("GET", "/", headers=headers).clone(remote=peer)  # type: ignore[arg-type]  # typed narrower than what it takes
    return client_address(TRUSTED)(request)


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.5", ["198.51.100.1"], "203.0.113.5"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", ["1.1.1.1, 198.51.100.1, 10.0.0.7"], "198.51.100.1"),
        ("127.0.0.1", ["1.1.1.1", "198.51.100.1", "10.0.0.7"], "198.51.100.1"),
        ("127.0.0.1", ["1.1.1.1, rubbish, 10.0.0.7"], "10.0.0.7"),
        ("127.0.0.1", ["10.0.0.1, 10.0.0.2"], "10.0.0.1"),
        ("127.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("127.0.0.1", ["[2001:db9::1]:4711"], "2001:db9::1"),
        ("::ffff:127.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("127.0.0.1", [""], "127.0.0.1"),
        ("", ["198.51.100.1"], "unknown"),
        ("127.0.0.1", [", ".join(["10.0.0.1"] * 5000)], "10.0.0.1"),
    ],
)
def test_the_rightmost_untrusted_address_counts(peer: str, forwarded: list[str], expected: str) -> None:
    assert address(peer, *forwarded) == expected


@pytest.mark.parametrize(
    ("peer", "proto", "expected"),
    [("127.0.0.1", "https", True), ("127.0.0.1", "http", False), ("203.0.113.5", "https", False), ("", "https", False)],
)
def test_https_is_believed_from_proxies_only(peer: str, proto: str, expected: bool) -> None:
    request = make_mocked_request("GET", "/", headers=CIMultiDict({"X-Forwarded-Proto": proto})).clone(remote=peer)
    assert Proxies(TRUSTED).https(request) is expected


def test_a_tls_connection_of_our_own_is_https() -> None:
    assert Proxies(()).https(make_mocked_request("GET", "/").clone(scheme="https", remote="203.0.113.5"))
