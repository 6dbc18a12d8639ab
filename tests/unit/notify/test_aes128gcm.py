import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from server.notify.aes128gcm import CURVE, decoded, encrypt, receiver_key, unpadded
from tests.support.push_service import Browser, PushService

# The example of RFC 8291, section 5 and appendix A.
PLAINTEXT = b"When I grow up, I want to be a watermelon"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_rfc() -> None:
    sender = ec.derive_private_key(int.from_bytes(decoded(SENDER), "big"), CURVE)
    body = encrypt(PLAINTEXT, p256dh=decoded(RECEIVER), auth=decoded(AUTH), sender=sender, salt=decoded(SALT))
    assert unpadded(body) == BODY


def test_its_browser_reads_it_no_other_and_no_two_are_the_same() -> None:
    browser, other = Browser(PushService(), "one"), Browser(PushService(), "two")
    auth = decoded(browser.subscription()["keys"]["auth"])
    bodies = [encrypt(b"{}", p256dh=browser.point, auth=auth) for _ in range(2)]
    assert bodies[0] != bodies[1]
    for body in bodies:
        assert browser.decrypt(body) == b"{}"
        with pytest.raises(InvalidTag):
            other.decrypt(body)


@pytest.mark.parametrize("point", [b"", b"\x04" * 65, b"\x02" + b"1" * 32])
def test_what_is_no_key_of_a_browser(point: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        receiver_key(point)


def test_what_is_no_base64() -> None:
    assert decoded("_-8=") == decoded("_-8") == b"\xff\xef"
    with pytest.raises(ValueError, match="not base64url"):
        decoded("a")
