"""A server whose database can be set back, by whoever asks its control address; for tests that run in another process."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psycopg2

from tests.support.clinic import QUICK, UNLIMITED
from tests.support.ports import free_port
from tests.support.postgres import DatabaseServer, ScratchDatabase
from tests.support.processes import ServerProcess
from tests.support.site import Site

PAIRS = 30


class Restorable:
    """`url` stays; behind it stands another database after a restore, with another epoch, as `colloque restore` does."""

    def __init__(self, cluster: DatabaseServer, folder: Path) -> None:
        self._cluster = cluster
        self._database = cluster.create_database()
        self._backup: ScratchDatabase | None = None
        self._port = str(free_port())
        self._site = Site(self._database, folder, **{**UNLIMITED, **QUICK})
        self._node = self._started()
        self._pairs = self._site.pairs(PAIRS)
        self.control_url = ""

    @property
    def url(self) -> str:
        return self._node.url

    def pairs_for(self, number: int, of: int) -> str:
        """The share of one of so many runs, as JSON."""
        return json.dumps(self._pairs[number::of])

    def backup(self) -> None:
        self._node.stop()
        self._backup = self._cluster.create_database(template=self._database.name)
        self._node = self._started()

    def restore(self) -> None:
        assert self._backup is not None
        self._node.stop()
        self._cluster.drop_database(self._database)
        self._database, self._backup = self._backup, None
        with psycopg2.connect(self._database.owner_url) as connection, connection.cursor() as cursor:
            cursor.execute("UPDATE instance SET value = md5(value) WHERE key = 'epoch'")
        connection.close()
        self._node = self._started()

    @contextmanager
    def running(self) -> Iterator[None]:
        # In one thread: a server ends with the thread that started it.
        control = HTTPServer(("127.0.0.1", 0), _handler(self))
        self.control_url = f"http://127.0.0.1:{control.server_port}"
        threading.Thread(target=control.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            control.shutdown()
            control.server_close()
            self._node.stop()
            for database in filter(None, (self._database, self._backup)):
                self._cluster.drop_database(database)

    def _started(self) -> ServerProcess:
        return self._site.node(
            PORT=self._port,
            DATABASE_URL=self._database.server_url,
            MIGRATE_DATABASE_URL=self._database.owner_url,
        )


def _handler(restorable: Restorable) -> type[BaseHTTPRequestHandler]:
    actions = {"/backup": restorable.backup, "/restore": restorable.restore}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            actions[self.path]()
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Not into the test's output."""

    return Handler
