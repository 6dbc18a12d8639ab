"""The connection on which messages are stored, one batch after the other.

Not of the pool: sends do not queue behind reads when a thousand clients come back at once, and nothing is set up for a
batch but its statement. A lone send waits for little else than PostgreSQL.
"""

import asyncio
import time
from collections.abc import Sequence

import psycopg

from repositories.breaker import Breaker
from repositories.errors import OutcomeUnknown, StorageUnavailable
from repositories.link import Link
from repositories.messages import APPEND, Appended, Draft, append_values, appended_from
from repositories.statements import QUICK, Observer, load_queries, numbered, storage_errors
from repositories.unit_of_work import server_side_options


class SendLane:
    """services.ports.Appender. Connects when first needed, and again when the connection was lost.

    What is appended while something else is goes to PostgreSQL at once, and waits there for its turn.
    """

    def __init__(self, *, url: str, patience: float, observe: Observer) -> None:
        self._url = url
        self._patience = patience
        self._observe = observe
        # Parsed and planned once on each connection: for a lone send that is a tenth of what it costs PostgreSQL.
        self._prepared = {APPEND: numbered(load_queries()[APPEND])}
        self._link: Link | None = None
        self._connecting = asyncio.Lock()
        self._breaker = Breaker()

    async def append(self, drafts: Sequence[Draft], *, certain: bool) -> list[Appended]:
        """One round trip, which is its own transaction. `certain`: BEGIN and COMMIT are round trips too, and what is lost
        before COMMIT was asked for was not stored.
        """
        self._breaker.check()
        started = time.monotonic()
        try:
            answers = await self._append(drafts, certain=certain)
        except StorageUnavailable as error:
            if isinstance(error.__cause__, TimeoutError):
                self._breaker.no_answer(since=started)
            raise
        finally:
            self._observe(APPEND, time.monotonic() - started)
        self._breaker.answer()
        return answers

    def close(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    async def _append(self, drafts: Sequence[Draft], *, certain: bool) -> list[Appended]:
        values = append_values(drafts)
        started = time.monotonic()
        try:
            return await self._try(values, certain=certain)
        except StorageUnavailable as error:
            if time.monotonic() - started > QUICK:
                raise
            lost = error
        # So quick a failure is that of a connection that had died while it was idle, or as it was made. Should the batch be
        # stored after all, the second try is told so by its message keys.
        try:
            return await self._try(values, certain=certain)
        except StorageUnavailable as error:
            if isinstance(lost, OutcomeUnknown):  # which a second failure makes no better known
                raise lost from error.__cause__
            raise

    async def _try(self, values: Sequence[bytes], *, certain: bool) -> list[Appended]:
        """A link on which anything went wrong is not used again."""
        link, committing = self._link or await self._connected(), not certain
        try:
            with storage_errors:
                if certain:
                    await link.execute("BEGIN")
                rows = await link.rows(APPEND, values)
                if certain:
                    committing = True
                    await link.execute("COMMIT")
        except BaseException as error:
            refused = (
                isinstance(error.__cause__, psycopg.Error) and error.__cause__.sqlstate is not None and not link.closed
            )
            link.close()
            if self._link is link:
                self._link = None
            if isinstance(error, StorageUnavailable) and committing and not refused:
                raise OutcomeUnknown(str(error)) from error.__cause__
            raise
        return list(map(appended_from, rows))

    async def _connected(self) -> Link:
        async with self._connecting:
            if self._link is None:
                # Who waited behind one that got no answer does not wait for another silence.
                self._breaker.check()
                self._link = await self._opened()
            return self._link

    async def _opened(self) -> Link:
        with storage_errors:
            try:
                return await Link.open(
                    self._url,
                    options=server_side_options(),
                    application_name="colloque",
                    answer_seconds=self._patience,
                    prepared=self._prepared,
                )
            except OSError as error:
                raise StorageUnavailable(str(error)) from error
