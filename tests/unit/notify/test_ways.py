import pytest

from server.notify.letters import written
from server.notify.mail import SmtpMailer
from server.notify.push import WebPush
from server.notify.vapid import Vapid, new_private_key
from server.settings import SettingsError
from services.notification_ports import Letter, PushTarget, Sending, Signal
from tests.support.push_service import Browser, push_service

SIGNAL = Signal(1, "new_message", urgent=False)


def pusher(key: str | None = None) -> WebPush:
    return WebPush(Vapid(key or new_private_key(), contact=""), allow_loopback=True)


def target(browser: Browser) -> PushTarget:
    given = browser.subscription()
    return PushTarget(given["endpoint"], given["keys"]["p256dh"], given["keys"]["auth"])


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (201, Sending.SENT),
        (404, Sending.GONE),
        (410, Sending.GONE),
        (429, Sending.LATER),
        (503, Sending.LATER),
        (413, Sending.REFUSED),
        (302, Sending.REFUSED),
    ],
)
async def test_what_a_push_service_answers(status: int, outcome: Sending) -> None:
    async with push_service() as service:
        service.status = status
        push = pusher()
        _, sealed = push.seal(target(Browser(service, "x")))
        assert await push.send(sealed, SIGNAL) is outcome
        await push.close()


async def test_a_push_service_that_is_not_there_is_asked_later() -> None:
    async with push_service() as service:
        push = pusher()
        _, sealed = push.seal(target(Browser(service, "x")))
    assert await push.send(sealed, SIGNAL) is Sending.LATER
    await push.close()


async def test_what_was_sealed_under_another_key_is_gone() -> None:
    async with push_service() as service:
        browser = Browser(service, "x")
        name, sealed = pusher().seal(target(browser))
        assert await pusher().send(sealed, SIGNAL) is Sending.GONE
        key = new_private_key()
        assert pusher(key).seal(target(browser))[0] == pusher(key).seal(target(browser))[0] != name


@pytest.mark.parametrize("key", ["", "AAAA", "ä", "A" * 43])
def test_what_is_no_private_key(key: str) -> None:
    with pytest.raises(SettingsError, match="VAPID_PRIVATE_KEY"):
        Vapid(key, contact="")


def test_the_token_for_a_push_service_is_used_again() -> None:
    vapid = Vapid(new_private_key(), contact="mailto:a@b.example")
    first = vapid.authorization("https://push.example")
    assert vapid.authorization("https://push.example") == first
    assert vapid.authorization("https://other.example") != first


@pytest.mark.parametrize(
    ("url", "sender"),
    [("http://mail.example", "a@b"), ("smtp://", "a@b"), ("smtp://mail:port", "a@b"), ("smtp://mail", "nobody")],
)
def test_settings_of_e_mail_that_are_wrong(url: str, sender: str) -> None:
    with pytest.raises(SettingsError):
        SmtpMailer(url, sender=sender, address="")


async def test_an_address_with_a_header_in_it_is_refused() -> None:
    mailer = SmtpMailer("smtp://127.0.0.1:1", sender="a@b.example", address="")
    assert await mailer.send(Letter("x@y.example\nBcc: z@y.example", None, urgent=False)) is Sending.REFUSED
    assert await mailer.send(Letter("x@y.example", None, urgent=False)) is Sending.LATER


def test_letters_in_each_language() -> None:
    french = written(Letter("x@y.example", "fr", urgent=True), sender="a@b.example", address="")
    both = written(Letter("x@y.example", None, urgent=False), sender="a@b.example", address="https://c.example")
    assert french["Subject"] == "Colloque : un message urgent vous attend"
    assert "connectez-vous." in french.get_content()
    assert "Hello" not in french.get_content()
    assert all(word in both.get_content() for word in ("Bonjour", "Hello", "https://c.example"))
