import pytest

from server.notify.addresses import NotPublic, PublicResolver, checked_origin, is_public


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104  # an address to refuse, not to bind to
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "fec0::1",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
    ],
)
def test_addresses_of_our_own_network(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_addresses_of_the_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://localhost/x",
        "https://database/x",
        "https://user:secret@push.example.org/x",
        "https://push.example.org:99999/x",
        "https://push.example.org/x#part",
        "https://push.example.org/x y",
        "https:///x",
        "https://pu\u015fh.example.org/x",
        "javascript:alert(1)",
        "https://[fec0::1]/x",
        "https://127.1/x",
        "https://0x7f.1/x",
        "https://127.0.0.0x1/x",
        "https://127.0.0.1./x",
        "https://push..example/x",
        "https://.push.example/x",
        f"https://{'x' * 64}.example/x",
        f"https://{'x.' * 130}example/x",
        "https://push%2eexample/x.y",
        "https://push.example.org/" + "x" * 2000,
    ],
)
def test_endpoints_that_are_refused(endpoint: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        checked_origin(endpoint, allow_loopback=False)


def test_the_origin_of_an_endpoint() -> None:
    assert checked_origin("https://push.example.org/a/b", allow_loopback=False) == "https://push.example.org"
    assert checked_origin("https://[2606:4700::1]:8443/a", allow_loopback=False) == "https://[2606:4700::1]:8443"
    assert checked_origin("http://127.0.0.1:8080/a", allow_loopback=True) == "http://127.0.0.1:8080"
    for endpoint in ("http://10.0.0.1/x", "https://10.0.0.1/x", "http://push.example.org/x", "ftp://127.0.0.1/x"):
        with pytest.raises(ValueError, match=r".*"):
            checked_origin(endpoint, allow_loopback=True)


@pytest.mark.parametrize(
    "host",
    [
        "fcm.googleapis.com",
        "wns2-par02p.notify.windows.com.",
        "a_b.push-1.example",
        "xn--d1acufc.xn--p1ai",
        "x.12a",
        "1.x0",
    ],
)
def test_names_of_push_services(host: str) -> None:
    assert checked_origin(f"https://{host}/x", allow_loopback=False) == f"https://{host}"


@pytest.mark.parametrize("host", ["push..example", f"{'x' * 64}.example"])
async def test_what_cannot_be_a_name_is_one_that_is_not_found(host: str) -> None:
    """The system's resolver makes a UnicodeError of it, which nobody who opens a connection expects."""
    with pytest.raises(NotPublic):
        await PublicResolver(allow_loopback=False).resolve(host, 443)


async def test_a_name_that_leads_inside_is_not_resolved() -> None:
    """Names are judged by what they lead to at that moment: here one that the system's own file knows."""
    with pytest.raises(NotPublic):
        await PublicResolver(allow_loopback=False).resolve("localhost", 443)
    [found, *_] = await PublicResolver(allow_loopback=True).resolve("localhost", 443)
    assert found["host"] in ("127.0.0.1", "::1")
