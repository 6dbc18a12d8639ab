"""Binds the settings to the objects of this folder. What is not set is a way that this installation does not have."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr

import structlog

from repositories.unit_of_work import Database
from server.notify.mail import SmtpMailer
from server.notify.push import WebPush
from server.notify.vapid import Vapid
from server.notify.worker import NotificationWorker
from server.security.secrets_store import Secrets
from server.settings import Settings
from services.notification_decisions import NotificationDecisions
from services.notification_deliveries import NotificationDeliveries
from services.notifications import Notifications, Timing, Ways
from services.ports import OnlineLookup, Publisher, WallClock

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Notifying:
    notifications: Notifications
    worker: NotificationWorker
    pusher: WebPush | None


def make_notifying(
    settings: Settings,
    secrets: Secrets,
    *,
    database: Database,
    publisher: Publisher,
    online: OnlineLookup,
    now: WallClock,
    sent: Callable[[str, str], None],
) -> Notifying:
    """Raises SettingsError."""
    pusher, mailer = _pusher(settings, secrets), _mailer(settings)
    kinds = settings.conversation_kinds
    timing = Timing(
        delay=settings.notification_delay, idle=settings.notification_idle, email_delay=settings.email_delay
    )
    notifications = Notifications(
        unit_of_work=database,
        publisher=publisher,
        kinds=kinds,
        timing=timing,
        ways=Ways(push=pusher is not None, email=mailer is not None),
        failed=lambda why, count: log.error("notice_lost", why=why, count=count),
    )
    worker = NotificationWorker(
        notifications=notifications,
        decisions=NotificationDecisions(
            unit_of_work=database, notifications=notifications, online=online, kinds=kinds, timing=timing, now=now
        ),
        deliveries=NotificationDeliveries(
            unit_of_work=database,
            mailer=mailer,
            pusher=pusher,
            online=online,
            kinds=kinds,
            timing=timing,
            now=now,
            sent=sent,
        ),
        pace=min(timing.delay, timing.idle),
        days=settings.notification_days,
    )
    return Notifying(notifications, worker, pusher)


def _pusher(settings: Settings, secrets: Secrets) -> WebPush | None:
    if not secrets.vapid_private_key:
        return None
    # The address alone: push services refuse a contact that has a name beside it.
    contact = f"mailto:{parseaddr(settings.mail_from)[1]}" if settings.mail_from else ""
    return WebPush(Vapid(secrets.vapid_private_key, contact=contact), allow_loopback=settings.push_loopback)


def _mailer(settings: Settings) -> SmtpMailer | None:
    if not settings.smtp_url:
        return None
    return SmtpMailer(settings.smtp_url, sender=settings.mail_from, address=settings.public_url)
