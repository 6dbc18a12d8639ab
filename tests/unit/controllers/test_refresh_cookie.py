"""Where the refresh cookie may travel, and which pages may make it work."""

from typing import Any

import pytest

from controllers.rest.contract import Call
from controllers.rest.refresh_cookie import refresh_cookie, require_own_origin
from services.errors import Forbidden
from services.principal import Origin


def call(host: str | None) -> Call:
    headers = {} if host is None else {"Host": host}
    none: dict[str, Any] = {}
    return Call(None, Origin("a", "d", "r", "en"), none, none, none, {}, headers)


@pytest.mark.parametrize(
    ("host", "secure"),
    [
        ("localhost", False),
        ("localhost:5001", False),
        ("app.localhost:5001", False),
        ("127.0.0.1:5001", False),
        ("127.9.9.9", False),
        ("[::1]:5001", False),
        ("chat.example.org", True),
        ("localhost.example.org", True),
        ("127.0.0.1.example.org", True),
        ("127.x.0.1", True),
        ("[broken", True),
        ("", True),
        (None, True),
    ],
)
def test_secure_but_for_loopback_names(host: str | None, secure: bool) -> None:
    text = refresh_cookie(call(host), "value", seconds=60.5).OutputString()
    assert ("Secure" in text) is secure
    assert {"colloque_refresh=value", "HttpOnly", "Max-Age=60", "Path=/api/auth", "SameSite=Strict"} <= set(
        text.split("; ")
    )


@pytest.mark.parametrize(
    ("headers", "own"),
    [
        ({"Host": "a.example"}, True),
        ({"Host": "a.example", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Host": "a.example", "Sec-Fetch-Site": "none"}, True),
        ({"Host": "a.example", "Origin": "https://a.example"}, True),
        ({"Host": "A.example:443", "Origin": "https://a.example"}, True),
        ({"Host": "a.example:8080", "Origin": "http://a.example:8080", "Sec-Fetch-Site": "same-origin"}, True),
        ({"Host": "a.example", "Origin": "https://b.example"}, False),
        ({"Host": "a.example", "Origin": "https://a.example:8443"}, False),
        ({"Host": "a.example:80", "Origin": "https://a.example"}, False),
        ({"Host": "a.example", "Origin": "null"}, False),
        ({"Host": "", "Origin": "https://"}, False),
        ({"Origin": "https://a.example"}, False),
        ({"Host": "a.example", "Sec-Fetch-Site": "cross-site"}, False),
        ({"Host": "a.example", "Sec-Fetch-Site": "same-site"}, False),
    ],
)
def test_only_our_own_pages(headers: dict[str, str], own: bool) -> None:
    if own:
        require_own_origin(headers)
        return
    with pytest.raises(Forbidden) as refused:
        require_own_origin(headers)
    assert refused.value.reason == "other_site"
