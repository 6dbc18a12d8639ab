"""What carries hints between nodes, as a test needs it: real, to be killed, frozen, started again and lied to."""

import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from server.fanout.network import Carrier
from server.fanout.postgres import PostgresCarrier
from server.fanout.redis import RedisCarrier
from server.postgres.cluster import SUPERUSER, Cluster
from server.postgres.embedded import _url
from server.postgres.errors import EmbeddedPostgresError
from server.postgres.folders import Folders
from tests.support.postgres import connected, frozen, kill_postmaster
from tests.support.valkey import Valkey, valkey


class BusServer(Protocol):
    kind: str

    def carrier(self, channel: str) -> Carrier: ...

    def kill(self) -> None:
        """Away until `start`."""

    def start(self) -> None: ...

    def frozen(self) -> AbstractContextManager[None]: ...

    def cut(self) -> None:
        """It lives, but every connection to it ends."""


class ValkeyBus:
    kind = "redis"

    def __init__(self, server: Valkey) -> None:
        self._server = server
        self.kill, self.start, self.frozen = server.kill, server.start, server.frozen

    def carrier(self, channel: str) -> Carrier:
        return RedisCarrier(url=self._server.url, channel=channel)

    def cut(self) -> None:
        self._server.disconnect_all()


class PostgresBus:
    kind = "postgres"

    def __init__(self, data_dir: Path) -> None:
        folders = Folders.under(data_dir)
        folders.root.mkdir(parents=True)
        self._folders = folders
        self._data_dir = data_dir
        self._cluster = Cluster(folders, durable=False)

    @property
    def url(self) -> str:
        return _url(self._folders.socket() or "", role=SUPERUSER, database="postgres")

    def carrier(self, channel: str) -> Carrier:
        return PostgresCarrier(url=self.url, channel=channel)

    def start(self) -> None:
        """Those that a killed postmaster left need a moment to notice."""
        for _ in range(20):
            with suppress(EmbeddedPostgresError):
                self._cluster.prepare()
                self._cluster.start()
                return
        raise RuntimeError("PostgreSQL does not come back")

    def kill(self) -> None:
        kill_postmaster(self._data_dir)
        while not self._cluster.has_died():
            time.sleep(0.01)

    def frozen(self) -> AbstractContextManager[None]:
        return frozen(self._data_dir)

    def cut(self, name: str = "%") -> None:
        with connected(self.url) as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND application_name LIKE %s",
                (name,),
            )

    def stop(self) -> None:
        self._cluster.stop()


@contextmanager
def valkey_bus() -> Iterator[ValkeyBus]:
    with valkey() as server:
        yield ValkeyBus(server)


@contextmanager
def postgres_bus() -> Iterator[PostgresBus]:
    data_dir = Path(tempfile.gettempdir()) / f"colloque-bus-{secrets.token_hex(6)}"
    server = PostgresBus(data_dir)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(data_dir, ignore_errors=True)
