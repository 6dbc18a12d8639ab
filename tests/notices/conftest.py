"""Two nodes that notify after a second, with a real SMTP server, and a push service in the test's own process."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from server.notify.vapid import new_private_key
from tests.support.mailbox import Mailbox, running_mailbox
from tests.support.postgres import DatabaseServer, connected
from tests.support.processes import ServerProcess
from tests.support.push_service import PushService, push_service
from tests.support.rest import Rest
from tests.support.site import Site

QUICK = {
    "NOTIFICATION_DELAY": "0.6",
    "NOTIFICATION_IDLE": "3",
    "EMAIL_DELAY": "1",
    "PRESENCE_GRACE_SECONDS": "0.2",
    "FANOUT": "postgres",
    "PUSH_LOOPBACK": "on",
    "MAIL_FROM": "Colloque <colloque@clinic.example>",
    "PUBLIC_URL": "https://colloque.clinic.example",
}


@dataclass(frozen=True, slots=True)
class Office:
    """`pairs` gives people whom no other test has."""

    site: Site
    first: ServerProcess
    second: ServerProcess
    mailbox: Mailbox
    rows: Iterator[dict[str, Any]]

    def pair(self) -> dict[str, Any]:
        """With an e-mail address each."""
        row = next(self.rows)
        for who in ("patient", "doctor"):
            address = row[who]["email"] = f"{who}{row['conversationId']}@example.org"
            with connected(self.site.database.owner_url) as cursor:
                cursor.execute("UPDATE users SET email = %s WHERE id = %s", (address, row[who]["id"]))
        return row


@pytest.fixture(scope="session")
def office(cluster: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    with cluster.fresh_database() as database, running_mailbox(folder) as mailbox:
        keys = {"SMTP_URL": mailbox.url, "VAPID_PRIVATE_KEY": new_private_key()}
        site = Site(database, folder, **QUICK, **keys)
        try:
            rows = site.pairs(20)
            yield Office(site, *site.duo(), mailbox, iter(rows))
        finally:
            site.stop()


@pytest.fixture
def pair(office: Office) -> dict[str, Any]:
    return office.pair()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def rest(office: Office, http: aiohttp.ClientSession) -> Rest:
    """Nobody yet: `rest.of(token)`."""
    return Rest(http, office.first.url, None)


@pytest.fixture
async def pushes() -> AsyncIterator[PushService]:
    async with push_service() as service:
        yield service
