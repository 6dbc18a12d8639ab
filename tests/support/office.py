"""Notifications on a real database, with ways outside that remember, and people who are there when a test says so."""

import datetime

from services.notification_decisions import NotificationDecisions
from services.notification_deliveries import NotificationDeliveries
from services.notification_ports import Letter, PushTarget, Sending, Signal
from services.notification_preferences import NotificationPreferences
from services.notifications import Notifications, Timing, Ways
from services.ports import UnitOfWork
from services.principal import Origin, Principal
from services.push_subscriptions import PushSubscriptions
from tests.support.house import ALL_KINDS, House
from tests.support.postgres import connected

ORIGIN = Origin("127.0.0.1", "a browser", "request", "en")
NOW_AND_LATER = ("notification_decisions", "notification_deliveries")


class Post:
    """A Mailer and a Pusher. `answer` is what the next sendings come to; `trouble` is raised by pushing instead."""

    public_key = "public"

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.signals: list[tuple[bytes, Signal]] = []
        self.answer = Sending.SENT
        self.trouble: Exception | None = None

    def seal(self, target: PushTarget) -> tuple[bytes, bytes]:
        return target.endpoint.encode(), target.endpoint.encode()

    async def push(self, sealed: bytes, signal: Signal) -> Sending:
        if self.trouble is not None:
            raise self.trouble
        self.signals.append((sealed, signal))
        return self.answer

    async def mail(self, letter: Letter) -> Sending:
        self.letters.append(letter)
        return self.answer


class _Mailer:
    def __init__(self, post: Post) -> None:
        self.send = post.mail


class _Pusher:
    def __init__(self, post: Post) -> None:
        self.public_key, self.seal, self.send = post.public_key, post.seal, post.push


class Office:
    """One node's notifications. Nobody is online, and nothing waits longer than a test wants, until told."""

    def __init__(
        self,
        house: House,
        owner_url: str,
        *,
        delay: float = 0.0,
        idle: float = 300.0,
        unit_of_work: UnitOfWork | None = None,
    ) -> None:
        self._owner_url = owner_url
        self.house = house
        self.online: set[int] = set()
        self.post = Post()
        self.sent: list[tuple[str, str]] = []
        self.lost: list[str] = []
        self.ahead = datetime.timedelta()
        timing = Timing(delay=delay, idle=idle, email_delay=0.0)
        pusher = _Pusher(self.post)
        unit_of_work = unit_of_work or house.database
        self.notifications = Notifications(
            unit_of_work=unit_of_work,
            publisher=house.published,
            kinds=ALL_KINDS,
            timing=timing,
            ways=Ways(push=True, email=True),
            failed=lambda why, count: self.lost.append(why),
        )
        self.decisions = NotificationDecisions(
            unit_of_work=unit_of_work,
            notifications=self.notifications,
            online=self,
            kinds=ALL_KINDS,
            timing=timing,
            now=self.now,
        )
        self.deliveries = NotificationDeliveries(
            unit_of_work=house.database,
            mailer=_Mailer(self.post),
            pusher=pusher,
            online=self,
            kinds=ALL_KINDS,
            timing=timing,
            now=self.now,
            sent=lambda channel, outcome: self.sent.append((channel, outcome)),
        )
        self.preferences = NotificationPreferences(unit_of_work=house.database)
        self.subscriptions = PushSubscriptions(unit_of_work=house.database, pusher=pusher)

    def now(self) -> datetime.datetime:
        return datetime.datetime.now(datetime.UTC) + self.ahead

    def is_online(self, user_id: int) -> bool:
        return user_id in self.online

    async def work(self) -> None:
        """All that a node does again and again, once. Twice look: the first may have to make the cursor."""
        await self.decisions.look()
        await self.decisions.look()
        await self.decisions.decide()
        await self.deliveries.run()

    def hurry(self) -> None:
        """What waits is due."""
        for table in NOW_AND_LATER:
            self.sql(f"UPDATE {table} SET due_at = now()")  # noqa: S608  # names of our own

    def sql(self, statement: str, *parameters: object) -> None:
        """As the owner of the tables."""
        with connected(self._owner_url) as cursor:
            cursor.execute(statement, parameters)

    def ask(self, statement: str, *parameters: object) -> list[tuple[object, ...]]:
        with connected(self._owner_url) as cursor:
            cursor.execute(statement, parameters)
            return list(cursor.fetchall())

    async def browser(self, person: Principal, name: str = "one") -> int:
        """Subscribed."""
        return await self.subscriptions.subscribe(person, ORIGIN, PushTarget(f"https://push.example/{name}", "", ""))

    def has_mail(self, person: Principal) -> None:
        self.sql("UPDATE users SET email = %s WHERE id = %s", f"u{person.user_id}@example.org", person.user_id)

    async def kinds(self, person: Principal, *, unread: bool = False) -> list[str]:
        page = await self.notifications.page(
            person, role=person.role, user_id=person.user_id, unread=unread, before=None, limit=50
        )
        return [row.kind for row in page.items]
